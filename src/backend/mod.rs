//! Which provider multiplies: the native engine, the BLAS that was linked, or one opened at run time.

pub(crate) mod call;
pub mod threads;

use crate::kernel::{self, Gemm, Gemv, Ger, Syrk, VecSource};
use crate::scalar::Scalar;

/// What a provider tells of itself at run time. `None` is "could not be found out".
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Runtime {
    /// The provider's name: `native`, `OpenBLAS`, `Intel MKL`, `BLIS`, `ATLAS`, `Netlib`, `Accelerate`.
    pub name: String,
    /// The version that the library itself reports.
    pub version: Option<String>,
    /// The configuration string that the library itself reports.
    pub configuration: Option<String>,
    /// The kernel family that the library chose for this CPU.
    pub core: Option<String>,
    /// `none`, `pthreads`, `openmp`, `rayon`, `intel`, …
    pub threading: Option<String>,
    /// Bits of the library's integers: 32 (LP64) or 64 (ILP64).
    pub integer_bits: Option<u32>,
    /// The file that is really loaded, links resolved; `None` for what is linked into the program itself.
    pub file: Option<std::path::PathBuf>,
    /// Threads that the next product may use.
    pub threads: usize,
    /// The most threads that the provider can be set to.
    pub max_threads: usize,
}

pub(crate) unsafe fn gemm<T: Scalar>(g: &Gemm<T>) {
    unsafe { kernel::gemm(g) }
}

pub(crate) unsafe fn syrk<T: Scalar>(s: &Syrk<T>) {
    unsafe { kernel::syrk(s) }
}

pub(crate) unsafe fn gemv<T: Scalar>(g: &Gemv<T>) {
    unsafe { kernel::gemv(g) }
}

pub(crate) unsafe fn ger<T: Scalar>(g: &Ger<T>) {
    unsafe { kernel::ger(g) }
}

pub(crate) unsafe fn inner<T: Scalar>(n: usize, x: VecSource<T>, y: VecSource<T>) -> T {
    unsafe { kernel::inner(n, x, y) }
}
