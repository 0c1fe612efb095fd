//! The outer product.

use std::marker::PhantomData;

use super::args::{Gemm, Ger, Target, VecSource};
use super::blocking::{Caches, even_part};
use super::driver::worth;
use super::gemv::{contiguous, factor};
use super::generic;
use super::lanes::{Lanes, scaled, scaled_rows};
use super::parallel::for_each;
use super::ring::Ring;
use super::simd::{Isa, Op};

/// Bytes of a row, and of all of them, from which on a product is an outer product and no tiles.
const ROW_BYTES: usize = 256;
const BYTES: usize = 64 << 10;
/// Rows that are written at once where they come from memory, since what is asked for ahead of each adds up, or where they
/// are short and added to.
const GROUP: usize = 4;
/// Vectors in a row that is worth being begun and ended by itself.
const SHORT: usize = 32;

/// The outer product that a product with `k = 1` is, if it is one with contiguous rows or columns, and whether `c` is
/// added to.
#[inline(always)]
pub(crate) fn as_outer<T: Ring>(g: &Gemm<T>) -> Option<(Ger<T>, bool)> {
    let add = g.beta == T::one();
    let plain = g.k == 1 && g.alpha == T::one() && (add || g.beta == T::zero());
    let row = if g.c.col_stride == 1 { g.n } else { g.m }.saturating_mul(size_of::<T>());
    let large = row >= ROW_BYTES && row.saturating_mul(if g.c.col_stride == 1 { g.m } else { g.n }) >= BYTES;
    (plain && large && (g.c.col_stride == 1 || g.c.row_stride == 1)).then(|| {
        let x = VecSource { ptr: g.a.ptr, stride: g.a.row_stride, conj: g.a.conj };
        let y = VecSource { ptr: g.b.ptr, stride: g.b.col_stride, conj: g.b.conj };
        (Ger { m: g.m, n: g.n, alpha: g.alpha, x, y, a: g.c, threads: g.threads }, add)
    })
}

/// [`Ger`] in the vectors of `S`.
///
/// # Safety
/// As for [`outer`].
pub(crate) unsafe fn ger<S: Isa, E: Lanes<S>>(g: Ger<E>) {
    // SAFETY: as promised to this function.
    unsafe {
        if g.a.col_stride != 1 && g.a.row_stride != 1 {
            return generic::ger(g);
        }
        outer::<S, E, true>(g);
    }
}

/// `a = alpha * x * yᵀ`, or that plus `a` if `ADD`.
///
/// # Safety
/// The operands lie where `g` says, `a` is writable, its rows or its columns are contiguous, it overlaps neither vector,
/// and the CPU has `S`.
pub(crate) unsafe fn outer<S: Isa, E: Lanes<S>, const ADD: bool>(g: Ger<E>) {
    let g = if g.a.col_stride != 1 { Ger { m: g.n, n: g.m, x: g.y, y: g.x, a: g.a.t(), ..g } } else { g };
    let threads = g.threads.min(worth::<E>(g.m, g.n, 1));
    // SAFETY: as promised to this function.
    unsafe {
        contiguous(g.n, g.y, |y| {
            if threads <= 1 {
                return S::vectorize::<Rows<S, E, ADD>>((&g, y));
            }
            let shared = Shared(&g, y);
            let parts = (2 * threads).min(g.m);
            for_each(parts, threads, g.m * g.n * size_of::<E>(), |part| {
                let Shared(g, y) = &shared;
                let (i, m) = even_part(g.m, parts, part);
                let x = VecSource { ptr: g.x.ptr.offset(i as isize * g.x.stride), ..g.x };
                let a = Target { ptr: g.a.ptr.offset(i as isize * g.a.row_stride), ..g.a };
                S::vectorize::<Rows<S, E, ADD>>((&Ger { m, x, a, ..**g }, *y));
            });
        });
    }
}

/// An outer product that threads work on. They read the vectors and write rows of their own.
struct Shared<'a, E>(&'a Ger<E>, *const E);

// SAFETY: elements are plain numbers, and what is written is disjoint.
unsafe impl<E> Sync for Shared<'_, E> {}

/// [`outer`] on contiguous rows of `a`, with a contiguous `y` that stands for its own.
struct Rows<S, E, const ADD: bool>(PhantomData<(S, E)>);

impl<S, E: Lanes<S>, const ADD: bool> Op for Rows<S, E, ADD> {
    type Args = (*const Ger<E>, *const E);
    type Output = ();

    #[inline(always)]
    unsafe fn run((g, y): Self::Args) {
        // SAFETY: as promised to `outer`.
        unsafe {
            let g = &*g;
            let factor = |i| factor::<S, E>(g.alpha, g.x, i, g.y.conj);
            let row = |i: usize| g.a.ptr.offset(i as isize * g.a.row_stride);
            let mut i = 0;
            let large = g.m.saturating_mul(g.n).saturating_mul(size_of::<E>()) > Caches::get().l3 / 2;
            while (large || (ADD && g.n < SHORT * E::LANES)) && i + GROUP <= g.m {
                let x = [factor(i), factor(i + 1), factor(i + 2), factor(i + 3)];
                scaled_rows::<S, E, ADD, GROUP>(g.n, &x, y, row(i), g.a.row_stride);
                i += GROUP;
            }
            while i < g.m {
                scaled::<S, E, ADD>(g.n, factor(i), y, row(i));
                i += 1;
            }
        }
    }
}
