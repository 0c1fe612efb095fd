//! Integer matrices times vectors, outer and inner products, against exact sums, wrapped.

use super::super::args::{Gemm, Gemv, Ger, Inner, Part, VecSource, VecTarget};
use super::super::integer::Engine;
use super::LAYOUTS;
use super::integer::{Sample, Sampled, engines, whole_range};

/// Lengths on either side of whole vectors and of unrolled loops.
const LENGTHS: [usize; 13] = [0, 1, 2, 3, 5, 8, 15, 17, 31, 33, 64, 67, 131];

/// The layouts of a vector: contiguous, or every second element.
const VECTORS: [usize; 3] = [2, 2, 3];

fn sampled<T: Sample>(rows: usize, cols: usize, layout: usize, seed: u64) -> Sampled<T> {
    Sampled::new(rows, cols, layout, whole_range::<T>(), seed)
}

/// A column; one that runs backwards is read from its last element on.
fn vec_source<T: Sample>(x: &Sampled<T>) -> VecSource<T> {
    let source = x.source();
    VecSource { ptr: source.ptr, stride: source.row_stride, conj: false }
}

fn vec_target<T: Sample>(x: &mut Sampled<T>) -> VecTarget<T> {
    let target = x.target();
    VecTarget { ptr: target.ptr, stride: target.row_stride }
}

/// Compares an operand, and all that lies around it, with what it held before and the new value of each element.
fn assert_is<T: Sample>(
    got: &Sampled<T>,
    before: &Sampled<T>,
    (rows, cols): (usize, usize),
    value: impl Fn(usize, usize, i128) -> i128,
    what: &dyn Fn() -> String,
) {
    let mut expected = before.buffer.clone();
    for i in 0..rows {
        for j in 0..cols {
            expected[before.at(i, j)] = T::from_i128(value(i, j, before.get(i, j).exact()));
        }
    }
    let wrong = (0..expected.len()).find(|&at| expected[at] != got.buffer[at]);
    let values = wrong.map(|at| (got.buffer[at], expected[at]));
    assert!(wrong.is_none(), "{}: element {wrong:?} and what it should be: {values:?}", what());
}

fn inner_of<T: Sample>(n: usize, x: impl Fn(usize) -> T, y: impl Fn(usize) -> T) -> i128 {
    (0..n).fold(0, |sum, i| sum.wrapping_add(x(i).exact() * y(i).exact()))
}

fn gemv<T: Sample>(engine: &Engine<T>, (m, n): (usize, usize), turn: usize, threads: usize) {
    let (alpha, beta) = [(1, 0), (1, 1), (-3, 0), (5, -7), (0, 3)][turn % 5];
    let layout = turn % LAYOUTS.len();
    let (a, x) = (sampled::<T>(m, n, layout, 5), sampled::<T>(n, 1, VECTORS[turn / 2 % 3], 95));
    let before = sampled::<T>(m, 1, VECTORS[turn % 3], 995);
    let mut y = sampled::<T>(m, 1, VECTORS[turn % 3], 995);
    let (scale, keep) = (T::from_i128(alpha), T::from_i128(beta));
    let target = vec_target(&mut y);
    let g = Gemv { m, n, alpha: scale, a: a.source(), x: vec_source(&x), beta: keep, y: target, threads };
    // SAFETY: the operands have these shapes.
    unsafe { (engine.gemv)(g) };
    let value = |i: usize, _: usize, old: i128| {
        let sum = inner_of(n, |j| a.get(i, j), |j| x.get(j, 0));
        alpha.wrapping_mul(sum).wrapping_add(beta.wrapping_mul(old))
    };
    let what = || format!("{} gemv {m}x{n} {layout} turn {turn}, {threads} threads", engine.isa);
    assert_is(&y, &before, (m, 1), value, &what);
}

fn ger<T: Sample>(engine: &Engine<T>, (m, n): (usize, usize), turn: usize, threads: usize) {
    let alpha = [1, -3, 0][turn % 3];
    let layout = turn % LAYOUTS.len();
    let (x, y) = (sampled::<T>(m, 1, VECTORS[turn / 2 % 3], 95), sampled::<T>(n, 1, VECTORS[turn % 3], 995));
    let before = sampled::<T>(m, n, layout, 5);
    let mut a = sampled::<T>(m, n, layout, 5);
    let (scale, target) = (T::from_i128(alpha), a.target());
    let g = Ger { m, n, alpha: scale, x: vec_source(&x), y: vec_source(&y), a: target, threads };
    // SAFETY: the operands have these shapes.
    unsafe { (engine.ger)(g) };
    let value = |i: usize, j: usize, old: i128| {
        let product = x.get(i, 0).exact() * y.get(j, 0).exact();
        alpha.wrapping_mul(product).wrapping_add(old)
    };
    let what = || format!("{} ger {m}x{n} {layout} turn {turn}, {threads} threads", engine.isa);
    assert_is(&a, &before, (m, n), value, &what);
}

fn inner<T: Sample>(engine: &Engine<T>, n: usize, layouts: (usize, usize), threads: usize) {
    let (x, y) = (sampled::<T>(n, 1, layouts.0, 95), sampled::<T>(n, 1, layouts.1, 995));
    let mut out = T::from_i128(-1);
    let args = Inner { n, x: vec_source(&x), y: vec_source(&y), out: &mut out, threads };
    // SAFETY: both vectors hold n elements.
    unsafe { (engine.inner)(args) };
    let want = T::from_i128(inner_of(n, |i| x.get(i, 0), |i| y.get(i, 0)));
    assert_eq!(out, want, "{} inner {n} {layouts:?}, {threads} threads", engine.isa);
}

fn every_length<T: Sample>() {
    for engine in engines::<T>() {
        let mut turn = 0;
        for m in LENGTHS {
            for layouts in [(2, 2), (2, 3), (3, 3)] {
                inner(engine, m, layouts, 1);
            }
            for n in LENGTHS {
                turn += 1;
                gemv(engine, (m, n), turn, 1);
                ger(engine, (m, n), turn, 1);
            }
        }
    }
}

/// Large enough to be shared out, by rows, by parts of `y` and by sums of columns.
fn shared<T: Sample>() {
    for engine in engines::<T>() {
        for threads in [1, 3] {
            for shape in [(300, 1001), (1001, 300), (35_000, 9), (37, 9000)] {
                for turn in 8..12 {
                    gemv(engine, shape, turn, threads);
                }
            }
            ger(engine, (700, 1001), 9, threads);
            ger(engine, (1001, 700), 10, threads);
            if size_of::<T>() == 8 {
                // Larger than half of any last cache that counts.
                ger(engine, (1100, 2001), 9, threads);
            }
            inner(engine, 700_007, (2, 2), threads);
        }
    }
}

/// Products with `k = 1` that are large enough to be outer products.
fn outer<T: Sample>() {
    let (m, n) = (300, 341);
    for engine in engines::<T>() {
        for layout in 0..LAYOUTS.len() {
            for beta in [0, 1, 2] {
                let (a, b) = (sampled::<T>(m, 1, layout, 5), sampled::<T>(1, n, layout, 95));
                let before = sampled::<T>(m, n, layout, 995);
                let mut c = sampled::<T>(m, n, layout, 995);
                let (one, keep, target) = (T::from_i128(1), T::from_i128(beta), c.target());
                let g = Gemm {
                    m,
                    n,
                    k: 1,
                    alpha: one,
                    a: a.source(),
                    b: b.source(),
                    beta: keep,
                    c: target,
                    part: Part::All,
                    threads: 1,
                };
                // SAFETY: the operands have these shapes.
                unsafe { (engine.gemm)(&g) };
                let value = |i: usize, j: usize, old: i128| {
                    (a.get(i, 0).exact() * b.get(0, j).exact()).wrapping_add(beta.wrapping_mul(old))
                };
                assert_is(&c, &before, (m, n), value, &|| format!("{} outer {layout} beta {beta}", engine.isa));
            }
        }
    }
}

macro_rules! for_each_type {
    ($($t:ident)*) => {$(
        mod $t {
            #[test]
            fn matrix_times_vector_outer_and_inner_products_are_exact_modulo_the_width() {
                super::every_length::<$t>();
            }
            #[test]
            fn shared_between_threads_they_are_too() {
                super::shared::<$t>();
            }
            #[test]
            fn a_product_of_a_column_and_a_row_is_exact_modulo_the_width() {
                super::outer::<$t>();
            }
        }
    )*};
}

for_each_type!(i8 i16 i32 i64);
