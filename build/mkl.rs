//! Intel MKL, LP64, by link lines of our own: the exact files are looked for, so that a miss is told here.

use std::path::{Path, PathBuf};

use super::error::{Error, Install, Missing};
use super::header;
use super::linkage::{Library, Linkage};
use super::places::{default_dirs, first_file, include_places};
use super::probe::Probe;
use super::target::{Input, Target};

const INSTALL: Install = Install {
    debian: "apt install intel-oneapi-mkl-devel (from Intel's repository), or intel-mkl (non-free)",
    fedora: "dnf install intel-oneapi-mkl-devel (from Intel's repository)",
    macos: "MKL ended there with 2023.2; take feature `accelerate`",
    windows: "Intel's oneAPI installer, which sets MKLROOT",
};

/// A prefix that may hold MKL, the directories of its libraries, and how it was come upon.
struct Place {
    root: PathBuf,
    dirs: Vec<PathBuf>,
    method: &'static str,
}

impl Place {
    fn of(root: PathBuf, method: &'static str) -> Self {
        let dirs = [root.join("lib"), root.join("lib/intel64"), root.clone()].to_vec();
        Place { root, dirs, method }
    }
}

/// Static, on Intel's OpenMP threads.
pub fn threaded(input: &Input, probe: &dyn Probe) -> Result<Linkage, Error> {
    let (mut linkage, place, dir) = static_layers(input, probe, "mkl", "mkl_intel_thread")?;
    let target = &input.target;
    let dirs = openmp_dirs(target, probe, &place.root, &dir);
    let (archive, shared) = match (target.is_windows(), target.is_apple()) {
        (true, _) => (None, "libiomp5md.lib"),
        (_, true) => (Some("libiomp5.a"), "libiomp5.dylib"),
        _ => (Some("libiomp5.a"), "libiomp5.so"),
    };
    let archive = archive.and_then(|name| first_file(probe, &dirs, &[name.to_owned()]));
    if let Some(archive) = archive {
        linkage.blas.libraries.push("iomp5".into());
        add_archives(&mut linkage, input, vec![archive]);
    } else if let Some(file) = first_file(probe, &dirs, &[shared.to_owned()]) {
        let dir = file.parent().map(Path::to_owned).unwrap_or_default();
        let name = if target.is_windows() { "libiomp5md" } else { "iomp5" };
        linkage.blas.libraries.push(name.into());
        linkage.link.push(format!("dylib={name}"));
        linkage.search_in(target, &dir);
        linkage.run_from(target, &input.link_dir, &dir, vec![file.clone()]);
        if !target.is_windows() && !linkage.stage.is_empty() {
            linkage.warnings.push(format!(
                "MKL's threads need {} at run time; with libiomp5.a beside it the program would need nothing",
                file.display()
            ));
        }
    } else {
        let sought = archive_names(&["libiomp5.a", shared], target);
        let hint =
            "install Intel's OpenMP runtime (intel-oneapi-openmp, or pip's intel-openmp), or take `mkl-sequential`";
        return Err(missing("mkl", "Intel's OpenMP runtime", sought, places_text(&dirs), hint, target));
    }
    finish(linkage, target)
}

/// Static, one thread.
pub fn sequential(input: &Input, probe: &dyn Probe) -> Result<Linkage, Error> {
    let (linkage, ..) = static_layers(input, probe, "mkl-sequential", "mkl_sequential")?;
    finish(linkage, &input.target)
}

/// The single dynamic library, `mkl_rt`.
pub fn dynamic(input: &Input, probe: &dyn Probe) -> Result<Linkage, Error> {
    let target = &input.target;
    let base = match (target.is_windows(), target.is_apple()) {
        (true, _) => "mkl_rt.lib",
        (_, true) => "libmkl_rt.dylib",
        _ => "libmkl_rt.so",
    };
    let mut looked_in = Vec::new();
    for place in roots(target, probe, &mut looked_in) {
        for dir in place.dirs.clone() {
            // A wheel of PyPI has no `libmkl_rt.so`, only `libmkl_rt.so.3`; the linker takes that name whole.
            let mut names = probe.list(&dir);
            names.retain(|name| name == base || name.strip_prefix(base).is_some_and(|rest| rest.starts_with('.')));
            names.sort_by_key(|name| (name != base, std::cmp::Reverse(name.clone())));
            let Some(name) = names.first() else {
                looked_in.push(dir.display().to_string());
                continue;
            };
            let mut linkage = Linkage::default();
            describe(&mut linkage, target, probe, &place, &dir);
            linkage.blas.linkage = Some("dynamic".into());
            linkage.blas.interface = Some("LP64 (unless MKL_INTERFACE_LAYER=ILP64 is set at run time)".into());
            linkage.blas.libraries = vec!["mkl_rt".into()];
            if name != base {
                linkage.blas.extra_link_args = vec![format!("-l:{name}")];
            }
            linkage.link.push(if name == base { "dylib=mkl_rt".into() } else { format!("dylib:+verbatim={name}") });
            linkage.search_in(target, &dir);
            let parts = |name: &String| name.starts_with("libmkl_") && !name.ends_with(".a") || *name == "libiomp5.so";
            let mut files: Vec<_> = probe.list(&dir).into_iter().filter(parts).map(|name| dir.join(name)).collect();
            if !files.iter().any(|file| file.ends_with("libiomp5.so")) {
                let dirs = openmp_dirs(target, probe, &place.root, &dir);
                files.extend(first_file(probe, &dirs, &["libiomp5.so".to_owned()]));
            }
            linkage.run_from(target, &input.link_dir, &dir, files);
            linkage.lapack = linkage.blas.clone();
            return Ok(linkage);
        }
    }
    let sought = vec![base.to_owned(), format!("{base}.2"), format!("{base}.3")];
    let sought = if target.is_windows() { sought[..1].to_vec() } else { sought };
    Err(missing("mkl-dynamic", "Intel MKL", sought, looked_in, HINT, target))
}

const HINT: &str = "pip install --target DIR mkl-static mkl-include mkl intel-openmp, and set MKLROOT=DIR\n            \
                    set MKLROOT to the directory that holds MKL's lib/ and include/";

/// The interface, the threading layer and the core, as archives.
fn static_layers(
    input: &Input,
    probe: &dyn Probe,
    feature: &'static str,
    threading: &str,
) -> Result<(Linkage, Place, PathBuf), Error> {
    let target = &input.target;
    let layers = ["mkl_intel_lp64", threading, "mkl_core"];
    let names = archive_names(&layers.map(|name| format!("lib{name}.a")), target);
    let mut looked_in = Vec::new();
    for place in roots(target, probe, &mut looked_in) {
        for dir in place.dirs.clone() {
            let lacking: Vec<_> =
                names.iter().filter(|name| !probe.is_file(&dir.join(name))).map(String::as_str).collect();
            if !lacking.is_empty() {
                let some = lacking.len() < names.len();
                let lacks = if some { format!(" (lacks {})", lacking.join(", ")) } else { String::new() };
                looked_in.push(format!("{}{lacks}", dir.display()));
                continue;
            }
            let mut linkage = Linkage::default();
            describe(&mut linkage, target, probe, &place, &dir);
            linkage.blas.linkage = Some("static".into());
            linkage.blas.interface = Some("LP64".into());
            linkage.blas.libraries = layers.map(str::to_owned).to_vec();
            if target.is_windows() || target.is_apple() {
                linkage.search_in(target, &dir);
            }
            add_archives(&mut linkage, input, names.iter().map(|name| dir.join(name)).collect());
            return Ok((linkage, place, dir));
        }
    }
    let sought = vec![names.join(" and ")];
    Err(missing(feature, "Intel MKL", sought, looked_in, HINT, target))
}

/// Adds archives to the link: MKL's need each other in a circle, which ELF linkers resolve only within a group, and a
/// group of files is what a linker script can say to every crate that links this one.
fn add_archives(linkage: &mut Linkage, input: &Input, files: Vec<PathBuf>) {
    if input.target.is_windows() || input.target.is_apple() {
        for file in files {
            let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            let name = if input.target.is_windows() { stem } else { stem.trim_start_matches("lib") };
            linkage.link.push(format!("static:-bundle={name}"));
            if let Some(dir) = file.parent() {
                linkage.search_in(&input.target, dir);
            }
        }
        return;
    }
    let mut text = match linkage.script.take() {
        Some((_, text)) => text.trim_end().trim_end_matches(')').to_owned(),
        None => {
            linkage.search.push(input.link_dir.clone());
            linkage.link.push("static:-bundle=polyblas_mkl".into());
            "GROUP(".to_owned()
        }
    };
    for file in files {
        text.push_str(&format!(" \"{}\"", file.display()));
    }
    linkage.script = Some(("libpolyblas_mkl.a".into(), text + " )\n"));
}

fn finish(mut linkage: Linkage, target: &Target) -> Result<Linkage, Error> {
    if !target.is_windows() {
        linkage.link.extend(["pthread", "m", "dl"].map(|name| format!("dylib={name}")));
        linkage.blas.extra_link_args = ["-lpthread", "-lm", "-ldl"].map(str::to_owned).to_vec();
    }
    linkage.lapack = linkage.blas.clone();
    Ok(linkage)
}

fn describe(linkage: &mut Linkage, target: &Target, probe: &dyn Probe, place: &Place, dir: &Path) {
    let mut include = vec![place.root.join("include")];
    include.extend(include_places(target, dir, &["mkl"]));
    let header = include.iter().find_map(|dir| Some((dir.clone(), probe.read(&dir.join("mkl_version.h"))?)));
    linkage.blas = Library {
        name: Some("Intel MKL".into()),
        found: true,
        version: header.as_ref().and_then(|(_, text)| header::mkl_version(text)),
        detection_method: Some(place.method.into()),
        library_dirs: vec![dir.to_owned()],
        include_dirs: header.into_iter().map(|(dir, _)| dir).collect(),
        ..Library::default()
    };
}

/// Where MKL may be: `MKLROOT` alone if it is set.
fn roots(target: &Target, probe: &dyn Probe, looked_in: &mut Vec<String>) -> Vec<Place> {
    if let Some(root) = probe.env("MKLROOT") {
        looked_in.push(format!("MKLROOT={root} (so nowhere else)"));
        return vec![Place::of(root.into(), "MKLROOT")];
    }
    looked_in.push("MKLROOT: not set".into());
    let mut places = Vec::new();
    let packages = ["mkl-static-lp64-iomp", "mkl-static-lp64-seq", "mkl-sdl", "mkl-dynamic-lp64-iomp"];
    let prefix = packages.iter().find_map(|package| probe.package_variable(package, "prefix"));
    match prefix {
        Some(prefix) => places.push(Place::of(prefix.into(), "pkg-config")),
        None => looked_in.push(format!("pkg-config: none of {}", packages.join(", "))),
    }
    let mut roots = Vec::new();
    roots.extend(probe.env("ONEAPI_ROOT").map(|root| Path::new(&root).join("mkl/latest")));
    if target.is_windows() {
        roots.push("C:/Program Files (x86)/Intel/oneAPI/mkl/latest".into());
    } else {
        roots.extend(["/opt/intel/oneapi/mkl/latest", "/opt/intel/mkl"].map(PathBuf::from));
        roots.extend(probe.env("HOME").map(|home| Path::new(&home).join("intel/oneapi/mkl/latest")));
    }
    roots.extend(probe.env("CONDA_PREFIX").map(|prefix| match target.is_windows() {
        true => Path::new(&prefix).join("Library"),
        false => prefix.into(),
    }));
    places.extend(roots.into_iter().map(|root| Place::of(root, "usual places")));
    let system = default_dirs(target).into_iter();
    places.extend(system.map(|dir| Place { root: "/usr".into(), dirs: vec![dir], method: "usual places" }));
    places
}

fn openmp_dirs(target: &Target, probe: &dyn Probe, root: &Path, dir: &Path) -> Vec<PathBuf> {
    let mut dirs = vec![dir.to_owned()];
    let mut compilers = vec![root.join("../../compiler/latest"), root.join("../compiler")];
    compilers.extend(probe.env("CMPLR_ROOT").map(PathBuf::from));
    compilers.extend(probe.env("ONEAPI_ROOT").map(|root| Path::new(&root).join("compiler/latest")));
    dirs.extend(compilers.iter().flat_map(|compiler| [compiler.join("lib"), compiler.join("lib/intel64")]));
    dirs.extend(default_dirs(target));
    dirs
}

fn archive_names(names: &[impl AsRef<str>], target: &Target) -> Vec<String> {
    let windows = |name: &str| match name.strip_prefix("lib") {
        Some(rest) if name.ends_with(".a") => format!("{}.lib", rest.trim_end_matches(".a")),
        _ => name.to_owned(),
    };
    names
        .iter()
        .map(|name| if target.is_windows() { windows(name.as_ref()) } else { name.as_ref().to_owned() })
        .collect()
}

fn places_text(dirs: &[PathBuf]) -> Vec<String> {
    dirs.iter().map(|dir| dir.display().to_string()).collect()
}

fn missing(
    feature: &'static str,
    name: &'static str,
    sought: Vec<String>,
    looked_in: Vec<String>,
    hint: &str,
    target: &Target,
) -> Error {
    let (hint, target, also_selected) = (hint.to_owned(), target.triple.clone(), Vec::new());
    Error::Missing(Box::new(Missing {
        feature,
        name,
        sought,
        looked_in,
        install: INSTALL,
        hint,
        also_selected,
        target,
    }))
}
