//! NEON.
#![allow(clippy::undocumented_unsafe_blocks, reason = "each function passes its own contract on")]

use core::arch::aarch64::*;

use super::{Isa, Op, Simd, SimdFloat};

/// 128-bit vectors; a mask is a count.
#[derive(Clone, Copy)]
pub(crate) struct Neon;

impl Isa for Neon {
    const NAME: &'static str = "neon";

    #[target_feature(enable = "neon")]
    unsafe fn vectorize<O: Op>(args: O::Args) -> O::Output {
        // SAFETY: the caller keeps the operation's contract and says that the CPU has NEON.
        unsafe { O::run(args) }
    }
}

impl Simd<f64> for Neon {
    type Vec = float64x2_t;
    type Mask = usize;
    const LANES: usize = 2;

    #[inline(always)]
    unsafe fn zero() -> Self::Vec {
        unsafe { vdupq_n_f64(0.0) }
    }
    #[inline(always)]
    unsafe fn splat(x: f64) -> Self::Vec {
        unsafe { vdupq_n_f64(x) }
    }
    #[inline(always)]
    unsafe fn load(p: *const f64) -> Self::Vec {
        unsafe { vld1q_f64(p) }
    }
    #[inline(always)]
    unsafe fn store(p: *mut f64, v: Self::Vec) {
        unsafe { vst1q_f64(p, v) }
    }
    #[inline(always)]
    unsafe fn mask(n: usize) -> usize {
        n
    }
    #[inline(always)]
    unsafe fn load_masked(p: *const f64, mask: usize) -> Self::Vec {
        unsafe {
            if mask == 2 {
                return vld1q_f64(p);
            }
            let mut lanes = [0.0; 2];
            for (i, lane) in lanes.iter_mut().enumerate().take(mask) {
                *lane = p.add(i).read_unaligned();
            }
            vld1q_f64(lanes.as_ptr())
        }
    }
    #[inline(always)]
    unsafe fn store_masked(p: *mut f64, mask: usize, v: Self::Vec) {
        unsafe {
            if mask == 2 {
                return vst1q_f64(p, v);
            }
            let mut lanes = [0.0; 2];
            vst1q_f64(lanes.as_mut_ptr(), v);
            for (i, lane) in lanes.into_iter().enumerate().take(mask) {
                p.add(i).write_unaligned(lane);
            }
        }
    }
    #[inline(always)]
    unsafe fn add(a: Self::Vec, b: Self::Vec) -> Self::Vec {
        unsafe { vaddq_f64(a, b) }
    }
    #[inline(always)]
    unsafe fn mul(a: Self::Vec, b: Self::Vec) -> Self::Vec {
        unsafe { vmulq_f64(a, b) }
    }
    #[inline(always)]
    unsafe fn mul_add(a: Self::Vec, b: Self::Vec, c: Self::Vec) -> Self::Vec {
        unsafe { vfmaq_f64(c, a, b) }
    }
}

impl SimdFloat<f64> for Neon {
    #[inline(always)]
    unsafe fn pairs(x: f64, y: f64) -> Self::Vec {
        unsafe { vcombine_f64(vdup_n_f64(x), vdup_n_f64(y)) }
    }
    #[inline(always)]
    unsafe fn swap_pairs(v: Self::Vec) -> Self::Vec {
        unsafe { vextq_f64::<1>(v, v) }
    }
    #[inline(always)]
    unsafe fn abs(v: Self::Vec) -> Self::Vec {
        unsafe { vabsq_f64(v) }
    }
    #[inline(always)]
    unsafe fn max(a: Self::Vec, b: Self::Vec) -> Self::Vec {
        unsafe { vbslq_f64(vcgtq_f64(b, a), b, a) }
    }
    #[inline(always)]
    unsafe fn totals(v: [Self::Vec; 4]) -> [f64; 4] {
        unsafe { std::mem::transmute::<[float64x2_t; 2], [f64; 4]>([vpaddq_f64(v[0], v[1]), vpaddq_f64(v[2], v[3])]) }
    }
    #[inline(always)]
    unsafe fn transpose(src: *const f64, src_row: isize, dst: *mut f64, dst_row: isize) {
        unsafe {
            let (r0, r1) = (vld1q_f64(src), vld1q_f64(src.offset(src_row)));
            vst1q_f64(dst, vzip1q_f64(r0, r1));
            vst1q_f64(dst.offset(dst_row), vzip2q_f64(r0, r1));
        }
    }
}

impl Simd<f32> for Neon {
    type Vec = float32x4_t;
    type Mask = usize;
    const LANES: usize = 4;

    #[inline(always)]
    unsafe fn zero() -> Self::Vec {
        unsafe { vdupq_n_f32(0.0) }
    }
    #[inline(always)]
    unsafe fn splat(x: f32) -> Self::Vec {
        unsafe { vdupq_n_f32(x) }
    }
    #[inline(always)]
    unsafe fn load(p: *const f32) -> Self::Vec {
        unsafe { vld1q_f32(p) }
    }
    #[inline(always)]
    unsafe fn store(p: *mut f32, v: Self::Vec) {
        unsafe { vst1q_f32(p, v) }
    }
    #[inline(always)]
    unsafe fn mask(n: usize) -> usize {
        n
    }
    #[inline(always)]
    unsafe fn load_masked(p: *const f32, mask: usize) -> Self::Vec {
        unsafe {
            if mask == 4 {
                return vld1q_f32(p);
            }
            let mut lanes = [0.0; 4];
            for (i, lane) in lanes.iter_mut().enumerate().take(mask) {
                *lane = p.add(i).read_unaligned();
            }
            vld1q_f32(lanes.as_ptr())
        }
    }
    #[inline(always)]
    unsafe fn store_masked(p: *mut f32, mask: usize, v: Self::Vec) {
        unsafe {
            if mask == 4 {
                return vst1q_f32(p, v);
            }
            let mut lanes = [0.0; 4];
            vst1q_f32(lanes.as_mut_ptr(), v);
            for (i, lane) in lanes.into_iter().enumerate().take(mask) {
                p.add(i).write_unaligned(lane);
            }
        }
    }
    #[inline(always)]
    unsafe fn add(a: Self::Vec, b: Self::Vec) -> Self::Vec {
        unsafe { vaddq_f32(a, b) }
    }
    #[inline(always)]
    unsafe fn mul(a: Self::Vec, b: Self::Vec) -> Self::Vec {
        unsafe { vmulq_f32(a, b) }
    }
    #[inline(always)]
    unsafe fn mul_add(a: Self::Vec, b: Self::Vec, c: Self::Vec) -> Self::Vec {
        unsafe { vfmaq_f32(c, a, b) }
    }
}

impl SimdFloat<f32> for Neon {
    #[inline(always)]
    unsafe fn pairs(x: f32, y: f32) -> Self::Vec {
        unsafe { vzip1q_f32(vdupq_n_f32(x), vdupq_n_f32(y)) }
    }
    #[inline(always)]
    unsafe fn swap_pairs(v: Self::Vec) -> Self::Vec {
        unsafe { vrev64q_f32(v) }
    }
    #[inline(always)]
    unsafe fn abs(v: Self::Vec) -> Self::Vec {
        unsafe { vabsq_f32(v) }
    }
    #[inline(always)]
    unsafe fn max(a: Self::Vec, b: Self::Vec) -> Self::Vec {
        unsafe { vbslq_f32(vcgtq_f32(b, a), b, a) }
    }
    #[inline(always)]
    unsafe fn totals(v: [Self::Vec; 4]) -> [f32; 4] {
        unsafe {
            std::mem::transmute::<float32x4_t, [f32; 4]>(vpaddq_f32(vpaddq_f32(v[0], v[1]), vpaddq_f32(v[2], v[3])))
        }
    }
    #[inline(always)]
    unsafe fn transpose(src: *const f32, src_row: isize, dst: *mut f32, dst_row: isize) {
        unsafe {
            let row = |i: isize| vld1q_f32(src.offset(i * src_row));
            let (r0, r1, r2, r3) = (row(0), row(1), row(2), row(3));
            let (a, b) = (vzip1q_f32(r0, r2), vzip1q_f32(r1, r3));
            let (c, d) = (vzip2q_f32(r0, r2), vzip2q_f32(r1, r3));
            vst1q_f32(dst, vzip1q_f32(a, b));
            vst1q_f32(dst.offset(dst_row), vzip2q_f32(a, b));
            vst1q_f32(dst.offset(2 * dst_row), vzip1q_f32(c, d));
            vst1q_f32(dst.offset(3 * dst_row), vzip2q_f32(c, d));
        }
    }
}
