//! Memory read once from end to end, and updated in place, by plain loops over more than any cache holds.

use std::hint::black_box;
use std::sync::Barrier;
use std::time::Instant;

use crate::case::Traffic;
use crate::widest::widest;

/// Words in the buffer: 128 MiB, as the out-of-cache cases.
const WORDS: usize = 16 << 20;

/// A buffer that is larger than the caches.
pub struct Memory(Vec<f64>);

impl Memory {
    pub fn new() -> Self {
        Memory((0..WORDS).map(|i| i as f64).collect())
    }

    /// Bytes a second of `threads` at once, in one pass.
    pub fn rate(&mut self, traffic: Traffic, threads: usize) -> f64 {
        let bytes = (WORDS * size_of::<f64>()) as f64;
        let barrier = Barrier::new(threads);
        let timed = |work: &mut dyn FnMut()| {
            barrier.wait();
            let start = Instant::now();
            work();
            start.elapsed().as_secs_f64()
        };
        let slowest = std::thread::scope(|scope| {
            let share = WORDS / threads;
            let workers: Vec<_> = self
                .0
                .chunks_mut(share)
                .take(threads)
                .map(|chunk| {
                    scope.spawn(move || {
                        timed(&mut || match traffic {
                            Traffic::Read(_) => {
                                black_box(read(chunk));
                            }
                            Traffic::Update(_) => update(chunk),
                        })
                    })
                })
                .collect();
            workers.into_iter().map(|worker| worker.join().expect("the loop does not panic")).fold(0.0, f64::max)
        });
        match traffic {
            Traffic::Read(_) => bytes / slowest,
            Traffic::Update(_) => 2.0 * bytes / slowest,
        }
    }
}

widest!(read(chunk: &mut [f64]) -> f64 {
    let mut sums = [0.0; 64];
    for block in chunk.chunks_exact(64) {
        for (sum, x) in sums.iter_mut().zip(block) {
            *sum += x;
        }
    }
    sums.iter().sum()
});

widest!(update(chunk: &mut [f64]) -> () {
    for x in chunk {
        *x = *x * 0.999 + 1.0;
    }
});
