//! How sums become elements of `c`.
#![allow(clippy::undocumented_unsafe_blocks, reason = "each function passes its own contract on")]

use crate::kernel::ring::Ring;
use crate::kernel::simd::integer::SimdInt;

/// Elements that a vector of sums, in lanes as wide as `L`, is stored as.
///
/// # Safety
/// As for [`SimdInt`]; `n` is at most the lanes of a vector of sums, and of elements of 8 and 16 bits at least one.
pub(crate) trait Stored<S: SimdInt, L>: Ring {
    /// As many elements as there are lanes.
    type Out: Copy;

    unsafe fn of(sum: S::Int) -> Self::Out;
    unsafe fn add(x: Self::Out, y: Self::Out) -> Self::Out;
    unsafe fn scale(x: Self, y: Self::Out) -> Self::Out;
    unsafe fn load(c: *const Self, n: usize) -> Self::Out;
    unsafe fn store(c: *mut Self, n: usize, x: Self::Out);
}

/// `x * y` in lanes of 64 bits.
#[inline(always)]
pub(super) unsafe fn mul64<S: SimdInt>(x: S::Int, y: S::Int) -> S::Int {
    unsafe { S::sum64(S::mul_add64(x, S::high_halves(x), y, S::high_halves(y), S::zero64())) }
}

impl<S: SimdInt> Stored<S, i32> for i32 {
    type Out = S::Int;

    #[inline(always)]
    unsafe fn of(sum: S::Int) -> S::Int {
        sum
    }
    #[inline(always)]
    unsafe fn add(x: S::Int, y: S::Int) -> S::Int {
        unsafe { S::add32(x, y) }
    }
    #[inline(always)]
    unsafe fn scale(x: i32, y: S::Int) -> S::Int {
        unsafe { S::mul32(S::splat32(x), y) }
    }
    #[inline(always)]
    unsafe fn load(c: *const i32, n: usize) -> S::Int {
        unsafe { if n == S::BYTES / 4 { S::load(c) } else { S::load32(c, n) } }
    }
    #[inline(always)]
    unsafe fn store(c: *mut i32, n: usize, x: S::Int) {
        unsafe { if n == S::BYTES / 4 { S::store(c, x) } else { S::store32(c, n, x) } }
    }
}

impl<S: SimdInt> Stored<S, i64> for i64 {
    type Out = S::Int;

    #[inline(always)]
    unsafe fn of(sum: S::Int) -> S::Int {
        sum
    }
    #[inline(always)]
    unsafe fn add(x: S::Int, y: S::Int) -> S::Int {
        unsafe { S::add64(x, y) }
    }
    #[inline(always)]
    unsafe fn scale(x: i64, y: S::Int) -> S::Int {
        unsafe { mul64::<S>(S::splat64(x), y) }
    }
    #[inline(always)]
    unsafe fn load(c: *const i64, n: usize) -> S::Int {
        unsafe { if n == S::BYTES / 8 { S::load(c) } else { S::load64(c, n) } }
    }
    #[inline(always)]
    unsafe fn store(c: *mut i64, n: usize, x: S::Int) {
        unsafe { if n == S::BYTES / 8 { S::store(c, x) } else { S::store64(c, n, x) } }
    }
}

/// Modulo 2⁸ and 2¹⁶, which the low bits of the sums are.
macro_rules! low_bits {
    ($($t:ty: $load:ident, $store:ident;)*) => {$(
        impl<S: SimdInt> Stored<S, i32> for $t {
            type Out = S::Int;

            #[inline(always)]
            unsafe fn of(sum: S::Int) -> S::Int {
                sum
            }
            #[inline(always)]
            unsafe fn add(x: S::Int, y: S::Int) -> S::Int {
                unsafe { S::add32(x, y) }
            }
            #[inline(always)]
            unsafe fn scale(x: $t, y: S::Int) -> S::Int {
                unsafe { S::mul32(S::splat32(i32::from(x)), y) }
            }
            #[inline(always)]
            unsafe fn load(c: *const $t, n: usize) -> S::Int {
                unsafe { S::$load(c, n) }
            }
            #[inline(always)]
            unsafe fn store(c: *mut $t, n: usize, x: S::Int) {
                unsafe { S::$store(c, n, x) }
            }
        }
    )*};
}

low_bits! {
    i8: load8, store8;
    i16: load16, store16;
}

/// For sums that are exact in 32 bits.
impl<S: SimdInt> Stored<S, i32> for i64 {
    /// The lower half of the lanes, and the upper.
    type Out = [S::Int; 2];

    #[inline(always)]
    unsafe fn of(sum: S::Int) -> [S::Int; 2] {
        unsafe { S::widen(sum) }
    }
    #[inline(always)]
    unsafe fn add(x: [S::Int; 2], y: [S::Int; 2]) -> [S::Int; 2] {
        unsafe { [S::add64(x[0], y[0]), S::add64(x[1], y[1])] }
    }
    #[inline(always)]
    unsafe fn scale(x: i64, y: [S::Int; 2]) -> [S::Int; 2] {
        unsafe { y.map(|y| mul64::<S>(S::splat64(x), y)) }
    }
    #[inline(always)]
    unsafe fn load(c: *const i64, n: usize) -> [S::Int; 2] {
        let half = S::BYTES / 8;
        unsafe {
            let low = <i64 as Stored<S, i64>>::load(c, n.min(half));
            [low, <i64 as Stored<S, i64>>::load(c.wrapping_add(half), n.saturating_sub(half))]
        }
    }
    #[inline(always)]
    unsafe fn store(c: *mut i64, n: usize, x: [S::Int; 2]) {
        let half = S::BYTES / 8;
        unsafe {
            <i64 as Stored<S, i64>>::store(c, n.min(half), x[0]);
            <i64 as Stored<S, i64>>::store(c.wrapping_add(half), n.saturating_sub(half), x[1]);
        }
    }
}
