//! Learning: epochs of batches, in an order drawn anew for each epoch, and the test after each.

use std::time::{Duration, Instant};

use multiversion::multiversion;
use thiserror::Error;

use super::digits::Digits;
use super::net::{Descent, Net, Workspace};
use super::random::SplitMix64;
use super::real::Real;

/// The most examples that are judged at a time.
const TEST_ROWS: usize = 1000;

/// The loss is no longer a number.
#[derive(Debug, Error)]
#[error(
    "the loss became {loss} in batch {batch} of epoch {epoch}: the learning rate is too high; try a tenth of it (--rate)"
)]
pub struct Diverged {
    pub loss: f64,
    pub epoch: usize,
    pub batch: usize,
}

/// What a net made of the examples it was tested on.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    pub loss: f64,
    pub correct: usize,
    /// The class it gave to each, and how sure it was.
    pub answers: Vec<(u8, f64)>,
}

impl Judgement {
    /// The part that was right.
    pub fn accuracy(&self) -> f64 {
        self.correct as f64 / self.answers.len().max(1) as f64
    }
}

/// A net that learns from digits.
pub struct Training<'a, T> {
    pub net: Net<T>,
    digits: &'a Digits,
    /// What a pixel is multiplied by.
    scale: T,
    work: Workspace<T>,
    test_work: Workspace<T>,
    order: Vec<(u64, u32)>,
    random: SplitMix64,
    descent: Descent<T>,
    epoch: usize,
}

impl<'a, T: Real> Training<'a, T> {
    /// In batches of `batch` examples; the last of an epoch takes what is left.
    pub fn new(
        net: Net<T>,
        digits: &'a Digits,
        brightest: u8,
        batch: usize,
        descent: Descent<T>,
        random: SplitMix64,
    ) -> Self {
        let rows = batch.clamp(1, digits.len());
        Training {
            work: Workspace::to_learn(&net, rows),
            test_work: Workspace::to_infer(&net, TEST_ROWS),
            net,
            digits,
            scale: T::one() / T::of_byte(brightest),
            order: vec![(0, 0); digits.len()],
            random,
            descent,
            epoch: 0,
        }
    }

    /// How many batches an epoch has.
    pub fn batches(&self) -> usize {
        self.digits.len().div_ceil(self.work.rows())
    }

    /// Time spent in products while it learnt.
    pub fn blas(&self) -> Duration {
        self.work.blas
    }

    /// Learns from each example once; `after_batch` is told when a batch is done. Gives the mean loss, and the time
    /// that it took. Nothing is allocated.
    pub fn epoch(&mut self, mut after_batch: impl FnMut()) -> Result<(f64, Duration), Diverged> {
        let start = Instant::now();
        self.epoch += 1;
        // One batch of everything does not change from epoch to epoch.
        let whole = self.batches() == 1;
        if !whole || self.epoch == 1 {
            self.random.shuffle(&mut self.order);
        }
        let mut sum = 0.0;
        for (batch, indices) in (1..).zip(self.order.chunks(self.work.rows())) {
            if !whole || self.epoch == 1 {
                gather(self.digits, indices.iter().map(|(_, i)| *i as usize), self.scale, &mut self.work);
            }
            let loss = self.net.step(&mut self.work, indices.len(), self.descent).as_f64();
            if !loss.is_finite() {
                return Err(Diverged { loss, epoch: self.epoch, batch });
            }
            sum += loss;
            after_batch();
        }
        Ok((sum / self.digits.len() as f64, start.elapsed()))
    }

    /// What the net makes of `digits` as it is now.
    pub fn judge(&mut self, digits: &Digits) -> Judgement {
        judge(&self.net, digits, self.scale, &mut self.test_work)
    }
}

/// Takes these digits into the workspace, pixels as fractions of the brightest.
fn gather<T: Real>(digits: &Digits, indices: impl Iterator<Item = usize>, scale: T, work: &mut Workspace<T>) {
    let area = digits.area();
    let rows = work.activations[0].as_mut_slice().chunks_exact_mut(area);
    for ((row, label), i) in rows.zip(&mut work.labels).zip(indices) {
        scaled(digits.image(i), scale, row);
        *label = digits.labels[i];
    }
}

/// The largest of a row: its place, and its value.
pub fn largest<T: Copy + PartialOrd>(row: &[T]) -> (u8, T) {
    (0..).zip(row.iter().copied()).reduce(|best, x| if x.1 > best.1 { x } else { best }).expect("a row of classes")
}

/// What `net` makes of `digits`.
pub fn judge<T: Real>(net: &Net<T>, digits: &Digits, scale: T, work: &mut Workspace<T>) -> Judgement {
    let mut judgement = Judgement { answers: Vec::with_capacity(digits.len()), ..Judgement::default() };
    for start in (0..digits.len()).step_by(work.rows()) {
        let range = start..digits.len().min(start + work.rows());
        let rows = range.len();
        gather(digits, range, scale, work);
        net.forward(work, rows);
        let (output, labels) = (work.output(rows), &work.labels[..rows]);
        judgement.loss += net.output.loss(output, labels).as_f64();
        for (row, label) in output.chunks_exact(output.len() / rows).zip(labels) {
            let (answer, sure) = largest(row);
            judgement.correct += usize::from(answer == *label);
            judgement.answers.push((answer, sure.as_f64()));
        }
    }
    judgement.loss /= digits.len().max(1) as f64;
    judgement
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
fn scaled<T: Real>(pixels: &[u8], scale: T, row: &mut [T]) {
    row.iter_mut().zip(pixels).for_each(|(x, pixel)| *x = T::of_byte(*pixel) * scale);
}
