//! The machine that compiles, as a `Probe` that remembers what it was asked, so that Cargo runs the script again when
//! an answer may have changed.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::BufRead;
use std::path::{Path, PathBuf};

use crate::logic::{Answer, Probe};

#[derive(Default)]
pub struct Disk {
    variables: RefCell<BTreeSet<String>>,
    paths: RefCell<BTreeSet<PathBuf>>,
}

/// Directories too large or too lively to watch whole; what is found in them is watched by itself.
const BUSY: &[&str] = &["/", "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/include", "/usr"];

impl Disk {
    pub fn variables(&self) -> Vec<String> {
        self.variables.borrow().iter().cloned().collect()
    }

    /// Existing paths: Cargo takes a missing one for changed, always.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.paths.borrow().iter().filter(|path| path.exists()).cloned().collect()
    }

    fn watch(&self, path: &Path) {
        if path.is_file() {
            self.paths.borrow_mut().insert(path.to_owned());
            // Debian's alternatives: a switch changes a link, and not the file that Cargo would look at.
            let alternative = std::fs::read_link(path).is_ok_and(|link| link.starts_with("/etc/alternatives"));
            if alternative {
                self.paths.borrow_mut().insert("/etc/alternatives".into());
            }
        } else if let Some(dir) = path.parent() {
            self.watch_dir(dir);
        }
    }

    /// What decides pkg-config's answers: its variables, plain and for the target, and the directories it searches.
    fn watch_pkg_config(&self) {
        let target = std::env::var("TARGET").unwrap_or_default();
        for name in ["", "_PATH", "_LIBDIR", "_SYSROOT_DIR", "_ALLOW_CROSS"].map(|end| format!("PKG_CONFIG{end}")) {
            for target in [&target, &target.replace('-', "_")] {
                self.variables.borrow_mut().insert(format!("{name}_{target}"));
            }
            self.variables.borrow_mut().extend([format!("TARGET_{name}"), name]);
        }
        let variable = |name: &str| std::env::var(name).ok();
        let own = pkg_config::get_variable("pkg-config", "pc_path").ok();
        for path in [variable("PKG_CONFIG_PATH"), variable("PKG_CONFIG_LIBDIR"), own].iter().flatten() {
            std::env::split_paths(path).for_each(|dir| self.watch_dir(&dir));
        }
    }

    fn watch_dir(&self, dir: &Path) {
        let busy = BUSY.iter().any(|busy| Path::new(busy) == dir) || dir.parent() == Some(Path::new("/usr/lib"));
        if !busy && dir.is_dir() {
            self.paths.borrow_mut().insert(dir.to_owned());
        }
    }
}

impl Probe for Disk {
    fn env(&self, name: &str) -> Option<String> {
        // Cargo itself runs the script again when one of its own variables changes.
        if !name.starts_with("CARGO_") && !name.starts_with("DEP_") {
            self.variables.borrow_mut().insert(name.to_owned());
        }
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }

    fn is_file(&self, path: &Path) -> bool {
        self.watch(path);
        path.is_file()
    }

    fn list(&self, dir: &Path) -> Vec<String> {
        self.watch_dir(dir);
        let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        names
    }

    fn read(&self, path: &Path) -> Option<String> {
        self.watch(path);
        std::fs::read(path).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    fn mentions(&self, path: &Path, symbol: &str) -> bool {
        let bytes = std::fs::read(path).unwrap_or_default();
        let (&first, rest) = symbol.as_bytes().split_first().expect("a symbol has a name");
        // A build script is not optimised and a library may be large; the standard library's search is.
        let mut remaining = bytes.as_slice();
        while remaining.skip_until(first).is_ok_and(|skipped| skipped > 0) {
            if remaining.starts_with(rest) {
                return true;
            }
        }
        false
    }

    fn resolve_links(&self, path: &Path) -> PathBuf {
        std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
    }

    fn package(&self, name: &str) -> Result<Answer, String> {
        self.watch_pkg_config();
        let library = pkg_config::Config::new().cargo_metadata(false).env_metadata(false).probe(name);
        let library = library.map_err(|error| reason(&error))?;
        let variable = |variable| pkg_config::get_variable(name, variable).ok().filter(|value| !value.is_empty());
        let file_dir = variable("pcfiledir").map(PathBuf::from);
        if let Some(dir) = &file_dir {
            self.watch(&dir.join(format!("{name}.pc")));
        }
        let define = |(name, value): (String, Option<String>)| match value {
            Some(value) => format!("{name}={value}"),
            None => name,
        };
        Ok(Answer {
            version: Some(library.version).filter(|version| !version.is_empty()),
            libraries: library.libs,
            library_dirs: library.link_paths,
            include_dirs: library.include_paths,
            define_macros: library.defines.into_iter().map(define).collect(),
            link_args: library.ld_args.into_iter().map(|args| format!("-Wl,{}", args.join(","))).collect(),
            file_dir,
        })
    }

    fn package_variable(&self, package: &str, variable: &str) -> Option<String> {
        self.watch_pkg_config();
        pkg_config::get_variable(package, variable).ok().filter(|value| !value.is_empty())
    }
}

/// pkg-config's answer in one line.
fn reason(error: &pkg_config::Error) -> String {
    match error {
        pkg_config::Error::Command { .. } => "pkg-config is not installed".into(),
        pkg_config::Error::CrossCompilation => "not asked when cross-compiling (PKG_CONFIG_ALLOW_CROSS=1 asks)".into(),
        pkg_config::Error::EnvNoPkgConfig(variable) => format!("switched off by {variable}"),
        _ => "no such package".into(),
    }
}
