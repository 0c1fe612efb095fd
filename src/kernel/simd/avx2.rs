//! AVX2 with FMA.
#![allow(clippy::undocumented_unsafe_blocks, reason = "each function passes its own contract on")]

use core::arch::x86_64::*;

use super::{Folded, Isa, Op, Simd, SimdFloat};

/// 256-bit vectors; a mask is a vector of signs and, for stores, a count.
#[derive(Clone, Copy)]
pub(crate) struct Avx2;

/// The first so many lanes: as a vector for masked loads, as a number for stores (`vmaskmov` to memory takes tens of
/// cycles on AMD's cores before Zen 4).
#[derive(Clone, Copy)]
pub(crate) struct Mask {
    lanes: __m256i,
    n: usize,
}

impl Isa for Avx2 {
    const NAME: &'static str = "avx2";

    #[target_feature(enable = "avx2,fma")]
    unsafe fn vectorize<O: Op>(args: O::Args) -> O::Output {
        // SAFETY: the caller keeps the operation's contract and says that the CPU has these features.
        unsafe { O::run(args) }
    }
}

impl Simd<f64> for Avx2 {
    type Vec = __m256d;
    type Mask = Mask;
    const LANES: usize = 4;

    #[inline(always)]
    unsafe fn zero() -> Self::Vec {
        unsafe { _mm256_setzero_pd() }
    }
    #[inline(always)]
    unsafe fn splat(x: f64) -> Self::Vec {
        unsafe { _mm256_set1_pd(x) }
    }
    #[inline(always)]
    unsafe fn load(p: *const f64) -> Self::Vec {
        unsafe { _mm256_loadu_pd(p) }
    }
    #[inline(always)]
    unsafe fn store(p: *mut f64, v: Self::Vec) {
        unsafe { _mm256_storeu_pd(p, v) }
    }
    #[inline(always)]
    unsafe fn mask(n: usize) -> Mask {
        unsafe {
            let n_lanes = _mm256_set1_epi64x(n as i64);
            Mask { lanes: _mm256_cmpgt_epi64(n_lanes, _mm256_set_epi64x(3, 2, 1, 0)), n }
        }
    }
    #[inline(always)]
    unsafe fn load_masked(p: *const f64, mask: Mask) -> Self::Vec {
        unsafe { _mm256_maskload_pd(p, mask.lanes) }
    }
    #[inline(always)]
    unsafe fn store_masked(p: *mut f64, mask: Mask, v: Self::Vec) {
        unsafe {
            let (mut p, mut low) = (p, _mm256_castpd256_pd128(v));
            if mask.n >= 4 {
                return _mm256_storeu_pd(p, v);
            }
            if mask.n & 2 != 0 {
                _mm_storeu_pd(p, low);
                (p, low) = (p.add(2), _mm256_extractf128_pd::<1>(v));
            }
            if mask.n & 1 != 0 {
                p.write_unaligned(_mm_cvtsd_f64(low));
            }
        }
    }
    #[inline(always)]
    unsafe fn add(a: Self::Vec, b: Self::Vec) -> Self::Vec {
        unsafe { _mm256_add_pd(a, b) }
    }
    #[inline(always)]
    unsafe fn mul(a: Self::Vec, b: Self::Vec) -> Self::Vec {
        unsafe { _mm256_mul_pd(a, b) }
    }
    #[inline(always)]
    unsafe fn mul_add(a: Self::Vec, b: Self::Vec, c: Self::Vec) -> Self::Vec {
        unsafe { _mm256_fmadd_pd(a, b, c) }
    }
}

impl SimdFloat<f64> for Avx2 {
    #[inline(always)]
    unsafe fn pairs(x: f64, y: f64) -> Self::Vec {
        unsafe { _mm256_set_pd(y, x, y, x) }
    }
    #[inline(always)]
    unsafe fn swap_pairs(v: Self::Vec) -> Self::Vec {
        unsafe { _mm256_permute_pd::<0b0101>(v) }
    }
    #[inline(always)]
    unsafe fn abs(v: Self::Vec) -> Self::Vec {
        unsafe { _mm256_andnot_pd(_mm256_set1_pd(-0.0), v) }
    }
    #[inline(always)]
    unsafe fn max(a: Self::Vec, b: Self::Vec) -> Self::Vec {
        unsafe { _mm256_max_pd(b, a) }
    }
    #[inline(always)]
    unsafe fn totals(v: [Self::Vec; 4]) -> [f64; 4] {
        unsafe {
            let (low, high) = (_mm256_hadd_pd(v[0], v[1]), _mm256_hadd_pd(v[2], v[3]));
            let halves = (_mm256_permute2f128_pd::<0x20>(low, high), _mm256_permute2f128_pd::<0x31>(low, high));
            std::mem::transmute::<__m256d, [f64; 4]>(_mm256_add_pd(halves.0, halves.1))
        }
    }
    #[inline(always)]
    unsafe fn transpose(src: *const f64, src_row: isize, dst: *mut f64, dst_row: isize) {
        unsafe {
            let row = |i: isize| _mm256_loadu_pd(src.offset(i * src_row));
            let (r0, r1, r2, r3) = (row(0), row(1), row(2), row(3));
            let (a, b) = (_mm256_unpacklo_pd(r0, r1), _mm256_unpackhi_pd(r0, r1));
            let (c, d) = (_mm256_unpacklo_pd(r2, r3), _mm256_unpackhi_pd(r2, r3));
            _mm256_storeu_pd(dst, _mm256_permute2f128_pd::<0x20>(a, c));
            _mm256_storeu_pd(dst.offset(dst_row), _mm256_permute2f128_pd::<0x20>(b, d));
            _mm256_storeu_pd(dst.offset(2 * dst_row), _mm256_permute2f128_pd::<0x31>(a, c));
            _mm256_storeu_pd(dst.offset(3 * dst_row), _mm256_permute2f128_pd::<0x31>(b, d));
        }
    }
}

impl Simd<f32> for Avx2 {
    type Vec = __m256;
    type Mask = Mask;
    const LANES: usize = 8;

    #[inline(always)]
    unsafe fn zero() -> Self::Vec {
        unsafe { _mm256_setzero_ps() }
    }
    #[inline(always)]
    unsafe fn splat(x: f32) -> Self::Vec {
        unsafe { _mm256_set1_ps(x) }
    }
    #[inline(always)]
    unsafe fn load(p: *const f32) -> Self::Vec {
        unsafe { _mm256_loadu_ps(p) }
    }
    #[inline(always)]
    unsafe fn store(p: *mut f32, v: Self::Vec) {
        unsafe { _mm256_storeu_ps(p, v) }
    }
    #[inline(always)]
    unsafe fn mask(n: usize) -> Mask {
        unsafe {
            let n_lanes = _mm256_set1_epi32(n as i32);
            Mask { lanes: _mm256_cmpgt_epi32(n_lanes, _mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0)), n }
        }
    }
    #[inline(always)]
    unsafe fn load_masked(p: *const f32, mask: Mask) -> Self::Vec {
        unsafe { _mm256_maskload_ps(p, mask.lanes) }
    }
    #[inline(always)]
    unsafe fn store_masked(p: *mut f32, mask: Mask, v: Self::Vec) {
        unsafe {
            let (mut p, mut low) = (p, _mm256_castps256_ps128(v));
            if mask.n >= 8 {
                return _mm256_storeu_ps(p, v);
            }
            if mask.n & 4 != 0 {
                _mm_storeu_ps(p, low);
                (p, low) = (p.add(4), _mm256_extractf128_ps::<1>(v));
            }
            if mask.n & 2 != 0 {
                p.cast::<f64>().write_unaligned(_mm_cvtsd_f64(_mm_castps_pd(low)));
                (p, low) = (p.add(2), _mm_movehl_ps(low, low));
            }
            if mask.n & 1 != 0 {
                p.write_unaligned(_mm_cvtss_f32(low));
            }
        }
    }
    #[inline(always)]
    unsafe fn add(a: Self::Vec, b: Self::Vec) -> Self::Vec {
        unsafe { _mm256_add_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn mul(a: Self::Vec, b: Self::Vec) -> Self::Vec {
        unsafe { _mm256_mul_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn mul_add(a: Self::Vec, b: Self::Vec, c: Self::Vec) -> Self::Vec {
        unsafe { _mm256_fmadd_ps(a, b, c) }
    }
}

impl SimdFloat<f32> for Avx2 {
    #[inline(always)]
    unsafe fn pairs(x: f32, y: f32) -> Self::Vec {
        unsafe { _mm256_set_ps(y, x, y, x, y, x, y, x) }
    }
    #[inline(always)]
    unsafe fn swap_pairs(v: Self::Vec) -> Self::Vec {
        unsafe { _mm256_permute_ps::<0b10_11_00_01>(v) }
    }
    #[inline(always)]
    unsafe fn abs(v: Self::Vec) -> Self::Vec {
        unsafe { _mm256_andnot_ps(_mm256_set1_ps(-0.0), v) }
    }
    #[inline(always)]
    unsafe fn max(a: Self::Vec, b: Self::Vec) -> Self::Vec {
        unsafe { _mm256_max_ps(b, a) }
    }
    #[inline(always)]
    unsafe fn totals(v: [Self::Vec; 4]) -> [f32; 4] {
        unsafe {
            let halves = _mm256_hadd_ps(_mm256_hadd_ps(v[0], v[1]), _mm256_hadd_ps(v[2], v[3]));
            std::mem::transmute::<__m128, [f32; 4]>(_mm_add_ps(
                _mm256_castps256_ps128(halves),
                _mm256_extractf128_ps::<1>(halves),
            ))
        }
    }
    #[inline(always)]
    unsafe fn transpose(src: *const f32, src_row: isize, dst: *mut f32, dst_row: isize) {
        unsafe {
            let mut quads = [_mm256_setzero_ps(); 8];
            for i in 0..4 {
                let low = _mm_loadu_ps(src.offset(i * src_row));
                let high = _mm_loadu_ps(src.offset((i + 4) * src_row));
                quads[i as usize] = _mm256_set_m128(high, low);
                let low = _mm_loadu_ps(src.offset(i * src_row + 4));
                let high = _mm_loadu_ps(src.offset((i + 4) * src_row + 4));
                quads[4 + i as usize] = _mm256_set_m128(high, low);
            }
            for half in 0..2 {
                let q = &quads[4 * half..];
                let (a, b) = (_mm256_unpacklo_ps(q[0], q[1]), _mm256_unpackhi_ps(q[0], q[1]));
                let (c, d) = (_mm256_unpacklo_ps(q[2], q[3]), _mm256_unpackhi_ps(q[2], q[3]));
                let dst = dst.offset(4 * half as isize * dst_row);
                _mm256_storeu_ps(dst, _mm256_shuffle_ps::<0b01_00_01_00>(a, c));
                _mm256_storeu_ps(dst.offset(dst_row), _mm256_shuffle_ps::<0b11_10_11_10>(a, c));
                _mm256_storeu_ps(dst.offset(2 * dst_row), _mm256_shuffle_ps::<0b01_00_01_00>(b, d));
                _mm256_storeu_ps(dst.offset(3 * dst_row), _mm256_shuffle_ps::<0b11_10_11_10>(b, d));
            }
        }
    }
}

impl Folded<f64, 2> for Avx2 {
    #[inline(always)]
    unsafe fn repeat(p: *const [f64; 2]) -> Self::Vec {
        unsafe {
            let pair = _mm_loadu_pd(p.cast());
            _mm256_set_m128d(pair, pair)
        }
    }
    #[inline(always)]
    unsafe fn fold(v: Self::Vec) -> Self::Vec {
        unsafe { _mm256_permute4x64_pd::<0b10_00>(_mm256_add_pd(v, _mm256_permute_pd::<0b0101>(v))) }
    }
}

impl Folded<f32, 2> for Avx2 {
    #[inline(always)]
    unsafe fn repeat(p: *const [f32; 2]) -> Self::Vec {
        unsafe { _mm256_castpd_ps(_mm256_set1_pd(p.cast::<f64>().read_unaligned())) }
    }
    #[inline(always)]
    unsafe fn fold(v: Self::Vec) -> Self::Vec {
        unsafe {
            let sums = _mm256_add_ps(v, _mm256_permute_ps::<0b10_11_00_01>(v));
            _mm256_permutevar8x32_ps(sums, _mm256_set_epi32(0, 0, 0, 0, 6, 4, 2, 0))
        }
    }
}
