//! Fits a curve through noisy points by least squares, and draws it.
//!
//! ```text
//! cargo run --release --example least_squares [-- FILE.svg]
//! ```
//!
//! The normal equations `AᵀA x = Aᵀb` are two products: the first is recognised as a matrix with its own transpose and
//! takes BLAS's `syrk`, half the work; the second is a `gemv`. Chebyshev polynomials keep `AᵀA` well conditioned.

use plotters::prelude::*;
use polyblas::{Dot, Matrix, inner};

const POINTS: usize = 400;
const TERMS: usize = 12;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).unwrap_or_else(|| "target/least_squares.svg".to_owned());

    let x: Vec<f64> = (0..POINTS).map(|i| -1.0 + 2.0 * i as f64 / (POINTS - 1) as f64).collect();
    let b: Vec<f64> = (0..).zip(&x).map(|(i, x)| truth(*x) + noise(i)).collect();
    let a = Matrix::from_rows(x.iter().map(|x| chebyshev(*x)));

    let normal = a.t().dot(&a);
    let coefficients = solve(normal, a.t().dot(&b));

    let fit: Vec<f64> = a.dot(&coefficients);
    let residual: Vec<f64> = b.iter().zip(&fit).map(|(b, fit)| b - fit).collect();
    println!("{POINTS} points, {TERMS} Chebyshev polynomials, on {}", polyblas::backend::current_runtime().name);
    println!("coefficients: {:.4}", Matrix::from_vec(1, TERMS, coefficients));
    println!("root mean square of what is left: {:.4}", (inner(&residual, &residual) / POINTS as f64).sqrt());
    let orthogonal: Vec<f64> = a.t().dot(&residual);
    let largest = orthogonal.iter().fold(0.0, |max: f64, x| max.max(x.abs()));
    println!("what is left is orthogonal to every polynomial: largest product {largest:.1e}");

    draw(&file, &x, &b, &fit)?;
    println!("drawn: {file}");
    Ok(())
}

fn truth(x: f64) -> f64 {
    (5.0 * x).sin() * (-x * x).exp() + 0.3 * x
}

/// Between -0.2 and 0.2, the same in every run.
fn noise(i: u64) -> f64 {
    let mixed = i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0xd1b5_4a32_d192_ed03) >> 11;
    0.4 * (mixed as f64 / (1u64 << 53) as f64 - 0.5)
}

/// `T₀(x)`, `T₁(x)`, ...
fn chebyshev(x: f64) -> [f64; TERMS] {
    let mut t = [1.0; TERMS];
    t[1] = x;
    for k in 2..TERMS {
        t[k] = 2.0 * x * t[k - 1] - t[k - 2];
    }
    t
}

/// Solves `a x = b` for a positive definite `a`, by Cholesky's `a = L Lᵀ`.
fn solve(mut a: Matrix<f64>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for j in 0..n {
        a[(j, j)] = (a[(j, j)] - (0..j).map(|k| a[(j, k)].powi(2)).sum::<f64>()).sqrt();
        for i in j + 1..n {
            a[(i, j)] = (a[(i, j)] - (0..j).map(|k| a[(i, k)] * a[(j, k)]).sum::<f64>()) / a[(j, j)];
        }
    }
    for i in 0..n {
        b[i] = (b[i] - (0..i).map(|k| a[(i, k)] * b[k]).sum::<f64>()) / a[(i, i)];
    }
    for i in (0..n).rev() {
        b[i] = (b[i] - (i + 1..n).map(|k| a[(k, i)] * b[k]).sum::<f64>()) / a[(i, i)];
    }
    b
}

fn draw(file: &str, x: &[f64], b: &[f64], fit: &[f64]) -> Result<(), Box<dyn std::error::Error>> {
    const DATA: RGBColor = RGBColor(0x9a, 0xa5, 0xb1);
    const FIT: RGBColor = RGBColor(0x1f, 0x5f, 0xa8);
    const TRUTH: RGBColor = RGBColor(0xb0, 0x5a, 0x00);

    if let Some(folder) = std::path::Path::new(file).parent() {
        std::fs::create_dir_all(folder)?;
    }
    let root = SVGBackend::new(file, (800, 480)).into_drawing_area();
    root.fill(&WHITE)?;
    let title = format!("{} points and their least-squares fit", x.len());
    let mut chart = ChartBuilder::on(&root)
        .margin(16)
        .caption(title, ("sans-serif", 18))
        .x_label_area_size(28)
        .y_label_area_size(44)
        .build_cartesian_2d(-1.0..1.0, -1.4..1.4)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(RGBColor(0xe4, 0xe4, 0xe4))
        .x_label_formatter(&|x| format!("{x:.1}"))
        .y_label_formatter(&|y| format!("{y:.1}"))
        .label_style(("sans-serif", 13))
        .draw()?;
    chart
        .draw_series(x.iter().zip(b).map(|(x, b)| Circle::new((*x, *b), 2, DATA.filled())))?
        .label("points")
        .legend(|(x, y)| Circle::new((x + 9, y), 2, DATA.filled()));
    for (name, color, y) in
        [("truth", TRUTH, x.iter().map(|x| truth(*x)).collect::<Vec<_>>()), ("fit", FIT, fit.to_vec())]
    {
        chart
            .draw_series(LineSeries::new(x.iter().copied().zip(y), color.stroke_width(2)))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], color.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerRight)
        .background_style(WHITE)
        .border_style(TRANSPARENT)
        .label_font(("sans-serif", 14))
        .draw()?;
    root.present()?;
    Ok(())
}
