//! Products of any type over any shapes and strides, good and bad, against the exact sums that the tests use.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run product -- -max_total_time=60` on the stable toolchain.
#![no_main]

#[path = "../../tests/reference/mod.rs"]
mod reference;

use std::collections::HashSet;
use std::num::Wrapping;

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use num_complex::Complex;
use polyblas::{Dot, MatrixView, MatrixViewMut, gemm};

use reference::Rng;
use reference::element::{Element, Magnitude};
use reference::rings::{Prime, Quaternion};

#[derive(Arbitrary, Clone, Copy, Debug)]
struct Strides {
    offset: u16,
    row: i16,
    col: i16,
    /// Whether to use the strides of a row-major (or column-major) matrix instead.
    dense: Option<bool>,
}

#[derive(Arbitrary, Debug)]
struct Input {
    element: u8,
    sizes: [u8; 3],
    long: Option<u16>,
    strides: [Strides; 3],
    buffer: u16,
    conj: [bool; 2],
    alpha: i8,
    beta: i8,
    bits: [u8; 2],
    outlier: u8,
    seed: u64,
}

impl Strides {
    fn of(self, rows: usize, cols: usize) -> (usize, isize, isize) {
        match self.dense {
            Some(true) => (usize::from(self.offset % 8), cols as isize, 1),
            Some(false) => (usize::from(self.offset % 8), 1, rows as isize),
            None => (usize::from(self.offset), isize::from(self.row), isize::from(self.col)),
        }
    }
}

/// The places of a view's elements, as a reader of the documentation would find them.
fn places(rows: usize, cols: usize, (offset, rs, cs): (usize, isize, isize)) -> impl Iterator<Item = i64> {
    (0..rows).flat_map(move |i| (0..cols).map(move |j| offset as i64 + i as i64 * rs as i64 + j as i64 * cs as i64))
}

fn factor<T: Element>(choice: i8, rng: &mut Rng) -> T {
    match choice {
        0 => T::zero(),
        1 => T::one(),
        -1 => T::minus_one(),
        _ => T::draw(rng, Magnitude::FULL),
    }
}

fn product<T: Element>(input: &Input) {
    let [mut m, mut n, mut k] = input.sizes.map(|size| usize::from(size % 48));
    if let Some(long) = input.long {
        *[&mut m, &mut n, &mut k][usize::from(long % 3)] = usize::from(long / 3 % 600);
    }
    let mut rng = Rng(input.seed);
    let mut buffer = |bits: u8| -> Vec<T> {
        let magnitude = Magnitude { bits: bits.into(), nonnegative: bits % 2 == 0, outlier: input.outlier.into() };
        (0..input.buffer.min(16_384)).map(|_| T::draw(&mut rng, magnitude)).collect()
    };
    let (a_data, b_data, mut c_data) = (buffer(input.bits[0]), buffer(input.bits[1]), buffer(128));
    let len = c_data.len() as i64;
    let inside = |rows, cols, at| places(rows, cols, at).all(|place| (0..len).contains(&place));

    let a_at = input.strides[0].of(m, k);
    let a = MatrixView::with_strides(m, k, &a_data, a_at.0, a_at.1, a_at.2);
    assert_eq!(a.is_ok(), inside(m, k, a_at), "a {m}x{k} at {a_at:?} in {len}");
    let b_at = input.strides[1].of(k, n);
    let b = MatrixView::with_strides(k, n, &b_data, b_at.0, b_at.1, b_at.2);
    assert_eq!(b.is_ok(), inside(k, n, b_at), "b {k}x{n} at {b_at:?} in {len}");
    let (Ok(a), Ok(b)) = (a, b) else { return };

    let read = |conj: bool, value: T| if conj { value.conjugate() } else { value };
    let sum = |i, j| T::sum((0..k).map(|p| (read(input.conj[0], a[(i, p)]), read(input.conj[1], b[(p, j)]))));
    let sums: Vec<T::Sum> = (0..m).flat_map(|i| (0..n).map(move |j| (i, j))).map(|(i, j)| sum(i, j)).collect();
    let fresh = match input.conj {
        [false, false] => a.dot(&b),
        [true, false] => a.conj().dot(&b),
        [false, true] => a.dot(&b.conj()),
        [true, true] => a.conj().dot(&b.conj()),
    };
    for (at, sum) in sums.iter().enumerate() {
        fresh[(at / n, at % n)].agrees_with(sum).unwrap_or_else(|e| panic!("dot: {e}"));
    }

    let (alpha, beta) = (factor::<T>(input.alpha, &mut rng), factor::<T>(input.beta, &mut rng));
    let c_at = input.strides[2].of(m, n);
    let before = c_data.clone();
    match MatrixViewMut::with_strides(m, n, &mut c_data, c_at.0, c_at.1, c_at.2) {
        Ok(mut c) => match input.conj {
            [false, false] => gemm(alpha, &a, &b, beta, &mut c),
            [true, false] => gemm(alpha, &a.conj(), &b, beta, &mut c),
            [false, true] => gemm(alpha, &a, &b.conj(), beta, &mut c),
            [true, true] => gemm(alpha, &a.conj(), &b.conj(), beta, &mut c),
        },
        Err(_) => return,
    }
    let mut written = HashSet::new();
    for (at, place) in places(m, n, c_at).enumerate() {
        assert!(
            (0..len).contains(&place) && written.insert(place),
            "c {m}x{n} at {c_at:?} shares or leaves its buffer"
        );
        let (found, old) = (c_data[place as usize], before[place as usize]);
        found.agrees(alpha, &sums[at], beta, old).unwrap_or_else(|e| panic!("gemm: {e}"));
    }
    for place in (0..len).filter(|place| !written.contains(place)) {
        assert!(c_data[place as usize].same(before[place as usize]), "element {place}, outside the output, changed");
    }
}

fuzz_target!(|input: Input| {
    match input.element % 13 {
        0 => product::<f32>(&input),
        1 => product::<f64>(&input),
        2 => product::<Complex<f32>>(&input),
        3 => product::<Complex<f64>>(&input),
        4 => product::<i8>(&input),
        5 => product::<i16>(&input),
        6 => product::<i32>(&input),
        7 => product::<i64>(&input),
        8 => product::<u64>(&input),
        9 => product::<i128>(&input),
        10 => product::<Wrapping<i32>>(&input),
        11 => product::<Prime>(&input),
        _ => product::<Quaternion>(&input),
    }
});
