//! Hands one operation to the provider in use: to its BLAS if that has the element type and can express the operands,
//! else to the native engine.

use num_complex::Complex;

use super::provider::Provider;
use super::table::Element;
use super::{current, past_end, threads};
use crate::kernel::{
    self, Field, Gemm, Gemv, Ger, Integer, Source, Syrk, Target, VecSource, VecTarget, Widen, reinterpret,
    worth_reading, worth_threads,
};
use crate::scalar::{ElementKind, Scalar};
use crate::trace;

/// Evaluates `$body` on a provider's BLAS, with `$e` naming the element type and `$blas` its operations; `None` where
/// the provider is the native engine or the element type is not BLAS's.
macro_rules! on_blas {
    ($provider:expr, $t:ty, |$e:ident, $blas:ident| $body:expr) => {{
        macro_rules! on_element {
            ($element:ty) => {{
                type $e = $element;
                $provider.table.as_ref().and_then(|table| {
                    let $blas = <$e as Element>::on(table);
                    threads::watch($provider);
                    let _turn = $provider.turn();
                    $body
                })
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

/// One operation from its start to its end, on one provider.
struct Operation {
    provider: &'static Provider,
    started: Option<std::time::Instant>,
}

impl Operation {
    #[inline(always)]
    fn start() -> Self {
        Operation { started: trace::start(), provider: current() }
    }

    /// Tells the log, if one is kept.
    #[inline(always)]
    fn end<T: 'static>(self, name: &'static str, shape: (usize, usize, usize), by_blas: bool) {
        if let Some(started) = self.started {
            let provider = if by_blas { self.provider.name() } else { "native" };
            trace::finish(started, name, ElementKind::of::<T>(), shape, provider);
        }
    }
}

/// The most threads on the native engine for an operation that `worth` of them pay for. How many there are is asked
/// only where more than one does.
#[inline(always)]
fn native_threads(worth: usize) -> usize {
    if worth > 1 { threads::native().min(worth) } else { 1 }
}

/// `c = alpha * a * b + beta * c`.
///
/// # Safety
/// The operands lie where `g` says; `c` is writable and overlaps neither `a` nor `b`.
pub(crate) unsafe fn gemm<T: Scalar>(mut g: Gemm<T>) {
    // An empty matrix may have any number of rows, so that even an empty loop over them need not end.
    if g.m == 0 || g.n == 0 {
        return;
    }
    let operation = Operation::start();
    let provider = operation.provider;
    // With `alpha = 0` BLAS reads neither input: a NaN there does not spread.
    if g.alpha.is_zero() {
        g.k = 0;
    }
    // Whether BLAS scales `c` when `k` is zero differs between libraries, so empty products stay here.
    let empty = g.k == 0;
    // SAFETY: the casts are to `T` itself; the rest is the caller's promise, and providers in use passed their check.
    let by_blas = unsafe {
        !empty
            && on_blas!(provider, T, |E, blas| {
                let g = g.cast::<E>();
                let spare = provider.reads_past_end && ElementKind::of::<T>() == ElementKind::F32;
                if spare { past_end::gemm(blas, g) } else { blas.gemm(g) }
            })
            .is_some()
    };
    if !by_blas {
        g.threads = native_threads(worth_threads::<T>(g.m, g.n, g.k));
        // SAFETY: passed on.
        unsafe { kernel::gemm(&g) };
    }
    operation.end::<T>("gemm", (g.m, g.n, g.k), by_blas);
}

/// `c = alpha * a * aᵀ + beta * c`, both triangles.
///
/// # Safety
/// As for [`gemm`].
pub(crate) unsafe fn syrk<T: Scalar>(mut s: Syrk<T>) {
    if s.n == 0 {
        return;
    }
    let operation = Operation::start();
    let provider = operation.provider;
    if s.alpha.is_zero() {
        s.k = 0;
    }
    let empty = s.k == 0;
    // SAFETY: as in `gemm`.
    let by_blas = unsafe { !empty && on_blas!(provider, T, |E, blas| blas.syrk(&s.cast::<E>())).is_some() };
    if !by_blas {
        s.threads = native_threads(worth_threads::<T>(s.n, s.n, s.k));
        // SAFETY: passed on.
        unsafe { kernel::syrk(&s) };
    }
    operation.end::<T>(if s.hermitian { "herk" } else { "syrk" }, (s.n, s.n, s.k), by_blas);
}

/// `y = alpha * a * x + beta * y`.
///
/// # Safety
/// As for [`gemm`], with `y` for `c`.
pub(crate) unsafe fn gemv<T: Scalar>(mut g: Gemv<T>) {
    if g.m == 0 {
        return;
    }
    let operation = Operation::start();
    let provider = operation.provider;
    if g.alpha.is_zero() {
        g.n = 0;
    }
    let empty = g.n == 0;
    // SAFETY: as in `gemm`.
    let by_blas = unsafe { !empty && on_blas!(provider, T, |E, blas| blas.gemv(&g.cast::<E>())).is_some() };
    if !by_blas {
        g.threads = native_threads(worth_reading::<T>(g.m.saturating_mul(g.n)));
        // SAFETY: passed on.
        unsafe { kernel::gemv(&g) };
    }
    operation.end::<T>("gemv", (g.m, 1, g.n), by_blas);
}

/// `a = alpha * x * yᵀ + a`.
///
/// # Safety
/// As for [`gemm`], with `a` for `c`.
pub(crate) unsafe fn ger<T: Scalar>(mut g: Ger<T>) {
    if g.m == 0 || g.n == 0 || g.alpha.is_zero() {
        return;
    }
    let operation = Operation::start();
    let provider = operation.provider;
    // SAFETY: as in `gemm`.
    let by_blas = unsafe { on_blas!(provider, T, |E, blas| blas.ger(&g.cast::<E>())) }.is_some();
    if !by_blas {
        g.threads = native_threads(worth_reading::<T>(g.m.saturating_mul(g.n)));
        // SAFETY: passed on.
        unsafe { kernel::ger(&g) };
    }
    operation.end::<T>("ger", (g.m, g.n, 1), by_blas);
}

/// The inner product of two vectors of length `n`.
///
/// # Safety
/// Both vectors hold `n` readable elements.
pub(crate) unsafe fn inner<T: Scalar>(n: usize, x: VecSource<T>, y: VecSource<T>) -> T {
    let operation = Operation::start();
    let provider = operation.provider;
    let done = if n == 0 {
        None
    } else {
        // SAFETY: as in `gemm`; the result's type is `T` itself.
        unsafe {
            on_blas!(provider, T, |E, blas| blas.inner(n, x.cast::<E>(), y.cast()).map(|v| reinterpret::<E, T>(v)))
        }
    };
    let value = done.unwrap_or_else(|| {
        let threads = native_threads(worth_reading::<T>(2 * n));
        // SAFETY: passed on.
        unsafe { kernel::inner(n, x, y, threads) }
    });
    operation.end::<T>("dot", (1, 1, n), done.is_some());
    value
}

/// `y = alpha * x + y`.
///
/// # Safety
/// Both vectors hold `n` elements, `y` is writable and does not overlap `x`.
pub(crate) unsafe fn axpy<T: Field>(n: usize, alpha: T, x: VecSource<T>, y: VecTarget<T>) {
    let operation = Operation::start();
    let provider = operation.provider;
    // SAFETY: as in `gemm`.
    let by_blas = n > 0
        && unsafe { on_blas!(provider, T, |E, blas| blas.axpy(n, reinterpret::<T, E>(alpha), x.cast(), y.cast())) }
            .is_some();
    if !by_blas {
        // SAFETY: passed on.
        unsafe { kernel::axpy(n, alpha, x, y) };
    }
    operation.end::<T>("axpy", (1, 1, n), by_blas);
}

/// `x = alpha * x`.
///
/// # Safety
/// The vector holds `n` writable elements.
pub(crate) unsafe fn scal<T: Field>(n: usize, alpha: T, x: VecTarget<T>) {
    let operation = Operation::start();
    let provider = operation.provider;
    // SAFETY: as in `gemm`.
    let by_blas =
        unsafe { on_blas!(provider, T, |E, blas| blas.scal(n, reinterpret::<T, E>(alpha), x.cast())) }.is_some();
    if !by_blas {
        // SAFETY: passed on.
        unsafe { kernel::scal(n, alpha, x) };
    }
    operation.end::<T>("scal", (1, 1, n), by_blas);
}

/// The Euclidean norm.
///
/// # Safety
/// The vector holds `n` readable elements.
pub(crate) unsafe fn nrm2<T: Field>(n: usize, x: VecSource<T>) -> T::Real {
    let operation = Operation::start();
    let provider = operation.provider;
    // SAFETY: as in `gemm`; the norm's type is `T::Real` itself.
    let done = unsafe {
        on_blas!(provider, T, |E, blas| {
            blas.nrm2(n, x.cast::<E>()).map(|v| reinterpret::<<E as Field>::Real, T::Real>(v))
        })
    };
    // SAFETY: passed on.
    let value = done.unwrap_or_else(|| unsafe { kernel::nrm2(n, x) });
    operation.end::<T>("nrm2", (1, 1, n), done.is_some());
    value
}

/// The sum of the elements' [`Field::abs1`].
///
/// # Safety
/// The vector holds `n` readable elements.
pub(crate) unsafe fn asum<T: Field>(n: usize, x: VecSource<T>) -> T::Real {
    let operation = Operation::start();
    let provider = operation.provider;
    // OpenBLAS 0.3.21's `scasum` leaves elements out on CPUs that it takes for a Cooper Lake.
    let is_complex = T::PARTS == 2;
    let done = if is_complex {
        None
    } else {
        // SAFETY: as in `nrm2`.
        unsafe {
            on_blas!(provider, T, |E, blas| {
                blas.asum(n, x.cast::<E>()).map(|v| reinterpret::<<E as Field>::Real, T::Real>(v))
            })
        }
    };
    // SAFETY: passed on.
    let value = done.unwrap_or_else(|| unsafe { kernel::asum(n, x) });
    operation.end::<T>("asum", (1, 1, n), done.is_some());
    value
}

/// The position of the first largest element by [`Field::abs1`]; `None` for an empty vector.
///
/// # Safety
/// The vector holds `n` readable elements.
pub(crate) unsafe fn iamax<T: Field>(n: usize, x: VecSource<T>) -> Option<usize> {
    if n == 0 {
        return None;
    }
    let operation = Operation::start();
    let provider = operation.provider;
    // SAFETY: as in `gemm`.
    let done = unsafe { on_blas!(provider, T, |E, blas| blas.iamax(n, x.cast::<E>())) };
    // SAFETY: passed on.
    let value = done.or_else(|| unsafe { kernel::iamax(n, x) });
    operation.end::<T>("iamax", (1, 1, n), done.is_some());
    value
}

/// `c = a * b` exactly, or the first element that does not fit.
///
/// # Safety
/// As for [`gemm`].
pub(crate) unsafe fn checked_gemm<T: Integer>(mut g: Gemm<T>) -> Result<(), (usize, usize)> {
    let operation = Operation::start();
    g.threads = native_threads(worth_threads::<T>(g.m, g.n, g.k));
    // SAFETY: passed on.
    let result = unsafe { kernel::checked_gemm(&g) };
    operation.end::<T>("gemm_checked", (g.m, g.n, g.k), false);
    result
}

/// `c = a * b`, summed in `i32`.
///
/// # Safety
/// As for [`gemm`].
pub(crate) unsafe fn widen_gemm<A: Widen<B>, B: Scalar + Into<i32>>(
    shape: (usize, usize, usize),
    a: Source<A>,
    b: Source<B>,
    c: Target<i32>,
) {
    let operation = Operation::start();
    let threads = native_threads(worth_threads::<A>(shape.0, shape.1, shape.2));
    // SAFETY: passed on.
    unsafe { kernel::widen_gemm(shape, a, b, c, threads) };
    operation.end::<A>("gemm_widen", shape, false);
}
