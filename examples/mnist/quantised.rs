//! A trained net in 8-bit integers: every product is `u8 x i8 -> i32`, through `dot_widen`.
//!
//! What flows between layers is never negative (pixels, ReLU, sigmoid), so it is a `u8`; weights are `i8`, each column
//! on a scale of its own.

use multiversion::multiversion;
use polyblas::{Matrix, MatrixView};

use super::activation::Hidden;
use super::digits::Digits;
use super::net::{Net, Workspace};
use super::real::Real;
use super::train::largest;

struct QuantisedLayer {
    weights: Matrix<i8>,
    /// What one unit of a sum is worth, for each column.
    unit: Vec<f32>,
    bias: Vec<f32>,
    /// `255 /` the largest output seen; unused by the last layer.
    steps: f32,
}

pub struct QuantisedNet {
    layers: Vec<QuantisedLayer>,
    hidden: Hidden,
}

impl QuantisedNet {
    /// `net`, on pixels up to `brightest`. The ranges of its hidden layers are those found in `seen`, the workspace of
    /// a pass over examples like those to come.
    pub fn new<T: Real>(net: &Net<T>, brightest: u8, seen: &Workspace<T>) -> Self {
        let mut input_unit = 1.0 / f32::from(brightest);
        let layers = net.layers.iter().zip(&seen.activations[1..]).map(|(layer, output)| {
            let weights = layer.weights.map(|w| w.as_f64() as f32);
            let largest = |values: &mut dyn Iterator<Item = f32>| {
                values.fold(0.0, |a: f32, x| a.max(x.abs())).max(f32::MIN_POSITIVE)
            };
            let steps: Vec<f32> =
                (0..weights.cols()).map(|j| 127.0 / largest(&mut weights.col(j).iter().copied())).collect();
            let range = largest(&mut output.as_slice().iter().map(|x| x.as_f64() as f32));
            let quantised = QuantisedLayer {
                weights: Matrix::from_fn(weights.rows(), weights.cols(), |i, j| {
                    (weights[(i, j)] * steps[j]).round() as i8
                }),
                unit: steps.iter().map(|steps| input_unit / steps).collect(),
                bias: layer.bias.as_slice().iter().map(|b| b.as_f64() as f32).collect(),
                steps: 255.0 / range,
            };
            input_unit = range / 255.0;
            quantised
        });
        QuantisedNet { layers: layers.collect(), hidden: net.hidden }
    }

    /// How many of `digits` the net gets right, judged `rows` at a time.
    pub fn correct(&self, digits: &Digits, rows: usize) -> usize {
        let batches = digits.pixels.chunks(rows * digits.area()).zip(digits.labels.chunks(rows));
        batches
            .map(|(pixels, labels)| {
                let output = self.forward(MatrixView::from_slice(labels.len(), digits.area(), pixels));
                let rows = output.as_slice().chunks_exact(output.cols());
                rows.zip(labels).filter(|(row, label)| largest(row).0 == **label).count()
            })
            .sum()
    }

    /// The last layer's sums: which is largest does not depend on what softmax or sigmoid make of them.
    fn forward(&self, pixels: MatrixView<'_, u8>) -> Matrix<f32> {
        let (last, hidden) = self.layers.split_last().expect("a net has layers");
        let mut input = None;
        for layer in hidden {
            let sums = match &input {
                None => pixels.dot_widen(&layer.weights),
                Some(input) => Matrix::<u8>::dot_widen(input, &layer.weights),
            };
            input = Some(layer.requantise(sums, self.hidden));
        }
        let sums = match &input {
            None => pixels.dot_widen(&last.weights),
            Some(input) => input.dot_widen(&last.weights),
        };
        last.real(sums)
    }
}

impl QuantisedLayer {
    fn real(&self, sums: Matrix<i32>) -> Matrix<f32> {
        let mut out = Matrix::zeros(sums.rows(), sums.cols());
        each(self, sums.as_slice(), out.as_mut_slice(), |x| x);
        out
    }

    fn requantise(&self, sums: Matrix<i32>, hidden: Hidden) -> Matrix<u8> {
        let mut out = Matrix::zeros(sums.rows(), sums.cols());
        // By way of `i32`, which vector instructions convert to; `as u8` alone they do not.
        let to_byte = |x: f32| (x * self.steps + 0.5).clamp(0.0, 255.0) as i32 as u8;
        match hidden {
            Hidden::Relu => each(self, sums.as_slice(), out.as_mut_slice(), to_byte),
            Hidden::Sigmoid => {
                each(self, sums.as_slice(), out.as_mut_slice(), |x| to_byte(1.0 / (1.0 + (-x).exp_in_vectors())));
            }
        }
        out
    }
}

/// `out = f(sum · unit + bias)` in every row.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn each<U>(layer: &QuantisedLayer, sums: &[i32], out: &mut [U], f: impl Fn(f32) -> U) {
    let cols = layer.bias.len();
    for (out, sums) in out.chunks_exact_mut(cols).zip(sums.chunks_exact(cols)) {
        for (((out, sum), unit), bias) in out.iter_mut().zip(sums).zip(&layer.unit).zip(&layer.bias) {
            *out = f(*sum as f32 * unit + bias);
        }
    }
}
