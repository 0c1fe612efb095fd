//! Which provider multiplies: the native engine, the BLAS that was linked, or one opened at run time.
//!
//! With a provider feature on, products of `f32`, `f64` and their complex numbers run on the library that was linked;
//! everything else, and everything in the default build, runs on the native engine, which is in every build.
//! `POLYBLAS_BACKEND=native` or `linked` chooses from outside, [`select`] from inside.

#[cfg_attr(not(any(provider, feature = "dynamic")), allow(dead_code))]
mod blas;
pub(crate) mod call;
#[cfg_attr(not(any(provider, feature = "dynamic")), allow(dead_code))]
mod cblas;
#[cfg_attr(not(any(provider, feature = "dynamic")), allow(dead_code))]
mod identity;
#[cfg_attr(not(any(provider, feature = "dynamic")), allow(dead_code))]
mod known_answer;
#[cfg(provider)]
mod linked;
#[cfg_attr(not(any(provider, feature = "dynamic")), allow(dead_code))]
mod provider;
mod route;
mod select;
pub mod threads;

use std::path::PathBuf;

pub use known_answer::Refusal;
pub use select::{Backend, BackendError, current_runtime, linked, select, selected};

pub(crate) use route::{asum, axpy, gemm, gemv, ger, iamax, inner, nrm2, scal, syrk};
pub(crate) use select::{current, is_native_for};

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
