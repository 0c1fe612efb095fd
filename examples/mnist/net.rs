//! A net of dense layers. Every product runs through [`Dot::dot_into`] or [`gemm`], into matrices that were there
//! before: nothing is allocated while it learns (but the jobs that a product spread over threads hands them).

use std::time::{Duration, Instant};

use polyblas::{Dot, Matrix, blas1, gemm};

use super::activation::{self, Hidden, Output};
use super::random::SplitMix64;
use super::real::Real;

/// `activation(x · weights + bias)`, one example in each row of `x`.
pub struct Layer<T> {
    /// Inputs by outputs.
    pub weights: Matrix<T>,
    /// One row.
    pub bias: Matrix<T>,
    /// What momentum adds to the weights and the bias; empty without momentum.
    velocity: (Matrix<T>, Matrix<T>),
}

/// How a step follows the gradient.
#[derive(Clone, Copy, Debug)]
pub struct Descent<T> {
    pub rate: T,
    pub momentum: T,
}

pub struct Net<T> {
    pub layers: Vec<Layer<T>>,
    pub hidden: Hidden,
    pub output: Output,
}

/// The matrices that a pass through a net writes, for at most as many examples as it was made for.
pub struct Workspace<T> {
    /// The input, then what each layer gives.
    pub activations: Vec<Matrix<T>>,
    /// The gradient of the loss by each layer's sums; empty where nothing is learnt.
    deltas: Vec<Matrix<T>>,
    pub labels: Vec<u8>,
    /// Time spent in products.
    pub blas: Duration,
}

fn timed(total: &mut Duration, product: impl FnOnce()) {
    let start = Instant::now();
    product();
    *total += start.elapsed();
}

impl<T: Real> Layer<T> {
    /// Weights drawn evenly from `-limit..limit`; a bias of zeros.
    fn random(inputs: usize, outputs: usize, limit: f64, momentum: bool, random: &mut SplitMix64) -> Self {
        let mut draw = || T::of((2.0 * random.next_f64() - 1.0) * limit);
        let weights = Matrix::from_fn(inputs, outputs, |_, _| draw());
        let velocity = if momentum {
            (Matrix::zeros(inputs, outputs), Matrix::zeros(1, outputs))
        } else {
            (Matrix::new(), Matrix::new())
        };
        Layer { weights, bias: Matrix::zeros(1, outputs), velocity }
    }
}

impl<T: Real> Net<T> {
    /// A net of layers of these sizes, the number of inputs first.
    pub fn random(sizes: &[usize], hidden: Hidden, output: Output, momentum: bool, random: &mut SplitMix64) -> Self {
        let last = sizes.len() - 2;
        let layers = sizes.windows(2).enumerate().map(|(l, size)| {
            let (inputs, outputs) = (size[0], size[1]);
            let fan = match hidden {
                // Half of what a ReLU gets is lost, so its weights are larger.
                Hidden::Relu if l < last => inputs,
                _ => inputs + outputs,
            };
            Layer::random(inputs, outputs, (6.0 / fan as f64).sqrt(), momentum, random)
        });
        Net { layers: layers.collect(), hidden, output }
    }

    /// Takes the first `rows` rows of the input through all layers.
    pub fn forward(&self, work: &mut Workspace<T>, rows: usize) {
        let last = self.layers.len() - 1;
        for (l, layer) in self.layers.iter().enumerate() {
            let (before, after) = work.activations.split_at_mut(l + 1);
            let (x, y) = (&before[l], &mut after[0]);
            timed(&mut work.blas, || x.slice(..rows, ..).dot_into(&layer.weights, &mut y.slice_mut(..rows, ..)));
            let (y, bias) = (rows_mut(y, rows), layer.bias.as_slice());
            if l < last {
                self.hidden.apply(y, bias);
            } else {
                self.output.apply(y, bias);
            }
        }
    }

    /// Learns from the first `rows` rows of the input and their labels. Gives the sum of their losses, as it was
    /// before.
    pub fn step(&mut self, work: &mut Workspace<T>, rows: usize, descent: Descent<T>) -> T {
        self.forward(work, rows);
        let Workspace { activations, deltas, labels, blas } = work;
        let last = self.layers.len() - 1;
        let output = rows_of(&activations[last + 1], rows);
        let loss = self.output.loss_and_delta(output, &labels[..rows], rows_mut(&mut deltas[last], rows));
        let scale = -descent.rate / T::of(rows as f64);
        for l in (0..=last).rev() {
            let layer = &mut self.layers[l];
            let (below, delta) = deltas.split_at_mut(l);
            let delta = &delta[0];
            if let Some(below) = below.last_mut() {
                timed(blas, || {
                    delta.slice(..rows, ..).dot_into(&layer.weights.t(), &mut below.slice_mut(..rows, ..));
                });
                self.hidden.derive(rows_mut(below, rows), rows_of(&activations[l], rows));
            }
            layer.learn(&activations[l], delta, rows, scale, descent.momentum, blas);
        }
        loss
    }
}

impl<T: Real> Layer<T> {
    /// `weights += scale · inputᵀ · delta`, by way of the velocity if there is momentum. Without it, BLAS's `alpha` and
    /// `beta` do the whole update, and no gradient is ever written down.
    fn learn(&mut self, input: &Matrix<T>, delta: &Matrix<T>, rows: usize, scale: T, momentum: T, blas: &mut Duration) {
        let (with_momentum, one) = (momentum != T::zero(), T::one());
        let (input, gradient) = (input.slice(..rows, ..), delta.slice(..rows, ..));
        let (weights, bias) = (&mut self.weights, &mut self.bias);
        let (to_weights, to_bias, beta) = if with_momentum {
            (&mut self.velocity.0, &mut self.velocity.1, momentum)
        } else {
            (&mut *weights, &mut *bias, one)
        };
        timed(blas, || gemm(scale, &input.t(), &gradient, beta, to_weights));
        activation::add_column_sums(scale, rows_of(delta, rows), beta, to_bias.as_mut_slice());
        if with_momentum {
            blas1::axpy(one, self.velocity.0.as_slice(), weights.as_mut_slice());
            blas1::axpy(one, self.velocity.1.as_slice(), bias.as_mut_slice());
        }
    }
}

impl<T: Real> Workspace<T> {
    /// For `net` to learn from `rows` examples at a time.
    pub fn to_learn(net: &Net<T>, rows: usize) -> Self {
        let mut work = Self::to_infer(net, rows);
        work.deltas = net.layers.iter().map(|layer| Matrix::zeros(rows, layer.weights.cols())).collect();
        work
    }

    /// For `net` to judge `rows` examples at a time.
    pub fn to_infer(net: &Net<T>, rows: usize) -> Self {
        let inputs = net.layers[0].weights.rows();
        let outputs = net.layers.iter().map(|layer| layer.weights.cols());
        Workspace {
            activations: std::iter::once(inputs).chain(outputs).map(|cols| Matrix::zeros(rows, cols)).collect(),
            deltas: Vec::new(),
            labels: vec![0; rows],
            blas: Duration::ZERO,
        }
    }

    /// How many examples fit.
    pub fn rows(&self) -> usize {
        self.labels.len()
    }

    /// What the net gave for the first `rows` examples, row after row.
    pub fn output(&self, rows: usize) -> &[T] {
        rows_of(&self.activations[self.activations.len() - 1], rows)
    }
}

fn rows_of<T>(matrix: &Matrix<T>, rows: usize) -> &[T] {
    &matrix.as_slice()[..rows * matrix.cols()]
}

fn rows_mut<T>(matrix: &mut Matrix<T>, rows: usize) -> &mut [T] {
    let len = rows * matrix.cols();
    &mut matrix.as_mut_slice()[..len]
}
