//! What the arithmetic units reach when nothing has to be loaded: multiply-adds on values that stay in registers.

use std::hint::black_box;
use std::time::Instant;

/// The best of several tries, GFLOP/s of all threads together.
pub fn gflops(single: bool, threads: usize) -> f64 {
    let (widest, flops_per_step) = widest(single);
    // SAFETY: `widest` gives a loop whose instructions this CPU has.
    let run = |steps| unsafe { widest(steps) };
    const STEPS: usize = 400_000;
    const TRIES: usize = 15;
    let tries = (0..TRIES).map(|_| {
        let start = Instant::now();
        std::thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(|| run(STEPS));
            }
            run(STEPS);
        });
        (threads * STEPS) as f64 * flops_per_step / start.elapsed().as_secs_f64() / 1e9
    });
    tries.fold(0.0, f64::max)
}

/// Enough independent sums to hide the latency of a multiply-add, and few enough to stay in registers.
const SUMS: usize = 12;

macro_rules! loops {
    ($($name:ident, $features:literal, $splat:path, $fma:path;)*) => {$(
        #[target_feature(enable = $features)]
        fn $name(steps: usize) {
            let (x, y) = ($splat(black_box(0.999)), $splat(black_box(0.001)));
            let mut sums = [$splat(black_box(1.0)); SUMS];
            for _ in 0..steps {
                for sum in &mut sums {
                    *sum = $fma(*sum, x, y);
                }
            }
            black_box(sums);
        }
    )*};
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{SUMS, black_box};
    use std::arch::x86_64::*;

    loops! {
        avx512_f32, "avx512f", _mm512_set1_ps, _mm512_fmadd_ps;
        avx512_f64, "avx512f", _mm512_set1_pd, _mm512_fmadd_pd;
        avx2_f32, "avx2,fma", _mm256_set1_ps, _mm256_fmadd_ps;
        avx2_f64, "avx2,fma", _mm256_set1_pd, _mm256_fmadd_pd;
    }

    /// A loop for this CPU, and the lanes of its vectors.
    pub fn widest(single: bool) -> Option<(unsafe fn(usize), usize)> {
        if is_x86_feature_detected!("avx512f") {
            return Some(if single { (avx512_f32, 16) } else { (avx512_f64, 8) });
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return Some(if single { (avx2_f32, 8) } else { (avx2_f64, 4) });
        }
        None
    }
}

#[cfg(target_arch = "aarch64")]
mod neon {
    use super::{SUMS, black_box};
    use std::arch::aarch64::*;

    loops! {
        neon_f32, "neon", vdupq_n_f32, vfmaq_f32;
        neon_f64, "neon", vdupq_n_f64, vfmaq_f64;
    }

    pub fn widest(single: bool) -> Option<(unsafe fn(usize), usize)> {
        Some(if single { (neon_f32, 4) } else { (neon_f64, 2) })
    }
}

/// The loop to run, which this CPU can, and the operations of one step.
fn widest(single: bool) -> (unsafe fn(usize), f64) {
    #[cfg(target_arch = "x86_64")]
    let found = x86::widest(single);
    #[cfg(target_arch = "aarch64")]
    let found = neon::widest(single);
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let found: Option<(unsafe fn(usize), usize)> = None;
    let (run, lanes) = found.unwrap_or(if single { (plain::<f32>, 16) } else { (plain::<f64>, 16) });
    (run, (2 * SUMS * lanes) as f64)
}

/// Plain arithmetic, which the compiler may put into whatever vectors the target has.
fn plain<T: num_traits::Float>(steps: usize) {
    let of = |value: f64| T::from(black_box(value)).unwrap_or_else(T::one);
    let (x, y) = (of(0.999), of(0.001));
    let mut sums = [[T::one(); 16]; SUMS];
    for _ in 0..steps {
        for sum in sums.as_flattened_mut() {
            *sum = *sum * x + y;
        }
    }
    black_box(sums.map(|lanes| lanes[0].is_nan()));
}
