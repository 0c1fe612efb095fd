//! Where products go wrong: what is not finite, not there, too large, or does not fit.

use num_complex::Complex;
use polyblas::{
    CheckedError, Dot, Matrix, MatrixView, MatrixViewMut, Scalar, ShapeError, blas1, gemm, ger, inner, matrix,
};

/// The element types that have NaN and infinity, made from a real number.
trait Float: Scalar + std::fmt::Debug {
    fn real(value: f64) -> Self;
    /// The real part; NaN if the imaginary one is.
    fn value(self) -> f64;
}

macro_rules! float {
    ($($t:ty)*) => {$(
        impl Float for $t {
            fn real(value: f64) -> Self {
                value as $t
            }
            fn value(self) -> f64 {
                f64::from(self)
            }
        }

        impl Float for Complex<$t> {
            fn real(value: f64) -> Self {
                Complex::new(value as $t, 0.0)
            }
            fn value(self) -> f64 {
                f64::from(if self.im.is_nan() { self.im } else { self.re })
            }
        }
    )*};
}

float!(f32 f64);

fn filled<T: Float>(rows: usize, cols: usize, value: f64) -> Matrix<T> {
    Matrix::full(rows, cols, T::real(value))
}

/// The test for each type that BLAS has.
macro_rules! for_floats {
    ($($(#[$meta:meta])* fn $name:ident<T>() $body:block)*) => {$(
        $(#[$meta])*
        #[test]
        fn $name() {
            fn check<T: Float>() $body
            check::<f32>();
            check::<f64>();
            check::<Complex<f32>>();
            check::<Complex<f64>>();
        }
    )*};
}

/// Shapes that reach the inner product, both matrix-vector products, and small, blocked and deep matrix products.
const SHAPES: [(usize, usize, usize); 9] =
    [(1, 1, 5), (1, 7, 5), (7, 1, 5), (1, 40, 1), (3, 4, 0), (5, 6, 7), (33, 34, 35), (70, 65, 90), (9, 9, 300)];

for_floats! {
    fn nan_in_the_output_is_not_read_when_beta_is_zero<T>() {
        for (m, n, k) in SHAPES {
            let (a, b) = (filled::<T>(m, k, 1.0), filled::<T>(k, n, 2.0));
            let expected = filled::<T>(m, n, 2.0 * k as f64);
            let mut out = filled(m, n, f64::NAN);
            a.dot_into(&b, &mut out);
            assert_eq!(out, expected, "dot_into, {m}x{k} by {k}x{n}");
            for alpha in [1.0, -1.0, 0.0] {
                let mut out = filled(m, n, f64::NAN);
                gemm(T::real(alpha), &a, &b, T::zero(), &mut out);
                assert_eq!(out, filled(m, n, alpha * 2.0 * k as f64), "gemm with {alpha}, {m}x{k} by {k}x{n}");
                let mut out = filled(n, m, f64::NAN);
                gemm(T::real(alpha), &a, &b, T::zero(), &mut out.view_mut().t());
                assert_eq!(out, filled(n, m, alpha * 2.0 * k as f64), "transposed, {alpha}, {m}x{k} by {k}x{n}");
            }
            let mut square = filled(m, m, f64::NAN);
            a.dot_into(&a.t(), &mut square);
            assert_eq!(square, filled(m, m, k as f64), "a aᵀ, {m}x{k}");
            let mut square = filled(m, m, f64::NAN);
            a.dot_into(&a.h(), &mut square);
            assert_eq!(square, filled(m, m, k as f64), "a aᴴ, {m}x{k}");
        }
    }

    fn nan_in_the_output_stays_when_beta_is_not_zero<T>() {
        for (m, n, k) in SHAPES {
            for beta in [1.0, -1.0, 0.5] {
                let mut out = filled::<T>(m, n, 1.0);
                out[(m - 1, n - 1)] = T::real(f64::NAN);
                gemm(T::one(), &filled(m, k, 1.0), &filled(k, n, 1.0), T::real(beta), &mut out);
                for (i, j) in (0..m).flat_map(|i| (0..n).map(move |j| (i, j))) {
                    let value = out[(i, j)].value();
                    let is_last = (i, j) == (m - 1, n - 1);
                    assert!(if is_last { value.is_nan() } else { value == k as f64 + beta }, "{value} at ({i}, {j})");
                }
            }
        }
    }

    fn a_long_result_of_a_transposed_matrix_is_summed_to_its_end<T>() {
        // The native engine takes a long one in parts.
        for n in [8_191, 8_192, 16_385, 20_003] {
            let number = |i: usize, j: usize| ((i * 7 + j * 5) % 23) as f64 - 11.0;
            let a = Matrix::from_fn(13, n, |i, j| T::real(number(i, j)));
            let x: Vec<T> = (0..13).map(|i| T::real(i as f64 - 5.0)).collect();
            let y = a.t().dot(&x);
            assert_eq!(y.len(), n);
            for (j, value) in y.into_iter().enumerate() {
                let expected: f64 = (0..13).map(|i| number(i, j) * (i as f64 - 5.0)).sum();
                assert_eq!(value.value(), expected, "element {j} of {n}");
            }
        }
    }

    fn nan_in_an_input_spreads_along_its_row_or_column_and_no_further<T>() {
        for (m, n, k) in SHAPES.into_iter().filter(|&(_, _, k)| k > 0) {
            for (row, col, inner) in [(0, 0, 0), (m - 1, n - 1, k - 1), (m / 2, n / 2, k / 2)] {
                let (clean_a, clean_b) = (filled::<T>(m, k, 1.0), filled::<T>(k, n, 1.0));
                let (mut a, mut b) = (clean_a.clone(), clean_b.clone());
                a[(row, inner)] = T::real(f64::NAN);
                b[(inner, col)] = T::real(f64::NAN);
                let (left, right) = (a.dot(&clean_b), clean_a.dot(&b));
                for (i, j) in (0..m).flat_map(|i| (0..n).map(move |j| (i, j))) {
                    assert_eq!(left[(i, j)].value().is_nan(), i == row, "left, ({i}, {j}) of {m}x{k} by {k}x{n}");
                    assert_eq!(right[(i, j)].value().is_nan(), j == col, "right, ({i}, {j}) of {m}x{k} by {k}x{n}");
                }
                let square = a.dot(&a.t());
                for (i, j) in (0..m).flat_map(|i| (0..m).map(move |j| (i, j))) {
                    assert_eq!(square[(i, j)].value().is_nan(), i == row || j == row, "a aᵀ, ({i}, {j}) of {m}x{k}");
                }
            }
        }
    }

    fn alpha_zero_does_not_read_the_inputs<T>() {
        for (m, n, k) in SHAPES {
            let (a, b) = (filled::<T>(m, k, f64::NAN), filled::<T>(k, n, f64::INFINITY));
            for beta in [0.0, 1.0, 2.0] {
                let mut out = filled(m, n, 3.0);
                gemm(T::zero(), &a, &b, T::real(beta), &mut out);
                assert_eq!(out, filled(m, n, 3.0 * beta), "{beta}, {m}x{k} by {k}x{n}");
            }
        }
    }

    fn nothing_times_nothing_is_zero<T>() {
        for (m, n) in [(0, 0), (0, 5), (5, 0), (1, 1), (1, 9), (9, 1), (40, 30)] {
            let (a, b) = (filled::<T>(m, 0, 1.0), filled::<T>(0, n, 1.0));
            assert_eq!(a.dot(&b), filled(m, n, 0.0));
            let mut out = filled(m, n, f64::NAN);
            a.dot_into(&b, &mut out);
            assert_eq!(out, filled(m, n, 0.0));
            for (alpha, beta) in [(1.0, 1.0), (1.0, -1.0), (f64::INFINITY, 0.5)] {
                let mut out = filled::<T>(m, n, 2.0);
                gemm(T::real(alpha), &a, &b, T::real(beta), &mut out);
                assert_eq!(out, filled(m, n, 2.0 * beta));
            }
        }
        let none: [T; 0] = [];
        assert_eq!(inner(&none, &none), T::zero());
        assert_eq!(filled::<T>(3, 0, 1.0).dot(&none), vec![T::zero(); 3]);
        assert_eq!(none.dot(&filled::<T>(0, 3, 1.0)), vec![T::zero(); 3]);
        assert_eq!(filled::<T>(0, 3, 1.0).dot(&[T::one(); 3]), []);
        ger(T::one(), &none, &[T::one()], &mut filled(0, 1, 1.0));
        let mut row = filled::<T>(1, 3, 2.0);
        ger(T::zero(), &[T::real(f64::NAN)], &[T::one(); 3], &mut row);
        assert_eq!(row, filled(1, 3, 2.0));
        assert!(polyblas::dot_batch::<Matrix<T>, Matrix<T>>(&[], &[]).is_empty());
    }
}

#[test]
fn infinity_spreads_and_less_infinity_is_nan() {
    for (m, n, k) in SHAPES.into_iter().filter(|&(_, _, k)| k > 1) {
        let (mut a, mut b) = (filled::<f64>(m, k, 1.0), filled::<f64>(k, n, 1.0));
        a[(m - 1, 0)] = f64::INFINITY;
        let product = a.dot(&b);
        assert!((0..n).all(|j| product[(m - 1, j)] == f64::INFINITY));
        assert!((0..m - 1).all(|i| (0..n).all(|j| product[(i, j)] == k as f64)));
        a[(m - 1, k - 1)] = f64::NEG_INFINITY;
        assert!((0..n).all(|j| a.dot(&b)[(m - 1, j)].is_nan()), "{m}x{k} by {k}x{n}");
        b[(k - 1, n - 1)] = -1.0;
        assert_eq!(a.dot(&b)[(m - 1, n - 1)], f64::INFINITY);
    }
    assert_eq!(inner(&[f32::MAX, f32::MAX], &[2.0, 2.0]), f32::INFINITY);
}

#[test]
fn norms_neither_overflow_nor_underflow_on_the_way() {
    for scale in [1e-200f64, 1e-310, 1.0, 1e200, 1e307] {
        let found = blas1::nrm2(&[3.0 * scale, -4.0 * scale, 0.0]);
        // Numbers below f64::MIN_POSITIVE have few digits of their own.
        let tolerance = if scale < 1e-300 { 1e-13 } else { 1e-15 };
        assert!((found / (5.0 * scale) - 1.0).abs() < tolerance, "{found:e} for scale {scale:e}");
    }
    assert_eq!(blas1::nrm2(&[Complex::new(3e30f32, 4e30)]), 5e30);
    assert_eq!(blas1::nrm2(&[1.0, f64::NEG_INFINITY, 2.0]), f64::INFINITY);
    assert!(blas1::nrm2(&[1.0, f64::NAN, 2.0]).is_nan());
    assert!(blas1::asum(&[1.0f32, f32::NAN, 2.0]).is_nan());
    assert_eq!((blas1::nrm2::<[f64]>(&[]), blas1::asum::<[f64]>(&[]), blas1::iamax::<[f64]>(&[])), (0.0, 0.0, None));
    assert_eq!(blas1::iamax(&[1.0f32, -3.0, 3.0, 2.0]), Some(1));
}

/// More rows than a 32-bit BLAS can count.
const MANY: usize = 3_000_000_000;

/// A matrix whose every element is one place in memory.
fn repeated<T>(value: &T, rows: usize, cols: usize) -> MatrixView<'_, T> {
    MatrixView::with_strides(rows, cols, std::slice::from_ref(value), 0, 0, 0).expect("it needs one element")
}

for_floats! {
    fn dimensions_beyond_32_bits_are_not_truncated<T>() {
        let one = T::one();
        for many in [MANY, 1 << 32, (1 << 32) + 1, 1 << 31, isize::MAX as usize] {
            assert_eq!(repeated(&one, many, 1).dot(&repeated(&one, 1, 0)).shape(), (many, 0));
            assert_eq!(repeated(&one, 0, 1).dot(&repeated(&one, 1, many)).shape(), (0, many));
            assert_eq!(repeated(&one, 0, many).dot(&repeated(&one, many, 1)).shape(), (0, 1));
            assert_eq!(repeated(&one, 0, many).dot(&repeated(&one, many, 0)).shape(), (0, 0));
            assert_eq!(repeated(&one, 3, many).dot(&repeated(&one, many, 0)).shape(), (3, 0));
            assert_eq!(repeated(&one, 0, many).dot(&repeated(&one, many, 4)).shape(), (0, 4));
            assert_eq!(repeated(&one, many, 0).dot(&repeated(&one, 0, 0)).shape(), (many, 0));
            let error = repeated(&one, 2, many - (1 << 31)).try_dot(&repeated(&one, many, 0)).unwrap_err();
            assert!(matches!(error, ShapeError::Inner { .. }));
        }
    }

    fn a_result_beyond_memory_is_an_error<T>() {
        let one = T::one();
        let size = size_of::<T>();
        let (a, b) = (repeated(&one, MANY, 1), repeated(&one, 1, MANY));
        assert_eq!(a.try_dot(&b).unwrap_err(), ShapeError::TooLarge { rows: MANY, cols: MANY, size });
        // One column less would fit `isize`.
        let half = repeated(&one, 1 << 31, 1);
        let rest = repeated(&one, 1, isize::MAX as usize / size / (1 << 31) + 1);
        assert!(matches!(half.try_dot(&rest), Err(ShapeError::TooLarge { .. })));
        let most = repeated(&one, isize::MAX as usize, 1);
        assert!(matches!(most.try_dot(&most.t()), Err(ShapeError::TooLarge { .. })));
        let empty = MatrixView::<T>::with_strides(usize::MAX, 0, &[], 0, 1, 1).unwrap();
        assert!(matches!(empty.try_dot(&empty.t()), Err(ShapeError::TooLarge { .. })));
        let error = polyblas::try_dot_batch(&[a], &[b]).unwrap_err();
        assert!(matches!(error, ShapeError::InBatch { index: 0, .. }), "{error}");
    }

    /// A stride between rows says nothing where there is one row, however large it is.
    fn an_unused_stride_may_be_anything<T>() {
        let (x, y) = ([1.0, 2.0, 3.0, 4.0].map(T::real), [5.0, 6.0, 7.0, 8.0].map(T::real));
        for stride in [MANY as isize, 1 << 31, -(1 << 33), isize::MAX, isize::MIN, 0] {
            let row = MatrixView::with_strides(1, 4, &x, 0, stride, 1).unwrap();
            let column = MatrixView::with_strides(4, 1, &y, 0, 1, stride).unwrap();
            assert_eq!(row.dot(&column), matrix![[T::real(70.0)]]);
            assert_eq!(row.dot(&row.t()), matrix![[T::real(30.0)]]);
            let outer = column.dot(&row);
            assert_eq!(outer[(3, 3)], T::real(32.0));
            assert_eq!(row.dot(&outer).as_slice(), [70.0, 140.0, 210.0, 280.0].map(T::real));
            assert_eq!(outer.dot(&column).shape(), (4, 1));
            let mut out = y;
            let mut target = MatrixViewMut::with_strides(1, 4, &mut out, 0, stride, 1).unwrap();
            gemm(T::one(), &row, &outer, T::one(), &mut target);
            assert_eq!(out, [75.0, 146.0, 217.0, 288.0].map(T::real));
        }
    }
}

#[test]
fn integer_products_know_the_same_limits() {
    let (a, b) = (repeated(&1i64, MANY, 1), repeated(&1i64, 1, MANY));
    assert!(matches!(a.try_dot(&b), Err(ShapeError::TooLarge { .. })));
    assert!(matches!(a.checked_dot(&b), Err(CheckedError::Shape(ShapeError::TooLarge { .. }))));
    let (a, b) = (repeated(&1i8, MANY, 1), repeated(&1i8, 1, MANY));
    assert!(matches!(a.try_dot_widen(&b), Err(ShapeError::TooLarge { .. })));
    assert_eq!(a.dot(&repeated(&1, 1, 0)).shape(), (MANY, 0));
    assert_eq!(repeated(&1i8, 0, MANY).checked_dot(&a).unwrap().shape(), (0, 1));
    assert_eq!(repeated(&1i8, 2, MANY).dot_widen(&repeated(&1i8, MANY, 0)).shape(), (2, 0));
}

/// Rows so far apart that a 32-bit leading dimension cannot say it. The memory between them is never touched, so that
/// it exists only as addresses.
fn rows_far_apart<T: Scalar + std::fmt::Debug + From<i16>>() {
    let stride = (1usize << 31) + 8;
    let len = stride + 4;
    if let Err(e) = Vec::<T>::new().try_reserve_exact(len) {
        println!("skipped: {} GiB of addresses are not to be had: {e}", (len * size_of::<T>()) >> 30);
        return;
    }
    let mut data = vec![T::zero(); len];
    for (j, value) in [1, 2, 3, 4].into_iter().enumerate() {
        data[j] = T::from(value);
        data[stride + j] = T::from(10 * value);
    }
    let a = MatrixView::with_strides(2, 4, &data, 0, stride as isize, 1).unwrap();
    let reversed = MatrixView::with_strides(2, 4, &data, stride, -(stride as isize), 1).unwrap();
    let expect = |values: [[i16; 2]; 2]| Matrix::from_rows(values.map(|row| row.map(T::from)));
    assert_eq!(a.dot(&a.t()), expect([[30, 300], [300, 3000]]));
    assert_eq!(a.dot(&reversed.t()), expect([[300, 30], [3000, 300]]));
    let near = Matrix::from_rows([[1, 0], [0, 1], [0, 0], [0, 0]].map(|row| row.map(T::from)));
    assert_eq!(a.dot(&near), expect([[1, 2], [10, 20]]));
    assert_eq!(near.t().dot(&a.t()), expect([[1, 10], [2, 20]]));
    assert_eq!(a.dot(&[T::one(); 4]), [10, 100].map(T::from));
    assert_eq!([T::one(); 2].dot(&a), [11, 22, 33, 44].map(T::from));
    let column = MatrixView::with_strides(2, 1, &data, 1, stride as isize, 1).unwrap();
    assert_eq!(near.t().dot(&near.dot(&column)), column);
    assert_eq!(column.t().dot(&column), matrix![[T::from(404)]]);

    let (x, y) = ([1, 2].map(T::from), [T::one(); 4]);
    let mut out = MatrixViewMut::with_strides(2, 4, &mut data, 0, stride as isize, 1).unwrap();
    ger(T::one(), &x, &y, &mut out);
    gemm(T::one(), &near.t().dot(&near), &near.t(), T::one(), &mut out);
    assert_eq!(data[..4], [3, 3, 4, 5].map(T::from));
    assert_eq!(data[stride..], [12, 23, 32, 42].map(T::from));
}

#[test]
fn strides_beyond_32_bits_are_followed() {
    rows_far_apart::<f32>();
    rows_far_apart::<i32>();
    rows_far_apart::<i16>();
}
