//! The same product through ndarray and through polyblas.

use ndarray::Array2;
use polyblas::{Dot, Matrix};

/// Two `n` x `n` matrices multiplied by each of the two crates.
pub fn products(n: usize, a: impl Fn(usize, usize) -> f64, b: impl Fn(usize, usize) -> f64) -> (Array2<f64>, Matrix<f64>) {
    let theirs = Array2::from_shape_fn((n, n), |(i, j)| a(i, j)).dot(&Array2::from_shape_fn((n, n), |(i, j)| b(i, j)));
    let ours = Matrix::from_fn(n, n, a).dot(&Matrix::from_fn(n, n, b));
    (theirs, ours)
}
