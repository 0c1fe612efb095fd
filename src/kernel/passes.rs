//! Passes over vectors, at the speed of memory.

use num_traits::Float;

use super::lanes::{Lanes, even_odd};
use super::simd::{LINE, Simd, SimdFloat, multiples_apart, prefetch};

/// Asks for what comes eight lines after column `i` in `ROWS` rows of `n` elements, or in the rows after them: the
/// prefetcher follows rows that come from memory, and begins anew with each.
#[inline(always)]
fn ask_ahead<E, const ROWS: usize>(rows: *const E, row: isize, i: usize, n: usize) {
    let i = i + 8 * LINE / size_of::<E>();
    let from = if i < n { rows.wrapping_add(i) } else { rows.wrapping_offset(ROWS as isize * row).wrapping_add(i - n) };
    for r in 0..ROWS {
        prefetch::<1, _>(from.wrapping_offset(r as isize * row));
    }
}

/// `ROWS` inner products with one `y`: of `n` elements at `x`, at `x + row`, ...; from memory, if `FAR`.
///
/// # Safety
/// All rows and `y` hold `n` readable elements, and the CPU has `S`.
#[inline(always)]
pub(crate) unsafe fn dots<S, E: Lanes<S>, const ROWS: usize, const UNROLL: usize, const FAR: bool>(
    n: usize,
    x: *const E,
    row: isize,
    y: *const E,
) -> [E::Sum; ROWS] {
    // SAFETY: every load lies below n, the last one masked.
    unsafe {
        let mut sums = [[E::no_sum(); UNROLL]; ROWS];
        let mut i = 0;
        while i + UNROLL * E::LANES <= n {
            for u in 0..UNROLL {
                if FAR {
                    ask_ahead::<E, ROWS>(x, row, i + u * E::LANES, n);
                }
                let y = E::load(y.add(i + u * E::LANES));
                for (r, sums) in sums.iter_mut().enumerate() {
                    let x = E::load(x.offset(r as isize * row).add(i + u * E::LANES));
                    sums[u] = E::dot_add(x, y, sums[u]);
                }
            }
            i += UNROLL * E::LANES;
        }
        while i < n {
            let mask = E::mask(E::LANES.min(n - i));
            let y = E::load_masked(y.add(i), mask);
            for (r, sums) in sums.iter_mut().enumerate() {
                sums[0] = E::dot_add(E::load_masked(x.offset(r as isize * row).add(i), mask), y, sums[0]);
            }
            i += E::LANES;
        }
        let mut totals = [E::no_sum(); ROWS];
        for (total, sums) in totals.iter_mut().zip(&sums) {
            for &sum in sums {
                *total = E::merge(*total, sum);
            }
        }
        totals
    }
}

/// The inner product of two vectors that are aligned `before` elements on, fewer than a vector has: read from there on,
/// since a vector that lies across two lines takes twice the time of one that does not.
///
/// Each element is added to the partial sum to which [`dots`] with an `UNROLL` of four adds it, so that the result does
/// not depend on where the vectors lie.
///
/// # Safety
/// Both vectors hold `n` readable elements, at least those of four vectors; `before` is not zero, and the CPU has `S`.
#[inline(always)]
pub(crate) unsafe fn dot_aligned<S, E: Lanes<S>>(n: usize, before: usize, x: *const E, y: *const E) -> E::Sum {
    let step = 4 * E::LANES;
    let whole = n / step * step;
    // SAFETY: every load lies below n, parts of vectors masked.
    unsafe {
        let mut sums = [E::no_sum(); 4];
        let mask = E::mask(before);
        sums[0] = E::dot_add(E::load_masked(x, mask), E::load_masked(y, mask), sums[0]);
        sums = E::turned(sums, before);
        let mut i = before;
        while i + step <= whole {
            for (u, sum) in sums.iter_mut().enumerate() {
                let i = i + u * E::LANES;
                *sum = E::dot_add(E::load(x.add(i)), E::load(y.add(i)), *sum);
            }
            i += step;
        }
        // What is left of the last step: more than three vectors.
        for (u, sum) in sums.iter_mut().enumerate() {
            let i = i + u * E::LANES;
            let mask = E::mask(E::LANES.min(whole - i));
            *sum = E::dot_add(E::load_masked(x.add(i), mask), E::load_masked(y.add(i), mask), *sum);
        }
        sums = E::turned(sums, step - before);
        i = whole;
        while i < n {
            let mask = E::mask(E::LANES.min(n - i));
            sums[0] = E::dot_add(E::load_masked(x.add(i), mask), E::load_masked(y.add(i), mask), sums[0]);
            i += E::LANES;
        }
        sums.into_iter().fold(E::no_sum(), |total, sum| E::merge(total, sum))
    }
}

/// Elements of a row that [`dots_in_turns`] reads before it goes to the next one: those of eight lines.
pub(crate) const fn turn<E>() -> usize {
    8 * LINE / size_of::<E>()
}

/// [`dots`] of rows in places of memory that are far from each other, whole lines of each in turn: of one place alone,
/// or a vector of each at a time, the prefetchers do not keep memory busy. Row `r` is multiplied with `y + r * y_row`.
///
/// Each is summed up in the same order however many there are.
///
/// # Safety
/// As for [`dots`].
#[inline(always)]
pub(crate) unsafe fn dots_in_turns<S, E: Lanes<S>, const ROWS: usize>(
    n: usize,
    (x, row): (*const E, isize),
    (y, y_row): (*const E, isize),
) -> [E::Sum; ROWS] {
    // SAFETY: every load lies below n, the last one masked.
    unsafe {
        let mut sums = [[E::no_sum(); 2]; ROWS];
        let mut i = 0;
        while i + turn::<E>() <= n {
            for (r, sums) in sums.iter_mut().enumerate() {
                let (x, y) = (x.offset(r as isize * row).add(i), y.offset(r as isize * y_row).add(i));
                for v in 0..turn::<E>() / E::LANES {
                    sums[v % 2] = E::dot_add(E::load(x.add(v * E::LANES)), E::load(y.add(v * E::LANES)), sums[v % 2]);
                }
            }
            i += turn::<E>();
        }
        for (r, sums) in sums.iter_mut().enumerate() {
            let (x, y) = (x.offset(r as isize * row), y.offset(r as isize * y_row));
            let mut i = i;
            while i + E::LANES <= n {
                sums[0] = E::dot_add(E::load(x.add(i)), E::load(y.add(i)), sums[0]);
                i += E::LANES;
            }
            if i < n {
                let mask = E::mask(n - i);
                sums[1] = E::dot_add(E::load_masked(x.add(i), mask), E::load_masked(y.add(i), mask), sums[1]);
            }
        }
        let mut totals = [E::no_sum(); ROWS];
        for (total, [even, odd]) in totals.iter_mut().zip(sums) {
            *total = E::merge(even, odd);
        }
        totals
    }
}

/// `y += x_0 * v_0 + x_1 * v_1 + ...` for `COLUMNS` contiguous vectors, `column` elements apart; from memory, if
/// `FAR`.
///
/// # Safety
/// All vectors hold `n` elements, `y` is writable, and the CPU has `S`.
#[inline(always)]
pub(crate) unsafe fn add_scaled<S, E: Lanes<S>, const COLUMNS: usize, const FAR: bool>(
    n: usize,
    x: &[E::Factor; COLUMNS],
    v: *const E,
    column: isize,
    y: *mut E,
) {
    const UNROLL: usize = 4;
    // SAFETY: every access lies below n, the last one masked.
    unsafe {
        if COLUMNS == 1 {
            return scaled::<S, E, true>(n, x[0], v, y);
        }
        let mut i = 0;
        while i + UNROLL * E::LANES <= n {
            if FAR {
                (0..UNROLL).for_each(|u| ask_ahead::<E, COLUMNS>(v, column, i + u * E::LANES, n));
            }
            // Whole lines of one column after another: where they and that of `y` are more than a set of the cache
            // holds, each is still read once.
            let mut sums = [E::no_sum(); UNROLL];
            for (u, sum) in sums.iter_mut().enumerate() {
                *sum = E::begin(E::load(y.add(i + u * E::LANES)));
            }
            for (c, &x) in x.iter().enumerate() {
                let v = v.offset(c as isize * column).add(i);
                for (u, sum) in sums.iter_mut().enumerate() {
                    *sum = E::collect(x, E::load(v.add(u * E::LANES)), *sum);
                }
            }
            for (u, &sum) in sums.iter().enumerate() {
                E::store(y.add(i + u * E::LANES), E::collected(sum));
            }
            i += UNROLL * E::LANES;
        }
        while i + E::LANES <= n {
            E::store(y.add(i), sum::<S, E, COLUMNS>(x, v.add(i), column, E::load(y.add(i))));
            i += E::LANES;
        }
        if i < n {
            let mask = E::mask(n - i);
            let mut sum = E::begin(E::load_masked(y.add(i), mask));
            for (c, &x) in x.iter().enumerate() {
                sum = E::collect(x, E::load_masked(v.offset(c as isize * column).add(i), mask), sum);
            }
            E::store_masked(y.add(i), mask, E::collected(sum));
        }
    }
}

/// [`add_scaled`] of columns that [`lie_alike`]: all but their first and last vectors, which overlap others, are read
/// from whole lines.
///
/// # Safety
/// As for [`add_scaled`].
#[inline(always)]
pub(crate) unsafe fn add_scaled_lines<S, E: Lanes<S>, const COLUMNS: usize>(
    n: usize,
    x: &[E::Factor; COLUMNS],
    v: *const E,
    column: isize,
    y: *mut E,
) {
    let (start, end) = (until_line(v), n - E::LANES);
    // SAFETY: columns that lie alike hold so many vectors that a line and the last one are among them.
    unsafe {
        // As they are before any is written.
        let (first, last) = (sum::<S, E, COLUMNS>(x, v, column, E::load(y)), E::load(y.add(end)));
        let mut i = start;
        while i > E::LANES {
            i -= E::LANES;
            E::store(y.add(i), sum::<S, E, COLUMNS>(x, v.add(i), column, E::load(y.add(i))));
        }
        let whole = (n - start) / E::LANES * E::LANES;
        add_scaled::<S, E, COLUMNS, false>(whole, x, v.add(start), column, y.add(start));
        E::store(y, first);
        E::store(y.add(end), sum::<S, E, COLUMNS>(x, v.add(end), column, last));
    }
}

/// Elements from where a line begins, before `v`, to where the next one does.
#[inline(always)]
fn until_line<E>(v: *const E) -> usize {
    (LINE - v.addr() % LINE) / size_of::<E>()
}

/// Whether columns begin alike, but not with a line, and are long enough to be read from one on: what is multiplied
/// twice for that is worth it where a vector takes one multiply-add.
#[inline(always)]
pub(crate) fn lie_alike<S, E: Lanes<S>>(n: usize, v: *const E, column: isize) -> bool {
    let one = const { size_of::<E::Sum>() == size_of::<E::Vec>() };
    one && n >= 16 * E::LANES
        && multiples_apart::<E>(column, E::LANES * size_of::<E>())
        && !v.addr().is_multiple_of(LINE)
}

/// `y` and a vector of each column, scaled.
///
/// # Safety
/// The vectors are readable, and the CPU has `S`.
#[inline(always)]
unsafe fn sum<S, E: Lanes<S>, const COLUMNS: usize>(
    x: &[E::Factor; COLUMNS],
    v: *const E,
    column: isize,
    y: E::Vec,
) -> E::Vec {
    // SAFETY: as promised to this function.
    unsafe {
        let mut sum = E::begin(y);
        for (c, &x) in x.iter().enumerate() {
            sum = E::collect(x, E::load(v.offset(c as isize * column)), sum);
        }
        E::collected(sum)
    }
}

/// `x * v`, or that plus the vector at `y` if `ADD`.
///
/// # Safety
/// The vector is readable, and the CPU has `S`.
#[inline(always)]
unsafe fn scaled_vector<S, E: Lanes<S>, const ADD: bool>(x: E::Factor, v: E::Vec, y: *const E) -> E::Vec {
    // SAFETY: as promised to this function.
    unsafe { if ADD { E::add_scaled(x, v, E::load(y)) } else { E::scaled(x, v) } }
}

/// The same for the lanes that `mask` names.
///
/// # Safety
/// The lanes are readable at `v` and writable at `y`, and the CPU has `S`.
#[inline(always)]
unsafe fn scale_masked<S, E: Lanes<S>, const ADD: bool>(x: E::Factor, mask: E::Mask, v: *const E, y: *mut E) {
    // SAFETY: as promised to this function.
    unsafe {
        let v = E::load_masked(v, mask);
        let new = if ADD { E::add_scaled(x, v, E::load_masked(y, mask)) } else { E::scaled(x, v) };
        E::store_masked(y, mask, new);
    }
}

/// `y = x * v`, or `y += x * v` if `ADD`, for contiguous vectors.
///
/// A vector that is written across two cache lines takes twice the time of one that is not. So all but the first and
/// the last are written where they are aligned, and these two, which overlap the others, after them.
///
/// # Safety
/// Both vectors hold `n` elements, `y` is writable, and the CPU has `S`.
#[inline(always)]
pub(crate) unsafe fn scaled<S, E: Lanes<S>, const ADD: bool>(n: usize, x: E::Factor, v: *const E, y: *mut E) {
    const UNROLL: usize = 4;
    // SAFETY: every access lies below n: vectors from `i` on while `i + LANES <= n`, the last from `n - LANES` on.
    unsafe {
        if n < E::LANES {
            if n > 0 {
                scale_masked::<S, E, ADD>(x, E::mask(n), v, y);
            }
            return;
        }
        let end = n - E::LANES;
        let first = scaled_vector::<S, E, ADD>(x, E::load(v), y);
        let last = scaled_vector::<S, E, ADD>(x, E::load(v.add(end)), y.add(end));
        let bytes = E::LANES * size_of::<E>();
        let mut i = (bytes - y.addr() % bytes) / size_of::<E>();
        while i + UNROLL * E::LANES <= n {
            // All loads before the stores: one that lies, but for whole pages, where something was just stored, waits.
            let mut new = [first; UNROLL];
            for (u, new) in new.iter_mut().enumerate() {
                let i = i + u * E::LANES;
                *new = scaled_vector::<S, E, ADD>(x, E::load(v.add(i)), y.add(i));
            }
            for (u, &new) in new.iter().enumerate() {
                E::store(y.add(i + u * E::LANES), new);
            }
            i += UNROLL * E::LANES;
        }
        while i < end {
            E::store(y.add(i), scaled_vector::<S, E, ADD>(x, E::load(v.add(i)), y.add(i)));
            i += E::LANES;
        }
        E::store(y, first);
        E::store(y.add(end), last);
    }
}

/// `a_i = x_i * v`, or `a_i += x_i * v` if `ADD`, for `ROWS` contiguous vectors `a_i`, `row` elements apart; in
/// memory, if `FAR`.
///
/// # Safety
/// All vectors hold `n` elements, those of `a` are writable, and the CPU has `S`.
#[inline(always)]
pub(crate) unsafe fn scaled_rows<S, E: Lanes<S>, const ADD: bool, const ROWS: usize, const FAR: bool>(
    n: usize,
    x: &[E::Factor; ROWS],
    v: *const E,
    a: *mut E,
    row: isize,
) {
    // SAFETY: every access lies below n, the last one masked.
    unsafe {
        let mut i = 0;
        while i + E::LANES <= n {
            if FAR {
                ask_ahead::<E, ROWS>(a, row, i, n);
            }
            let v = E::load(v.add(i));
            for (r, &x) in x.iter().enumerate() {
                let a = a.offset(r as isize * row).add(i);
                E::store(a, scaled_vector::<S, E, ADD>(x, v, a));
            }
            i += E::LANES;
        }
        if i < n {
            for (r, &x) in x.iter().enumerate() {
                scale_masked::<S, E, ADD>(x, E::mask(n - i), v.add(i), a.offset(r as isize * row).add(i));
            }
        }
    }
}

/// `x = factor * x`.
///
/// # Safety
/// `x` holds `n` writable elements, and the CPU has `S`.
#[inline(always)]
pub(crate) unsafe fn scale<S, E: Lanes<S>>(n: usize, factor: E::Factor, x: *mut E) {
    const UNROLL: usize = 4;
    // SAFETY: every access lies below n, the last one masked.
    unsafe {
        let mut i = 0;
        while i + UNROLL * E::LANES <= n {
            for u in 0..UNROLL {
                let x = x.add(i + u * E::LANES);
                E::store(x, E::scaled(factor, E::load(x)));
            }
            i += UNROLL * E::LANES;
        }
        while i < n {
            let mask = E::mask(E::LANES.min(n - i));
            E::store_masked(x.add(i), mask, E::scaled(factor, E::load_masked(x.add(i), mask)));
            i += E::LANES;
        }
    }
}

/// The largest of `|x|`, or of `|x| + |y|` over neighbours where `PAIRS`; NaN counts as nothing.
///
/// # Safety
/// `x` holds `n` readable elements, and the CPU has `S`.
#[inline(always)]
pub(crate) unsafe fn largest<S: SimdFloat<T>, T: Float, const PAIRS: bool>(n: usize, x: *const T) -> T {
    const UNROLL: usize = 4;
    // SAFETY: every load lies below n, the last one masked (a lane of zero is never the largest).
    unsafe {
        let mut largest = [S::zero(); UNROLL];
        let mut i = 0;
        while i < n {
            for largest in &mut largest {
                if i < n {
                    let full = i + S::LANES <= n;
                    let v = if full { S::load(x.add(i)) } else { S::load_masked(x.add(i), S::mask(n - i)) };
                    let v = S::abs(v);
                    *largest = S::max(*largest, if PAIRS { S::add(v, S::swap_pairs(v)) } else { v });
                    i += S::LANES;
                }
            }
        }
        let largest = S::max(S::max(largest[0], largest[1]), S::max(largest[2], largest[3]));
        largest_lane::<S, T>(largest)
    }
}

/// # Safety
/// The CPU has `S`.
#[inline(always)]
unsafe fn largest_lane<S: Simd<T>, T: Float>(v: S::Vec) -> T {
    let mut lanes = [T::zero(); 16];
    // SAFETY: no vector has more than 16 lanes of floats.
    unsafe { S::store(lanes.as_mut_ptr(), v) };
    lanes.into_iter().fold(T::zero(), |a, b| if b > a { b } else { a })
}

/// The sum of the squares (or of the absolute values), and the largest absolute value; NaN is never the largest.
///
/// # Safety
/// `x` holds `n` readable elements, and the CPU has `S`.
#[inline(always)]
pub(crate) unsafe fn reduce<S: SimdFloat<T>, T: Float, const SQUARE: bool>(n: usize, x: *const T) -> (T, T) {
    const UNROLL: usize = 4;
    // SAFETY: every load lies below n, the last one masked (a lane of zero adds nothing and is never the largest).
    unsafe {
        let (mut sums, mut largest) = ([S::zero(); UNROLL], [S::zero(); UNROLL]);
        let mut i = 0;
        while i + UNROLL * S::LANES <= n {
            for u in 0..UNROLL {
                let v = S::abs(S::load(x.add(i + u * S::LANES)));
                sums[u] = if SQUARE { S::mul_add(v, v, sums[u]) } else { S::add(sums[u], v) };
                largest[u] = S::max(largest[u], v);
            }
            i += UNROLL * S::LANES;
        }
        while i < n {
            let v = S::abs(S::load_masked(x.add(i), S::mask(S::LANES.min(n - i))));
            sums[0] = if SQUARE { S::mul_add(v, v, sums[0]) } else { S::add(sums[0], v) };
            largest[0] = S::max(largest[0], v);
            i += S::LANES;
        }
        let sum = S::add(S::add(sums[0], sums[1]), S::add(sums[2], sums[3]));
        let largest = S::max(S::max(largest[0], largest[1]), S::max(largest[2], largest[3]));
        let (even, odd) = even_odd::<S, T>(sum);
        (even + odd, largest_lane::<S, T>(largest))
    }
}
