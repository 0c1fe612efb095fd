//! Whatever CBLAS the system's `libblas` is, by link lines of our own; and what the blas-src crate decides.

use std::path::{Path, PathBuf};

use super::error::{Error, Install, Missing};
use super::linkage::{Library, Linkage};
use super::places::{file_names, first_file, linkage_of, usual_places};
use super::probe::{Answer, Probe};
use super::target::Input;

const INSTALL: Install = Install {
    debian: "apt install libopenblas-dev  (or libblis-dev, libatlas-base-dev, libblas-dev)",
    fedora: "dnf install flexiblas-devel  (or blas-devel)",
    macos: "take feature `accelerate`, or brew install openblas and POLYBLAS_SYSTEM_LIB=openblas",
    windows: "vcpkg install openblas, and POLYBLAS_SYSTEM_LIB=openblas",
};

/// Symbols and names inside a library that tell whose it is.
const SIGNATURES: &[(&str, &str)] = &[
    ("flexiblas", "FlexiBLAS"),
    ("libopenblas", "OpenBLAS"),
    ("openblas_get_config", "OpenBLAS"),
    ("bli_arch", "BLIS"),
    ("ATL_dgemm", "ATLAS"),
    ("mkl_get_version", "Intel MKL"),
];

/// pkg-config's `blas`, `POLYBLAS_SYSTEM_LIB`, or `libblas` in the usual places.
pub fn find(input: &Input, probe: &dyn Probe) -> Result<Linkage, Error> {
    search(input, probe, "system", probe.env("POLYBLAS_SYSTEM_LIB"))
}

/// Nothing of ours: whoever turned on a feature of the blas-src crate decides, which nothing tells us.
pub fn blas_src(_: &Input, _: &dyn Probe) -> Result<Linkage, Error> {
    let library = Library {
        found: true,
        detection_method: Some("by a feature of the blas-src crate".into()),
        libraries: vec!["decided by the blas-src crate".into()],
        ..Library::default()
    };
    Ok(Linkage { blas: library, ..Linkage::default() })
}

/// Finds the library `wanted` (a name, or a path of a file), or else `libblas`.
pub fn search(
    input: &Input,
    probe: &dyn Probe,
    feature: &'static str,
    wanted: Option<String>,
) -> Result<Linkage, Error> {
    let target = &input.target;
    let (mut looked_in, mut answer) = (Vec::new(), Answer::default());
    let path = wanted.as_deref().map(Path::new).filter(|path| path.components().count() > 1);
    let name = wanted.clone().unwrap_or_else(|| "blas".into());
    let mut names = file_names(target, &name);
    let (file, method) = if let Some(path) = path {
        looked_in.push(format!("POLYBLAS_SYSTEM_LIB={} (so nowhere else)", path.display()));
        names = vec![path.display().to_string()];
        (Some(path.to_owned()).filter(|path| probe.is_file(path)), "POLYBLAS_SYSTEM_LIB")
    } else {
        match probe.package(&name) {
            Ok(found) => answer = found,
            Err(why) => looked_in.push(format!("pkg-config `{name}`: {why}")),
        }
        let mut method = if wanted.is_some() { "POLYBLAS_SYSTEM_LIB" } else { "pkg-config" };
        let dirs = answer.library_dirs.clone();
        let file = first_file(probe, &dirs, &names).or_else(|| {
            method = if wanted.is_some() { method } else { "usual places" };
            let dirs = usual_places(target, probe, &name);
            looked_in.extend(dirs.iter().map(|dir| dir.display().to_string()));
            first_file(probe, &dirs, &names)
        });
        (file, method)
    };
    let Some(file) = file else {
        return Err(Error::Missing(Box::new(Missing {
            feature,
            name: if feature == "system" { "a BLAS of the system with CBLAS" } else { "the reference BLAS" },
            sought: names,
            looked_in,
            install: INSTALL,
            hint: "set POLYBLAS_SYSTEM_LIB to a library's name, or to the path of its file".into(),
            also_selected: Vec::new(),
            target: target.triple.clone(),
        })));
    };
    link(input, probe, feature, &file, method, &answer)
}

/// Links the library in `file`, and a CBLAS beside it where it has none itself.
pub fn link(
    input: &Input,
    probe: &dyn Probe,
    feature: &'static str,
    file: &Path,
    method: &str,
    answer: &Answer,
) -> Result<Linkage, Error> {
    let target = &input.target;
    let dir = file.parent().map(Path::to_owned).unwrap_or_default();
    let mut blas = Library::default();
    blas.set_answer(answer);
    blas.name = whose(probe, file);
    blas.found = true;
    blas.linkage = linkage_of(file);
    blas.detection_method = Some(method.into());
    blas.library_dirs = vec![dir.clone()];
    let mut linkage = Linkage::default();
    linkage.search_in(target, &dir);
    // Reference builds keep CBLAS in a library of its own. It is looked for only then, and beside `libblas` first:
    // Debian's libcblas is ATLAS's, whatever libblas is.
    if !probe.mentions(file, "cblas_dgemm") {
        let cblas = probe.package("cblas").unwrap_or_default();
        let dirs: Vec<PathBuf> =
            [dir.clone()].into_iter().chain(cblas.library_dirs).chain(usual_places(target, probe, "lapack")).collect();
        let Some(cblas) =
            first_file(probe, &dirs, &file_names(target, "cblas")).filter(|cblas| probe.mentions(cblas, "cblas_dgemm"))
        else {
            return Err(Error::Unfit {
                feature,
                file: file.display().to_string(),
                reason: "it has no CBLAS (no `cblas_dgemm` in it), and no libcblas lies beside it".into(),
                mend: format!("Install one that has: Debian: {}. Fedora: {}.", INSTALL.debian, INSTALL.fedora),
            });
        };
        blas.libraries.push("cblas".into());
        linkage.link.push(format!("{}=cblas", kind(&cblas)));
        if let Some(dir) = cblas.parent() {
            linkage.search_in(target, dir);
        }
    }
    let (library, line) = link_line(file);
    blas.libraries.push(library);
    linkage.link.push(line);
    if method == "POLYBLAS_SYSTEM_LIB" && blas.linkage.as_deref() == Some("dynamic") {
        let stem = file.file_name().and_then(|name| name.to_str()).and_then(|name| name.split('.').next());
        let files = probe.list(&dir).into_iter().filter(|name| stem.is_some_and(|stem| name.starts_with(stem)));
        linkage.run_from(target, &input.link_dir, &dir, files.map(|name| dir.join(name)).collect());
    }
    if let Ok(answer) = probe.package("lapack") {
        linkage.lapack.set_answer(&answer);
        linkage.lapack.found = true;
        linkage.lapack.detection_method = Some("pkg-config".into());
        linkage.lapack.libraries = answer.libraries.clone();
        linkage.lapack.library_dirs = answer.library_dirs.clone();
        let file = first_file(probe, &answer.library_dirs, &file_names(target, "lapack"));
        linkage.lapack.linkage = file.as_deref().and_then(linkage_of);
        linkage.lapack.name = file.as_deref().and_then(|file| whose(probe, file));
    }
    linkage.blas = blas;
    Ok(linkage)
}

/// Whose library a file is, by what is in it; Debian's reference BLAS and LAPACK, which hold no name, by their place.
fn whose(probe: &dyn Probe, file: &Path) -> Option<String> {
    if let Some((_, name)) = SIGNATURES.iter().find(|(signature, _)| probe.mentions(file, signature)) {
        return Some((*name).to_owned());
    }
    let file = probe.resolve_links(file);
    let folder = file.parent()?.file_name()?.to_str()?;
    matches!(folder, "blas" | "lapack").then(|| "Netlib".to_owned())
}

fn kind(file: &Path) -> &'static str {
    if linkage_of(file).as_deref() == Some("static") { "static:-bundle" } else { "dylib" }
}

/// The library's name and its `rustc-link-lib` line; a file that `-lNAME` would not find is named whole.
fn link_line(file: &Path) -> (String, String) {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let kind = kind(file);
    match (stem.strip_prefix("lib").unwrap_or(stem), extension) {
        (short, "so" | "a" | "dylib" | "tbd" | "lib") if !short.ends_with(".dll") => {
            (short.to_owned(), format!("{kind}={short}"))
        }
        (short, "a") => {
            let short = short.trim_end_matches(".dll");
            (short.to_owned(), format!("dylib={short}"))
        }
        _ => (name.to_owned(), format!("dylib:+verbatim={name}")),
    }
}
