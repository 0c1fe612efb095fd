//! The report: what is linked, where it was found, and what it runs on.

mod advice;
mod built;
mod machine;
mod render;
mod runtime;

use std::fmt;
use std::sync::OnceLock;

pub use advice::Advice;
pub use built::{Library, Package};
pub use machine::Machine;
pub use runtime::Runtime;

use render::{Value, entries};

/// What this build is linked to and what it runs on.
///
/// Its `Display` is the text report, [`to_json`](Config::to_json) the same as JSON, and with the feature `serde` it is
/// `serde::Serialize`: three renderings of one tree, so each has the same sections and names. What could not be found
/// out is `None` here, `unknown` in the text and `null` in JSON; it is never left out and never guessed.
///
/// ```
/// let config = polyblas::config();
/// println!("{config}");
/// assert_eq!(config.package.version, env!("CARGO_PKG_VERSION"));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// The crate and how it was compiled.
    pub package: Package,
    /// The BLAS that was linked, as it was found at build time.
    pub blas: Library,
    /// The LAPACK that comes with it. polyblas does not call it.
    pub lapack: Library,
    /// What runs in this process.
    pub runtime: Runtime,
    /// The native engine's instruction sets and kernels.
    pub simd: Simd,
    /// The machine.
    pub machine: Machine,
    /// What is slow or wrong here, and what mends it.
    pub advice: Vec<Advice>,
}

/// The native engine's instruction sets and kernels.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Simd {
    /// The level in use.
    pub level: String,
    /// CPU features that the compiler could assume everywhere.
    pub baseline: Vec<String>,
    /// CPU features beyond these that were found at run time.
    pub found: Vec<String>,
    /// CPU features that were looked for and not found.
    pub not_found: Vec<String>,
    /// The kernel that multiplies each element type.
    pub kernels: Vec<(String, String)>,
}

/// What this build is linked to and what it runs on, as it was when this function was first called.
///
/// The provider in use and its threads may change later: [`Config::now`] looks again. Where `POLYBLAS_BACKEND` names
/// one that cannot be used, the report says why.
///
/// ```
/// println!("{}", polyblas::config());
/// ```
#[must_use]
pub fn config() -> &'static Config {
    static CONFIG: OnceLock<Config> = OnceLock::new();
    CONFIG.get_or_init(Config::now)
}

impl Config {
    /// What this build is linked to and what it runs on now.
    ///
    /// ```
    /// let config = polyblas::Config::now();
    /// assert!(config.runtime.in_use.threads >= 1);
    /// ```
    #[must_use]
    pub fn now() -> Config {
        let (package, mut blas, mut lapack) = (built::package(), built::blas(), built::lapack());
        let (runtime, machine) = (Runtime::look(&blas), Machine::look());
        if let Some(Ok(linked)) = &runtime.linked {
            ask_the_library(&mut blas, &mut lapack, linked);
        }
        let situation = advice::Situation {
            package: &package,
            blas: &blas,
            runtime: &runtime,
            machine: &machine,
            openblas: runtime::installed_openblas(),
            thread_variable: runtime::thread_variable(),
        };
        let mut advice = advice::advise(&situation);
        advice.extend(built::advice());
        Config { package, blas, lapack, runtime, simd: Simd::look(), machine, advice }
    }

    /// The report as JSON: one object for each section, `null` for what is unknown, a list for advice.
    ///
    /// ```
    /// let json = polyblas::config().to_json();
    /// assert!(json.starts_with('{') && json.contains("\"blas\""));
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        render::json(&self.sections())
    }

    /// The tree that every rendering shows.
    fn sections(&self) -> Vec<(String, Value)> {
        let advice = self.advice.iter().map(|advice| entries!(advice => finding, remedy)).collect();
        [
            ("package", Value::Group(self.package.entries())),
            ("blas", Value::Group(self.blas.entries())),
            ("lapack", Value::Group(self.lapack.entries())),
            ("runtime", Value::Group(self.runtime.entries(&self.blas))),
            ("simd", Value::Group(self.simd.entries())),
            ("machine", Value::Group(self.machine.entries())),
            ("advice", Value::Groups(advice)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }
}

impl fmt::Display for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        render::text(f, &self.sections())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Config {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value::Group(self.sections()).serialize(serializer)
    }
}

/// Fills in what only the library itself could tell.
fn ask_the_library(blas: &mut Library, lapack: &mut Library, linked: &crate::backend::Runtime) {
    let same = blas.name.is_none() || blas.name.as_deref() == Some(&linked.name);
    if !same {
        return;
    }
    let lapack_too = lapack.found && lapack.name.is_some() && lapack.name == blas.name;
    for library in [Some(blas), lapack_too.then_some(lapack)].into_iter().flatten() {
        library.name.get_or_insert_with(|| linked.name.clone());
        library.version = library.version.take().or_else(|| linked.version.clone());
        library.configuration = library.configuration.take().or_else(|| linked.configuration.clone());
        let interface = linked.integer_bits.map(|bits| interface_name(bits).to_owned());
        library.interface = library.interface.take().or(interface);
    }
}

fn interface_name(bits: u32) -> &'static str {
    if bits == 64 { "ILP64" } else { "LP64" }
}

impl Package {
    fn entries(&self) -> Vec<(String, Value)> {
        let mut entries = entries!(self => version, rustc, target, host, profile, opt_level, debug_assertions, target_cpu,
            target_features, features);
        let provider = self.provider.as_deref().unwrap_or("none (the native engine)");
        entries.push(("provider".to_owned(), provider.into()));
        entries.push(("passed_over".to_owned(), (&self.passed_over).into()));
        entries
    }
}

impl Library {
    fn entries(&self) -> Vec<(String, Value)> {
        let mut entries = entries!(self => name, found, version, interface, linkage, detection_method, libraries,
            library_dirs, include_dirs, define_macros, extra_link_args, configuration, pc_file_dir);
        if !self.found {
            entries
                .iter_mut()
                .filter(|(_, value)| *value == Value::Unknown)
                .for_each(|(_, value)| *value = Value::Absent);
        }
        entries
    }
}

impl Runtime {
    fn entries(&self, blas: &Library) -> Vec<(String, Value)> {
        let in_use = &self.in_use;
        let mut entries = entries!(in_use => name, version, configuration, core, threading);
        let native = in_use.name == "native";
        let interface = match in_use.integer_bits {
            _ if native => Some("none needed (pointers and strides)".to_owned()),
            Some(bits) => Some(format!("{} ({bits}-bit integers, probed)", interface_name(bits))),
            None => None,
        };
        let within = native || self.uses_linked() && blas.linkage.as_deref() == Some("static");
        let file = in_use.file.as_ref().map(|file| file.display().to_string());
        let file = file.or_else(|| within.then(|| "linked into this program".to_owned()));
        entries.push(("interface".to_owned(), (&interface).into()));
        entries.push(("file".to_owned(), (&file).into()));
        entries.extend(entries!(in_use => threads, max_threads));
        let check = match &self.linked {
            None => "no BLAS is linked".to_owned(),
            Some(Ok(linked)) => format!("{} passed its known-answer check", linked.name),
            Some(Err(error)) => format!("refused: {error}"),
        };
        entries.push(("linked_provider".to_owned(), check.as_str().into()));
        entries.push(("openmp_runtimes".to_owned(), (&self.openmp_runtimes).into()));
        entries.push(("loaded".to_owned(), Value::List(self.loaded.iter().map(ToString::to_string).collect())));
        entries
    }
}

impl Simd {
    fn look() -> Self {
        let report = crate::kernel::simd_report();
        let list = |features: Vec<&str>| features.into_iter().map(str::to_owned).collect();
        Simd {
            level: report.level.to_owned(),
            baseline: list(report.baseline),
            found: list(report.found),
            not_found: list(report.not_found),
            kernels: report.kernels.into_iter().map(|(kind, kernel)| (kind.name().to_owned(), kernel)).collect(),
        }
    }

    fn entries(&self) -> Vec<(String, Value)> {
        let mut entries = entries!(self => level, baseline, found, not_found);
        let kernels = self.kernels.iter().map(|(kind, kernel)| (kind.clone(), kernel.into())).collect();
        entries.push(("kernels".to_owned(), Value::Group(kernels)));
        entries
    }
}

impl Machine {
    fn entries(&self) -> Vec<(String, Value)> {
        entries!(self => cpu, architecture, system, physical_cores, logical_cores, usable_cores, l1_data_cache, l2_cache,
            l3_cache)
    }
}
