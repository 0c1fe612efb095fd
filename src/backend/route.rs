//! Hands one operation to the provider in use: to its BLAS if that has the element type and can express the operands,
//! else to the native engine.

use num_complex::Complex;

use super::cblas::BlasElement;
use super::current;
use super::provider::Functions;
use crate::kernel::{self, Field, Gemm, Gemv, Ger, Syrk, VecSource, VecTarget, reinterpret};
use crate::scalar::{ElementKind, Scalar};

/// Evaluates `$body` on the BLAS in use, with `$e` naming the element type and `$routines` its functions; `None` where no
/// BLAS is in use or the element type is not BLAS's.
macro_rules! on_blas {
    ($t:ty, |$e:ident, $routines:ident| $body:expr) => {{
        macro_rules! on_element {
            ($element:ty) => {{
                type $e = $element;
                match current().functions {
                    Functions::Native => None,
                    Functions::Lp64(table) => {
                        let $routines = <$e as BlasElement>::routines(table);
                        $body
                    }
                    Functions::Ilp64(table) => {
                        let $routines = <$e as BlasElement>::routines(table);
                        $body
                    }
                }
            }};
        }
        match ElementKind::of::<$t>() {
            ElementKind::F32 => on_element!(f32),
            ElementKind::F64 => on_element!(f64),
            ElementKind::C32 => on_element!(Complex<f32>),
            ElementKind::C64 => on_element!(Complex<f64>),
            _ => None,
        }
    }};
}

/// `c = alpha * a * b + beta * c`.
///
/// # Safety
/// The operands lie where `g` says; `c` is writable and overlaps neither `a` nor `b`.
#[inline]
pub(crate) unsafe fn gemm<T: Scalar>(g: &Gemm<T>) {
    // An empty matrix may have any number of rows, so that even an empty loop over them need not end.
    if g.m == 0 || g.n == 0 {
        return;
    }
    // With `alpha = 0` BLAS reads neither input: a NaN there does not spread.
    let g = &Gemm { k: if g.alpha.is_zero() { 0 } else { g.k }, ..*g };
    // Whether BLAS scales `c` when `k` is zero differs between libraries, so empty products stay here.
    let empty = g.k == 0;
    // SAFETY: the casts are to `T` itself; the rest is the caller's promise, and providers in use passed their check.
    unsafe {
        if empty || on_blas!(T, |E, routines| routines.do_gemm(&g.cast::<E>())).is_none() {
            kernel::gemm(g);
        }
    }
}

/// `c = alpha * a * aᵀ + beta * c`, both triangles.
///
/// # Safety
/// As for [`gemm`].
pub(crate) unsafe fn syrk<T: Scalar>(s: &Syrk<T>) {
    if s.n == 0 {
        return;
    }
    let s = &Syrk { k: if s.alpha.is_zero() { 0 } else { s.k }, ..*s };
    let empty = s.k == 0;
    // SAFETY: as in `gemm`.
    unsafe {
        if empty || on_blas!(T, |E, routines| routines.do_syrk(&s.cast::<E>())).is_none() {
            kernel::syrk(s);
        }
    }
}

/// `y = alpha * a * x + beta * y`.
///
/// # Safety
/// As for [`gemm`], with `y` for `c`.
pub(crate) unsafe fn gemv<T: Scalar>(g: &Gemv<T>) {
    if g.m == 0 {
        return;
    }
    let g = &Gemv { n: if g.alpha.is_zero() { 0 } else { g.n }, ..*g };
    let empty = g.n == 0;
    // SAFETY: as in `gemm`.
    unsafe {
        if empty || on_blas!(T, |E, routines| routines.do_gemv(&g.cast::<E>())).is_none() {
            kernel::gemv(g);
        }
    }
}

/// `a = alpha * x * yᵀ + a`.
///
/// # Safety
/// As for [`gemm`], with `a` for `c`.
pub(crate) unsafe fn ger<T: Scalar>(g: &Ger<T>) {
    if g.m == 0 || g.n == 0 || g.alpha.is_zero() {
        return;
    }
    // SAFETY: as in `gemm`.
    unsafe {
        if on_blas!(T, |E, routines| routines.do_ger(&g.cast::<E>())).is_none() {
            kernel::ger(g);
        }
    }
}

/// The inner product of two vectors of length `n`.
///
/// # Safety
/// Both vectors hold `n` readable elements.
pub(crate) unsafe fn inner<T: Scalar>(n: usize, x: VecSource<T>, y: VecSource<T>) -> T {
    let done = if n == 0 {
        None
    } else {
        // SAFETY: as in `gemm`; the result's type is `T` itself.
        unsafe {
            on_blas!(T, |E, routines| routines.do_inner(n, x.cast::<E>(), y.cast()).map(|v| reinterpret::<E, T>(v)))
        }
    };
    // SAFETY: passed on.
    done.unwrap_or_else(|| unsafe { kernel::inner(n, x, y) })
}

/// `y = alpha * x + y`.
///
/// # Safety
/// Both vectors hold `n` elements, `y` is writable and does not overlap `x`.
pub(crate) unsafe fn axpy<T: Field>(n: usize, alpha: T, x: VecSource<T>, y: VecTarget<T>) {
    // SAFETY: as in `gemm`.
    unsafe {
        let done = on_blas!(T, |E, routines| routines.do_axpy(n, reinterpret::<T, E>(alpha), x.cast(), y.cast()));
        if n == 0 || done.is_none() {
            kernel::axpy(n, alpha, x, y);
        }
    }
}

/// `x = alpha * x`.
///
/// # Safety
/// The vector holds `n` writable elements.
pub(crate) unsafe fn scal<T: Field>(n: usize, alpha: T, x: VecTarget<T>) {
    // SAFETY: as in `gemm`.
    unsafe {
        if on_blas!(T, |E, routines| routines.do_scal(n, reinterpret::<T, E>(alpha), x.cast())).is_none() {
            kernel::scal(n, alpha, x);
        }
    }
}

/// The Euclidean norm.
///
/// # Safety
/// The vector holds `n` readable elements.
pub(crate) unsafe fn nrm2<T: Field>(n: usize, x: VecSource<T>) -> T::Real {
    // SAFETY: as in `gemm`; the norm's type is `T::Real` itself.
    unsafe {
        on_blas!(T, |E, routines| routines
            .do_norm(routines.nrm2, n, x.cast::<E>())
            .map(|v| reinterpret::<<E as Field>::Real, T::Real>(v)))
        .unwrap_or_else(|| kernel::nrm2(n, x))
    }
}

/// The sum of the elements' [`Field::abs1`].
///
/// # Safety
/// The vector holds `n` readable elements.
pub(crate) unsafe fn asum<T: Field>(n: usize, x: VecSource<T>) -> T::Real {
    // SAFETY: as in `nrm2`.
    unsafe {
        on_blas!(T, |E, routines| routines
            .do_norm(routines.asum, n, x.cast::<E>())
            .map(|v| reinterpret::<<E as Field>::Real, T::Real>(v)))
        .unwrap_or_else(|| kernel::asum(n, x))
    }
}

/// The position of the first largest element by [`Field::abs1`]; `None` for an empty vector.
///
/// # Safety
/// The vector holds `n` readable elements.
pub(crate) unsafe fn iamax<T: Field>(n: usize, x: VecSource<T>) -> Option<usize> {
    if n == 0 {
        return None;
    }
    // SAFETY: as in `gemm`.
    unsafe { on_blas!(T, |E, routines| routines.do_iamax(n, x.cast::<E>())).or_else(|| kernel::iamax(n, x)) }
}
