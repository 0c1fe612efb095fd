//! The reference BLAS: compiled by netlib-src, or the system's by link lines of our own (netlib-src would add
//! `-lgfortran -llapack -lcblas`, which need not be there, and whose libcblas is ATLAS's on Debian).

use std::path::PathBuf;

use super::error::Error;
use super::linkage::{Library, Linkage};
use super::places::{file_names, first_file};
use super::probe::{Answer, Probe};
use super::system;
use super::target::Input;

/// The system's reference BLAS: where Debian keeps it beside its alternatives, else `libblas`.
pub fn system(input: &Input, probe: &dyn Probe) -> Result<Linkage, Error> {
    let multiarch = input.target.multiarch().filter(|_| !input.target.is_cross());
    let dirs: Vec<PathBuf> = multiarch.iter().map(|m| PathBuf::from(format!("/usr/lib/{m}/blas"))).collect();
    let Some(file) = first_file(probe, &dirs, &file_names(&input.target, "blas")) else {
        return system::search(input, probe, "netlib-system", None);
    };
    let answer = probe.package("blas-netlib").unwrap_or_else(|_| Answer::default());
    let method = if answer.version.is_some() { "pkg-config" } else { "usual places" };
    let mut linkage = system::link(input, probe, "netlib-system", &file, method, &answer)?;
    linkage.lapack = Library::default();
    // Debian's loader would take whatever its alternatives say in place of this very file.
    let dir = &dirs[0];
    let files = probe.list(dir).into_iter().filter(|name| name.starts_with("libblas.so"));
    linkage.run_from(&input.target, &input.link_dir, dir, files.map(|name| dir.join(name)).collect());
    Ok(linkage)
}

/// The library that netlib-src compiles.
pub fn from_source(_: &Input, _: &dyn Probe) -> Result<Linkage, Error> {
    let library = |libraries: &[&str]| Library {
        name: Some("Netlib".into()),
        found: true,
        interface: Some("LP64".into()),
        linkage: Some("dynamic".into()),
        detection_method: Some("compiled by netlib-src".into()),
        libraries: libraries.iter().map(|&name| name.to_owned()).collect(),
        ..Library::default()
    };
    Ok(Linkage {
        blas: library(&["cblas", "blas-netlib", "gfortran"]),
        lapack: library(&["lapack-netlib", "gfortran"]),
        advice: vec![(
            "Outside `cargo run` and `cargo test` a program must find the shared libraries that netlib-src compiled."
                .into(),
            "Set LD_LIBRARY_PATH to build/netlib-src-*/out/lib in Cargo's target directory, or copy them from there."
                .into(),
        )],
        ..Linkage::default()
    })
}
