//! Matrix times vector: it runs as fast as memory gives the operands.

mod columns;
mod rows;

use std::mem::MaybeUninit;

use super::args::{Gemv, Source, VecSource, VecTarget};
use super::generic;
use super::lanes::Lanes;
use super::micro::unrolled;
use super::simd::Isa;
use super::workspace;
use columns::columns;
use rows::rows;

/// Rows or columns that are read at once.
const TOGETHER: usize = 8;

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

/// [`factor`] of `N` elements of `x` from `i` on.
///
/// # Safety
/// `x` has the elements.
#[inline(always)]
pub(super) unsafe fn factors<S, E: Lanes<S>, const N: usize>(
    alpha: E,
    x: VecSource<E>,
    i: usize,
    conj: bool,
) -> [E::Factor; N] {
    let mut factors = MaybeUninit::<[E::Factor; N]>::uninit();
    let to: *mut E::Factor = factors.as_mut_ptr().cast();
    // SAFETY: as promised to this function; all factors are written.
    unsafe {
        let x = VecSource { ptr: x.ptr.offset(i as isize * x.stride), ..x };
        // A closure would be a call for each, of complex numbers.
        unrolled!(F in 0..N {
            to.add(F).write(factor(alpha, x, F, conj));
        });
        factors.assume_init()
    }
}
