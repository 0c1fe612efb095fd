//! Arrays of lanes, which any compiler turns into some vector code. The same algorithms run on them at any width, so
//! that every tile and every edge is tested on every machine.
#![allow(clippy::undocumented_unsafe_blocks, reason = "each function passes its own contract on")]

#[cfg(test)]
use super::Folded;
use super::{Isa, Op, Simd, SimdFloat};

/// Vectors of `BYTES` bytes.
#[derive(Clone, Copy)]
pub(crate) struct Portable<const BYTES: usize>;

impl<const BYTES: usize> Isa for Portable<BYTES> {
    const NAME: &'static str = "portable";
    const HALVES: bool = BYTES == 64;

    fn in_halves() -> bool {
        Self::HALVES
    }

    #[inline(never)]
    unsafe fn vectorize<O: Op>(args: O::Args) -> O::Output {
        // SAFETY: the caller keeps the operation's contract, and every CPU has this instruction set.
        unsafe { O::run(args) }
    }
}

macro_rules! lanes {
    ($($t:ty, $bytes:literal, $lanes:literal;)*) => {$(
        impl Simd<$t> for Portable<$bytes> {
            type Vec = [$t; $lanes];
            type Mask = usize;
            const LANES: usize = $lanes;

            #[inline(always)]
            unsafe fn zero() -> Self::Vec {
                [0.0; $lanes]
            }
            #[inline(always)]
            unsafe fn splat(x: $t) -> Self::Vec {
                [x; $lanes]
            }
            #[inline(always)]
            unsafe fn load(p: *const $t) -> Self::Vec {
                unsafe { p.cast::<Self::Vec>().read_unaligned() }
            }
            #[inline(always)]
            unsafe fn store(p: *mut $t, v: Self::Vec) {
                unsafe { p.cast::<Self::Vec>().write_unaligned(v) }
            }
            #[inline(always)]
            unsafe fn mask(n: usize) -> usize {
                n
            }
            #[inline(always)]
            unsafe fn load_masked(p: *const $t, mask: usize) -> Self::Vec {
                let mut v = [0.0; $lanes];
                for i in 0..$lanes {
                    if i < mask {
                        v[i] = unsafe { p.add(i).read_unaligned() };
                    }
                }
                v
            }
            #[inline(always)]
            unsafe fn store_masked(p: *mut $t, mask: usize, v: Self::Vec) {
                for i in 0..$lanes {
                    if i < mask {
                        unsafe { p.add(i).write_unaligned(v[i]) };
                    }
                }
            }
            #[inline(always)]
            unsafe fn add(mut a: Self::Vec, b: Self::Vec) -> Self::Vec {
                for i in 0..$lanes {
                    a[i] += b[i];
                }
                a
            }
            #[inline(always)]
            unsafe fn mul(mut a: Self::Vec, b: Self::Vec) -> Self::Vec {
                for i in 0..$lanes {
                    a[i] *= b[i];
                }
                a
            }
            #[inline(always)]
            unsafe fn mul_add(a: Self::Vec, b: Self::Vec, mut c: Self::Vec) -> Self::Vec {
                for i in 0..$lanes {
                    c[i] += a[i] * b[i];
                }
                c
            }
        }

        impl SimdFloat<$t> for Portable<$bytes> {
            #[inline(always)]
            unsafe fn mul_add_low(a: Self::Vec, b: Self::Vec, mut c: Self::Vec) -> Self::Vec {
                for i in 0..$lanes / 2 {
                    c[i] += a[i] * b[i];
                }
                c
            }
            #[inline(always)]
            unsafe fn pairs(x: $t, y: $t) -> Self::Vec {
                let mut v = [x; $lanes];
                for i in 0..$lanes / 2 {
                    v[2 * i + 1] = y;
                }
                v
            }
            #[inline(always)]
            unsafe fn swap_pairs(mut v: Self::Vec) -> Self::Vec {
                for i in 0..$lanes / 2 {
                    v.swap(2 * i, 2 * i + 1);
                }
                v
            }
            #[inline(always)]
            unsafe fn abs(mut v: Self::Vec) -> Self::Vec {
                for x in &mut v {
                    *x = x.abs();
                }
                v
            }
            #[inline(always)]
            unsafe fn max(mut a: Self::Vec, b: Self::Vec) -> Self::Vec {
                for i in 0..$lanes {
                    a[i] = if b[i] > a[i] { b[i] } else { a[i] };
                }
                a
            }
            #[inline(always)]
            unsafe fn totals(v: [Self::Vec; 4]) -> [$t; 4] {
                v.map(|v| v.iter().sum())
            }
            #[inline(always)]
            unsafe fn transpose(src: *const $t, src_row: isize, dst: *mut $t, dst_row: isize) {
                for i in 0..$lanes as isize {
                    for j in 0..$lanes as isize {
                        let x = unsafe { src.offset(i * src_row + j).read_unaligned() };
                        unsafe { dst.offset(j * dst_row + i).write_unaligned(x) };
                    }
                }
            }
        }
    )*};
}

lanes! {
    f32, 16, 4;
    f64, 16, 2;
}

#[cfg(test)]
lanes! {
    f32, 32, 8;
    f64, 32, 4;
    f32, 64, 16;
    f64, 64, 8;
}

#[cfg(test)]
macro_rules! folded {
    ($($t:ty, $n:literal, $bytes:literal;)*) => {$(
        impl Folded<$t, $n> for Portable<$bytes> {
            #[inline(always)]
            unsafe fn repeat(p: *const [$t; $n]) -> Self::Vec {
                let unit = unsafe { p.read_unaligned() };
                std::array::from_fn(|i| unit[i % $n])
            }
            #[inline(always)]
            unsafe fn fold(mut v: Self::Vec) -> Self::Vec {
                for i in 0..v.len() / $n {
                    v[i] = v[$n * i..$n * (i + 1)].iter().sum();
                }
                v
            }
        }
    )*};
}

#[cfg(test)]
folded! {
    f32, 2, 32;
    f64, 2, 32;
}
