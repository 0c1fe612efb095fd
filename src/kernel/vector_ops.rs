//! The loops over vectors, as operations that are entered with an instruction set.

use std::marker::PhantomData;

use num_traits::Float;

use super::args::Inner;
use super::lanes::Lanes;
use super::passes::{dot_aligned, dots, dots_in_turns, largest, reduce, scale, scaled};
use super::simd::{Isa, Op, SimdFloat};

/// [`Inner`] of contiguous vectors.
///
/// # Safety
/// Both vectors hold `n` readable elements, `out` is writable, and the CPU has `S`.
#[inline(always)]
pub(crate) unsafe fn contiguous<S: Isa, E: Lanes<S>>(args: Inner<E>) {
    // SAFETY: passed on.
    unsafe {
        if args.n >= const { long::<S, E>() * E::LANES } {
            let [x, y] = [args.x.ptr, args.y.ptr].map(|p| p.addr().wrapping_neg() % (E::LANES * size_of::<E>()));
            if x > 0 && x == y && x.is_multiple_of(size_of::<E>()) {
                return S::vectorize::<InnerAlignedOp<S, E>>((args, x / size_of::<E>()));
            }
        }
        S::vectorize::<InnerOp<S, E>>(args);
    }
}

/// Vectors that are worth being read where they are aligned: partial sums are brought into another order for that, and
/// back. Of complex numbers these are twice as many, and half as much is gained.
const fn long<S, E: Lanes<S>>() -> usize {
    let vectors = size_of::<E::Sum>() / size_of::<E::Vec>();
    256 * vectors * vectors
}

/// [`dots`] as an operation.
struct InnerOp<S, E>(PhantomData<(S, E)>);

impl<S, E: Lanes<S>> Op for InnerOp<S, E> {
    type Args = Inner<E>;
    type Output = ();

    #[inline(always)]
    unsafe fn run(args: Inner<E>) {
        // SAFETY: as promised to `contiguous`.
        unsafe {
            let sum = dots::<S, E, 1, 4, false>(args.n, args.x.ptr, 0, args.y.ptr)[0];
            args.out.write(E::total(sum, args.x.conj, args.y.conj));
        }
    }
}

/// [`dot_aligned`] as an operation.
struct InnerAlignedOp<S, E>(PhantomData<(S, E)>);

impl<S, E: Lanes<S>> Op for InnerAlignedOp<S, E> {
    type Args = (Inner<E>, usize);
    type Output = ();

    #[inline(always)]
    unsafe fn run((args, before): Self::Args) {
        // SAFETY: as promised to `contiguous`, which has found where the vectors are aligned.
        unsafe {
            let sum = dot_aligned::<S, E>(args.n, before, args.x.ptr, args.y.ptr);
            args.out.write(E::total(sum, args.x.conj, args.y.conj));
        }
    }
}

/// Places in which long vectors are read.
pub(crate) const PLACES: usize = 4;

/// [`Inner`] of contiguous vectors, and of the same so many elements further on, until there are [`PLACES`] of them:
/// the sum.
///
/// # Safety
/// All vectors hold `n` readable elements, `out` is writable, and the CPU has `S`.
pub(crate) struct InnerInPlacesOp<S, E>(PhantomData<(S, E)>);

impl<S, E: Lanes<S>> Op for InnerInPlacesOp<S, E> {
    type Args = (Inner<E>, isize);
    type Output = ();

    #[inline(always)]
    unsafe fn run((args, apart): Self::Args) {
        // SAFETY: as promised to this operation.
        unsafe {
            let sums = dots_in_turns::<S, E, PLACES>(args.n, (args.x.ptr, apart), (args.y.ptr, apart));
            let sum = sums[1..].iter().fold(sums[0], |sum, &other| E::merge(sum, other));
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
