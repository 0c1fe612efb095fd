//! Packing where `K` consecutive elements along `k` make one unit, in the order of memory.

use super::pack::share_sets;
use super::ring::Ring;
use super::simd::integer::SimdInt;

/// Columns that are read at a time where they [`share_sets`].
const COLUMNS: usize = 8;

/// Packs rows of `lanes` units, one row after another along `k`: lane `j`, unit `q` goes to `to + q * width + j`, with
/// zeros up to lane `filled`.
///
/// # Safety
/// Elements `p * along + j * across` are readable for `p < k` and `j < lanes`; `filled` units of `K` elements are
/// writable in each of `k.div_ceil(K)` rows, `width` apart, and `lanes <= filled <= width`.
#[inline(always)]
unsafe fn pack_across<T: Ring, const K: usize>(
    from: *const T,
    (along, across): (isize, isize),
    k: usize,
    (lanes, filled, width): (usize, usize, usize),
    to: *mut T,
) {
    // SAFETY: q * K + i < k and j < lanes for what is read; q < k.div_ceil(K), j < filled and i < K for what is
    // written.
    unsafe {
        for q in 0..k.div_ceil(K) {
            let (from, to) = (from.offset((q * K) as isize * along), to.add(q * width * K));
            let taken = K.min(k - q * K);
            if taken == K {
                for j in 0..lanes {
                    for i in 0..K {
                        *to.add(j * K + i) = *from.offset(i as isize * along + j as isize * across);
                    }
                }
            } else {
                for j in 0..lanes {
                    for i in 0..K {
                        let read = || *from.offset(i as isize * along + j as isize * across);
                        *to.add(j * K + i) = if i < taken { read() } else { T::zero() };
                    }
                }
            }
            for j in lanes * K..filled * K {
                *to.add(j) = T::zero();
            }
        }
    }
}

/// A vector of which the first `n` units are those of `K` contiguous rows.
///
/// # Safety
/// `K` rows of `n` elements of 8 or 16 bits, `along` apart, are readable, and the CPU has `S`.
#[inline(always)]
unsafe fn units<S: SimdInt, T, const K: usize>(from: *const T, along: isize, n: usize) -> S::Int {
    // SAFETY: as promised to this function.
    unsafe {
        let row = |i: isize| from.offset(i * along);
        if K == 4 {
            let first = S::join(8, S::load8(row(0).cast(), n), S::load8(row(1).cast(), n));
            S::join(16, first, S::join(8, S::load8(row(2).cast(), n), S::load8(row(3).cast(), n)))
        } else {
            S::join(16, S::load16(row(0).cast(), n), S::load16(row(1).cast(), n))
        }
    }
}

/// Packs `count` whole units of contiguous rows, a vector at a time, with zeros up to `width`.
///
/// # Safety
/// `count * K` rows of `columns` elements of 8 or 16 bits, `along` apart, are readable; `width * count` units are
/// writable, and `width` is at least `columns`; the CPU has `S`.
#[inline(always)]
unsafe fn pack_rows<S: SimdInt, T, const K: usize>(
    from: *const T,
    along: isize,
    count: usize,
    (columns, width): (usize, usize),
    to: *mut i32,
) {
    let lanes = S::BYTES / 4;
    // SAFETY: q * K + i < count * K and j + n <= columns for what is read; what is written are `left` units at most,
    // those from q, j on.
    unsafe {
        for q in 0..count {
            let (from, to) = (from.offset((q * K) as isize * along), to.add(q * width));
            for j in (0..width).step_by(lanes) {
                let v =
                    if j < columns { units::<S, T, K>(from.add(j), along, lanes.min(columns - j)) } else { S::zero() };
                // What a whole vector has too many is written over by the next row.
                let left = (count - q) * width - j;
                if left >= lanes { S::store(to.add(j), v) } else { S::store32(to.add(j), left, v) }
            }
        }
    }
}

/// [`Kernel::pack_a`](super::micro::Kernel::pack_a) for units of `K` elements.
///
/// # Safety
/// As there.
#[inline(always)]
pub(crate) unsafe fn pack_a<T: Ring, U, const K: usize>(
    a: *const T,
    (row, col): (isize, isize),
    rows: usize,
    k: usize,
    to: *mut U,
) -> (isize, isize) {
    const { assert!(size_of::<U>() == K * size_of::<T>()) };
    let to = to.cast::<T>();
    // SAFETY: as promised to this function.
    unsafe {
        if col == 1 {
            // Contiguous elements make contiguous units: a copy, filled up with zeros.
            let units = k.div_ceil(K);
            for i in 0..rows {
                let to = to.add(i * units * K);
                std::ptr::copy_nonoverlapping(a.offset(i as isize * row), to, k);
                (k..units * K).for_each(|p| *to.add(p) = T::zero());
            }
            return (units as isize, 1);
        }
        if row == 1 {
            pack_across::<T, K>(a, (col, 1), k, (rows, rows, rows), to);
        } else {
            pack_across::<T, K>(a, (col, row), k, (rows, rows, rows), to);
        }
        (1, rows as isize)
    }
}

/// [`Kernel::pack_b`](super::micro::Kernel::pack_b) for units of `K` elements.
///
/// # Safety
/// As there.
#[inline(always)]
pub(crate) unsafe fn pack_b<T: Ring, U, const K: usize>(
    b: *const T,
    (row, col): (isize, isize),
    k: usize,
    columns: usize,
    width: usize,
    to: *mut U,
) {
    const { assert!(size_of::<U>() == K * size_of::<T>()) };
    let to = to.cast::<T>();
    // SAFETY: as promised to this function. A constant stride of 1 is what lets the loops vectorise.
    unsafe {
        match (row, col) {
            (_, 1) => pack_across::<T, K>(b, (row, 1), k, (columns, width, width), to),
            (1, _) => {
                let most = if share_sets::<T>(col) { COLUMNS } else { columns };
                for j in (0..columns).step_by(most) {
                    let lanes = most.min(columns - j);
                    let filled = if j + lanes == columns { width - j } else { lanes };
                    let (from, to) = (b.offset(j as isize * col), to.add(j * K));
                    pack_across::<T, K>(from, (1, col), k, (lanes, filled, width), to);
                }
            }
            _ => pack_across::<T, K>(b, (row, col), k, (columns, width, width), to),
        }
    }
}

/// [`pack_a`] for units of two 16-bit or four 8-bit integers, in panels of `MR` rows as a rule.
///
/// # Safety
/// As there, and the CPU has `S`.
#[inline(always)]
pub(crate) unsafe fn pack_small_a<S: SimdInt, T: Ring, const K: usize>(
    a: *const T,
    strides: (isize, isize),
    mr: usize,
    rows: usize,
    k: usize,
    to: *mut i32,
) -> (isize, isize) {
    // SAFETY: as promised to this function.
    unsafe {
        if strides.0 != 1 {
            return pack_a::<T, i32, K>(a, strides, rows, k, to);
        }
        // Straight code for a whole panel.
        if rows == mr {
            pack_small::<S, T, K>(a, strides.1, k, (mr, mr), to);
        } else {
            pack_small::<S, T, K>(a, strides.1, k, (rows, rows), to);
        }
        (1, rows as isize)
    }
}

/// [`pack_b`] for them.
///
/// # Safety
/// As there, and the CPU has `S`.
#[inline(always)]
pub(crate) unsafe fn pack_small_b<S: SimdInt, T: Ring, const K: usize>(
    b: *const T,
    strides: (isize, isize),
    k: usize,
    columns: usize,
    width: usize,
    to: *mut i32,
) {
    // SAFETY: as promised to this function.
    unsafe {
        if strides.1 == 1 {
            pack_small::<S, T, K>(b, strides.0, k, (columns, width), to);
        } else {
            pack_b::<T, i32, K>(b, strides, k, columns, width, to);
        }
    }
}

/// Packs `k` contiguous rows, the last unit filled up with zeros.
///
/// # Safety
/// `k` rows of `columns` elements, `along` apart, are readable, `width` units writable for each `K` of them, and the
/// CPU has `S`.
#[inline(always)]
unsafe fn pack_small<S: SimdInt, T: Ring, const K: usize>(
    from: *const T,
    along: isize,
    k: usize,
    (columns, width): (usize, usize),
    to: *mut i32,
) {
    const { assert!(K * size_of::<T>() == 4 && K > 1) };
    let whole = k / K;
    // SAFETY: as promised to this function.
    unsafe {
        pack_rows::<S, T, K>(from, along, whole, (columns, width), to);
        let (rest, to) = (from.wrapping_offset((whole * K) as isize * along), to.add(whole * width));
        pack_across::<T, K>(rest, (along, 1), k % K, (columns, width, width), to.cast());
    }
}
