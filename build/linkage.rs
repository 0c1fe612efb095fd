//! What a provider's search returns.

use std::path::{Path, PathBuf};

use super::places::is_default_dir;
use super::probe::Answer;
use super::target::Target;

/// What is known of a library when the crate is built. `None` is "could not be found out".
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Library {
    pub name: Option<String>,
    pub found: bool,
    pub version: Option<String>,
    pub interface: Option<String>,
    pub linkage: Option<String>,
    pub detection_method: Option<String>,
    pub libraries: Vec<String>,
    pub library_dirs: Vec<PathBuf>,
    pub include_dirs: Vec<PathBuf>,
    pub define_macros: Vec<String>,
    pub extra_link_args: Vec<String>,
    pub configuration: Option<String>,
    pub pc_file_dir: Option<PathBuf>,
}

impl Library {
    /// Takes over what pkg-config knows.
    pub fn set_answer(&mut self, answer: &Answer) {
        self.version = answer.version.clone();
        self.include_dirs = answer.include_dirs.clone();
        self.define_macros = answer.define_macros.clone();
        self.extra_link_args = answer.link_args.clone();
        self.pc_file_dir = answer.file_dir.clone();
    }
}

/// How a provider is linked, and what the report says of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Linkage {
    pub blas: Library,
    pub lapack: Library,
    /// Directories for the linker to search, besides those it knows.
    pub search: Vec<PathBuf>,
    /// `KIND[:MODIFIERS]=NAME`, as `rustc -l` takes them.
    pub link: Vec<String>,
    /// Linker arguments for this package's own programs.
    pub args: Vec<String>,
    /// A linker script to write into the link directory: name and text.
    pub script: Option<(String, String)>,
    /// Shared libraries to link into the link directory, so that `cargo run` and `cargo test` of this crate and of its
    /// users find them when the program starts.
    pub stage: Vec<PathBuf>,
    /// What the user should know.
    pub warnings: Vec<String>,
    /// What a program needs outside Cargo.
    pub advice: Vec<(String, String)>,
}

impl Linkage {
    /// Adds a directory to the linker's search path, if it is not there anyway.
    pub fn search_in(&mut self, target: &Target, dir: &Path) {
        if !is_default_dir(target, dir) && !self.search.iter().any(|d| d == dir) {
            self.search.push(dir.to_owned());
        }
    }

    /// Sees to it that programs run by Cargo find the shared libraries `files` of `dir`, and tells what others need.
    pub fn run_from(&mut self, target: &Target, link_dir: &Path, dir: &Path, files: Vec<PathBuf>) {
        if target.is_windows() || is_default_dir(target, dir) {
            return;
        }
        self.stage.extend(files);
        if !self.search.iter().any(|d| d == link_dir) {
            self.search.push(link_dir.to_owned());
        }
        self.args.push(format!("-Wl,-rpath,{}", dir.display()));
        let variable = if target.is_apple() { "DYLD_LIBRARY_PATH" } else { "LD_LIBRARY_PATH" };
        self.advice.push((
            format!(
                "Outside `cargo run` and `cargo test` a program must find the shared libraries in {}.",
                dir.display()
            ),
            format!("Set {variable}={0}, or link with RUSTFLAGS=\"-C link-arg=-Wl,-rpath,{0}\".", dir.display()),
        ));
    }
}
