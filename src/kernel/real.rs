//! `f32` and `f64`.
#![allow(clippy::undocumented_unsafe_blocks, reason = "each function passes its own contract on")]

use std::marker::PhantomData;

use num_traits::Float;

use super::micro::{Kernel, Update, Write};
use super::pack::{self, Movable};
use super::simd::SimdFloat;
use super::tiles::Tiled;

/// Products of reals `T` in the vectors of `S`.
pub(crate) struct Real<S, T>(PhantomData<(S, T)>);

/// `alpha * sum`, `+ c` or `+ beta * c`.
///
/// # Safety
/// The CPU has `S`.
#[inline(always)]
unsafe fn updated<S: SimdFloat<T>, T: Float>(
    sum: S::Vec,
    update: &Update<T>,
    write: Write,
    c: impl FnOnce() -> S::Vec,
) -> S::Vec {
    // SAFETY: as promised to this function.
    unsafe {
        let alpha = S::splat(update.alpha);
        match write {
            Write::Over => S::mul(alpha, sum),
            Write::Add => S::mul_add(alpha, sum, c()),
            Write::Scale => S::mul_add(alpha, sum, S::mul(S::splat(update.beta), c())),
        }
    }
}

impl<S: Tiled<T>, T: Float + Movable<S> + 'static> Kernel for Real<S, T> {
    type Isa = S;
    type Tile = S::Tile;
    type A = T;
    type B = T;
    type C = T;
    type Left = T;
    type Right = T;
    type Row = S::Vec;
    type Splat = S::Vec;
    type Sum = S::Vec;
    type Mask = S::Mask;
    const LANES: usize = S::LANES;
    const IN_PLACE: bool = true;

    #[inline(always)]
    unsafe fn zero() -> S::Vec {
        unsafe { S::zero() }
    }
    #[inline(always)]
    unsafe fn mask(columns: usize) -> S::Mask {
        unsafe { S::mask(columns) }
    }
    #[inline(always)]
    unsafe fn splat(a: *const T) -> S::Vec {
        unsafe { S::splat(*a) }
    }
    #[inline(always)]
    unsafe fn load(b: *const T) -> S::Vec {
        unsafe { S::load(b) }
    }
    #[inline(always)]
    unsafe fn load_masked(b: *const T, mask: S::Mask) -> S::Vec {
        unsafe { S::load_masked(b, mask) }
    }
    #[inline(always)]
    unsafe fn mul_add(a: S::Vec, b: S::Vec, sum: S::Vec) -> S::Vec {
        unsafe { S::mul_add(a, b, sum) }
    }
    #[inline(always)]
    unsafe fn store(sum: S::Vec, update: &Update<T>, write: Write, c: *mut T) {
        unsafe { S::store(c, updated::<S, T>(sum, update, write, || S::load(c))) }
    }
    #[inline(always)]
    unsafe fn store_masked(sum: S::Vec, update: &Update<T>, write: Write, c: *mut T, mask: S::Mask) {
        unsafe { S::store_masked(c, mask, updated::<S, T>(sum, update, write, || S::load_masked(c, mask))) }
    }
    #[inline(always)]
    unsafe fn pack_a(a: *const T, strides: (isize, isize), rows: usize, k: usize, to: *mut T) -> (isize, isize) {
        unsafe { pack::pack_a::<S, T>(a, strides, rows, k, to) }
    }
    #[inline(always)]
    unsafe fn pack_b(b: *const T, strides: (isize, isize), k: usize, columns: usize, width: usize, to: *mut T) {
        unsafe { pack::pack_b::<S, T>(b, strides, k, columns, width, to) }
    }
}
