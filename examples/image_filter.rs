//! Four filters over one picture in one integer product: `u8` pixels by `i8` filters, summed exactly in `i32`.
//!
//! ```text
//! cargo run --release --example image_filter
//! ```
//!
//! Each row of the left matrix is a pixel's 3 x 3 neighbourhood, each column of the right one a filter: the product is
//! every filter at every pixel. Neural nets convolve in the same way.

use std::time::Instant;

use polyblas::{Matrix, matrix};

fn main() {
    let picture = ring(24, 48);
    println!("A ring:\n\n{}", shown(&picture));

    #[rustfmt::skip]
    let filters: Matrix<i8> = matrix![
        // blur, sharpen, edges from left to right, edges from top to bottom
        [1,  0, -1, -1],
        [2, -1,  0, -2],
        [1,  0,  1, -1],
        [2, -1, -2,  0],
        [4,  5,  0,  0],
        [2, -1,  2,  0],
        [1,  0, -1,  1],
        [2, -1,  0,  2],
        [1,  0,  1,  1],
    ];
    let (rows, cols) = picture.shape();
    let filtered: Matrix<i32> = neighbourhoods(&picture).dot_widen(&filters);

    let plane = |filter: usize| filtered.col(filter).to_matrix().reshape(rows, cols);
    println!("Blurred (the weights add up to 16):\n\n{}", shown(&byte(&plane(0).map(|x| x / 16))));
    let edges = plane(2).zip_map(&plane(3), |x, y| (x.abs() + y.abs()) / 4);
    println!("Its edges:\n\n{}", shown(&byte(&edges)));

    let large = neighbourhoods(&ring(1000, 2000));
    let start = Instant::now();
    let filtered: Matrix<i32> = large.dot_widen(&filters);
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "The same four filters over 1,000 x 2,000 pixels: {:.1} ms, {:.2} billion multiplications a second.",
        1e3 * seconds,
        1e-9 * (filtered.len() * filters.rows()) as f64 / seconds
    );
}

/// A ring with a soft outer edge.
fn ring(rows: usize, cols: usize) -> Matrix<u8> {
    Matrix::from_fn(rows, cols, |i, j| {
        let y = 2.0 * (i as f64 + 0.5) / rows as f64 - 1.0;
        let x = 2.0 * (j as f64 + 0.5) / cols as f64 - 1.0;
        let radius = x.hypot(y);
        if radius < 0.45 { 0 } else { (255.0 * ((0.95 - radius) / 0.3).clamp(0.0, 1.0)) as u8 }
    })
}

/// A row of nine for each pixel: itself and those around it, black outside the picture.
fn neighbourhoods(picture: &Matrix<u8>) -> Matrix<u8> {
    let (rows, cols) = picture.shape();
    let mut out = Matrix::zeros(rows * cols, 9);
    let places = (0..rows).flat_map(|i| (0..cols).map(move |j| (i, j)));
    for (row, (i, j)) in out.as_mut_slice().chunks_exact_mut(9).zip(places) {
        for (place, x) in row.iter_mut().enumerate() {
            let (i, j) = ((i + place / 3).wrapping_sub(1), (j + place % 3).wrapping_sub(1));
            *x = picture.get(i, j).copied().unwrap_or(0);
        }
    }
    out
}

fn byte(sums: &Matrix<i32>) -> Matrix<u8> {
    sums.map(|x| x.clamp(0, 255) as u8)
}

fn shown(picture: &Matrix<u8>) -> String {
    const SHADES: [char; 5] = [' ', '░', '▒', '▓', '█'];
    let line = |row: &[u8]| row.iter().map(|x| SHADES[usize::from(*x) * 5 / 256]).chain(['\n']).collect::<String>();
    picture.as_slice().chunks_exact(picture.cols()).map(line).collect()
}
