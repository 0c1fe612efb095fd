//! The owner: constructors, element-wise operators, sums, and how it prints.

#![expect(clippy::op_ref, reason = "the forms by reference are tested too")]

use num_complex::Complex;
use num_rational::Ratio;
use polyblas::{AsView, Matrix, MatrixView, ShapeError, matrix};

type C64 = Complex<f64>;

#[test]
fn constructors_agree() {
    let a = matrix![[1, 2, 3], [4, 5, 6]];
    assert_eq!(Matrix::from_vec(2, 3, vec![1, 2, 3, 4, 5, 6]), a);
    assert_eq!(Matrix::from_slice(2, 3, &[1, 2, 3, 4, 5, 6]), a);
    assert_eq!(Matrix::from_fn(2, 3, |i, j| 3 * i as i32 + j as i32 + 1), a);
    assert_eq!(Matrix::from([[1, 2, 3], [4, 5, 6]]), a);
    assert_eq!(Matrix::from(a.view()), a);
    assert_eq!(Matrix::<i32>::from_rows(Vec::<[i32; 0]>::new()), Matrix::new());
    assert_eq!(Matrix::<u8>::default(), matrix![]);
    assert_eq!(Matrix::<i32>::ones(2, 2), Matrix::full(2, 2, 1));
    assert_eq!(Matrix::<f32>::eye(0).shape(), (0, 0));
    assert_eq!(Matrix::eye(3), Matrix::from_fn(3, 3, |i, j| f64::from(u8::from(i == j))));
    assert_eq!(a.clone().reshape(3, 2), matrix![[1, 2], [3, 4], [5, 6]]);
    assert_eq!(a.clone().try_reshape(4, 2).unwrap_err(), ShapeError::Length { rows: 4, cols: 2, found: 6 });
}

#[test]
fn wrong_lengths_are_named() {
    let message = |e: ShapeError| e.to_string();
    assert_eq!(message(Matrix::try_from_vec(2, 3, vec![0; 5]).unwrap_err()), "a 2x3 matrix needs 6 elements, not 5");
    assert_eq!(message(Matrix::try_from_slice(1, 1, &[0; 0]).unwrap_err()), "a 1x1 matrix needs 1 elements, not 0");
    assert_eq!(
        message(Matrix::try_from_vec(usize::MAX, 2, vec![0]).unwrap_err()),
        format!("a {}x2 matrix needs more than usize::MAX elements, not 1", usize::MAX)
    );
    assert_eq!(
        message(Matrix::try_from_rows([vec![1, 2], vec![3]]).unwrap_err()),
        "row 1 has 1 elements but row 0 has 2"
    );
    assert!(matches!(Matrix::<f64>::try_zeros(usize::MAX / 4, 2), Err(ShapeError::TooLarge { size: 8, .. })));
    let stacked = Matrix::vstack(&[matrix![[1, 2]], matrix![[3]]]).unwrap_err();
    assert_eq!(
        message(stacked),
        "matrix 1 of the stack is 1x1; side by side with one of 1x2 its columns would have to be equal"
    );
}

#[test]
#[should_panic(expected = "a 2x2 matrix needs 4 elements, not 3")]
fn from_vec_panics_on_a_wrong_length() {
    let _ = Matrix::from_vec(2, 2, vec![1, 2, 3]);
}

/// `lhs op rhs` for every layout of both sides, against a plain loop.
fn every_layout(check: impl Fn(MatrixView<'_, i64>, MatrixView<'_, i64>)) {
    let value = |i: usize, j: usize| (7 * i + 3 * j + i * j) as i64 % 23 + 1;
    for (rows, cols) in [(0, 3), (1, 1), (1, 5), (4, 1), (3, 4), (40, 37), (70, 33)] {
        let a = Matrix::from_fn(rows, cols, value);
        let transposed = a.t().to_matrix();
        let wide = Matrix::from_fn(2 * rows, 3 * cols, |i, j| value(i / 2, j / 3));
        let reversed = a.step(-1, -1).to_matrix();
        let layouts = [a.view(), transposed.t(), wide.step(2, 3), reversed.step(-1, -1)];
        for lhs in layouts {
            assert_eq!(lhs, a);
            for rhs in layouts {
                check(lhs, rhs);
            }
            if rows > 0 {
                check(lhs, a.row(rows - 1));
                check(a.row(0), lhs);
                check(lhs, a.col(cols - 1));
                check(wide.col(0).step(2, 1), lhs);
                check(lhs, a.slice(..1, ..1));
            }
        }
        if rows > 0 {
            check(a.row(0), a.col(0));
        }
    }
}

fn plain(lhs: MatrixView<'_, i64>, rhs: MatrixView<'_, i64>, f: impl Fn(i64, i64) -> i64) -> Matrix<i64> {
    let at = |m: MatrixView<'_, i64>, i: usize, j: usize| m[(i % m.rows(), j % m.cols())];
    let (rows, cols) = (lhs.rows().max(rhs.rows()), lhs.cols().max(rhs.cols()));
    let rows = if lhs.rows() == 0 { 0 } else { rows };
    Matrix::from_fn(rows, cols, |i, j| f(at(lhs, i, j), at(rhs, i, j)))
}

#[test]
fn operators_agree_with_plain_loops_in_every_layout() {
    every_layout(|a, b| {
        assert_eq!(a + b, plain(a, b, |x, y| x + y));
        assert_eq!(a - &b, plain(a, b, |x, y| x - y));
        assert_eq!(&a * b.to_matrix(), plain(a, b, |x, y| x * y));
        assert_eq!(a.to_matrix() / b, plain(a, b, |x, y| x / y));
        assert_eq!(&a.to_matrix() - &b.to_matrix(), plain(a, b, |x, y| x - y));
        assert_eq!(a.zip_map(&b, |x, y| x > y), plain(a, b, |x, y| i64::from(x > y)).map(|x| x == 1));
        let mut out = plain(a, b, |_, _| -1);
        a.zip_map_into(&b, &mut out, |x, y| 2 * x - y);
        assert_eq!(out, plain(a, b, |x, y| 2 * x - y));
        let (rows, cols) = out.shape();
        let mut crosswise = Matrix::zeros(cols, rows);
        a.zip_map_into(&b, &mut crosswise.view_mut().t(), |x, y| 2 * x - y);
        assert_eq!(crosswise.t(), out);
    });
}

#[test]
fn assigning_operators_agree_with_plain_loops_in_every_layout() {
    every_layout(|a, b| {
        let mut c = a.to_matrix();
        let mut wide = Matrix::zeros(2 * a.rows(), 3 * a.cols());
        let mut transposed = a.t().to_matrix();
        if plain(a, b, |x, _| x).shape() != a.shape() {
            let error = ShapeError::Elementwise { lhs: a.shape(), rhs: b.shape() };
            assert_eq!(c.try_zip_inplace(&b, |x, _| x), Err(error.clone()));
            assert_eq!(c.try_assign(&b), Err(error));
            return;
        }
        c += b;
        c *= &b;
        assert_eq!(c, plain(a, b, |x, y| (x + y) * y));
        wide.step_mut(2, 3).assign(&a);
        let mut part = wide.step_mut(-2, -3).step_move(-1, -1);
        part -= b;
        assert_eq!(wide.step(-2, -3).step(-1, -1).shape(), a.shape());
        let mut by_columns = transposed.view_mut().t();
        by_columns -= b;
        by_columns *= 3;
        assert_eq!(by_columns, plain(a, b, |x, y| 3 * (x - y)));
        by_columns.assign(&b);
        assert_eq!(by_columns, plain(a, b, |_, y| y));
    });
}

#[test]
fn parts_that_are_stepped_over_stay_as_they_are() {
    let mut a = Matrix::zeros(4, 6);
    let mut part = a.step_mut(2, 3);
    part += 5;
    part -= matrix![[1], [2]];
    assert_eq!(a.sum(), 2 * 4 + 2 * 3);
    assert_eq!((a[(0, 3)], a[(2, 0)], a[(1, 0)], a[(0, 1)]), (4, 3, 0, 0));
}

#[test]
fn scalars_stand_on_either_side() {
    let a = matrix![[1.0f32, 2.0], [4.0, 8.0]];
    assert_eq!(&a * 2.0 + 1.0, matrix![[3.0, 5.0], [9.0, 17.0]]);
    assert_eq!(8.0 / &a, matrix![[8.0, 4.0], [2.0, 1.0]]);
    assert_eq!(1.0 - a.t(), matrix![[0.0, -3.0], [-1.0, -7.0]]);
    assert_eq!(2u8 * matrix![[3u8]], matrix![[6]]);
    let i = C64::i();
    assert_eq!(i * matrix![[i, C64::from(2.0)]], matrix![[C64::from(-1.0), 2.0 * i]]);
    assert_eq!(-a.view(), -1.0 * &a);
    assert_eq!(-a.clone(), -&a);
    let half = Ratio::new(1, 2);
    assert_eq!(matrix![[half]] + half, matrix![[Ratio::from(1)]]);
    let mut b = a;
    b += 1.0;
    b /= 2.0;
    assert_eq!(b, matrix![[1.0, 1.5], [2.5, 4.5]]);
}

#[test]
#[should_panic(expected = "shapes 2x3 and 3x2 differ")]
fn operators_refuse_shapes_that_do_not_fit() {
    let a = Matrix::<f64>::zeros(2, 3);
    let _ = &a + a.t();
}

#[test]
#[should_panic(expected = "shapes 1x3 and 2x3 differ")]
fn assigning_does_not_broadcast_the_side_that_is_written() {
    let a = Matrix::<f64>::zeros(2, 3);
    let mut row = a.row(0).to_matrix();
    row += &a;
}

#[test]
fn an_owned_left_side_keeps_its_buffer() {
    let a = Matrix::<f64>::ones(3, 3);
    let address = a.as_slice().as_ptr();
    let sum = (a + 1.0) * Matrix::full(3, 3, 2.0) - Matrix::ones(1, 3);
    assert_eq!((sum.as_slice().as_ptr(), sum[(2, 2)]), (address, 3.0));
}

#[test]
fn sums_and_means_agree_with_plain_loops() {
    every_layout(|a, _| {
        assert_eq!(a.sum(), a.iter().sum::<i64>());
        let rows = Matrix::from_fn(a.rows(), 1, |i, _| a.row(i).iter().sum());
        let cols = Matrix::from_fn(1, a.cols(), |_, j| a.col(j).iter().sum());
        assert_eq!((a.row_sums(), a.col_sums()), (rows.clone(), cols.clone()));
        let mut out = Matrix::full(a.cols(), a.rows(), -1);
        if !out.is_empty() {
            a.row_sums_into(&mut out.row_mut(0).t());
            assert_eq!(out.row(0).t(), rows);
            a.col_sums_into(&mut out.view_mut().t().row_mut(0));
            assert_eq!(out.col(0).t(), cols);
            assert_eq!(a.mean(), Some(a.sum() / a.len() as i64));
            assert_eq!(a.row_means().unwrap(), rows / a.cols() as i64);
            assert_eq!(a.col_means().unwrap(), cols / a.rows() as i64);
        }
        assert_eq!((a.max(), a.min()), (a.iter().copied().max(), a.iter().copied().min()));
        let argmax = |row: MatrixView<'_, i64>| (0..row.cols()).rev().max_by_key(|&j| row[(0, j)]).unwrap();
        assert_eq!(a.row_argmax(), a.rows_iter().map(argmax).collect::<Vec<_>>());
        assert_eq!(a.row_max(), Matrix::from_fn(a.rows(), 1, |i, _| a.row(i).max().unwrap()));
    });
    assert_eq!(Matrix::<f64>::new().mean(), None);
    assert_eq!(Matrix::<f64>::zeros(0, 2).col_means(), None);
    assert_eq!(Matrix::<i8>::zeros(100, 10).mean(), None);
}

#[test]
fn long_sums_round_as_pairs_do() {
    let n = 1 << 20;
    let tenth = Matrix::full(1, n, 0.1f32);
    let exact = f64::from(0.1f32) * n as f64;
    // Each addition along the deepest path rounds once: 32 in a lane, 16 lanes, 11 pairs.
    let bound = (32 + 16 + 11) as f64 * f64::from(f32::EPSILON) / 2.0 * exact;
    assert!((f64::from(tenth.sum()) - exact).abs() <= bound);
    let wide = Matrix::full(n / 64, 128, 0.1f32);
    assert!((f64::from(wide.step(1, 2).sum()) - exact).abs() <= bound * 4.0);
}

#[test]
fn nan_is_the_largest_and_the_smallest() {
    let a = matrix![[1.0, f64::NAN, 3.0, f64::NAN], [1.0, 3.0, 3.0, -1.0]];
    assert_eq!(a.row_argmax(), [1, 1]);
    assert!(a.max().unwrap().is_nan() && a.min().unwrap().is_nan());
    assert_eq!((a.row(1).max(), a.row(1).min()), (Some(3.0), Some(-1.0)));
    assert!(a.row_max()[(0, 0)].is_nan());
}

#[test]
fn casts_are_those_of_as() {
    let a = matrix![[1.9f64, -1.9], [f64::NAN, 1e300]];
    assert_eq!(a.cast::<i8>(), matrix![[1, -1], [0, i8::MAX]]);
    assert_eq!(a.t().cast::<f32>()[(1, 1)], f32::INFINITY);
}

#[test]
fn stacks() {
    let a = matrix![[1, 2], [3, 4]];
    assert_eq!(Matrix::vstack(&[a.row(0), a.row(0)]).unwrap(), matrix![[1, 2], [1, 2]]);
    assert_eq!(Matrix::hstack(&[a.col(1), a.col(0), a.view()]).unwrap(), matrix![[2, 1, 1, 2], [4, 3, 3, 4]]);
    assert_eq!(Matrix::<i32>::hstack::<Matrix<i32>>(&[]).unwrap(), Matrix::new());
    assert!(matches!(Matrix::hstack(&[a.view(), a.row(0)]), Err(ShapeError::Stack { index: 1, what: "rows", .. })));
}

/// Expected texts are what `str` gives in numpy 2.4.6.
mod as_numpy_prints {
    use super::*;

    #[test]
    fn integers() {
        assert_eq!(matrix![[1, -20], [300, 4]].to_string(), "[[  1 -20]\n [300   4]]");
        assert_eq!(Matrix::<f64>::zeros(0, 3).to_string(), "[]");
    }

    #[test]
    fn floats() {
        let text = |m: Matrix<f64>| m.to_string();
        assert_eq!(text(matrix![[1.0, 2.0], [3.0, 4.0]]), "[[1. 2.]\n [3. 4.]]");
        assert_eq!(text(matrix![[1.0, -2.5], [10.25, 4.0]]), "[[ 1.   -2.5 ]\n [10.25  4.  ]]");
        assert_eq!(
            text(matrix![[1.0 / 3.0, 2.0 / 3.0], [100.0, 0.1 + 0.2]]),
            "[[  0.33333333   0.66666667]\n [100.           0.3       ]]"
        );
        assert_eq!(text(matrix![[-0.0, 0.0]]), "[[-0.  0.]]");
    }

    #[test]
    fn floats_far_apart_have_exponents() {
        let text = |m: Matrix<f64>| m.to_string();
        assert_eq!(text(matrix![[1e-5, 1.0], [2.5, 1e8]]), "[[1.0e-05 1.0e+00]\n [2.5e+00 1.0e+08]]");
        assert_eq!(text(matrix![[1e-105, 1.0], [2.5, -1e200]]), "[[ 1.0e-105  1.0e+000]\n [ 2.5e+000 -1.0e+200]]");
        assert_eq!(text(matrix![[0.5, 1.0], [2.5, 1001.0]]), "[[5.000e-01 1.000e+00]\n [2.500e+00 1.001e+03]]");
        assert_eq!(
            matrix![[1.0f32 / 3.0, 0.1], [16_777_216.0, 2.0]].to_string(),
            "[[3.3333334e-01 1.0000000e-01]\n [1.6777216e+07 2.0000000e+00]]"
        );
        assert_eq!(matrix![[-1.055_150_55e-5f32, 44.462_193]].to_string(), "[[-1.05515055e-05  4.44621925e+01]]");
    }

    #[test]
    fn values_that_are_not_finite() {
        let (nan, inf) = (f64::NAN, f64::INFINITY);
        assert_eq!(matrix![[nan, 1.5], [inf, -inf]].to_string(), "[[ nan  1.5]\n [ inf -inf]]");
        assert_eq!(matrix![[nan, inf]].to_string(), "[[nan inf]]");
        assert_eq!(matrix![[nan, 1e10]].to_string(), "[[   nan 1.e+10]]");
    }

    #[test]
    fn complex_numbers() {
        let c = C64::new;
        assert_eq!(
            matrix![[c(1.0, 2.0), c(-0.5, -1.25)], [c(3.0, 0.0), c(0.0, 1.0)]].to_string(),
            "[[ 1. +2.j   -0.5-1.25j]\n [ 3. +0.j    0. +1.j  ]]"
        );
        assert_eq!(matrix![[c(1e10, 2.0), c(-0.5, -1.25)]].to_string(), "[[ 1.e+10+2.j   -5.e-01-1.25j]]");
        assert_eq!(matrix![[c(f64::NAN, 1.0), c(1.0, -f64::INFINITY)]].to_string(), "[[nan +1.j  1.-infj]]");
    }

    #[test]
    fn long_rows_wrap() {
        assert_eq!(
            Matrix::from_fn(2, 20, |i, j| 1.5 * (20 * i + j) as f64).to_string(),
            "[[ 0.   1.5  3.   4.5  6.   7.5  9.  10.5 12.  13.5 15.  16.5 18.  19.5\n  \
               21.  22.5 24.  25.5 27.  28.5]\n \
             [30.  31.5 33.  34.5 36.  37.5 39.  40.5 42.  43.5 45.  46.5 48.  49.5\n  \
               51.  52.5 54.  55.5 57.  58.5]]"
        );
        assert_eq!(
            Matrix::from_fn(2, 30, |i, j| 30 * i + j).to_string(),
            "[[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23\n  \
               24 25 26 27 28 29]\n \
             [30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53\n  \
               54 55 56 57 58 59]]"
        );
        assert_eq!(
            Matrix::from_fn(1, 16, |_, j| if j == 0 { 10.25 } else { 3.0 }).to_string(),
            "[[10.25  3.    3.    3.    3.    3.    3.    3.    3.    3.    3.    3.\n   3.    3.    3.    3.  ]]"
        );
        let far = matrix![[1e300, 1.2345678901e-300, 1e300, 1.2345678901e-300, 1e300, 1.2345678901e-300]];
        assert_eq!(
            far.to_string(),
            "[[1.00000000e+300 1.23456789e-300 1.00000000e+300 1.23456789e-300\n  1.00000000e+300 1.23456789e-300]]"
        );
    }

    #[test]
    fn more_than_a_thousand_elements_are_elided() {
        let big = Matrix::from_fn(30, 40, |i, j| 40 * i + j);
        assert_eq!(
            big.to_string(),
            "[[   0    1    2 ...   37   38   39]\n [  40   41   42 ...   77   78   79]\n \
             [  80   81   82 ...  117  118  119]\n ...\n [1080 1081 1082 ... 1117 1118 1119]\n \
             [1120 1121 1122 ... 1157 1158 1159]\n [1160 1161 1162 ... 1197 1198 1199]]"
        );
        assert_eq!(
            Matrix::from_fn(600, 2, |i, j| (2 * i + j) as f64 / 7.0).to_string(),
            "[[0.00000000e+00 1.42857143e-01]\n [2.85714286e-01 4.28571429e-01]\n [5.71428571e-01 7.14285714e-01]\n \
             ...\n [1.70571429e+02 1.70714286e+02]\n [1.70857143e+02 1.71000000e+02]\n [1.71142857e+02 1.71285714e+02]]"
        );
        assert_eq!(
            Matrix::from_fn(2, 600, |i, j| 600 * i + j).to_string(),
            "[[   0    1    2 ...  597  598  599]\n [ 600  601  602 ... 1197 1198 1199]]"
        );
        assert!(!Matrix::<u8>::zeros(100, 10).to_string().contains("..."));
        assert_eq!(format!("{big:#}").matches(char::is_numeric).count(), 10 + 180 + 2700 + 800);
    }

    #[test]
    fn a_precision_is_kept_to() {
        let a = matrix![[1.23456, -2.0], [1000.5, 0.0]];
        assert_eq!(format!("{a:.3}"), "[[   1.235   -2.000]\n [1000.500    0.000]]");
        assert_eq!(format!("{:+.1}", matrix![[1.0, f64::INFINITY]]), "[[+1.0 +inf]]");
        assert_eq!(format!("{:.2}", matrix![[C64::new(1.0, -0.5)]]), "[[1.00-0.50j]]");
    }
}

#[test]
fn other_types_print_as_they_do_themselves_right_aligned() {
    assert_eq!(matrix![[Ratio::new(1, 2), Ratio::from(100)]].to_string(), "[[1/2 100]]");
    assert_eq!(matrix![[true, false]].to_string(), "[[ true false]]");
    assert_eq!(format!("{:+}", matrix![[1, -2]]), "[[+1 -2]]");
}

#[test]
fn debug_shows_nested_rows() {
    let mut a = matrix![[1, 2], [3, 4]];
    assert_eq!(format!("{a:?}"), "[[1, 2], [3, 4]]");
    assert_eq!(format!("{:?} {:?}", a.t(), a.clone().view_mut()), "[[1, 3], [2, 4]] [[1, 2], [3, 4]]");
    a.view_mut().fill(0);
    assert_eq!(format!("{:?}", a.as_view()), "[[0, 0], [0, 0]]");
}
