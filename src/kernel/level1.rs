//! Vector operations for real and complex elements.

use num_complex::Complex;
use num_traits::{Float, Zero};

use super::args::{VecSource, VecTarget};
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
/// Both vectors hold `n` elements, `y` is writable and does not overlap `x`.
pub(crate) unsafe fn axpy<T: Field>(n: usize, alpha: T, x: VecSource<T>, y: VecTarget<T>) {
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
/// The vector holds `n` writable elements.
pub(crate) unsafe fn scal<T: Field>(n: usize, alpha: T, x: VecTarget<T>) {
    for i in 0..n as isize {
        // SAFETY: i < n.
        unsafe {
            let x = x.ptr.offset(i * x.stride);
            *x = alpha * *x;
        }
    }
}

/// The Euclidean norm, without overflow or underflow on the way.
///
/// # Safety
/// The vector holds `n` readable elements.
pub(crate) unsafe fn nrm2<T: Field>(n: usize, x: VecSource<T>) -> T::Real {
    let zero = T::Real::zero();
    // The sum of squares is exact enough wherever it neither overflows nor loses small terms; else scale by the largest.
    let mut sum = zero;
    let mut largest = zero;
    for i in 0..n as isize {
        // SAFETY: i < n.
        for part in unsafe { *x.ptr.offset(i * x.stride) }.parts() {
            sum = sum + part * part;
            if part.abs() > largest || part.is_nan() {
                largest = part.abs();
            }
        }
    }
    if sum.is_normal() && sum < T::Real::max_value() || largest.is_zero() || !largest.is_finite() {
        return if largest.is_finite() { sum.sqrt() } else { largest };
    }
    let mut scaled = zero;
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
/// The vector holds `n` readable elements.
pub(crate) unsafe fn asum<T: Field>(n: usize, x: VecSource<T>) -> T::Real {
    // SAFETY: i < n.
    (0..n as isize).map(|i| unsafe { *x.ptr.offset(i * x.stride) }.abs1()).sum()
}

/// The position of the first element whose [`Field::abs1`] is largest; `None` for an empty vector.
///
/// # Safety
/// The vector holds `n` readable elements.
pub(crate) unsafe fn iamax<T: Field>(n: usize, x: VecSource<T>) -> Option<usize> {
    let mut best: Option<(usize, T::Real)> = None;
    for i in 0..n {
        // SAFETY: i < n.
        let value = unsafe { *x.ptr.offset(i as isize * x.stride) }.abs1();
        if best.is_none_or(|(_, largest)| value > largest) {
            best = Some((i, value));
        }
    }
    best.map(|(i, _)| i)
}
