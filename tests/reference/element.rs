//! The element types: how each is drawn, summed exactly and compared.

use std::fmt::Debug;

use num_complex::Complex;
use polyblas::Scalar;

use super::Rng;
use super::wide::Wide;

/// How large the elements of one matrix are drawn. The native engine multiplies integers by a route that depends on
/// how large they are, so the magnitude is a part of a case.
#[derive(Clone, Copy, Debug)]
pub struct Magnitude {
    /// Integers have up to this many bits (cut to the type's own); floats are small integers, within `[-1, 1)`, or
    /// spread over 40 binary orders of magnitude, by thirds.
    pub bits: u32,
    /// No negative element.
    pub nonnegative: bool,
    /// One element in about this many is as large as the type allows; 0 for none.
    pub outlier: u64,
}

impl Magnitude {
    pub const FULL: Magnitude = Magnitude { bits: 128, nonnegative: false, outlier: 0 };
    pub const SMALL: Magnitude = Magnitude { bits: 4, nonnegative: false, outlier: 0 };
}

/// An element type with a reference to compare with.
pub trait Element: Scalar + Debug {
    /// A sum of products, exact or nearly so.
    type Sum: Copy;

    fn draw(rng: &mut Rng, magnitude: Magnitude) -> Self;
    /// What surrounds the elements in memory: it shows where it is read or overwritten.
    fn guard() -> Self;
    /// Bit for bit equal.
    fn same(self, other: Self) -> bool;
    fn conjugate(self) -> Self {
        self
    }
    fn minus_one() -> Self {
        Self::zero() - Self::one()
    }

    fn sum(products: impl Iterator<Item = (Self, Self)>) -> Self::Sum;
    /// Whether `self` is `alpha * sum + beta * c` up to what rounding explains; `c` is not looked at when `beta` is
    /// zero.
    fn agrees(self, alpha: Self, sum: &Self::Sum, beta: Self, c: Self) -> Result<(), String>;

    /// Whether `self` is `sum` up to what rounding explains.
    fn agrees_with(self, sum: &Self::Sum) -> Result<(), String> {
        self.agrees(Self::one(), sum, Self::zero(), Self::zero())
    }
}

fn equal<T: PartialEq + Debug>(found: T, expected: T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{found:?}, but exactly {expected:?}")) }
}

macro_rules! integer {
    ($($t:ident)*) => {$(
        impl Element for $t {
            type Sum = $t;

            fn draw(rng: &mut Rng, magnitude: Magnitude) -> Self {
                let signed = $t::MIN != 0;
                if magnitude.outlier != 0 && rng.below(magnitude.outlier) == 0 {
                    return if magnitude.nonnegative || rng.below(2) == 0 { $t::MAX } else { $t::MIN };
                }
                let bits = magnitude.bits.clamp(1, $t::BITS);
                let raw = match rng.below(8) {
                    0 => u128::MAX,
                    1 => 0,
                    2 => 1 << (bits - 1),
                    _ => rng.wide(),
                } & (u128::MAX >> (128 - bits));
                let value = raw as $t;
                if signed && magnitude.nonnegative {
                    value & $t::MAX
                } else if signed && bits < $t::BITS && rng.below(2) == 0 {
                    value.wrapping_neg()
                } else {
                    value
                }
            }

            fn guard() -> Self {
                $t::MAX / 3
            }

            fn same(self, other: Self) -> bool {
                self == other
            }

            fn minus_one() -> Self {
                (0 as $t).wrapping_sub(1)
            }

            fn sum(products: impl Iterator<Item = (Self, Self)>) -> Self {
                products.fold(0, |sum: $t, (x, y)| sum.wrapping_add(x.wrapping_mul(y)))
            }

            fn agrees(self, alpha: Self, sum: &Self, beta: Self, c: Self) -> Result<(), String> {
                equal(self, alpha.wrapping_mul(*sum).wrapping_add(beta.wrapping_mul(c)))
            }
        }
    )*};
}

integer! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize }

/// A real sum of products: its value, the sum of the absolute values of its terms, and how many they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealSum {
    value: Wide,
    absolute: f64,
    terms: usize,
}

impl RealSum {
    fn add(&mut self, x: f64, y: f64) {
        self.value = self.value.add_product(x, y);
        self.absolute += (x * y).abs();
        self.terms += 1;
    }

    fn add_scaled(&mut self, factor: f64, other: &RealSum) {
        self.value = self.value.add_scaled(factor, other.value);
        self.absolute += factor.abs() * other.absolute;
        self.terms = self.terms.max(other.terms);
    }

    /// `n u / (1 - n u)` times the sum of absolute values bounds the error of the sum of `n` products in any order,
    /// with or without fused operations (Higham, "Accuracy and Stability of Numerical Algorithms", section 3.1).
    /// `extra` counts the further roundings that one term can meet: in the products with `alpha` and `beta`.
    fn agrees(&self, found: f64, unit: f64, extra: usize) -> Result<(), String> {
        let n = (self.terms + extra) as f64 * unit;
        let bound = n / (1.0 - n) * self.absolute;
        let error = self.value.distance(found);
        if error <= bound {
            return Ok(());
        }
        Err(format!("{found:e}, {error:e} away from {:e}; rounding explains {bound:e}", self.value.high))
    }
}

fn draw_real(rng: &mut Rng, magnitude: Magnitude) -> f64 {
    let value = match magnitude.bits {
        0..=42 => (rng.below(201) as f64) - 100.0,
        43..=85 => rng.unit(),
        _ => rng.unit() * 2f64.powi(rng.below(40) as i32 - 20),
    };
    if magnitude.nonnegative { value.abs() } else { value }
}

macro_rules! real {
    ($($t:ident $unit:expr;)*) => {$(
        impl Element for $t {
            type Sum = RealSum;

            fn draw(rng: &mut Rng, magnitude: Magnitude) -> Self {
                draw_real(rng, magnitude) as $t
            }

            fn guard() -> Self {
                $t::NAN
            }

            fn same(self, other: Self) -> bool {
                self.to_bits() == other.to_bits()
            }

            fn sum(products: impl Iterator<Item = (Self, Self)>) -> RealSum {
                let mut sum = RealSum::default();
                products.for_each(|(x, y)| sum.add(f64::from(x), f64::from(y)));
                sum
            }

            /// A product meets `alpha` (1) and the sum with `beta * c` (1) besides the `k` roundings of the sum.
            fn agrees(self, alpha: Self, sum: &RealSum, beta: Self, c: Self) -> Result<(), String> {
                let mut whole = RealSum { terms: sum.terms, ..RealSum::default() };
                whole.add_scaled(f64::from(alpha), sum);
                if beta != 0.0 {
                    whole.add_scaled(f64::from(beta), &<$t>::sum([(c, 1.0)].into_iter()));
                }
                whole.agrees(f64::from(self), $unit, 2)
            }
        }

        impl Element for Complex<$t> {
            type Sum = [RealSum; 2];

            fn draw(rng: &mut Rng, magnitude: Magnitude) -> Self {
                Complex::new(<$t>::draw(rng, magnitude), <$t>::draw(rng, magnitude))
            }

            fn guard() -> Self {
                Complex::new(<$t>::NAN, <$t>::NAN)
            }

            fn same(self, other: Self) -> bool {
                self.re.same(other.re) && self.im.same(other.im)
            }

            fn conjugate(self) -> Self {
                self.conj()
            }

            fn sum(products: impl Iterator<Item = (Self, Self)>) -> [RealSum; 2] {
                let mut sum = [RealSum::default(); 2];
                for (x, y) in products {
                    let (x, y) = ((f64::from(x.re), f64::from(x.im)), (f64::from(y.re), f64::from(y.im)));
                    sum[0].add(x.0, y.0);
                    sum[0].add(-x.1, y.1);
                    sum[1].add(x.0, y.1);
                    sum[1].add(x.1, y.0);
                }
                sum
            }

            /// Each part is a real sum of `2 k` products. A product with `alpha` costs two roundings (multiply, add),
            /// and so does the one with `beta`.
            fn agrees(self, alpha: Self, sum: &[RealSum; 2], beta: Self, c: Self) -> Result<(), String> {
                let mut whole = [RealSum { terms: sum[0].terms, ..RealSum::default() }; 2];
                let mut add = |factor: Self, sum: &[RealSum; 2]| {
                    let (re, im) = (f64::from(factor.re), f64::from(factor.im));
                    whole[0].add_scaled(re, &sum[0]);
                    whole[0].add_scaled(-im, &sum[1]);
                    whole[1].add_scaled(re, &sum[1]);
                    whole[1].add_scaled(im, &sum[0]);
                };
                add(alpha, sum);
                if beta != Complex::new(0.0, 0.0) {
                    let c = [(c, Complex::new(1.0, 0.0))];
                    add(beta, &Self::sum(c.into_iter()));
                }
                whole[0].agrees(f64::from(self.re), $unit, 4).map_err(|e| format!("real part {e}"))?;
                whole[1].agrees(f64::from(self.im), $unit, 4).map_err(|e| format!("imaginary part {e}"))
            }
        }
    )*};
}

real! {
    f32 f64::from(f32::EPSILON) / 2.0;
    f64 f64::EPSILON / 2.0;
}

/// A type that computes exactly with its own operators.
macro_rules! exact_by_operators {
    ($($t:ty, |$rng:ident, $magnitude:ident| $draw:expr, $guard:expr;)*) => {$(
        impl $crate::reference::element::Element for $t {
            type Sum = $t;

            fn draw($rng: &mut $crate::reference::Rng, $magnitude: $crate::reference::element::Magnitude) -> Self {
                $draw
            }

            fn guard() -> Self {
                $guard
            }

            fn same(self, other: Self) -> bool {
                self == other
            }

            fn sum(products: impl Iterator<Item = (Self, Self)>) -> Self {
                products.fold(<$t as num_traits::Zero>::zero(), |sum, (x, y)| sum + x * y)
            }

            fn agrees(self, alpha: Self, sum: &Self, beta: Self, c: Self) -> Result<(), String> {
                let expected = alpha * *sum + beta * c;
                if self == expected { Ok(()) } else { Err(format!("{self:?}, but exactly {expected:?}")) }
            }
        }
    )*};
}

pub(crate) use exact_by_operators;
