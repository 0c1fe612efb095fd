//! Looks at a library's file without loading it: the loader may crash on a truncated one, and says little of the
//! others.

use std::collections::HashSet;
use std::ffi::CStr;
use std::fs::File;
use std::path::{Path, PathBuf};

use object::read::ReadCache;
use object::{Architecture, Object, ObjectSection, ObjectSegment};

use super::names::Names;
use crate::backend::identity::{Identity, version_in_name};
use crate::backend::{BackendError, FileProblem};

pub(super) fn problem(file: &Path, problem: FileProblem) -> BackendError {
    BackendError::NotALibrary { file: file.to_owned(), problem }
}

/// What this program runs on.
const MACHINE: &str = std::env::consts::ARCH;

/// Whether it is a file at all.
pub(super) fn check_kind(file: &Path) -> Result<(), BackendError> {
    let kind = match std::fs::metadata(file) {
        Ok(metadata) => metadata.file_type(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(problem(file, FileProblem::Missing)),
        Err(error) => return Err(problem(file, FileProblem::Unreadable(error.to_string()))),
    };
    match kind {
        kind if kind.is_file() => Ok(()),
        kind if kind.is_dir() => Err(problem(file, FileProblem::NotAFile("folder"))),
        _ => Err(problem(file, FileProblem::NotAFile("device"))),
    }
}

/// What a file tells.
pub(super) struct Examined {
    file: PathBuf,
    exports: HashSet<Vec<u8>>,
    imports: HashSet<Vec<u8>>,
    /// OpenBLAS's configuration string, as far as it stands in one piece.
    configuration: Option<String>,
}

impl Examined {
    pub fn of(file: &Path) -> Result<Examined, BackendError> {
        let problem = |p| problem(file, p);
        let unreadable = |e: std::io::Error| problem(FileProblem::Unreadable(e.to_string()));
        let opened = File::open(file).map_err(unreadable)?;
        let found = opened.metadata().map_err(unreadable)?.len();
        let cache = ReadCache::new(opened);
        let object = object::File::parse(&cache).map_err(|e| problem(FileProblem::NotAnObject(e.to_string())))?;
        if object.kind() != object::ObjectKind::Dynamic {
            return Err(problem(FileProblem::NotAnObject(format!("{:?}", object.kind()).to_lowercase())));
        }
        let machine = match object.architecture() {
            Architecture::X86_64 if object.is_64() => "x86_64",
            Architecture::I386 => "32-bit x86",
            Architecture::Aarch64 => "aarch64",
            Architecture::Arm => "32-bit arm",
            _ => "",
        };
        let known = ["x86_64", "aarch64"].contains(&MACHINE);
        if known && machine != MACHINE {
            let found = if machine.is_empty() { format!("{:?}", object.architecture()) } else { machine.to_owned() };
            return Err(problem(FileProblem::OtherMachine { found, expected: MACHINE }));
        }
        let ends = object.segments().map(|segment| segment.file_range()).map(|(start, len)| start.saturating_add(len));
        if let Some(expected) = ends.max().filter(|&end| end > found) {
            return Err(problem(FileProblem::Truncated { expected, found }));
        }
        let exports = object.exports().map_err(|e| problem(FileProblem::NotAnObject(e.to_string())))?;
        let imports = object.imports().unwrap_or_default();
        let configuration =
            object.section_by_name(".rodata").and_then(|section| section.data().ok()).and_then(openblas_configuration);
        Ok(Examined {
            file: file.to_owned(),
            exports: exports.iter().map(|export| export.name().to_vec()).collect(),
            imports: imports.iter().map(|import| import.name().to_vec()).collect(),
            configuration,
        })
    }

    fn exports(&self, name: &str) -> bool {
        self.exports.contains(name.as_bytes())
    }

    /// How its names are decorated, if it is a BLAS.
    fn names(&self) -> Option<Names> {
        Names::CANDIDATES.iter().copied().find(|names| self.exports(&names.decorate(names.interface.gemm())))
    }

    pub fn is_blas(&self) -> bool {
        self.names().is_some()
    }

    pub fn identity(&self) -> Option<&'static Identity> {
        let names = self.names()?;
        let has =
            |name: &CStr| name.to_str().is_ok_and(|name| self.exports(name) || self.exports(&names.decorate(name)));
        Identity::recognise(has)
    }

    pub fn version(&self) -> Option<String> {
        let said = self.configuration.as_deref().and_then(|text| text.split_whitespace().nth(1)).map(str::to_owned);
        said.or_else(|| version_in_name(&self.file))
    }

    /// Known where the names or OpenBLAS's configuration tell; else only the loaded library does.
    pub fn integer_bits(&self) -> Option<u32> {
        let configured = self.configuration.as_deref().map(|text| if text.contains("USE64BITINT") { 64 } else { 32 });
        self.names()?.promised_bits().or(configured)
    }

    pub fn threading(&self) -> Option<String> {
        let imports = |prefix: &str| self.imports.iter().any(|name| name.starts_with(prefix.as_bytes()));
        // Others may hide their threads in a library that they need.
        match self.identity()?.key {
            "openblas" | "blis" if imports("GOMP_") || imports("__kmpc_") => Some("openmp".to_owned()),
            "openblas" | "blis" if imports("pthread_create") => Some("pthreads".to_owned()),
            "openblas" | "netlib" => Some("none".to_owned()),
            _ => None,
        }
    }
}

/// `OpenBLAS 0.3.21 USE64BITINT ...` among a library's constants.
fn openblas_configuration(data: &[u8]) -> Option<String> {
    const NAME: &[u8] = b"OpenBLAS ";
    let starts = data.windows(NAME.len() + 1).enumerate().filter(|(_, w)| w[0] == b'O' && w.starts_with(NAME));
    let start = starts.filter(|(_, w)| w[NAME.len()].is_ascii_digit()).map(|(at, _)| at).next()?;
    let text = data[start..].split(|byte| !byte.is_ascii_graphic() && *byte != b' ').next()?;
    Some(String::from_utf8_lossy(text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openblas_tells_its_version_among_its_constants() {
        let data = b"\0OpenBLAS : munmap failed\0OpenBLAS 0.3.21  USE64BITINT NO_LAPACKE \0more";
        assert_eq!(openblas_configuration(data).as_deref(), Some("OpenBLAS 0.3.21  USE64BITINT NO_LAPACKE "));
        assert_eq!(openblas_configuration(b"OpenBLAS warning"), None);
    }
}
