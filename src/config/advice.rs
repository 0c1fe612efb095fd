//! What is slow or wrong here, and the one line that mends it.

use std::path::PathBuf;

use super::built::{Library, Package};
use super::machine::Machine;
use super::runtime::Runtime;

/// Something that is slow or wrong, and what mends it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Advice {
    /// What was found.
    pub finding: String,
    /// What to do about it.
    pub remedy: String,
}

impl Advice {
    fn new(finding: impl Into<String>, remedy: impl Into<String>) -> Self {
        Advice { finding: finding.into(), remedy: remedy.into() }
    }
}

/// Everything that advice is drawn from.
pub(super) struct Situation<'a> {
    pub package: &'a Package,
    pub blas: &'a Library,
    pub runtime: &'a Runtime,
    pub machine: &'a Machine,
    /// An OpenBLAS on this machine.
    pub openblas: Option<PathBuf>,
    /// An environment variable that sets the number of threads.
    pub thread_variable: Option<String>,
}

pub(super) fn advise(s: &Situation<'_>) -> Vec<Advice> {
    let rules = [
        refused,
        debug_build,
        reference_blas,
        other_than_linked,
        idle_blas,
        installed_openblas,
        too_many_threads,
        one_thread,
        openmp_twice,
        passed_over,
    ];
    rules.iter().filter_map(|rule| rule(s)).collect()
}

fn refused(s: &Situation<'_>) -> Option<Advice> {
    let error = s.runtime.linked.as_ref()?.as_ref().err()?;
    Some(Advice::new(
        format!("The linked BLAS was refused, and the native engine multiplies: {error}"),
        "Link another build of it, or leave its feature out.",
    ))
}

fn debug_build(s: &Situation<'_>) -> Option<Advice> {
    let level = &s.package.opt_level;
    matches!(level.as_str(), "0" | "1").then(|| {
        Advice::new(
            format!(
                "polyblas was compiled with opt-level {level}: its native engine runs many times slower than it can."
            ),
            "Use `--release`, or put `[profile.dev.package.polyblas] opt-level = 3` into your Cargo.toml.",
        )
    })
}

fn reference_blas(s: &Situation<'_>) -> Option<Advice> {
    let runtime = &s.runtime.in_use;
    (runtime.name == "Netlib").then(|| {
        let file = runtime.file.as_ref().map(|file| file.display().to_string()).unwrap_or_default();
        let debian = std::path::Path::new("/etc/alternatives").is_dir() && file.contains("libblas.so.3");
        let remedy = match file.split('/').find(|part| part.contains("-linux-gnu")) {
            Some(multiarch) if debian => format!(
                "Install a tuned one (apt install libopenblas0) and choose it: update-alternatives --config libblas.so.3-{multiarch}."
            ),
            _ => "Choose another provider (`--features openblas`), or none: the native engine is faster.".into(),
        };
        Advice::new("The reference BLAS multiplies, which is not tuned for any CPU and uses one thread.", remedy)
    })
}

/// `libblas.so.3` is whatever the system says it is when the program starts.
fn other_than_linked(s: &Situation<'_>) -> Option<Advice> {
    let built = s.blas.name.as_ref()?;
    let linked = s.runtime.linked.as_ref()?.as_ref().ok()?;
    (*built != linked.name && s.blas.found).then(|| {
        let file = linked.file.as_ref().map_or_else(|| "the program".into(), |file| file.display().to_string());
        Advice::new(
            format!("The program was linked against {built}, and {} answers at run time ({file}).", linked.name),
            "Nothing is wrong if that was meant: the system's alternatives decide. A provider's own feature (`openblas`, `blis`) fixes it.",
        )
    })
}

fn idle_blas(s: &Situation<'_>) -> Option<Advice> {
    let linked = s.runtime.linked.as_ref()?.as_ref().ok()?;
    (s.runtime.in_use.name == "native").then(|| {
        Advice::new(
            format!("{} is linked and not in use: the native engine was chosen.", linked.name),
            "POLYBLAS_BACKEND=linked chooses it.",
        )
    })
}

fn installed_openblas(s: &Situation<'_>) -> Option<Advice> {
    let file = s.openblas.as_ref()?;
    let idle = matches!(s.runtime.in_use.name.as_str(), "native" | "Netlib")
        && s.package.provider.as_deref() != Some("openblas");
    idle.then(|| {
        Advice::new(
            format!("OpenBLAS is installed ({}) and not used.", file.display()),
            "To compare it: `--features openblas`, or `--features dynamic` with POLYBLAS_BACKEND=openblas.",
        )
    })
}

fn too_many_threads(s: &Situation<'_>) -> Option<Advice> {
    let (threads, cores) = (s.runtime.in_use.threads, s.machine.usable_cores?);
    (threads > cores).then(|| {
        Advice::new(
            format!("{threads} threads share {cores} usable cores and wait for each other."),
            format!("Set POLYBLAS_NUM_THREADS={cores}, or call `polyblas::threads::set({cores})`."),
        )
    })
}

fn one_thread(s: &Situation<'_>) -> Option<Advice> {
    let (runtime, cores) = (&s.runtime.in_use, s.machine.usable_cores?);
    if runtime.threads != 1 || cores < 2 || s.thread_variable.is_some() {
        return None;
    }
    let finding = format!("{} uses one thread, and {cores} cores are usable.", runtime.name);
    let has = |feature: &str| s.package.features.iter().any(|on| on == feature);
    let remedy = match (runtime.name.as_str(), runtime.threading.as_deref()) {
        ("native", _) if !has("parallel") => "Turn on the feature `parallel`.".into(),
        ("Intel MKL", _) if s.package.provider.as_deref() == Some("mkl-sequential") => {
            "Take feature `mkl`, which has threads.".into()
        }
        ("OpenBLAS", Some("none")) => {
            "This build has no threads: install one that has (Debian: libopenblas0-pthread).".into()
        }
        ("BLIS", Some("none")) => "This build has no threads: install one that has (Debian: libblis4-pthread).".into(),
        ("Netlib", _) => return None,
        _ => format!("Set POLYBLAS_NUM_THREADS={cores}, or call `polyblas::threads::set({cores})`."),
    };
    Some(Advice::new(finding, remedy))
}

fn openmp_twice(s: &Situation<'_>) -> Option<Advice> {
    let runtimes = &s.runtime.openmp_runtimes;
    (runtimes.len() > 1).then(|| {
        Advice::new(
            format!(
                "{} OpenMP runtimes are in this process, which can crash or oversubscribe: {}.",
                runtimes.len(),
                runtimes.join(", ")
            ),
            "Link libraries that share one (OpenBLAS and BLIS built on pthreads, or `mkl-sequential`).",
        )
    })
}

fn passed_over(s: &Situation<'_>) -> Option<Advice> {
    let package = s.package;
    let used = package.provider.as_deref().unwrap_or("the native engine");
    (!package.passed_over.is_empty()).then(|| {
        Advice::new(
            format!(
                "Several providers were selected; {used} is linked, and passed over were: {}.",
                package.passed_over.join(", ")
            ),
            "POLYBLAS_PROVIDER=NAME at build time links another one.",
        )
    })
}
