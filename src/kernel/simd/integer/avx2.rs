//! AVX2.
#![allow(clippy::undocumented_unsafe_blocks, reason = "each function passes its own contract on")]

use core::arch::x86_64::*;

use super::super::avx2::Avx2;
use super::SimdInt;

/// A mask of the first `n` lanes of 32 bits.
#[inline(always)]
unsafe fn first32(n: usize) -> __m256i {
    unsafe { _mm256_cmpgt_epi32(_mm256_set1_epi32(n as i32), _mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0)) }
}

/// A mask of the first `n` lanes of 64 bits.
#[inline(always)]
unsafe fn first64(n: usize) -> __m256i {
    unsafe { _mm256_cmpgt_epi64(_mm256_set1_epi64x(n as i64), _mm256_set_epi64x(3, 2, 1, 0)) }
}

impl SimdInt for Avx2 {
    type Int = __m256i;
    /// The products of the low halves, and those that count 2³² times as much.
    type Sum64 = (__m256i, __m256i);
    const BYTES: usize = 32;

    #[inline(always)]
    unsafe fn zero() -> __m256i {
        unsafe { _mm256_setzero_si256() }
    }
    #[inline(always)]
    unsafe fn load<T>(p: *const T) -> __m256i {
        unsafe { _mm256_loadu_si256(p.cast()) }
    }
    #[inline(always)]
    unsafe fn store<T>(p: *mut T, v: __m256i) {
        unsafe { _mm256_storeu_si256(p.cast(), v) }
    }
    #[inline(always)]
    unsafe fn load32(p: *const i32, n: usize) -> __m256i {
        unsafe { _mm256_maskload_epi32(p, first32(n)) }
    }
    #[inline(always)]
    unsafe fn load64(p: *const i64, n: usize) -> __m256i {
        unsafe { _mm256_maskload_epi64(p, first64(n)) }
    }
    #[inline(always)]
    unsafe fn store32(p: *mut i32, n: usize, v: __m256i) {
        unsafe { _mm256_maskstore_epi32(p, first32(n), v) }
    }
    #[inline(always)]
    unsafe fn store64(p: *mut i64, n: usize, v: __m256i) {
        unsafe { _mm256_maskstore_epi64(p, first64(n), v) }
    }
    #[inline(always)]
    unsafe fn splat32(x: i32) -> __m256i {
        unsafe { _mm256_set1_epi32(x) }
    }
    #[inline(always)]
    unsafe fn splat64(x: i64) -> __m256i {
        unsafe { _mm256_set1_epi64x(x) }
    }
    #[inline(always)]
    unsafe fn add32(a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_add_epi32(a, b) }
    }
    #[inline(always)]
    unsafe fn add64(a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_add_epi64(a, b) }
    }
    #[inline(always)]
    unsafe fn mul32(a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_mullo_epi32(a, b) }
    }
    #[inline(always)]
    unsafe fn mul_low_halves(a: __m256i, b: __m256i) -> __m256i {
        unsafe { _mm256_mul_epi32(a, b) }
    }
    #[inline(always)]
    unsafe fn high_halves(v: __m256i) -> __m256i {
        unsafe { _mm256_srli_epi64::<32>(v) }
    }
    #[inline(always)]
    unsafe fn dot2(a: __m256i, b: __m256i, sum: __m256i) -> __m256i {
        unsafe { _mm256_add_epi32(sum, _mm256_madd_epi16(a, b)) }
    }
    #[inline(always)]
    unsafe fn zero64() -> Self::Sum64 {
        unsafe { (_mm256_setzero_si256(), _mm256_setzero_si256()) }
    }
    #[inline(always)]
    unsafe fn mul_add64(
        a: __m256i,
        a_high: __m256i,
        b: __m256i,
        b_high: __m256i,
        (low, high): Self::Sum64,
    ) -> Self::Sum64 {
        unsafe {
            let crossed = _mm256_add_epi64(_mm256_mul_epu32(a_high, b), _mm256_mul_epu32(a, b_high));
            (_mm256_add_epi64(low, _mm256_mul_epu32(a, b)), _mm256_add_epi64(high, crossed))
        }
    }
    #[inline(always)]
    unsafe fn sum64((low, high): Self::Sum64) -> __m256i {
        unsafe { _mm256_add_epi64(low, _mm256_slli_epi64::<32>(high)) }
    }
    #[inline(always)]
    unsafe fn join(bits: u32, first: __m256i, second: __m256i) -> __m256i {
        unsafe {
            let (low, high) = (_mm256_set1_epi32((1 << bits) - 1), _mm_cvtsi32_si128(bits as i32));
            _mm256_or_si256(_mm256_and_si256(low, first), _mm256_sll_epi32(second, high))
        }
    }
    #[inline(always)]
    unsafe fn totals32(v: [__m256i; 4]) -> [i32; 4] {
        unsafe {
            let halves = _mm256_hadd_epi32(_mm256_hadd_epi32(v[0], v[1]), _mm256_hadd_epi32(v[2], v[3]));
            let (low, high) = (_mm256_castsi256_si128(halves), _mm256_extracti128_si256::<1>(halves));
            std::mem::transmute::<__m128i, [i32; 4]>(_mm_add_epi32(low, high))
        }
    }
    #[inline(always)]
    unsafe fn totals64(v: [__m256i; 4]) -> [i64; 4] {
        unsafe {
            let low = _mm256_add_epi64(_mm256_unpacklo_epi64(v[0], v[1]), _mm256_unpackhi_epi64(v[0], v[1]));
            let high = _mm256_add_epi64(_mm256_unpacklo_epi64(v[2], v[3]), _mm256_unpackhi_epi64(v[2], v[3]));
            let halves = (_mm256_permute2x128_si256::<0x20>(low, high), _mm256_permute2x128_si256::<0x31>(low, high));
            std::mem::transmute::<__m256i, [i64; 4]>(_mm256_add_epi64(halves.0, halves.1))
        }
    }
    #[inline(always)]
    unsafe fn load8(p: *const i8, n: usize) -> __m256i {
        unsafe { _mm256_cvtepi8_epi32(load_part(p.cast(), n)) }
    }
    #[inline(always)]
    unsafe fn store8(p: *mut i8, n: usize, v: __m256i) {
        unsafe {
            // The low byte of the lanes of each half, then the two halves side by side.
            let low = _mm256_set1_epi32(0x0c08_0400);
            let halves = _mm256_shuffle_epi8(v, low);
            let all = _mm_unpacklo_epi32(_mm256_castsi256_si128(halves), _mm256_extracti128_si256::<1>(halves));
            store_part(p.cast(), n, all);
        }
    }
    #[inline(always)]
    unsafe fn load16(p: *const i16, n: usize) -> __m256i {
        unsafe { _mm256_cvtepi16_epi32(load_part(p.cast(), 2 * n)) }
    }
    #[inline(always)]
    unsafe fn store16(p: *mut i16, n: usize, v: __m256i) {
        unsafe {
            // The low 16 bits of the lanes of each half, then the two halves side by side.
            let low = _mm256_set1_epi64x(0x0d0c_0908_0504_0100);
            let halves = _mm256_permute4x64_epi64::<0b1000>(_mm256_shuffle_epi8(v, low));
            store_part(p.cast(), 2 * n, _mm256_castsi256_si128(halves));
        }
    }
}

/// The first `n` bytes, 1 to 16, as two numbers that overlap. What lies beyond is zero.
///
/// # Safety
/// They are readable, and the CPU has AVX2.
#[inline(always)]
unsafe fn load_part(p: *const u8, n: usize) -> __m128i {
    /// # Safety
    /// At least a `T` is readable.
    #[inline(always)]
    unsafe fn ends<T: Into<u128>>(p: *const u8, n: usize) -> u128 {
        let last = n - size_of::<T>();
        // SAFETY: the first `T` of the `n` bytes, and the last.
        let (first, second) =
            unsafe { (p.cast::<T>().read_unaligned().into(), p.add(last).cast::<T>().read_unaligned().into()) };
        first | second << (8 * last)
    }
    unsafe {
        let bits = match n {
            16 => return _mm_loadu_si128(p.cast()),
            8.. => ends::<u64>(p, n),
            4.. => ends::<u32>(p, n),
            2.. => ends::<u16>(p, n),
            _ => ends::<u8>(p, n),
        };
        std::mem::transmute::<u128, __m128i>(bits)
    }
}

/// Stores the first `n` bytes, 1 to 16, as two numbers that overlap.
///
/// # Safety
/// They are writable, and the CPU has AVX2.
#[inline(always)]
unsafe fn store_part(p: *mut u8, n: usize, v: __m128i) {
    /// # Safety
    /// At least a `T` is writable.
    #[inline(always)]
    unsafe fn ends<T>(p: *mut u8, n: usize, bits: u128) {
        let last = n - size_of::<T>();
        let second = bits >> (8 * last);
        // SAFETY: the first `T` of the `n` bytes, and the last; x86 has the low bytes first.
        unsafe {
            p.cast::<T>().write_unaligned((&raw const bits).cast::<T>().read());
            p.add(last).cast::<T>().write_unaligned((&raw const second).cast::<T>().read());
        }
    }
    unsafe {
        let bits = std::mem::transmute::<__m128i, u128>(v);
        match n {
            16 => _mm_storeu_si128(p.cast(), v),
            8.. => ends::<u64>(p, n, bits),
            4.. => ends::<u32>(p, n, bits),
            2.. => ends::<u16>(p, n, bits),
            _ => ends::<u8>(p, n, bits),
        }
    }
}
