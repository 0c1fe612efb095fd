//! Where libraries lie, by platform.

use std::path::{Path, PathBuf};

use super::probe::Probe;
use super::target::Target;

/// Directories that the linker and the loader search unasked.
pub fn default_dirs(target: &Target) -> Vec<PathBuf> {
    if target.is_windows() || target.is_wasm() {
        return Vec::new();
    }
    if target.is_apple() {
        return ["/usr/local/lib", "/usr/lib"].map(PathBuf::from).to_vec();
    }
    let mut dirs = Vec::new();
    if let Some(multiarch) = target.multiarch() {
        dirs.push(PathBuf::from(format!("/usr/lib/{multiarch}")));
        dirs.push(PathBuf::from(format!("/lib/{multiarch}")));
        if target.is_cross() {
            dirs.push(PathBuf::from(format!("/usr/{multiarch}/lib")));
        }
    }
    if !target.is_cross() {
        dirs.extend(["/usr/local/lib", "/usr/lib64", "/usr/lib", "/lib64", "/lib"].map(PathBuf::from));
    }
    dirs
}

/// Whether the linker and the loader search `dir` unasked.
pub fn is_default_dir(target: &Target, dir: &Path) -> bool {
    default_dirs(target).iter().any(|d| d == dir)
}

/// The usual places of a library: where the linker looks, the user's `-L` and `LIBRARY_PATH`, and the package managers'
/// own directories. `formula` is its name there.
pub fn usual_places(target: &Target, probe: &dyn Probe, formula: &str) -> Vec<PathBuf> {
    let mut dirs = Vec::new();
    for flag in probe.env("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default().split('\x1f') {
        if let Some(dir) = flag.strip_prefix("-L") {
            let dir = dir.split_once('=').map_or(dir, |(_, dir)| dir).trim();
            dirs.extend((!dir.is_empty()).then(|| PathBuf::from(dir)));
        }
    }
    if target.is_windows() {
        dirs.extend(windows_places(target, probe));
    } else {
        let path = probe.env("LIBRARY_PATH").unwrap_or_default();
        dirs.extend(path.split(':').filter(|dir| !dir.is_empty()).map(PathBuf::from));
    }
    if target.is_apple() {
        let prefix = probe.env("HOMEBREW_PREFIX").map(PathBuf::from);
        for prefix in prefix.into_iter().chain(["/opt/homebrew", "/usr/local"].map(PathBuf::from)) {
            dirs.push(prefix.join("opt").join(formula).join("lib"));
            dirs.push(prefix.join("lib"));
        }
        dirs.push("/opt/local/lib".into());
    }
    dirs.extend(default_dirs(target));
    let mut seen = Vec::new();
    dirs.retain(|dir| {
        !seen.contains(dir) && {
            seen.push(dir.clone());
            true
        }
    });
    dirs
}

fn windows_places(target: &Target, probe: &dyn Probe) -> Vec<PathBuf> {
    let mut dirs = Vec::new();
    let arch = match target.arch.as_str() {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        arch => arch,
    };
    for root in ["VCPKG_ROOT", "VCPKG_INSTALLATION_ROOT"].iter().filter_map(|name| probe.env(name)) {
        for triplet in ["windows", "windows-static-md", "windows-static"] {
            dirs.push(Path::new(&root).join("installed").join(format!("{arch}-{triplet}")).join("lib"));
        }
    }
    if let Some(prefix) = probe.env("CONDA_PREFIX") {
        dirs.push(Path::new(&prefix).join("Library").join("lib"));
    }
    if !target.is_msvc() {
        let prefix = probe.env("MINGW_PREFIX").map(PathBuf::from);
        dirs.extend(prefix.into_iter().chain(["C:/msys64/mingw64".into()]).map(|prefix| prefix.join("lib")));
    }
    dirs
}

/// The file names that a library may have for the linker, the shared one first.
pub fn file_names(target: &Target, library: &str) -> Vec<String> {
    let forms: &[(&str, &str)] = if target.is_msvc() {
        &[("", ".lib"), ("lib", ".lib")]
    } else if target.is_windows() {
        &[("lib", ".dll.a"), ("lib", ".a"), ("", ".lib")]
    } else if target.is_apple() {
        &[("lib", ".dylib"), ("lib", ".tbd"), ("lib", ".a")]
    } else {
        &[("lib", ".so"), ("lib", ".a")]
    };
    forms.iter().map(|(prefix, suffix)| format!("{prefix}{library}{suffix}")).collect()
}

/// The first directory that holds one of the names, and which.
pub fn first_file(probe: &dyn Probe, dirs: &[PathBuf], names: &[String]) -> Option<PathBuf> {
    dirs.iter().flat_map(|dir| names.iter().map(move |name| dir.join(name))).find(|path| probe.is_file(path))
}

/// `static` or `dynamic`, as a file's name tells; an import library of Windows does not.
pub fn linkage_of(file: &Path) -> Option<String> {
    let name = file.file_name()?.to_str()?;
    if name.ends_with(".dll.a") || name.contains(".so") || name.ends_with(".dylib") || name.ends_with(".tbd") {
        Some("dynamic".into())
    } else if name.ends_with(".a") {
        Some("static".into())
    } else {
        None
    }
}

/// Where headers of a library in `dir` lie.
pub fn include_places(target: &Target, dir: &Path, folders: &[&str]) -> Vec<PathBuf> {
    let mut bases = Vec::new();
    if let Some(prefix) = dir.parent() {
        bases.push(prefix.join("include"));
        if let Some(prefix) = prefix.parent() {
            bases.extend(target.multiarch().map(|multiarch| prefix.join("include").join(multiarch)));
            bases.push(prefix.join("include"));
        }
    }
    bases.iter().flat_map(|base| folders.iter().map(|folder| base.join(folder)).chain([base.clone()])).collect()
}
