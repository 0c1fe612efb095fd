//! What a net does between its products, row after row over plain slices, in loops that become vector instructions.

use clap::ValueEnum;
use multiversion::multiversion;

use super::real::Real;

/// What a hidden layer makes of its sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Hidden {
    Relu,
    Sigmoid,
}

/// What the last layer makes of its sums, and the loss that belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// Probabilities; the loss is the cross-entropy.
    Softmax,
    /// A number in 0..1 for each class, as in a perceptron; the loss is half the squared error.
    Sigmoid,
}

fn sigmoid<T: Real>(x: T) -> T {
    T::one() / (T::one() + (-x).exp_in_vectors())
}

/// `x = f(x + bias)` in every row.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn map_rows<T: Real>(x: &mut [T], bias: &[T], f: impl Fn(T) -> T) {
    for row in x.chunks_exact_mut(bias.len()) {
        row.iter_mut().zip(bias).for_each(|(x, bias)| *x = f(*x + *bias));
    }
}

/// `x = f(x, y)`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn zip<T: Real>(x: &mut [T], y: &[T], f: impl Fn(T, T) -> T) {
    x.iter_mut().zip(y).for_each(|(x, y)| *x = f(*x, *y));
}

/// `x = exp(x + bias)`, scaled to a sum of 1, in every row.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn softmax<T: Real>(x: &mut [T], bias: &[T]) {
    for row in x.chunks_exact_mut(bias.len()) {
        row.iter_mut().zip(bias).for_each(|(x, bias)| *x += *bias);
        let largest = row.iter().fold(T::neg_infinity(), |a, b| a.max(*b));
        row.iter_mut().for_each(|x| *x = (*x - largest).exp_in_vectors());
        let scale = T::one() / row.iter().fold(T::zero(), |sum, x| sum + *x);
        row.iter_mut().for_each(|x| *x = *x * scale);
    }
}

impl Hidden {
    pub fn name(self) -> &'static str {
        match self {
            Hidden::Relu => "ReLU",
            Hidden::Sigmoid => "sigmoid",
        }
    }

    pub fn apply<T: Real>(self, x: &mut [T], bias: &[T]) {
        match self {
            // A comparison that NaN passes through.
            Hidden::Relu => map_rows(x, bias, |x| if x < T::zero() { T::zero() } else { x }),
            Hidden::Sigmoid => map_rows(x, bias, sigmoid),
        }
    }

    /// `delta *= f'`, where `y = f(x)` is what the layer gave.
    pub fn derive<T: Real>(self, delta: &mut [T], y: &[T]) {
        match self {
            Hidden::Relu => zip(delta, y, |delta, y| if y > T::zero() { delta } else { T::zero() }),
            Hidden::Sigmoid => zip(delta, y, |delta, y| delta * (y * (T::one() - y))),
        }
    }
}

impl Output {
    pub fn name(self) -> &'static str {
        match self {
            Output::Softmax => "softmax",
            Output::Sigmoid => "sigmoid",
        }
    }

    pub fn apply<T: Real>(self, x: &mut [T], bias: &[T]) {
        match self {
            Output::Sigmoid => map_rows(x, bias, sigmoid),
            Output::Softmax => softmax(x, bias),
        }
    }

    /// The sum of the rows' losses.
    pub fn loss<T: Real>(self, y: &[T], labels: &[u8]) -> T {
        let rows = y.chunks_exact(y.len() / labels.len().max(1)).zip(labels);
        match self {
            // Not below the smallest number: a probability of zero is a large loss and not an infinite one.
            Output::Softmax => {
                rows.map(|(y, label)| -floor_at(y[usize::from(*label)], T::min_positive_value()).ln()).sum()
            }
            Output::Sigmoid => {
                rows.map(|(y, label)| {
                    let errors = (0..).zip(y).map(|(j, y)| *y - target(j, *label));
                    errors.fold(T::zero(), |sum: T, e| sum + e * e)
                })
                .sum::<T>()
                    * T::of(0.5)
            }
        }
    }

    /// The sum of the rows' losses; writes the gradient by the last layer's sums to `delta`.
    pub fn loss_and_delta<T: Real>(self, y: &[T], labels: &[u8], delta: &mut [T]) -> T {
        let classes = y.len() / labels.len().max(1);
        let rows = delta.chunks_exact_mut(classes).zip(y.chunks_exact(classes)).zip(labels);
        match self {
            Output::Softmax => rows.for_each(|((delta, y), label)| {
                delta.copy_from_slice(y);
                delta[usize::from(*label)] = delta[usize::from(*label)] - T::one();
            }),
            Output::Sigmoid => rows.for_each(|((delta, y), label)| {
                for (j, (delta, y)) in (0..).zip(delta.iter_mut().zip(y)) {
                    *delta = (*y - target(j, *label)) * (*y * (T::one() - *y));
                }
            }),
        }
        self.loss(y, labels)
    }
}

fn target<T: Real>(class: usize, label: u8) -> T {
    if class == usize::from(label) { T::one() } else { T::zero() }
}

/// `max`, but NaN stays NaN.
fn floor_at<T: Real>(x: T, least: T) -> T {
    if x < least { least } else { x }
}

/// `out = alpha · (the sum of the rows of x) + beta · out`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn add_column_sums<T: Real>(alpha: T, x: &[T], beta: T, out: &mut [T]) {
    out.iter_mut().for_each(|out| *out = *out * beta);
    for row in x.chunks_exact(out.len()) {
        out.iter_mut().zip(row).for_each(|(out, x)| *out += alpha * *x);
    }
}
