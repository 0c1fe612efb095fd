//! Which instructions multiply two integer matrices: the cheapest that the operands' bounds prove exact.

/// The least and the greatest element of a matrix, zero included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bound {
    pub min: i64,
    pub max: i64,
}

impl Bound {
    /// The largest absolute value.
    pub fn largest(self) -> u64 {
        self.min.unsigned_abs().max(self.max.unsigned_abs())
    }

    fn within(self, min: i64, max: i64) -> bool {
        min <= self.min && self.max <= max
    }

    fn is_u8(self) -> bool {
        self.within(0, u8::MAX.into())
    }

    fn is_i8(self) -> bool {
        self.within(i8::MIN.into(), i8::MAX.into())
    }

    fn is_i16(self) -> bool {
        self.within(i16::MIN.into(), i16::MAX.into())
    }

    fn is_i32(self) -> bool {
        self.within(i32::MIN.into(), i32::MAX.into())
    }
}

/// A way to multiply, from the cheapest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// `u8 x i8`, four products to a 32-bit sum.
    Fours,
    /// `i8 x u8`, four products to a 32-bit sum.
    FoursSwapped,
    /// `i16 x i16`, two products to a 32-bit sum.
    Pairs,
    /// `f32` multiply-add.
    F32,
    /// `f64` multiply-add, with all operands and sums within 2^51, which vectors without a 64-bit conversion convert
    /// too.
    SmallF64,
    /// `f64` multiply-add.
    F64,
    /// `i32 x i32` into 64 bits.
    Halves,
    /// The multiplication of the type itself.
    Full,
}

impl Route {
    pub const fn name(self) -> &'static str {
        match self {
            Route::Fours | Route::FoursSwapped => "8-bit fours",
            Route::Pairs => "16-bit pairs",
            Route::F32 => "f32 multiply-add",
            Route::SmallF64 | Route::F64 => "f64 multiply-add",
            Route::Halves => "32-bit multiply into 64",
            Route::Full => "full multiply",
        }
    }
}

/// The route for a product over `k` of elements of `bits` bits, bounded by `a` and `b`. `dot4` says whether the CPU
/// sums four 8-bit products at once.
///
/// Each element of the result is wanted modulo 2^`bits`. With `s = k * largest(a) * largest(b)`, every partial sum of
/// its products, in any order, is an integer of absolute value at most `s`. So:
///
/// - *Fours, pairs*: the operands fit 8 or 16 bits, so each product is exact in 32 bits (at most 255 * 128, or 2^30),
///   and the instructions add modulo 2^32 (`vpdpbusd`, `vpdpwssd` and `vpaddd` do not saturate; the one sum of two
///   products that `vpmaddwd` cannot hold, 2^31, it wraps). Results of at most 32 bits keep no more than that; 64-bit
///   ones are exact if `s < 2^31`.
/// - *`f32`, `f64`*: integers of absolute value up to 2^24, or 2^53, are floats, so with `s` within that bound no
///   operation rounds. An operand is then a float too, or the other one is all zeros.
/// - *Halves*: a product of 32-bit numbers is exact in 64 bits, and the sums wrap modulo 2^64.
/// - *Full*: wraps by definition.
pub(crate) fn choose(bits: u32, k: usize, a: Bound, b: Bound, dot4: bool) -> Route {
    let sum = (k as u128).saturating_mul(u128::from(a.largest()).saturating_mul(u128::from(b.largest())));
    let holds_sums = bits <= 32 || sum < 1 << 31;
    if holds_sums && dot4 && a.is_u8() && b.is_i8() {
        Route::Fours
    } else if holds_sums && dot4 && a.is_i8() && b.is_u8() {
        Route::FoursSwapped
    } else if holds_sums && a.is_i16() && b.is_i16() {
        Route::Pairs
    } else if sum <= 1 << 24 {
        Route::F32
    } else if bits == 64 && sum <= 1 << 51 && a.largest().max(b.largest()) <= 1 << 51 {
        Route::SmallF64
    } else if bits == 64 && sum <= 1 << 53 {
        Route::F64
    } else if bits == 64 && a.is_i32() && b.is_i32() {
        Route::Halves
    } else {
        Route::Full
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(largest: i64) -> Bound {
        Bound { min: 0, max: largest }
    }

    fn from(least: i64) -> Bound {
        Bound { min: least, max: 0 }
    }

    #[test]
    fn each_bound_is_kept_and_one_past_it_is_not() {
        use Route::*;
        #[rustfmt::skip]
        let cases = [
            // bits, k, a, b, dot4, route
            (32, 9, to(255), to(127), true, Fours),
            (32, 9, to(256), to(127), true, Pairs),
            (32, 9, to(255), from(-128), true, Fours),
            (32, 9, to(255), from(-129), true, Pairs),
            (32, 9, from(-1), to(127), true, FoursSwapped),
            (32, 9, from(-1), to(256), true, Pairs),
            (32, 9, from(-128), to(255), true, FoursSwapped),
            (32, 9, from(-129), to(255), true, Pairs),
            (32, 9, to(255), to(127), false, Pairs),
            (32, 9, to(32_767), from(-32_768), true, Pairs),
            (32, 1, to(32_768), to(512), true, F32),
            (32, 1, to(32_768), to(513), true, Full),
            (32, 1, from(-32_769), to(511), false, F32),
            // 255 * 127 * 66_311 < 2^31 <= 255 * 127 * 66_312
            (64, 66_311, to(255), to(127), true, Fours),
            (64, 66_312, to(255), to(127), true, SmallF64),
            (64, 1, to(32_767), to(32_767), true, Pairs),
            (64, 2, to(32_767), to(32_767), true, Pairs),
            (64, 2, from(-32_768), from(-32_768), true, SmallF64),
            (64, 1, to(1 << 23), to(2), true, F32),
            (64, 1, to((1 << 23) + 1), to(2), true, SmallF64),
            (64, 1, to(1 << 50), to(2), true, SmallF64),
            (64, 1, to((1 << 50) + 1), to(2), true, F64),
            (64, 1, to(1 << 52), to(2), true, F64),
            (64, 1, to((1 << 52) + 1), to(2), true, Full),
            (64, 1 << 22, to(1 << 31), to(1), true, F64),
            (64, (1 << 22) + 1, to(i32::MAX as i64), to(i32::MAX as i64), true, Halves),
            (64, 9, from(i32::MIN as i64), to(i32::MAX as i64), true, Halves),
            (64, 9, from(i32::MIN as i64 - 1), to(i32::MAX as i64), true, Full),
            (64, 9, from(i64::MIN), to(0), true, F32),
            (64, usize::MAX, from(i64::MIN), from(i64::MIN), true, Full),
        ];
        for (bits, k, a, b, dot4, route) in cases {
            assert_eq!(choose(bits, k, a, b, dot4), route, "{bits} bits, k = {k}, {a:?}, {b:?}, dot4: {dot4}");
        }
    }

    #[test]
    fn the_chosen_route_never_depends_on_more_than_the_largest_sums() {
        for bits in [32, 64] {
            for shift in 0..40 {
                let (a, b) = (to(1 << shift), to(3));
                let sum = 1u128 << shift;
                match choose(bits, 7, a, b, true) {
                    Route::F32 => assert!(7 * 3 * sum <= 1 << 24),
                    Route::SmallF64 => assert!(7 * 3 * sum <= 1 << 51),
                    Route::F64 => assert!(7 * 3 * sum <= 1 << 53),
                    Route::Fours | Route::FoursSwapped => assert!(sum <= 255),
                    Route::Pairs => assert!(sum <= 32_767 && (bits == 32 || 7 * 3 * sum < 1 << 31)),
                    Route::Halves => assert!(sum < 1 << 31),
                    Route::Full => {}
                }
            }
        }
    }

    #[test]
    fn a_full_multiply_stays_one_where_bounds_are_wider() {
        let bounds: Vec<Bound> = (0..63).flat_map(|shift| [to(1 << shift), from(-(1 << shift))]).collect();
        let pairs = || bounds.iter().flat_map(|a| bounds.iter().map(move |b| (a, b)));
        let wider = |a: Bound, b: Bound| Bound { min: a.min.min(b.min), max: a.max.max(b.max) };
        for (bits, (&a, &b)) in [32, 64].into_iter().flat_map(|bits| pairs().map(move |pair| (bits, pair))) {
            if choose(bits, 5, a, b, true) == Route::Full {
                for &more in &bounds {
                    assert_eq!(choose(bits, 5, wider(a, more), b, true), Route::Full, "{bits} {a:?} {b:?} {more:?}");
                    assert_eq!(choose(bits, 5, a, wider(b, more), true), Route::Full, "{bits} {a:?} {b:?} {more:?}");
                }
            }
        }
    }
}
