//! Matrix times vector, the outer product, and operations on vectors: they run as fast as memory gives the operands.

use std::marker::PhantomData;

use num_traits::Float;

use super::args::{Gemv, Ger, Inner, VecSource, VecTarget};
use super::generic;
use super::lanes::{Lanes, add_outer, add_scaled, dots, largest, reduce, scale};
use super::simd::{Isa, Op, SimdFloat};
use super::workspace;

/// Rows or columns of a matrix that are worked on at once, so that the vector is read a fourth as often.
pub(crate) const GROUP: usize = 4;
/// Rows of a column-major matrix that are worked on at a time, in bytes of `y`: it stays in L1 while the columns pass.
const Y_BYTES: usize = 8 << 10;

/// Calls `work` with the vector's elements one after another, copied if they are not.
///
/// # Safety
/// The vector holds `n` readable elements.
unsafe fn contiguous<E: Copy>(n: usize, x: VecSource<E>, work: impl FnOnce(*const E)) {
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
            contiguous(g.n, g.x, |x| S::vectorize::<ByRows<S, E>>((&g, x)));
        } else if (g.a.row_stride == 1 || g.m == 1) && g.y.stride == 1 {
            S::vectorize::<ByColumns<S, E>>(&g);
        } else if g.a.row_stride == 1 || g.m == 1 {
            workspace::with(g.m * size_of::<E>(), |buffer| {
                let copy = VecTarget { ptr: buffer.cast::<E>(), stride: 1 };
                let y = |i: usize| g.y.ptr.offset(i as isize * g.y.stride);
                if g.beta != E::zero() {
                    (0..g.m).for_each(|i| *copy.ptr.add(i) = *y(i));
                }
                S::vectorize::<ByColumns<S, E>>(&Gemv { y: copy, ..g });
                (0..g.m).for_each(|i| *y(i) = *copy.ptr.add(i));
            });
        } else {
            generic::gemv(g);
        }
    }
}

struct ByRows<S, E>(PhantomData<(S, E)>);

impl<S, E: Lanes<S>> Op for ByRows<S, E> {
    type Args = (*const Gemv<E>, *const E);
    type Output = ();

    #[inline(always)]
    unsafe fn run((g, x): Self::Args) {
        // SAFETY: as promised to `by_rows`.
        unsafe { by_rows::<S, E>(&*g, x) }
    }
}

struct ByColumns<S, E>(PhantomData<(S, E)>);

impl<S, E: Lanes<S>> Op for ByColumns<S, E> {
    type Args = *const Gemv<E>;
    type Output = ();

    #[inline(always)]
    unsafe fn run(g: Self::Args) {
        // SAFETY: as promised to `by_columns`.
        unsafe { by_columns::<S, E>(&*g) }
    }
}

/// One inner product a row.
///
/// # Safety
/// As for [`gemv`]; rows are contiguous, and so is `x`, which stands for `g.x`.
#[inline(always)]
unsafe fn by_rows<S, E: Lanes<S>>(g: &Gemv<E>, x: *const E) {
    // SAFETY: as promised to this function.
    unsafe {
        let finish = |i: usize, sum: E::Sum| {
            let y = g.y.ptr.offset(i as isize * g.y.stride);
            let sum = g.alpha.mul(E::total(sum, g.a.conj, g.x.conj));
            *y = if g.beta == E::zero() { sum } else { g.beta.mul_add(*y, sum) };
        };
        let mut i = 0;
        while i + GROUP <= g.m {
            let rows = g.a.ptr.offset(i as isize * g.a.row_stride);
            let sums = dots::<S, E, GROUP, 2>(g.n, rows, g.a.row_stride, x);
            for (r, &sum) in sums.iter().enumerate() {
                finish(i + r, sum);
            }
            i += GROUP;
        }
        while i < g.m {
            let row = g.a.ptr.offset(i as isize * g.a.row_stride);
            finish(i, dots::<S, E, 1, 4>(g.n, row, 0, x)[0]);
            i += 1;
        }
    }
}

/// Scaled columns added up.
///
/// # Safety
/// As for [`gemv`]; columns are contiguous, and so is `y`.
#[inline(always)]
unsafe fn by_columns<S, E: Lanes<S>>(g: &Gemv<E>) {
    let block = (Y_BYTES / size_of::<E>()).max(1);
    let mut start = 0;
    while start < g.m {
        let m = block.min(g.m - start);
        // SAFETY: the rows start..start + m are among the m; the rest is as promised to this function.
        unsafe {
            let (a, y) = (g.a.ptr.add(start), g.y.ptr.add(start));
            scale_target::<S, E>(m, g.beta, VecTarget { ptr: y, stride: 1 });
            let factor = |j: usize| {
                let x = *g.x.ptr.offset(j as isize * g.x.stride);
                E::factor(g.alpha.mul(if g.x.conj { x.conj() } else { x }), g.a.conj)
            };
            let mut j = 0;
            while j + GROUP <= g.n {
                let x = [factor(j), factor(j + 1), factor(j + 2), factor(j + 3)];
                add_scaled::<S, E, GROUP>(m, &x, a.offset(j as isize * g.a.col_stride), g.a.col_stride, y);
                j += GROUP;
            }
            while j < g.n {
                add_scaled::<S, E, 1>(m, &[factor(j)], a.offset(j as isize * g.a.col_stride), 0, y);
                j += 1;
            }
        }
        start += m;
    }
}

/// [`Ger`] in the vectors of `S`.
///
/// # Safety
/// The operands lie where `g` says, `a` is writable and overlaps neither vector, and the CPU has `S`.
pub(crate) unsafe fn ger<S: Isa, E: Lanes<S>>(g: Ger<E>) {
    let g = if g.a.col_stride != 1 && g.a.row_stride == 1 {
        Ger { m: g.n, n: g.m, x: g.y, y: g.x, a: g.a.t(), ..g }
    } else {
        g
    };
    // SAFETY: as promised to this function.
    unsafe {
        if g.a.col_stride != 1 && g.n > 1 {
            return generic::ger(g);
        }
        contiguous(g.n, g.y, |y| S::vectorize::<GerByRows<S, E>>((&g, y)));
    }
}

/// [`Ger`] on contiguous rows of `a`, with a contiguous `y` that stands for its own.
struct GerByRows<S, E>(PhantomData<(S, E)>);

impl<S, E: Lanes<S>> Op for GerByRows<S, E> {
    type Args = (*const Ger<E>, *const E);
    type Output = ();

    #[inline(always)]
    unsafe fn run((g, y): Self::Args) {
        // SAFETY: as promised to `ger`.
        unsafe {
            let g = &*g;
            let factor = |i: usize| {
                let x = *g.x.ptr.offset(i as isize * g.x.stride);
                E::factor(g.alpha.mul(if g.x.conj { x.conj() } else { x }), g.y.conj)
            };
            let mut i = 0;
            while i + GROUP <= g.m {
                let x = [factor(i), factor(i + 1), factor(i + 2), factor(i + 3)];
                let rows = g.a.ptr.offset(i as isize * g.a.row_stride);
                add_outer::<S, E, GROUP>(g.n, &x, y, rows, g.a.row_stride);
                i += GROUP;
            }
            while i < g.m {
                add_scaled::<S, E, 1>(g.n, &[factor(i)], y, 0, g.a.ptr.offset(i as isize * g.a.row_stride));
                i += 1;
            }
        }
    }
}

/// [`Inner`] in the vectors of `S`.
///
/// # Safety
/// Both vectors hold `n` readable elements, `out` is writable, and the CPU has `S`.
pub(crate) struct InnerOp<S, E>(PhantomData<(S, E)>);

impl<S, E: Lanes<S>> Op for InnerOp<S, E> {
    type Args = Inner<E>;
    type Output = ();

    #[inline(always)]
    unsafe fn run(args: Inner<E>) {
        // SAFETY: as promised to this operation.
        unsafe {
            if args.n > 1 && (args.x.stride != 1 || args.y.stride != 1) {
                return generic::inner(args);
            }
            let sum = dots::<S, E, 1, 4>(args.n, args.x.ptr, 0, args.y.ptr)[0];
            args.out.write(E::total(sum, args.x.conj, args.y.conj));
        }
    }
}

/// `y = alpha * x + y` for contiguous vectors: `(n, alpha, x, conj, y)`.
///
/// # Safety
/// Both vectors hold `n` elements, `y` is writable and does not overlap `x`, and the CPU has `S`.
pub(crate) struct AxpyOp<S, E>(PhantomData<(S, E)>);

impl<S, E: Lanes<S>> Op for AxpyOp<S, E> {
    type Args = (usize, E, *const E, bool, *mut E);
    type Output = ();

    #[inline(always)]
    unsafe fn run((n, alpha, x, conj, y): Self::Args) {
        // SAFETY: as promised to this operation.
        unsafe { add_scaled::<S, E, 1>(n, &[E::factor(alpha, conj)], x, 0, y) }
    }
}

/// `x = alpha * x` for a contiguous vector.
///
/// # Safety
/// The vector holds `n` writable elements, and the CPU has `S`.
pub(crate) struct ScalOp<S, E>(PhantomData<(S, E)>);

impl<S, E: Lanes<S>> Op for ScalOp<S, E> {
    type Args = (usize, E, *mut E);
    type Output = ();

    #[inline(always)]
    unsafe fn run((n, alpha, x): Self::Args) {
        // SAFETY: as promised to this operation.
        unsafe { scale::<S, E>(n, E::factor(alpha, false), x) }
    }
}

/// [`reduce`] as an operation.
///
/// # Safety
/// The vector holds `n` readable elements, and the CPU has `S`.
pub(crate) struct ReduceOp<S, T, const SQUARE: bool>(PhantomData<(S, T)>);

impl<S: SimdFloat<T>, T: Float, const SQUARE: bool> Op for ReduceOp<S, T, SQUARE> {
    type Args = (usize, *const T);
    type Output = (T, T);

    #[inline(always)]
    unsafe fn run((n, x): Self::Args) -> (T, T) {
        // SAFETY: as promised to this operation.
        unsafe { reduce::<S, T, SQUARE>(n, x) }
    }
}

/// The largest of `|x|`, or of `|x| + |y|` over neighbours `x, y`: `(n, x, by_pairs)`. NaN is never the largest.
///
/// # Safety
/// The vector holds `n` readable elements, and the CPU has `S`.
pub(crate) struct LargestOp<S, T>(PhantomData<(S, T)>);

impl<S: SimdFloat<T>, T: Float> Op for LargestOp<S, T> {
    type Args = (usize, *const T, bool);
    type Output = T;

    #[inline(always)]
    unsafe fn run((n, x, by_pairs): Self::Args) -> T {
        // SAFETY: as promised to this operation.
        unsafe { if by_pairs { largest::<S, T, true>(n, x) } else { largest::<S, T, false>(n, x) } }
    }
}
