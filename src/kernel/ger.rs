//! The outer product.

use std::marker::PhantomData;

use super::args::{Gemm, Ger, Target, VecSource};
use super::blocking::even_part;
use super::driver::cost;
use super::gemv::{contiguous, factor, factors};
use super::generic;
use super::lanes::Lanes;
use super::order::Order;
use super::parallel::{Shared, Team, reading};
use super::passes::{scaled, scaled_rows};
use super::ring::Ring;
use super::simd::{Isa, Op, PAGE, multiples_apart};

/// Bytes of a row, and of all of them, from which on a product is an outer product and no tiles.
const ROW_BYTES: usize = 256;
const BYTES: usize = 64 << 10;
/// Rows that are written at once where they come from memory, since what is asked for ahead of each adds up.
const GROUP: usize = 8;
/// The same where they are pages apart, since a set of L1 holds eight lines, and `y` needs some; and of short rows that
/// are added to.
const GROUP_IN_SETS: usize = 6;
/// Vectors in a row that is worth being begun and ended by itself.
const SHORT: usize = 32;

/// The outer product with contiguous rows of `a`, if its rows or its columns are contiguous.
#[inline(always)]
fn by_rows<T>(g: Ger<T>) -> Option<Ger<T>> {
    if g.a.col_stride == 1 {
        Some(g)
    } else if g.a.row_stride == 1 {
        Some(Ger { m: g.n, n: g.m, x: g.y, y: g.x, a: g.a.t(), ..g })
    } else {
        None
    }
}

/// The outer product that a product with `k = 1` is, if it is one that [`outer`] takes and is faster at, and whether
/// `c` is added to.
#[inline(always)]
fn as_outer<T: Ring>(g: &Gemm<T>) -> Option<(Ger<T>, bool)> {
    let add = g.beta == T::one();
    if g.k != 1 || g.alpha != T::one() || !(add || g.beta == T::zero()) {
        return None;
    }
    let x = VecSource { ptr: g.a.ptr, stride: g.a.row_stride, conj: g.a.conj };
    let y = VecSource { ptr: g.b.ptr, stride: g.b.col_stride, conj: g.b.conj };
    let g = by_rows(Ger { m: g.m, n: g.n, alpha: g.alpha, x, y, a: g.c, threads: g.threads })?;
    (cost::<T>(1, g.n, 1) >= ROW_BYTES && cost::<T>(g.m, g.n, 1) >= BYTES).then_some((g, add))
}

/// The product, in the vectors of `S` or `H`, if it is an outer one that this is faster at; else `false`, with nothing
/// done.
///
/// # Safety
/// The operands lie where `g` says, `c` is writable and overlaps neither `a` nor `b`, and the CPU has `S` and `H`.
#[inline(always)]
pub(crate) unsafe fn taken_as_outer<S: Isa, H: Isa, E: Lanes<S> + Lanes<H>>(g: &Gemm<E>) -> bool {
    // SAFETY: passed on.
    unsafe {
        match as_outer(g) {
            Some((g, false)) => outer::<S, H, E, false>(g),
            Some((g, true)) => outer::<S, H, E, true>(g),
            None => return false,
        }
    }
    true
}

/// [`Ger`] in the vectors of `S`, or in those of `H`, half as wide, where a CPU that takes the others [in
/// halves](Isa::in_halves) has long rows in memory.
///
/// # Safety
/// The operands lie where `g` says, `a` is writable and overlaps neither vector, and the CPU has `S` and `H`.
pub(crate) unsafe fn ger<S: Isa, H: Isa, E: Lanes<S> + Lanes<H>>(g: Ger<E>) {
    // SAFETY: as promised to this function.
    unsafe {
        match by_rows(g) {
            Some(g) => outer::<S, H, E, true>(g),
            None => generic::ger(g),
        }
    }
}

/// `a = alpha * x * yᵀ`, or that plus `a` if `ADD`.
///
/// # Safety
/// As for [`ger`]; the rows of `a` are contiguous.
unsafe fn outer<S: Isa, H: Isa, E: Lanes<S> + Lanes<H>, const ADD: bool>(g: Ger<E>) {
    // Asked of all of `a`: threads do as one does.
    let order = Order::of::<E>(g.m, g.n, g.a.row_stride);
    let long = g.n >= SHORT * <E as Lanes<S>>::LANES;
    // SAFETY: passed on.
    unsafe {
        match order {
            Order::Together if !ADD || long => in_order::<S, E, ADD>(g, Order::OneByOne),
            Order::Far if long && S::in_halves() => in_order::<H, E, ADD>(g, order),
            _ => in_order::<S, E, ADD>(g, order),
        }
    }
}

/// [`outer`] in the vectors of `S`.
///
/// # Safety
/// As for [`outer`].
unsafe fn in_order<S: Isa, E: Lanes<S>, const ADD: bool>(g: Ger<E>, order: Order) {
    let cost = reading::<E>(g.m.saturating_mul(g.n));
    let team = Team::of(g.threads, cost);
    // SAFETY: as promised to this function.
    unsafe {
        contiguous(g.n, g.y, |y| {
            if team.threads() == 1 {
                return S::vectorize::<Rows<S, E, ADD>>((&g, y, order));
            }
            let shared = Shared::new((&g, y));
            let parts = (2 * team.threads()).min(g.m);
            team.share(parts, |part| {
                let &(g, y) = shared.get();
                let (i, m) = even_part(g.m, parts, part);
                let x = VecSource { ptr: g.x.ptr.offset(i as isize * g.x.stride), ..g.x };
                let a = Target { ptr: g.a.ptr.offset(i as isize * g.a.row_stride), ..g.a };
                S::vectorize::<Rows<S, E, ADD>>((&Ger { m, x, a, ..*g }, y, order));
            });
        });
    }
}

/// [`in_order`] with a contiguous `y` that stands for its own.
struct Rows<S, E, const ADD: bool>(PhantomData<(S, E)>);

impl<S, E: Lanes<S>, const ADD: bool> Op for Rows<S, E, ADD> {
    type Args = (*const Ger<E>, *const E, Order);
    type Output = ();

    #[inline(always)]
    unsafe fn run((g, y, order): Self::Args) {
        // SAFETY: as promised to `in_order`.
        unsafe {
            let g = &*g;
            let first = match order {
                Order::OneByOne => 0,
                Order::Together => some_rows::<S, E, ADD, GROUP_IN_SETS, false>(g, y),
                Order::Far if multiples_apart::<E>(g.a.row_stride, PAGE) => {
                    some_rows::<S, E, ADD, GROUP_IN_SETS, true>(g, y)
                }
                Order::Far => some_rows::<S, E, ADD, GROUP, true>(g, y),
            };
            for i in first..g.m {
                let x = factor::<S, E>(g.alpha, g.x, i, g.y.conj);
                scaled::<S, E, ADD>(g.n, x, y, g.a.ptr.offset(i as isize * g.a.row_stride));
            }
        }
    }
}

/// `ROWS` rows at a time, from memory if `FAR`; returns the first that is left.
///
/// # Safety
/// As for [`in_order`]; `y` stands for that of `g`.
#[inline(always)]
unsafe fn some_rows<S, E: Lanes<S>, const ADD: bool, const ROWS: usize, const FAR: bool>(
    g: &Ger<E>,
    y: *const E,
) -> usize {
    let mut i = 0;
    while i + ROWS <= g.m {
        // SAFETY: the rows are among the m.
        unsafe {
            let x = factors::<S, E, ROWS>(g.alpha, g.x, i, g.y.conj);
            let rows = g.a.ptr.offset(i as isize * g.a.row_stride);
            scaled_rows::<S, E, ADD, ROWS, FAR>(g.n, &x, y, rows, g.a.row_stride);
        }
        i += ROWS;
    }
    i
}
