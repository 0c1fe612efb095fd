use num_complex::Complex;

use super::super::args::{Gemm, Part, Source, Syrk, Target};
use super::super::blocking::Caches;
use super::super::float::{Element, Engine};
use super::super::simd::LINE;
use super::{Exact, LAYOUTS, Layout, Poisoned, assert_close};

struct Case<T> {
    shape: (usize, usize, usize),
    layouts: (Layout, Layout, Layout),
    alpha: T,
    beta: T,
    conj: (bool, bool),
}

fn check<T: Exact + std::fmt::Debug>(engine: &Engine<T>, case: &Case<T>) {
    check_from(engine, case, 0);
}

/// With a `b` that begins `first` columns into its buffer.
fn check_from<T: Exact + std::fmt::Debug>(engine: &Engine<T>, case: &Case<T>, first: usize) {
    let (m, n, k) = case.shape;
    let a = Poisoned::<T>::new((m, k), case.layouts.0, 1);
    let b = Poisoned::<T>::new((k, first + n), case.layouts.1, 100_003);
    let mut c = Poisoned::<T>::new((m, n), case.layouts.2, 200_003);
    let before = Poisoned::<T>::new((m, n), case.layouts.2, 200_003);
    if case.beta == T::zero() {
        c.buffer.fill(T::POISON);
    }
    let (alpha, beta) = (case.alpha, case.beta);
    let gemm = Gemm {
        m,
        n,
        k,
        alpha,
        a: a.source(case.conj.0),
        b: b.columns_from(first, case.conj.1),
        beta,
        c: c.target(),
        part: Part::All,
        threads: 1,
    };
    // SAFETY: the matrices have these shapes, and `c` is none of the others.
    unsafe { (engine.gemm)(&gemm) };
    let what = || {
        format!(
            "{} {} {m}x{n}x{k} {:?} alpha {alpha:?} beta {beta:?} conj {:?} b from column {first}",
            std::any::type_name::<T>(),
            (engine.kernel)(),
            case.layouts,
            case.conj
        )
    };
    c.assert_margins(&what());
    let part = |x: Complex<i128>| (x.re.abs() + x.im.abs()) as f64;
    let conj = |x: Complex<i128>, conj: bool| if conj { x.conj() } else { x };
    // Of large products the rims and a sample: the exact sums take far longer than the product.
    let looked_at = |i: usize, j: usize| {
        m * n * k < 4000 || (i * 31 + j * 7).is_multiple_of(61) || (i + 1 == m && j.is_multiple_of(5))
    };
    for i in 0..m {
        for j in (0..n).filter(|&j| looked_at(i, j)) {
            let (mut sum, mut magnitude) = (Complex::new(0, 0), 0.0);
            for p in 0..k {
                let (x, y) = (conj(a.get(i, p).exact(), case.conj.0), conj(b.get(p, first + j).exact(), case.conj.1));
                if T::PARTS == 1 {
                    sum.re += x.re * y.re;
                } else {
                    sum += x * y;
                }
                magnitude += part(x) * part(y);
            }
            let old = before.get(i, j).exact();
            let want = alpha.exact() * sum + beta.exact() * old;
            let magnitude = part(alpha.exact()) * magnitude + part(beta.exact()) * part(old);
            assert_close(c.get(i, j), want, magnitude, k + 4, &|| format!("{} at ({i}, {j})", what()));
        }
    }
}

fn scalars<T: Exact>() -> [(T, T); 5] {
    let s = T::small;
    [(s(1, 0), s(0, 0)), (s(1, 0), s(1, 0)), (s(-3, 2), s(5, -1)), (s(2, 0), s(1, 0)), (s(1, 1), s(0, 0))]
}

/// `m` and `n` over every remainder of three tiles, `k` over two rounds of the unrolled loop.
fn every_edge<T: Exact + std::fmt::Debug>() {
    for engine in T::engines() {
        let (rows, columns) = (engine.tile)();
        let mut turn = 0;
        for m in 0..=3 * rows {
            for n in 0..=3 * columns {
                // Every width for one height and then another; for the rest those on either side of a full vector.
                let rest = n % engine.lanes;
                if m % rows > 1 && rest > 1 && rest + 1 < engine.lanes {
                    continue;
                }
                turn += 1;
                let (alpha, beta) = scalars()[turn % 5];
                let layout = |i: usize| LAYOUTS[i % 4];
                let layouts = (layout(turn), layout(turn / 4 + n), layout(turn / 3));
                let conj = (turn % 2 == 0, turn / 2 % 2 == 0);
                check::<T>(engine, &Case { shape: (m, n, turn % 10), layouts, alpha, beta, conj });
            }
        }
        for k in 0..=40 {
            let case = Case {
                shape: (rows + 1, columns + 1, k),
                layouts: (LAYOUTS[1], LAYOUTS[1], LAYOUTS[0]),
                alpha: T::one(),
                beta: T::zero(),
                conj: (false, false),
            };
            check::<T>(engine, &case);
        }
    }
}

/// Every pairing of layouts, conjugations and scalars, at a size of several strips and blocks of `k`.
fn every_layout<T: Exact + std::fmt::Debug>() {
    for engine in T::engines() {
        let mut turn = 0;
        for a in LAYOUTS {
            for b in LAYOUTS {
                for c in LAYOUTS {
                    turn += 1;
                    let (alpha, beta) = scalars()[turn % 5];
                    let conj = (turn % 2 == 0, turn % 3 == 0);
                    check::<T>(engine, &Case { shape: (19, 53, 30), layouts: (a, b, c), alpha, beta, conj });
                }
            }
        }
    }
}

/// A few columns beyond whole vectors, with steps of `k` left over and without, and as many rows as a copy of `b` pays
/// for.
fn every_narrow<T: Exact + std::fmt::Debug>() {
    for engine in T::engines() {
        let (_, columns) = (engine.tile)();
        let mut turn = 0;
        for n in (1..=columns + engine.lanes).filter(|n| (1..=engine.lanes / 2).contains(&(n % engine.lanes))) {
            for (m, k) in [(15, 64), (16, 32), (16, 33), (19, 64), (24, 65), (31, 66), (33, 127)] {
                turn += 1;
                let (alpha, beta) = scalars()[turn % 5];
                let layouts = (LAYOUTS[turn % 2], LAYOUTS[turn % 4], LAYOUTS[turn / 2 % 4]);
                check::<T>(engine, &Case { shape: (m, n, k), layouts, alpha, beta, conj: (false, false) });
            }
        }
    }
}

/// Fewer columns than a vector has lanes, or as many, of an `a` whose columns are contiguous, on either side of the
/// steps along `k` that pay for transposing the product.
fn every_thin<T: Exact + std::fmt::Debug>() {
    for engine in T::engines() {
        let (_, columns) = (engine.tile)();
        let mut turn = 0;
        for n in 1..=engine.lanes {
            let least = (64 * n).div_ceil(engine.lanes);
            for (m, k) in [(columns, least - 1), (columns, least), (columns + 1, least), (3 * columns - 1, 70)] {
                turn += 1;
                let (alpha, beta) = scalars()[turn % 5];
                let page_apart = Layout::Columns { pad: 4096 / size_of::<T>() - m };
                let a = if turn % 3 == 0 { page_apart } else { LAYOUTS[2] };
                let layouts = (a, LAYOUTS[turn % 4], LAYOUTS[turn / 2 % 4]);
                let conj = (turn % 2 == 0, turn / 2 % 2 == 0);
                check::<T>(engine, &Case { shape: (m, n, k), layouts, alpha, beta, conj });
            }
        }
    }
}

/// A `b` that L1 does not hold, of rows of whole cache lines, that begins everywhere in one.
fn every_line<T: Exact + std::fmt::Debug>() {
    for engine in T::engines() {
        let (rows, columns) = (engine.tile)();
        for first in 0..LINE / size_of::<T>() {
            let m = 1 + first % (rows + 1);
            let n = 24 * columns * m.min(rows) / rows + 5;
            let k = (2 * Caches::get().l1).div_ceil(n * size_of::<T>());
            let pad = (first + n).next_multiple_of(LINE) - first - n;
            let layouts = (LAYOUTS[first % 4], Layout::Rows { pad }, LAYOUTS[first / 4 % 4]);
            let (alpha, beta) = scalars()[first % 5];
            let conj = (first % 2 == 0, first % 3 == 0);
            check_from::<T>(engine, &Case { shape: (m, n, k), layouts, alpha, beta, conj }, first);
        }
    }
}

/// Sizes past each block of the five loops, in the layouts that lead to each path.
/// A few rows times a `b` of half the last level.
fn every_stream<T: Exact + std::fmt::Debug>() {
    let rows = Layout::Rows { pad: 0 };
    for engine in T::engines() {
        let (tile_rows, _) = (engine.tile)();
        let n = 2048 / size_of::<T>() + 3;
        let k = Caches::get().l3 / 2 / (n * size_of::<T>()) + 5;
        for (m, alpha, beta) in [(2, T::one(), T::zero()), (tile_rows + 1, T::small(2, 1), T::small(-1, 1))] {
            let layouts = (LAYOUTS[m % 3], rows, rows);
            check::<T>(engine, &Case { shape: (m, n, k), layouts, alpha, beta, conj: (false, true) });
        }
    }
}

fn every_path<T: Exact + std::fmt::Debug>() {
    let rows = Layout::Rows { pad: 0 };
    let columns = Layout::Columns { pad: 0 };
    let page = 4096 / size_of::<T>();
    let page_apart = Layout::Rows { pad: 7 };
    for engine in T::engines() {
        for (shape, layouts) in [
            ((9, 9, 1300), (rows, rows, rows)),
            ((300, 8, 520), (rows, columns, rows)),
            ((5, 700, 270), (columns, columns, columns)),
            ((70, 64, 512), (rows, rows, columns)),
            ((130, 40, 300), (columns, rows, rows)),
            // Each row of `b` in a page of its own.
            ((70, 9, 60), (rows, Layout::Rows { pad: 1000 }, rows)),
            // Each column of `a` in a page of its own, both operands packed.
            ((130, 20, 30), (Layout::Columns { pad: page - 130 }, columns, rows)),
            // A large `c` of rows a page apart; those of `b` as well, and not.
            ((70, page - 7, 5), (rows, page_apart, page_apart)),
            ((70, page - 7, 5), (rows, rows, page_apart)),
        ] {
            for (alpha, beta) in [(T::one(), T::zero()), (T::small(2, 1), T::small(-1, 1))] {
                check::<T>(engine, &Case { shape, layouts, alpha, beta, conj: (false, true) });
            }
        }
    }
}

/// Large enough to be written row by row, of lengths on either side of whole vectors.
fn outer<T: Exact + std::fmt::Debug>() {
    for engine in T::engines() {
        for (turn, n) in [131, 143, 144, 145, 263, 515, 517, 529].into_iter().enumerate() {
            for beta in [0, 1] {
                let layouts = (LAYOUTS[turn % 4], LAYOUTS[turn / 2 % 4], LAYOUTS[turn % 3]);
                let conj = (turn % 2 == 0, turn % 3 == 0);
                let (alpha, beta) = (T::small(1, 0), T::small(beta, 0));
                for shape in [(131, n, 1), (n, 132, 1)] {
                    check(engine, &Case { shape, layouts, alpha, beta, conj });
                }
            }
        }
    }
}

macro_rules! for_each_type {
    ($($name:ident: $t:ty;)*) => {$(
        mod $name {
            use super::*;
            #[test]
            fn every_edge_of_the_tile() {
                every_edge::<$t>();
            }
            #[test]
            fn every_layout_conjugation_and_scalar() {
                every_layout::<$t>();
            }
            #[test]
            fn every_narrow_rest_of_columns() {
                every_narrow::<$t>();
            }
            #[test]
            fn every_thin_product() {
                every_thin::<$t>();
            }
            #[test]
            fn every_place_in_a_line() {
                every_line::<$t>();
            }
            #[test]
            fn every_stream_from_memory() {
                every_stream::<$t>();
            }
            #[test]
            fn every_path_through_the_driver() {
                every_path::<$t>();
            }
            #[test]
            fn outer_products() {
                outer::<$t>();
            }
        }
    )*};
}

for_each_type! {
    f32: f32;
    f64: f64;
    c32: Complex<f32>;
    c64: Complex<f64>;
}

#[test]
fn zero_alpha_reads_no_input_and_zero_beta_no_output() {
    for engine in f64::engines() {
        let nan = [f64::NAN; 4];
        let source = |x: &[f64; 4]| super::Source { ptr: x.as_ptr(), row_stride: 2, col_stride: 1, conj: false };
        let run = |alpha: f64, beta: f64, k: usize, a: &[f64; 4], c: &mut [f64; 4]| {
            let target = super::Target { ptr: c.as_mut_ptr(), row_stride: 2, col_stride: 1 };
            let gemm =
                Gemm { m: 2, n: 2, k, alpha, a: source(a), b: source(a), beta, c: target, part: Part::All, threads: 1 };
            // SAFETY: all three are 2 x 2.
            unsafe { (engine.gemm)(&gemm) };
        };
        let mut c = [1.0, 2.0, 3.0, 4.0];
        run(0.0, 2.0, 2, &nan, &mut c);
        assert_eq!(c, [2.0, 4.0, 6.0, 8.0]);
        run(1.0, 0.5, 0, &nan, &mut c);
        assert_eq!(c, [1.0, 2.0, 3.0, 4.0]);
        let mut c = nan;
        run(1.0, 0.0, 2, &[1.0, 0.0, 0.0, 1.0], &mut c);
        assert_eq!(c, [1.0, 0.0, 0.0, 1.0]);
        let mut c = nan;
        run(0.0, 0.0, 2, &nan, &mut c);
        assert_eq!(c, [0.0; 4]);
    }
}

#[test]
fn the_thread_count_does_not_change_a_bit() {
    // Past the threshold of a second thread, with edges in every direction and several slices of `k`; operands that are
    // packed, and (short rows of `b` in order) operands that are not; cut by columns, by both, and by rows. With a
    // column beyond whole vectors, one of many rows and one of many columns. Thin, and so transposed. Two rows times a
    // `b` in memory. And an outer product.
    let cases = [
        ((157, 203, 811), [1, 2, 0]),
        ((430, 157, 811), [1, 2, 0]),
        ((430, 24, 611), [0, 0, 0]),
        ((21, 430, 611), [0, 0, 0]),
        ((803, 3, 611), [2, 0, 0]),
        ((203, 65, 101), [0, 0, 0]),
        ((35, 401, 102), [0, 0, 0]),
        ((2, 301, Caches::get().l3 / 2 / (301 * 8) + 5), [0, 0, 0]),
    ];
    let cases = cases.map(|case| (case, 1.0 / 3.0, 0.7)).into_iter();
    let cases: Vec<_> = cases.chain([(((1103, 905, 1), [0, 0, 1]), 1.0, 0.0)]).collect();
    for (engine, (((m, n, k), [a, b, c]), alpha, beta)) in
        f64::engines().into_iter().flat_map(|e| cases.iter().map(move |&case| (e, case)))
    {
        let layout = |layout: usize| LAYOUTS[layout];
        let a = Poisoned::<f64>::new((m, k), layout(a), 1);
        let b = Poisoned::<f64>::new((k, n), layout(b), 100_003);
        let run = |threads: usize| {
            let mut c = Poisoned::<f64>::new((m, n), layout(c), 7);
            let (a, b, c_target) = (a.source(false), b.source(false), c.target());
            // SAFETY: the matrices have these shapes, and `c` is none of the others.
            unsafe { (engine.gemm)(&Gemm { m, n, k, alpha, a, b, beta, c: c_target, part: Part::All, threads }) };
            c.assert_margins("threads");
            c.buffer.into_iter().map(f64::to_bits).collect::<Vec<_>>()
        };
        let alone = run(1);
        for threads in [2, 3, 8] {
            let shared = among_eight(|| run(threads));
            assert!(shared == alone, "{} {m}x{k}x{n} with {threads} threads", (engine.kernel)());
        }
    }
}

/// Calls `work` where there are eight threads, whatever the machine has.
fn among_eight<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    #[cfg(feature = "parallel")]
    return rayon::ThreadPoolBuilder::new().num_threads(8).build().expect("threads can be started").install(work);
    #[cfg(not(feature = "parallel"))]
    work()
}

/// Below the diagonal of a product of which only that is asked for, and above it in the columns that no tile reaches.
#[test]
fn a_lower_triangle_is_that_of_the_whole_product_and_the_rest_is_left() {
    // In place, packed, in slices of `k`, with a large `c`, and on threads.
    let shapes = [(100, 70, 100, 1), (200, 200, 200, 0), (200, 2100, 200, 0), (300, 40, 700, 1), (260, 90, 260, 0)];
    for engine in f64::engines() {
        for &(m, k, n, b_layout) in &shapes {
            let a = Poisoned::<f64>::new((m, k), LAYOUTS[1], 1);
            let b = Poisoned::<f64>::new((k, n), LAYOUTS[if b_layout == 1 { 1 } else { 2 }], 100_003);
            let run = |part: Part, layout, threads: usize| {
                let mut c = Poisoned::<f64>::new((m, n), layout, 7);
                c.buffer.fill(f64::POISON);
                let (alpha, beta, to) = (1.0, 0.0, c.target());
                let g = Gemm { m, n, k, alpha, a: a.source(false), b: b.source(false), beta, c: to, part, threads };
                // SAFETY: the matrices have these shapes, and `c` is none of the others.
                unsafe { (engine.gemm)(&g) };
                c
            };
            let what = format!("{} {m}x{k}x{n}", (engine.kernel)());
            for (layout, threads) in [(LAYOUTS[1], 1), (LAYOUTS[1], 8), (LAYOUTS[2], 1), (LAYOUTS[3], 1)] {
                let whole = run(Part::All, layout, 1);
                let lower = among_eight(|| run(Part::Lower(0), layout, threads));
                for i in 0..m {
                    for j in 0..=i.min(n - 1) {
                        assert!(lower.get(i, j).to_bits() == whole.get(i, j).to_bits(), "{what} ({i}, {j})");
                    }
                }
                // A column-major `c` is that of the transposed product, and complete.
                let skipped = lower.get(0, n - 1).to_bits() == f64::POISON.to_bits();
                assert_eq!(skipped, !matches!(layout, Layout::Columns { .. }), "{what} {layout:?}");
            }
        }
    }
}

fn symmetric<T: Element + PartialEq + std::fmt::Debug>(of: fn(f64) -> T, shapes: &[(usize, usize)]) {
    for engine in T::engines() {
        for &(n, k) in shapes {
            let elements: Vec<T> = (0..n * k).map(|i| of(((i * 7919 % 1013) as f64).recip().min(1.0))).collect();
            let mut c = vec![T::zero(); n * n];
            let a = Source { ptr: elements.as_ptr(), row_stride: k as isize, col_stride: 1, conj: false };
            let target = Target { ptr: c.as_mut_ptr(), row_stride: n as isize, col_stride: 1 };
            let (alpha, beta, part) = (T::one(), T::zero(), Part::All);
            // SAFETY: `a` has n rows of k elements, and `c` is n x n.
            unsafe { (engine.gemm)(&Gemm { m: n, n, k, alpha, a, b: a.t(), beta, c: target, part, threads: 1 }) };
            for (i, j) in (0..n).flat_map(|i| (0..i).map(move |j| (i, j))) {
                assert_eq!(c[i * n + j], c[j * n + i], "{} {n}x{k} at ({i}, {j})", (engine.kernel)());
            }
        }
    }
}

/// Of columns beyond whole vectors too, though a product of two matrices sums those in another order, and an outer
/// product of complex numbers, though that of two vectors is rounded otherwise.
#[test]
fn a_product_with_its_own_transpose_is_symmetric() {
    symmetric::<f32>(|x| x as f32, &[(49, 32), (50, 65), (52, 64)]);
    symmetric(|x| Complex::new(x, (x + 0.3).recip()), &[(100, 1), (150, 1), (49, 32)]);
}

/// Whole and halved, with odd sizes, plain and Hermitian, `c` by rows, by columns and neither.
fn syrk<T: Exact + crate::Scalar + std::fmt::Debug>(conj_of: fn(T) -> T) {
    for (n, k) in [(1, 23), (131, 1), (15, 30), (64, 23), (64, 24), (129, 31), (203, 40)] {
        let layouts = [(false, 1, 1), (true, 2, 1), (true, 1, 2), (false, 2, 3), (true, 1, 3)];
        for (hermitian, a_layout, c_layout) in layouts {
            let a = Poisoned::<T>::new((n, k), LAYOUTS[a_layout], 3);
            let mut c = Poisoned::<T>::new((n, n), LAYOUTS[c_layout], 9);
            let (alpha, beta) = (T::small(2, 0), T::small(0, 0));
            let args = Syrk { n, k, alpha, a: a.source(false), hermitian, beta, c: c.target(), threads: 2 };
            // SAFETY: the matrices have these shapes.
            unsafe { crate::kernel::syrk(&args) };
            c.assert_margins("syrk");
            let part = |x: Complex<i128>| (x.re.abs() + x.im.abs()) as f64;
            for i in 0..n {
                for j in (0..n).filter(|j| (i * 7 + j) % 5 == 0) {
                    let (mut sum, mut magnitude) = (Complex::new(0, 0), 0.0);
                    for p in 0..k {
                        let y = if hermitian { conj_of(a.get(j, p)) } else { a.get(j, p) };
                        sum += a.get(i, p).exact() * y.exact() * 2;
                        magnitude += 2.0 * part(a.get(i, p).exact()) * part(y.exact());
                    }
                    let what = || format!("syrk {n}x{k} hermitian {hermitian} c {c_layout} at ({i}, {j})");
                    assert_close(c.get(i, j), sum, magnitude, k + 4, &what);
                }
            }
        }
    }
}

#[test]
fn a_matrix_times_its_transpose_is_computed_by_halves() {
    syrk::<f64>(|x| x);
    syrk::<f32>(|x| x);
    syrk::<Complex<f64>>(|x| x.conj());
}
