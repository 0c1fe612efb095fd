//! NEON.
#![allow(clippy::undocumented_unsafe_blocks, reason = "each function passes its own contract on")]

use core::arch::aarch64::*;

use super::super::neon::Neon;
use super::SimdInt;

impl SimdInt for Neon {
    type Int = int32x4_t;
    /// The products of the low halves, and those that count 2³² times as much.
    type Sum64 = (uint64x2_t, uint64x2_t);
    const BYTES: usize = 16;

    #[inline(always)]
    unsafe fn zero() -> int32x4_t {
        unsafe { vdupq_n_s32(0) }
    }
    #[inline(always)]
    unsafe fn load<T>(p: *const T) -> int32x4_t {
        unsafe { vld1q_s32(p.cast()) }
    }
    #[inline(always)]
    unsafe fn store<T>(p: *mut T, v: int32x4_t) {
        unsafe { vst1q_s32(p.cast(), v) }
    }
    #[inline(always)]
    unsafe fn load32(p: *const i32, n: usize) -> int32x4_t {
        let lanes: [i32; 4] = std::array::from_fn(|i| if i < n { unsafe { p.add(i).read_unaligned() } } else { 0 });
        unsafe { vld1q_s32(lanes.as_ptr()) }
    }
    #[inline(always)]
    unsafe fn load64(p: *const i64, n: usize) -> int32x4_t {
        let lanes: [i64; 2] = std::array::from_fn(|i| if i < n { unsafe { p.add(i).read_unaligned() } } else { 0 });
        unsafe { vreinterpretq_s32_s64(vld1q_s64(lanes.as_ptr())) }
    }
    #[inline(always)]
    unsafe fn store32(p: *mut i32, n: usize, v: int32x4_t) {
        unsafe { std::ptr::copy_nonoverlapping((&raw const v).cast::<i32>(), p, n) }
    }
    #[inline(always)]
    unsafe fn store64(p: *mut i64, n: usize, v: int32x4_t) {
        unsafe { std::ptr::copy_nonoverlapping((&raw const v).cast::<i64>(), p, n) }
    }
    #[inline(always)]
    unsafe fn splat32(x: i32) -> int32x4_t {
        unsafe { vdupq_n_s32(x) }
    }
    #[inline(always)]
    unsafe fn splat64(x: i64) -> int32x4_t {
        unsafe { vreinterpretq_s32_s64(vdupq_n_s64(x)) }
    }
    #[inline(always)]
    unsafe fn add32(a: int32x4_t, b: int32x4_t) -> int32x4_t {
        unsafe { vaddq_s32(a, b) }
    }
    #[inline(always)]
    unsafe fn add64(a: int32x4_t, b: int32x4_t) -> int32x4_t {
        unsafe { vreinterpretq_s32_s64(vaddq_s64(vreinterpretq_s64_s32(a), vreinterpretq_s64_s32(b))) }
    }
    #[inline(always)]
    unsafe fn mul32(a: int32x4_t, b: int32x4_t) -> int32x4_t {
        unsafe { vmulq_s32(a, b) }
    }
    #[inline(always)]
    unsafe fn mul_low_halves(a: int32x4_t, b: int32x4_t) -> int32x4_t {
        unsafe {
            let low = |v| vmovn_s64(vreinterpretq_s64_s32(v));
            vreinterpretq_s32_s64(vmull_s32(low(a), low(b)))
        }
    }
    #[inline(always)]
    unsafe fn high_halves(v: int32x4_t) -> int32x4_t {
        unsafe { vreinterpretq_s32_u64(vshrq_n_u64::<32>(vreinterpretq_u64_s32(v))) }
    }
    #[inline(always)]
    unsafe fn dot2(a: int32x4_t, b: int32x4_t, sum: int32x4_t) -> int32x4_t {
        unsafe {
            let (a, b) = (vreinterpretq_s16_s32(a), vreinterpretq_s16_s32(b));
            let low = vmull_s16(vget_low_s16(a), vget_low_s16(b));
            vaddq_s32(sum, vpaddq_s32(low, vmull_high_s16(a, b)))
        }
    }
    #[inline(always)]
    unsafe fn zero64() -> Self::Sum64 {
        unsafe { (vdupq_n_u64(0), vdupq_n_u64(0)) }
    }
    #[inline(always)]
    unsafe fn mul_add64(
        a: int32x4_t,
        a_high: int32x4_t,
        b: int32x4_t,
        b_high: int32x4_t,
        (low, high): Self::Sum64,
    ) -> Self::Sum64 {
        unsafe {
            let half = |v| vmovn_u64(vreinterpretq_u64_s32(v));
            let (a, a_high, b, b_high) = (half(a), half(a_high), half(b), half(b_high));
            (vmlal_u32(low, a, b), vmlal_u32(vmlal_u32(high, a_high, b), a, b_high))
        }
    }
    #[inline(always)]
    unsafe fn sum64((low, high): Self::Sum64) -> int32x4_t {
        unsafe { vreinterpretq_s32_u64(vaddq_u64(low, vshlq_n_u64::<32>(high))) }
    }
    #[inline(always)]
    unsafe fn join(bits: u32, first: int32x4_t, second: int32x4_t) -> int32x4_t {
        unsafe {
            let low = vandq_s32(first, vdupq_n_s32((1 << bits) - 1));
            vorrq_s32(low, vshlq_s32(second, vdupq_n_s32(bits as i32)))
        }
    }
    #[inline(always)]
    unsafe fn load16(p: *const i16, n: usize) -> int32x4_t {
        let elements: [i16; 4] = std::array::from_fn(|i| if i < n { unsafe { *p.add(i) } } else { 0 });
        unsafe { vmovl_s16(vld1_s16(elements.as_ptr())) }
    }
    #[inline(always)]
    unsafe fn store16(p: *mut i16, n: usize, v: int32x4_t) {
        let low = unsafe { vmovn_s32(v) };
        unsafe { std::ptr::copy_nonoverlapping((&raw const low).cast::<i16>(), p, n) }
    }
}
