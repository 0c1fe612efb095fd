//! `f32` and `f64`.
#![allow(clippy::undocumented_unsafe_blocks, reason = "each function passes its own contract on")]

use std::marker::PhantomData;

use super::micro::{Kernel, Update};
use super::pack::{self, Movable};
use super::ring::Ring;
use super::tiles::Tiled;

/// Products of reals `T` in the vectors of `S`.
pub(crate) struct Real<S, T>(PhantomData<(S, T)>);

impl<S: Tiled<T>, T: Ring + Movable<S>> Kernel for Real<S, T> {
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
    type Out = S::Vec;
    type Mask = S::Mask;
    const LANES: usize = S::LANES;
    const IN_PLACE: bool = true;
    const HALVES: Option<fn() -> bool> = S::HALVES;

    #[inline(always)]
    unsafe fn zero() -> S::Vec {
        unsafe { S::zero() }
    }
    #[inline(always)]
    unsafe fn mask(columns: usize) -> S::Mask {
        unsafe { S::mask(columns) }
    }
    #[inline(always)]
    unsafe fn splat(a: *const T, _: usize) -> S::Vec {
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
    unsafe fn mul_add(a: S::Vec, _: usize, b: S::Vec, sum: S::Vec) -> S::Vec {
        unsafe { S::mul_add(a, b, sum) }
    }
    #[inline(always)]
    unsafe fn load_low(b: *const T, mask: S::Mask) -> S::Vec {
        unsafe { S::load_low(b, mask) }
    }
    #[inline(always)]
    unsafe fn mul_add_low(a: S::Vec, _: usize, b: S::Vec, sum: S::Vec) -> S::Vec {
        unsafe { S::mul_add_low(a, b, sum) }
    }
    #[inline(always)]
    unsafe fn out(sum: S::Vec, _: &Update<T>) -> S::Vec {
        sum
    }
    #[inline(always)]
    unsafe fn add(x: S::Vec, y: S::Vec) -> S::Vec {
        unsafe { S::add(x, y) }
    }
    #[inline(always)]
    unsafe fn scale(x: T, y: S::Vec) -> S::Vec {
        unsafe { S::mul(S::splat(x), y) }
    }
    #[inline(always)]
    unsafe fn load_c(c: *const T) -> S::Vec {
        unsafe { S::load(c) }
    }
    #[inline(always)]
    unsafe fn load_c_masked(c: *const T, mask: S::Mask) -> S::Vec {
        unsafe { S::load_masked(c, mask) }
    }
    #[inline(always)]
    unsafe fn store_c(c: *mut T, x: S::Vec) {
        unsafe { S::store(c, x) }
    }
    #[inline(always)]
    unsafe fn store_c_masked(c: *mut T, mask: S::Mask, x: S::Vec) {
        unsafe { S::store_masked(c, mask, x) }
    }
    #[inline(always)]
    unsafe fn store_c_low(c: *mut T, mask: S::Mask, x: S::Vec) {
        unsafe { S::store_low(c, mask, x) }
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
