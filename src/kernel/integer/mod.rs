//! Integer products by value and not only by type: bounds of the operands are found while they are read, and the
//! cheapest instructions that these prove exact multiply.

mod convert;
mod elements;
mod kernels;
mod lanes;
mod route;
mod stored;

use std::sync::OnceLock;

use convert::{Back, Ordered, To, convert};
use kernels::Pairs;
#[cfg(any(test, target_arch = "x86_64"))]
use kernels::{Fours, FoursSwapped};
pub(crate) use route::Route;

use super::args::{Gemm, Gemv, Ger, Inner, Part, Source, Target, reinterpret};
use super::driver::{Product, cost, is_one_strip, multiply, one_strip};
use super::generic::scale;
use super::lanes::Lanes;
use super::level::{self, Level};
use super::micro::Kernel;
use super::ring::{Ring, Widen};
use super::simd::Isa;
#[cfg(target_arch = "aarch64")]
use super::simd::neon::Neon;
use super::simd::portable::Portable;
#[cfg(target_arch = "x86_64")]
use super::simd::{avx2::Avx2, avx512::Avx512, integer::Avx512Vnni};
use super::tiles::{Tiled, TiledInt};
use super::update::Update;
use super::{gemv, ger, inner, parallel, workspace};
use crate::scalar::{ElementKind, Scalar};
use stored::Stored;

/// Rows of `a` and `c` that are converted at a time: this bounds the memory that a product needs beside its operands,
/// while `b` is packed once for so many rows.
const ROWS: usize = 2048;

/// An instruction set that multiplies integers.
pub(crate) trait Integers: TiledInt {
    /// Its floats.
    type Float: Tiled<f32> + Tiled<f64>;
    /// What multiplies whole elements, for which dot products of parts are no use: not compiled twice.
    type Whole: TiledInt;
    /// Vectors half as wide as those, if there are such.
    type Half: TiledInt;
    /// Whether it sums four 8-bit products at once.
    const DOT4: bool;
    /// Multiply-adds below which looking at 64-bit values costs more than it gains: fewer where a full multiply is
    /// slow.
    const WORTH_LOOKING_64: usize;

    /// A product by [`Route::Fours`] or, with the roles of the operands changed, [`Route::FoursSwapped`].
    ///
    /// # Safety
    /// As for [`by_way_of`].
    unsafe fn fours<T>(g: &Gemm<T>, swapped: bool)
    where
        T: Ring + To<T> + To<u8> + To<i8> + Stored<Self, i32>,
        i32: To<T>;

    /// `u8 x i8 -> i32`, by fours if there are such instructions, else by pairs.
    ///
    /// # Safety
    /// As for [`converted`].
    unsafe fn widen_fours(shape: (usize, usize, usize), a: Source<u8>, b: Source<i8>, c: Target<i32>, threads: usize);
}

macro_rules! integers {
    ($($(#[$cfg:meta])* $isa:ty, floats $float:ty, whole $whole:ty, half $half:ty, looks from $order:literal, dot4: $dot4:ident;)*) => {$(
        $(#[$cfg])*
        impl Integers for $isa {
            type Float = $float;
            type Whole = $whole;
            type Half = $half;
            const WORTH_LOOKING_64: usize = $order * $order * $order;
            integers!(@$dot4);
        }
    )*};
    (@yes) => {
        const DOT4: bool = true;

        unsafe fn fours<T>(g: &Gemm<T>, swapped: bool)
        where
            T: Ring + To<T> + To<u8> + To<i8> + Stored<Self, i32>,
            i32: To<T>,
        {
            // SAFETY: passed on.
            unsafe {
                if swapped {
                    by_way_of::<Self, FoursSwapped<Self>, T, T, i32>(g);
                } else {
                    by_way_of::<Self, Fours<Self, T>, T, T, T>(g);
                }
            }
        }

        unsafe fn widen_fours(shape: (usize, usize, usize), a: Source<u8>, b: Source<i8>, c: Target<i32>, threads: usize) {
            // SAFETY: passed on.
            unsafe { summed::<Self, Fours<Self>, u8, i8>(shape, a, b, c, threads) }
        }
    };
    (@no) => {
        const DOT4: bool = false;

        unsafe fn fours<T>(_: &Gemm<T>, _: bool)
        where
            T: Ring + To<T> + To<u8> + To<i8> + Stored<Self, i32>,
            i32: To<T>,
        {
            unreachable!("the route asks for what DOT4 denies");
        }

        unsafe fn widen_fours(shape: (usize, usize, usize), a: Source<u8>, b: Source<i8>, c: Target<i32>, threads: usize) {
            // SAFETY: passed on.
            unsafe { summed::<Self, Pairs<Self>, u8, i8>(shape, a, b, c, threads) }
        }
    };
}

integers! {
    #[cfg(target_arch = "x86_64")] Avx512Vnni, floats Avx512, whole Avx512, half Avx2, looks from 40, dot4: yes;
    #[cfg(target_arch = "x86_64")] Avx512, floats Avx512, whole Avx512, half Avx2, looks from 40, dot4: no;
    #[cfg(target_arch = "x86_64")] Avx2, floats Avx2, whole Avx2, half Avx2, looks from 24, dot4: no;
    #[cfg(target_arch = "aarch64")] Neon, floats Neon, whole Neon, half Neon, looks from 24, dot4: no;
    Portable<16>, floats Portable<16>, whole Portable<16>, half Portable<16>, looks from 24, dot4: no;
    #[cfg(test)] Portable<32>, floats Portable<32>, whole Portable<32>, half Portable<16>, looks from 24, dot4: yes;
    #[cfg(test)] Portable<64>, floats Portable<64>, whole Portable<64>, half Portable<32>, looks from 24, dot4: yes;
}

/// Elements of integer products; unsigned ones borrow the signed type of their width.
pub(crate) trait Int: Ring + Ordered {
    /// The route for a product, from what its operands hold.
    ///
    /// # Safety
    /// The operands are readable and the CPU has `S`.
    unsafe fn route<S: Integers>(g: &Gemm<Self>) -> Route;

    /// The product by a route.
    ///
    /// # Safety
    /// As for [`by_way_of`].
    unsafe fn take<S: Integers>(g: &Gemm<Self>, route: Route);
}

/// The engines of the levels.
pub(crate) trait WithEngine: Int {
    /// The engine of the level in use, chosen once.
    fn engine() -> &'static Engine<Self>;
    /// The engine of one level; the CPU has to have it.
    fn engine_at(level: Level) -> &'static Engine<Self>;
    /// Those of the wider portable forms, which run the same code as the wider instruction sets.
    #[cfg(test)]
    fn wide_portable_engines() -> [&'static Engine<Self>; 2];
}

/// The functions that work on integers `T` at one level.
pub(crate) struct Engine<T> {
    pub gemm: unsafe fn(&Gemm<T>) -> Option<Route>,
    pub gemv: unsafe fn(Gemv<T>),
    pub ger: unsafe fn(Ger<T>),
    pub inner: unsafe fn(Inner<T>),
    /// The instruction set, for the report.
    pub isa: &'static str,
    dot4: bool,
}

/// Such as `avx2, 16-bit pairs to full multiply by value`: the instruction set, and the routes that values choose from.
pub(crate) fn describe<T: WithEngine>(level: Level) -> String {
    let engine = T::engine_at(level);
    let cheapest = if engine.dot4 { Route::Fours } else { Route::Pairs };
    match (size_of::<T>(), engine.dot4) {
        (1, _) => format!("{}, {}", engine.isa, cheapest.name()),
        (2, _) => format!("{}, {}", engine.isa, Route::Pairs.name()),
        _ => format!("{}, by value: {} to {}", engine.isa, cheapest.name(), Route::Full.name()),
    }
}

/// `c = alpha * a * b + beta * c`, and the route taken; `None` where there was nothing to multiply.
///
/// # Safety
/// The operands lie where `g` says, `c` is writable and overlaps neither `a` nor `b`, and the CPU has `S`.
unsafe fn gemm<S: Integers, T: Int + Lanes<S::Whole> + Lanes<S::Half>>(g: &Gemm<T>) -> Option<Route> {
    if g.m == 0 || g.n == 0 {
        return None;
    }
    // SAFETY: as promised to this function; multiplication commutes, so a column-major `c` is a row-major product of
    // the transposes.
    unsafe {
        if g.k == 0 || g.alpha == T::zero() {
            scale((g.m, g.n), g.beta, g.c);
            return None;
        }
        if ger::taken_as_outer::<S::Whole, S::Half, T>(g) {
            return Some(Route::Full);
        }
        let transposed;
        let g = if g.c.is_column_major() {
            transposed = g.t();
            &transposed
        } else {
            g
        };
        let route = T::route::<S>(g);
        T::take::<S>(g, route);
        Some(route)
    }
}

/// The product as it stands.
///
/// # Safety
/// As for [`multiply`].
unsafe fn straight<K: Kernel<A = T, B = T, C = T>, T: Ring>(g: &Gemm<T>) {
    // SAFETY: passed on.
    unsafe { if is_one_strip::<T, K>(g) { one_strip::<T, K>(g) } else { multiply(Product::<K>::of(g), g.threads) } }
}

/// The product through a kernel of other elements, with both operands read as `V`, which has the bits of `T`.
///
/// # Safety
/// As for [`converted`].
unsafe fn by_way_of<S, K, T, V, W>(g: &Gemm<T>)
where
    S: Isa,
    K: Kernel<C: Ring>,
    T: Ring,
    V: To<K::A> + To<K::B>,
    W: To<T>,
{
    let shape = (g.m, g.n, g.k);
    // SAFETY: passed on.
    unsafe { converted::<S, K, V, V, W, T>(shape, g.a.cast(), g.b.cast(), (g.c, g.part), Update::of(g), g.threads) }
}

/// `c = a * b` through a kernel whose sums are what is wanted.
///
/// # Safety
/// As for [`converted`].
unsafe fn summed<S: Isa, K: Kernel<C: Ring>, A: To<K::A>, B: To<K::B>>(
    shape: (usize, usize, usize),
    a: Source<A>,
    b: Source<B>,
    c: Target<i32>,
    threads: usize,
) {
    // SAFETY: passed on.
    unsafe { converted::<S, K, A, B, i32, i32>(shape, a, b, (c, Part::All), Update::plain(), threads) }
}

/// A product through the kernel `K`: the operands are converted to its elements, and its sums (read as `W`) are taken
/// into `c`.
///
/// # Safety
/// As for [`multiply`], and the route proves every conversion.
unsafe fn converted<S, K, TA, TB, W, T>(
    (m, n, k): (usize, usize, usize),
    a: Source<TA>,
    b: Source<TB>,
    (c, part): (Target<T>, Part),
    update: Update<T>,
    threads: usize,
) where
    S: Isa,
    K: Kernel<C: Ring>,
    T: Ring,
    TA: To<K::A>,
    TB: To<K::B>,
    W: To<T>,
{
    let rows = ROWS.min(m);
    // What this thread has just converted, others have to fetch from its cache.
    let fetched = cost::<K::Right>(m, n, k.div_ceil(K::K_UNIT)) / 4;
    let threads = if TA::SAME && TB::SAME { threads } else { threads.min(parallel::worth(fetched)) };
    let copied =
        |elements: usize, size: usize, same: bool| if same { 0 } else { (elements * size).next_multiple_of(64) };
    let a_bytes = copied(rows * k, size_of::<K::A>(), TA::SAME);
    let b_bytes = copied(k * n, size_of::<K::B>(), TB::SAME);
    let c_bytes = copied(rows * n, size_of::<K::C>(), W::SAME);
    workspace::with(a_bytes + b_bytes + c_bytes, |buffer| {
        // SAFETY: the buffer holds the three copies; rows i..i + rows are among the m of `a` and `c`.
        unsafe {
            let (b_copy, c_copy) = (buffer.add(a_bytes).cast(), buffer.add(a_bytes + b_bytes));
            let b = if TB::SAME { b.cast() } else { convert::<S, TB, K::B>(b, k, n, b_copy) };
            for i in (0..m).step_by(ROWS) {
                let m = ROWS.min(m - i);
                let part = part.from(i, 0);
                let a = Source { ptr: a.ptr.offset(i as isize * a.row_stride), ..a };
                let c = Target { ptr: c.ptr.offset(i as isize * c.row_stride), ..c };
                let a = if TA::SAME { a.cast() } else { convert::<S, TA, K::A>(a, m, k, buffer.cast()) };
                if W::SAME {
                    let (alpha, beta) = (reinterpret(update.alpha), reinterpret(update.beta));
                    let update = Update::<K::C> { alpha, beta, write: update.write, conj_a: false, conj_b: false };
                    multiply(Product::<K> { m, n, k, a, b, c: c.cast(), update, part }, threads);
                } else {
                    let sums = Target { ptr: c_copy.cast(), row_stride: n as isize, col_stride: 1 };
                    multiply(Product::<K> { m, n, k, a, b, c: sums, update: Update::plain(), part }, threads);
                    let sums = sums.ptr.cast_const().cast();
                    match part {
                        Part::All => S::vectorize::<Back<S, W, T>>((sums, m, n, update, c)),
                        // Row by row: what was not asked for may not be there.
                        Part::Lower(_) => (0..m).for_each(|i| {
                            let c = Target { ptr: c.ptr.offset(i as isize * c.row_stride), ..c };
                            S::vectorize::<Back<S, W, T>>((sums.add(i * n), 1, part.columns(i, n), update, c));
                        }),
                    }
                }
            }
        }
    });
}

/// Evaluates `$body` with `$s` naming the instruction set of a level.
macro_rules! at_level {
    ($level:expr, $s:ident => $body:expr) => {
        match $level {
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 if is_x86_feature_detected!("avx512vnni") => {
                type $s = Avx512Vnni;
                $body
            }
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => {
                type $s = Avx512;
                $body
            }
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => {
                type $s = Avx2;
                $body
            }
            #[cfg(target_arch = "aarch64")]
            Level::Neon => {
                type $s = Neon;
                $body
            }
            _ => {
                type $s = Portable<16>;
                $body
            }
        }
    };
}

/// `c = a * b` of small integers, summed in `i32`: `i8 x i8`, `u8 x i8` or `i16 x i16`.
///
/// # Safety
/// The operands lie where the arguments say, `c` is writable and overlaps neither, no dimension is zero, and the CPU
/// has the level.
pub(crate) unsafe fn widen<A: Widen<B>, B: Scalar + Into<i32>>(
    level: Level,
    shape: (usize, usize, usize),
    a: Source<A>,
    b: Source<B>,
    c: Target<i32>,
    threads: usize,
) {
    // SAFETY: each cast names the element type that was just recognised. Products of 8-bit numbers are exact in 16-bit
    // pairs, and all sums are in 32 bits, as wanted.
    unsafe {
        at_level!(level, S => match (ElementKind::of::<A>(), ElementKind::of::<B>()) {
            (ElementKind::U8, ElementKind::I8) => S::widen_fours(shape, a.cast(), b.cast(), c, threads),
            (ElementKind::I8, ElementKind::I8) => {
                summed::<S, Pairs<S>, i8, i8>(shape, a.cast(), b.cast(), c, threads);
            }
            _ => summed::<S, Pairs<S>, i16, i16>(shape, a.cast(), b.cast(), c, threads),
        });
    }
}

impl<T: Int> Engine<T> {
    const fn new<S: Integers>() -> Self
    where
        T: Lanes<S::Whole> + Lanes<S::Half>,
    {
        Engine {
            gemm: gemm::<S, T>,
            gemv: gemv::gemv::<S::Whole, T>,
            ger: ger::ger::<S::Whole, S::Half, T>,
            inner: inner::inner::<S::Whole, T>,
            isa: S::NAME,
            dot4: S::DOT4,
        }
    }
}

macro_rules! engines {
    ($($t:ty)*) => {$(
        impl WithEngine for $t {
            #[inline(always)]
            fn engine() -> &'static Engine<Self> {
                static ENGINE: OnceLock<&'static Engine<$t>> = OnceLock::new();
                ENGINE.get_or_init(|| Self::engine_at(level::get()))
            }

            fn engine_at(level: Level) -> &'static Engine<Self> {
                at_level!(level, S => const { &Engine::new::<S>() })
            }

            #[cfg(test)]
            fn wide_portable_engines() -> [&'static Engine<Self>; 2] {
                const { [&Engine::new::<Portable<32>>(), &Engine::new::<Portable<64>>()] }
            }
        }
    )*};
}

engines!(i8 i16 i32 i64);
