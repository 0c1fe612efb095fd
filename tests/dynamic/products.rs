//! Products whose results are known to the bit, on the provider in use.

use std::fmt::Debug;
use std::sync::{Mutex, MutexGuard, PoisonError};

use num_complex::Complex;
use polyblas::{Dot, Field, Matrix, blas1, gemm, ger, inner, inner_conj};

/// The provider in use is the whole process's: tests that select one take turns.
pub fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whole and half numbers, so small that no sum rounds in any element type.
pub fn matrix<T: Field>(rows: usize, cols: usize, units: [T; 2], seed: usize) -> Matrix<T> {
    let mut data = Vec::with_capacity(rows * cols);
    for i in 0..rows * cols {
        let small = (0..(i * 7 + seed) % 5).fold(T::zero(), |sum, _| sum + units[0]);
        data.push(small + if (i + seed).is_multiple_of(3) { units[1] } else { T::zero() });
    }
    Matrix::from_vec(rows, cols, data)
}

fn expected<T: Field>(a: &Matrix<T>, b: &Matrix<T>, conj_b: bool) -> Matrix<T> {
    let mut data = Vec::new();
    for i in 0..a.rows() {
        for j in 0..b.cols() {
            data.push((0..a.cols()).fold(T::zero(), |sum, p| {
                let b = b[(p, j)];
                sum + a[(i, p)] * if conj_b { b.conjugate() } else { b }
            }));
        }
    }
    Matrix::from_vec(a.rows(), b.cols(), data)
}

fn transposed<T: Copy>(a: &Matrix<T>) -> Matrix<T> {
    let data = (0..a.cols()).flat_map(|j| (0..a.rows()).map(move |i| a[(i, j)])).collect();
    Matrix::from_vec(a.cols(), a.rows(), data)
}

fn check_element<T: Field<Real: Debug> + Debug>(units: [T; 2], provider: &str) {
    for (m, n, k) in [(1, 1, 1), (3, 4, 5), (17, 9, 33), (64, 65, 63)] {
        let (a, b) = (matrix(m, k, units, 1), matrix(k, n, units, 2));
        let (at, bt) = (transposed(&a), transposed(&b));
        let c = expected(&a, &b, false);
        assert_eq!(a.dot(&b), c, "{provider} {m}x{n}x{k}");
        assert_eq!(at.t().dot(&b), c, "{provider} aᵀ");
        assert_eq!(a.dot(&bt.t()), c, "{provider} bᵀ");
        assert_eq!(at.t().dot(&bt.t()), c, "{provider} aᵀ bᵀ");
        assert_eq!(a.dot(&b.conj()), expected(&a, &b, true), "{provider} conjugated");
        assert_eq!(a.dot(&a.t()), expected(&a, &at, false), "{provider} syrk");
        assert_eq!(a.dot(&a.h()), expected(&a, &at, true), "{provider} herk");
        assert_eq!(at.t().dot(&at.conj()), expected(&a, &at, true), "{provider} herk of a transpose");

        let mut out = matrix(m, n, units, 3);
        let before = out.clone();
        gemm(units[1], &a, &b, units[1], &mut out);
        for i in 0..m {
            for j in 0..n {
                assert_eq!(out[(i, j)], units[1] * c[(i, j)] + units[1] * before[(i, j)], "{provider} alpha, beta");
            }
        }

        let x = matrix(k, 1, units, 4);
        let y = expected(&a, &x, false).into_vec();
        let x = x.into_vec();
        assert_eq!(a.dot(&x), y, "{provider} gemv");
        assert_eq!(at.t().dot(&x), y, "{provider} gemv of a transpose");
        let conjugated: Vec<T> = y.iter().map(|v| v.conjugate()).collect();
        let x_conjugated: Vec<T> = x.iter().map(|v| v.conjugate()).collect();
        assert_eq!(a.conj().dot(&x_conjugated), conjugated, "{provider} gemv, conjugated");
        assert_eq!(at.conj().t().dot(&x_conjugated), conjugated, "{provider} gemv of a transpose, conjugated");

        let mut out = before.clone();
        let (u, v) = (matrix(m, 1, units, 5).into_vec(), matrix(n, 1, units, 6).into_vec());
        ger(units[1], &u, &v, &mut out);
        for i in 0..m {
            for j in 0..n {
                assert_eq!(out[(i, j)], units[1] * u[i] * v[j] + before[(i, j)], "{provider} ger");
            }
        }

        let w = matrix(k, 1, units, 7).into_vec();
        let dot = |conj: bool| {
            let pairs = x.iter().zip(&w);
            pairs.fold(T::zero(), |sum, (&x, &w)| sum + if conj { x.conjugate() } else { x } * w)
        };
        assert_eq!(inner(&x, &w), dot(false), "{provider} dot");
        assert_eq!(inner_conj(&x, &w), dot(true), "{provider} dotc");
        let mut z = w.clone();
        blas1::axpy(units[1], &x, &mut z);
        blas1::scal(units[1], &mut z);
        let expected: Vec<T> = x.iter().zip(&w).map(|(&x, &w)| units[1] * (units[1] * x + w)).collect();
        assert_eq!(z, expected, "{provider} axpy, scal");
        let sum = x.iter().map(|v| v.abs1()).sum::<T::Real>();
        assert_eq!(blas1::asum(&x), sum, "{provider} asum");
        let largest = (0..k).reduce(|best, i| if x[i].abs1() > x[best].abs1() { i } else { best });
        assert_eq!(blas1::iamax(&x), largest, "{provider} iamax");
    }
}

/// Every operation of every element type.
pub fn check(provider: &str) {
    check_element([1.0f32, 0.5], provider);
    check_element([1.0f64, 0.5], provider);
    check_element([Complex::new(1.0f32, 0.0), Complex::new(0.5, -2.0)], provider);
    check_element([Complex::new(1.0f64, 0.0), Complex::new(0.5, -2.0)], provider);
}
