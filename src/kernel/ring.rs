//! Arithmetic as the kernels need it: integers wrap in every build profile, and complex numbers conjugate.

use num_complex::Complex;

use crate::scalar::Scalar;

/// The arithmetic of one element type. Signed integers borrow the unsigned type of their width: the low bits of a sum
/// of products are the same.
pub(crate) trait Ring: Copy + PartialEq + Send + Sync + 'static {
    fn zero() -> Self;
    fn one() -> Self;
    fn add(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    #[inline(always)]
    fn mul_add(self, b: Self, acc: Self) -> Self {
        acc.add(self.mul(b))
    }
    #[inline(always)]
    fn conj(self) -> Self {
        self
    }
}

macro_rules! wrapping_ring {
    ($($t:ty)*) => {$(
        impl Ring for $t {
            #[inline(always)]
            fn zero() -> Self {
                0
            }
            #[inline(always)]
            fn one() -> Self {
                1
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                self.wrapping_add(other)
            }
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                self.wrapping_mul(other)
            }
        }
    )*};
}

wrapping_ring!(u8 u128 i8 i16 i32 i64);

macro_rules! plain_ring {
    ($(($($generic:tt)*) $t:ty, $zero:expr, $one:expr $(, $conj:ident)?;)*) => {$(
        impl$($generic)* Ring for $t {
            #[inline(always)]
            fn zero() -> Self {
                $zero
            }
            #[inline(always)]
            fn one() -> Self {
                $one
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                self + other
            }
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                self * other
            }
            $(#[inline(always)]
            fn $conj(self) -> Self {
                Complex::conj(&self)
            })?
        }
    )*};
}

plain_ring! {
    () f32, 0.0, 1.0;
    () f64, 0.0, 1.0;
    () Complex<f32>, Complex::new(0.0, 0.0), Complex::new(1.0, 0.0), conj;
    () Complex<f64>, Complex::new(0.0, 0.0), Complex::new(1.0, 0.0), conj;
}

/// Any other element type, by its own `+` and `*`.
#[derive(Clone, Copy, PartialEq)]
#[repr(transparent)]
pub(crate) struct Other<T>(pub T);

impl<T: Scalar> Ring for Other<T> {
    #[inline(always)]
    fn zero() -> Self {
        Other(T::zero())
    }
    #[inline(always)]
    fn one() -> Self {
        Other(T::one())
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Other(self.0 + other.0)
    }
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Other(self.0 * other.0)
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for i8 {}
    impl Sealed for u8 {}
    impl Sealed for i16 {}
}

/// Element types whose products [`dot_widen`](crate::Matrix::dot_widen) sums exactly in `i32`: `i8 x i8`, `u8 x i8`
/// and `i16 x i16`.
pub trait Widen<Rhs>: Scalar + Into<i32> + sealed::Sealed {}

impl Widen<i8> for i8 {}
impl Widen<i8> for u8 {}
impl Widen<i16> for i16 {}
