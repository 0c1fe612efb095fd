//! Random products: shapes, layouts, factors and magnitudes by proptest, elements from a seed.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestCaseError};

use super::Rng;
use super::element::{Element, Magnitude};
use super::storage::{Layout, Stored};

/// What `alpha` or `beta` is.
#[derive(Clone, Copy, Debug)]
pub enum Factor {
    Zero,
    One,
    MinusOne,
    Other,
}

impl Factor {
    pub fn value<T: Element>(self, rng: &mut Rng) -> T {
        match self {
            Factor::Zero => T::zero(),
            Factor::One => T::one(),
            Factor::MinusOne => T::minus_one(),
            Factor::Other => T::draw(rng, Magnitude::FULL),
        }
    }
}

/// `c = alpha * a * b + beta * c`, with `a` `m x k` and `b` `k x n`.
#[derive(Clone, Debug)]
pub struct Case {
    pub m: usize,
    pub n: usize,
    pub k: usize,
    pub layouts: [Layout; 3],
    pub conj: [bool; 2],
    pub alpha: Factor,
    pub beta: Factor,
    pub magnitudes: [Magnitude; 2],
    pub seed: u64,
}

impl Case {
    pub fn any() -> impl Strategy<Value = Case> {
        Self::with_shapes(shape().boxed())
    }

    pub fn with_shapes(shapes: BoxedStrategy<[usize; 3]>) -> impl Strategy<Value = Case> {
        let layouts = (input_layout(), input_layout(), select(&Layout::WRITABLE[..]));
        (shapes, layouts, any::<[bool; 2]>(), [factor(), factor()], [magnitude(), magnitude()], any::<u64>()).prop_map(
            |([m, n, k], (a, b, c), conj, [alpha, beta], magnitudes, seed)| Case {
                m,
                n,
                k,
                layouts: [a, b, c],
                conj,
                alpha,
                beta,
                magnitudes,
                seed,
            },
        )
    }

    pub fn rng(&self) -> Rng {
        Rng(self.seed)
    }

    pub fn a<T: Element>(&self, rng: &mut Rng) -> Stored<T> {
        Stored::draw(self.m, self.k, self.layouts[0], self.magnitudes[0], rng)
    }

    pub fn b<T: Element>(&self, rng: &mut Rng) -> Stored<T> {
        Stored::draw(self.k, self.n, self.layouts[1], self.magnitudes[1], rng)
    }

    pub fn c<T: Element>(&self, rng: &mut Rng) -> Stored<T> {
        Stored::draw(self.m, self.n, self.layouts[2], Magnitude::FULL, rng)
    }
}

/// `[m, n, k]`: up to 70 each, or one larger and odd, or some of them 1.
pub fn shape() -> impl Strategy<Value = [usize; 3]> {
    let small = 0..70usize;
    let long = (select(vec![127usize, 129, 257, 300]), 0..20usize, 0..20usize).prop_map(|(x, y, z)| [x, y, z]);
    let thin = (prop_oneof![Just(1usize), 0..70usize], 1..3usize, 0..140usize).prop_map(|(x, y, z)| [x, y, z]);
    prop_oneof![
        6 => [small.clone(), small.clone(), small],
        2 => (long, 0..3usize).prop_map(|(mut sizes, by)| { sizes.rotate_left(by); sizes }),
        2 => (thin, 0..3usize).prop_map(|(mut sizes, by)| { sizes.rotate_left(by); sizes }),
    ]
}

pub fn input_layout() -> impl Strategy<Value = Layout> {
    let shared = select(&[Layout::SameRow, Layout::SameColumn, Layout::OneElement][..]);
    prop_oneof![9 => select(&Layout::WRITABLE[..]), 1 => shared]
}

pub fn factor() -> impl Strategy<Value = Factor> {
    select(&[Factor::Zero, Factor::One, Factor::MinusOne, Factor::Other][..])
}

pub fn magnitude() -> impl Strategy<Value = Magnitude> {
    (1..=128u32, any::<bool>(), prop_oneof![3 => Just(0u64), 1 => 1..2000u64])
        .prop_map(|(bits, nonnegative, outlier)| Magnitude { bits, nonnegative, outlier })
}

/// `cases` cases of a property, or as many as `PROPTEST_CASES` says. A failure prints the smallest case found, and that
/// case holds the seed of its elements, so no file of failures is kept.
pub fn config(cases: u32) -> Config {
    let config = Config { failure_persistence: None, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_some() { config } else { Config { cases, ..config } }
}

/// Fails the case with where it happened.
pub fn fail(what: &str, place: impl std::fmt::Debug) -> impl FnOnce(String) -> TestCaseError {
    let place = format!("{what} at {place:?}: ");
    move |e| TestCaseError::fail(place + &e)
}
