//! `f32` and `f64`.
#![allow(clippy::undocumented_unsafe_blocks, reason = "each function passes its own contract on")]

use std::marker::PhantomData;

use super::micro::Kernel;
use super::pack::{self, Movable};
use super::ring::Ring;
use super::tiles::Tiled;
use super::units;
use super::update::Update;

/// Products of reals `T` in the vectors of `S`, each of which holds `N` steps along `k`.
pub(crate) struct Real<S, T, const N: usize = 1>(PhantomData<(S, T)>);

impl<S: Tiled<T, N>, T: Ring + Movable<S>, const N: usize> Kernel for Real<S, T, N> {
    type Isa = S;
    type Tile = S::Tile;
    type Narrow = S::Narrow;
    type A = T;
    type B = T;
    type C = T;
    type Left = [T; N];
    type Right = [T; N];
    type Row = S::Vec;
    type Splat = S::Vec;
    type Sum = S::Vec;
    type Out = S::Vec;
    type Mask = S::Mask;
    const LANES: usize = S::LANES / N;
    const K_UNIT: usize = N;
    const IN_PLACE: bool = N == 1;
    const HALVES: bool = N == 1 && S::HALVES;

    #[inline(always)]
    unsafe fn zero() -> S::Vec {
        unsafe { S::zero() }
    }
    #[inline(always)]
    unsafe fn mask(columns: usize) -> S::Mask {
        unsafe { S::mask(columns) }
    }
    #[inline(always)]
    unsafe fn splat(a: *const [T; N], _: usize) -> S::Vec {
        unsafe { S::repeat(a) }
    }
    #[inline(always)]
    unsafe fn load(b: *const [T; N]) -> S::Vec {
        unsafe { S::load(b.cast()) }
    }
    #[inline(always)]
    unsafe fn load_masked(b: *const [T; N], mask: S::Mask) -> S::Vec {
        // What was packed fills whole vectors.
        unsafe { if N == 1 { S::load_masked(b.cast(), mask) } else { S::load(b.cast()) } }
    }
    #[inline(always)]
    unsafe fn mul_add(a: S::Vec, _: usize, b: S::Vec, sum: S::Vec) -> S::Vec {
        unsafe { S::mul_add(a, b, sum) }
    }
    #[inline(always)]
    unsafe fn load_low(b: *const [T; N], mask: S::Mask) -> S::Vec {
        unsafe { S::load_low(b.cast(), mask) }
    }
    #[inline(always)]
    unsafe fn mul_add_low(a: S::Vec, _: usize, b: S::Vec, sum: S::Vec) -> S::Vec {
        unsafe { S::mul_add_low(a, b, sum) }
    }
    #[inline(always)]
    unsafe fn out(sum: S::Vec, _: &Update<T>) -> S::Vec {
        unsafe { S::fold(sum) }
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
        unsafe { if N == 1 { S::load(c) } else { S::load_masked(c, S::mask(Self::LANES)) } }
    }
    #[inline(always)]
    unsafe fn load_c_masked(c: *const T, mask: S::Mask) -> S::Vec {
        unsafe { S::load_masked(c, mask) }
    }
    #[inline(always)]
    unsafe fn store_c(c: *mut T, x: S::Vec) {
        unsafe { if N == 1 { S::store(c, x) } else { S::store_masked(c, S::mask(Self::LANES), x) } }
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
    unsafe fn pack_a(a: *const T, strides: (isize, isize), rows: usize, k: usize, to: *mut [T; N]) -> (isize, isize) {
        unsafe {
            if N == 1 {
                pack::pack_a::<S, T>(a, strides, rows, k, to.cast())
            } else {
                units::pack_a::<T, [T; N], N>(a, strides, rows, k, to)
            }
        }
    }
    #[inline(always)]
    unsafe fn pack_b(b: *const T, strides: (isize, isize), k: usize, columns: usize, width: usize, to: *mut [T; N]) {
        unsafe {
            if N == 1 {
                pack::pack_b::<S, T>(b, strides, k, columns, width, to.cast());
            } else if columns == Self::LANES && width == columns {
                // Straight code for whole vectors.
                units::pack_b::<T, [T; N], N>(b, strides, k, Self::LANES, Self::LANES, to);
            } else {
                units::pack_b::<T, [T; N], N>(b, strides, k, columns, width, to);
            }
        }
    }
}
