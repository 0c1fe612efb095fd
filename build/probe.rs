//! The questions that may be asked of the machine.

use std::path::{Path, PathBuf};

/// What pkg-config answers about a package.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub version: Option<String>,
    pub libraries: Vec<String>,
    pub library_dirs: Vec<PathBuf>,
    pub include_dirs: Vec<PathBuf>,
    pub define_macros: Vec<String>,
    pub link_args: Vec<String>,
    /// The directory of the `.pc` file.
    pub file_dir: Option<PathBuf>,
}

/// The machine that compiles, or a test's idea of one.
pub trait Probe {
    /// An environment variable that is set and not empty.
    fn env(&self, name: &str) -> Option<String>;
    /// Whether there is such a file.
    fn is_file(&self, path: &Path) -> bool;
    /// The names in a directory, sorted; none if there is no such directory.
    fn list(&self, dir: &Path) -> Vec<String>;
    /// The text of a file.
    fn read(&self, path: &Path) -> Option<String>;
    /// Whether the bytes of a file hold this symbol's name.
    fn mentions(&self, path: &Path, symbol: &str) -> bool;
    /// The file behind a chain of links.
    fn resolve_links(&self, path: &Path) -> PathBuf;
    /// What pkg-config knows of a package, or why it knows nothing.
    fn package(&self, name: &str) -> Result<Answer, String>;
    /// A variable of a pkg-config package.
    fn package_variable(&self, package: &str, variable: &str) -> Option<String>;
}
