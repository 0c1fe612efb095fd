//! Apple's Accelerate: a framework of the system, linked by accelerate-src.

use super::error::Error;
use super::linkage::{Library, Linkage};
use super::probe::Probe;
use super::target::Input;

pub fn find(_: &Input, _: &dyn Probe) -> Result<Linkage, Error> {
    let library = Library {
        name: Some("Accelerate".into()),
        found: true,
        interface: Some("LP64".into()),
        linkage: Some("dynamic".into()),
        detection_method: Some("framework of the system".into()),
        libraries: vec!["framework=Accelerate".into()],
        ..Library::default()
    };
    Ok(Linkage { blas: library.clone(), lapack: library, ..Linkage::default() })
}
