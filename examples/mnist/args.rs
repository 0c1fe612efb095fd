//! The command line, and what a preset fills in.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use thiserror::Error;

use super::activation::{Hidden, Output};
use super::digits::CLASSES;

/// Trains a neural net on handwritten digits, all heavy work through `Matrix::dot_into` and `gemm`.
///
/// With no arguments it learns 1,797 digits of 8 x 8 that ship with it, in a second or two. `scripts/mnist-data.sh DIR`
/// fetches 10,000 of MNIST's, for `--data DIR`; the full MNIST files are read as well, gzipped or not.
#[derive(Clone, Debug, Parser)]
#[command(name = "mnist", version)]
pub struct Args {
    /// Directory with MNIST's train-images-idx3-ubyte[.gz] and train-labels-idx1-ubyte[.gz] (and t10k-*, if there)
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// What to train unless told otherwise below
    #[arg(long, value_enum, default_value_t = Preset::Mlp)]
    pub preset: Preset,

    /// Sizes of the layers, pixels first, such as 784,128,10
    #[arg(long, value_name = "N,N,..", value_delimiter = ',')]
    pub layers: Option<Vec<usize>>,

    /// What hidden layers make of their sums
    #[arg(long, value_enum)]
    pub hidden: Option<Hidden>,

    /// What the last layer makes of its sums
    #[arg(long, value_enum)]
    pub output: Option<Output>,

    /// Examples in a batch: 1 for stochastic, `all` for batch gradient descent
    #[arg(long, value_name = "N|all", value_parser = batch)]
    pub batch: Option<usize>,

    /// Times that each example is learnt from
    #[arg(long, value_name = "N")]
    pub epochs: Option<usize>,

    /// Learning rate
    #[arg(long, value_name = "X")]
    pub rate: Option<f64>,

    /// Momentum, from 0 to below 1
    #[arg(long, value_name = "X")]
    pub momentum: Option<f64>,

    /// Element type of all matrices
    #[arg(long, value_enum, default_value_t = DType::F32)]
    pub dtype: DType,

    /// Judge the test digits in 8-bit integers too: accuracy lost, speed gained
    #[arg(long)]
    pub quantise: bool,

    /// Provider of the products: native, linked, or with `--features dynamic` openblas, mkl, blis, .. or a library's
    /// path
    #[arg(long, value_name = "NAME|PATH")]
    pub backend: Option<String>,

    /// Threads for the products
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,

    /// Start of all random numbers: the same seed gives the same net
    #[arg(long, default_value_t = 1)]
    pub seed: u64,

    /// Where learning-curve.svg and mistakes.svg go
    #[arg(long, value_name = "DIR", default_value = "target/mnist")]
    pub out: PathBuf,

    /// Print one line of JSON instead, and draw nothing
    #[arg(long)]
    pub json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Preset {
    /// A hidden layer of 128, mini-batches of 32, momentum
    Mlp,
    /// No hidden layer, mini-batches of 32
    Perceptron,
    /// The story's job: a perceptron, 1,000 runs of batch gradient descent
    Blog,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DType {
    F32,
    F64,
}

/// What is trained, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub layers: Vec<usize>,
    pub hidden: Hidden,
    pub output: Output,
    pub batch: usize,
    pub epochs: usize,
    pub rate: f64,
    pub momentum: f64,
}

/// A net that these digits do not fit, or that cannot learn.
#[derive(Debug, Error, PartialEq)]
pub enum PlanError {
    #[error(
        "--layers {given}: the first layer must have {pixels} units, one for each pixel of a {height}x{width} image, not {found}"
    )]
    Inputs { given: String, pixels: usize, height: usize, width: usize, found: usize },
    #[error("--layers {given}: the last layer must have {CLASSES} units, one for each digit, not {found}")]
    Outputs { given: String, found: usize },
    #[error("--layers {given}: a net has at least two layers, the pixels and the digits, and none is empty")]
    Layers { given: String },
    #[error("--{name} {value}: must be {expected}")]
    Number { name: &'static str, value: f64, expected: &'static str },
}

fn batch(value: &str) -> Result<usize, String> {
    match value {
        "all" => Ok(usize::MAX),
        _ => {
            value.parse().ok().filter(|n| *n > 0).ok_or_else(|| "expected a number of at least 1, or `all`".to_owned())
        }
    }
}

impl Plan {
    /// What `args` ask for, on images of `height` x `width` pixels.
    pub fn new(args: &Args, (height, width): (usize, usize)) -> Result<Self, PlanError> {
        let pixels = height * width;
        let preset = match args.preset {
            Preset::Mlp => Plan {
                layers: vec![pixels, 128, CLASSES],
                hidden: Hidden::Relu,
                output: Output::Softmax,
                batch: 32,
                epochs: 20,
                rate: 0.05,
                momentum: 0.9,
            },
            Preset::Perceptron => Plan {
                layers: vec![pixels, CLASSES],
                hidden: Hidden::Sigmoid,
                output: Output::Sigmoid,
                batch: 32,
                epochs: 20,
                rate: 0.5,
                momentum: 0.0,
            },
            Preset::Blog => Plan {
                layers: vec![pixels, CLASSES],
                hidden: Hidden::Sigmoid,
                output: Output::Sigmoid,
                batch: usize::MAX,
                epochs: 1000,
                rate: 1.0,
                momentum: 0.0,
            },
        };
        let plan = Plan {
            layers: args.layers.clone().unwrap_or(preset.layers),
            hidden: args.hidden.unwrap_or(preset.hidden),
            output: args.output.unwrap_or(preset.output),
            batch: args.batch.unwrap_or(preset.batch),
            epochs: args.epochs.unwrap_or(preset.epochs),
            rate: args.rate.unwrap_or(preset.rate),
            momentum: args.momentum.unwrap_or(preset.momentum),
        };
        let given = || plan.layers.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
        let (first, last) = (plan.layers[0], plan.layers[plan.layers.len() - 1]);
        if plan.layers.len() < 2 || plan.layers.contains(&0) {
            return Err(PlanError::Layers { given: given() });
        }
        if first != pixels {
            return Err(PlanError::Inputs { given: given(), pixels, height, width, found: first });
        }
        if last != CLASSES {
            return Err(PlanError::Outputs { given: given(), found: last });
        }
        if !(plan.rate > 0.0 && plan.rate.is_finite()) {
            return Err(PlanError::Number { name: "rate", value: plan.rate, expected: "above 0" });
        }
        if !(0.0..1.0).contains(&plan.momentum) {
            return Err(PlanError::Number {
                name: "momentum",
                value: plan.momentum,
                expected: "at least 0 and below 1",
            });
        }
        Ok(plan)
    }

    /// `64 → 128 ReLU → 10 softmax`.
    pub fn net(&self) -> String {
        let last = self.layers.len() - 1;
        let layers = self.layers.iter().enumerate().map(|(l, size)| match l {
            0 => size.to_string(),
            _ if l == last => format!("{size} {}", self.output.name()),
            _ => format!("{size} {}", self.hidden.name()),
        });
        layers.collect::<Vec<_>>().join(" → ")
    }
}
