//! `cargo bench --features dynamic --bench dispatch`: what calling a BLAS through polyblas costs over calling the same
//! library directly, and what the call log costs while it is off. Contenders take turns, round after round.

use std::ffi::c_int;
use std::hint::black_box;
use std::time::Instant;

use polyblas::backend::{self, Backend};
use polyblas::{Dot, Matrix, threads, trace};

type Dgemm = unsafe extern "C" fn(
    c_int,
    c_int,
    c_int,
    c_int,
    c_int,
    c_int,
    f64,
    *const f64,
    c_int,
    *const f64,
    c_int,
    f64,
    *mut f64,
    c_int,
);

const ROUNDS: usize = 41;
const CALLS: usize = 20_000;

fn nanoseconds(mut call: impl FnMut()) -> f64 {
    let start = Instant::now();
    for _ in 0..CALLS {
        call();
    }
    start.elapsed().as_secs_f64() * 1e9 / CALLS as f64
}

fn best_and_median(times: &mut [f64]) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    (times[0], times[times.len() / 2])
}

fn measure(name: &str, dgemm: Dgemm, n: usize) {
    let a = Matrix::from_fn(n, n, |i, j| (i + 2 * j) as f64);
    let b = Matrix::from_fn(n, n, |i, j| (3 * i + j) as f64);
    // Both ways write the same memory: where it lies beside the operands is worth more than what is measured.
    let mut out = Matrix::zeros(n, n);
    const ROW_MAJOR: c_int = 101;
    const NO_TRANS: c_int = 111;
    let side = n as c_int;
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        times[0].push(nanoseconds(|| {
            let (a, b, c) = (black_box(&a).as_slice().as_ptr(), b.as_slice().as_ptr(), out.as_mut_slice().as_mut_ptr());
            // SAFETY: three n x n matrices of f64, and the library's integers have 32 bits.
            unsafe { dgemm(ROW_MAJOR, NO_TRANS, NO_TRANS, side, side, side, 1.0, a, side, b, side, 0.0, c, side) };
        }));
        let expected = out.clone();
        out.as_mut_slice().fill(0.0);
        times[1].push(nanoseconds(|| black_box(&a).dot_into(&b, &mut out)));
        assert_eq!(expected, out, "both ways multiply the same matrices");
        trace::set_mode(trace::Mode::Summary);
        times[2].push(nanoseconds(|| black_box(&a).dot_into(&b, &mut out)));
        trace::set_mode(trace::Mode::Off);
    }
    let [direct, through, traced] = times.each_mut().map(|times| best_and_median(times));
    println!(
        "{name:<28} n = {n:<3} direct {:>7.1} ({:>7.1})  through polyblas {:>7.1} ({:>7.1})  more {:>5.1} ({:>5.1})  with a summary kept {:>7.1} ({:>7.1})",
        direct.0,
        direct.1,
        through.0,
        through.1,
        through.0 - direct.0,
        through.1 - direct.1,
        traced.0,
        traced.1
    );
}

fn main() {
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("dispatch: skipped, since it measures only under `cargo bench`");
        return;
    }
    println!("nanoseconds a call, best (median) of {ROUNDS} rounds of {CALLS} calls, dgemm, 1 thread");
    let mut measured = 0;
    for provider in backend::available() {
        let Backend::File(file) = &provider.backend else { continue };
        if backend::select(&provider.backend).is_err() || backend::current_runtime().integer_bits != Some(32) {
            continue;
        }
        // SAFETY: the library is loaded and checked by now.
        let Ok(library) = (unsafe { libloading::Library::new(file) }) else { continue };
        // SAFETY: CBLAS's dgemm with 32-bit integers, which the check proved.
        let Ok(dgemm) = (unsafe { library.get::<Dgemm>(b"cblas_dgemm") }) else { continue };
        threads::set(1);
        let runtime = backend::current_runtime();
        let name = format!(
            "{} {} {}",
            runtime.name,
            runtime.version.unwrap_or_default(),
            runtime.threading.unwrap_or_default()
        );
        for n in [4, 16] {
            measure(&name, *dgemm, n);
        }
        measured += 1;
    }
    if measured == 0 {
        println!("no BLAS with 32-bit integers and plain names was found: nothing to compare");
    }
}
