//! Vectors of integers, for the kernels at memory speed.
#![allow(clippy::undocumented_unsafe_blocks, reason = "each function passes its own contract on")]

use super::stored::{Stored, mul64};
use crate::kernel::lanes::Lanes;
use crate::kernel::simd::integer::SimdInt;

/// Elements `$t` in lanes of `$lane`. A mask is a number of lanes, at least one.
macro_rules! lanes {
    ($($t:ident in $lane:ident: $splat:ident, $add:ident, $totals:ident, |$x:ident, $y:ident| $mul:expr;)*) => {$(
        impl<S: SimdInt> Lanes<S> for $t {
            type Vec = S::Int;
            type Mask = usize;
            type Factor = S::Int;
            type Sum = S::Int;
            const LANES: usize = S::BYTES / size_of::<$lane>();

            #[inline(always)]
            unsafe fn load(p: *const Self) -> S::Int {
                unsafe { <Self as Stored<S, $lane>>::load(p, <Self as Lanes<S>>::LANES) }
            }
            #[inline(always)]
            unsafe fn store(p: *mut Self, v: S::Int) {
                unsafe { <Self as Stored<S, $lane>>::store(p, <Self as Lanes<S>>::LANES, v) }
            }
            #[inline(always)]
            unsafe fn mask(n: usize) -> usize {
                n
            }
            #[inline(always)]
            unsafe fn load_masked(p: *const Self, n: usize) -> S::Int {
                unsafe { <Self as Stored<S, $lane>>::load(p, n) }
            }
            #[inline(always)]
            unsafe fn store_masked(p: *mut Self, n: usize, v: S::Int) {
                unsafe { <Self as Stored<S, $lane>>::store(p, n, v) }
            }
            #[inline(always)]
            unsafe fn factor(x: Self, _conj: bool) -> S::Int {
                unsafe { S::$splat(x.into()) }
            }
            #[inline(always)]
            unsafe fn scaled($x: S::Int, $y: S::Int) -> S::Int {
                unsafe { $mul }
            }
            #[inline(always)]
            unsafe fn add_scaled(x: S::Int, v: S::Int, c: S::Int) -> S::Int {
                unsafe { S::$add(c, <Self as Lanes<S>>::scaled(x, v)) }
            }
            #[inline(always)]
            unsafe fn begin(c: S::Int) -> S::Int {
                c
            }
            #[inline(always)]
            unsafe fn collect(x: S::Int, v: S::Int, sum: S::Int) -> S::Int {
                unsafe { <Self as Lanes<S>>::add_scaled(x, v, sum) }
            }
            #[inline(always)]
            unsafe fn collected(sum: S::Int) -> S::Int {
                sum
            }
            #[inline(always)]
            unsafe fn no_sum() -> S::Int {
                unsafe { S::zero() }
            }
            #[inline(always)]
            unsafe fn dot_add(x: S::Int, y: S::Int, sum: S::Int) -> S::Int {
                unsafe { <Self as Lanes<S>>::add_scaled(x, y, sum) }
            }
            #[inline(always)]
            unsafe fn merge(a: S::Int, b: S::Int) -> S::Int {
                unsafe { S::$add(a, b) }
            }
            #[inline(always)]
            unsafe fn total(sum: S::Int, _conj_x: bool, _conj_y: bool) -> Self {
                unsafe { S::$totals([sum, S::zero(), S::zero(), S::zero()])[0] as Self }
            }
            #[inline(always)]
            unsafe fn totals(sums: [S::Int; 4], _conj_x: bool, _conj_y: bool) -> [Self; 4] {
                unsafe { S::$totals(sums).map(|total| total as Self) }
            }
        }
    )*};
}

// Of sums in 32 bits an element keeps the low ones, as its own sums would have.
lanes! {
    i8 in i32: splat32, add32, totals32, |x, y| S::mul32(x, y);
    i16 in i32: splat32, add32, totals32, |x, y| S::mul32(x, y);
    i32 in i32: splat32, add32, totals32, |x, y| S::mul32(x, y);
    i64 in i64: splat64, add64, totals64, |x, y| mul64::<S>(x, y);
}
