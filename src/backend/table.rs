//! What a provider offers: the operations on each element type that BLAS knows, whichever way they are called.

use num_complex::Complex;

use crate::kernel::{Field, Gemm, Gemv, Ger, Syrk, VecSource, VecTarget};

/// Operations on one element type. Each says whether it did its work: `None` where the library cannot express it, as
/// when a dimension does not fit its integers; nothing is written then.
///
/// # Safety
/// Every function: the operands lie where they say, outputs overlap no input, and no dimension that is multiplied over
/// is zero.
pub(crate) trait Blas<E: Element>: Send + Sync {
    unsafe fn gemm(&self, g: &Gemm<E>) -> Option<()>;
    /// Only with `beta = 0`.
    unsafe fn syrk(&self, s: &Syrk<E>) -> Option<()>;
    unsafe fn gemv(&self, g: &Gemv<E>) -> Option<()>;
    unsafe fn ger(&self, g: &Ger<E>) -> Option<()>;
    unsafe fn inner(&self, n: usize, x: VecSource<E>, y: VecSource<E>) -> Option<E>;
    unsafe fn axpy(&self, n: usize, alpha: E, x: VecSource<E>, y: VecTarget<E>) -> Option<()>;
    unsafe fn scal(&self, n: usize, alpha: E, x: VecTarget<E>) -> Option<()>;
    unsafe fn nrm2(&self, n: usize, x: VecSource<E>) -> Option<E::Real>;
    unsafe fn asum(&self, n: usize, x: VecSource<E>) -> Option<E::Real>;
    unsafe fn iamax(&self, n: usize, x: VecSource<E>) -> Option<usize>;
}

/// A provider's operations.
#[derive(Clone, Copy)]
pub(crate) struct Table {
    pub s: &'static dyn Blas<f32>,
    pub d: &'static dyn Blas<f64>,
    pub c: &'static dyn Blas<Complex<f32>>,
    pub z: &'static dyn Blas<Complex<f64>>,
    /// Bits of the library's integers.
    pub integer_bits: u32,
}

/// An element type that BLAS knows.
pub(crate) trait Element: Field {
    /// This type's operations.
    fn on(table: &Table) -> &'static dyn Blas<Self>;
}

macro_rules! elements {
    ($($t:ty, $field:ident;)*) => {$(
        impl Element for $t {
            #[inline]
            fn on(table: &Table) -> &'static dyn Blas<Self> {
                table.$field
            }
        }
    )*};
}

elements! { f32, s; f64, d; Complex<f32>, c; Complex<f64>, z; }
