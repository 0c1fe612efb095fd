//! How long it takes to hand work over to a thread that is awake, and so what work is worth it.
//!
//! It takes from a fifth of a microsecond between cores that share a cache to several where they do not, and where
//! cores are virtual it changes while a program runs. So it is measured now and then.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::team;
#[cfg(target_arch = "x86_64")]
use crate::kernel::{
    level::{self, Level},
    simd::{Isa, avx512::Avx512},
};

/// Work that takes so many times as long as the quickest round is done as soon by two threads: half of it, and what it
/// takes the other one to fetch the operands from the caches of the first, and the first the result.
const TIMES: usize = 8;
/// Bounds of what is worth sharing. Until it is measured it is the least, so that there is somebody to measure it with.
const LEAST: usize = 300_000;
const MOST: usize = 4_000_000;
/// What is worth sharing where it cannot be measured, most likely since other programs have the cores.
const UNKNOWN: usize = 1_000_000;

const ROUNDS: usize = 16;
/// A round that takes longer was interrupted.
const TOO_LONG: Duration = Duration::from_micros(20);
/// Jobs from one measurement to the next: it takes less than a thousandth of their time.
const JOBS: usize = 4096;

static WORTH_SHARING: AtomicUsize = AtomicUsize::new(LEAST);

/// Multiplications, times the bytes of an operand, that are worth sharing with a second thread that is awake.
#[inline(always)]
pub(super) fn worth_sharing() -> usize {
    WORTH_SHARING.load(Ordering::Relaxed)
}

/// Counts a job for which a thread is free, and measures before some how soon that thread comes.
#[inline(always)]
pub(super) fn before_job() {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    if COUNT.fetch_add(1, Ordering::Relaxed).is_multiple_of(JOBS) {
        measure();
    }
}

#[cold]
fn measure() {
    let quickest = (0..ROUNDS).map_while(|_| round()).min();
    WORTH_SHARING.store(quickest.map_or(UNKNOWN, worth), Ordering::Relaxed);
}

/// What is worth sharing if it takes this long to hand over.
fn worth(time: Duration) -> usize {
    (TIMES * speed()).saturating_mul(time.as_nanos() as usize).clamp(LEAST, MOST)
}

/// Multiplications, times the bytes of an operand, that a core does in a nanosecond: two vectors of them in each cycle.
fn speed() -> usize {
    #[cfg(target_arch = "x86_64")]
    if level::get() == Level::Avx512 && !Avx512::in_halves() {
        return 400;
    }
    200
}

/// The time from one thread's having work for two until both have done it, if somebody came.
fn round() -> Option<Duration> {
    let start = Instant::now();
    let there = AtomicUsize::new(0);
    team::share(2, 1, &|_| {
        there.fetch_add(1, Ordering::Relaxed);
        while there.load(Ordering::Relaxed) < 2 && start.elapsed() < TOO_LONG {
            std::hint::spin_loop();
        }
    });
    Some(start.elapsed()).filter(|&time| time < TOO_LONG)
}
