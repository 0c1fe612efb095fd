//! Laws that hold whatever the values: exactly for integers, to rounding for floats.

mod reference;

use num_complex::Complex;
use num_traits::{One, Zero};
use polyblas::{Dot, Matrix, Scalar};
use proptest::prelude::*;

use reference::Rng;
use reference::case::{config, fail, input_layout, magnitude, shape};
use reference::element::{Element, Magnitude};
use reference::storage::{Layout, Stored};

/// A matrix in any layout.
fn stored<T: Element>(rows: usize, cols: usize) -> impl Strategy<Value = Stored<T>> {
    (input_layout(), magnitude(), any::<u64>())
        .prop_map(move |(layout, magnitude, seed)| Stored::draw(rows, cols, layout, magnitude, &mut Rng(seed)))
}

/// `a` and `b` whose product exists.
fn factors<T: Element + 'static>() -> impl Strategy<Value = (Stored<T>, Stored<T>)> {
    shape().prop_flat_map(|[m, n, k]| (stored(m, k), stored(k, n)))
}

/// A new matrix, element by element.
fn build<T: Scalar>(rows: usize, cols: usize, f: impl Fn(usize, usize) -> T) -> Matrix<T> {
    let f = &f;
    Matrix::from_vec(rows, cols, (0..rows).flat_map(|i| (0..cols).map(move |j| f(i, j))).collect())
}

macro_rules! exact_laws {
    ($($name:ident $t:ident;)*) => {$(
        mod $name {
            use super::*;

            fn sum(a: &Matrix<$t>, b: &Matrix<$t>) -> Matrix<$t> {
                build(a.rows(), a.cols(), |i, j| a[(i, j)].wrapping_add(b[(i, j)]))
            }

            proptest! {
                #![proptest_config(config(32))]

                #[test]
                fn the_transpose_of_a_product_is_the_product_of_the_transposes_reversed((a, b) in factors::<$t>()) {
                    let (a, b) = (a.view(), b.view());
                    let (product, reversed) = (a.dot(&b), b.t().dot(&a.t()));
                    prop_assert_eq!(product.t(), reversed.view());
                }

                #[test]
                fn products_distribute_over_sums(
                    (a, b, c) in shape().prop_flat_map(|[m, n, k]| (stored::<$t>(m, k), stored::<$t>(k, n), stored::<$t>(k, n))),
                ) {
                    let whole = build(b.rows, b.cols, |i, j| <$t>::wrapping_add(b.at(i, j), c.at(i, j)));
                    let (a, b, c) = (a.view(), b.view(), c.view());
                    prop_assert_eq!(a.dot(&whole), sum(&a.dot(&b), &a.dot(&c)));
                }

                #[test]
                fn products_associate(
                    (a, b, c) in [1..40usize, 1..40usize, 1..40usize, 1..40usize]
                        .prop_flat_map(|[m, k, l, n]| (stored::<$t>(m, k), stored::<$t>(k, l), stored::<$t>(l, n))),
                ) {
                    let (a, b, c) = (a.view(), b.view(), c.view());
                    prop_assert_eq!(a.dot(&b).dot(&c), a.dot(&b.dot(&c)));
                }

                #[test]
                fn a_sum_over_k_may_be_split_anywhere((a, b) in factors::<$t>(), at in 0..70usize) {
                    let (a, b) = (&a, &b);
                    let at = at.min(a.cols);
                    let part = |from: usize, to: usize| {
                        build(a.rows, to - from, |i, p| a.at(i, from + p))
                            .dot(&build(to - from, b.cols, |p, j| b.at(from + p, j)))
                    };
                    prop_assert_eq!(a.view().dot(&b.view()), sum(&part(0, at), &part(at, a.cols)));
                }
            }
        }
    )*};
}

exact_laws! {
    on_i8 i8;
    on_i32 i32;
    on_i64 i64;
    on_u64 u64;
    on_i128 i128;
}

macro_rules! laws {
    ($($name:ident $t:ty;)*) => {$(
        mod $name {
            use super::*;

            proptest! {
                #![proptest_config(config(32))]

                #[test]
                fn the_identity_changes_nothing((a, _) in factors::<$t>()) {
                    let view = a.view();
                    prop_assert_eq!(view.dot(&Matrix::eye(a.cols)), view);
                    prop_assert_eq!(Matrix::eye(a.rows).dot(&view), view);
                    prop_assert_eq!(view.dot(&Matrix::<$t>::eye(a.cols).t()), view);
                }

                #[test]
                fn a_permutation_only_moves_rows((a, _) in factors::<$t>(), by in 0..70usize) {
                    let moved = |i: usize| (i + by) % a.rows;
                    let permutation = build(a.rows, a.rows, |i, j| if j == moved(i) { <$t>::one() } else { <$t>::zero() });
                    let expected = build(a.rows, a.cols, |i, j| a.at(moved(i), j));
                    prop_assert_eq!(permutation.dot(&a.view()), expected);
                }

                #[test]
                fn a_matrix_by_its_transpose_is_symmetric_bit_for_bit((a, _) in factors::<$t>()) {
                    for a in [a.view(), a.view().t()] {
                        let square = a.dot(&a.t());
                        for i in 0..square.rows() {
                            for j in 0..i {
                                prop_assert!(square[(i, j)].same(square[(j, i)]), "at {:?}", (i, j));
                            }
                        }
                    }
                }

                #[test]
                fn a_product_of_transposes_is_within_rounding_of_the_transposed_product((a, b) in factors::<$t>()) {
                    let reversed = b.view().t().dot(&a.view().t());
                    for i in 0..a.rows {
                        for j in 0..b.cols {
                            let sum = <$t>::sum((0..a.cols).map(|p| (a.at(i, p), b.at(p, j))));
                            reversed[(j, i)].agrees_with(&sum).map_err(fail("bᵀ aᵀ", (j, i)))?;
                        }
                    }
                }
            }
        }
    )*};
}

laws! {
    on_f32 f32;
    on_f64 f64;
    on_complex_f32 Complex<f32>;
    on_complex_f64 Complex<f64>;
    on_i64_too i64;
    on_u8 u8;
}

/// Sums of products of small integers are exact in every order, so every provider gives the same.
#[test]
fn small_integers_in_floats_multiply_exactly() {
    fn exact<T: Element + From<i8>>() {
        let (mut rng, mut draw) = (Rng(5), Vec::new());
        let (m, n, k) = (67, 65, 300);
        for (rows, cols) in [(m, k), (k, n)] {
            draw.push(Stored::<i64>::draw(rows, cols, Layout::Rows, Magnitude::SMALL, &mut rng));
        }
        let float = |s: &Stored<i64>| build(s.rows, s.cols, |i, j| T::from(s.at(i, j) as i8));
        let product = float(&draw[0]).dot(&float(&draw[1]));
        let exact = draw[0].view().dot(&draw[1].view());
        for i in 0..m {
            for j in 0..n {
                let expected = (0..exact[(i, j)].unsigned_abs()).fold(T::zero(), |sum, _| sum + T::one());
                let expected = if exact[(i, j)] < 0 { T::zero() - expected } else { expected };
                assert_eq!(product[(i, j)], expected, "at {:?}", (i, j));
            }
        }
    }
    exact::<f32>();
    exact::<f64>();
}

/// A matrix that no cache holds, of integers so small that every sum is exact.
macro_rules! beyond_the_caches {
    ($t:ty, $rows:expr, $cols:expr) => {{
        let element = |i: usize, j: usize| ((i * 3 + j * 7) % 11) as i64 - 5;
        let a = Matrix::<$t>::from_fn($rows, $cols, |i, j| element(i, j) as $t);
        let x: Vec<i64> = (0..$cols).map(|j| j as i64 % 7 - 3).collect();
        let y: Vec<i64> = (0..$rows).map(|i| i as i64 % 5 - 2).collect();
        let of = |v: &[i64]| v.iter().map(|&v| v as $t).collect::<Vec<$t>>();
        let sum = |n: usize, term: &dyn Fn(usize) -> i64| (0..n).map(term).sum::<i64>() as $t;
        let by_rows: Vec<$t> = (0..$rows).map(|i| sum($cols, &|j| element(i, j) * x[j])).collect();
        let by_columns: Vec<$t> = (0..$cols).map(|j| sum($rows, &|i| element(i, j) * y[i])).collect();
        assert_eq!(a.dot(&of(&x)), by_rows);
        assert_eq!(a.t().dot(&of(&y)), by_columns);
        let mut updated = a.clone();
        polyblas::ger(2 as $t, &of(&y), &of(&x), &mut updated);
        let expected = Matrix::<$t>::from_fn($rows, $cols, |i, j| (element(i, j) + 2 * y[i] * x[j]) as $t);
        assert!(updated == expected, "{} x {} of {}", $rows, $cols, stringify!($t));
    }};
}

#[test]
fn vectors_meet_matrices_that_no_cache_holds() {
    // Long rows in groups of eight, of four and singly; shorter ones in places far apart; rows that are pages apart.
    beyond_the_caches!(f64, 309, 9001);
    beyond_the_caches!(f64, 250_007, 9);
    beyond_the_caches!(f64, 2103, 1101);
    beyond_the_caches!(f64, 5507, 403);
    beyond_the_caches!(f64, 2103, 1024);
    beyond_the_caches!(i32, 4207, 1101);
}
