//! Where libraries lie on a machine.

use std::collections::HashSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::examine::Examined;
use super::{open, opened};
use crate::backend::provider::{NATIVE, Provider};
use crate::backend::select::linked_provider;
use crate::backend::{Available, Backend, BackendError};

/// Apple's library has no file: the loader keeps it in a cache of its own.
pub(super) const ACCELERATE: &str = "/System/Library/Frameworks/Accelerate.framework/Accelerate";

/// The providers on this machine: the native engine, the linked BLAS, libraries that are loaded, and those found
///
/// - in the folders or prefixes that `POLYBLAS_LIBRARY_PATH` lists (a prefix of PyPI wheels is one),
/// - in the loader's folders (`LD_LIBRARY_PATH`, `ld.so.conf`, the usual ones; `DYLD_LIBRARY_PATH`; `PATH` on Windows)
///   and in their subfolders that Debian's alternatives choose from,
/// - under `MKLROOT`, `CONDA_PREFIX`, `VIRTUAL_ENV`, `/opt` and Homebrew's prefixes, and Accelerate on macOS.
///
/// Nothing is loaded for this: the files are read.
///
/// ```
/// assert_eq!(polyblas::backend::available()[0].name, "native");
/// ```
#[must_use]
pub fn available() -> Vec<Available> {
    available_in::<&Path>(&[])
}

/// As [`available`], looking into these folders (or prefixes) first.
///
/// ```no_run
/// // pip install --target wheels scipy-openblas32
/// for provider in polyblas::backend::available_in(&["wheels"]) {
///     println!("{} {:?} {:?}", provider.name, provider.version, provider.file);
/// }
/// ```
#[must_use]
pub fn available_in<P: AsRef<Path>>(folders: &[P]) -> Vec<Available> {
    let given: Vec<PathBuf> = folders.iter().map(|folder| folder.as_ref().to_owned()).collect();
    let loaded: Vec<&Provider> =
        [&NATIVE].into_iter().chain(linked_provider().and_then(Result::ok)).chain(opened()).collect();
    let open: HashSet<&Path> = loaded.iter().filter_map(|provider| provider.file.as_deref()).collect();
    let mut all: Vec<Available> = loaded.iter().map(|provider| Available::of(provider)).collect();
    let found = libraries(&all_folders(&given));
    all.extend(found.iter().filter(|file| !open.contains(file.as_path())).filter_map(|file| from_file(file)));
    if cfg!(target_vendor = "apple") && !open.contains(Path::new(ACCELERATE)) {
        all.push(Available {
            backend: Backend::File(ACCELERATE.into()),
            name: "Accelerate".to_owned(),
            version: None,
            file: Some(ACCELERATE.into()),
            integer_bits: Some(32),
            threading: Some("dispatch".to_owned()),
            loaded: false,
        });
    }
    all
}

fn from_file(file: &Path) -> Option<Available> {
    let examined = Examined::of(file).ok().filter(Examined::is_blas)?;
    Some(Available {
        backend: Backend::File(file.to_owned()),
        name: examined.identity().map_or("unknown BLAS", |identity| identity.name).to_owned(),
        version: examined.version(),
        file: Some(file.to_owned()),
        integer_bits: examined.integer_bits(),
        threading: examined.threading(),
        loaded: false,
    })
}

/// The first library of this name that can be used.
pub(crate) fn named(name: &str) -> Result<&'static Provider, BackendError> {
    let is_it = |provider: &&Provider| provider.identity.is_some_and(|identity| identity.key == name);
    if let Some(provider) = opened().find(is_it) {
        return Ok(provider);
    }
    let searched = all_folders(&[]);
    let mut refused = Vec::new();
    let mut files = libraries(&searched);
    if cfg!(target_vendor = "apple") && name == "accelerate" {
        files.push(ACCELERATE.into());
    }
    for file in files {
        let is_it = || Examined::of(&file).is_ok_and(|e| e.identity().is_some_and(|identity| identity.key == name));
        if file == Path::new(ACCELERATE) || is_it() {
            match open(&file) {
                Ok(provider) => return Ok(provider),
                Err(error) => refused.push(error),
            }
        }
    }
    Err(BackendError::NotFound { name: name.to_owned(), searched, refused })
}

/// A file of this name in the loader's folders.
pub(super) fn in_loader_path(name: &Path) -> Option<PathBuf> {
    loader_folders().into_iter().map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// How the files of BLAS libraries begin, after `lib`.
const STEMS: [&str; 10] =
    ["openblas", "scipy_openblas", "mkl_rt", "blis", "flexiblas", "satlas", "tatlas", "armpl", "nvpl_blas", "goto2"];

/// The libraries in these folders, links resolved, each once.
fn libraries(folders: &[PathBuf]) -> Vec<PathBuf> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for folder in folders {
        let mut telling = false;
        // A plain `libblas` beside a library of a more telling name is that library once more.
        for is_plain in [false, true] {
            for file in entries(folder) {
                let Some(stem) = file.file_name().and_then(|name| library_stem(name.to_str()?)) else { continue };
                let plain = stem.starts_with("blas");
                if plain != is_plain || !plain && !STEMS.iter().any(|known| stem.starts_with(known)) || plain && telling
                {
                    continue;
                }
                let Ok(resolved) = file.canonicalize() else { continue };
                telling |= !plain;
                let beside_another = plain && resolved.parent().is_some_and(|home| home != folder && has_telling(home));
                if !beside_another && seen.insert(resolved.clone()) {
                    found.push(resolved);
                }
            }
        }
    }
    found
}

fn has_telling(folder: &Path) -> bool {
    entries(folder).iter().any(|file| {
        let stem = file.file_name().and_then(|name| library_stem(name.to_str()?));
        stem.is_some_and(|stem| STEMS.iter().any(|known| stem.starts_with(known)))
    })
}

/// `openblas.so.0` of `libopenblas.so.0`, where the file has a shared library's name.
fn library_stem(name: &str) -> Option<&str> {
    let shared = name.ends_with(".so") || name.contains(".so.") || name.ends_with(".dylib") || name.ends_with(".dll");
    shared.then(|| name.strip_prefix("lib").unwrap_or(name))
}

/// What lies in a folder, by name, so that the outcome is the same each time.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    entries.sort();
    entries
}

/// Every folder to look into, the most explicit first.
fn all_folders(given: &[PathBuf]) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = Vec::new();
    let listed = variable_list("POLYBLAS_LIBRARY_PATH");
    given.iter().chain(&listed).for_each(|prefix| folders.extend(prefix_folders(prefix)));
    let loader = loader_folders();
    let alternatives: Vec<PathBuf> = loader.iter().flat_map(|folder| alternatives(folder)).collect();
    folders.extend(loader);
    folders.extend(alternatives);
    for variable in ["MKLROOT", "CONDA_PREFIX", "VIRTUAL_ENV"] {
        variable_list(variable).iter().for_each(|prefix| folders.extend(prefix_folders(prefix)));
    }
    let mut prefixes: Vec<PathBuf> = vec!["/opt/intel/oneapi/mkl/latest".into()];
    for home in ["/opt", "/opt/homebrew/opt", "/usr/local/opt"] {
        prefixes.extend(entries(Path::new(home)));
    }
    folders.extend(
        prefixes.iter().flat_map(|prefix| [prefix.join("lib"), prefix.join("lib64"), prefix.join("lib/intel64")]),
    );
    let mut seen = HashSet::new();
    folders.retain(|folder| folder.is_dir() && seen.insert(folder.canonicalize().unwrap_or_else(|_| folder.clone())));
    folders
}

fn variable_list(variable: &str) -> Vec<PathBuf> {
    env::var_os(variable).map_or_else(Vec::new, |list| env::split_paths(&list).collect())
}

/// Where libraries lie under a prefix: its own folders, and those of Python packages unpacked there or installed into
/// it.
fn prefix_folders(prefix: &Path) -> Vec<PathBuf> {
    let mut folders = vec![prefix.to_owned(), prefix.join("lib"), prefix.join("lib64"), prefix.join("lib/intel64")];
    let pythons = entries(&prefix.join("lib")).into_iter().map(|python| python.join("site-packages"));
    let pythons: Vec<PathBuf> = pythons.chain([prefix.join("Lib/site-packages"), prefix.to_owned()]).collect();
    for package in pythons.iter().flat_map(|packages| entries(packages)) {
        if package.extension().is_some_and(|extension| extension == "libs") {
            folders.push(package);
        } else {
            folders.push(package.join("lib"));
        }
    }
    folders
}

/// The folders that the loader searches.
fn loader_folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = Vec::new();
    for variable in if cfg!(windows) { &["PATH"][..] } else { &["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"] } {
        folders.extend(variable_list(variable));
    }
    if cfg!(unix) {
        ld_so_conf(Path::new("/etc/ld.so.conf"), &mut folders, 0);
        let arch = env::consts::ARCH;
        folders.extend(["/usr/local/lib", "/usr/lib64", "/lib64"].map(PathBuf::from));
        folders.extend([format!("/usr/lib/{arch}-linux-gnu"), format!("/lib/{arch}-linux-gnu")].map(PathBuf::from));
        folders.extend(["/usr/lib", "/lib"].map(PathBuf::from));
    }
    folders
}

/// The folders that glibc's loader is configured with; `include` lines name files by a pattern in the last part.
fn ld_so_conf(file: &Path, folders: &mut Vec<PathBuf>, depth: usize) {
    const DEEPEST: usize = 4;
    for line in fs::read_to_string(file).unwrap_or_default().lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        match line.strip_prefix("include ") {
            Some(pattern) if depth < DEEPEST => {
                let pattern = file.parent().unwrap_or(Path::new("/")).join(pattern.trim());
                let ending = pattern.extension().map(ToOwned::to_owned);
                let included = entries(pattern.parent().unwrap_or(Path::new("/")));
                for file in included.iter().filter(|file| file.extension() == ending.as_deref()) {
                    ld_so_conf(file, folders, depth + 1);
                }
            }
            None if line.starts_with('/') => folders.push(line.into()),
            _ => {}
        }
    }
}

/// Debian keeps each provider of `libblas.so.3` in a folder of its own beside it.
fn alternatives(folder: &Path) -> Vec<PathBuf> {
    let is_one = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        ["openblas", "blis", "atlas", "blas", "mkl"].iter().any(|known| name.starts_with(known)) && path.is_dir()
    };
    entries(folder).into_iter().filter(is_one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_known_by_their_names() {
        assert_eq!(library_stem("libopenblas.so.0"), Some("openblas.so.0"));
        assert_eq!(library_stem("mkl_rt.2.dll"), Some("mkl_rt.2.dll"));
        assert_eq!(library_stem("libopenblas.a"), None);
    }
}
