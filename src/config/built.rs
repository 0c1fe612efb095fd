//! What was known when the crate was built. build.rs found it and wrote the functions that return it.

use super::Advice;

/// The crate and how it was compiled.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Package {
    /// This crate's version.
    pub version: String,
    /// What `rustc --version` said.
    pub rustc: Option<String>,
    /// The triple of the machine that the program runs on.
    pub target: String,
    /// The triple of the machine that compiled it.
    pub host: String,
    /// The folder that Cargo built into: `debug`, `release`, or a profile of your own.
    pub profile: String,
    /// `0` to `3`, `s` or `z`.
    pub opt_level: String,
    /// Whether debug assertions and overflow checks were compiled into this crate.
    pub debug_assertions: bool,
    /// What `-C target-cpu` asked for.
    pub target_cpu: Option<String>,
    /// CPU features that the compiler could assume.
    pub target_features: Vec<String>,
    /// The crate's Cargo features that are on.
    pub features: Vec<String>,
    /// The Cargo feature whose provider is linked; `None` where none is.
    pub provider: Option<String>,
    /// Selected features whose provider is not linked, since another one's is.
    pub passed_over: Vec<String>,
}

/// A library as it was found when the crate was built. `None` is "could not be found out".
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Library {
    /// Whose library it is.
    pub name: Option<String>,
    /// Whether one is linked.
    pub found: bool,
    /// Its version.
    pub version: Option<String>,
    /// `LP64` (32-bit integers) or `ILP64` (64-bit).
    pub interface: Option<String>,
    /// `static` or `dynamic`.
    pub linkage: Option<String>,
    /// How it was found.
    pub detection_method: Option<String>,
    /// The names given to the linker.
    pub libraries: Vec<String>,
    /// Where the libraries lie.
    pub library_dirs: Vec<String>,
    /// Where the headers lie.
    pub include_dirs: Vec<String>,
    /// Macros that a C program would define.
    pub define_macros: Vec<String>,
    /// What else the linker is given.
    pub extra_link_args: Vec<String>,
    /// How the library was configured, as pkg-config or a header says.
    pub configuration: Option<String>,
    /// The directory of the `.pc` file that described it.
    pub pc_file_dir: Option<String>,
}

include!(concat!(env!("OUT_DIR"), "/facts.rs"));
