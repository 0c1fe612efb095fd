//! What each integer type makes of its operands: the route that they prove exact, and the kernel of each route.

use super::convert::{Bounds, Small};
use super::kernels::{Full32, Full64, Halves, Pairs, Unpacked};
use super::{Int, Integers, Route, by_way_of, route, straight};
use crate::kernel::args::{Gemm, Source};
use crate::kernel::real::Real;

/// Multiply-adds below which looking at 32-bit values costs more than it gains.
const WORTH_LOOKING_32: usize = 60 * 60 * 60;
/// Multiplications of vectors that are done before 8 or 16-bit elements are packed.
const FEW: usize = 128;

/// # Safety
/// The operands of `g` are readable and the CPU has `S`.
unsafe fn look<S: Integers, T: Int>(g: &Gemm<T>, bits: u32) -> Route {
    let worth = if bits == 32 { WORTH_LOOKING_32 } else { S::WORTH_LOOKING_64 };
    if g.m < 8 || g.n < 8 || g.m.saturating_mul(g.n).saturating_mul(g.k) < worth {
        return Route::Full;
    }
    // SAFETY: passed on.
    let bounds = |s: &Source<T>, rows: usize, cols: usize| unsafe { S::vectorize::<Bounds<S, T>>((*s, rows, cols)) };
    // What a line of each rules out, the rest cannot bring back: wider bounds never make a product cheaper.
    let ((a_rows, a_cols), (b_rows, b_cols)) = (one_line(&g.a, g.m, g.k), one_line(&g.b, g.k, g.n));
    let lines = (bounds(&g.a, a_rows, a_cols), bounds(&g.b, b_rows, b_cols));
    if route::choose(bits, g.k, lines.0, lines.1, S::DOT4) == Route::Full {
        return Route::Full;
    }
    route::choose(bits, g.k, bounds(&g.a, g.m, g.k), bounds(&g.b, g.k, g.n), S::DOT4)
}

/// Whether so few 8 or 16-bit elements are multiplied that it does not pay to pack them.
fn are_few<S: Integers, T>(g: &Gemm<T>) -> bool {
    let vectors = g.n.div_ceil(S::BYTES / size_of::<i32>());
    g.b.col_stride == 1 && g.m.saturating_mul(g.k).saturating_mul(vectors) <= FEW
}

/// The shape of the first of the lines along which a matrix is closest to contiguous.
fn one_line<T>(s: &Source<T>, rows: usize, cols: usize) -> (usize, usize) {
    if s.row_stride.unsigned_abs() < s.col_stride.unsigned_abs() { (rows, 1) } else { (1, cols) }
}

impl Int for i8 {
    unsafe fn route<S: Integers>(g: &Gemm<i8>) -> Route {
        if are_few::<S, _>(g) {
            Route::Full
        } else if S::DOT4 {
            // The bits of an `i8` modulo 256 are a `u8`.
            Route::Fours
        } else {
            Route::Pairs
        }
    }

    unsafe fn take<S: Integers>(g: &Gemm<i8>, route: Route) {
        // SAFETY: passed on; wanted modulo 2^8, of which sums modulo 2^32 keep all.
        unsafe {
            match route {
                Route::Full => straight::<Unpacked<S::Whole, i8>, i8>(g),
                Route::Fours => S::fours(g, false),
                _ => by_way_of::<S, Pairs<S>, i8, i8, i32>(g),
            }
        }
    }
}

impl Int for i16 {
    unsafe fn route<S: Integers>(g: &Gemm<i16>) -> Route {
        if are_few::<S, _>(g) { Route::Full } else { Route::Pairs }
    }

    unsafe fn take<S: Integers>(g: &Gemm<i16>, route: Route) {
        // SAFETY: passed on; wanted modulo 2^16, of which sums modulo 2^32 keep all.
        unsafe {
            match route {
                Route::Full => straight::<Unpacked<S::Whole, i16>, i16>(g),
                _ => by_way_of::<S, Pairs<S, i16>, i16, i16, i16>(g),
            }
        }
    }
}

impl Int for i32 {
    unsafe fn route<S: Integers>(g: &Gemm<i32>) -> Route {
        // SAFETY: passed on.
        unsafe { look::<S, i32>(g, 32) }
    }

    unsafe fn take<S: Integers>(g: &Gemm<i32>, route: Route) {
        // SAFETY: passed on; `route::choose` has the proofs.
        unsafe {
            match route {
                Route::Fours => S::fours(g, false),
                Route::FoursSwapped => S::fours(g, true),
                Route::Pairs => by_way_of::<S, Pairs<S>, i32, i32, i32>(g),
                Route::F32 => by_way_of::<S, Real<S::Float, f32>, i32, i32, f32>(g),
                _ => straight::<Full32<S::Whole>, i32>(g),
            }
        }
    }
}

impl Int for i64 {
    unsafe fn route<S: Integers>(g: &Gemm<i64>) -> Route {
        // SAFETY: passed on.
        unsafe { look::<S, i64>(g, 64) }
    }

    unsafe fn take<S: Integers>(g: &Gemm<i64>, route: Route) {
        // SAFETY: passed on; `route::choose` has the proofs.
        unsafe {
            match route {
                Route::Fours => S::fours(g, false),
                Route::FoursSwapped => S::fours(g, true),
                Route::Pairs => by_way_of::<S, Pairs<S>, i64, i64, i32>(g),
                Route::F32 => by_way_of::<S, Real<S::Float, f32>, i64, i64, f32>(g),
                Route::F64 => by_way_of::<S, Real<S::Float, f64>, i64, i64, f64>(g),
                Route::SmallF64 => by_way_of::<S, Real<S::Float, f64>, i64, Small<i64>, Small<f64>>(g),
                Route::Halves => straight::<Halves<S::Whole>, i64>(g),
                Route::Full => straight::<Full64<S::Whole>, i64>(g),
            }
        }
    }
}
