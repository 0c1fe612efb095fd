//! The integer multiplications: what one step of the micro-kernel multiplies, and how the sums are stored.
#![allow(clippy::undocumented_unsafe_blocks, reason = "each function passes its own contract on")]

use std::marker::PhantomData;

use super::stored::Stored;
use crate::kernel::micro::Kernel;
use crate::kernel::shape::{Shape, T8x1};
use crate::kernel::simd::integer::{Dot4, SimdInt};
use crate::kernel::tiles::TiledInt;
use crate::kernel::units::{pack_a, pack_b, pack_small_a, pack_small_b};
use crate::kernel::update::Update;

/// What every integer kernel does alike, whose sums are in lanes of `$lane` and stored as `$c`.
macro_rules! common {
    ($s:ident, $lane:ident) => {
        common!($s, $lane, $lane);
    };
    ($s:ident, $lane:ident, $c:ident) => {
        type Isa = $s;
        type Narrow = Self;
        type C = $c;
        type Out = <$c as Stored<$s, $lane>>::Out;
        type Mask = usize;
        const LANES: usize = $s::BYTES / size_of::<$lane>();

        #[inline(always)]
        unsafe fn mask(columns: usize) -> usize {
            columns
        }
        #[inline(always)]
        unsafe fn add(x: Self::Out, y: Self::Out) -> Self::Out {
            unsafe { <$c as Stored<$s, $lane>>::add(x, y) }
        }
        #[inline(always)]
        unsafe fn scale(x: $c, y: Self::Out) -> Self::Out {
            unsafe { <$c as Stored<$s, $lane>>::scale(x, y) }
        }
        #[inline(always)]
        unsafe fn load_c(c: *const $c) -> Self::Out {
            unsafe { <$c as Stored<$s, $lane>>::load(c, Self::LANES) }
        }
        #[inline(always)]
        unsafe fn load_c_masked(c: *const $c, n: usize) -> Self::Out {
            unsafe { <$c as Stored<$s, $lane>>::load(c, n) }
        }
        #[inline(always)]
        unsafe fn store_c(c: *mut $c, x: Self::Out) {
            unsafe { <$c as Stored<$s, $lane>>::store(c, Self::LANES, x) }
        }
        #[inline(always)]
        unsafe fn store_c_masked(c: *mut $c, n: usize, x: Self::Out) {
            unsafe { <$c as Stored<$s, $lane>>::store(c, n, x) }
        }
    };
}

/// Sums that are one vector.
macro_rules! one_vector {
    ($s:ident, $lane:ident, $c:ident) => {
        type Sum = $s::Int;

        #[inline(always)]
        unsafe fn zero() -> $s::Int {
            unsafe { $s::zero() }
        }
        #[inline(always)]
        unsafe fn out(sum: $s::Int, _: &Update<$c>) -> Self::Out {
            unsafe { <$c as Stored<$s, $lane>>::of(sum) }
        }
    };
}

/// Several small elements to a unit of 32 bits, which is always packed; sums of 32 bits, stored as `C`.
macro_rules! packed_units {
    ($($(#[$doc:meta])* $kernel:ident: $bound:ident, $a:ty, $b:ty, $k:literal,
        |$x:ident, $y:ident, $sum:ident| S::$dot:ident or $low:ident($($arg:ident),*);)*) => {$(
        $(#[$doc])*
        #[cfg_attr(not(any(test, target_arch = "x86_64")), allow(dead_code, reason = "NEON sums no fours"))]
        pub(crate) struct $kernel<S, C = i32>(PhantomData<(S, C)>);

        impl<S: $bound + TiledInt, C: Stored<S, i32>> Kernel for $kernel<S, C> {
            common!(S, i32, C);
            one_vector!(S, i32, C);
            type Tile = S::Units;
            type A = $a;
            type B = $b;
            type Left = i32;
            type Right = i32;
            type Row = S::Int;
            type Splat = S::Int;
            const K_UNIT: usize = $k;
            const IN_PLACE: bool = false;
            const HALVES: bool = S::HALVES;

            #[inline(always)]
            unsafe fn splat(a: *const i32, _: usize) -> S::Int {
                // Where `a` is not packed it has the alignment of its elements.
                unsafe { S::splat32(a.read_unaligned()) }
            }
            #[inline(always)]
            unsafe fn load(b: *const i32) -> S::Int {
                unsafe { S::load(b) }
            }
            #[inline(always)]
            unsafe fn load_masked(b: *const i32, _: usize) -> S::Int {
                // What was packed fills whole vectors.
                unsafe { S::load(b) }
            }
            #[inline(always)]
            unsafe fn mul_add($x: S::Int, _: usize, $y: S::Int, $sum: S::Int) -> S::Int {
                unsafe { S::$dot($($arg),*) }
            }
            #[inline(always)]
            unsafe fn mul_add_low($x: S::Int, _: usize, $y: S::Int, $sum: S::Int) -> S::Int {
                unsafe { S::$low($($arg),*) }
            }
            #[inline(always)]
            unsafe fn pack_a(a: *const $a, s: (isize, isize), rows: usize, k: usize, to: *mut i32) -> (isize, isize) {
                unsafe { pack_small_a::<S, $a, $k>(a, s, Self::Tile::MR, rows, k, to) }
            }
            #[inline(always)]
            unsafe fn pack_b(b: *const $b, s: (isize, isize), k: usize, n: usize, width: usize, to: *mut i32) {
                unsafe { pack_small_b::<S, $b, $k>(b, s, k, n, width, to) }
            }
        }
    )*};
}

packed_units! {
    /// `i16 x i16 -> i32`, two at a time.
    Pairs: SimdInt, i16, i16, 2, |x, y, sum| S::dot2 or dot2_low(x, y, sum);
    /// `u8 x i8 -> i32`, four at a time.
    Fours: Dot4, u8, i8, 4, |x, y, sum| S::dot4 or dot4_low(x, y, sum);
    /// `i8 x u8 -> i32`, four at a time.
    FoursSwapped: Dot4, i8, u8, 4, |x, y, sum| S::dot4 or dot4_low(y, x, sum);
}

/// An element to a unit, read where it lies.
macro_rules! in_place {
    ($s:ident, $t:ident) => {
        type A = $t;
        type B = $t;
        type Left = $t;
        type Right = $t;
        const IN_PLACE: bool = true;

        #[inline(always)]
        unsafe fn pack_a(a: *const $t, s: (isize, isize), rows: usize, k: usize, to: *mut $t) -> (isize, isize) {
            unsafe { pack_a::<$t, $t, 1>(a, s, rows, k, to) }
        }
        #[inline(always)]
        unsafe fn pack_b(b: *const $t, s: (isize, isize), k: usize, n: usize, width: usize, to: *mut $t) {
            unsafe { pack_b::<$t, $t, 1>(b, s, k, n, width, to) }
        }
    };
}

/// Elements where they lie, with sums that are one vector.
macro_rules! whole_elements {
    ($($(#[$doc:meta])* $kernel:ident: $lane:ident, $tile:ident, $splat:ident, $load:ident,
        $mul:ident, $add:ident;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $kernel<S>(PhantomData<S>);

        impl<S: SimdInt + TiledInt> Kernel for $kernel<S> {
            common!(S, $lane);
            one_vector!(S, $lane, $lane);
            in_place!(S, $lane);
            type Tile = S::$tile;
            type Row = S::Int;
            type Splat = S::Int;

            #[inline(always)]
            unsafe fn splat(a: *const $lane, _: usize) -> S::Int {
                unsafe { S::$splat(*a as _) }
            }
            #[inline(always)]
            unsafe fn load(b: *const $lane) -> S::Int {
                unsafe { S::load(b) }
            }
            #[inline(always)]
            unsafe fn load_masked(b: *const $lane, n: usize) -> S::Int {
                unsafe { S::$load(b, n) }
            }
            #[inline(always)]
            unsafe fn mul_add(x: S::Int, _: usize, y: S::Int, sum: S::Int) -> S::Int {
                unsafe { S::$add(sum, S::$mul(x, y)) }
            }
            #[inline(always)]
            unsafe fn mul_add_two(x: S::Int, _: usize, y: [S::Int; 2], sums: [S::Int; 2]) -> [S::Int; 2] {
                unsafe {
                    let [p, q] = S::both(S::$mul(x, y[0]), S::$mul(x, y[1]));
                    [S::$add(sums[0], p), S::$add(sums[1], q)]
                }
            }
        }
    )*};
}

whole_elements! {
    /// `i32 x i32`, the low 32 bits.
    Full32: i32, Tile32, splat32, load32, mul32, add32;
    /// `i64 x i64` where both operands lie within 32 bits. Of an element of `a` its low half is repeated: LLVM would
    /// extend the sign of a whole one first.
    Halves: i64, Tile64, splat32, load64, mul_low_halves, add64;
}

/// Elements of 8 or 16 bits where they lie, each in a lane of 32, for products that are done before units are packed.
pub(crate) struct Unpacked<S, T>(PhantomData<(S, T)>);

impl<S: SimdInt, T: Stored<S, i32, Out = S::Int> + Into<i32>> Kernel for Unpacked<S, T> {
    common!(S, i32, T);
    one_vector!(S, i32, T);
    in_place!(S, T);
    type Tile = T8x1;
    type Row = S::Int;
    type Splat = S::Int;

    #[inline(always)]
    unsafe fn splat(a: *const T, _: usize) -> S::Int {
        unsafe { S::splat32((*a).into()) }
    }
    #[inline(always)]
    unsafe fn load(b: *const T) -> S::Int {
        unsafe { T::load(b, Self::LANES) }
    }
    #[inline(always)]
    unsafe fn load_masked(b: *const T, n: usize) -> S::Int {
        unsafe { T::load(b, n) }
    }
    #[inline(always)]
    unsafe fn mul_add(x: S::Int, _: usize, y: S::Int, sum: S::Int) -> S::Int {
        unsafe { S::add32(sum, S::mul32(x, y)) }
    }
}

/// `i64 x i64`, the low 64 bits.
pub(crate) struct Full64<S>(PhantomData<S>);

impl<S: SimdInt + TiledInt> Kernel for Full64<S> {
    common!(S, i64);
    in_place!(S, i64);
    type Tile = S::Tile64;
    /// A vector and its high halves; what needs no halves does not compute them.
    type Row = (S::Int, S::Int);
    type Splat = (S::Int, S::Int);
    type Sum = S::Sum64;

    #[inline(always)]
    unsafe fn zero() -> S::Sum64 {
        unsafe { S::zero64() }
    }
    #[inline(always)]
    unsafe fn splat(a: *const i64, _: usize) -> (S::Int, S::Int) {
        unsafe {
            let v = S::splat64(*a);
            (v, S::high_halves(v))
        }
    }
    #[inline(always)]
    unsafe fn load(b: *const i64) -> (S::Int, S::Int) {
        unsafe {
            let v = S::load(b);
            (v, S::high_halves(v))
        }
    }
    #[inline(always)]
    unsafe fn load_masked(b: *const i64, n: usize) -> (S::Int, S::Int) {
        unsafe {
            let v = S::load64(b, n);
            (v, S::high_halves(v))
        }
    }
    #[inline(always)]
    unsafe fn mul_add(a: (S::Int, S::Int), _: usize, b: (S::Int, S::Int), sum: S::Sum64) -> S::Sum64 {
        unsafe { S::mul_add64(a.0, a.1, b.0, b.1, sum) }
    }
    #[inline(always)]
    unsafe fn mul_add_two(
        a: (S::Int, S::Int),
        _: usize,
        b: [(S::Int, S::Int); 2],
        sums: [S::Sum64; 2],
    ) -> [S::Sum64; 2] {
        unsafe { S::mul_add64_two(a, b, sums) }
    }
    #[inline(always)]
    unsafe fn out(sum: S::Sum64, _: &Update<i64>) -> S::Int {
        unsafe { S::sum64(sum) }
    }
}
