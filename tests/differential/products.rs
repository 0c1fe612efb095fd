//! Matrix by matrix.

use num_complex::Complex;
use polyblas::{Dot, MatrixView, MatrixViewMut, dot_batch, gemm};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::reference::Rng;
use crate::reference::case::{Case, Factor, fail};
use crate::reference::element::{Element, Magnitude};
use crate::reference::storage::{Layout, Stored};

/// `$call` with the operands, conjugated where the case says so. A conjugated operand has a type of its own.
macro_rules! conjugated {
    ($conj:expr, $a:ident, $b:ident => $call:expr) => {
        match $conj {
            [false, false] => $call,
            [true, false] => {
                let $a = $a.conj();
                $call
            }
            [false, true] => {
                let $b = $b.conj();
                $call
            }
            [true, true] => {
                let ($a, $b) = ($a.conj(), $b.conj());
                $call
            }
        }
    };
}

pub(crate) use conjugated;

/// The exact sums of products, row after row.
pub fn sums<T: Element>(a: &Stored<T>, b: &Stored<T>, conj: [bool; 2]) -> Vec<T::Sum> {
    let pairs = |i, j| (0..a.cols).map(move |p| (a.read(conj[0], i, p), b.read(conj[1], p, j)));
    (0..a.rows).flat_map(|i| (0..b.cols).map(move |j| (i, j))).map(|(i, j)| T::sum(pairs(i, j))).collect()
}

/// Every element of a new product agrees.
pub fn agrees<T: Element>(what: &str, found: MatrixView<'_, T>, sums: &[T::Sum]) -> Result<(), TestCaseError> {
    prop_assert_eq!(found.rows() * found.cols(), sums.len(), "{}", what);
    for i in 0..found.rows() {
        for j in 0..found.cols() {
            found[(i, j)].agrees_with(&sums[i * found.cols() + j]).map_err(fail(what, (i, j)))?;
        }
    }
    Ok(())
}

/// Writes into `c` and checks each element of it, and that nothing outside it changed.
pub fn writes<T: Element>(
    what: &str,
    c: &Stored<T>,
    (alpha, beta): (T, T),
    sums: &[T::Sum],
    write: impl FnOnce(&mut MatrixViewMut<'_, T>),
) -> Result<(), TestCaseError> {
    let mut written = c.clone();
    write(&mut written.view_mut());
    for i in 0..c.rows {
        for j in 0..c.cols {
            written
                .at(i, j)
                .agrees(alpha, &sums[i * c.cols + j], beta, c.at(i, j))
                .map_err(fail(what, ((i, j), "alpha", alpha, "beta", beta)))?;
        }
    }
    written.same_outside(c).map_err(fail(what, "the surroundings"))
}

pub fn product<T: Element>(case: &Case) -> Result<(), TestCaseError> {
    let mut rng = case.rng();
    let (a, b, c) = (case.a::<T>(&mut rng), case.b(&mut rng), case.c(&mut rng));
    let (alpha, beta) = (case.alpha.value(&mut rng), case.beta.value(&mut rng));
    let sums = sums(&a, &b, case.conj);
    let (a, b) = (a.view(), b.view());
    let fresh = conjugated!(case.conj, a, b => a.dot(&b));
    agrees("dot", fresh.view(), &sums)?;
    writes("dot_into", &c, (T::one(), T::zero()), &sums, |c| conjugated!(case.conj, a, b => a.dot_into(&b, c)))?;
    writes("gemm", &c, (alpha, beta), &sums, |c| conjugated!(case.conj, a, b => gemm(alpha, &a, &b, beta, c)))
}

pub fn small_case() -> impl Strategy<Value = Case> {
    Case::with_shapes([0..12usize, 0..12usize, 0..12usize].boxed())
}

pub fn batch<T: Element>(cases: &[Case]) -> Result<(), TestCaseError> {
    let stored: Vec<(Stored<T>, Stored<T>)> = cases
        .iter()
        .map(|case| {
            let mut rng = case.rng();
            (case.a(&mut rng), case.b(&mut rng))
        })
        .collect();
    let lhs: Vec<_> = stored.iter().map(|(a, _)| a.view()).collect();
    let rhs: Vec<_> = stored.iter().map(|(_, b)| b.view()).collect();
    let products = dot_batch(&lhs, &rhs);
    prop_assert_eq!(products.len(), cases.len());
    for ((a, b), product) in stored.iter().zip(&products) {
        prop_assert_eq!(product.shape(), (a.rows, b.cols));
        agrees("dot_batch", product.view(), &sums(a, b, [false; 2]))?;
    }
    Ok(())
}

/// Shapes that need several blocks in each direction, in the layouts that differ most, on every path of the engine.
fn large<T: Element>() {
    use Factor::{MinusOne, One, Other, Zero};
    let layouts = [
        [Layout::Rows; 3],
        [Layout::Columns, Layout::Rows, Layout::PaddedRows],
        [Layout::PaddedRows, Layout::Columns, Layout::PaddedColumns],
        [Layout::ReversedStepped, Layout::Stepped, Layout::ReversedColumns],
    ];
    let shapes = [[257, 129, 127], [70, 300, 257], [129, 33, 300], [300, 257, 65]];
    let factors = [(One, Zero), (MinusOne, One), (Other, Other), (One, MinusOne)];
    let magnitudes = [7, 20, 31, 128].map(|bits| Magnitude { bits, nonnegative: false, outlier: 0 });
    for (at, [m, n, k]) in shapes.into_iter().enumerate() {
        let (alpha, beta) = factors[at];
        let (layouts, magnitudes, seed) = (layouts[at], [magnitudes[at]; 2], at as u64);
        let case = Case { m, n, k, layouts, conj: [at == 1, at == 2], alpha, beta, magnitudes, seed };
        product::<T>(&case).unwrap_or_else(|e| panic!("{case:?}: {e}"));
    }
}

macro_rules! large {
    ($($name:ident $t:ty;)*) => {$(
        #[test]
        fn $name() {
            large::<$t>();
        }
    )*};
}

large! {
    large_f32_products_agree f32;
    large_f64_products_agree f64;
    large_complex_f32_products_agree Complex<f32>;
    large_complex_f64_products_agree Complex<f64>;
    large_i8_products_agree i8;
    large_i16_products_agree i16;
    large_i32_products_agree i32;
    large_i64_products_agree i64;
    large_u8_products_agree u8;
    large_u64_products_agree u64;
}

/// One large value among small ones, at every place in turn: a route for small values must not be taken.
fn one_large_value<T: Element>(large: T) {
    let (m, n, k) = (9, 17, 11);
    let mut rng = Rng(1);
    let mut stored = |rows, cols| Stored::<T>::draw(rows, cols, Layout::PaddedRows, Magnitude::SMALL, &mut rng);
    let (a, b) = (stored(m, k), stored(k, n));
    let check = |a: &Stored<T>, b: &Stored<T>| {
        agrees("dot", a.view().dot(&b.view()).view(), &sums(a, b, [false; 2])).unwrap_or_else(|e| panic!("{e}"));
    };
    for (rows, cols, left) in [(m, k, true), (k, n, false)] {
        for at in 0..rows * cols {
            let (i, j) = (at / cols, at % cols);
            let mut changed = if left { a.clone() } else { b.clone() };
            changed.view_mut()[(i, j)] = large;
            if left { check(&changed, &b) } else { check(&a, &changed) }
        }
    }
}

#[test]
fn one_large_integer_among_small_ones_is_seen_wherever_it_is() {
    for large in [i64::MIN, i64::MAX, 1 << 31, -(1 << 31) - 1, 1 << 15, 1 << 24, 1 << 53] {
        one_large_value(large);
    }
    for large in [i32::MIN, i32::MAX, 1 << 15, -(1 << 15) - 1, 1 << 24] {
        one_large_value(large);
    }
    for large in [u64::MAX, 1 << 63, 1 << 32] {
        one_large_value(large);
    }
    for large in [u32::MAX, 1 << 31, 1 << 16] {
        one_large_value(large);
    }
    one_large_value(i16::MIN);
    one_large_value(u16::MAX);
    one_large_value(i8::MIN);
    one_large_value(u8::MAX);
}
