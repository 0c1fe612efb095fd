//! Arrays of lanes, which any compiler turns into some vector code.
#![allow(clippy::undocumented_unsafe_blocks, reason = "each function passes its own contract on")]

use super::super::portable::Portable;
use super::{Dot4, SimdInt};

macro_rules! simd_int {
    ($($bytes:literal, $lanes:literal, $halves:literal;)*) => {$(
        impl SimdInt for Portable<$bytes> {
            type Int = [i32; $lanes];
            type Sum64 = [i64; $halves];
            const BYTES: usize = $bytes;

            #[inline(always)]
            unsafe fn zero() -> Self::Int {
                [0; $lanes]
            }
            #[inline(always)]
            unsafe fn load<T>(p: *const T) -> Self::Int {
                unsafe { p.cast::<Self::Int>().read_unaligned() }
            }
            #[inline(always)]
            unsafe fn store<T>(p: *mut T, v: Self::Int) {
                unsafe { p.cast::<Self::Int>().write_unaligned(v) }
            }
            #[inline(always)]
            unsafe fn load32(p: *const i32, n: usize) -> Self::Int {
                std::array::from_fn(|i| if i < n { unsafe { p.add(i).read_unaligned() } } else { 0 })
            }
            #[inline(always)]
            unsafe fn load64(p: *const i64, n: usize) -> Self::Int {
                let lanes: [i64; $halves] =
                    std::array::from_fn(|i| if i < n { unsafe { p.add(i).read_unaligned() } } else { 0 });
                from64(lanes)
            }
            #[inline(always)]
            unsafe fn store32(p: *mut i32, n: usize, v: Self::Int) {
                v.into_iter().take(n).enumerate().for_each(|(i, x)| unsafe { p.add(i).write_unaligned(x) });
            }
            #[inline(always)]
            unsafe fn store64(p: *mut i64, n: usize, v: Self::Int) {
                let lanes: [i64; $halves] = to64(v);
                lanes.into_iter().take(n).enumerate().for_each(|(i, x)| unsafe { p.add(i).write_unaligned(x) });
            }
            #[inline(always)]
            unsafe fn splat32(x: i32) -> Self::Int {
                [x; $lanes]
            }
            #[inline(always)]
            unsafe fn splat64(x: i64) -> Self::Int {
                from64([x; $halves])
            }
            #[inline(always)]
            unsafe fn add32(a: Self::Int, b: Self::Int) -> Self::Int {
                std::array::from_fn(|i| a[i].wrapping_add(b[i]))
            }
            #[inline(always)]
            unsafe fn add64(a: Self::Int, b: Self::Int) -> Self::Int {
                let (a, b): ([i64; $halves], [i64; $halves]) = (to64(a), to64(b));
                from64::<$lanes, $halves>(std::array::from_fn(|i| a[i].wrapping_add(b[i])))
            }
            #[inline(always)]
            unsafe fn mul32(a: Self::Int, b: Self::Int) -> Self::Int {
                std::array::from_fn(|i| a[i].wrapping_mul(b[i]))
            }
            #[inline(always)]
            unsafe fn mul_low_halves(a: Self::Int, b: Self::Int) -> Self::Int {
                let (a, b): ([i64; $halves], [i64; $halves]) = (to64(a), to64(b));
                from64::<$lanes, $halves>(std::array::from_fn(|i| i64::from(a[i] as i32) * i64::from(b[i] as i32)))
            }
            #[inline(always)]
            unsafe fn high_halves(v: Self::Int) -> Self::Int {
                from64(to64::<$lanes, $halves>(v).map(|x| (x as u64 >> 32) as i64))
            }
            #[inline(always)]
            unsafe fn dot2(a: Self::Int, b: Self::Int, sum: Self::Int) -> Self::Int {
                let low = |x: i32| i32::from(x as i16);
                let dot = |a: i32, b: i32| (low(a) * low(b)).wrapping_add((a >> 16) * (b >> 16));
                std::array::from_fn(|i| sum[i].wrapping_add(dot(a[i], b[i])))
            }
            #[inline(always)]
            unsafe fn dot2_low(a: Self::Int, b: Self::Int, sum: Self::Int) -> Self::Int {
                lower_half(unsafe { Self::dot2(a, b, sum) }, sum)
            }
            #[inline(always)]
            unsafe fn zero64() -> Self::Sum64 {
                [0; $halves]
            }
            #[inline(always)]
            unsafe fn mul_add64(
                a: Self::Int,
                _: Self::Int,
                b: Self::Int,
                _: Self::Int,
                sum: Self::Sum64,
            ) -> Self::Sum64 {
                let (a, b): ([i64; $halves], [i64; $halves]) = (to64(a), to64(b));
                std::array::from_fn(|i| sum[i].wrapping_add(a[i].wrapping_mul(b[i])))
            }
            #[inline(always)]
            unsafe fn sum64(sum: Self::Sum64) -> Self::Int {
                from64(sum)
            }
        }

        impl Dot4 for Portable<$bytes> {
            #[inline(always)]
            unsafe fn dot4(a: Self::Int, b: Self::Int, sum: Self::Int) -> Self::Int {
                let dot = |a: i32, b: i32| -> i32 {
                    let (a, b) = (a.to_ne_bytes(), b.to_ne_bytes());
                    (0..4).map(|i| i32::from(a[i]) * i32::from(b[i] as i8)).sum()
                };
                std::array::from_fn(|i| sum[i].wrapping_add(dot(a[i], b[i])))
            }
            #[inline(always)]
            unsafe fn dot4_low(a: Self::Int, b: Self::Int, sum: Self::Int) -> Self::Int {
                lower_half(unsafe { Self::dot4(a, b, sum) }, sum)
            }
        }
    )*};
}

simd_int! { 16, 4, 2; 32, 8, 4; 64, 16, 8; }

/// The lower half of `v`, below the upper one of `rest`.
#[inline(always)]
fn lower_half<const N: usize>(v: [i32; N], mut rest: [i32; N]) -> [i32; N] {
    rest[..N / 2].copy_from_slice(&v[..N / 2]);
    rest
}

/// The same bits as lanes of 64.
#[inline(always)]
fn to64<const N: usize, const H: usize>(v: [i32; N]) -> [i64; H] {
    const { assert!(N == 2 * H) };
    // SAFETY: both arrays have N * 4 bytes, and every bit pattern is an `i64`.
    unsafe { std::mem::transmute_copy(&v) }
}

/// The same bits as lanes of 32.
#[inline(always)]
fn from64<const N: usize, const H: usize>(v: [i64; H]) -> [i32; N] {
    const { assert!(N == 2 * H) };
    // SAFETY: both arrays have N * 4 bytes, and every bit pattern is an `i32`.
    unsafe { std::mem::transmute_copy(&v) }
}
