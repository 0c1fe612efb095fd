//! Instruction sets as types. An [`Isa`] says how code is compiled for it, `Simd<T>` which instructions its vectors of
//! `T` use: one-liners, no logic.

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512;
pub(crate) mod integer;
#[cfg(target_arch = "aarch64")]
pub(crate) mod neon;
pub(crate) mod portable;

/// A piece of work that is compiled once per instruction set.
pub(crate) trait Op {
    type Args;
    type Output;
    /// Implementations are `#[inline(always)]`, all the way down to the intrinsics: that is how the code comes to be
    /// compiled with the features of the [`Isa`] that runs it.
    ///
    /// # Safety
    /// As the operation says; besides, the CPU has the instruction set that the operation was made for.
    unsafe fn run(args: Self::Args) -> Self::Output;
}

/// An instruction set.
pub(crate) trait Isa: Copy + Send + Sync + 'static {
    const NAME: &'static str;
    /// Whether some operations have a form of half a vector's width, for CPUs that take vectors [in
    /// halves](Self::in_halves).
    const HALVES: bool = false;

    /// Whether the CPU takes its vectors in halves, each of which takes half the time.
    fn in_halves() -> bool {
        false
    }

    /// Runs `O` inside a function that is compiled with this instruction set.
    ///
    /// # Safety
    /// The CPU has the instruction set, and `O`'s own contract holds.
    unsafe fn vectorize<O: Op>(args: O::Args) -> O::Output;
}

/// Vectors of `T`. `add`, `mul` and `mul_add` wrap for integers.
///
/// # Safety
/// Every function may only be called where the CPU has the instruction set; loads and stores touch `LANES` elements
/// (as many as the mask names) from `p` on, at any alignment.
pub(crate) trait Simd<T: Copy>: Isa {
    type Vec: Copy;
    /// Names the first so many lanes.
    type Mask: Copy;
    const LANES: usize;

    unsafe fn zero() -> Self::Vec;
    unsafe fn splat(x: T) -> Self::Vec;
    unsafe fn load(p: *const T) -> Self::Vec;
    unsafe fn store(p: *mut T, v: Self::Vec);
    /// The first `n <= LANES` lanes.
    unsafe fn mask(n: usize) -> Self::Mask;
    /// Lanes outside the mask are zero, and their memory is not touched.
    unsafe fn load_masked(p: *const T, mask: Self::Mask) -> Self::Vec;
    unsafe fn store_masked(p: *mut T, mask: Self::Mask, v: Self::Vec);
    unsafe fn add(a: Self::Vec, b: Self::Vec) -> Self::Vec;
    unsafe fn mul(a: Self::Vec, b: Self::Vec) -> Self::Vec;
    /// `a * b + c`.
    unsafe fn mul_add(a: Self::Vec, b: Self::Vec, c: Self::Vec) -> Self::Vec;
}

/// What floating-point vectors can do besides.
///
/// # Safety
/// As for [`Simd`].
pub(crate) trait SimdFloat<T: Copy>: Simd<T> {
    /// As [`Simd::load_masked`], with at most half of the lanes named; the upper half may be anything.
    #[inline(always)]
    unsafe fn load_low(p: *const T, mask: Self::Mask) -> Self::Vec {
        // SAFETY: passed on.
        unsafe { Self::load_masked(p, mask) }
    }
    /// As [`Simd::store_masked`], with at most half of the lanes named.
    #[inline(always)]
    unsafe fn store_low(p: *mut T, mask: Self::Mask, v: Self::Vec) {
        // SAFETY: passed on.
        unsafe { Self::store_masked(p, mask, v) }
    }
    /// As [`Simd::mul_add`] in the lower half of the lanes; the others may be anything.
    #[inline(always)]
    unsafe fn mul_add_low(a: Self::Vec, b: Self::Vec, c: Self::Vec) -> Self::Vec {
        // SAFETY: passed on.
        unsafe { Self::mul_add(a, b, c) }
    }
    /// `x, y, x, y, ...`
    unsafe fn pairs(x: T, y: T) -> Self::Vec;
    /// Lanes 2i and 2i + 1 change places.
    unsafe fn swap_pairs(v: Self::Vec) -> Self::Vec;
    unsafe fn abs(v: Self::Vec) -> Self::Vec;
    /// `b` where it is larger, else `a`: so a NaN in `b` counts as nothing.
    unsafe fn max(a: Self::Vec, b: Self::Vec) -> Self::Vec;
    /// The sum of the lanes of each vector.
    unsafe fn totals(v: [Self::Vec; 4]) -> [T; 4];
    /// Side of the blocks that [`transpose`](Self::transpose) takes.
    const BLOCK: usize = Self::LANES;
    /// Transposes the `BLOCK x BLOCK` block at `src` (rows `src_row` elements apart) into `dst`.
    unsafe fn transpose(src: *const T, src_row: isize, dst: *mut T, dst_row: isize);
}

/// Vectors of which each `N` lanes are `N` steps along `k` of one column: a vector of `LANES / N` columns.
///
/// # Safety
/// As for [`Simd`].
pub(crate) trait Folded<T: Copy, const N: usize>: SimdFloat<T> {
    /// `N` elements, over and over.
    unsafe fn repeat(p: *const [T; N]) -> Self::Vec;
    /// In lane `i` the sum of lanes `N * i..N * (i + 1)`, for the `LANES / N` that there are; the others may be
    /// anything.
    unsafe fn fold(v: Self::Vec) -> Self::Vec;
}

impl<S: SimdFloat<T>, T: Copy> Folded<T, 1> for S {
    #[inline(always)]
    unsafe fn repeat(p: *const [T; 1]) -> Self::Vec {
        // SAFETY: passed on.
        unsafe { Self::splat((*p)[0]) }
    }
    #[inline(always)]
    unsafe fn fold(v: Self::Vec) -> Self::Vec {
        v
    }
}

/// `x`, of whose origin the compiler knows nothing.
#[inline(always)]
pub(crate) fn opaque(x: isize) -> isize {
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    // SAFETY: there is no instruction in it, only a comment with the register that `x` is in.
    unsafe {
        let mut x = x;
        core::arch::asm!("/* {0} */", inout(reg) x, options(pure, nomem, nostack, preserves_flags));
        x
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    x
}

/// Bytes in a cache line, and in the widest vector.
pub(crate) const LINE: usize = 64;
/// Bytes of a page of memory, at the least.
pub(crate) const PAGE: usize = 4096;

/// Whether elements that are `stride` apart lie whole multiples of `bytes` apart.
#[inline(always)]
pub(crate) fn multiples_apart<T>(stride: isize, bytes: usize) -> bool {
    stride.unsigned_abs().saturating_mul(size_of::<T>()).is_multiple_of(bytes)
}

/// Asks for the cache line at `p`, in the cache of `LEVEL`, 1 or 2; any address will do.
#[inline(always)]
pub(crate) fn prefetch<const LEVEL: u8, T>(p: *const T) {
    const { assert!(LEVEL == 1 || LEVEL == 2) };
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch never faults, and SSE belongs to every x86-64.
    unsafe {
        use core::arch::x86_64::{_MM_HINT_T0, _MM_HINT_T1, _mm_prefetch};
        if LEVEL == 1 {
            _mm_prefetch::<_MM_HINT_T0>(p.cast());
        } else {
            _mm_prefetch::<_MM_HINT_T1>(p.cast());
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = p;
}
