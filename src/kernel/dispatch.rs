//! One entry per operation: sees which element type a generic `T` is and calls the kernel for it.

use std::mem::MaybeUninit;

use num_complex::Complex;

use super::args::{Gemm, Gemv, Ger, Inner, Source, Syrk, Target, VecSource, VecTarget, reinterpret};
use super::exact::Integer;
use super::float::Element;
use super::generic;
use super::integer::{self, WithEngine};
use super::level;
use super::level1::Field;
use super::ring::{Other, Widen};
use super::syrk::{lower_and_mirror, mirror_plain, whole};
use crate::scalar::{ElementKind, Scalar};

/// Elements of a matrix or vector that plain loops have multiplied before vectors are ready.
const FEW: usize = 16;

/// Calls `$f` for the ring that computes on `$t`'s bits, for unsigned integers the signed one of their width; any other
/// type computes by its own operators.
macro_rules! by_kind {
    ($t:ty, $f:path, $args:expr) => {
        match ElementKind::of::<$t>() {
            ElementKind::F32 => $f($args.cast::<f32>()),
            ElementKind::F64 => $f($args.cast::<f64>()),
            ElementKind::C32 => $f($args.cast::<Complex<f32>>()),
            ElementKind::C64 => $f($args.cast::<Complex<f64>>()),
            ElementKind::I8 | ElementKind::U8 => $f($args.cast::<i8>()),
            ElementKind::I16 | ElementKind::U16 => $f($args.cast::<i16>()),
            ElementKind::I32 | ElementKind::U32 => $f($args.cast::<i32>()),
            ElementKind::I64 | ElementKind::U64 => $f($args.cast::<i64>()),
            #[cfg(target_pointer_width = "64")]
            ElementKind::Isize | ElementKind::Usize => $f($args.cast::<i64>()),
            #[cfg(target_pointer_width = "32")]
            ElementKind::Isize | ElementKind::Usize => $f($args.cast::<i32>()),
            ElementKind::I128 | ElementKind::U128 => $f($args.cast::<u128>()),
            ElementKind::Other => $f($args.cast::<Other<$t>>()),
        }
    };
}

/// The engine's entry of this name for its element types; plain loops for the others.
macro_rules! by_engine {
    ($t:ty, $operation:ident, $args:expr) => {
        match ElementKind::of::<$t>() {
            ElementKind::F32 => _ = (f32::engine().$operation)($args.cast::<f32>()),
            ElementKind::F64 => _ = (f64::engine().$operation)($args.cast::<f64>()),
            ElementKind::C32 => _ = (Complex::<f32>::engine().$operation)($args.cast::<Complex<f32>>()),
            ElementKind::C64 => _ = (Complex::<f64>::engine().$operation)($args.cast::<Complex<f64>>()),
            ElementKind::I8 | ElementKind::U8 => _ = (i8::engine().$operation)($args.cast::<i8>()),
            ElementKind::I16 | ElementKind::U16 => _ = (i16::engine().$operation)($args.cast::<i16>()),
            ElementKind::I32 | ElementKind::U32 => _ = (i32::engine().$operation)($args.cast::<i32>()),
            ElementKind::I64 | ElementKind::U64 => _ = (i64::engine().$operation)($args.cast::<i64>()),
            #[cfg(target_pointer_width = "64")]
            ElementKind::Isize | ElementKind::Usize => _ = (i64::engine().$operation)($args.cast::<i64>()),
            #[cfg(target_pointer_width = "32")]
            ElementKind::Isize | ElementKind::Usize => _ = (i32::engine().$operation)($args.cast::<i32>()),
            ElementKind::I128 | ElementKind::U128 | ElementKind::Other => by_kind!($t, generic::$operation, $args),
        }
    };
}

/// `c = alpha * a * b + beta * c` for any element type.
///
/// # Safety
/// The operands lie where `g` says; `c` is writable and overlaps neither `a` nor `b`.
pub(crate) unsafe fn gemm<T: Scalar>(g: &Gemm<T>) {
    // SAFETY: the casts name the same bits (the macros pair each type with a ring of its own representation), and the
    // layout is as the caller promises.
    unsafe { by_engine!(T, gemm, g) }
}

/// Copies the lower triangle of a square `c` to the upper one.
///
/// # Safety
/// `c` is a writable `n x n` matrix.
unsafe fn mirror<T: Scalar>(n: usize, c: Target<T>) {
    // SAFETY: as in `gemm`.
    unsafe {
        match ElementKind::of::<T>() {
            ElementKind::C32 => (Complex::<f32>::engine().mirror)(n, c.cast()),
            ElementKind::C64 => (Complex::<f64>::engine().mirror)(n, c.cast()),
            ElementKind::Other => mirror_plain(n, c),
            // Integers as floats of their width: they are only moved.
            _ if size_of::<T>() == 4 => (f32::engine().mirror)(n, c.cast()),
            _ if size_of::<T>() == 8 => (f64::engine().mirror)(n, c.cast()),
            _ => mirror_plain(n, c),
        }
    }
}

/// `c = alpha * a * aᵀ + beta * c`, both triangles.
///
/// # Safety
/// As for [`gemm`].
pub(crate) unsafe fn syrk<T: Scalar>(s: &Syrk<T>) {
    // SAFETY: as promised to this function; numbers commute.
    unsafe {
        if ElementKind::of::<T>() == ElementKind::Other {
            whole(s, gemm::<T>);
        } else {
            lower_and_mirror(s, gemm::<T>, mirror::<T>);
        }
    }
}

/// `y = alpha * a * x + beta * y`.
///
/// # Safety
/// As for [`gemm`], with `y` for `c`.
pub(crate) unsafe fn gemv<T: Scalar>(g: &Gemv<T>) {
    // SAFETY: as in `gemm`.
    unsafe {
        // With nothing to multiply `alpha` must not be read.
        if (1..=FEW).contains(&g.m.saturating_mul(g.n)) {
            by_kind!(T, generic::gemv, g);
        } else {
            by_engine!(T, gemv, g);
        }
    }
}

/// `a = alpha * x * yᵀ + a`.
///
/// # Safety
/// As for [`gemm`], with `a` for `c`.
pub(crate) unsafe fn ger<T: Scalar>(g: &Ger<T>) {
    // SAFETY: as in `gemm`.
    unsafe { by_engine!(T, ger, g) }
}

/// The inner product of two vectors of length `n`, without conjugation but where `x` or `y` asks for it.
///
/// # Safety
/// Both vectors hold `n` readable elements.
pub(crate) unsafe fn inner<T: Scalar>(n: usize, x: VecSource<T>, y: VecSource<T>, threads: usize) -> T {
    let mut out = MaybeUninit::<T>::uninit();
    let args = Inner { n, x, y, out: out.as_mut_ptr(), threads };
    // SAFETY: as in `gemm`; every kernel writes `out`.
    unsafe {
        if n <= FEW {
            by_kind!(T, generic::inner, args);
        } else {
            by_engine!(T, inner, args);
        }
        out.assume_init()
    }
}

/// `c = a * b` exactly, or the first element (in row-major order) that does not fit `T`. `alpha` and `beta` are not
/// used.
///
/// # Safety
/// As for [`gemm`].
pub(crate) unsafe fn checked_gemm<T: Integer>(g: &Gemm<T>) -> Result<(), (usize, usize)> {
    // SAFETY: as the caller promises.
    unsafe {
        let product = largest(&g.a, g.m, g.k).saturating_mul(largest(&g.b, g.k, g.n));
        let sums = (g.k as u128).checked_mul(product);
        if sums.is_some_and(|sums| sums <= T::max_value().magnitude()) {
            // No sum can leave the type, so the product that wraps is the exact one.
            gemm(g);
            return Ok(());
        }
        generic::checked_gemm(g)
    }
}

/// The largest absolute value of a matrix.
///
/// # Safety
/// `s` describes a readable matrix.
unsafe fn largest<T: Integer>(s: &Source<T>, rows: usize, cols: usize) -> u128 {
    let (mut min, mut max) = (T::zero(), T::zero());
    for i in 0..rows as isize {
        for j in 0..cols as isize {
            // SAFETY: i < rows and j < cols.
            let x = unsafe { *s.ptr.offset(i * s.row_stride + j * s.col_stride) };
            (min, max) = (min.min(x), max.max(x));
        }
    }
    min.magnitude().max(max.magnitude())
}

/// `c = a * b` with products summed exactly in `i32` (wrapping beyond it).
///
/// # Safety
/// The operands lie where the arguments say; `c` is writable and overlaps neither `a` nor `b`.
pub(crate) unsafe fn widen_gemm<A: Widen<B>, B: Scalar + Into<i32>>(
    shape: (usize, usize, usize),
    a: Source<A>,
    b: Source<B>,
    c: Target<i32>,
    threads: usize,
) {
    if shape.0.min(shape.1).min(shape.2) < 4 {
        // SAFETY: as the caller promises.
        return unsafe { generic::widen_gemm(shape, a, b, c) };
    }
    // SAFETY: as the caller promises; the level in use is one that the CPU has.
    unsafe { integer::widen(level::get(), shape, a, b, c, threads) }
}

/// Names the engine's element that `$t` is, whose bits are the same.
macro_rules! by_field {
    ($t:ty, $element:ident => $body:expr) => {
        match ElementKind::of::<$t>() {
            ElementKind::F32 => {
                type $element = f32;
                $body
            }
            ElementKind::F64 => {
                type $element = f64;
                $body
            }
            ElementKind::C32 => {
                type $element = Complex<f32>;
                $body
            }
            ElementKind::C64 => {
                type $element = Complex<f64>;
                $body
            }
            kind => unreachable!("`Field` is sealed, and {kind} is none"),
        }
    };
}

/// `y = alpha * x + y`.
///
/// # Safety
/// Both vectors hold `n` elements, `y` is writable and does not overlap `x`.
pub(crate) unsafe fn axpy<T: Field>(n: usize, alpha: T, x: VecSource<T>, y: VecTarget<T>) {
    // SAFETY: `by_field` names `T` itself; the rest is as promised to this function.
    unsafe { by_field!(T, E => (E::engine().axpy)(n, reinterpret(alpha), x.cast(), y.cast())) }
}

/// `x = alpha * x`.
///
/// # Safety
/// The vector holds `n` writable elements.
pub(crate) unsafe fn scal<T: Field>(n: usize, alpha: T, x: VecTarget<T>) {
    // SAFETY: as in `axpy`.
    unsafe { by_field!(T, E => (E::engine().scal)(n, reinterpret(alpha), x.cast())) }
}

/// The Euclidean norm, without overflow or underflow on the way.
///
/// # Safety
/// The vector holds `n` readable elements.
pub(crate) unsafe fn nrm2<T: Field>(n: usize, x: VecSource<T>) -> T::Real {
    // SAFETY: as in `axpy`.
    unsafe { by_field!(T, E => reinterpret((E::engine().nrm2)(n, x.cast()))) }
}

/// The sum of [`Field::abs1`].
///
/// # Safety
/// The vector holds `n` readable elements.
pub(crate) unsafe fn asum<T: Field>(n: usize, x: VecSource<T>) -> T::Real {
    // SAFETY: as in `axpy`.
    unsafe { by_field!(T, E => reinterpret((E::engine().asum)(n, x.cast()))) }
}

/// The position of the first element whose [`Field::abs1`] is largest; `None` for an empty vector.
///
/// # Safety
/// The vector holds `n` readable elements.
pub(crate) unsafe fn iamax<T: Field>(n: usize, x: VecSource<T>) -> Option<usize> {
    // SAFETY: as in `axpy`.
    unsafe { by_field!(T, E => (E::engine().iamax)(n, x.cast())) }
}
