//! The tile of each element type on each instruction set: the registers hold the sums, one row of `b` and one element
//! of `a`.

use super::micro::Kernel;
use super::real::Real;
#[allow(unused_imports, reason = "no instruction set has tiles of every shape")]
use super::shape::{Shape, T2x2, T3x2, T4x1, T4x2, T4x3, T6x2, T6x4, T8x1, T8x3};
#[cfg(target_arch = "aarch64")]
use super::simd::neon::Neon;
use super::simd::{Folded, SimdFloat, integer::SimdInt, portable::Portable};
#[cfg(target_arch = "x86_64")]
use super::simd::{avx2::Avx2, avx512::Avx512, integer::Avx512Vnni};

/// The tile for products of `T`, with `N` steps of `k` in a vector.
pub(crate) trait Tiled<T: Copy, const N: usize = 1>: Folded<T, N> {
    type Tile: Shape;
    /// The kernel for columns too few for a vector; the same where there is none.
    type Narrow: Kernel<A = T, B = T, C = T>;
}

/// The tile for products of complex numbers made of `T`.
pub(crate) trait TiledComplex<T: Copy>: SimdFloat<T> {
    type Tile: Shape;
}

macro_rules! tiles {
    ($($(#[$cfg:meta])* $isa:ty, $t:ty: $tile:ident, narrow $narrow:ty, complex $complex:ident;)*) => {$(
        $(#[$cfg])*
        impl Tiled<$t> for $isa {
            type Tile = $tile;
            type Narrow = $narrow;
        }
        $(#[$cfg])*
        impl TiledComplex<$t> for $isa {
            type Tile = $complex;
        }
    )*};
}

macro_rules! narrow_tiles {
    ($($(#[$cfg:meta])* $isa:ty, $t:ty, $n:literal: $tile:ident;)*) => {$(
        $(#[$cfg])*
        impl Tiled<$t, $n> for $isa {
            type Tile = $tile;
            type Narrow = Real<$isa, $t, $n>;
        }
    )*};
}

/// The tiles for integers.
pub(crate) trait TiledInt: SimdInt {
    /// For units of several elements, in sums of 32 bits.
    type Units: Shape;
    /// For elements of 32 bits.
    type Tile32: Shape;
    /// For elements of 64 bits.
    type Tile64: Shape;
}

macro_rules! integer_tiles {
    ($($(#[$cfg:meta])* $isa:ty: units $units:ident, $tile32:ident, $tile64:ident;)*) => {$(
        $(#[$cfg])*
        impl TiledInt for $isa {
            type Units = $units;
            type Tile32 = $tile32;
            type Tile64 = $tile64;
        }
    )*};
}

integer_tiles! {
    // A multiply and an add that are two instructions go in pairs (`SimdInt::both`): an even number of vectors.
    #[cfg(target_arch = "x86_64")] Avx512: units T8x3, T6x4, T6x4;
    #[cfg(target_arch = "x86_64")] Avx512Vnni: units T8x3, T6x4, T6x4;
    // A 64-bit sum takes two registers, and its operands two each.
    #[cfg(target_arch = "x86_64")] Avx2: units T6x2, T6x2, T4x1;
    #[cfg(target_arch = "aarch64")] Neon: units T8x3, T8x3, T4x2;
    Portable<16>: units T4x2, T4x2, T4x2;
    #[cfg(test)] Portable<32>: units T6x2, T6x2, T4x1;
    #[cfg(test)] Portable<64>: units T8x3, T6x4, T6x4;
}

tiles! {
    // 32 registers: 24 sums, 3 for b, the rest for a. Of a narrow product 256 bits: 512 would take units of 128 bits,
    // to repeat which is no part of a load on Zen 4.
    #[cfg(target_arch = "x86_64")] Avx512, f32: T8x3, narrow Real<Avx2, f32, 2>, complex T4x3;
    #[cfg(target_arch = "x86_64")] Avx512, f64: T8x3, narrow Real<Avx2, f64, 2>, complex T4x3;
    // 16 registers: 12 sums, 2 for b, 1 or 2 for a. A complex tile has two sums for each vector of `c`, and is left
    // room by taking the parts of an element of `a` one after the other.
    #[cfg(target_arch = "x86_64")] Avx2, f32: T6x2, narrow Real<Avx2, f32, 2>, complex T3x2;
    #[cfg(target_arch = "x86_64")] Avx2, f64: T6x2, narrow Real<Avx2, f64, 2>, complex T3x2;
    // 32 registers of two or four lanes: more rows make up for the narrow vectors.
    #[cfg(target_arch = "aarch64")] Neon, f32: T8x3, narrow Real<Neon, f32>, complex T4x3;
    #[cfg(target_arch = "aarch64")] Neon, f64: T8x3, narrow Real<Neon, f64>, complex T4x3;
    // SSE2 has 16 registers too, but no multiply-add: a product needs one of them.
    Portable<16>, f32: T4x2, narrow Real<Portable<16>, f32>, complex T2x2;
    Portable<16>, f64: T4x2, narrow Real<Portable<16>, f64>, complex T2x2;
    #[cfg(test)] Portable<32>, f32: T6x2, narrow Real<Portable<32>, f32, 2>, complex T3x2;
    #[cfg(test)] Portable<32>, f64: T6x2, narrow Real<Portable<32>, f64, 2>, complex T3x2;
    #[cfg(test)] Portable<64>, f32: T8x3, narrow Real<Portable<32>, f32, 2>, complex T4x3;
    #[cfg(test)] Portable<64>, f64: T8x3, narrow Real<Portable<32>, f64, 2>, complex T4x3;
}

narrow_tiles! {
    // Eight sums keep two multiply-adds a cycle with a latency of four busy.
    #[cfg(target_arch = "x86_64")] Avx2, f32, 2: T8x1;
    #[cfg(target_arch = "x86_64")] Avx2, f64, 2: T8x1;
    #[cfg(test)] Portable<32>, f32, 2: T8x1;
    #[cfg(test)] Portable<32>, f64, 2: T8x1;
}
