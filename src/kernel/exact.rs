//! Sums of integer products that know whether the result type can hold them.

use std::fmt::Debug;

use num_traits::Bounded;

use crate::scalar::Scalar;

mod sealed {
    pub trait Sealed {}
}

/// The primitive integers of up to 64 bits: the element types of [`checked_dot`](crate::Matrix::checked_dot).
pub trait Integer: Scalar + Ord + Bounded + Debug + sealed::Sealed {
    #[doc(hidden)]
    type Sum: Copy + Default;
    #[doc(hidden)]
    fn accumulate(sum: &mut Self::Sum, a: Self, b: Self);
    #[doc(hidden)]
    fn narrow(sum: Self::Sum) -> Option<Self>;
    /// The absolute value.
    #[doc(hidden)]
    fn magnitude(self) -> u128;
}

macro_rules! signed {
    ($($t:ty)*) => {$(
        impl sealed::Sealed for $t {}
        impl Integer for $t {
            /// The low 128 bits of the sum, and how often it went over the top less how often under the bottom: the
            /// sum lies in `i128` exactly when that count is zero.
            type Sum = (i128, i64);
            #[inline(always)]
            fn accumulate(sum: &mut Self::Sum, a: Self, b: Self) {
                let product = i128::from(a as i64) * i128::from(b as i64);
                let (low, overflowed) = sum.0.overflowing_add(product);
                sum.0 = low;
                if overflowed {
                    sum.1 += if product < 0 { -1 } else { 1 };
                }
            }
            #[inline(always)]
            fn narrow(sum: Self::Sum) -> Option<Self> {
                if sum.1 == 0 { sum.0.try_into().ok() } else { None }
            }
            fn magnitude(self) -> u128 {
                (self as i128).unsigned_abs()
            }
        }
    )*};
}

/// The sum of unsigned products: it never shrinks, so once over 128 bits it stays too large.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct UnsignedSum(Option<u128>);

impl Default for UnsignedSum {
    fn default() -> Self {
        UnsignedSum(Some(0))
    }
}

macro_rules! unsigned {
    ($($t:ty)*) => {$(
        impl sealed::Sealed for $t {}
        impl Integer for $t {
            type Sum = UnsignedSum;
            #[inline(always)]
            fn accumulate(sum: &mut Self::Sum, a: Self, b: Self) {
                sum.0 = sum.0.and_then(|sum| sum.checked_add(a as u128 * b as u128));
            }
            #[inline(always)]
            fn narrow(sum: Self::Sum) -> Option<Self> {
                sum.0.and_then(|sum| sum.try_into().ok())
            }
            fn magnitude(self) -> u128 {
                self as u128
            }
        }
    )*};
}

signed!(i8 i16 i32 i64 isize);
unsigned!(u8 u16 u32 u64 usize);
