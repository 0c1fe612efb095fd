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
        unusable,
        refused,
        debug_build,
        reference_blas,
        other_than_linked,
        idle_blas,
        installed_openblas,
        unknown_cpu,
        too_many_threads,
        one_thread,
        openmp_twice,
        oversubscribed,
        passed_over,
    ];
    rules.iter().filter_map(|rule| rule(s)).collect()
}

fn unusable(s: &Situation<'_>) -> Option<Advice> {
    let error = s.runtime.unusable.as_ref()?;
    Some(Advice::new(format!("Nothing multiplies: {error}"), "Mend POLYBLAS_BACKEND, or unset it."))
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

/// BLIS knows a CPU by its model, and falls back to plain C for one that is newer than itself.
fn unknown_cpu(s: &Situation<'_>) -> Option<Advice> {
    let runtime = &s.runtime.in_use;
    (runtime.name == "BLIS" && runtime.core.as_deref() == Some("generic")).then(|| {
        Advice::new(
            "BLIS does not know this CPU and multiplies with its generic kernel, in plain C.",
            "Install a newer BLIS, or name a kernel that the CPU can run in BLIS_ARCH_TYPE (see BLIS's documentation).",
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

fn oversubscribed(s: &Situation<'_>) -> Option<Advice> {
    let runtime = &s.runtime.in_use;
    (s.runtime.oversubscribed && runtime.threads > 1).then(|| {
        Advice::new(
            format!("A rayon pool calls {}, which may start {} threads for each call.", runtime.name, runtime.threads),
            "Put `let _one = polyblas::threads::limit(1);` around the parallel part, or use `polyblas::dot_batch`.",
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

#[cfg(test)]
mod tests {
    use super::super::built;
    use super::*;
    use crate::backend;

    /// A release build on four cores where nothing is amiss.
    struct Case {
        package: Package,
        blas: Library,
        runtime: Runtime,
        machine: Machine,
        openblas: Option<PathBuf>,
        thread_variable: Option<String>,
    }

    fn case(name: &str, threads: usize) -> Case {
        let mut machine = Machine::look();
        machine.usable_cores = Some(4);
        let in_use = backend::Runtime { name: name.into(), threads, max_threads: 4, ..backend::Runtime::default() };
        let mut package = built::package();
        package.opt_level = "3".into();
        package.provider = None;
        package.passed_over.clear();
        package.features = vec!["parallel".into()];
        let runtime = Runtime {
            in_use,
            unusable: None,
            linked: None,
            openmp_runtimes: Vec::new(),
            loaded: Vec::new(),
            oversubscribed: false,
        };
        Case { package, blas: built::blas(), runtime, machine, openblas: None, thread_variable: None }
    }

    fn findings(case: &Case) -> Vec<String> {
        let Case { package, blas, runtime, machine, openblas, thread_variable } = case;
        let (openblas, thread_variable) = (openblas.clone(), thread_variable.clone());
        let advice = advise(&Situation { package, blas, runtime, machine, openblas, thread_variable });
        advice.into_iter().map(|advice| format!("{} -> {}", advice.finding, advice.remedy)).collect()
    }

    #[track_caller]
    fn says(case: &Case, parts: &[&str]) {
        let findings = findings(case);
        assert!(findings.len() == 1 && parts.iter().all(|part| findings[0].contains(part)), "{findings:#?}");
    }

    #[test]
    fn nothing_amiss_needs_no_advice() {
        assert_eq!(findings(&case("native", 4)), Vec::<String>::new());
        assert_eq!(findings(&case("OpenBLAS", 2)), Vec::<String>::new());
    }

    #[test]
    fn an_unoptimised_build_is_told() {
        let mut debug = case("native", 4);
        debug.package.opt_level = "0".into();
        says(&debug, &["opt-level 0", "--release"]);
    }

    #[test]
    fn the_reference_blas_is_told_with_debian_s_command() {
        let mut netlib = case("Netlib", 1);
        says(&netlib, &["reference BLAS", "--features openblas"]);
        netlib.runtime.in_use.file = Some("/usr/lib/aarch64-linux-gnu/blas/libblas.so.3.11.0".into());
        let command = "update-alternatives --config libblas.so.3-aarch64-linux-gnu";
        says(
            &netlib,
            &[if std::path::Path::new("/etc/alternatives").is_dir() { command } else { "--features openblas" }],
        );
    }

    #[test]
    fn an_idle_openblas_is_told() {
        let mut idle = case("native", 4);
        idle.openblas = Some("/usr/lib/libopenblas.so.0".into());
        says(&idle, &["/usr/lib/libopenblas.so.0", "not used", "--features openblas"]);
        idle.runtime.in_use.name = "OpenBLAS".into();
        assert!(findings(&idle).is_empty());
    }

    #[test]
    fn threads_beyond_the_cores_and_a_single_one_are_told() {
        says(&case("OpenBLAS", 8), &["8 threads share 4 usable cores", "POLYBLAS_NUM_THREADS=4"]);
        says(&case("BLIS", 1), &["BLIS uses one thread, and 4 cores are usable", "POLYBLAS_NUM_THREADS=4"]);
        let mut meant = case("BLIS", 1);
        meant.thread_variable = Some("BLIS_NUM_THREADS".into());
        assert!(findings(&meant).is_empty(), "whoever set one thread meant it");
        let mut serial = case("OpenBLAS", 1);
        serial.runtime.in_use.threading = Some("none".into());
        says(&serial, &["libopenblas0-pthread"]);
        let mut native = case("native", 1);
        native.package.features.clear();
        says(&native, &["feature `parallel`"]);
        let mut mkl = case("Intel MKL", 1);
        mkl.package.provider = Some("mkl-sequential".into());
        says(&mkl, &["feature `mkl`"]);
    }

    #[test]
    fn a_refused_library_is_told_with_its_reason() {
        let mut refused = case("native", 4);
        refused.runtime.linked = Some(Err("its integers have 64 bits".into()));
        says(&refused, &["refused", "its integers have 64 bits", "the native engine multiplies"]);
    }

    #[test]
    fn a_library_other_than_the_linked_one_is_told() {
        let mut other = case("OpenBLAS", 4);
        other.blas.name = Some("Netlib".into());
        other.blas.found = true;
        other.runtime.linked = Some(Ok(other.runtime.in_use.clone()));
        says(&other, &["linked against Netlib, and OpenBLAS answers"]);
        other.blas.name = Some("OpenBLAS".into());
        assert!(findings(&other).is_empty());
        other.runtime.in_use.name = "native".into();
        says(&other, &["OpenBLAS is linked and not in use", "POLYBLAS_BACKEND=linked"]);
    }

    #[test]
    fn two_openmp_runtimes_providers_passed_over_and_an_unknown_cpu_are_told() {
        let mut twice = case("BLIS", 4);
        twice.runtime.openmp_runtimes = vec!["/lib/libgomp.so.1".into(), "/lib/libiomp5.so".into()];
        says(&twice, &["2 OpenMP runtimes", "/lib/libgomp.so.1, /lib/libiomp5.so"]);
        let mut pool = case("OpenBLAS", 4);
        pool.runtime.oversubscribed = true;
        says(&pool, &["rayon pool calls OpenBLAS", "4 threads for each call", "threads::limit(1)"]);
        let mut several = case("Intel MKL", 4);
        several.package.provider = Some("mkl".into());
        several.package.passed_over = vec!["openblas".into(), "blis".into()];
        says(&several, &["mkl is linked", "openblas, blis", "POLYBLAS_PROVIDER"]);
        let mut generic = case("BLIS", 4);
        generic.runtime.in_use.core = Some("generic".into());
        says(&generic, &["does not know this CPU"]);
    }
}
