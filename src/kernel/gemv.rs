//! Matrix times vector, and operations on vectors: they run as fast as memory gives the operands.

use std::marker::PhantomData;

use num_traits::Float;

use super::args::{Gemv, Inner, Source, VecSource, VecTarget};
use super::blocking::{Caches, Parts};
use super::generic;
use super::lanes::{Lanes, add_scaled, dots, largest, reduce, scale, scaled};
use super::simd::{Isa, Op, SimdFloat};
use super::workspace;

/// Rows of a column-major matrix that are worked on at a time, in bytes of `y`: it stays in L2 while the columns pass, and
/// each is read in pieces that are long enough for the prefetcher.
const Y_BYTES: usize = 64 << 10;

/// Bytes of a row, and from one to the next, at which rows that come from memory are read one by one: they lie in one line
/// of which the prefetcher keeps ahead, while of several such rows at once it follows none for long. A shorter row takes
/// longer to sum up than to read, a longer one is a line by itself.
const LEAST_ROW: usize = 256;
const MOST_APART: usize = 4096;

/// Whether `count` contiguous rows of `n` elements, `stride` apart, are to be read one by one.
#[inline(always)]
pub(super) fn one_by_one<E>(count: usize, n: usize, stride: isize) -> bool {
    let apart = stride.unsigned_abs().saturating_mul(size_of::<E>());
    let short = n >= LEAST_ROW / size_of::<E>() && apart <= MOST_APART;
    short && count.saturating_mul(apart) > Caches::get().l3 / 2
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
        let mut i = 0;
        if !one_by_one::<E>(g.m, g.n, g.a.row_stride) {
            i = some_rows::<S, E, 8, 1>(g, x, i);
            i = some_rows::<S, E, 4, 2>(g, x, i);
        }
        some_rows::<S, E, 1, 4>(g, x, i);
    }
}

/// The rows from `i` on, as long as there are `ROWS` of them; returns the first that is left.
///
/// # Safety
/// As for [`by_rows`].
#[inline(always)]
unsafe fn some_rows<S, E: Lanes<S>, const ROWS: usize, const UNROLL: usize>(
    g: &Gemv<E>,
    x: *const E,
    mut i: usize,
) -> usize {
    while i + ROWS <= g.m {
        // SAFETY: the rows are among the m.
        unsafe {
            let rows = g.a.ptr.offset(i as isize * g.a.row_stride);
            let sums = dots::<S, E, ROWS, UNROLL>(g.n, rows, g.a.row_stride, x);
            for (r, &sum) in sums.iter().enumerate() {
                let y = g.y.ptr.offset((i + r) as isize * g.y.stride);
                let sum = g.alpha.mul(E::total(sum, g.a.conj, g.x.conj));
                *y = if g.beta == E::zero() { sum } else { g.beta.mul_add(*y, sum) };
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
unsafe fn by_columns<S, E: Lanes<S>>(g: &Gemv<E>) {
    for (start, m) in Parts::new(g.m, Y_BYTES / size_of::<E>()).iter() {
        // SAFETY: the rows start..start + m are among the m; the rest is as promised to this function.
        unsafe {
            let y = VecTarget { ptr: g.y.ptr.add(start), stride: 1 };
            scale_target::<S, E>(m, g.beta, y);
            let part = Gemv { m, a: Source { ptr: g.a.ptr.add(start), ..g.a }, y, ..*g };
            match m.div_ceil(E::LANES) {
                1 => return short_columns::<S, E, 1>(&part),
                2 => return short_columns::<S, E, 2>(&part),
                3 => return short_columns::<S, E, 3>(&part),
                4 => return short_columns::<S, E, 4>(&part),
                _ => {}
            }
            let mut j = 0;
            if !one_by_one::<E>(g.n, g.m, g.a.col_stride) {
                j = some_columns::<S, E, 8>(&part, j);
                j = some_columns::<S, E, 4>(&part, j);
            }
            some_columns::<S, E, 1>(&part, j);
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
        for v in 0..VECTORS - 1 {
            sums[v] = E::load(g.y.ptr.add(v * E::LANES));
        }
        for j in 0..g.n {
            let x = factor(g.alpha, g.x, j, g.a.conj);
            let column = g.a.ptr.offset(j as isize * g.a.col_stride);
            for v in 0..VECTORS - 1 {
                sums[v] = E::add_scaled(x, E::load(column.add(v * E::LANES)), sums[v]);
            }
            sums[VECTORS - 1] = E::add_scaled(x, E::load_masked(column.add(last), mask), sums[VECTORS - 1]);
        }
        for v in 0..VECTORS - 1 {
            E::store(g.y.ptr.add(v * E::LANES), sums[v]);
        }
        E::store_masked(g.y.ptr.add(last), mask, sums[VECTORS - 1]);
    }
}

/// The columns from `j` on, as long as there are `COLUMNS` of them, added to `y`; returns the first that is left.
///
/// # Safety
/// As for [`by_columns`].
#[inline(always)]
unsafe fn some_columns<S, E: Lanes<S>, const COLUMNS: usize>(g: &Gemv<E>, mut j: usize) -> usize {
    while j + COLUMNS <= g.n {
        // SAFETY: the columns are among the n.
        unsafe {
            let x: [E::Factor; COLUMNS] = std::array::from_fn(|c| factor(g.alpha, g.x, j + c, g.a.conj));
            let columns = g.a.ptr.offset(j as isize * g.a.col_stride);
            add_scaled::<S, E, COLUMNS>(g.m, &x, columns, g.a.col_stride, g.y.ptr);
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
        unsafe { scaled::<S, E, true>(n, E::factor(alpha, conj), x, y) }
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
