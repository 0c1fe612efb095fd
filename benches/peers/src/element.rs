//! What an element type has to do to be filled, multiplied by every contender and checked.

use num_complex::Complex;

use crate::case::{Fill, Kind};

/// An element type of the bench.
pub trait Element:
    polyblas::Scalar
    + ndarray::LinalgScalar
    + nalgebra::Scalar
    + nalgebra::ClosedAddAssign
    + nalgebra::ClosedMulAssign
    + std::ops::AddAssign
{
    const KIND: Kind;
    /// Relative rounding error of one operation; 0 for integers.
    const EPSILON: f64;
    /// Where sums of products are exact, or far more exact than in the type itself.
    type Wide: Wide;

    fn random(random: &mut Random, fill: Fill) -> Self;
    fn widen(self) -> Self::Wide;
    /// The size of what is missing between this element and the true value.
    fn error(self, truth: Self::Wide) -> f64 {
        Self::difference(self.widen(), truth)
    }
    /// How far two wide numbers differ as elements: integers in their low bits alone.
    fn difference(a: Self::Wide, b: Self::Wide) -> f64;
}

/// A wide number: sums and products of elements, and their size.
pub trait Wide: Copy {
    const ZERO: Self;
    fn add_product(self, a: Self, b: Self) -> Self;
    fn size(self) -> f64;
}

impl Wide for Complex<f64> {
    const ZERO: Self = Complex::new(0.0, 0.0);
    fn add_product(self, a: Self, b: Self) -> Self {
        self + a * b
    }
    fn size(self) -> f64 {
        self.re.abs() + self.im.abs()
    }
}

/// Wrapping: only the low bits are asked for.
impl Wide for i128 {
    const ZERO: Self = 0;
    fn add_product(self, a: Self, b: Self) -> Self {
        self.wrapping_add(a.wrapping_mul(b))
    }
    fn size(self) -> f64 {
        0.0
    }
}

macro_rules! floats {
    ($($kind:ident $t:ty, $real:ty: $random:expr, $widen:expr;)*) => {$(
        impl Element for $t {
            const KIND: Kind = Kind::$kind;
            const EPSILON: f64 = <$real>::EPSILON as f64;
            type Wide = Complex<f64>;

            fn random(random: &mut Random, _: Fill) -> Self {
                let mut unit = || random.unit() as $real;
                #[allow(clippy::redundant_closure_call)]
                ($random)(&mut unit)
            }
            fn widen(self) -> Complex<f64> {
                #[allow(clippy::redundant_closure_call)]
                ($widen)(self)
            }
            fn difference(a: Complex<f64>, b: Complex<f64>) -> f64 {
                (a - b).size()
            }
        }
    )*};
}

floats! {
    F64 f64, f64: |unit: &mut dyn FnMut() -> f64| unit(), |x: f64| Complex::new(x, 0.0);
    F32 f32, f32: |unit: &mut dyn FnMut() -> f32| unit(), |x: f32| Complex::new(f64::from(x), 0.0);
    C64 Complex<f64>, f64: |unit: &mut dyn FnMut() -> f64| Complex::new(unit(), unit()), |x: Complex<f64>| x;
    C32 Complex<f32>, f32: |unit: &mut dyn FnMut() -> f32| Complex::new(unit(), unit()),
        |x: Complex<f32>| Complex::new(f64::from(x.re), f64::from(x.im));
}

macro_rules! integers {
    ($($kind:ident $t:ty;)*) => {$(
        impl Element for $t {
            const KIND: Kind = Kind::$kind;
            const EPSILON: f64 = 0.0;
            type Wide = i128;

            fn random(random: &mut Random, fill: Fill) -> Self {
                match fill {
                    Fill::Small => (random.next() % (Fill::SMALL_MAX + 1)) as $t,
                    Fill::Full | Fill::Unit => random.next() as $t,
                }
            }
            fn widen(self) -> i128 {
                i128::from(self)
            }
            fn difference(a: i128, b: i128) -> f64 {
                (a as $t).abs_diff(b as $t) as f64
            }
        }
    )*};
}

integers! { I64 i64; I32 i32; I16 i16; I8 i8; U64 u64; U32 u32; U16 u16; U8 u8; }

/// The same numbers for every contender (SplitMix64).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Between -1 and 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }
}
