//! What the net needs of `f32` and `f64` beyond their arithmetic.

use num_traits::Float;
use polyblas::Scalar;

/// `f32` or `f64`.
pub trait Real: Scalar + polyblas::Field + Float + std::ops::AddAssign + std::iter::Sum {
    const NAME: &'static str;

    /// Rounded to the nearest.
    fn of(x: f64) -> Self;

    fn of_byte(x: u8) -> Self;

    fn as_f64(self) -> f64;

    /// `exp` to within a few units in the last place, for results that are normal numbers: in arithmetic that the
    /// compiler turns into vector instructions, which a call of the mathematics library is not.
    fn exp_in_vectors(self) -> Self;
}

macro_rules! real {
    ($t:ident, $bits:ident, $mantissa:literal, $bias:literal, $terms:literal, $round:literal, $low:literal, $high:literal,
     $ln2_high:literal, $ln2_low:literal) => {
        impl Real for $t {
            const NAME: &'static str = stringify!($t);

            #[inline(always)]
            fn of(x: f64) -> Self {
                x as $t
            }

            #[inline(always)]
            fn of_byte(x: u8) -> Self {
                // By way of `i32`: the conversion that the oldest vector instructions have.
                i32::from(x) as $t
            }

            #[inline(always)]
            fn as_f64(self) -> f64 {
                self.into()
            }

            #[inline(always)]
            fn exp_in_vectors(self) -> Self {
                // 1/k!, highest first.
                const TAYLOR: [$t; $terms] = {
                    let mut taylor = [1.0; $terms];
                    let mut k = $terms - 1;
                    let mut factorial = 1.0;
                    let mut n = 1.0;
                    while k > 0 {
                        k -= 1;
                        factorial *= n;
                        n += 1.0;
                        taylor[k] = 1.0 / factorial;
                    }
                    taylor
                };
                // Comparisons, not `clamp`: they keep NaN, and they become masks.
                let x = if self < $low { $low } else { self };
                let x = if x > $high { $high } else { x };
                // Adding 1.5 * 2^mantissa leaves the nearest whole number in the lowest bits.
                let shifted = x * std::$t::consts::LOG2_E + $round;
                let whole = shifted - $round;
                let rest = x - whole * $ln2_high - whole * $ln2_low;
                let power = TAYLOR.iter().fold(0.0, |sum, term| sum * rest + term);
                power * $t::from_bits(shifted.to_bits().wrapping_add($bias) << $mantissa)
            }
        }
    };
}

real!(f32, u32, 23, 127, 8, 12_582_912.0, -87.0, 88.0, 0.693_359_4, -2.121_944_4e-4);
real!(
    f64,
    u64,
    52,
    1023,
    14,
    6_755_399_441_055_744.0,
    -708.0,
    709.0,
    6.931_471_803_691_238e-1,
    1.908_214_929_270_587_7e-10
);

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest error, in units of the last place.
    fn worst<T: Real>(low: f64, high: f64, exact: fn(f64) -> f64) -> f64 {
        (0..=100_000)
            .map(|i| T::of(low + (high - low) * f64::from(i) / 1e5))
            .map(|x| ((x.exp_in_vectors().as_f64() / exact(x.as_f64()) - 1.0) / T::epsilon().as_f64()).abs())
            .fold(0.0, f64::max)
    }

    #[test]
    fn exp_is_exact_to_a_few_units_in_the_last_place() {
        assert!(worst::<f32>(-87.0, 88.0, f64::exp) < 4.0);
        assert!(worst::<f64>(-700.0, 700.0, f64::exp) < 4.0);
    }

    #[test]
    fn exp_of_what_is_no_number_is_none() {
        assert!(f32::NAN.exp_in_vectors().is_nan());
        assert!(f64::NAN.exp_in_vectors().is_nan());
        assert_eq!(f32::NEG_INFINITY.exp_in_vectors(), (-87f32).exp_in_vectors());
    }
}
