use num_complex::Complex;
use num_traits::{ToPrimitive, Zero};

use super::super::args::{Gemv, Ger, Inner, Source, VecSource, VecTarget};
use super::super::float::{Element, Engine};
use super::super::level1::Field;
use super::super::simd::{LINE, PAGE};
use super::{Exact, LAYOUTS, Layout, Poisoned, assert_close};

fn vec_source<T: Exact>(x: &Poisoned<T>, conj: bool) -> VecSource<T> {
    let s = x.source(conj);
    VecSource { ptr: s.ptr, stride: s.row_stride, conj }
}

fn vec_target<T: Exact>(x: &mut Poisoned<T>) -> VecTarget<T> {
    let t = x.target();
    VecTarget { ptr: t.ptr, stride: t.row_stride }
}

fn part(x: Complex<i128>) -> f64 {
    (x.re.abs() + x.im.abs()) as f64
}

fn conj(x: Complex<i128>, conj: bool) -> Complex<i128> {
    if conj { x.conj() } else { x }
}

/// Lengths on either side of whole vectors and of unrolled loops.
const LENGTHS: [usize; 14] = [0, 1, 2, 3, 5, 7, 8, 15, 17, 31, 33, 64, 67, 131];
const CONTIGUOUS: Layout = Layout::Columns { pad: 0 };

fn scalars<T: Exact>() -> [(T, T); 4] {
    [
        (T::small(1, 0), T::small(0, 0)),
        (T::small(3, -1), T::small(1, 0)),
        (T::small(-2, 1), T::small(2, 2)),
        (T::small(0, 0), T::small(3, 0)),
    ]
}

fn gemv<T: Exact>() {
    for engine in T::engines() {
        let mut turn = 0;
        for m in LENGTHS {
            for n in LENGTHS {
                turn += 1;
                gemv_of(engine, LAYOUTS[turn % 4], (m, n), turn, 1);
            }
        }
        // More than four vectors long, a page apart.
        for (m, n) in [(77, 5), (77, 6), (80, 13), (100, 23)] {
            turn += 1;
            gemv_of(engine, Layout::Columns { pad: PAGE / size_of::<T>() - m }, (m, n), turn, 1);
        }
    }
}

/// A product with factors, conjugations and layouts of vectors by turns; returns `y`, which on one thread is compared
/// with the exact.
fn gemv_of<T: Exact>(
    engine: &Engine<T>,
    layout: Layout,
    (m, n): (usize, usize),
    turn: usize,
    threads: usize,
) -> Vec<T> {
    let (alpha, beta) = scalars()[turn % 4];
    let (conj_a, conj_x) = (turn.is_multiple_of(2), turn.is_multiple_of(3));
    let vector = |turn: usize| if turn.is_multiple_of(3) { Layout::Stepped } else { CONTIGUOUS };
    let a = Poisoned::<T>::new((m, n), layout, 5);
    let x = Poisoned::<T>::new((n, 1), vector(turn / 2), 90_001);
    let mut y = Poisoned::<T>::new((m, 1), vector(turn / 3), 70_001);
    let before = Poisoned::<T>::new((m, 1), vector(turn / 3), 70_001);
    if beta == T::zero() {
        y.buffer.fill(T::POISON);
    }
    let g = Gemv { m, n, alpha, a: a.source(conj_a), x: vec_source(&x, conj_x), beta, y: vec_target(&mut y), threads };
    // SAFETY: the operands have these shapes.
    unsafe { (engine.gemv)(g) };
    let what = || format!("gemv {m}x{n} {layout:?} turn {turn}");
    y.assert_margins(&what());
    let compared = if threads == 1 { m } else { 0 };
    for i in 0..compared {
        let (mut sum, mut magnitude) = (Complex::zero(), 0.0);
        for j in 0..n {
            let (p, q) = (conj(a.get(i, j).exact(), conj_a), conj(x.get(j, 0).exact(), conj_x));
            sum += p * q;
            magnitude += part(p) * part(q);
        }
        let old = before.get(i, 0).exact();
        let want = alpha.exact() * sum + beta.exact() * old;
        let magnitude = part(alpha.exact()) * magnitude + part(beta.exact()) * part(old);
        assert_close(y.get(i, 0), want, magnitude, n + 6, &what);
    }
    (0..m).map(|i| y.get(i, 0)).collect()
}

/// Large enough to be shared out, by rows, by parts of `y` and by sums of columns.
fn shared<T: Exact>() {
    for engine in T::engines() {
        for shape in [(300, 1001), (1001, 300), (9000, 37), (37, 9000)] {
            for turn in 8..12 {
                let of = |threads: usize| gemv_of(engine, LAYOUTS[turn % 4], shape, turn, threads);
                let alone = of(1);
                for threads in [2, 5] {
                    assert!(of(threads) == alone, "{shape:?} turn {turn} threads {threads}");
                }
            }
        }
        let n = 300_007;
        let (x, y) = (Poisoned::<T>::new((n, 1), CONTIGUOUS, 3), Poisoned::<T>::new((n, 1), CONTIGUOUS, 4000));
        let inner = |threads: usize| {
            let mut out = T::POISON;
            let args = Inner { n, x: vec_source(&x, true), y: vec_source(&y, false), out: &mut out, threads };
            // SAFETY: both vectors hold n elements.
            unsafe { (engine.inner)(args) };
            out
        };
        let (mut sum, mut magnitude) = (Complex::zero(), 0.0);
        for i in 0..n {
            let (p, q) = (conj(x.get(i, 0).exact(), true), y.get(i, 0).exact());
            sum += p * q;
            magnitude += part(p) * part(q);
        }
        assert_close(inner(1), sum, magnitude, n + 4, &|| "inner".to_owned());
        for threads in [2, 5] {
            assert!(inner(threads) == inner(1), "inner, {threads} threads");
        }
    }
}

/// `len` numbers from `offset` elements after a line's beginning on, among others that no sum may contain.
fn lying_at<T: Exact>(offset: usize, len: usize, seed: u64) -> (Vec<T>, usize) {
    let mut buffer = vec![T::POISON; len + 3 * LINE];
    let start = buffer.as_ptr().addr().wrapping_neg() % LINE / size_of::<T>() + offset;
    (0..len).for_each(|i| buffer[start + i] = T::whole(seed + i as u64));
    (buffer, start)
}

/// Long enough to be read from where vectors are aligned.
fn wherever<T: Exact>() {
    let offsets = 0..LINE / size_of::<T>();
    for engine in T::engines() {
        for n in [8211, 20_003] {
            let inner = |offset: usize, other: usize| {
                let ((x, i), (y, j)) = (lying_at::<T>(offset, n, 7), lying_at::<T>(other, n, 90_000));
                let of = |ptr, conj| VecSource { ptr, stride: 1, conj };
                let mut out = T::POISON;
                let args = Inner { n, x: of(&x[i], true), y: of(&y[j], false), out: &mut out, threads: 1 };
                // SAFETY: both vectors hold n elements from there on.
                unsafe { (engine.inner)(args) };
                out
            };
            for offset in offsets.clone() {
                for other in [offset, offset / 2] {
                    assert!(inner(offset, other) == inner(0, 0), "inner of {n} at {offset} and {other}");
                }
            }
        }
        let (m, n, apart) = (301, 13, 320);
        let gemv = |offset: usize, other: usize| {
            let ((a, i), (mut y, j)) = (lying_at::<T>(offset, n * apart, 7), lying_at::<T>(other, m, 90_000));
            let x: Vec<T> = (0..n).map(|i| T::whole(50_000 + i as u64)).collect();
            let (one, conj) = (T::small(1, 0), false);
            let g = Gemv {
                m,
                n,
                alpha: one,
                a: Source { ptr: &a[i], row_stride: 1, col_stride: apart as isize, conj },
                x: VecSource { ptr: x.as_ptr(), stride: 1, conj },
                beta: one,
                y: VecTarget { ptr: &mut y[j], stride: 1 },
                threads: 1,
            };
            // SAFETY: the matrix has n columns from there on, and y m elements.
            unsafe { (engine.gemv)(g) };
            assert!(y[..j].iter().chain(&y[j + m..]).all(|y| y.is_poison()), "past y at {other}");
            y[j..j + m].to_vec()
        };
        for offset in offsets.clone() {
            for other in [offset, offset / 2] {
                assert!(gemv(offset, other) == gemv(0, 0), "gemv at {offset} and {other}");
            }
        }
    }
}

fn ger<T: Exact>() {
    for engine in T::engines() {
        let mut turn = 0;
        for m in LENGTHS {
            for n in LENGTHS {
                turn += 1;
                let alpha = scalars::<T>()[turn % 3].0;
                let (conj_x, conj_y) = (turn % 2 == 0, turn % 3 == 0);
                let vector = |turn: usize| if turn.is_multiple_of(3) { Layout::Stepped } else { CONTIGUOUS };
                let x = Poisoned::<T>::new((m, 1), vector(turn / 2), 90_001);
                let y = Poisoned::<T>::new((n, 1), vector(turn / 3), 70_001);
                let mut a = Poisoned::<T>::new((m, n), LAYOUTS[turn % 4], 5);
                let before = Poisoned::<T>::new((m, n), LAYOUTS[turn % 4], 5);
                let g = Ger {
                    m,
                    n,
                    alpha,
                    x: vec_source(&x, conj_x),
                    y: vec_source(&y, conj_y),
                    a: a.target(),
                    threads: 1,
                };
                // SAFETY: the operands have these shapes.
                unsafe { (engine.ger)(g) };
                let what = || format!("ger {m}x{n} {:?} turn {turn}", LAYOUTS[turn % 4]);
                a.assert_margins(&what());
                for i in 0..m {
                    for j in 0..n {
                        let (p, q) = (conj(x.get(i, 0).exact(), conj_x), conj(y.get(j, 0).exact(), conj_y));
                        let (product, old) = (alpha.exact() * p * q, before.get(i, j).exact());
                        let magnitude = part(alpha.exact()) * part(p) * part(q) + part(old);
                        assert_close(a.get(i, j), product + old, magnitude, 6, &what);
                    }
                }
            }
        }
    }
}

fn vectors<T: Exact>() {
    for engine in T::engines() {
        for n in LENGTHS {
            for layout in [CONTIGUOUS, Layout::Stepped] {
                for (conj_x, conj_y) in [(false, false), (true, false), (false, true), (true, true)] {
                    let x = Poisoned::<T>::new((n, 1), layout, 3);
                    let mut y = Poisoned::<T>::new((n, 1), CONTIGUOUS, 4000);
                    let mut out = T::POISON;
                    let args =
                        Inner { n, x: vec_source(&x, conj_x), y: vec_source(&y, conj_y), out: &mut out, threads: 1 };
                    // SAFETY: both vectors hold n elements.
                    unsafe { (engine.inner)(args) };
                    let what = || format!("n = {n} {layout:?} conj {conj_x} {conj_y}");
                    let (mut sum, mut magnitude) = (Complex::zero(), 0.0);
                    for i in 0..n {
                        let (p, q) = (conj(x.get(i, 0).exact(), conj_x), conj(y.get(i, 0).exact(), conj_y));
                        sum += p * q;
                        magnitude += part(p) * part(q);
                    }
                    assert_close(out, sum, magnitude, n + 4, &what);

                    let alpha = T::small(3, -2);
                    let before: Vec<_> = (0..n).map(|i| y.get(i, 0).exact()).collect();
                    // SAFETY: as above.
                    unsafe { (engine.axpy)(n, alpha, vec_source(&x, conj_x), vec_target(&mut y)) };
                    y.assert_margins(&what());
                    for (i, &old) in before.iter().enumerate() {
                        let product = alpha.exact() * conj(x.get(i, 0).exact(), conj_x);
                        let magnitude = 5.0 * part(x.get(i, 0).exact()) + part(old);
                        assert_close(y.get(i, 0), product + old, magnitude, 4, &what);
                    }
                }
                let mut x = Poisoned::<T>::new((n, 1), layout, 3);
                let (alpha, before) = (T::small(2, 3), Poisoned::<T>::new((n, 1), layout, 3));
                // SAFETY: the vector holds n elements.
                unsafe { (engine.scal)(n, alpha, vec_target(&mut x)) };
                x.assert_margins("scal");
                for i in 0..n {
                    let old = before.get(i, 0).exact();
                    assert_close(x.get(i, 0), alpha.exact() * old, 5.0 * part(old), 4, &|| format!("scal {i} of {n}"));
                }
            }
        }
    }
}

fn norms<T: Exact + Field<Real = <T as Element>::Real> + Copy>() {
    let close = |got: <T as Field>::Real, want: f64, n: usize, what: &str| {
        let got = got.to_f64().unwrap();
        let bound = (n + 4) as f64 * T::UNIT * want;
        assert!(f64::abs(got - want) <= bound, "{what} of {n}: {got} instead of {want}");
    };
    for engine in T::engines() {
        for n in LENGTHS.into_iter().chain([1023, 1025, 3000]) {
            for layout in [CONTIGUOUS, Layout::Stepped] {
                let x = Poisoned::<T>::new((n, 1), layout, 11);
                let values: Vec<_> = (0..n).map(|i| x.get(i, 0)).collect();
                let squares: f64 = values.iter().map(|v| v.exact().norm_sqr() as f64).sum();
                let sum: f64 = values.iter().map(|v| part(v.exact())).sum();
                // Compared as the elements' own type sees it, ties going to the first.
                let mut largest = None;
                for (i, v) in values.iter().enumerate() {
                    if largest.is_none_or(|l: usize| v.abs1() > values[l].abs1()) {
                        largest = Some(i);
                    }
                }
                // SAFETY: the vector holds n elements.
                unsafe {
                    close((engine.nrm2)(n, vec_source(&x, false)), squares.sqrt(), 2 * n, "nrm2");
                    close((engine.asum)(n, vec_source(&x, false)), sum, 2 * n, "asum");
                    assert_eq!((engine.iamax)(n, vec_source(&x, false)), largest, "iamax of {n}");
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
            fn matrix_times_vector_is_the_exact_one_rounded() {
                gemv::<$t>();
            }
            #[test]
            fn outer_product_is_the_exact_one_rounded() {
                ger::<$t>();
            }
            #[test]
            fn inner_product_and_scaled_sums_are_the_exact_ones_rounded() {
                vectors::<$t>();
            }
            #[test]
            fn threads_change_no_bit_of_a_vector() {
                shared::<$t>();
            }
            #[test]
            fn where_vectors_lie_changes_no_bit() {
                wherever::<$t>();
            }
            #[test]
            fn norms_are_the_exact_ones_rounded() {
                norms::<$t>();
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
fn norms_survive_huge_and_tiny_numbers_and_tell_of_nan_and_infinity() {
    for engine in f64::engines() {
        let source = |x: &[f64]| VecSource { ptr: x.as_ptr(), stride: 1, conj: false };
        // SAFETY: the slices hold as many elements as they say.
        let nrm2 = |x: &[f64]| unsafe { (engine.nrm2)(x.len(), source(x)) };
        // SAFETY: a slice is readable over its length.
        let iamax = |x: &[f64]| unsafe { (engine.iamax)(x.len(), source(x)) };
        assert!((nrm2(&[3e300, 4e300]) / 5e300 - 1.0).abs() < 1e-15);
        assert!((nrm2(&[3e-310, 4e-310]) / 5e-310 - 1.0).abs() < 1e-12);
        assert!((nrm2(&[3e-160; 9]) / 9e-160 - 1.0).abs() < 1e-15);
        assert_eq!(nrm2(&[1.0, f64::INFINITY]), f64::INFINITY);
        assert!(nrm2(&[1.0, f64::NAN, f64::INFINITY]).is_nan());
        assert!(nrm2(&[f64::NAN; 20]).is_nan());
        assert_eq!(nrm2(&[0.0; 20]), 0.0);
        assert_eq!(iamax(&[1.0, f64::NAN, -3.0, 3.0]), Some(2));
        assert_eq!(iamax(&[f64::NAN, 1.0]), Some(0));
    }
}
