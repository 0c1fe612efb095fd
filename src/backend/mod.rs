//! Which provider multiplies: the native engine, the BLAS that was linked, or one opened at run time.
//!
//! With a provider feature on, products of `f32`, `f64` and their complex numbers run on the library that was linked;
//! everything else, and everything in the default build, runs on the native engine, which is in every build. With the
//! feature `dynamic`, any BLAS of the machine can be [opened](load) while the program runs.
//!
//! `POLYBLAS_BACKEND` chooses from outside what [`select`] chooses from inside: `native`, `linked`, a library's name
//! (`openblas`, `mkl`, `blis`, `atlas`, `netlib`, `flexiblas`, `accelerate`) or the path of a library.
//!
//! ```
//! use polyblas::{Dot, backend, matrix};
//!
//! for provider in backend::available() {
//!     if backend::select(&provider.backend).is_ok() {
//!         let a = matrix![[1.0, 2.0], [3.0, 4.0]];
//!         println!("{}: {:?}", provider.name, a.dot(&a));
//!     }
//! }
//! # backend::select(&backend::Backend::Native)?;
//! # Ok::<(), backend::BackendError>(())
//! ```

mod at_exit;
#[cfg_attr(not(any(provider, feature = "dynamic")), allow(dead_code))]
mod blas;
pub(crate) mod call;
#[cfg_attr(not(any(provider, feature = "dynamic")), allow(dead_code))]
mod calls;
#[cfg_attr(not(any(provider, feature = "dynamic")), allow(dead_code))]
mod cblas;
mod error;
#[cfg(feature = "dynamic")]
mod fortran;
#[cfg_attr(not(any(provider, feature = "dynamic")), allow(dead_code))]
mod identity;
#[cfg_attr(not(any(provider, feature = "dynamic")), allow(dead_code))]
mod known_answer;
#[cfg_attr(not(feature = "dynamic"), path = "no_library.rs")]
mod library;
#[cfg(provider)]
mod linked;
#[cfg(any(provider, feature = "dynamic"))]
mod loader;
#[cfg_attr(not(any(provider, feature = "dynamic")), allow(dead_code))]
mod past_end;
#[cfg_attr(not(any(provider, feature = "dynamic")), allow(dead_code))]
mod provider;
mod route;
mod select;
mod table;
pub mod threads;
#[cfg(any(provider, feature = "dynamic"))]
#[cfg_attr(not(feature = "dynamic"), allow(dead_code, reason = "what is linked has one ABI, what is opened any"))]
mod width;

use std::fmt;
use std::path::PathBuf;

pub use error::{BackendError, FileProblem};
pub use known_answer::Refusal;
pub use library::{available, available_in};
pub use select::{Backend, current_runtime, linked, load, loaded, select, selected};

pub(crate) use at_exit::at_exit;
pub(crate) use route::{asum, axpy, checked_gemm, gemm, gemv, ger, iamax, inner, nrm2, scal, syrk, widen_gemm};
pub(crate) use select::{current, is_native_for, try_current_runtime};

/// A provider that can be asked for, as far as its file tells without being loaded. `None` is "only the loaded library
/// can tell": [`loaded`] does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Available {
    /// How to [`select`] it.
    pub backend: Backend,
    /// Its name: `native`, `OpenBLAS`, `Intel MKL`, `BLIS`, `ATLAS`, `Netlib`, … or `unknown BLAS`.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// The file, links resolved.
    pub file: Option<PathBuf>,
    /// Bits of its integers: 32 (LP64) or 64 (ILP64).
    pub integer_bits: Option<u32>,
    /// `none`, `pthreads`, `openmp`, `rayon`, …
    pub threading: Option<String>,
    /// Whether it is loaded, so that the fields are what the library itself says.
    pub loaded: bool,
}

impl Available {
    fn of(provider: &'static provider::Provider) -> Self {
        let runtime = provider.runtime();
        Available {
            backend: provider.backend.clone(),
            name: runtime.name,
            version: runtime.version,
            file: runtime.file,
            integer_bits: runtime.integer_bits,
            threading: runtime.threading,
            loaded: true,
        }
    }
}

/// What a provider tells of itself at run time. `None` is "could not be found out".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Runtime {
    /// The provider's name: `native`, `OpenBLAS`, `Intel MKL`, `BLIS`, `ATLAS`, `Netlib`, `Accelerate`.
    pub name: String,
    /// The version that the library itself reports, or that its file's name carries.
    pub version: Option<String>,
    /// The configuration string that the library itself reports.
    pub configuration: Option<String>,
    /// The kernel family that the library chose for this CPU.
    pub core: Option<String>,
    /// `none`, `pthreads`, `openmp`, `rayon`, …
    pub threading: Option<String>,
    /// Bits of the library's integers: 32 (LP64) or 64 (ILP64), as probed.
    pub integer_bits: Option<u32>,
    /// The file that is really loaded, links resolved; `None` for what is linked into the program itself.
    pub file: Option<PathBuf>,
    /// Threads that the next product may use.
    pub threads: usize,
    /// The most threads that it makes sense to set.
    pub max_threads: usize,
}

/// One line: name, version, interface, threading, threads, file.
///
/// ```
/// let native = &polyblas::backend::loaded()[0];
/// assert!(native.to_string().starts_with("native "));
/// ```
impl fmt::Display for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if let Some(version) = &self.version {
            write!(f, " {version}")?;
        }
        f.write_str(" (")?;
        match self.integer_bits {
            Some(64) => f.write_str("ILP64, ")?,
            Some(_) => f.write_str("LP64, ")?,
            None => {}
        }
        if let Some(threading) = self.threading.as_deref().filter(|&threading| threading != "none") {
            write!(f, "{threading}, ")?;
        }
        write!(f, "{} {})", self.threads, if self.threads == 1 { "thread" } else { "threads" })?;
        self.file.as_ref().map_or(Ok(()), |file| write!(f, " {}", file.display()))
    }
}
