//! OpenBLAS, linked by openblas-src. That crate falls through to a bare `-lopenblas` when it finds nothing, so the
//! search here decides whether the library is there, and adds the directory that it is in.

use std::path::{Path, PathBuf};

use super::error::{Error, Install, Missing};
use super::header;
use super::linkage::{Library, Linkage};
use super::places::{file_names, first_file, include_places, linkage_of, usual_places};
use super::probe::{Answer, Probe};
use super::target::Input;

pub const INSTALL: Install = Install {
    debian: "apt install libopenblas-dev",
    fedora: "dnf install openblas-devel",
    macos: "brew install openblas",
    windows: "vcpkg install openblas  (and set VCPKG_ROOT)",
};

/// The library of the system.
pub fn system(input: &Input, probe: &dyn Probe) -> Result<Linkage, Error> {
    let target = &input.target;
    let names = file_names(target, "openblas");
    let mut looked_in = Vec::new();
    let found = match probe.env("OPENBLAS_PATH") {
        Some(prefix) => {
            let dirs = ["lib", "lib64", ""].map(|dir| Path::new(&prefix).join(dir)).to_vec();
            looked_in.push(format!("OPENBLAS_PATH={prefix}, and its lib and lib64 (so nowhere else)"));
            first_file(probe, &dirs, &names).map(|file| (file, "OPENBLAS_PATH", Answer::default()))
        }
        None => {
            looked_in.push("OPENBLAS_PATH: not set".into());
            from_package(input, probe, &names, &mut looked_in).or_else(|| {
                let dirs = usual_places(target, probe, "openblas");
                looked_in.extend(dirs.iter().map(|dir| dir.display().to_string()));
                first_file(probe, &dirs, &names).map(|file| (file, "usual places", Answer::default()))
            })
        }
    };
    let Some((file, method, answer)) = found else {
        return Err(Error::Missing(Box::new(Missing {
            feature: "openblas",
            name: "OpenBLAS",
            sought: names,
            looked_in,
            install: INSTALL,
            hint: "set OPENBLAS_PATH to its prefix (the directory that holds lib/ and include/)".into(),
            also_selected: Vec::new(),
            target: target.triple.clone(),
        })));
    };
    let dir = file.parent().map(Path::to_owned).unwrap_or_default();
    let blas = describe(input, probe, &file, method, &answer)?;
    let mut linkage = Linkage { lapack: lapack_of(&blas, probe, &file), blas, ..Linkage::default() };
    linkage.search_in(target, &dir);
    if method == "OPENBLAS_PATH" && linkage_of(&file).as_deref() == Some("dynamic") {
        let files = probe.list(&dir).into_iter().filter(|name| name.starts_with("libopenblas"));
        linkage.run_from(target, &input.link_dir, &dir, files.map(|name| dir.join(name)).collect());
    }
    Ok(linkage)
}

/// The library that openblas-src compiles.
pub fn from_source(_: &Input, probe: &dyn Probe) -> Result<Linkage, Error> {
    let dirs = |name| probe.env(name).map(PathBuf::from).into_iter().collect::<Vec<_>>();
    let header = dirs("DEP_OPENBLAS_INCLUDE").first().and_then(|dir| probe.read(&dir.join("openblas_config.h")));
    let library = Library {
        name: Some("OpenBLAS".into()),
        found: true,
        version: header.as_deref().and_then(header::openblas_version),
        interface: Some("LP64".into()),
        linkage: Some("static".into()),
        detection_method: Some("compiled by openblas-src".into()),
        libraries: vec!["openblas".into()],
        library_dirs: dirs("DEP_OPENBLAS_LIBRARY"),
        include_dirs: dirs("DEP_OPENBLAS_INCLUDE"),
        ..Library::default()
    };
    // openblas-src builds LAPACK only with its `lapacke` feature, which needs a Fortran compiler and is not ours to
    // ask.
    Ok(Linkage { blas: library, ..Linkage::default() })
}

fn from_package(
    input: &Input,
    probe: &dyn Probe,
    names: &[String],
    looked_in: &mut Vec<String>,
) -> Option<(PathBuf, &'static str, Answer)> {
    match probe.package("openblas") {
        Err(why) => {
            looked_in.push(format!("pkg-config `openblas`: {why}"));
            None
        }
        Ok(answer) => {
            let mut dirs = answer.library_dirs.clone();
            dirs.extend(usual_places(&input.target, probe, "openblas"));
            looked_in.push(format!("pkg-config `openblas`, which names {}", dirs[0].display()));
            first_file(probe, &dirs, names).map(|file| (file, "pkg-config", answer))
        }
    }
}

fn describe(input: &Input, probe: &dyn Probe, file: &Path, method: &str, answer: &Answer) -> Result<Library, Error> {
    let dir = file.parent().unwrap_or(file);
    let mut include = answer.include_dirs.clone();
    include.extend(include_places(&input.target, dir, &["openblas"]));
    let header = include.iter().find_map(|dir| Some((dir.clone(), probe.read(&dir.join("openblas_config.h"))?)));
    let text = header.as_ref().map(|(_, text)| text.as_str());
    if text.map(header::openblas_integer_bits) == Some(64) {
        return Err(Error::Unfit {
            feature: "openblas",
            file: file.display().to_string(),
            reason: "it has 64-bit integers (ILP64), as its openblas_config.h says".into(),
            mend: "Install the LP64 build, or open this one at run time: feature `dynamic`, POLYBLAS_BACKEND=PATH."
                .into(),
        });
    }
    if !probe.mentions(file, "cblas_dgemm") {
        return Err(Error::Unfit {
            feature: "openblas",
            file: file.display().to_string(),
            reason: "it has no CBLAS (no `cblas_dgemm` in it)".into(),
            mend: "Install a build with CBLAS (made without NO_CBLAS=1).".into(),
        });
    }
    let mut library = Library::default();
    library.set_answer(answer);
    library.name = Some("OpenBLAS".into());
    library.found = true;
    library.version = library.version.or_else(|| text.and_then(header::openblas_version));
    library.interface = text.map(|_| "LP64".into());
    library.linkage = linkage_of(file);
    library.detection_method = Some(method.into());
    library.libraries = vec!["openblas".into()];
    library.library_dirs = vec![dir.to_owned()];
    if library.include_dirs.is_empty() {
        library.include_dirs = header.iter().map(|(dir, _)| dir.clone()).collect();
    }
    if method == "pkg-config" {
        library.configuration = probe.package_variable("openblas", "openblas_config").map(|c| c.trim().to_owned());
    }
    Ok(library)
}

/// OpenBLAS carries LAPACK, unless it was built without.
fn lapack_of(blas: &Library, probe: &dyn Probe, file: &Path) -> Library {
    if probe.mentions(file, "dgetrf_") { blas.clone() } else { Library::default() }
}
