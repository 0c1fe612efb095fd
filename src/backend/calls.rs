//! What a library's functions are called with, whether they are CBLAS's or Fortran's: CBLAS's terms.

use cblas_sys::{CBLAS_LAYOUT, CBLAS_TRANSPOSE, CBLAS_UPLO};

use super::table::Element;

/// The integers that a library takes: 32 bits (LP64) or 64 (ILP64).
pub(crate) trait BlasInt: Copy + Send + Sync + 'static {
    /// `n` in this width, or `None` where it would be truncated.
    fn new(n: isize) -> Option<Self>;
    /// Several numbers that are not negative, or `None` where one would be truncated.
    fn all<const N: usize>(numbers: [usize; N]) -> Option<[Self; N]>;
    fn index(self) -> usize;
}

macro_rules! blas_int {
    ($($t:ty)*) => {$(
        impl BlasInt for $t {
            #[inline]
            fn new(n: isize) -> Option<Self> {
                n.try_into().ok()
            }
            #[inline(always)]
            fn all<const N: usize>(numbers: [usize; N]) -> Option<[Self; N]> {
                // The bits of all of them fit together if each does.
                let bits = numbers.iter().fold(0, |bits, n| bits | n);
                <$t>::try_from(bits).is_ok().then(|| numbers.map(|n| n as $t))
            }
            #[inline]
            fn index(self) -> usize {
                self as usize
            }
        }
    )*};
}

blas_int!(i32 i64);

/// A library's functions for one element type, by their BLAS names.
///
/// # Safety
/// Every function: the arguments describe memory of the caller's as BLAS defines them, outputs overlap no input, and
/// the library passed the known-answer check with integers of this width (or is being checked).
#[allow(clippy::too_many_arguments, reason = "BLAS's own signatures")]
pub(crate) trait Calls<E: Element>: Send + Sync + 'static {
    type Int: BlasInt;

    unsafe fn xgemm(
        &self,
        layout: CBLAS_LAYOUT,
        trans_a: CBLAS_TRANSPOSE,
        trans_b: CBLAS_TRANSPOSE,
        m: Self::Int,
        n: Self::Int,
        k: Self::Int,
        alpha: &E,
        a: *const E,
        lda: Self::Int,
        b: *const E,
        ldb: Self::Int,
        beta: &E,
        c: *mut E,
        ldc: Self::Int,
    );

    /// `None` where the library has no call for these transposes.
    unsafe fn xgemv(
        &self,
        layout: CBLAS_LAYOUT,
        trans: CBLAS_TRANSPOSE,
        m: Self::Int,
        n: Self::Int,
        alpha: &E,
        a: *const E,
        lda: Self::Int,
        x: *const E,
        incx: Self::Int,
        beta: &E,
        y: *mut E,
        incy: Self::Int,
    ) -> Option<()>;

    unsafe fn xsyrk(
        &self,
        layout: CBLAS_LAYOUT,
        uplo: CBLAS_UPLO,
        trans: CBLAS_TRANSPOSE,
        n: Self::Int,
        k: Self::Int,
        alpha: &E,
        a: *const E,
        lda: Self::Int,
        beta: &E,
        c: *mut E,
        ldc: Self::Int,
    );

    /// `None` for real elements, which have none.
    unsafe fn xherk(
        &self,
        layout: CBLAS_LAYOUT,
        uplo: CBLAS_UPLO,
        trans: CBLAS_TRANSPOSE,
        n: Self::Int,
        k: Self::Int,
        alpha: E::Real,
        a: *const E,
        lda: Self::Int,
        beta: E::Real,
        c: *mut E,
        ldc: Self::Int,
    ) -> Option<()>;

    /// `ger`, or `geru`.
    unsafe fn xger(
        &self,
        layout: CBLAS_LAYOUT,
        m: Self::Int,
        n: Self::Int,
        alpha: &E,
        x: *const E,
        incx: Self::Int,
        y: *const E,
        incy: Self::Int,
        a: *mut E,
        lda: Self::Int,
    );

    /// `dot`, `dotu`, or `dotc` if `conj`.
    unsafe fn xdot(&self, conj: bool, n: Self::Int, x: *const E, incx: Self::Int, y: *const E, incy: Self::Int) -> E;

    unsafe fn xaxpy(&self, n: Self::Int, alpha: &E, x: *const E, incx: Self::Int, y: *mut E, incy: Self::Int);

    unsafe fn xscal(&self, n: Self::Int, alpha: &E, x: *mut E, incx: Self::Int);

    unsafe fn xnrm2(&self, n: Self::Int, x: *const E, incx: Self::Int) -> E::Real;

    unsafe fn xasum(&self, n: Self::Int, x: *const E, incx: Self::Int) -> E::Real;

    /// Counted from 0.
    unsafe fn xiamax(&self, n: Self::Int, x: *const E, incx: Self::Int) -> usize;
}
