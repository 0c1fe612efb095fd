//! Products as a user's library makes them, for Rust callers and, built as a `cdylib`, for C ones.

use num_complex::Complex;
use polyblas::{Dot, Matrix};

fn square<T>(n: usize, element: impl Fn(usize, usize) -> T) -> Matrix<T> {
    Matrix::from_vec(n, n, (0..n * n).map(|at| element(at / n, at % n)).collect())
}

/// A product of two matrices of small whole numbers, so that every order of summation gives the same floats.
pub fn real_product(n: usize) -> Matrix<f64> {
    let a = square(n, |i, j| ((3 * i + 5 * j) % 17) as f64 - 8.0);
    let b = square(n, |i, j| ((7 * i + 2 * j) % 13) as f64 - 6.0);
    a.dot(&b.t())
}

/// The same with complex numbers.
pub fn complex_product(n: usize) -> Matrix<Complex<f64>> {
    let a = square(n, |i, j| Complex::new(((3 * i + 5 * j) % 17) as f64, ((i + j) % 5) as f64));
    let b = square(n, |i, j| Complex::new(((7 * i + 2 * j) % 13) as f64, -((i * j % 3) as f64)));
    a.dot(&b)
}

/// The sum of the elements of [`real_product`].
#[unsafe(no_mangle)]
pub extern "C" fn consumer_checksum(n: usize) -> f64 {
    let product = real_product(n);
    (0..n).flat_map(|i| (0..n).map(move |j| (i, j))).map(|at| product[at]).sum()
}
