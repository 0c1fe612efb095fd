//! Vector operations for real and complex elements.

use num_complex::Complex;
use num_traits::{Float, NumCast, Zero};

use super::args::{VecSource, VecTarget};
use super::lanes::Lanes;
use super::simd::{Isa, SimdFloat};
use super::vector_ops::{AxpyOp, LargestOp, ReduceOp, ScalOp};
use crate::scalar::Scalar;

mod sealed {
    pub trait Sealed {}
}

/// The elements that have a norm: `f32`, `f64`, `Complex<f32>`, `Complex<f64>`.
pub trait Field: Scalar + sealed::Sealed {
    /// The type of a norm: `f32` for `f32` and `Complex<f32>`, else `f64`.
    type Real: Float + Scalar + Field<Real = Self::Real> + std::iter::Sum;
    #[doc(hidden)]
    const PARTS: usize;
    /// `|x|` for a real, `|re| + |im|` for a complex number: what `asum` and `iamax` compare by.
    fn abs1(self) -> Self::Real;
    #[doc(hidden)]
    fn parts(self) -> [Self::Real; 2];
    /// The complex conjugate; a real number is its own.
    fn conjugate(self) -> Self;
    /// A real number as an element.
    fn from_real(real: Self::Real) -> Self;
}

macro_rules! field {
    ($($real:ty)*) => {$(
        impl sealed::Sealed for $real {}
        impl Field for $real {
            type Real = $real;
            const PARTS: usize = 1;
            #[inline(always)]
            fn abs1(self) -> $real {
                self.abs()
            }
            #[inline(always)]
            fn parts(self) -> [$real; 2] {
                [self, 0.0]
            }
            #[inline(always)]
            fn conjugate(self) -> Self {
                self
            }
            #[inline(always)]
            fn from_real(real: $real) -> Self {
                real
            }
        }
        impl sealed::Sealed for Complex<$real> {}
        impl Field for Complex<$real> {
            type Real = $real;
            const PARTS: usize = 2;
            #[inline(always)]
            fn abs1(self) -> $real {
                self.re.abs() + self.im.abs()
            }
            #[inline(always)]
            fn parts(self) -> [$real; 2] {
                [self.re, self.im]
            }
            #[inline(always)]
            fn conjugate(self) -> Self {
                self.conj()
            }
            #[inline(always)]
            fn from_real(real: $real) -> Self {
                Complex::new(real, 0.0)
            }
        }
    )*};
}

field!(f32 f64);

/// `y = alpha * x + y`.
///
/// # Safety
/// Both vectors hold `n` elements, `y` is writable and does not overlap `x`; the CPU has `S`.
pub(crate) unsafe fn axpy<S: Isa, T: Field + Lanes<S>>(n: usize, alpha: T, x: VecSource<T>, y: VecTarget<T>) {
    if x.stride == 1 && y.stride == 1 {
        // SAFETY: as promised to this function.
        return unsafe { S::vectorize::<AxpyOp<S, T>>((n, alpha, x.ptr, x.conj, y.ptr)) };
    }
    for i in 0..n as isize {
        // SAFETY: i < n.
        unsafe {
            let value = *x.ptr.offset(i * x.stride);
            let value = if x.conj { value.conjugate() } else { value };
            let y = y.ptr.offset(i * y.stride);
            *y = *y + alpha * value;
        }
    }
}

/// `x = alpha * x`.
///
/// # Safety
/// The vector holds `n` writable elements; the CPU has `S`.
pub(crate) unsafe fn scal<S: Isa, T: Field + Lanes<S>>(n: usize, alpha: T, x: VecTarget<T>) {
    if x.stride == 1 {
        // SAFETY: as promised to this function.
        return unsafe { S::vectorize::<ScalOp<S, T>>((n, alpha, x.ptr)) };
    }
    for i in 0..n as isize {
        // SAFETY: i < n.
        unsafe {
            let x = x.ptr.offset(i * x.stride);
            *x = alpha * *x;
        }
    }
}

/// The sum of the parts' squares (or absolute values), and the largest absolute value of a part that is a number.
///
/// # Safety
/// The vector holds `n` readable elements; the CPU has `S`.
unsafe fn reduce<S: SimdFloat<T::Real>, T: Field, const SQUARE: bool>(n: usize, x: VecSource<T>) -> (T::Real, T::Real) {
    if x.stride == 1 {
        // SAFETY: as promised to this function; an element is `PARTS` reals.
        return unsafe { S::vectorize::<ReduceOp<S, T::Real, SQUARE>>((n * T::PARTS, x.ptr.cast())) };
    }
    let (mut sum, mut largest) = (T::Real::zero(), T::Real::zero());
    for i in 0..n as isize {
        // SAFETY: i < n.
        for part in unsafe { *x.ptr.offset(i * x.stride) }.parts() {
            sum = sum + if SQUARE { part * part } else { part.abs() };
            if part.abs() > largest {
                largest = part.abs();
            }
        }
    }
    (sum, largest)
}

/// The Euclidean norm, without overflow or underflow on the way.
///
/// # Safety
/// The vector holds `n` readable elements; the CPU has `S`.
pub(crate) unsafe fn nrm2<S: SimdFloat<T::Real>, T: Field>(n: usize, x: VecSource<T>) -> T::Real {
    // SAFETY: as promised to this function.
    let (sum, largest) = unsafe { reduce::<S, T, true>(n, x) };
    // Each square that underflows loses less than the smallest normal number times eps, so above n times that number
    // the loss is a rounding.
    let enough = <T::Real as NumCast>::from(n).map_or(T::Real::max_value(), |n| n * T::Real::min_positive_value());
    if sum.is_nan() || sum.is_finite() && sum > enough || largest.is_zero() || largest.is_infinite() {
        return if largest.is_infinite() && !sum.is_nan() { largest } else { sum.sqrt() };
    }
    let mut scaled = T::Real::zero();
    for i in 0..n as isize {
        // SAFETY: i < n.
        for part in unsafe { *x.ptr.offset(i * x.stride) }.parts() {
            scaled = scaled + (part / largest) * (part / largest);
        }
    }
    largest * scaled.sqrt()
}

/// The sum of [`Field::abs1`].
///
/// # Safety
/// The vector holds `n` readable elements; the CPU has `S`.
pub(crate) unsafe fn asum<S: SimdFloat<T::Real>, T: Field>(n: usize, x: VecSource<T>) -> T::Real {
    // SAFETY: as promised to this function.
    unsafe { reduce::<S, T, false>(n, x).0 }
}

/// The position of the first element whose [`Field::abs1`] is largest; `None` for an empty vector.
///
/// # Safety
/// The vector holds `n` readable elements; the CPU has `S`.
pub(crate) unsafe fn iamax<S: SimdFloat<T::Real>, T: Field>(n: usize, x: VecSource<T>) -> Option<usize> {
    // SAFETY: i < n.
    let abs1 = |i: usize| unsafe { *x.ptr.offset(i as isize * x.stride) }.abs1();
    let first_largest = |from: usize, to: usize, mut best: (usize, T::Real)| {
        for i in from..to {
            if abs1(i) > best.1 {
                best = (i, abs1(i));
            }
        }
        best
    };
    if n == 0 {
        return None;
    }
    let mut best = (0, abs1(0));
    if x.stride != 1 {
        return Some(first_largest(0, n, best).0);
    }
    // The largest of a block costs a read; where in the block it is is asked only when it is a new record.
    const BLOCK: usize = 1024;
    for start in (0..n).step_by(BLOCK) {
        let end = n.min(start + BLOCK);
        // SAFETY: the block lies within the vector; an element is `PARTS` reals.
        let args = unsafe { ((end - start) * T::PARTS, x.ptr.add(start).cast(), T::PARTS == 2) };
        // SAFETY: as promised to this function.
        if unsafe { S::vectorize::<LargestOp<S, T::Real>>(args) } > best.1 {
            best = first_largest(start, end, best);
        }
    }
    Some(best.0)
}
