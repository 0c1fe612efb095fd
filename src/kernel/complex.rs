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

use super::micro::Kernel;
use super::pack::{self, Movable};
use super::ring::Ring;
use super::tiles::TiledComplex;
use super::update::Update;

/// Products of complex numbers of `T` in the vectors of `S`.
pub(crate) struct ComplexOf<S, T>(PhantomData<(S, T)>);

impl<S: TiledComplex<T>, T: Float + 'static> Kernel for ComplexOf<S, T>
where
    Complex<T>: Movable<S> + Ring,
{
    type Isa = S;
    type Tile = S::Tile;
    type Narrow = Self;
    type A = Complex<T>;
    type B = Complex<T>;
    type C = Complex<T>;
    type Left = Complex<T>;
    type Right = Complex<T>;
    type Row = S::Vec;
    type Splat = S::Vec;
    type Sum = (S::Vec, S::Vec);
    type Out = S::Vec;
    type Mask = S::Mask;
    const LANES: usize = S::LANES / 2;
    const PARTS: usize = 2;
    const IN_PLACE: bool = true;

    #[inline(always)]
    unsafe fn zero() -> Self::Sum {
        unsafe { (S::zero(), S::zero()) }
    }
    #[inline(always)]
    unsafe fn mask(columns: usize) -> S::Mask {
        unsafe { S::mask(2 * columns) }
    }
    #[inline(always)]
    unsafe fn splat(a: *const Complex<T>, part: usize) -> S::Vec {
        unsafe { S::splat(if part == 0 { (*a).re } else { (*a).im }) }
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
    unsafe fn mul_add(a: S::Vec, part: usize, b: S::Vec, (re, im): Self::Sum) -> Self::Sum {
        unsafe { if part == 0 { (S::mul_add(a, b, re), im) } else { (re, S::mul_add(a, b, im)) } }
    }
    #[inline(always)]
    unsafe fn out((re, im): Self::Sum, update: &Update<Complex<T>>) -> S::Vec {
        let sign = |minus: bool| if minus { -T::one() } else { T::one() };
        let (a, b) = (sign(update.conj_a), sign(update.conj_b));
        unsafe {
            // With no branch, since one for each vector of a tile would take longer than to multiply by one.
            S::mul_add(S::pairs(-a * b, a), S::swap_pairs(im), S::mul(S::pairs(T::one(), b), re))
        }
    }
    #[inline(always)]
    unsafe fn add(x: S::Vec, y: S::Vec) -> S::Vec {
        unsafe { S::add(x, y) }
    }
    #[inline(always)]
    unsafe fn scale(x: Complex<T>, y: S::Vec) -> S::Vec {
        unsafe {
            let real = S::mul(S::splat(x.re), y);
            // A product with a zero would turn infinities into NaN.
            if x.im == T::zero() { real } else { S::mul_add(S::pairs(-x.im, x.im), S::swap_pairs(y), real) }
        }
    }
    #[inline(always)]
    unsafe fn load_c(c: *const Complex<T>) -> S::Vec {
        unsafe { S::load(c.cast()) }
    }
    #[inline(always)]
    unsafe fn load_c_masked(c: *const Complex<T>, mask: S::Mask) -> S::Vec {
        unsafe { S::load_masked(c.cast(), mask) }
    }
    #[inline(always)]
    unsafe fn store_c(c: *mut Complex<T>, x: S::Vec) {
        unsafe { S::store(c.cast(), x) }
    }
    #[inline(always)]
    unsafe fn store_c_masked(c: *mut Complex<T>, mask: S::Mask, x: S::Vec) {
        unsafe { S::store_masked(c.cast(), mask, x) }
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
