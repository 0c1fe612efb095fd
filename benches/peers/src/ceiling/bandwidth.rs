//! Memory read once from end to end, or updated in place, by plain loops over the operands themselves: which pages they
//! got changes how fast they can be read by a third.

use std::hint::black_box;

use super::at_once;
use crate::case::Traffic;
use crate::widest::widest;

/// Bytes a second of `threads` at once, in one pass over all of `memory`.
pub fn rate(memory: &mut [&mut [u64]], traffic: Traffic, threads: usize) -> f64 {
    let bytes: usize = memory.iter().map(|words| size_of_val(*words)).sum();
    let mut shares: Vec<Vec<&mut [u64]>> = (0..threads).map(|_| Vec::new()).collect();
    for words in memory {
        let share = words.len().div_ceil(threads).max(1);
        shares.iter_mut().zip(words.chunks_mut(share)).for_each(|(shares, chunk)| shares.push(chunk));
    }
    let pass = |share: Vec<&mut [u64]>| {
        for chunk in share {
            match traffic {
                Traffic::Read(_) => _ = black_box(read(chunk)),
                Traffic::Update(_) => update(chunk),
            }
        }
    };
    let times = at_once(shares.into_iter().map(|share| || pass(share)).collect());
    // Memory is shared: who ran while the others had not begun, or had ended, had more of it.
    let (start, end) = (times.iter().map(|time| time.0).min(), times.iter().map(|time| time.1).max());
    let seconds = start.zip(end).map_or(f64::NAN, |(start, end)| (end - start).as_secs_f64());
    match traffic {
        Traffic::Read(_) => bytes as f64 / seconds,
        Traffic::Update(_) => 2.0 * bytes as f64 / seconds,
    }
}

widest!(read(chunk: &[u64]) -> u64 {
    let mut sums = [0u64; 64];
    for block in chunk.chunks_exact(64) {
        for (sum, x) in sums.iter_mut().zip(block) {
            *sum = sum.wrapping_add(*x);
        }
    }
    sums.into_iter().fold(0, u64::wrapping_add)
});

// The lowest bit of a number is no matter to what it is multiplied with.
widest!(update(chunk: &mut [u64]) -> () {
    for x in chunk {
        *x ^= 1;
    }
});
