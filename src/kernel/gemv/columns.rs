//! Contiguous columns, scaled and added up.

use std::marker::PhantomData;

use super::{TOGETHER, factor, factors, rows_of, scale_target};
use crate::kernel::args::{Gemv, Source, VecSource, VecTarget};
use crate::kernel::blocking::{Parts, even_part};
use crate::kernel::lanes::Lanes;
use crate::kernel::order::Order;
use crate::kernel::parallel::{Shared, Team, reading, sums};
use crate::kernel::passes::{add_scaled, add_scaled_lines, lie_alike};
use crate::kernel::simd::{Isa, LINE, Op, PAGE, multiples_apart};
use crate::kernel::vector_ops::AxpyOp;
use crate::kernel::workspace;

/// Rows of a column-major matrix that are worked on at a time, in bytes of `y`: it stays in L2 while the columns pass,
/// and each is read in pieces that are long enough for the prefetcher.
const Y_BYTES: usize = 64 << 10;
/// Bytes of a `y` that threads take parts of, and of a part of it: a piece of a column that the prefetcher can follow.
const LONG: usize = 32 << 10;
const LEAST_PART: usize = 8 << 10;

/// Columns that are read at once where they, and `y`, lie in the same sets of L1, of eight lines each.
const TOGETHER_IN_SETS: usize = 6;

/// The product with contiguous columns and a contiguous `y`. Threads take parts of a long `y`; to a short one they add
/// up parts of the columns, as many as there would be for one thread.
///
/// # Safety
/// As for [`gemv`](super::gemv).
pub(super) unsafe fn columns<S: Isa, E: Lanes<S>>(g: &Gemv<E>) {
    let order = Order::of::<E>(g.n, g.m, g.a.col_stride);
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

/// Whether columns lie whole pages from one another.
#[inline(always)]
fn pages_apart<E>(g: &Gemv<E>) -> bool {
    multiples_apart::<E>(g.a.col_stride, PAGE)
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

/// Scaled columns added up.
///
/// # Safety
/// As for [`gemv`](super::gemv); columns are contiguous, and so is `y`.
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
                    let (pages, lines) = (pages_apart(g), lie_alike::<S, E>(m, part.a.ptr, part.a.col_stride));
                    let j = match order {
                        Order::OneByOne => 0,
                        Order::Together if pages && lines => most_columns::<S, E, TOGETHER_IN_SETS, BY_LINES>(&part),
                        Order::Together if lines => most_columns::<S, E, TOGETHER, BY_LINES>(&part),
                        Order::Together if pages => most_columns::<S, E, TOGETHER_IN_SETS, PLAINLY>(&part),
                        // What is asked for ahead of columns in a few sets of L1 is lost before it is read.
                        Order::Far if !pages => most_columns::<S, E, TOGETHER, ASKED_FOR>(&part),
                        Order::Together | Order::Far => most_columns::<S, E, TOGETHER, PLAINLY>(&part),
                    };
                    some_columns::<S, E, 1, PLAINLY>(&part, j);
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
        let mut sums = [E::begin(E::load_masked(g.y.ptr.add(last), mask)); VECTORS];
        for (v, sum) in sums.iter_mut().enumerate().take(VECTORS - 1) {
            *sum = E::begin(E::load(g.y.ptr.add(v * E::LANES)));
        }
        for j in 0..g.n {
            let x = factor(g.alpha, g.x, j, g.a.conj);
            let column = g.a.ptr.offset(j as isize * g.a.col_stride);
            for (v, sum) in sums.iter_mut().enumerate().take(VECTORS - 1) {
                *sum = E::collect(x, E::load(column.add(v * E::LANES)), *sum);
            }
            sums[VECTORS - 1] = E::collect(x, E::load_masked(column.add(last), mask), sums[VECTORS - 1]);
        }
        for (v, &sum) in sums.iter().enumerate().take(VECTORS - 1) {
            E::store(g.y.ptr.add(v * E::LANES), E::collected(sum));
        }
        E::store_masked(g.y.ptr.add(last), mask, E::collected(sums[VECTORS - 1]));
    }
}

/// How columns are added up: as they come, [asked for ahead](add_scaled), or [by whole lines](add_scaled_lines).
const PLAINLY: u8 = 0;
const ASKED_FOR: u8 = 1;
const BY_LINES: u8 = 2;

/// `COLUMNS` columns at a time, and four; returns the first that is left.
///
/// # Safety
/// As for [`some_columns`].
#[inline(always)]
unsafe fn most_columns<S, E: Lanes<S>, const COLUMNS: usize, const HOW: u8>(g: &Gemv<E>) -> usize {
    // SAFETY: passed on.
    unsafe {
        let j = some_columns::<S, E, COLUMNS, HOW>(g, 0);
        some_columns::<S, E, 4, HOW>(g, j)
    }
}

/// The columns from `j` on, as long as there are `COLUMNS` of them, added to `y`; returns the first that is left.
///
/// # Safety
/// As for [`by_columns`]; those added up [`BY_LINES`] [`lie_alike`].
#[inline(always)]
unsafe fn some_columns<S, E: Lanes<S>, const COLUMNS: usize, const HOW: u8>(g: &Gemv<E>, mut j: usize) -> usize {
    while j + COLUMNS <= g.n {
        // SAFETY: the columns are among the n.
        unsafe {
            let x = factors::<S, E, COLUMNS>(g.alpha, g.x, j, g.a.conj);
            let (columns, apart) = (g.a.ptr.offset(j as isize * g.a.col_stride), g.a.col_stride);
            match HOW {
                BY_LINES => add_scaled_lines::<S, E, COLUMNS>(g.m, &x, columns, apart, g.y.ptr),
                ASKED_FOR => add_scaled::<S, E, COLUMNS, true>(g.m, &x, columns, apart, g.y.ptr),
                _ => add_scaled::<S, E, COLUMNS, false>(g.m, &x, columns, apart, g.y.ptr),
            }
        }
        j += COLUMNS;
    }
    j
}
