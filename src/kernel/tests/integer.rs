//! Every integer engine and every route against exact sums, wrapped.

use super::super::args::{Gemm, Part, Source, Target};
use super::super::integer::{Engine, Route, WithEngine};
use super::super::level::Level;
use super::LAYOUTS;

/// What the tests need of an element.
pub(super) trait Sample: WithEngine + std::fmt::Debug {
    fn from_i128(x: i128) -> Self;
    fn exact(self) -> i128;
}

macro_rules! sample {
    ($($t:ty)*) => {$(
        impl Sample for $t {
            fn from_i128(x: i128) -> Self {
                x as $t
            }
            fn exact(self) -> i128 {
                self as i128
            }
        }
    )*};
}

sample!(i8 i16 i32 i64);

pub(super) fn engines<T: Sample>() -> Vec<&'static Engine<T>> {
    let mut engines: Vec<_> = Level::ALL.into_iter().filter(|level| level.available()).map(T::engine_at).collect();
    engines.extend(T::wide_portable_engines());
    engines
}

fn mixed(seed: u64) -> u64 {
    let x = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (x ^ (x >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

/// A matrix of values within `range`, both ends of which occur, among elements that nobody may touch.
pub(super) struct Sampled<T> {
    pub buffer: Vec<T>,
    strides: (isize, isize),
    origin: usize,
}

const MARGIN: usize = 70;

impl<T: Sample> Sampled<T> {
    pub fn new(rows: usize, cols: usize, layout: usize, range: (i128, i128), seed: u64) -> Self {
        let (strides, len) = match layout {
            0 => ((cols as isize, 1), rows * cols),
            1 => ((cols as isize + 3, 1), rows * (cols + 3)),
            2 => ((1, rows as isize + 1), cols * (rows + 1)),
            _ => ((-2 * cols as isize, 2), 2 * rows * cols),
        };
        let origin = MARGIN + if strides.0 < 0 { rows.saturating_sub(1) * 2 * cols } else { 0 };
        let mut buffer: Vec<T> = (0..len + 2 * MARGIN).map(|i| T::from_i128(i128::from(mixed(i as u64)))).collect();
        let span = (range.1 - range.0 + 1) as u128;
        for i in 0..rows {
            for j in 0..cols {
                let at = (origin as isize + i as isize * strides.0 + j as isize * strides.1) as usize;
                let value = match i * cols + j {
                    0 => range.1,
                    1 => range.0,
                    n => range.0 + (u128::from(mixed(seed + n as u64)) % span) as i128,
                };
                buffer[at] = T::from_i128(value);
            }
        }
        Sampled { buffer, strides, origin }
    }

    pub fn at(&self, i: usize, j: usize) -> usize {
        (self.origin as isize + i as isize * self.strides.0 + j as isize * self.strides.1) as usize
    }

    pub fn get(&self, i: usize, j: usize) -> T {
        self.buffer[self.at(i, j)]
    }

    pub fn source(&self) -> Source<T> {
        let ptr = self.buffer[self.origin..].as_ptr();
        Source { ptr, row_stride: self.strides.0, col_stride: self.strides.1, conj: false }
    }

    pub fn target(&mut self) -> Target<T> {
        let ptr = self.buffer[self.origin..].as_mut_ptr();
        Target { ptr, row_stride: self.strides.0, col_stride: self.strides.1 }
    }
}

struct Case<T> {
    shape: (usize, usize, usize),
    layouts: [usize; 3],
    ranges: [(i128, i128); 2],
    alpha: T,
    beta: T,
}

/// Runs the case on an engine and compares each element and every element around; gives the route that was taken.
fn check<T: Sample>(engine: &Engine<T>, case: &Case<T>) -> Option<Route> {
    let (m, n, k) = case.shape;
    let a = Sampled::<T>::new(m, k, case.layouts[0], case.ranges[0], 7);
    let b = Sampled::<T>::new(k, n, case.layouts[1], case.ranges[1], 77);
    let all = (i128::from(i64::MIN), i128::from(i64::MAX));
    let before = Sampled::<T>::new(m, n, case.layouts[2], all, 777);
    let mut c = Sampled { buffer: before.buffer.clone(), ..before };
    let g = Gemm {
        m,
        n,
        k,
        alpha: case.alpha,
        a: a.source(),
        b: b.source(),
        beta: case.beta,
        c: c.target(),
        part: Part::All,
        threads: 1,
    };
    // SAFETY: the operands lie in three buffers of their own.
    let route = unsafe { (engine.gemm)(&g) };
    let mut expected = before.buffer.clone();
    for i in 0..m {
        for j in 0..n {
            let sum = (0..k).fold(0i128, |sum, p| sum.wrapping_add(a.get(i, p).exact() * b.get(p, j).exact()));
            let old = before.get(i, j).exact().wrapping_mul(case.beta.exact());
            let value = sum.wrapping_mul(case.alpha.exact()).wrapping_add(old);
            expected[c.at(i, j)] = T::from_i128(value);
        }
    }
    let wrong = (0..expected.len()).find(|&at| expected[at] != c.buffer[at]);
    let what = || {
        format!(
            "{} {m}x{k}x{n} {:?} {:?} alpha {:?} beta {:?} by {route:?}",
            engine.isa, case.layouts, case.ranges, case.alpha, case.beta
        )
    };
    assert!(
        wrong.is_none(),
        "{}: element {wrong:?}: {:?} instead of {:?}",
        what(),
        c.buffer[wrong.unwrap()],
        expected[wrong.unwrap()]
    );
    route
}

pub(super) fn whole_range<T: Sample>() -> (i128, i128) {
    let bits = 8 * size_of::<T>() as u32;
    (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)
}

fn every_edge<T: Sample>() {
    let full = whole_range::<T>();
    for engine in engines::<T>() {
        let sizes = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 47, 49];
        for &m in &sizes[..12] {
            for n in sizes {
                let k = (m * 7 + n * 3) % 11;
                let (alpha, beta) = ([1, 1, -3][m % 3], [0, 1, 5][n % 3]);
                let (alpha, beta) = (T::from_i128(alpha), T::from_i128(beta));
                // Few elements are packed only where the columns of `b` are not contiguous.
                for b in [0, 2, (m + 2 * n) % LAYOUTS.len()] {
                    let layouts = [(m + n) % LAYOUTS.len(), b, n % LAYOUTS.len()];
                    check(engine, &Case { shape: (m, n, k), layouts, ranges: [full, full], alpha, beta });
                }
            }
        }
    }
}

#[test]
fn every_edge_of_the_tiles_is_exact_modulo_the_width() {
    every_edge::<i8>();
    every_edge::<i16>();
    every_edge::<i32>();
    every_edge::<i64>();
}

fn every_range<T: Sample>() -> Vec<Route> {
    let full = whole_range::<T>();
    let ranges = [
        (0, 0),
        (0, 1),
        (0, 100),
        (0, 127),
        (-128, 127),
        (0, 255),
        (-1, 255),
        (0, 256),
        (-129, 0),
        (-32_768, 32_767),
        (-32_769, 0),
        (0, 1 << 20),
        (-(1 << 24), 1 << 24),
        (-(1 << 31), (1 << 31) - 1),
        (0, 1 << 31),
        (-(1 << 40), 1 << 40),
        (0, 1 << 51),
        (0, 1 << 53),
        full,
    ];
    let mut routes = Vec::new();
    for engine in engines::<T>() {
        for a in ranges {
            for b in ranges {
                if a.0.min(b.0) < full.0 || a.1.max(b.1) > full.1 {
                    continue;
                }
                let (one, zero) = (T::from_i128(1), T::from_i128(0));
                let layouts = [(a.1 % 4) as usize, (b.1 % 3) as usize, ((a.1 + b.1) % 4) as usize];
                let case = Case { shape: (33, 41, 27), layouts, ranges: [a, b], alpha: one, beta: zero };
                routes.extend(check(engine, &case));
            }
        }
    }
    routes
}

#[test]
fn every_range_of_values_is_exact_modulo_the_width() {
    every_range::<i8>();
    every_range::<i16>();
    every_range::<i32>();
    let routes = every_range::<i64>();
    for route in [
        Route::Fours,
        Route::FoursSwapped,
        Route::Pairs,
        Route::F32,
        Route::SmallF64,
        Route::F64,
        Route::Halves,
        Route::Full,
    ] {
        assert!(routes.contains(&route), "no case took {route:?}");
    }
}

fn every_update<T: Sample>(ranges: &[(i128, i128)]) {
    for engine in engines::<T>() {
        for &a in ranges {
            for (i, (alpha, beta)) in [(1, 0), (1, 1), (-3, 0), (5, -7)].into_iter().enumerate() {
                let (alpha, beta) = (T::from_i128(alpha), T::from_i128(beta));
                // A whole tile and edges; several slices of `k`, each of which is added to what `c` holds.
                for (j, shape) in [(33, 69, 30), (9, 49, 5000)].into_iter().enumerate() {
                    let b = [(0, 100), (-100, 100)][(i + j) % 2];
                    let layouts = [i, j, (i + j) % LAYOUTS.len()];
                    check(engine, &Case { shape, layouts, ranges: [a, b], alpha, beta });
                }
            }
        }
    }
}

#[test]
fn every_route_takes_alpha_and_beta_and_slices() {
    let small = [(0, 100), (-100, 100), (-1000, 1000)];
    every_update::<i8>(&small[..2]);
    every_update::<i16>(&small);
    every_update::<i32>(&small);
    every_update::<i64>(&small);
    every_update::<i64>(&[(-(1 << 30), 1 << 30), (-(1 << 40), 1 << 40)]);
}

/// Columns that are powers of two apart, of `b` and of `a`.
fn shared_sets<T: Sample>() {
    for engine in engines::<T>() {
        for range in [(0, 100), whole_range::<T>()] {
            for (shape, layouts) in [((17, 53, 1023), [0, 2, 0]), ((1023, 9, 45), [2, 2, 0])] {
                let (alpha, beta) = (T::from_i128(1), T::from_i128(0));
                check(engine, &Case { shape, layouts, ranges: [range, range], alpha, beta });
            }
        }
    }
}

#[test]
fn columns_that_share_sets_are_packed() {
    shared_sets::<i8>();
    shared_sets::<i16>();
    shared_sets::<i32>();
    shared_sets::<i64>();
}

/// The largest sums that a route may hold, and one more.
#[test]
fn sums_at_each_bound_are_exact() {
    let (one, zero) = (1i64, 0i64);
    for engine in engines::<i64>() {
        // k * a * b: 2^24 and one k more, 2^31 - 1 or just below, 2^31, 2^51, 2^53.
        let extremes = [
            (512, 1 << 15, 1),
            (513, 1 << 15, 1),
            (512, (1 << 15) + 1, 1),
            (255, 32_767, 257),
            (256, 32_767, 257),
            (2, 32_768, 32_768),
            (512, 1 << 22, 1 << 20),
            (512, 1 << 22, (1 << 20) + 1),
            (512, 1 << 23, 1 << 21),
            (512, 1 << 23, (1 << 21) + 1),
        ];
        for (k, a, b) in extremes {
            for (a, b) in [((a, a), (b, b)), ((-a, -a), (b, b)), ((-a, a), (-b, b))] {
                let case = Case { shape: (9, 17, k), layouts: [0, 0, 0], ranges: [a, b], alpha: one, beta: zero };
                check(engine, &case);
            }
        }
    }
}

#[test]
fn long_sums_wrap_and_do_not_saturate() {
    for k in [1, 2, 3, 4, 5, 700, 1025] {
        for engine in engines::<i16>() {
            let worst = [(-32_768, -32_768); 2];
            check(engine, &Case { shape: (5, 19, k), layouts: [0, 2, 0], ranges: worst, alpha: 1, beta: 0 });
        }
        for engine in engines::<i8>() {
            for worst in [[(-128, -128); 2], [(-1, -1), (-128, -128)], [(127, 127); 2]] {
                check(engine, &Case { shape: (5, 19, k), layouts: [0, 2, 0], ranges: worst, alpha: 1, beta: 0 });
            }
        }
    }
}

/// `widen` at every level against plain sums.
fn widens<A, B>(a_range: (i128, i128), b_range: (i128, i128))
where
    A: super::super::Widen<B> + Sample + std::fmt::Debug,
    B: crate::Scalar + Into<i32> + Sample,
{
    for level in Level::ALL.into_iter().filter(|level| level.available()) {
        for (m, n, k) in [(1, 1, 1), (4, 4, 4), (5, 17, 9), (33, 49, 31), (8, 48, 64), (3, 100, 515)] {
            for layouts in [[0, 0, 0], [1, 2, 1], [2, 1, 2], [3, 3, 3]] {
                let a = Sampled::<A>::new(m, k, layouts[0], a_range, 5);
                let b = Sampled::<B>::new(k, n, layouts[1], b_range, 55);
                let mut c = Sampled::<i32>::new(m, n, layouts[2], (-7, 7), 555);
                // SAFETY: the operands lie in three buffers of their own, and the CPU has the level.
                unsafe { super::super::integer::widen(level, (m, n, k), a.source(), b.source(), c.target(), 1) };
                for i in 0..m {
                    for j in 0..n {
                        let sum: i128 = (0..k).map(|p| a.get(i, p).exact() * b.get(p, j).exact()).sum();
                        assert_eq!(c.get(i, j), sum as i32, "{level:?} {m}x{k}x{n} {layouts:?} at ({i}, {j})");
                    }
                }
            }
        }
    }
}

#[test]
fn small_integers_widen_exactly() {
    widens::<i8, i8>((-128, 127), (-128, 127));
    widens::<i8, i8>((-128, -128), (-128, -128));
    widens::<i16, i16>((-32_768, 32_767), (-32_768, 32_767));
    widens::<i16, i16>((-32_768, -32_768), (-32_768, -32_768));
}

/// By every route, and past the rows that are converted at a time.
fn lower_triangles<T: Sample>() {
    let ranges =
        [(0, 100), (-100, 100), (-128, 127), (-3_000, 3_000), (-32_768, 32_767), (0, 1 << 22), whole_range::<T>()];
    for engine in engines::<T>() {
        for (range, (m, k, n)) in
            ranges.into_iter().flat_map(|r| [(70, 34, 70), (130, 40, 200), (2100, 9, 90)].map(|s| (r, s)))
        {
            let a = Sampled::<T>::new(m, k, 1, range, 7);
            let b = Sampled::<T>::new(k, n, 2, range, 77);
            let run = |part: Part, c_layout| {
                let mut c = Sampled::<T>::new(m, n, c_layout, (1, 1), 777);
                let (alpha, beta, to) = (T::from_i128(3), T::from_i128(1), c.target());
                let g = Gemm { m, n, k, alpha, a: a.source(), b: b.source(), beta, c: to, part, threads: 1 };
                // SAFETY: the operands lie in three buffers of their own.
                let route = unsafe { (engine.gemm)(&g) };
                (c, route)
            };
            for c_layout in 0..LAYOUTS.len() {
                let ((whole, _), (lower, route)) = (run(Part::All, c_layout), run(Part::Lower(0), c_layout));
                let differs = (0..m)
                    .flat_map(|i| (0..=i.min(n - 1)).map(move |j| (i, j)))
                    .find(|&(i, j)| lower.get(i, j) != whole.get(i, j));
                assert_eq!(differs, None, "{} {m}x{k}x{n} {range:?} c {c_layout} by {route:?}", engine.isa);
            }
        }
    }
}

#[test]
fn a_lower_triangle_is_that_of_the_whole_product() {
    lower_triangles::<i8>();
    lower_triangles::<i16>();
    lower_triangles::<i32>();
    lower_triangles::<i64>();
}
