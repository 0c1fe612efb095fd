//! A neural net that learns handwritten digits, from scratch, on `Matrix::dot_into` and `gemm`.
//!
//! ```text
//! cargo run --release --example mnist                          1,797 digits that ship with it, 8 x 8
//! scripts/mnist-data.sh DIR                                    fetches 10,000 of MNIST, 28 x 28
//! cargo run --release --example mnist -- --data DIR            MNIST's files, gzipped or plain
//! cargo run --release --example mnist -- --preset blog         1,000 runs of batch gradient descent
//! cargo run --release --example mnist -- --help                everything else
//! ```

pub(crate) mod activation;
mod args;
pub(crate) mod digits;
pub(crate) mod idx;
pub(crate) mod net;
mod plot;
mod quantised;
pub(crate) mod random;
pub(crate) mod real;
mod report;
pub(crate) mod train;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use polyblas::backend;

use args::{Args, DType, Plan, Preset};
use digits::{Digits, Split};
use net::{Descent, Net, Workspace};
use quantised::QuantisedNet;
use random::SplitMix64;
use real::Real;
use report::{InBytes, Outcome};
use train::{Judgement, Training};

type Error = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Error> {
    if let Some(name) = &args.backend {
        backend::select(&name.parse()?)?;
    }
    if let Some(threads) = args.threads {
        polyblas::threads::set(threads);
    }
    match args.dtype {
        DType::F32 => session::<f32>(args),
        DType::F64 => session::<f64>(args),
    }
}

/// Loads, trains, tests, tells.
fn session<T: Real>(args: &Args) -> Result<(), Error> {
    let mut random = SplitMix64::new(args.seed);
    let split = Split::load(args.data.as_deref(), &mut random)?;
    let plan = Plan::new(args, split.train.shape)?;
    if !args.json {
        report::header::<T>(args, &plan, &split);
    }
    let net = Net::<T>::random(&plan.layers, plan.hidden, plan.output, plan.momentum > 0.0, &mut random);
    let descent = Descent { rate: T::of(plan.rate), momentum: T::of(plan.momentum) };
    let mut training = Training::new(net, &split.train, split.brightest, plan.batch, descent, random);
    let (outcome, judgement) = learn(args, &plan, &split, &mut training)?;
    let in_bytes = args.quantise.then(|| in_bytes(&training.net, &split));
    if args.json {
        println!("{}", outcome.to_json::<T>(args, &plan, in_bytes.as_ref()));
        return Ok(());
    }
    outcome.print();
    report::confusion(&split.test, &judgement);
    if let Some(in_bytes) = &in_bytes {
        in_bytes.print();
    }
    if args.preset == Preset::Blog {
        report::story(&outcome, &split.train);
    }
    draw(args, &plan, &split, &outcome, &judgement)
}

/// All epochs, with a bar while they last and some lines that stay.
fn learn<T: Real>(
    args: &Args,
    plan: &Plan,
    split: &Split,
    training: &mut Training<'_, T>,
) -> Result<(Outcome, Judgement), Error> {
    let bar =
        if args.json { ProgressBar::hidden() } else { ProgressBar::new((plan.epochs * training.batches()) as u64) };
    bar.set_style(ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}  {elapsed} of about {duration}")?);
    // A test takes a fifth of an epoch or more, so a long run is not tested after each.
    let (tested, told) = (plan.epochs.div_ceil(100), plan.epochs.div_ceil(20));
    let mut outcome = Outcome::default();
    let mut judgement = Judgement::default();
    for epoch in 1..=plan.epochs {
        let (loss, time) = training.epoch(|| bar.inc(1))?;
        outcome.times.push(time);
        if epoch % tested == 0 || epoch == 1 || epoch == plan.epochs {
            judgement = training.judge(&split.test);
            let point =
                plot::Point { epoch, train_loss: loss, test_loss: judgement.loss, accuracy: judgement.accuracy() };
            outcome.points.push(point);
            bar.set_message(format!("loss {loss:.4}, accuracy {:.2} %", 100.0 * point.accuracy));
            if !args.json && (epoch % told == 0 || epoch == 1 || epoch == plan.epochs) {
                bar.suspend(|| report::epoch(&point, time, epoch == 1));
            }
        }
    }
    bar.finish_and_clear();
    outcome.blas = training.blas();
    outcome.accuracy = judgement.accuracy();
    outcome.correct = judgement.correct;
    outcome.test_count = split.test.len();
    Ok((outcome, judgement))
}

/// The test in 8-bit integers beside the same test in `T`: each as often as fits in a quarter of a second.
fn in_bytes<T: Real>(net: &Net<T>, split: &Split) -> InBytes {
    const ROWS: usize = 250;

    let scale = T::one() / T::of_byte(split.brightest);
    let (mut work, mut seen) = (Workspace::to_infer(net, ROWS), Workspace::to_infer(net, 1000));
    train::judge(net, &first(&split.train, 1000), scale, &mut seen);
    let quantised = QuantisedNet::new(net, split.brightest, &seen);
    let (float, float_time) = fastest(|| train::judge(net, &split.test, scale, &mut work).correct);
    let (byte, byte_time) = fastest(|| quantised.correct(&split.test, ROWS));
    InBytes { count: split.test.len(), float, float_time, byte, byte_time, dtype: T::NAME }
}

fn first(digits: &Digits, count: usize) -> Digits {
    let count = count.min(digits.len());
    Digits {
        pixels: digits.pixels[..count * digits.area()].to_vec(),
        labels: digits.labels[..count].to_vec(),
        shape: digits.shape,
    }
}

fn fastest<R>(mut f: impl FnMut() -> R) -> (R, Duration) {
    let begin = Instant::now();
    let mut best = Duration::MAX;
    loop {
        let start = Instant::now();
        let result = f();
        best = best.min(start.elapsed());
        if begin.elapsed() > Duration::from_millis(250) {
            return (result, best);
        }
    }
}

fn draw(args: &Args, plan: &Plan, split: &Split, outcome: &Outcome, judgement: &Judgement) -> Result<(), Error> {
    let told = |error: &dyn std::fmt::Display| format!("cannot write to {}: {error}", args.out.display());
    std::fs::create_dir_all(&args.out).map_err(|e| told(&e))?;
    let (curve, mistakes) = (args.out.join("learning-curve.svg"), args.out.join("mistakes.svg"));
    if !outcome.points.is_empty() {
        let title =
            format!("{}: {:.2} % of {} test digits right", plan.net(), 100.0 * outcome.accuracy, split.test.len());
        plot::learning_curve(&outcome.points, &title, &curve).map_err(|e| told(&e))?;
        plot::mistakes(&split.test, judgement, split.brightest, &mistakes).map_err(|e| told(&e))?;
        println!("drawn: {} and {}", curve.display(), mistakes.display());
    }
    Ok(())
}
