//! Products as a user's library makes them, for Rust callers and, built as a `cdylib`, for C ones.

use num_complex::Complex;
use polyblas::{Dot, Matrix};

/// Side of the matrices: large enough that no provider takes a path of its own for small products.
pub const N: usize = 96;

/// A product of two matrices of small whole numbers, so that every order of summation gives the same floats.
pub fn real_product() -> Matrix<f64> {
    let a = Matrix::from_fn(N, N, |i, j| ((3 * i + 5 * j) % 17) as f64 - 8.0);
    let b = Matrix::from_fn(N, N, |i, j| ((7 * i + 2 * j) % 13) as f64 - 6.0);
    a.dot(&b.t())
}

/// The same with complex numbers.
pub fn complex_product() -> Matrix<Complex<f64>> {
    let a = Matrix::from_fn(N, N, |i, j| Complex::new(((3 * i + 5 * j) % 17) as f64, ((i + j) % 5) as f64));
    let b = Matrix::from_fn(N, N, |i, j| Complex::new(((7 * i + 2 * j) % 13) as f64, -((i * j % 3) as f64)));
    a.dot(&b)
}

/// The sum of the elements of [`real_product`].
#[unsafe(no_mangle)]
pub extern "C" fn consumer_checksum() -> f64 {
    let product = real_product();
    (0..N).flat_map(|i| (0..N).map(move |j| (i, j))).map(|at| product[at]).sum()
}
