//! Panels: parts of `a` and `b` copied to where the micro-kernel reads them in order.
//!
//! The micro-kernel takes single elements of `a` at any two strides, so packing `a` is a plain copy along whichever of
//! its strides is 1. Of `b` it takes vectors along the columns, so packing a `b` whose columns are not contiguous is a
//! transposition.
#![allow(clippy::undocumented_unsafe_blocks, reason = "each function passes its own contract on")]

use num_complex::Complex;

use super::simd::{LINE, PAGE, Simd, SimdFloat, multiples_apart, prefetch};

/// Rows of `b` that are asked for ahead: as many as are packed at a time, so that the next ones are on their way.
pub(crate) const AHEAD: isize = 8;

/// Whether contiguous runs of elements that are `stride` apart share so few sets of L1 that it does not hold a line of
/// each run until the next element of all is taken.
pub(crate) fn share_sets<T>(stride: isize) -> bool {
    multiples_apart::<T>(stride, 1024)
}

/// Elements that vectors of `S` can move.
pub(crate) trait Movable<S>: Copy {
    const ZERO: Self;
    /// Elements in a vector.
    const LANES: usize;
    /// Side of the blocks that [`transpose`](Self::transpose) takes; 1 where there is none.
    const BLOCK: usize;

    /// Copies `n` elements; what of the last vector lies beyond `n` is filled with zeros up to `width`, a multiple of
    /// `LANES` or `n` itself.
    ///
    /// # Safety
    /// `n` elements are readable, `width` writable, and the CPU has `S`.
    unsafe fn copy(from: *const Self, n: usize, width: usize, to: *mut Self);

    /// Transposes a block of `BLOCK x BLOCK`.
    ///
    /// # Safety
    /// The block is readable at `from`, writable at `to`, and the CPU has `S`.
    unsafe fn transpose(from: *const Self, from_row: isize, to: *mut Self, to_row: isize);
}

/// Copies with the vectors of `V`, of which each element takes `parts`.
///
/// # Safety
/// As for [`Movable::copy`].
#[inline(always)]
unsafe fn copy<S: Simd<V>, V: Copy>(from: *const V, n: usize, width: usize, to: *mut V) {
    // SAFETY: `i + LANES <= n` in the loop; the tail is masked; and `width` is either whole vectors or `n`.
    unsafe {
        let mut i = 0;
        while i + S::LANES <= n {
            S::store(to.add(i), S::load(from.add(i)));
            i += S::LANES;
        }
        if i < n {
            let mask = S::mask(n - i);
            let tail = S::load_masked(from.add(i), mask);
            if i + S::LANES <= width {
                S::store(to.add(i), tail);
                i += S::LANES;
            } else {
                S::store_masked(to.add(i), mask, tail);
                i = n;
            }
        }
        while i < width {
            S::store(to.add(i), S::zero());
            i += S::LANES;
        }
    }
}

macro_rules! movable {
    ($($t:ty = $parts:literal of $v:ty, $zero:expr, $transposes:literal;)*) => {$(
        impl<S: SimdFloat<$v>> Movable<S> for $t {
            const ZERO: Self = $zero;
            const LANES: usize = S::LANES / $parts;
            const BLOCK: usize = if $transposes { S::BLOCK } else { 1 };

            #[inline(always)]
            unsafe fn copy(from: *const Self, n: usize, width: usize, to: *mut Self) {
                unsafe { copy::<S, $v>(from.cast(), n * $parts, width * $parts, to.cast()) }
            }
            #[inline(always)]
            unsafe fn transpose(from: *const Self, from_row: isize, to: *mut Self, to_row: isize) {
                unsafe { S::transpose(from.cast(), from_row, to.cast(), to_row) }
            }
        }
    )*};
}

movable! {
    f32 = 1 of f32, 0.0, true;
    f64 = 1 of f64, 0.0, true;
    // As wide as an f64, and only moved.
    Complex<f32> = 1 of f64, Complex::new(0.0, 0.0), true;
    Complex<f64> = 2 of f64, Complex::new(0.0, 0.0), false;
}

/// Copies `n` elements, fewer than make a loop worthwhile.
///
/// # Safety
/// So many are readable at `from` and writable at `to`.
#[inline(always)]
unsafe fn copy_few<T: Copy>(from: *const T, n: usize, to: *mut T) {
    let mut i = 0;
    // SAFETY: the elements from `i` on are as many as the arrays have.
    unsafe {
        while n - i >= 4 {
            to.add(i).cast::<[T; 4]>().write(from.add(i).cast::<[T; 4]>().read());
            i += 4;
        }
        if n - i >= 2 {
            to.add(i).cast::<[T; 2]>().write(from.add(i).cast::<[T; 2]>().read());
            i += 2;
        }
        if n > i {
            to.add(i).write(from.add(i).read());
        }
    }
}

/// [`Kernel::pack_a`](super::micro::Kernel::pack_a) where a unit is an element.
///
/// # Safety
/// `rows x k` elements are readable at `a`, as many writable at `to`, and the CPU has `S`.
#[inline(always)]
pub(crate) unsafe fn pack_a<S, T: Movable<S>>(
    a: *const T,
    (row, col): (isize, isize),
    rows: usize,
    k: usize,
    to: *mut T,
) -> (isize, isize) {
    // SAFETY: i < rows and p < k throughout.
    unsafe {
        if col == 1 {
            for i in 0..rows {
                T::copy(a.offset(i as isize * row), k, k, to.add(i * k));
            }
            return (k as isize, 1);
        }
        for p in 0..k {
            let (from, to) = (a.offset(p as isize * col), to.add(p * rows));
            if row == 1 {
                // Those of the next panel, since no prefetcher foresees lines a column apart.
                prefetch::<2, _>(from.wrapping_add(2 * rows - 1));
            }
            if row == 1 && rows == T::LANES {
                T::copy(from, T::LANES, T::LANES, to);
            } else if row == 1 && size_of::<T>() <= 8 {
                // Larger ones take a move each in any case.
                copy_few(from, rows, to);
            } else {
                (0..rows).for_each(|i| *to.add(i) = *from.offset(i as isize * row));
            }
        }
        (1, rows as isize)
    }
}

/// Packs `k` rows of contiguous `columns`, with zeros up to `width`.
///
/// # Safety
/// As for [`pack_b`].
#[inline(always)]
unsafe fn copy_rows<S, T: Movable<S>>(b: *const T, row: isize, k: usize, columns: usize, width: usize, to: *mut T) {
    // Of rows in one set L1 would lose those that are copied now.
    let one_set = multiples_apart::<T>(row, PAGE);
    for p in 0..k {
        let from = b.wrapping_offset(p as isize * row);
        for line in (0..columns).step_by(LINE / size_of::<T>()) {
            let ahead = from.wrapping_offset(AHEAD * row).wrapping_add(line);
            if one_set { prefetch::<2, _>(ahead) } else { prefetch::<1, _>(ahead) }
        }
        // SAFETY: p < k.
        unsafe { T::copy(from, columns, width, to.add(p * width)) };
    }
}

/// Where blocks of `side` begin that make up `n`, at least `side`: the last may take again what the one before has.
#[inline(always)]
fn blocks(n: usize, side: usize) -> impl Iterator<Item = usize> {
    (0..n).step_by(side).map(move |i| i.min(n - side))
}

/// [`Kernel::pack_b`](super::micro::Kernel::pack_b) where a unit is an element.
///
/// # Safety
/// `k x columns` elements are readable at `b`, `k * width` writable at `to`, and the CPU has `S`.
#[inline(always)]
pub(crate) unsafe fn pack_b<S, T: Movable<S>>(
    b: *const T,
    (row, col): (isize, isize),
    k: usize,
    columns: usize,
    width: usize,
    to: *mut T,
) {
    // SAFETY: p < k and j < columns for what is read, j < width for what is written.
    unsafe {
        if col == 1 {
            // Straight code for as many vectors as whole strips have.
            match (columns == width).then_some(width / T::LANES) {
                Some(1) => copy_rows::<S, T>(b, row, k, T::LANES, T::LANES, to),
                Some(2) => copy_rows::<S, T>(b, row, k, 2 * T::LANES, 2 * T::LANES, to),
                Some(3) => copy_rows::<S, T>(b, row, k, 3 * T::LANES, 3 * T::LANES, to),
                _ => copy_rows::<S, T>(b, row, k, columns, width, to),
            }
            return;
        }
        let by_blocks = row == 1 && T::BLOCK > 1 && k >= T::BLOCK && columns >= T::BLOCK;
        if by_blocks {
            for j in blocks(columns, T::BLOCK) {
                for p in blocks(k, T::BLOCK) {
                    let from = b.offset(p as isize + j as isize * col);
                    T::transpose(from, col, to.add(p * width + j), width as isize);
                }
            }
        }
        let left = if by_blocks { columns } else { 0 };
        if left == width {
            return;
        }
        for p in 0..k {
            let to = to.add(p * width);
            for j in left..columns {
                *to.add(j) = *b.offset(p as isize * row + j as isize * col);
            }
            for j in columns..width {
                *to.add(j) = T::ZERO;
            }
        }
    }
}
