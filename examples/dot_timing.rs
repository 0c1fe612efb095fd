//! The benchmark that started it: 1,000 products of 100 x 100 matrices, as floats, as integers, as integers cast to
//! float, and as `f32`, each as one `dot` after another and as one batch.
//!
//! `cargo run --release --example dot_timing [-- COUNT [N]]`

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use polyblas::{Dot, Matrix, MatrixView, Scalar, dot_batch};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

/// Pairs of operands: few enough to stay in cache, as the blog's one pair did.
const POOL: usize = 8;

/// One line of the table.
struct Line {
    name: &'static str,
    loop_time: Duration,
    batch_time: Duration,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(|a| a.parse::<usize>().map_err(|_| a));
    let (count, n) = match (arguments.next().unwrap_or(Ok(1_000)), arguments.next().unwrap_or(Ok(100))) {
        (Ok(count), Ok(n)) if count > 0 && n > 0 => (count, n),
        _ => {
            eprintln!("usage: dot_timing [COUNT [N]], both whole numbers of at least 1");
            return ExitCode::FAILURE;
        }
    };
    let config = polyblas::config();
    let backend = &config.runtime.in_use;
    println!(
        "backend  {} {}, {} threads",
        backend.name,
        backend.version.as_deref().unwrap_or("unknown"),
        backend.threads
    );
    println!("SIMD     {}", config.simd.level);
    println!("CPU      {}\n", config.machine.cpu.as_deref().unwrap_or("unknown"));
    println!("{count} products of {n} x {n}, values 0..100, allocation of the results included\n");

    let mut rng = SmallRng::seed_from_u64(2016);
    let mut integers =
        || -> Vec<Matrix<i64>> { (0..POOL).map(|_| Matrix::from_fn(n, n, |_, _| rng.random_range(0..100))).collect() };
    let (a, b) = (integers(), integers());
    let (af, bf) = (cast(&a, |x| x as f64), cast(&b, |x| x as f64));
    let (af32, bf32) = (cast(&a, |x| x as f32), cast(&b, |x| x as f32));

    let lines = [
        time("floats (f64)", count, &af, &bf),
        time("integers (i64)", count, &a, &b),
        time_cast(count, &a, &b),
        time("f32", count, &af32, &bf32),
    ];

    let operations = 2.0 * count as f64 * (n as f64).powi(3);
    println!("{:<26} {:>11} {:>9} {:>10}   {:>11} {:>9}", "", "one by one", "Gop/s", "x floats", "batched", "Gop/s");
    let floats = lines[0].loop_time.as_secs_f64();
    for line in &lines {
        let (one, batch) = (line.loop_time.as_secs_f64(), line.batch_time.as_secs_f64());
        println!(
            "{:<26} {:>8.2} ms {:>9.1} {:>10.2}   {:>8.2} ms {:>9.1}",
            line.name,
            one * 1e3,
            operations / one / 1e9,
            one / floats,
            batch * 1e3,
            operations / batch / 1e9
        );
    }
    println!("\nx floats: the time of the line over that of the first; numpy's integers take about ten.");
    ExitCode::SUCCESS
}

fn cast<T: Copy>(matrices: &[Matrix<i64>], f: impl Fn(i64) -> T) -> Vec<Matrix<T>> {
    matrices.iter().map(|m| m.map(&f)).collect()
}

fn time<T: Scalar>(name: &'static str, count: usize, lhs: &[Matrix<T>], rhs: &[Matrix<T>]) -> Line {
    let loop_time = timed(name, count, |i| {
        black_box(lhs[i % POOL].dot(&rhs[i % POOL]));
    });
    let (lhs, rhs) = (cycle(count, lhs), cycle(count, rhs));
    let batch_time = elapsed(|| dot_batch(&lhs, &rhs));
    Line { name, loop_time, batch_time }
}

/// The blog's way out: cast each operand to float, multiply, and cast the product back.
fn time_cast(count: usize, lhs: &[Matrix<i64>], rhs: &[Matrix<i64>]) -> Line {
    let name = "integers cast to float";
    let loop_time = timed(name, count, |i| {
        let product = lhs[i % POOL].map(|x| x as f64).dot(&rhs[i % POOL].map(|x| x as f64));
        black_box(product.map(|x| x as i64));
    });
    let batch_time = elapsed(|| {
        let (lhs, rhs) = (cast(lhs, |x| x as f64), cast(rhs, |x| x as f64));
        let products = dot_batch(&cycle(count, &lhs), &cycle(count, &rhs));
        products.iter().map(|p| p.map(|x| x as i64)).collect::<Vec<_>>()
    });
    Line { name, loop_time, batch_time }
}

/// `count` views, over and over the same matrices.
fn cycle<T>(count: usize, matrices: &[Matrix<T>]) -> Vec<MatrixView<'_, T>> {
    matrices.iter().map(Matrix::view).cycle().take(count).collect()
}

fn elapsed<R>(f: impl FnOnce() -> R) -> Duration {
    let start = Instant::now();
    black_box(f());
    start.elapsed()
}

/// Runs `product` for each index, once the caches and the threads are warm; draws a bar only if it takes over a second.
fn timed(name: &'static str, count: usize, product: impl Fn(usize)) -> Duration {
    for i in 0..count.min(20) {
        product(i);
    }
    let mut bar = None;
    let start = Instant::now();
    for i in 0..count {
        product(i);
        if i % 16 == 0 && bar.is_none() && start.elapsed() > Duration::from_secs(1) {
            let style = ProgressStyle::with_template("{msg:<26} {bar:30} {pos}/{len}, {eta} left")
                .expect("the template is well formed");
            bar = Some(ProgressBar::new(count as u64).with_style(style).with_message(name));
        }
        if let Some(bar) = &bar {
            bar.set_position(i as u64 + 1);
        }
    }
    let elapsed = start.elapsed();
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    elapsed
}
