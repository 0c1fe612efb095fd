//! Every engine against exact integer arithmetic, with poison around whatever may not be touched.

mod gemm;
#[cfg(unix)]
pub(crate) mod guard;
mod integer;
mod integer_vectors;
mod parallel;
mod vectors;

use num_complex::Complex;

use super::args::{Source, Target};
use super::float::Element;

/// Elements whose products the tests know exactly: whole numbers, too wide for sums of their products to be.
pub(crate) trait Exact: Element {
    /// Half an ulp of one.
    const UNIT: f64;
    const POISON: Self;
    /// Two for complex numbers.
    const PARTS: usize;
    /// A number of which each part is a whole number that takes all bits, `seed` deciding which.
    fn whole(seed: u64) -> Self;
    fn small(re: i64, im: i64) -> Self;
    fn exact(self) -> Complex<i128>;
    fn is_poison(self) -> bool;
}

fn whole(seed: u64, bits: u32) -> i64 {
    let mixed = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed as i64) >> (64 - bits)
}

macro_rules! exact {
    ($($t:ty, $bits:literal;)*) => {$(
        impl Exact for $t {
            const UNIT: f64 = <$t>::EPSILON as f64 / 2.0;
            const POISON: Self = <$t>::NAN;
            const PARTS: usize = 1;
            fn whole(seed: u64) -> Self {
                whole(seed, $bits) as $t
            }
            fn small(re: i64, _im: i64) -> Self {
                re as $t
            }
            fn exact(self) -> Complex<i128> {
                assert!(self.is_finite(), "{self} where a number should be");
                Complex::new(self as i128, 0)
            }
            fn is_poison(self) -> bool {
                self.is_nan()
            }
        }
        impl Exact for Complex<$t> {
            const UNIT: f64 = <$t>::EPSILON as f64 / 2.0;
            const POISON: Self = Complex::new(<$t>::NAN, <$t>::NAN);
            const PARTS: usize = 2;
            fn whole(seed: u64) -> Self {
                Complex::new(whole(2 * seed, $bits) as $t, whole(2 * seed + 1, $bits) as $t)
            }
            fn small(re: i64, im: i64) -> Self {
                Complex::new(re as $t, im as $t)
            }
            fn exact(self) -> Complex<i128> {
                assert!(self.is_finite(), "{self} where a number should be");
                Complex::new(self.re as i128, self.im as i128)
            }
            fn is_poison(self) -> bool {
                self.re.is_nan() && self.im.is_nan()
            }
        }
    )*};
}

exact! {
    f32, 20;
    f64, 45;
}

/// How a matrix lies in its buffer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Layout {
    /// Rows contiguous, `pad` elements between them.
    Rows { pad: usize },
    /// Columns contiguous, `pad` elements between them.
    Columns { pad: usize },
    /// Every second element of rows that run backwards.
    Stepped,
}

pub(crate) const LAYOUTS: [Layout; 4] =
    [Layout::Rows { pad: 0 }, Layout::Rows { pad: 3 }, Layout::Columns { pad: 1 }, Layout::Stepped];

/// A matrix among poison.
pub(crate) struct Poisoned<T> {
    pub buffer: Vec<T>,
    pub shape: (usize, usize),
    origin: usize,
    strides: (isize, isize),
}

/// Poison before and after a matrix: more than any vector reaches.
const MARGIN: usize = 70;

impl<T: Exact> Poisoned<T> {
    pub fn new((rows, cols): (usize, usize), layout: Layout, seed: u64) -> Self {
        let (strides, origin, len) = match layout {
            Layout::Rows { pad } => ((cols + pad, 1), 0, rows * (cols + pad)),
            Layout::Columns { pad } => ((1, rows + pad), 0, cols * (rows + pad)),
            Layout::Stepped => ((2 * cols, 2), 0, 2 * rows * cols),
        };
        let mut strides = (strides.0 as isize, strides.1 as isize);
        let mut origin = origin + MARGIN;
        if layout == Layout::Stepped {
            origin += rows.saturating_sub(1) * 2 * cols;
            strides.0 = -strides.0;
        }
        let mut matrix = Poisoned { buffer: vec![T::POISON; len + 2 * MARGIN], shape: (rows, cols), origin, strides };
        for i in 0..rows {
            for j in 0..cols {
                let at = matrix.index(i, j);
                matrix.buffer[at] = T::whole(seed + (i * cols + j) as u64);
            }
        }
        matrix
    }

    fn index(&self, i: usize, j: usize) -> usize {
        (self.origin as isize + i as isize * self.strides.0 + j as isize * self.strides.1) as usize
    }

    pub fn get(&self, i: usize, j: usize) -> T {
        self.buffer[self.index(i, j)]
    }

    pub fn source(&self, conj: bool) -> Source<T> {
        self.columns_from(0, conj)
    }

    /// Without the columns before `first`.
    pub fn columns_from(&self, first: usize, conj: bool) -> Source<T> {
        let ptr = self.buffer[self.index(0, first)..].as_ptr();
        Source { ptr, row_stride: self.strides.0, col_stride: self.strides.1, conj }
    }

    pub fn target(&mut self) -> Target<T> {
        let ptr = self.buffer[self.origin..].as_mut_ptr();
        Target { ptr, row_stride: self.strides.0, col_stride: self.strides.1 }
    }

    /// All that is not an element is still poison.
    pub fn assert_margins(&self, what: &str) {
        let mut poison = vec![true; self.buffer.len()];
        for i in 0..self.shape.0 {
            for j in 0..self.shape.1 {
                poison[self.index(i, j)] = false;
            }
        }
        let written = (0..poison.len()).find(|&at| poison[at] && !self.buffer[at].is_poison());
        assert!(written.is_none(), "{what}: wrote outside of the matrix, at {written:?}");
    }
}

/// Whether `got` is within `steps` roundings of `want`, of terms whose absolute values sum to `magnitude`.
pub(crate) fn assert_close<T: Exact>(
    got: T,
    want: Complex<i128>,
    magnitude: f64,
    steps: usize,
    what: &dyn Fn() -> String,
) {
    let got = got.exact();
    let error = ((got.re - want.re) as f64).abs().max(((got.im - want.im) as f64).abs());
    let bound = (steps as f64 * T::UNIT) * magnitude;
    assert!(error <= bound, "{}: {got} instead of {want}, off by {error:e}, allowed {bound:e}", what());
}
