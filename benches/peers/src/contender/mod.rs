//! Who takes part, and how each multiplies. Every contender gets the same row-major data.

mod bare;
pub mod cblas;
mod faer;
mod nalgebra;
mod ndarray;
mod plain;
mod polyblas;
mod raw;
pub mod widen;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::element::Element;
use crate::problem::{Call, Operands};

/// Which of polyblas's ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Polyblas {
    /// What the row is about: `dot_into` with an output that is there, `dot` or `dot_batch` where results are new.
    Dot,
    /// `dot_into`, beside `dot`.
    Into,
    /// `dot` in a loop, beside `dot_batch`.
    Each,
}

/// One who multiplies, in a process of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contender {
    Polyblas(Polyblas),
    Faer,
    Gemm,
    Gemmkit,
    Matrixmultiply,
    Ndarray,
    Nalgebra,
    /// A shared library with a CBLAS interface, perhaps told through a variable which kernels to use.
    Blas(PathBuf, Option<Setting>),
    /// A Python that has numpy.
    Numpy(PathBuf),
    /// Three plain loops.
    Plain,
    /// A 4 x 4 product with nothing around it, for the overhead of a call.
    Bare,
    /// Not a contender: the machine's own limit.
    Peak,
}

/// An environment variable that chooses a library's kernels, its value, and what the library then calls them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    pub variable: &'static str,
    pub value: &'static str,
    pub core: &'static str,
}

/// The contenders that are always there.
pub const BUILT_IN: &[Contender] = &[
    Contender::Polyblas(Polyblas::Dot),
    Contender::Polyblas(Polyblas::Into),
    Contender::Polyblas(Polyblas::Each),
    Contender::Faer,
    Contender::Gemm,
    Contender::Gemmkit,
    Contender::Matrixmultiply,
    Contender::Ndarray,
    Contender::Nalgebra,
    Contender::Plain,
    Contender::Bare,
    Contender::Peak,
];

impl Contender {
    /// Whether polyblas's figure is compared with this one's.
    pub fn is_peer(&self) -> bool {
        !matches!(self, Contender::Polyblas(_) | Contender::Bare | Contender::Peak)
    }

    /// The name of a contender that needs not be opened to know it.
    pub fn plain_name(&self) -> &'static str {
        match self {
            Contender::Polyblas(Polyblas::Dot) => "polyblas",
            Contender::Polyblas(Polyblas::Into) => "polyblas dot_into",
            Contender::Polyblas(Polyblas::Each) => "polyblas dot",
            Contender::Faer => "faer",
            Contender::Gemm => "gemm",
            Contender::Gemmkit => "gemmkit",
            Contender::Matrixmultiply => "matrixmultiply",
            Contender::Ndarray => "ndarray",
            Contender::Nalgebra => "nalgebra",
            Contender::Blas(..) => "blas",
            Contender::Numpy(_) => "numpy",
            Contender::Plain => "plain loops",
            Contender::Bare => "bare",
            Contender::Peak => "peak",
        }
    }

    /// The version that Cargo.lock holds, for the contenders that are crates.
    pub fn version(&self) -> Option<&'static str> {
        let lock = include_str!("../../Cargo.lock");
        let name = self.plain_name().split(' ').next()?;
        let (_, entry) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
        entry.split('"').next()
    }

    /// The call that multiplies these operands, or `None` where the contender has no such product.
    pub fn prepare<'a, T: Element>(&self, blas: Option<&'a cblas::Blas>, p: Operands<'a, T>) -> Option<Call<'a>> {
        match self {
            Contender::Polyblas(which) => polyblas::prepare(*which, p),
            Contender::Faer => faer::prepare(p),
            Contender::Gemm => raw::gemm(p),
            Contender::Gemmkit => raw::gemmkit(p),
            Contender::Matrixmultiply => raw::matrixmultiply(p),
            Contender::Ndarray => ndarray::prepare(p),
            Contender::Nalgebra => nalgebra::prepare(p),
            Contender::Blas(..) => cblas::prepare(blas?, p),
            Contender::Plain => plain::prepare(p),
            Contender::Bare => bare::prepare(p),
            Contender::Numpy(_) | Contender::Peak => None,
        }
    }
}

/// As a child process is told who it is.
impl fmt::Display for Contender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Contender::Blas(path, _) => write!(f, "blas={}", path.display()),
            Contender::Numpy(python) => write!(f, "numpy={}", python.display()),
            _ => f.write_str(self.plain_name()),
        }
    }
}

impl FromStr for Contender {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some(("blas", path)) => Ok(Contender::Blas(path.into(), None)),
            Some(("numpy", path)) => Ok(Contender::Numpy(path.into())),
            _ => BUILT_IN.iter().find(|c| c.plain_name() == text).cloned().ok_or(format!("no contender named {text}")),
        }
    }
}
