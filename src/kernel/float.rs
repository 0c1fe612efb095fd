//! Operations on `f32`, `f64` and complex elements, over any kernel that multiplies them.

use std::sync::OnceLock;

use num_complex::Complex;
use num_traits::Float;

use super::args::{Gemm, Gemv, Ger, Inner, Target, VecSource, VecTarget};
use super::complex::ComplexOf;
use super::driver::{Product, is_one_strip, multiply, one_strip};
use super::gemv;
use super::generic::scale;
use super::ger;
use super::inner;
use super::lanes::Lanes;
use super::level::{self, Level};
use super::level1::{self, Field};
use super::micro::Kernel;
use super::pack::Movable;
use super::real::Real;
use super::ring::Ring;
use super::shape::Shape;
#[cfg(target_arch = "aarch64")]
use super::simd::neon::Neon;
use super::simd::portable::Portable;
use super::simd::{Isa, SimdFloat};
#[cfg(target_arch = "x86_64")]
use super::simd::{avx2::Avx2, avx512::Avx512};
use super::syrk::mirror_vectors;

/// The functions that work on elements `T` at one level.
pub(crate) struct Engine<T: Element> {
    pub gemm: unsafe fn(&Gemm<T>),
    pub mirror: unsafe fn(usize, Target<T>),
    pub gemv: unsafe fn(Gemv<T>),
    pub ger: unsafe fn(Ger<T>),
    pub inner: unsafe fn(Inner<T>),
    pub axpy: unsafe fn(usize, T, VecSource<T>, VecTarget<T>),
    pub scal: unsafe fn(usize, T, VecTarget<T>),
    pub nrm2: unsafe fn(usize, VecSource<T>) -> T::Real,
    pub asum: unsafe fn(usize, VecSource<T>) -> T::Real,
    pub iamax: unsafe fn(usize, VecSource<T>) -> Option<usize>,
    /// For the report.
    pub kernel: fn() -> String,
    /// Rows and columns of the micro-kernel's tile.
    #[cfg(test)]
    pub tile: fn() -> (usize, usize),
    /// Columns in a vector.
    #[cfg(test)]
    pub lanes: usize,
}

impl<T: Element> Engine<T> {
    /// Products of matrices through the kernel `K`, all else in the vectors of `V`.
    const fn new<K: Kernel<A = T, B = T, C = T>, V>() -> Self
    where
        T: Lanes<V> + Movable<V> + Field<Real = <T as Element>::Real>,
        V: SimdFloat<<T as Element>::Real>,
    {
        Engine {
            gemm: gemm::<K, V, T>,
            mirror: mirror_vectors::<V, T>,
            gemv: gemv::gemv::<V, T>,
            ger: ger::ger::<V, V, T>,
            inner: inner::inner::<V, T>,
            axpy: level1::axpy::<V, T>,
            scal: level1::scal::<V, T>,
            nrm2: level1::nrm2::<V, T>,
            asum: level1::asum::<V, T>,
            iamax: level1::iamax::<V, T>,
            kernel: describe::<K>,
            #[cfg(test)]
            tile: || (K::Tile::MR, K::NR),
            #[cfg(test)]
            lanes: K::LANES,
        }
    }
}

/// Such as `avx512 8x24`: the level, and the tile's rows and columns.
pub(crate) fn describe<K: Kernel>() -> String {
    format!("{} {}x{}", K::Isa::NAME, K::Tile::MR, K::NR)
}

/// Elements that the engine multiplies.
pub(crate) trait Element: Ring {
    /// The type of a norm.
    type Real: Float;

    /// The engine of the level in use, chosen once.
    fn engine() -> &'static Engine<Self>;
    /// The engine of one level; the CPU has to have it.
    fn engine_at(level: Level) -> &'static Engine<Self>;
    /// Every engine that this CPU can run, the portable one at three widths.
    #[cfg(test)]
    fn engines() -> Vec<&'static Engine<Self>> {
        let levels = Level::ALL.into_iter().filter(|level| level.available()).map(Self::engine_at);
        levels.chain(Self::wide_portable_engines()).collect()
    }
    #[cfg(test)]
    fn wide_portable_engines() -> [&'static Engine<Self>; 2];
}

macro_rules! elements {
    ($($t:ty = $kernel:ident of $real:ty;)*) => {$(
        impl Element for $t {
            type Real = $real;

            #[inline(always)]
            fn engine() -> &'static Engine<Self> {
                static ENGINE: OnceLock<&'static Engine<$t>> = OnceLock::new();
                ENGINE.get_or_init(|| Self::engine_at(level::get()))
            }
            fn engine_at(level: Level) -> &'static Engine<Self> {
                match level {
                    #[cfg(target_arch = "x86_64")]
                    // Memory that is not aligned to 64 bytes splits each vector of 512 bits, and here they are none the
                    // faster.
                    Level::Avx512 if Avx512::in_halves() => {
                        const { &Engine::new::<$kernel<Avx512, $real>, Avx2>() }
                    }
                    #[cfg(target_arch = "x86_64")]
                    Level::Avx512 => const { &Engine::new::<$kernel<Avx512, $real>, Avx512>() },
                    #[cfg(target_arch = "x86_64")]
                    Level::Avx2 => const { &Engine::new::<$kernel<Avx2, $real>, Avx2>() },
                    #[cfg(target_arch = "aarch64")]
                    Level::Neon => const { &Engine::new::<$kernel<Neon, $real>, Neon>() },
                    _ => const { &Engine::new::<$kernel<Portable<16>, $real>, Portable<16>>() },
                }
            }
            #[cfg(test)]
            fn wide_portable_engines() -> [&'static Engine<Self>; 2] {
                const { [&Engine::new::<$kernel<Portable<32>, $real>, Portable<32>>(), &Engine::new::<$kernel<Portable<64>, $real>, Portable<64>>()] }
            }
        }
    )*};
}

elements! {
    f32 = Real of f32;
    f64 = Real of f64;
    Complex<f32> = ComplexOf of f32;
    Complex<f64> = ComplexOf of f64;
}

/// [`Gemm`] through the kernel `K`, outer products in the vectors of `V`.
///
/// # Safety
/// The operands lie where `g` says, `c` is writable and overlaps neither `a` nor `b`, and the CPU has the kernel's
/// instruction set.
unsafe fn gemm<K: Kernel<A = T, B = T, C = T>, V: Isa, T: Element + Lanes<V>>(g: &Gemm<T>) {
    if is_one_strip::<T, K>(g) && g.alpha != T::zero() {
        // SAFETY: as promised to this function.
        return unsafe { one_strip::<T, K>(g) };
    }
    if g.m == 0 || g.n == 0 {
        return;
    }
    if g.k == 0 || g.alpha == T::zero() {
        // SAFETY: as promised to this function.
        return unsafe { scale((g.m, g.n), g.beta, g.c) };
    }
    // SAFETY: as promised to this function.
    unsafe {
        // Of complex numbers x * y and y * x are rounded otherwise, and a product of a vector with its own transpose
        // would not be symmetric.
        let commutes = const { size_of::<T>() == size_of::<<T as Element>::Real>() } || g.a.ptr != g.b.ptr;
        if !(commutes && ger::taken_as_outer::<V, V, T>(g)) {
            multiply(Product::<K>::of(g), g.threads);
        }
    }
}
