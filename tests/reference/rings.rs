//! Element types that polyblas knows nothing of: a prime field, and a ring whose product does not commute.

use std::num::Wrapping;
use std::ops::{Add, Div, Mul, Rem, Sub};

use num_rational::Ratio;
use num_traits::{Num, One, Zero};

use super::element::exact_by_operators;

const P: u64 = 2_147_483_647;

/// The integers modulo the prime `2^31 - 1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prime(u32);

impl Prime {
    pub fn new(value: u64) -> Self {
        Prime((value % P) as u32)
    }

    fn inverse(self) -> Self {
        assert!(self.0 != 0, "division by zero in a prime field");
        let (mut power, mut base, mut exponent) = (Prime(1), self, P - 2);
        while exponent > 0 {
            if exponent & 1 == 1 {
                power = power * base;
            }
            base = base * base;
            exponent >>= 1;
        }
        power
    }
}

impl Add for Prime {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Prime::new(u64::from(self.0) + u64::from(other.0))
    }
}

impl Sub for Prime {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Prime::new(u64::from(self.0) + P - u64::from(other.0))
    }
}

impl Mul for Prime {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Prime::new(u64::from(self.0) * u64::from(other.0))
    }
}

impl Div for Prime {
    type Output = Self;
    #[allow(clippy::suspicious_arithmetic_impl, reason = "a quotient is the product with an inverse")]
    fn div(self, other: Self) -> Self {
        self * other.inverse()
    }
}

impl Rem for Prime {
    type Output = Self;
    fn rem(self, _: Self) -> Self {
        Prime(0)
    }
}

impl Zero for Prime {
    fn zero() -> Self {
        Prime(0)
    }
    fn is_zero(&self) -> bool {
        self.0 == 0
    }
}

impl One for Prime {
    fn one() -> Self {
        Prime(1)
    }
}

impl Num for Prime {
    type FromStrRadixErr = std::num::ParseIntError;
    fn from_str_radix(text: &str, radix: u32) -> Result<Self, Self::FromStrRadixErr> {
        u64::from_str_radix(text, radix).map(Prime::new)
    }
}

/// A Hamilton quaternion over the prime field: `a b` and `b a` differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quaternion([Prime; 4]);

impl Quaternion {
    pub fn new(parts: [u64; 4]) -> Self {
        Quaternion(parts.map(Prime::new))
    }

    fn inverse(self) -> Self {
        let zero = Prime(0);
        let [a, b, c, d] = self.0;
        let scale = (a * a + b * b + c * c + d * d).inverse();
        Quaternion([a, zero - b, zero - c, zero - d].map(|part| part * scale))
    }
}

impl Add for Quaternion {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Quaternion(std::array::from_fn(|i| self.0[i] + other.0[i]))
    }
}

impl Sub for Quaternion {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Quaternion(std::array::from_fn(|i| self.0[i] - other.0[i]))
    }
}

impl Mul for Quaternion {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
        Quaternion([
            a * e - b * f - c * g - d * h,
            a * f + b * e + c * h - d * g,
            a * g - b * h + c * e + d * f,
            a * h + b * g - c * f + d * e,
        ])
    }
}

impl Div for Quaternion {
    type Output = Self;
    #[allow(clippy::suspicious_arithmetic_impl, reason = "a quotient is the product with an inverse")]
    fn div(self, other: Self) -> Self {
        self * other.inverse()
    }
}

impl Rem for Quaternion {
    type Output = Self;
    fn rem(self, _: Self) -> Self {
        Self::zero()
    }
}

impl Zero for Quaternion {
    fn zero() -> Self {
        Quaternion([Prime(0); 4])
    }
    fn is_zero(&self) -> bool {
        *self == Self::zero()
    }
}

impl One for Quaternion {
    fn one() -> Self {
        Quaternion::new([1, 0, 0, 0])
    }
}

impl Num for Quaternion {
    type FromStrRadixErr = std::num::ParseIntError;
    fn from_str_radix(text: &str, radix: u32) -> Result<Self, Self::FromStrRadixErr> {
        u64::from_str_radix(text, radix).map(|real| Quaternion::new([real, 0, 0, 0]))
    }
}

exact_by_operators! {
    Prime, |rng, _magnitude| Prime::new(rng.next()), Prime(7);
    Quaternion, |rng, _magnitude| Quaternion::new(std::array::from_fn(|_| rng.next())), Quaternion::new([7; 4]);
    Wrapping<i32>, |rng, magnitude| Wrapping(i32::draw(rng, magnitude)), Wrapping(77);
    // Denominators that divide 12, so that long sums stay within `i64`.
    Ratio<i64>,
        |rng, _magnitude| Ratio::new(rng.below(21) as i64 - 10, [1, 2, 3, 4][rng.below(4) as usize]),
        Ratio::new(7, 11);
}
