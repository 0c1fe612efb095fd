//! Matrix times vector: it runs as fast as memory gives the operands.

use std::marker::PhantomData;

use super::args::{Gemv, Source, VecSource, VecTarget};
use super::blocking::{Caches, Parts, even_part};
use super::generic;
use super::lanes::Lanes;
use super::parallel::{Shared, Team, reading, sums};
use super::passes::{add_scaled, dots, dots_in_turns};
use super::ring::Ring;
use super::simd::{Isa, LINE, Op};
use super::vector_ops::AxpyOp;
use super::workspace;

/// Rows of a column-major matrix that are worked on at a time, in bytes of `y`: it stays in L2 while the columns pass, and
/// each is read in pieces that are long enough for the prefetcher.
const Y_BYTES: usize = 64 << 10;

const PAGE: usize = 4096;

/// Rows or columns that are read at once.
const TOGETHER: usize = 8;
/// Bytes of a `y` that threads take parts of, and of a part of it: a piece of a column that the prefetcher can follow.
const LONG: usize = 32 << 10;
const LEAST_PART: usize = 8 << 10;
/// Bytes of a row, and from one to the next, at which rows that come from memory are read one by one: they lie in one line
/// of which the prefetcher keeps ahead, while of several such rows at once it follows none for long. A shorter row takes
/// longer to begin than to read or write, a longer one is a line by itself.
const LEAST_ROW: usize = 256;
const MOST_APART: usize = 4096;

/// Rows of up to so many bytes that come from memory are read one by one in so many places, each as far from the next as
/// there are rows to it.
const SHORT: usize = 64 << 10;
const PLACES: usize = 6;

/// How contiguous rows are read, or written.
#[derive(Clone, Copy)]
pub(super) enum Order {
    /// One after the other; rows that are summed up, in each of [`PLACES`].
    OneByOne,
    /// Several at once.
    Together,
    /// Several at once, asked for ahead, since they come from memory.
    Far,
}

impl Order {
    /// For `count` rows of `n` elements, `stride` apart.
    #[inline(always)]
    pub fn of<E>(count: usize, n: usize, stride: isize) -> Self {
        let apart = stride.unsigned_abs().saturating_mul(size_of::<E>());
        let from_memory = |row: usize| count.saturating_mul(row) > Caches::get().l3 / 2;
        if n >= LEAST_ROW / size_of::<E>() && apart <= MOST_APART && from_memory(apart) {
            Order::OneByOne
        } else if from_memory(n.saturating_mul(size_of::<E>())) {
            Order::Far
        } else {
            Order::Together
        }
    }
}

/// Calls `work` with the vector's elements one after another, copied if they are not.
///
/// # Safety
/// The vector holds `n` readable elements.
pub(super) unsafe fn contiguous<E: Copy>(n: usize, x: VecSource<E>, work: impl FnOnce(*const E)) {
    if x.stride == 1 || n <= 1 {
        return work(x.ptr);
    }
    workspace::with(n * size_of::<E>(), |buffer| {
        let copy = buffer.cast::<E>();
        for i in 0..n {
            // SAFETY: i < n, in the vector and in the buffer.
            unsafe { *copy.add(i) = *x.ptr.offset(i as isize * x.stride) };
        }
        work(copy);
    });
}

/// `y = beta * y`, without reading `y` when `beta` is zero.
///
/// # Safety
/// `y` holds `n` writable elements.
unsafe fn scale_target<S, E: Lanes<S>>(n: usize, beta: E, y: VecTarget<E>) {
    if beta == E::one() {
        return;
    }
    for i in 0..n as isize {
        // SAFETY: i < n.
        unsafe {
            let y = y.ptr.offset(i * y.stride);
            *y = if beta == E::zero() { E::zero() } else { beta.mul(*y) };
        }
    }
}

/// [`Gemv`] in the vectors of `S`.
///
/// # Safety
/// The operands lie where `g` says, `y` is writable and overlaps neither `a` nor `x`, and the CPU has `S`.
pub(crate) unsafe fn gemv<S: Isa, E: Lanes<S>>(g: Gemv<E>) {
    // SAFETY: as promised to this function.
    unsafe {
        if g.n == 0 || g.alpha == E::zero() {
            scale_target::<S, E>(g.m, g.beta, g.y);
        } else if g.a.col_stride == 1 || g.n == 1 {
            // Each piece of vector code is entered by `vectorize`: a closure is a function of its own, without the
            // instruction set of the one that it is written in.
            contiguous(g.n, g.x, |x| rows::<S, E>(&g, x));
        } else if (g.a.row_stride == 1 || g.m == 1) && g.y.stride == 1 {
            columns::<S, E>(&g);
        } else if g.a.row_stride == 1 || g.m == 1 {
            workspace::with(g.m * size_of::<E>(), |buffer| {
                let copy = VecTarget { ptr: buffer.cast::<E>(), stride: 1 };
                let y = |i: usize| g.y.ptr.offset(i as isize * g.y.stride);
                if g.beta != E::zero() {
                    (0..g.m).for_each(|i| *copy.ptr.add(i) = *y(i));
                }
                columns::<S, E>(&Gemv { y: copy, ..g });
                (0..g.m).for_each(|i| *y(i) = *copy.ptr.add(i));
            });
        } else {
            generic::gemv(g);
        }
    }
}

/// The product with contiguous rows, and an `x` that stands for `g.x`. Threads take groups of rows, each of which is
/// summed up as on one thread.
///
/// # Safety
/// As for [`gemv`].
unsafe fn rows<S: Isa, E: Lanes<S>>(g: &Gemv<E>, x: *const E) {
    let order = match Order::of::<E>(g.m, g.n, g.a.row_stride) {
        Order::Far if g.n.saturating_mul(size_of::<E>()) <= SHORT => Order::OneByOne,
        order => order,
    };
    let cost = reading::<E>(g.m.saturating_mul(g.n));
    let team = Team::of(g.threads, cost);
    // SAFETY: as promised to this function; the groups are among the rows, and each is written by one thread.
    unsafe {
        if team.threads() == 1 {
            return S::vectorize::<ByRows<S, E>>((g, x, order));
        }
        let groups = g.m.div_ceil(TOGETHER);
        let parts = (2 * team.threads()).min(groups);
        let shared = Shared::new((g, x));
        team.share(parts, |part| {
            let &(g, x) = shared.get();
            let (first, groups) = even_part(groups, parts, part);
            let i = first * TOGETHER;
            let m = (groups * TOGETHER).min(g.m - i);
            S::vectorize::<ByRows<S, E>>((&rows_of(g, i, m), x, order));
        });
    }
}

/// The product with contiguous columns and a contiguous `y`. Threads take parts of a long `y`; to a short one they add up
/// parts of the columns, as many as there would be for one thread.
///
/// # Safety
/// As for [`gemv`].
unsafe fn columns<S: Isa, E: Lanes<S>>(g: &Gemv<E>) {
    let order = match Order::of::<E>(g.n, g.m, g.a.col_stride) {
        // What is asked for of columns that are pages apart lies in a few sets of L1, and is lost before it is read.
        Order::Far if g.a.col_stride.unsigned_abs().saturating_mul(size_of::<E>()).is_multiple_of(PAGE) => {
            Order::Together
        }
        order => order,
    };
    let elements = g.m.saturating_mul(g.n);
    let cost = reading::<E>(elements);
    let team = Team::of(g.threads, cost);
    let long = g.m >= LONG / size_of::<E>();
    let parts = if !long {
        sums::<E>(elements)
    } else if team.threads() > 1 {
        (2 * team.threads()).min(g.m * size_of::<E>() / LEAST_PART)
    } else {
        1
    };
    // SAFETY: as promised to this function; the parts are among the rows or the columns, and each thread writes a part
    // of `y`, or sums, of its own.
    unsafe {
        if parts == 1 {
            return S::vectorize::<ByColumns<S, E>>((g, order));
        }
        let shared = Shared::new(g);
        if long {
            return team.share(parts, |part| {
                let g = *shared.get();
                let (i, m) = even_part(g.m, parts, part);
                S::vectorize::<ByColumns<S, E>>((&rows_of(g, i, m), order));
            });
        }
        // Two threads that write to one line send it to and fro.
        let apart = g.m.next_multiple_of(LINE / size_of::<E>());
        workspace::with(parts * apart * size_of::<E>(), |buffer| {
            let shared = Shared::new((g, buffer.cast::<E>()));
            team.share(parts, |part| {
                let &(g, sums) = shared.get();
                let (j, n) = even_part(g.n, parts, part);
                let a = Source { ptr: g.a.ptr.offset(j as isize * g.a.col_stride), ..g.a };
                let x = VecSource { ptr: g.x.ptr.offset(j as isize * g.x.stride), ..g.x };
                let y = VecTarget { ptr: sums.add(part * apart), stride: 1 };
                S::vectorize::<ByColumns<S, E>>((&Gemv { n, a, x, y, beta: E::zero(), ..*g }, order));
            });
            scale_target::<S, E>(g.m, g.beta, g.y);
            for part in 0..parts {
                let sums = buffer.cast::<E>().add(part * apart);
                S::vectorize::<AxpyOp<S, E>>((g.m, E::one(), sums, false, g.y.ptr));
            }
        });
    }
}

/// The product of rows `i..i + m`.
///
/// # Safety
/// They are among the rows.
unsafe fn rows_of<E: Copy>(g: &Gemv<E>, i: usize, m: usize) -> Gemv<E> {
    // SAFETY: as promised to this function.
    unsafe {
        let a = Source { ptr: g.a.ptr.offset(i as isize * g.a.row_stride), ..g.a };
        Gemv { m, a, y: VecTarget { ptr: g.y.ptr.offset(i as isize * g.y.stride), ..g.y }, ..*g }
    }
}

/// [`by_rows`] as an operation.
struct ByRows<S, E>(PhantomData<(S, E)>);

impl<S, E: Lanes<S>> Op for ByRows<S, E> {
    type Args = (*const Gemv<E>, *const E, Order);
    type Output = ();

    #[inline(always)]
    unsafe fn run((g, x, order): Self::Args) {
        // SAFETY: as promised to `by_rows`.
        unsafe { by_rows::<S, E>(&*g, x, order) }
    }
}

/// [`by_columns`] as an operation.
struct ByColumns<S, E>(PhantomData<(S, E)>);

impl<S, E: Lanes<S>> Op for ByColumns<S, E> {
    type Args = (*const Gemv<E>, Order);
    type Output = ();

    #[inline(always)]
    unsafe fn run((g, order): Self::Args) {
        // SAFETY: as promised to `by_columns`.
        unsafe { by_columns::<S, E>(&*g, order) }
    }
}

/// One inner product a row.
///
/// # Safety
/// As for [`gemv`]; rows are contiguous, and so is `x`, which stands for `g.x`.
#[inline(always)]
unsafe fn by_rows<S, E: Lanes<S>>(g: &Gemv<E>, x: *const E, order: Order) {
    // SAFETY: as promised to this function.
    unsafe {
        let mut i = 0;
        match order {
            Order::OneByOne => return in_places::<S, E>(g, x),
            Order::Together => {
                i = some_rows::<S, E, TOGETHER, 1, false>(g, x, i);
                i = some_rows::<S, E, 4, 2, false>(g, x, i);
            }
            Order::Far => {
                i = some_rows::<S, E, TOGETHER, 1, true>(g, x, i);
                i = some_rows::<S, E, 4, 2, true>(g, x, i);
            }
        }
        some_rows::<S, E, 1, 4, false>(g, x, i);
    }
}

/// One row after the other in each of [`PLACES`], and those that are left. Which these are is another matter for each part
/// that a thread takes, so all are totalled one at a time: of four together the lanes are added in another order.
///
/// # Safety
/// As for [`by_rows`].
#[inline(always)]
unsafe fn in_places<S, E: Lanes<S>>(g: &Gemv<E>, x: *const E) {
    let apart = g.m / PLACES;
    let row = |i: usize| g.a.ptr.wrapping_offset(i as isize * g.a.row_stride);
    // SAFETY: the rows are among the m.
    unsafe {
        for i in 0..apart {
            let rows = (row(i), apart as isize * g.a.row_stride);
            let sums = dots_in_turns::<S, E, PLACES>(g.n, rows, (x, 0));
            (0..PLACES).for_each(|place| set(g, i + place * apart, E::total(sums[place], g.a.conj, g.x.conj)));
        }
        for i in PLACES * apart..g.m {
            let [sum] = dots_in_turns::<S, E, 1>(g.n, (row(i), 0), (x, 0));
            set(g, i, E::total(sum, g.a.conj, g.x.conj));
        }
    }
}

/// `y_i = alpha * total + beta * y_i`.
///
/// # Safety
/// `y` has the element.
#[inline(always)]
unsafe fn set<E: Ring>(g: &Gemv<E>, i: usize, total: E) {
    // SAFETY: as promised to this function.
    unsafe {
        let y = g.y.ptr.offset(i as isize * g.y.stride);
        let sum = g.alpha.mul(total);
        *y = if g.beta == E::zero() { sum } else { g.beta.mul_add(*y, sum) };
    }
}

/// The rows from `i` on, as long as there are `ROWS` of them; returns the first that is left.
///
/// # Safety
/// As for [`by_rows`].
#[inline(always)]
unsafe fn some_rows<S, E: Lanes<S>, const ROWS: usize, const UNROLL: usize, const FAR: bool>(
    g: &Gemv<E>,
    x: *const E,
    mut i: usize,
) -> usize {
    while i + ROWS <= g.m {
        // SAFETY: the rows are among the m.
        unsafe {
            let rows = g.a.ptr.offset(i as isize * g.a.row_stride);
            let sums = dots::<S, E, ROWS, UNROLL, FAR>(g.n, rows, g.a.row_stride, x);
            let mut totals = [E::zero(); ROWS];
            for r in (0..ROWS / 4 * 4).step_by(4) {
                let four = [sums[r], sums[r + 1], sums[r + 2], sums[r + 3]];
                totals[r..r + 4].copy_from_slice(&E::totals(four, g.a.conj, g.x.conj));
            }
            for r in ROWS / 4 * 4..ROWS {
                totals[r] = E::total(sums[r], g.a.conj, g.x.conj);
            }
            for (r, &total) in totals.iter().enumerate() {
                set(g, i + r, total);
            }
        }
        i += ROWS;
    }
    i
}

/// Scaled columns added up.
///
/// # Safety
/// As for [`gemv`]; columns are contiguous, and so is `y`.
#[inline(always)]
unsafe fn by_columns<S, E: Lanes<S>>(g: &Gemv<E>, order: Order) {
    for (start, m) in Parts::new(g.m, Y_BYTES / size_of::<E>()).iter() {
        // SAFETY: the rows start..start + m are among the m; the rest is as promised to this function.
        unsafe {
            let part = rows_of(g, start, m);
            scale_target::<S, E>(m, g.beta, part.y);
            match m.div_ceil(E::LANES) {
                1 => short_columns::<S, E, 1>(&part),
                2 => short_columns::<S, E, 2>(&part),
                3 => short_columns::<S, E, 3>(&part),
                4 => short_columns::<S, E, 4>(&part),
                _ => {
                    let mut j = 0;
                    match order {
                        Order::OneByOne => {}
                        Order::Together => {
                            j = some_columns::<S, E, TOGETHER, false>(&part, j);
                            j = some_columns::<S, E, 4, false>(&part, j);
                        }
                        Order::Far => {
                            j = some_columns::<S, E, TOGETHER, true>(&part, j);
                            j = some_columns::<S, E, 4, true>(&part, j);
                        }
                    }
                    some_columns::<S, E, 1, false>(&part, j);
                }
            }
        }
    }
}

/// All columns, of `VECTORS` vectors each, the last masked, added to a `y` that is in registers meanwhile.
///
/// # Safety
/// As for [`by_columns`].
#[inline(always)]
unsafe fn short_columns<S, E: Lanes<S>, const VECTORS: usize>(g: &Gemv<E>) {
    let last = (VECTORS - 1) * E::LANES;
    // SAFETY: the columns are among the n, and the mask names what the last vector has of the m rows.
    unsafe {
        let mask = E::mask(g.m - last);
        let mut sums = [E::load_masked(g.y.ptr.add(last), mask); VECTORS];
        for (v, sum) in sums.iter_mut().enumerate().take(VECTORS - 1) {
            *sum = E::load(g.y.ptr.add(v * E::LANES));
        }
        for j in 0..g.n {
            let x = factor(g.alpha, g.x, j, g.a.conj);
            let column = g.a.ptr.offset(j as isize * g.a.col_stride);
            for (v, sum) in sums.iter_mut().enumerate().take(VECTORS - 1) {
                *sum = E::add_scaled(x, E::load(column.add(v * E::LANES)), *sum);
            }
            sums[VECTORS - 1] = E::add_scaled(x, E::load_masked(column.add(last), mask), sums[VECTORS - 1]);
        }
        for (v, &sum) in sums.iter().enumerate().take(VECTORS - 1) {
            E::store(g.y.ptr.add(v * E::LANES), sum);
        }
        E::store_masked(g.y.ptr.add(last), mask, sums[VECTORS - 1]);
    }
}

/// The columns from `j` on, as long as there are `COLUMNS` of them, added to `y`; returns the first that is left.
///
/// # Safety
/// As for [`by_columns`].
#[inline(always)]
unsafe fn some_columns<S, E: Lanes<S>, const COLUMNS: usize, const FAR: bool>(g: &Gemv<E>, mut j: usize) -> usize {
    while j + COLUMNS <= g.n {
        // SAFETY: the columns are among the n.
        unsafe {
            let x: [E::Factor; COLUMNS] = std::array::from_fn(|c| factor(g.alpha, g.x, j + c, g.a.conj));
            let columns = g.a.ptr.offset(j as isize * g.a.col_stride);
            add_scaled::<S, E, COLUMNS, FAR>(g.m, &x, columns, g.a.col_stride, g.y.ptr);
        }
        j += COLUMNS;
    }
    j
}

/// `alpha` times element `i` of `x`, as the factor of a vector that is conjugated if `conj`.
///
/// # Safety
/// `x` has the element.
#[inline(always)]
pub(super) unsafe fn factor<S, E: Lanes<S>>(alpha: E, x: VecSource<E>, i: usize, conj: bool) -> E::Factor {
    // SAFETY: as promised to this function.
    unsafe {
        let value = *x.ptr.offset(i as isize * x.stride);
        E::factor(alpha.mul(if x.conj { value.conj() } else { value }), conj)
    }
}
