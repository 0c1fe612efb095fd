//! Vectors of integers: one-liners, no logic. A vector has no element type; each function says how wide its lanes are.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;

#[cfg(target_arch = "x86_64")]
pub(crate) use avx512::Avx512Vnni;

use super::Isa;

/// Integer vectors of an instruction set. All arithmetic wraps.
///
/// # Safety
/// Every function may only be called where the CPU has the instruction set; loads and stores touch as many elements as
/// they say, at any alignment.
pub(crate) trait SimdInt: Isa {
    type Int: Copy;
    /// Sums of 64-bit products, in whatever form they are cheapest to collect.
    type Sum64: Copy;
    /// Bytes in a vector.
    const BYTES: usize;

    unsafe fn zero() -> Self::Int;
    unsafe fn load<T>(p: *const T) -> Self::Int;
    unsafe fn store<T>(p: *mut T, v: Self::Int);
    /// The first `n` lanes of 32 bits; the others are zero, and their memory is not touched.
    unsafe fn load32(p: *const i32, n: usize) -> Self::Int;
    /// The first `n` lanes of 64 bits; the others are zero, and their memory is not touched.
    unsafe fn load64(p: *const i64, n: usize) -> Self::Int;
    /// Stores the first `n` lanes of 32 bits.
    unsafe fn store32(p: *mut i32, n: usize, v: Self::Int);
    /// Stores the first `n` lanes of 64 bits.
    unsafe fn store64(p: *mut i64, n: usize, v: Self::Int);
    unsafe fn splat32(x: i32) -> Self::Int;
    unsafe fn splat64(x: i64) -> Self::Int;
    unsafe fn add32(a: Self::Int, b: Self::Int) -> Self::Int;
    unsafe fn add64(a: Self::Int, b: Self::Int) -> Self::Int;
    /// The low 32 bits of each product.
    unsafe fn mul32(a: Self::Int, b: Self::Int) -> Self::Int;
    /// The low half of each 64-bit lane times that of the other, signed: 64 bits.
    unsafe fn mul_low_halves(a: Self::Int, b: Self::Int) -> Self::Int;
    /// The high half of each 64-bit lane, in its low half.
    unsafe fn high_halves(v: Self::Int) -> Self::Int;
    /// In each 32-bit lane: the two products of its signed 16-bit parts, added to `sum`.
    unsafe fn dot2(a: Self::Int, b: Self::Int, sum: Self::Int) -> Self::Int;
    /// The same in the lower half of the lanes; the others may be anything.
    #[inline(always)]
    unsafe fn dot2_low(a: Self::Int, b: Self::Int, sum: Self::Int) -> Self::Int {
        // SAFETY: passed on.
        unsafe { Self::dot2(a, b, sum) }
    }
    unsafe fn zero64() -> Self::Sum64;
    /// Adds the low 64 bits of each product; `a_high` and `b_high` are the operands'
    /// [`high_halves`](Self::high_halves).
    unsafe fn mul_add64(
        a: Self::Int,
        a_high: Self::Int,
        b: Self::Int,
        b_high: Self::Int,
        sum: Self::Sum64,
    ) -> Self::Sum64;
    /// The same for two vectors of `b`, each with its high halves.
    #[inline(always)]
    unsafe fn mul_add64_two(
        a: (Self::Int, Self::Int),
        b: [(Self::Int, Self::Int); 2],
        sums: [Self::Sum64; 2],
    ) -> [Self::Sum64; 2] {
        // SAFETY: passed on.
        unsafe { [0, 1].map(|i| Self::mul_add64(a.0, a.1, b[i].0, b[i].1, sums[i])) }
    }
    unsafe fn sum64(sum: Self::Sum64) -> Self::Int;
    /// Two products, both of which are computed before either is used, where that is the faster.
    #[inline(always)]
    unsafe fn both(x: Self::Int, y: Self::Int) -> [Self::Int; 2] {
        [x, y]
    }

    /// The first `n` bytes, at least one, each in a lane of 32 bits; the memory of the others is not touched.
    #[inline(always)]
    unsafe fn load8(p: *const i8, n: usize) -> Self::Int {
        // SAFETY: passed on.
        unsafe { load_small::<Self, i8>(p, n) }
    }
    /// Stores the low byte of each of the first `n` lanes of 32 bits, at least one.
    #[inline(always)]
    unsafe fn store8(p: *mut i8, n: usize, v: Self::Int) {
        // SAFETY: passed on.
        unsafe { store_small::<Self, i8>(p, n, v, |lane| lane as i8) }
    }
    /// The first `n` elements of 16 bits, at least one, each in a lane of 32; the memory of the others is not touched.
    #[inline(always)]
    unsafe fn load16(p: *const i16, n: usize) -> Self::Int {
        // SAFETY: passed on.
        unsafe { load_small::<Self, i16>(p, n) }
    }
    /// Stores the low 16 bits of each of the first `n` lanes of 32, at least one.
    #[inline(always)]
    unsafe fn store16(p: *mut i16, n: usize, v: Self::Int) {
        // SAFETY: passed on.
        unsafe { store_small::<Self, i16>(p, n, v, |lane| lane as i16) }
    }
    /// In each lane of 32 bits: the low `bits` of `first`, and behind them in memory as many of `second`. What lies
    /// beyond may be anything.
    #[inline(always)]
    unsafe fn join(bits: u32, first: Self::Int, second: Self::Int) -> Self::Int {
        let (low, high) = if cfg!(target_endian = "big") { (second, first) } else { (first, second) };
        // SAFETY: a vector has at most so many lanes.
        unsafe {
            let (mut x, mut y) = ([0u32; MOST_LANES], [0u32; MOST_LANES]);
            Self::store(x.as_mut_ptr(), low);
            Self::store(y.as_mut_ptr(), high);
            x.iter_mut().zip(y).for_each(|(x, y)| *x = *x & ((1 << bits) - 1) | y << bits);
            Self::load(x.as_ptr())
        }
    }
    /// The sum of the lanes of 32 bits of each vector.
    #[inline(always)]
    unsafe fn totals32(v: [Self::Int; 4]) -> [i32; 4] {
        let mut totals = [0; 4];
        for (total, v) in totals.iter_mut().zip(v) {
            let mut lanes = [0; MOST_LANES];
            // SAFETY: a vector has at most so many lanes.
            unsafe { Self::store(lanes.as_mut_ptr(), v) };
            *total = lanes.into_iter().fold(0, i32::wrapping_add);
        }
        totals
    }
    /// The sum of the lanes of 64 bits of each vector.
    #[inline(always)]
    unsafe fn totals64(v: [Self::Int; 4]) -> [i64; 4] {
        let mut totals = [0; 4];
        for (total, v) in totals.iter_mut().zip(v) {
            let mut lanes = [0; MOST_LANES / 2];
            // SAFETY: a vector has at most so many lanes.
            unsafe { Self::store(lanes.as_mut_ptr(), v) };
            *total = lanes.into_iter().fold(0, i64::wrapping_add);
        }
        totals
    }
    /// Signed lanes of 32 bits as lanes of 64: the lower half of them, and the upper.
    #[inline(always)]
    unsafe fn widen(v: Self::Int) -> [Self::Int; 2] {
        // SAFETY: a vector has at most so many lanes.
        unsafe {
            let mut lanes = [0; MOST_LANES];
            Self::store(lanes.as_mut_ptr(), v);
            let lanes = lanes.map(i64::from);
            let lanes = lanes.as_ptr();
            [Self::load(lanes), Self::load(lanes.add(Self::BYTES / 8))]
        }
    }
}

/// Lanes of 32 bits in the widest vector.
const MOST_LANES: usize = 16;

/// # Safety
/// `n` elements are readable, at most as many as a vector has lanes of 32 bits, and the CPU has `S`.
#[inline(always)]
unsafe fn load_small<S: SimdInt, T: Copy + Into<i32>>(p: *const T, n: usize) -> S::Int {
    // SAFETY: as promised to this function.
    unsafe {
        let mut lanes = [0; MOST_LANES];
        (0..n).for_each(|i| lanes[i] = (*p.add(i)).into());
        S::load(lanes.as_ptr())
    }
}

/// # Safety
/// `n` elements are writable, at most as many as a vector has lanes of 32 bits, and the CPU has `S`.
#[inline(always)]
unsafe fn store_small<S: SimdInt, T>(p: *mut T, n: usize, v: S::Int, low: impl Fn(i32) -> T) {
    // SAFETY: as promised to this function.
    unsafe {
        let mut lanes = [0; MOST_LANES];
        S::store(lanes.as_mut_ptr(), v);
        (0..n).for_each(|i| p.add(i).write(low(lanes[i])));
    }
}

/// Instruction sets that sum four 8-bit products at once.
///
/// # Safety
/// As for [`SimdInt`].
#[cfg_attr(not(any(test, target_arch = "x86_64")), allow(dead_code, reason = "NEON's are an extension"))]
pub(crate) trait Dot4: SimdInt {
    /// In each 32-bit lane: the four products of `a`'s unsigned bytes and `b`'s signed ones, added to `sum`.
    unsafe fn dot4(a: Self::Int, b: Self::Int, sum: Self::Int) -> Self::Int;
    /// The same in the lower half of the lanes; the others may be anything.
    #[inline(always)]
    unsafe fn dot4_low(a: Self::Int, b: Self::Int, sum: Self::Int) -> Self::Int {
        // SAFETY: passed on.
        unsafe { Self::dot4(a, b, sum) }
    }
}
