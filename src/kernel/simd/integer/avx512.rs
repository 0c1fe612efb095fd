//! AVX-512 (F, BW, DQ, VL), and with VNNI.
#![allow(clippy::undocumented_unsafe_blocks, reason = "each function passes its own contract on")]

use core::arch::x86_64::*;

use super::super::avx2::Avx2;
use super::super::avx512::Avx512;
use super::super::{Isa, Op};
use super::{Dot4, SimdInt};

/// AVX-512 with VNNI.
#[derive(Clone, Copy)]
pub(crate) struct Avx512Vnni;

impl Isa for Avx512Vnni {
    const NAME: &'static str = "avx512+vnni";
    const HALVES: bool = Avx512::HALVES;

    fn in_halves() -> bool {
        Avx512::in_halves()
    }

    #[target_feature(enable = "avx512vnni,avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
    unsafe fn vectorize<O: Op>(args: O::Args) -> O::Output {
        // SAFETY: the caller keeps the operation's contract and says that the CPU has these features.
        unsafe { O::run(args) }
    }
}

/// Of Zen 4's four pipes two multiply and all add, and an add between two multiplies takes one of the two: a multiply
/// and an add in turn take 1.35 cycles, two of each in turn 1.11 a product. LLVM writes one of each in turn.
#[inline]
#[target_feature(enable = "avx512f")]
fn both(mut x: __m512i, mut y: __m512i) -> [__m512i; 2] {
    // SAFETY: there is no instruction in it, only a comment with the registers that `x` and `y` are in.
    unsafe {
        core::arch::asm!(
            "/* {0} {1} */",
            inout(zmm_reg) x,
            inout(zmm_reg) y,
            options(pure, nomem, nostack, preserves_flags)
        );
    }
    [x, y]
}

macro_rules! simd_int {
    ($isa:ty, |$a:ident, $b:ident, $sum:ident| $dot2:expr, half $half:expr) => {
        impl SimdInt for $isa {
            type Int = __m512i;
            type Sum64 = __m512i;
            const BYTES: usize = 64;

            #[inline(always)]
            unsafe fn zero() -> __m512i {
                unsafe { _mm512_setzero_si512() }
            }
            #[inline(always)]
            unsafe fn load<T>(p: *const T) -> __m512i {
                unsafe { _mm512_loadu_si512(p.cast()) }
            }
            #[inline(always)]
            unsafe fn store<T>(p: *mut T, v: __m512i) {
                unsafe { _mm512_storeu_si512(p.cast(), v) }
            }
            #[inline(always)]
            unsafe fn load32(p: *const i32, n: usize) -> __m512i {
                unsafe { _mm512_maskz_loadu_epi32(((1u32 << n) - 1) as __mmask16, p) }
            }
            #[inline(always)]
            unsafe fn load64(p: *const i64, n: usize) -> __m512i {
                unsafe { _mm512_maskz_loadu_epi64(((1u32 << n) - 1) as __mmask8, p) }
            }
            #[inline(always)]
            unsafe fn store32(p: *mut i32, n: usize, v: __m512i) {
                unsafe { _mm512_mask_storeu_epi32(p, ((1u32 << n) - 1) as __mmask16, v) }
            }
            #[inline(always)]
            unsafe fn store64(p: *mut i64, n: usize, v: __m512i) {
                unsafe { _mm512_mask_storeu_epi64(p, ((1u32 << n) - 1) as __mmask8, v) }
            }
            #[inline(always)]
            unsafe fn splat32(x: i32) -> __m512i {
                unsafe { _mm512_set1_epi32(x) }
            }
            #[inline(always)]
            unsafe fn splat64(x: i64) -> __m512i {
                unsafe { _mm512_set1_epi64(x) }
            }
            #[inline(always)]
            unsafe fn add32(a: __m512i, b: __m512i) -> __m512i {
                unsafe { _mm512_add_epi32(a, b) }
            }
            #[inline(always)]
            unsafe fn add64(a: __m512i, b: __m512i) -> __m512i {
                unsafe { _mm512_add_epi64(a, b) }
            }
            #[inline(always)]
            unsafe fn mul32(a: __m512i, b: __m512i) -> __m512i {
                unsafe { _mm512_mullo_epi32(a, b) }
            }
            #[inline(always)]
            unsafe fn mul_low_halves(a: __m512i, b: __m512i) -> __m512i {
                unsafe { _mm512_mul_epi32(a, b) }
            }
            #[inline(always)]
            unsafe fn high_halves(v: __m512i) -> __m512i {
                unsafe { _mm512_srli_epi64::<32>(v) }
            }
            #[inline(always)]
            unsafe fn dot2($a: __m512i, $b: __m512i, $sum: __m512i) -> __m512i {
                unsafe { $dot2 }
            }
            #[inline(always)]
            unsafe fn dot2_low(a: __m512i, b: __m512i, sum: __m512i) -> __m512i {
                unsafe {
                    let [$a, $b, $sum] = [a, b, sum].map(|v| _mm512_castsi512_si256(v));
                    _mm512_castsi256_si512($half)
                }
            }
            #[inline(always)]
            unsafe fn zero64() -> __m512i {
                unsafe { _mm512_setzero_si512() }
            }
            #[inline(always)]
            unsafe fn mul_add64(a: __m512i, _: __m512i, b: __m512i, _: __m512i, sum: __m512i) -> __m512i {
                unsafe { _mm512_add_epi64(sum, _mm512_mullo_epi64(a, b)) }
            }
            #[inline(always)]
            unsafe fn mul_add64_two(
                (a, _): (__m512i, __m512i),
                b: [(__m512i, __m512i); 2],
                sums: [__m512i; 2],
            ) -> [__m512i; 2] {
                unsafe {
                    let [p, q] = Self::both(_mm512_mullo_epi64(a, b[0].0), _mm512_mullo_epi64(a, b[1].0));
                    [_mm512_add_epi64(sums[0], p), _mm512_add_epi64(sums[1], q)]
                }
            }
            #[inline(always)]
            unsafe fn sum64(sum: __m512i) -> __m512i {
                sum
            }
            #[inline(always)]
            unsafe fn both(x: __m512i, y: __m512i) -> [__m512i; 2] {
                unsafe { both(x, y) }
            }
            #[inline(always)]
            unsafe fn load8(p: *const i8, n: usize) -> __m512i {
                unsafe { _mm512_cvtepi8_epi32(_mm_maskz_loadu_epi8(((1u32 << n) - 1) as __mmask16, p)) }
            }
            #[inline(always)]
            unsafe fn store8(p: *mut i8, n: usize, v: __m512i) {
                unsafe { _mm_mask_storeu_epi8(p, ((1u32 << n) - 1) as __mmask16, _mm512_cvtepi32_epi8(v)) }
            }
            #[inline(always)]
            unsafe fn load16(p: *const i16, n: usize) -> __m512i {
                unsafe { _mm512_cvtepi16_epi32(_mm256_maskz_loadu_epi16(((1u32 << n) - 1) as __mmask16, p)) }
            }
            #[inline(always)]
            unsafe fn store16(p: *mut i16, n: usize, v: __m512i) {
                unsafe { _mm256_mask_storeu_epi16(p, ((1u32 << n) - 1) as __mmask16, _mm512_cvtepi32_epi16(v)) }
            }
            #[inline(always)]
            unsafe fn join(bits: u32, first: __m512i, second: __m512i) -> __m512i {
                unsafe {
                    let (low, high) = (_mm512_set1_epi32((1 << bits) - 1), _mm_cvtsi32_si128(bits as i32));
                    // (low & first) | (second << bits)
                    _mm512_ternarylogic_epi32::<0b1110_1010>(low, first, _mm512_sll_epi32(second, high))
                }
            }
            #[inline(always)]
            unsafe fn totals32(v: [__m512i; 4]) -> [i32; 4] {
                unsafe {
                    let mut halves = [_mm256_setzero_si256(); 4];
                    for (sum, v) in halves.iter_mut().zip(v) {
                        *sum = _mm256_add_epi32(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64::<1>(v));
                    }
                    Avx2::totals32(halves)
                }
            }
            #[inline(always)]
            unsafe fn totals64(v: [__m512i; 4]) -> [i64; 4] {
                unsafe {
                    let mut halves = [_mm256_setzero_si256(); 4];
                    for (sum, v) in halves.iter_mut().zip(v) {
                        *sum = _mm256_add_epi64(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64::<1>(v));
                    }
                    Avx2::totals64(halves)
                }
            }
            #[inline(always)]
            unsafe fn widen(v: __m512i) -> [__m512i; 2] {
                unsafe {
                    let high = _mm512_extracti64x4_epi64::<1>(v);
                    [_mm512_castsi512_si256(v), high].map(|half| _mm512_cvtepi32_epi64(half))
                }
            }
        }
    };
}

simd_int!(
    Avx512,
    |a, b, sum| _mm512_add_epi32(sum, _mm512_madd_epi16(a, b)),
    half _mm256_add_epi32(sum, _mm256_madd_epi16(a, b))
);
simd_int!(Avx512Vnni, |a, b, sum| _mm512_dpwssd_epi32(sum, a, b), half _mm256_dpwssd_epi32(sum, a, b));

impl Dot4 for Avx512Vnni {
    #[inline(always)]
    unsafe fn dot4(a: __m512i, b: __m512i, sum: __m512i) -> __m512i {
        unsafe { _mm512_dpbusd_epi32(sum, a, b) }
    }
    #[inline(always)]
    unsafe fn dot4_low(a: __m512i, b: __m512i, sum: __m512i) -> __m512i {
        unsafe {
            let [a, b, sum] = [a, b, sum].map(|v| _mm512_castsi512_si256(v));
            _mm512_castsi256_si512(_mm256_dpbusd_epi32(sum, a, b))
        }
    }
}
