//! Contiguous rows: an inner product of each.

use std::marker::PhantomData;

use super::{TOGETHER, rows_of};
use crate::kernel::args::Gemv;
use crate::kernel::blocking::even_part;
use crate::kernel::lanes::Lanes;
use crate::kernel::order::Order;
use crate::kernel::parallel::{Shared, Team, reading};
use crate::kernel::passes::{dots, dots_in_turns};
use crate::kernel::ring::Ring;
use crate::kernel::simd::{Isa, Op};

/// Rows of up to so many bytes that come from memory are read one by one in so many places, each as far from the next
/// as there are rows to it.
const SHORT: usize = 64 << 10;
const PLACES: usize = 6;

/// The product with contiguous rows, and an `x` that stands for `g.x`. Threads take groups of rows, each of which is
/// summed up as on one thread.
///
/// # Safety
/// As for [`gemv`](super::gemv).
pub(super) unsafe fn rows<S: Isa, E: Lanes<S>>(g: &Gemv<E>, x: *const E) {
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

/// One inner product a row.
///
/// # Safety
/// As for [`gemv`](super::gemv); rows are contiguous, and so is `x`, which stands for `g.x`.
#[inline(always)]
unsafe fn by_rows<S, E: Lanes<S>>(g: &Gemv<E>, x: *const E, order: Order) {
    // SAFETY: as promised to this function.
    unsafe {
        let mut i = 0;
        match order {
            Order::OneByOne => return in_places::<S, E>(g, x),
            Order::Together if const { size_of::<E::Sum>() > size_of::<E::Vec>() } => {
                // Sums of twice as many rows are more than most instruction sets have registers for.
                i = some_rows::<S, E, 4, 1, false>(g, x, i);
            }
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

/// One row after the other in each of [`PLACES`], and those that are left. Which these are is another matter for each
/// part that a thread takes, so all are totalled one at a time: of four together the lanes are added in another order.
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
