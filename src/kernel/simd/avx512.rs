//! AVX-512 (F, BW, DQ, VL).
#![allow(clippy::undocumented_unsafe_blocks, reason = "each function passes its own contract on")]

use core::arch::x86_64::*;

use super::avx2::Avx2;
use super::{Isa, Op, Simd, SimdFloat};

/// 512-bit vectors and masks.
#[derive(Clone, Copy)]
pub(crate) struct Avx512;

impl Isa for Avx512 {
    const NAME: &'static str = "avx512";
    const HALVES: bool = true;

    /// As on Zen 4. On Intel's CPUs halves would be the slower: a unit that multiplies 512 bits does not take 256.
    fn in_halves() -> bool {
        // The one is AMD's alone, the other came with Zen 5.
        is_x86_feature_detected!("sse4a") && !is_x86_feature_detected!("avx512vp2intersect")
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
    unsafe fn vectorize<O: Op>(args: O::Args) -> O::Output {
        // SAFETY: the caller keeps the operation's contract and says that the CPU has these features.
        unsafe { O::run(args) }
    }
}

impl Simd<f64> for Avx512 {
    type Vec = __m512d;
    type Mask = __mmask8;
    const LANES: usize = 8;

    #[inline(always)]
    unsafe fn zero() -> Self::Vec {
        unsafe { _mm512_setzero_pd() }
    }
    #[inline(always)]
    unsafe fn splat(x: f64) -> Self::Vec {
        unsafe { _mm512_set1_pd(x) }
    }
    #[inline(always)]
    unsafe fn load(p: *const f64) -> Self::Vec {
        unsafe { _mm512_loadu_pd(p) }
    }
    #[inline(always)]
    unsafe fn store(p: *mut f64, v: Self::Vec) {
        unsafe { _mm512_storeu_pd(p, v) }
    }
    #[inline(always)]
    unsafe fn mask(n: usize) -> Self::Mask {
        ((1u32 << n) - 1) as Self::Mask
    }
    #[inline(always)]
    unsafe fn load_masked(p: *const f64, mask: Self::Mask) -> Self::Vec {
        unsafe { _mm512_maskz_loadu_pd(mask, p) }
    }
    #[inline(always)]
    unsafe fn store_masked(p: *mut f64, mask: Self::Mask, v: Self::Vec) {
        unsafe { _mm512_mask_storeu_pd(p, mask, v) }
    }
    #[inline(always)]
    unsafe fn add(a: Self::Vec, b: Self::Vec) -> Self::Vec {
        unsafe { _mm512_add_pd(a, b) }
    }
    #[inline(always)]
    unsafe fn mul(a: Self::Vec, b: Self::Vec) -> Self::Vec {
        unsafe { _mm512_mul_pd(a, b) }
    }
    #[inline(always)]
    unsafe fn mul_add(a: Self::Vec, b: Self::Vec, c: Self::Vec) -> Self::Vec {
        unsafe { _mm512_fmadd_pd(a, b, c) }
    }
}

impl SimdFloat<f64> for Avx512 {
    const BLOCK: usize = <Avx2 as SimdFloat<f64>>::BLOCK;

    #[inline(always)]
    unsafe fn load_low(p: *const f64, mask: Self::Mask) -> Self::Vec {
        unsafe { _mm512_castpd256_pd512(_mm256_maskz_loadu_pd(mask, p)) }
    }
    #[inline(always)]
    unsafe fn store_low(p: *mut f64, mask: Self::Mask, v: Self::Vec) {
        unsafe { _mm256_mask_storeu_pd(p, mask, _mm512_castpd512_pd256(v)) }
    }
    #[inline(always)]
    unsafe fn mul_add_low(a: Self::Vec, b: Self::Vec, c: Self::Vec) -> Self::Vec {
        unsafe {
            let [a, b, c] = [a, b, c].map(|v| _mm512_castpd512_pd256(v));
            _mm512_castpd256_pd512(_mm256_fmadd_pd(a, b, c))
        }
    }
    #[inline(always)]
    unsafe fn pairs(x: f64, y: f64) -> Self::Vec {
        unsafe { _mm512_set_pd(y, x, y, x, y, x, y, x) }
    }
    #[inline(always)]
    unsafe fn swap_pairs(v: Self::Vec) -> Self::Vec {
        unsafe { _mm512_permute_pd::<0b0101_0101>(v) }
    }
    #[inline(always)]
    unsafe fn abs(v: Self::Vec) -> Self::Vec {
        unsafe { _mm512_abs_pd(v) }
    }
    #[inline(always)]
    unsafe fn max(a: Self::Vec, b: Self::Vec) -> Self::Vec {
        unsafe { _mm512_max_pd(b, a) }
    }
    #[inline(always)]
    unsafe fn totals(v: [Self::Vec; 4]) -> [f64; 4] {
        unsafe {
            let mut halves = [_mm256_setzero_pd(); 4];
            for (sum, v) in halves.iter_mut().zip(v) {
                *sum = _mm256_add_pd(_mm512_castpd512_pd256(v), _mm512_extractf64x4_pd::<1>(v));
            }
            <Avx2 as SimdFloat<f64>>::totals(halves)
        }
    }
    #[inline(always)]
    unsafe fn transpose(src: *const f64, src_row: isize, dst: *mut f64, dst_row: isize) {
        unsafe { <Avx2 as SimdFloat<f64>>::transpose(src, src_row, dst, dst_row) }
    }
}

impl Simd<f32> for Avx512 {
    type Vec = __m512;
    type Mask = __mmask16;
    const LANES: usize = 16;

    #[inline(always)]
    unsafe fn zero() -> Self::Vec {
        unsafe { _mm512_setzero_ps() }
    }
    #[inline(always)]
    unsafe fn splat(x: f32) -> Self::Vec {
        unsafe { _mm512_set1_ps(x) }
    }
    #[inline(always)]
    unsafe fn load(p: *const f32) -> Self::Vec {
        unsafe { _mm512_loadu_ps(p) }
    }
    #[inline(always)]
    unsafe fn store(p: *mut f32, v: Self::Vec) {
        unsafe { _mm512_storeu_ps(p, v) }
    }
    #[inline(always)]
    unsafe fn mask(n: usize) -> Self::Mask {
        ((1u32 << n) - 1) as Self::Mask
    }
    #[inline(always)]
    unsafe fn load_masked(p: *const f32, mask: Self::Mask) -> Self::Vec {
        unsafe { _mm512_maskz_loadu_ps(mask, p) }
    }
    #[inline(always)]
    unsafe fn store_masked(p: *mut f32, mask: Self::Mask, v: Self::Vec) {
        unsafe { _mm512_mask_storeu_ps(p, mask, v) }
    }
    #[inline(always)]
    unsafe fn add(a: Self::Vec, b: Self::Vec) -> Self::Vec {
        unsafe { _mm512_add_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn mul(a: Self::Vec, b: Self::Vec) -> Self::Vec {
        unsafe { _mm512_mul_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn mul_add(a: Self::Vec, b: Self::Vec, c: Self::Vec) -> Self::Vec {
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }
}

impl SimdFloat<f32> for Avx512 {
    const BLOCK: usize = <Avx2 as SimdFloat<f32>>::BLOCK;

    #[inline(always)]
    unsafe fn load_low(p: *const f32, mask: Self::Mask) -> Self::Vec {
        unsafe { _mm512_castps256_ps512(_mm256_maskz_loadu_ps(mask as __mmask8, p)) }
    }
    #[inline(always)]
    unsafe fn store_low(p: *mut f32, mask: Self::Mask, v: Self::Vec) {
        unsafe { _mm256_mask_storeu_ps(p, mask as __mmask8, _mm512_castps512_ps256(v)) }
    }
    #[inline(always)]
    unsafe fn mul_add_low(a: Self::Vec, b: Self::Vec, c: Self::Vec) -> Self::Vec {
        unsafe {
            let [a, b, c] = [a, b, c].map(|v| _mm512_castps512_ps256(v));
            _mm512_castps256_ps512(_mm256_fmadd_ps(a, b, c))
        }
    }
    #[inline(always)]
    unsafe fn pairs(x: f32, y: f32) -> Self::Vec {
        unsafe { _mm512_set_ps(y, x, y, x, y, x, y, x, y, x, y, x, y, x, y, x) }
    }
    #[inline(always)]
    unsafe fn swap_pairs(v: Self::Vec) -> Self::Vec {
        unsafe { _mm512_permute_ps::<0b10_11_00_01>(v) }
    }
    #[inline(always)]
    unsafe fn abs(v: Self::Vec) -> Self::Vec {
        unsafe { _mm512_abs_ps(v) }
    }
    #[inline(always)]
    unsafe fn max(a: Self::Vec, b: Self::Vec) -> Self::Vec {
        unsafe { _mm512_max_ps(b, a) }
    }
    #[inline(always)]
    unsafe fn totals(v: [Self::Vec; 4]) -> [f32; 4] {
        unsafe {
            let mut halves = [_mm256_setzero_ps(); 4];
            for (sum, v) in halves.iter_mut().zip(v) {
                *sum = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps::<1>(v));
            }
            <Avx2 as SimdFloat<f32>>::totals(halves)
        }
    }
    #[inline(always)]
    unsafe fn transpose(src: *const f32, src_row: isize, dst: *mut f32, dst_row: isize) {
        unsafe { <Avx2 as SimdFloat<f32>>::transpose(src, src_row, dst, dst_row) }
    }
}
