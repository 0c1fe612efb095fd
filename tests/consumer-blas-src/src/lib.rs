//! The same product through ndarray and through polyblas.

use ndarray::Array2;
use polyblas::{Dot, Matrix};

/// Two `n` x `n` matrices multiplied by each of the two crates.
pub fn products(n: usize, a: fn(usize, usize) -> f64, b: fn(usize, usize) -> f64) -> (Array2<f64>, Matrix<f64>) {
    let [(a, ours_a), (b, ours_b)] = [a, b].map(|element| {
        let theirs = Array2::from_shape_fn((n, n), |(i, j)| element(i, j));
        let ours = Matrix::from_vec(n, n, theirs.iter().copied().collect());
        (theirs, ours)
    });
    (a.dot(&b), ours_a.dot(&ours_b))
}
