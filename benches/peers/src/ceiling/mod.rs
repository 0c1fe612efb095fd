//! What the machine can do at most: multiplies that never leave the registers, and memory read or updated in order.

pub mod bandwidth;
#[cfg(target_arch = "aarch64")]
#[path = "aarch64.rs"]
mod routes;
#[cfg(target_arch = "x86_64")]
#[path = "x86_64.rs"]
mod routes;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod routes {
    pub const ROUTES: &[super::Route] = &[];
}

use std::sync::Barrier;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::case::{Case, Fill, Kind, Op};

pub use routes::ROUTES;

/// A way to multiply and add, as a loop over registers.
pub struct Route {
    pub name: &'static str,
    /// What is multiplied, and with which sums.
    pub does: Does,
    /// Whether this CPU has the instructions.
    pub runs: fn() -> bool,
    /// Multiply-adds in one turn of the loop.
    pub multiplies: u64,
    /// Runs that many turns.
    ///
    /// # Safety
    /// `runs` says true.
    pub turns: unsafe fn(u64),
}

/// What a route multiplies; from this follows for which products it is exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    F64,
    F32,
    /// 64-bit elements, low halves of the products.
    Low64,
    /// Products of 32-bit values in 64-bit sums.
    Wide32,
    /// Products below 2^52 in 64-bit sums.
    Wide52,
    Low32,
    Low16,
    /// Pairs of 16-bit values in 32-bit sums.
    Pairs16,
    /// Fours of 8-bit values, one side unsigned, in 32-bit sums.
    Fours8,
    /// The same through 16-bit sums that saturate: for values whose pairs stay small.
    Saturating8,
}

impl Does {
    /// Whether the product of this case comes out right this way: every sum exact, or at least in the bits that the
    /// element type keeps.
    pub fn fits(self, case: &Case) -> bool {
        let Case { kind, fill, op, .. } = *case;
        if !kind.is_integer() {
            let double = matches!(kind, Kind::F64 | Kind::C64);
            return self == if double { Does::F64 } else { Does::F32 };
        }
        if op == Op::Cast {
            return self == Does::F64;
        }
        let small = fill == Fill::Small;
        let sum_below = |bits: u32| small && case.k as u64 * Fill::SMALL_MAX.pow(2) < 1 << bits;
        let bits = if op == Op::Widen { 32 } else { kind.bits() };
        let within = |most: u32| kind.bits() <= most || small;
        match self {
            Does::F64 => sum_below(53),
            Does::F32 => sum_below(24),
            Does::Low64 => bits == 64,
            Does::Wide32 => bits == 64 && within(32),
            Does::Wide52 => bits == 64 && sum_below(52),
            Does::Low32 => bits <= 32 || sum_below(31),
            Does::Low16 => bits <= 16 || sum_below(15),
            Does::Pairs16 => within(16) && (bits <= 32 || sum_below(31)),
            Does::Fours8 => within(8) && (bits <= 32 || sum_below(31)),
            Does::Saturating8 => small && (bits <= 32 || sum_below(31)),
        }
    }
}

impl Route {
    fn seconds(&self, turns: u64) -> f64 {
        let start = Instant::now();
        // SAFETY: only routes that run are measured.
        unsafe { (self.turns)(turns) };
        start.elapsed().as_secs_f64()
    }

    /// Multiply-adds a second of `threads` at once, over about `time`.
    pub fn rate(&self, threads: usize, time: Duration) -> f64 {
        let probe = self.seconds(2_000).min(self.seconds(2_000));
        let turns = ((time.as_secs_f64() / probe * 2_000.0) as u64).max(1_000);
        if threads == 1 {
            return (self.multiplies * turns) as f64 / self.seconds(turns);
        }
        // SAFETY: only routes that run are measured.
        let times = at_once((0..threads).map(|_| || unsafe { (self.turns)(turns) }).collect());
        let slowest = times.iter().map(|(start, end)| (*end - *start).as_secs_f64()).fold(0.0, f64::max);
        (self.multiplies * turns * threads as u64) as f64 / slowest
    }
}

/// Runs the jobs at once, each on a thread of its own; tells when each began and ended.
fn at_once<J: FnOnce() + Send>(jobs: Vec<J>) -> Vec<(Instant, Instant)> {
    let barrier = &Barrier::new(jobs.len());
    std::thread::scope(|scope| {
        let begin = |job: J| {
            scope.spawn(move || {
                barrier.wait();
                let start = Instant::now();
                job();
                (start, Instant::now())
            })
        };
        let workers: Vec<_> = jobs.into_iter().map(begin).collect();
        workers.into_iter().map(|worker| worker.join().expect("the loops do not panic")).collect()
    })
}

/// A measured route.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Measured {
    pub name: String,
    /// Multiply-adds a second.
    pub rate: f64,
}

/// Every route that this CPU has, best of several tries.
pub fn measure_all(threads: usize) -> Vec<Measured> {
    let best = |route: &Route| (0..7).map(|_| route.rate(threads, Duration::from_millis(2))).fold(0.0, f64::max);
    let running = ROUTES.iter().filter(|route| (route.runs)());
    running.map(|route| Measured { name: route.name.to_owned(), rate: best(route) }).collect()
}

/// The fastest route that gives this case's product, by rates measured before.
pub fn route_for(case: &Case, measured: &[Measured]) -> Option<&'static Route> {
    let rate = |route: &Route| measured.iter().find(|m| m.name == route.name).map(|m| m.rate);
    let fitting = ROUTES.iter().filter(|route| route.does.fits(case)).filter_map(|r| Some((r, rate(r)?)));
    fitting.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(route, _)| route)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(does: Does, kind: Kind, fill: Fill, k: usize) -> bool {
        does.fits(&Case::new(kind, fill, Op::Gemm, (10, 10, k), 1))
    }

    #[test]
    fn a_route_fits_up_to_its_last_exact_sum_and_not_beyond() {
        // 99 * 99 * 1711 = 16,769,511 < 2^24 <= 99 * 99 * 1712.
        assert!(fits(Does::F32, Kind::I64, Fill::Small, 1711));
        assert!(!fits(Does::F32, Kind::I64, Fill::Small, 1712));
        assert!(fits(Does::Fours8, Kind::I64, Fill::Small, 219_108));
        assert!(!fits(Does::Fours8, Kind::I64, Fill::Small, 219_109));
        // The low bits of a wrapping sum are right however long it is.
        assert!(fits(Does::Pairs16, Kind::I32, Fill::Small, usize::MAX >> 20));
    }

    #[test]
    fn values_over_the_whole_range_need_a_multiply_of_their_width() {
        assert!(fits(Does::Low64, Kind::I64, Fill::Full, 10) && !fits(Does::Wide32, Kind::I64, Fill::Full, 10));
        assert!(fits(Does::Low32, Kind::U32, Fill::Full, 10) && !fits(Does::Pairs16, Kind::U32, Fill::Full, 10));
        assert!(fits(Does::Pairs16, Kind::I16, Fill::Full, 10) && !fits(Does::Fours8, Kind::I16, Fill::Full, 10));
        assert!(fits(Does::Fours8, Kind::I8, Fill::Full, 10) && !fits(Does::Saturating8, Kind::I8, Fill::Full, 10));
        assert!(!fits(Does::F64, Kind::I32, Fill::Full, 10));
    }

    #[test]
    fn floats_take_the_multiply_of_their_own_width() {
        assert!(fits(Does::F64, Kind::C64, Fill::Unit, 10) && !fits(Does::F32, Kind::F64, Fill::Unit, 10));
        assert!(fits(Does::F32, Kind::C32, Fill::Unit, 10) && !fits(Does::Low32, Kind::F32, Fill::Unit, 10));
    }
}
