//! What the program says.

use std::time::Duration;

use polyblas::backend;
use serde_json::json;

use super::args::{Args, Plan};
use super::digits::{CLASSES, Digits, Split};
use super::plot::Point;
use super::real::Real;
use super::train::Judgement;

/// The story's wait.
const BLOG: Duration = Duration::from_secs(42 * 60 * 60);

/// How the training went.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Of each epoch, without its test.
    pub times: Vec<Duration>,
    pub points: Vec<Point>,
    /// Time spent in products while learning.
    pub blas: Duration,
    pub accuracy: f64,
    pub correct: usize,
    pub test_count: usize,
}

/// The same test in `T` and in 8-bit integers.
#[derive(Debug)]
pub struct InBytes {
    pub count: usize,
    pub float: usize,
    pub float_time: Duration,
    pub byte: usize,
    pub byte_time: Duration,
    pub dtype: &'static str,
}

pub fn header<T: Real>(args: &Args, plan: &Plan, split: &Split) {
    let runtime = backend::current_runtime();
    let version = runtime.version.map(|v| format!(" {v}")).unwrap_or_default();
    let core = runtime.core.map(|core| format!(" ({core})")).unwrap_or_default();
    println!("backend   {}{version}{core}, {}", runtime.name, counted(runtime.threads, "thread"));
    let from = args.data.as_ref().map_or("shipped with the example".to_owned(), |dir| dir.display().to_string());
    let (height, width) = split.train.shape;
    println!(
        "digits    {} to learn from, {} to be tested on, {height} x {width} pixels, {from}",
        grouped(split.train.len()),
        grouped(split.test.len())
    );
    let batch = if plan.batch >= split.train.len() { "all".to_owned() } else { grouped(plan.batch) };
    let momentum = if plan.momentum > 0.0 { format!(", momentum {}", plan.momentum) } else { String::new() };
    println!("net       {}, {}", plan.net(), T::NAME);
    println!("descent   batches of {batch}, rate {}{momentum}, seed {}\n", plan.rate, args.seed);
}

pub fn epoch(point: &Point, time: Duration, first: bool) {
    if first {
        println!("{:>5}  {:>8}  {:>9}  {:>13}  {:>8}", "epoch", "loss", "test loss", "test accuracy", "time");
    }
    println!(
        "{:>5}  {:>8.4}  {:>9.4}  {:>11.2} %  {:>8}",
        point.epoch,
        point.train_loss,
        point.test_loss,
        100.0 * point.accuracy,
        time_of(time)
    );
}

/// Each row a digit, each column what the net took it for.
pub fn confusion(digits: &Digits, judgement: &Judgement) {
    let mut counts = [[0usize; CLASSES]; CLASSES];
    for (label, (answer, _)) in digits.labels.iter().zip(&judgement.answers) {
        counts[usize::from(*label)][usize::from(*answer)] += 1;
    }
    let cell = |count: usize| if count == 0 { "·".to_owned() } else { count.to_string() };
    let line = |cells: [String; CLASSES]| cells.map(|cell| format!("{cell:>6}")).concat();
    println!("\nwritten   taken for");
    println!("       {}", line(std::array::from_fn(|j| j.to_string())));
    for (digit, row) in counts.iter().enumerate() {
        println!("{digit:>7}{}", line(row.map(cell)));
    }
    println!();
}

/// The job of the blog beside this run of it.
pub fn story(outcome: &Outcome, digits: &Digits) {
    let total: Duration = outcome.times.iter().sum();
    println!(
        "{} runs of batch gradient descent over {} digits took {}; the blog's perceptron took its author 42 hours.",
        grouped(outcome.times.len()),
        grouped(digits.len()),
        time_of(total)
    );
    let mnist = total.mul_f64(60_000.0 * 784.0 / digits.pixels.len() as f64);
    println!(
        "In proportion to its pixels, all of MNIST (60,000 digits of 28 x 28) would take {}: {} times less.\n",
        time_of(mnist),
        grouped((BLOG.as_secs_f64() / mnist.as_secs_f64()) as usize)
    );
}

impl Outcome {
    pub fn print(&self) {
        let total: Duration = self.times.iter().sum();
        println!(
            "\nlearnt in {}: {} an epoch in the median, {:.0} % of it in products",
            time_of(total),
            time_of(self.median()),
            100.0 * self.blas_share()
        );
        println!("{:.2} % of the test digits right: {} of {}", 100.0 * self.accuracy, self.correct, self.test_count);
    }

    fn median(&self) -> Duration {
        let mut times = self.times.clone();
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or_default()
    }

    fn blas_share(&self) -> f64 {
        let total = self.times.iter().sum::<Duration>().as_secs_f64();
        if total > 0.0 { self.blas.as_secs_f64() / total } else { 0.0 }
    }

    pub fn to_json<T: Real>(&self, args: &Args, plan: &Plan, in_bytes: Option<&InBytes>) -> serde_json::Value {
        let runtime = backend::current_runtime();
        let seconds = |times: &[Duration]| times.iter().map(Duration::as_secs_f64).collect::<Vec<_>>();
        json!({
            "backend": runtime.name,
            "threads": runtime.threads,
            "dtype": T::NAME,
            "layers": plan.layers,
            "seed": args.seed,
            "epoch_seconds": seconds(&self.times),
            "blas_share": self.blas_share(),
            "loss": self.points.last().map(|p| p.train_loss),
            "test_loss": self.points.last().map(|p| p.test_loss),
            "test_accuracy": self.accuracy,
            "i8": in_bytes.map(|b| json!({
                "accuracy": b.byte as f64 / b.count as f64,
                "seconds": b.byte_time.as_secs_f64(),
                "float_seconds": b.float_time.as_secs_f64(),
            })),
        })
    }
}

impl InBytes {
    pub fn print(&self) {
        let line = |name: &str, correct: usize, time: Duration| {
            println!(
                "{name:>5}  {:>6.2} % right  {:>9} for {} digits  {:>6.2} million digits a second",
                100.0 * correct as f64 / self.count as f64,
                time_of(time),
                grouped(self.count),
                1e-6 * self.count as f64 / time.as_secs_f64()
            );
        };
        line(self.dtype, self.float, self.float_time);
        line("i8", self.byte, self.byte_time);
        println!(
            "In 8-bit integers: {:+.2} points of accuracy, {:.2} times the speed.\n",
            100.0 * (self.byte as f64 - self.float as f64) / self.count as f64,
            self.float_time.as_secs_f64() / self.byte_time.as_secs_f64()
        );
    }
}

fn time_of(time: Duration) -> String {
    match time.as_secs_f64() {
        s if s >= 100.0 => format!("{s:.0} s"),
        s if s >= 1.0 => format!("{s:.2} s"),
        s if s >= 1e-3 => format!("{:.2} ms", 1e3 * s),
        s => format!("{:.1} µs", 1e6 * s),
    }
}

/// `8,000`.
fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}

fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
