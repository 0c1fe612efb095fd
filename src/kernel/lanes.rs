//! Vectors of elements, real or complex: what the kernels at memory speed are made of.
#![allow(clippy::undocumented_unsafe_blocks, reason = "each function passes its own contract on")]

use std::mem::MaybeUninit;

use num_complex::Complex;
use num_traits::Float;

use super::ring::Ring;
use super::simd::{Simd, SimdFloat};

/// Elements in the vectors of `S`.
///
/// # Safety
/// As for [`Simd`].
pub(crate) trait Lanes<S>: Ring {
    type Vec: Copy;
    type Mask: Copy;
    /// A scalar made ready for multiplying vectors.
    type Factor: Copy;
    /// Partial sums, of an inner product or of scaled vectors: of complex numbers two vectors, since one operation would
    /// wait for the other.
    type Sum: Copy;
    const LANES: usize;

    unsafe fn load(p: *const Self) -> Self::Vec;
    unsafe fn store(p: *mut Self, v: Self::Vec);
    /// The first `n` lanes, at least one.
    unsafe fn mask(n: usize) -> Self::Mask;
    unsafe fn load_masked(p: *const Self, mask: Self::Mask) -> Self::Vec;
    unsafe fn store_masked(p: *mut Self, mask: Self::Mask, v: Self::Vec);

    /// Multiplies by `x`, the vectors' elements conjugated if so asked.
    unsafe fn factor(x: Self, conj: bool) -> Self::Factor;
    unsafe fn scaled(x: Self::Factor, v: Self::Vec) -> Self::Vec;
    /// `x * v + c`.
    unsafe fn add_scaled(x: Self::Factor, v: Self::Vec, c: Self::Vec) -> Self::Vec;

    /// A sum of scaled vectors and of `c`: [`begin`](Self::begin), [`collect`](Self::collect) of each, and
    /// [`collected`](Self::collected).
    unsafe fn begin(c: Self::Vec) -> Self::Sum;
    unsafe fn collect(x: Self::Factor, v: Self::Vec, sum: Self::Sum) -> Self::Sum;
    unsafe fn collected(sum: Self::Sum) -> Self::Vec;

    unsafe fn no_sum() -> Self::Sum;
    unsafe fn dot_add(x: Self::Vec, y: Self::Vec, sum: Self::Sum) -> Self::Sum;
    unsafe fn merge(a: Self::Sum, b: Self::Sum) -> Self::Sum;
    /// Partial sums of which each takes the place that the one `by` further on had, and the last ones those before
    /// them; of integers, which add up to the same in any order, those that they were.
    #[inline(always)]
    unsafe fn turned(sums: [Self::Sum; 4], _by: usize) -> [Self::Sum; 4] {
        sums
    }
    /// The inner product, its operands conjugated as asked.
    unsafe fn total(sum: Self::Sum, conj_x: bool, conj_y: bool) -> Self;
    /// [`total`](Self::total) of each.
    #[inline(always)]
    unsafe fn totals(sums: [Self::Sum; 4], conj_x: bool, conj_y: bool) -> [Self; 4] {
        let mut totals = [Self::zero(); 4];
        for (total, sum) in totals.iter_mut().zip(sums) {
            *total = unsafe { Self::total(sum, conj_x, conj_y) };
        }
        totals
    }
}

/// The sum of a vector's even lanes, and of its odd ones.
///
/// # Safety
/// The CPU has `S`.
#[inline(always)]
pub(super) unsafe fn even_odd<S: Simd<T>, T: Float>(v: S::Vec) -> (T, T) {
    let mut lanes = [T::zero(); 16];
    // SAFETY: no vector has more than 16 lanes of floats.
    unsafe { S::store(lanes.as_mut_ptr(), v) };
    // By halves, which are vectors too, and keep even lanes apart from odd ones.
    let mut half = S::LANES;
    while half > 2 {
        half /= 2;
        for i in 0..half {
            lanes[i] = lanes[i] + lanes[i + half];
        }
    }
    (lanes[0], lanes[1])
}

/// The lanes of all vectors, those from `by` on first.
///
/// # Safety
/// There are more than `by`, and the CPU has `S`.
#[inline(always)]
unsafe fn turned<S: Simd<T>, T: Float>(v: [S::Vec; 4], by: usize) -> [S::Vec; 4] {
    let mut lanes = MaybeUninit::<[T; 2 * 4 * 16]>::uninit();
    // SAFETY: no vector has more than 16 lanes of floats: two copies of all fit, and so many lanes from `by` on are
    // among them.
    unsafe {
        let lanes: *mut T = lanes.as_mut_ptr().cast();
        for (i, &v) in v.iter().chain(&v).enumerate() {
            S::store(lanes.add(i * S::LANES), v);
        }
        let from = lanes.cast_const().add(by);
        [S::load(from), S::load(from.add(S::LANES)), S::load(from.add(2 * S::LANES)), S::load(from.add(3 * S::LANES))]
    }
}

macro_rules! lanes {
    ($($t:ty)*) => {$(
        impl<S: SimdFloat<$t>> Lanes<S> for $t {
            type Vec = S::Vec;
            type Mask = S::Mask;
            type Factor = S::Vec;
            type Sum = S::Vec;
            const LANES: usize = S::LANES;

            #[inline(always)]
            unsafe fn load(p: *const Self) -> S::Vec {
                unsafe { S::load(p) }
            }
            #[inline(always)]
            unsafe fn store(p: *mut Self, v: S::Vec) {
                unsafe { S::store(p, v) }
            }
            #[inline(always)]
            unsafe fn mask(n: usize) -> S::Mask {
                unsafe { S::mask(n) }
            }
            #[inline(always)]
            unsafe fn load_masked(p: *const Self, mask: S::Mask) -> S::Vec {
                unsafe { S::load_masked(p, mask) }
            }
            #[inline(always)]
            unsafe fn store_masked(p: *mut Self, mask: S::Mask, v: S::Vec) {
                unsafe { S::store_masked(p, mask, v) }
            }
            #[inline(always)]
            unsafe fn factor(x: Self, _conj: bool) -> S::Vec {
                unsafe { S::splat(x) }
            }
            #[inline(always)]
            unsafe fn scaled(x: S::Vec, v: S::Vec) -> S::Vec {
                unsafe { S::mul(x, v) }
            }
            #[inline(always)]
            unsafe fn add_scaled(x: S::Vec, v: S::Vec, c: S::Vec) -> S::Vec {
                unsafe { S::mul_add(x, v, c) }
            }
            #[inline(always)]
            unsafe fn begin(c: S::Vec) -> S::Vec {
                c
            }
            #[inline(always)]
            unsafe fn collect(x: S::Vec, v: S::Vec, sum: S::Vec) -> S::Vec {
                unsafe { S::mul_add(x, v, sum) }
            }
            #[inline(always)]
            unsafe fn collected(sum: S::Vec) -> S::Vec {
                sum
            }
            #[inline(always)]
            unsafe fn no_sum() -> S::Vec {
                unsafe { S::zero() }
            }
            #[inline(always)]
            unsafe fn dot_add(x: S::Vec, y: S::Vec, sum: S::Vec) -> S::Vec {
                unsafe { S::mul_add(x, y, sum) }
            }
            #[inline(always)]
            unsafe fn merge(a: S::Vec, b: S::Vec) -> S::Vec {
                unsafe { S::add(a, b) }
            }
            #[inline(always)]
            unsafe fn turned(sums: [S::Vec; 4], by: usize) -> [S::Vec; 4] {
                unsafe { turned::<S, $t>(sums, by) }
            }
            #[inline(always)]
            unsafe fn total(sum: S::Vec, _conj_x: bool, _conj_y: bool) -> Self {
                let (even, odd) = unsafe { even_odd::<S, $t>(sum) };
                even + odd
            }
            #[inline(always)]
            unsafe fn totals(sums: [S::Vec; 4], _conj_x: bool, _conj_y: bool) -> [Self; 4] {
                unsafe { S::totals(sums) }
            }
        }

        impl<S: SimdFloat<$t>> Lanes<S> for Complex<$t> {
            type Vec = S::Vec;
            type Mask = S::Mask;
            /// What multiplies a vector, and what multiplies it with its parts swapped.
            type Factor = (S::Vec, S::Vec);
            /// Products of equal parts, and of unequal ones.
            type Sum = (S::Vec, S::Vec);
            const LANES: usize = S::LANES / 2;

            #[inline(always)]
            unsafe fn load(p: *const Self) -> S::Vec {
                unsafe { S::load(p.cast()) }
            }
            #[inline(always)]
            unsafe fn store(p: *mut Self, v: S::Vec) {
                unsafe { S::store(p.cast(), v) }
            }
            #[inline(always)]
            unsafe fn mask(n: usize) -> S::Mask {
                unsafe { S::mask(2 * n) }
            }
            #[inline(always)]
            unsafe fn load_masked(p: *const Self, mask: S::Mask) -> S::Vec {
                unsafe { S::load_masked(p.cast(), mask) }
            }
            #[inline(always)]
            unsafe fn store_masked(p: *mut Self, mask: S::Mask, v: S::Vec) {
                unsafe { S::store_masked(p.cast(), mask, v) }
            }
            #[inline(always)]
            unsafe fn factor(x: Self, conj: bool) -> Self::Factor {
                unsafe {
                    if conj {
                        (S::pairs(x.re, -x.re), S::splat(x.im))
                    } else {
                        (S::splat(x.re), S::pairs(-x.im, x.im))
                    }
                }
            }
            #[inline(always)]
            unsafe fn scaled(x: Self::Factor, v: S::Vec) -> S::Vec {
                unsafe { S::mul_add(x.1, S::swap_pairs(v), S::mul(x.0, v)) }
            }
            #[inline(always)]
            unsafe fn add_scaled(x: Self::Factor, v: S::Vec, c: S::Vec) -> S::Vec {
                unsafe { S::mul_add(x.1, S::swap_pairs(v), S::mul_add(x.0, v, c)) }
            }
            #[inline(always)]
            unsafe fn begin(c: S::Vec) -> Self::Sum {
                unsafe { (c, S::zero()) }
            }
            /// The parts of the second vector are swapped once, when all are collected.
            #[inline(always)]
            unsafe fn collect(x: Self::Factor, v: S::Vec, sum: Self::Sum) -> Self::Sum {
                unsafe { (S::mul_add(x.0, v, sum.0), S::mul_add(S::swap_pairs(x.1), v, sum.1)) }
            }
            #[inline(always)]
            unsafe fn collected(sum: Self::Sum) -> S::Vec {
                unsafe { S::add(sum.0, S::swap_pairs(sum.1)) }
            }
            #[inline(always)]
            unsafe fn no_sum() -> Self::Sum {
                unsafe { (S::zero(), S::zero()) }
            }
            #[inline(always)]
            unsafe fn dot_add(x: S::Vec, y: S::Vec, sum: Self::Sum) -> Self::Sum {
                unsafe { (S::mul_add(x, y, sum.0), S::mul_add(x, S::swap_pairs(y), sum.1)) }
            }
            #[inline(always)]
            unsafe fn merge(a: Self::Sum, b: Self::Sum) -> Self::Sum {
                unsafe { (S::add(a.0, b.0), S::add(a.1, b.1)) }
            }
            #[inline(always)]
            unsafe fn turned([a, b, c, d]: [Self::Sum; 4], by: usize) -> [Self::Sum; 4] {
                unsafe {
                    let equal = turned::<S, $t>([a.0, b.0, c.0, d.0], 2 * by);
                    let unequal = turned::<S, $t>([a.1, b.1, c.1, d.1], 2 * by);
                    [0, 1, 2, 3].map(|i| (equal[i], unequal[i]))
                }
            }
            #[inline(always)]
            unsafe fn total(sum: Self::Sum, conj_x: bool, conj_y: bool) -> Self {
                // re * re and im * im; re * im and im * re.
                let ((rr, ii), (ri, ir)) = unsafe { (even_odd::<S, $t>(sum.0), even_odd::<S, $t>(sum.1)) };
                let re = if conj_x == conj_y { rr - ii } else { rr + ii };
                let ri = if conj_y { -ri } else { ri };
                let ir = if conj_x { -ir } else { ir };
                Complex::new(re, ri + ir)
            }
            #[inline(always)]
            unsafe fn totals([a, b, c, d]: [Self::Sum; 4], conj_x: bool, conj_y: bool) -> [Self; 4] {
                let sign = |minus: bool| if minus { -1.0 } else { 1.0 };
                unsafe {
                    let signs = S::pairs(1.0, sign(conj_x == conj_y));
                    let [a_re, b_re, c_re, d_re] =
                        S::totals([S::mul(signs, a.0), S::mul(signs, b.0), S::mul(signs, c.0), S::mul(signs, d.0)]);
                    let signs = S::pairs(sign(conj_y), sign(conj_x));
                    let [a_im, b_im, c_im, d_im] =
                        S::totals([S::mul(signs, a.1), S::mul(signs, b.1), S::mul(signs, c.1), S::mul(signs, d.1)]);
                    [
                        Complex::new(a_re, a_im),
                        Complex::new(b_re, b_im),
                        Complex::new(c_re, c_im),
                        Complex::new(d_re, d_im),
                    ]
                }
            }
        }
    )*};
}

lanes!(f32 f64);
