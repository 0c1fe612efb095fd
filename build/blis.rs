//! BLIS, linked by blis-src: compiled by it, or the system's.

use std::path::{Path, PathBuf};

use super::error::{Error, Install, Missing};
use super::header;
use super::linkage::{Library, Linkage};
use super::places::{file_names, first_file, include_places, linkage_of, usual_places};
use super::probe::{Answer, Probe};
use super::target::Input;

const INSTALL: Install = Install {
    debian: "apt install libblis-dev",
    fedora: "dnf install blis-devel",
    macos: "brew install blis",
    windows: "conda install -c conda-forge blis  (vcpkg has none)",
};

/// The library of the system.
pub fn system(input: &Input, probe: &dyn Probe) -> Result<Linkage, Error> {
    let target = &input.target;
    let names = file_names(target, "blis");
    let mut looked_in = Vec::new();
    let answer = match probe.env("BLIS_PATH") {
        Some(_) => Answer::default(),
        None => probe.package("blis").unwrap_or_else(|why| {
            looked_in.push(format!("pkg-config `blis`: {why}"));
            Answer::default()
        }),
    };
    let (dirs, method) = match probe.env("BLIS_PATH") {
        Some(prefix) => (["lib", "lib64", ""].map(|dir| Path::new(&prefix).join(dir)).to_vec(), "BLIS_PATH"),
        None => {
            looked_in.insert(0, "BLIS_PATH: not set".into());
            let dirs = answer.library_dirs.iter().cloned().chain(usual_places(target, probe, "blis")).collect();
            (dirs, if answer.version.is_some() { "pkg-config" } else { "usual places" })
        }
    };
    looked_in.extend(dirs.iter().map(|dir| dir.display().to_string()));
    let Some(file) = first_file(probe, &dirs, &names) else {
        return Err(Error::Missing(Box::new(Missing {
            feature: "blis-system",
            name: "BLIS",
            sought: names,
            looked_in,
            install: INSTALL,
            hint: "set BLIS_PATH to its prefix, or take feature `blis` alone, which compiles BLIS".into(),
            also_selected: Vec::new(),
            target: target.triple.clone(),
        })));
    };
    let dir = file.parent().map(Path::to_owned).unwrap_or_default();
    let mut blas = Library::default();
    blas.set_answer(&answer);
    let mut include = answer.include_dirs.clone();
    include.extend(include_places(target, &dir, &["blis"]));
    describe(&mut blas, probe, &include);
    blas.linkage = linkage_of(&file);
    blas.detection_method = Some(method.into());
    blas.library_dirs = vec![dir.clone()];
    fit(&blas, probe, &file)?;
    let mut linkage = Linkage { blas, ..Linkage::default() };
    linkage.search_in(target, &dir);
    if method == "BLIS_PATH" && linkage_of(&file).as_deref() == Some("dynamic") {
        let files = probe.list(&dir).into_iter().filter(|name| name.starts_with("libblis"));
        linkage.run_from(target, &input.link_dir, &dir, files.map(|name| dir.join(name)).collect());
    }
    Ok(linkage)
}

/// The library that blis-src compiles.
pub fn from_source(input: &Input, probe: &dyn Probe) -> Result<Linkage, Error> {
    let include: Vec<PathBuf> = probe.env("DEP_BLIS_INCLUDE").map(PathBuf::from).into_iter().collect();
    let dir = include.first().and_then(|dir| dir.parent()).map(|prefix| prefix.join("lib"));
    let mut blas = Library::default();
    let headers: Vec<PathBuf> = include.iter().flat_map(|dir| [dir.join("blis"), dir.clone()]).collect();
    describe(&mut blas, probe, &headers);
    let dirs: Vec<PathBuf> = dir.into_iter().collect();
    blas.linkage = first_file(probe, &dirs, &file_names(&input.target, "blis")).and_then(|file| linkage_of(&file));
    blas.detection_method = Some("compiled by blis-src".into());
    blas.library_dirs = dirs.clone();
    let mut linkage = Linkage { blas, ..Linkage::default() };
    if let (Some(dir), Some("dynamic")) = (dirs.first(), linkage.blas.linkage.as_deref()) {
        linkage.run_from(&input.target, &input.link_dir, dir, Vec::new());
    }
    Ok(linkage)
}

fn describe(blas: &mut Library, probe: &dyn Probe, include: &[PathBuf]) {
    let header = include.iter().find_map(|dir| Some((dir.clone(), probe.read(&dir.join("blis.h"))?)));
    let text = header.as_ref().map(|(_, text)| text.as_str());
    blas.name = Some("BLIS".into());
    blas.found = true;
    blas.version = blas.version.take().or_else(|| text.and_then(header::blis_version));
    blas.interface =
        text.and_then(header::blis_integer_bits).map(|bits| if bits == 64 { "ILP64" } else { "LP64" }.into());
    blas.libraries = vec!["blis".into()];
    blas.include_dirs = header.iter().map(|(dir, _)| dir.clone()).collect();
    blas.configuration = text.map(|text| {
        let on = |name| header::define(text, name).is_some();
        let threading = if on("BLIS_ENABLE_OPENMP") {
            "openmp"
        } else if on("BLIS_ENABLE_PTHREADS") {
            "pthreads"
        } else {
            "none"
        };
        format!("threading={threading}")
    });
}

fn fit(blas: &Library, probe: &dyn Probe, file: &Path) -> Result<(), Error> {
    let unfit = |reason: &str, mend: &str| {
        Err(Error::Unfit {
            feature: "blis-system",
            file: file.display().to_string(),
            reason: reason.into(),
            mend: mend.into(),
        })
    };
    if blas.interface.as_deref() == Some("ILP64") {
        return unfit(
            "its BLAS interface has 64-bit integers (ILP64), as its blis.h says",
            "Install the LP64 build, or open this one at run time: feature `dynamic`, POLYBLAS_BACKEND=PATH.",
        );
    }
    if !probe.mentions(file, "cblas_dgemm") {
        return unfit(
            "it has no CBLAS (no `cblas_dgemm` in it)",
            "Install a BLIS configured with --enable-cblas, or take feature `blis` alone, which compiles one.",
        );
    }
    Ok(())
}
