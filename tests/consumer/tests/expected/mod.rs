//! What the products of this crate are, by plain loops over integers.

/// Side of the matrices: large enough that no provider takes a path of its own for small products.
pub const N: usize = 96;

/// The element of `real_product` at row `i` and column `j`.
pub fn real(i: usize, j: usize) -> i64 {
    let (a, b) = (|i, j| ((3 * i + 5 * j) % 17) as i64 - 8, |i, j| ((7 * i + 2 * j) % 13) as i64 - 6);
    (0..N).map(|k| a(i, k) * b(j, k)).sum()
}

/// The sum of all of them.
pub fn checksum() -> f64 {
    (0..N).map(|i| (0..N).map(|j| real(i, j)).sum::<i64>()).sum::<i64>() as f64
}
