//! `Complex<f32>` and `Complex<f64>`, with no shuffle inside the loop over `k`.
//!
//! A row of `b` lies in memory as `re, im, re, im, ...` and is used as it lies. For `x = p + qi` of `a` the
//! micro-kernel keeps two sums, `re = Σ p * b` and `im = Σ q * b`, both with lanes in that order. Once `k` is done,
//! `Σ x * b = (re.even - im.odd) + (re.odd + im.even) i`: one swap of neighbouring lanes and two vectors of signs.
//! Conjugating `b` turns the sign of what came from odd lanes, conjugating `a` that of `im`, so it costs nothing.
#![allow(clippy::undocumented_unsafe_blocks, reason = "each function passes its own contract on")]

use std::marker::PhantomData;

use num_complex::Complex;
use num_traits::Float;

use super::micro::{Kernel, Update, Write};
use super::pack::{self, Movable};
use super::simd::SimdFloat;
use super::tiles::Tiled;

/// Products of complex numbers of `T` in the vectors of `S`.
pub(crate) struct ComplexOf<S, T>(PhantomData<(S, T)>);

/// `x * v` for every complex number in `v`. A real `x` leaves out the products with its zero, which would turn
/// infinities into NaN.
///
/// # Safety
/// The CPU has `S`.
#[inline(always)]
unsafe fn scale<S: SimdFloat<T>, T: Float>(x: Complex<T>, v: S::Vec) -> S::Vec {
    // SAFETY: as promised to this function.
    unsafe {
        let real = S::mul(S::splat(x.re), v);
        if x.im == T::zero() { real } else { S::mul_add(S::pairs(-x.im, x.im), S::swap_pairs(v), real) }
    }
}

/// `alpha * sum`, `+ c` or `+ beta * c`.
///
/// # Safety
/// The CPU has `S`.
#[inline(always)]
unsafe fn updated<S: SimdFloat<T>, T: Float>(
    (re, im): (S::Vec, S::Vec),
    update: &Update<Complex<T>>,
    write: Write,
    c: impl FnOnce() -> S::Vec,
) -> S::Vec {
    let sign = |minus: bool| if minus { -T::one() } else { T::one() };
    // SAFETY: as promised to this function.
    unsafe {
        let (a, b) = (sign(update.conj_a), sign(update.conj_b));
        let swapped = S::mul(S::pairs(-a * b, a), S::swap_pairs(im));
        let sum = scale::<S, T>(update.alpha, S::mul_add(S::pairs(T::one(), b), re, swapped));
        match write {
            Write::Over => sum,
            Write::Add => S::add(sum, c()),
            Write::Scale => S::add(sum, scale::<S, T>(update.beta, c())),
        }
    }
}

impl<S: Tiled<T>, T: Float + 'static> Kernel for ComplexOf<S, T>
where
    Complex<T>: Movable<S>,
{
    type Isa = S;
    type Tile = S::ComplexTile;
    type A = Complex<T>;
    type B = Complex<T>;
    type C = Complex<T>;
    type Left = Complex<T>;
    type Right = Complex<T>;
    type Row = S::Vec;
    type Splat = (S::Vec, S::Vec);
    type Sum = (S::Vec, S::Vec);
    type Mask = S::Mask;
    const LANES: usize = S::LANES / 2;
    const IN_PLACE: bool = true;
    /// A longer step keeps the sums in memory besides registers, at a third of the speed.
    const UNROLL: usize = 1;

    #[inline(always)]
    unsafe fn zero() -> Self::Sum {
        unsafe { (S::zero(), S::zero()) }
    }
    #[inline(always)]
    unsafe fn mask(columns: usize) -> S::Mask {
        unsafe { S::mask(2 * columns) }
    }
    #[inline(always)]
    unsafe fn splat(a: *const Complex<T>) -> Self::Splat {
        unsafe { (S::splat((*a).re), S::splat((*a).im)) }
    }
    #[inline(always)]
    unsafe fn load(b: *const Complex<T>) -> S::Vec {
        unsafe { S::load(b.cast()) }
    }
    #[inline(always)]
    unsafe fn load_masked(b: *const Complex<T>, mask: S::Mask) -> S::Vec {
        unsafe { S::load_masked(b.cast(), mask) }
    }
    #[inline(always)]
    unsafe fn mul_add(a: Self::Splat, b: S::Vec, sum: Self::Sum) -> Self::Sum {
        unsafe { (S::mul_add(a.0, b, sum.0), S::mul_add(a.1, b, sum.1)) }
    }
    #[inline(always)]
    unsafe fn store(sum: Self::Sum, update: &Update<Complex<T>>, write: Write, c: *mut Complex<T>) {
        let c: *mut T = c.cast();
        unsafe { S::store(c, updated::<S, T>(sum, update, write, || S::load(c))) }
    }
    #[inline(always)]
    unsafe fn store_masked(
        sum: Self::Sum,
        update: &Update<Complex<T>>,
        write: Write,
        c: *mut Complex<T>,
        mask: S::Mask,
    ) {
        let c: *mut T = c.cast();
        unsafe { S::store_masked(c, mask, updated::<S, T>(sum, update, write, || S::load_masked(c, mask))) }
    }
    #[inline(always)]
    unsafe fn pack_a(
        a: *const Complex<T>,
        strides: (isize, isize),
        rows: usize,
        k: usize,
        to: *mut Complex<T>,
    ) -> (isize, isize) {
        unsafe { pack::pack_a::<S, Complex<T>>(a, strides, rows, k, to) }
    }
    #[inline(always)]
    unsafe fn pack_b(
        b: *const Complex<T>,
        strides: (isize, isize),
        k: usize,
        columns: usize,
        width: usize,
        to: *mut Complex<T>,
    ) {
        unsafe { pack::pack_b::<S, Complex<T>>(b, strides, k, columns, width, to) }
    }
}
