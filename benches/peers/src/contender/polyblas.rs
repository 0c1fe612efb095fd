//! polyblas itself: into an output that is there, and with a result of its own.

use std::hint::black_box;

use polyblas::{AsView, Dot, Matrix, MatrixView, MatrixViewMut};

use crate::case::Op;
use crate::contender::Polyblas;
use crate::element::Element;
use crate::problem::{Call, Operands};

fn view<'a, T>(data: &'a [T], rows: usize, cols: usize, (row, col): (usize, usize)) -> MatrixView<'a, T> {
    MatrixView::with_strides(rows, cols, data, 0, row as isize, col as isize).expect("the strides fit the data")
}

fn target<T>(c: &mut [T], rows: usize, cols: usize, ldc: usize) -> MatrixViewMut<'_, T> {
    assert!(c.len() >= (rows - 1) * ldc + cols && cols <= ldc);
    // SAFETY: the last element, (rows - 1) * ldc + cols - 1, lies within `c`, rows do not overlap, and `c` is borrowed
    // for as long as the view.
    unsafe { MatrixViewMut::from_raw_parts(c.as_mut_ptr(), rows, cols, ldc as isize, 1) }
}

pub fn prepare<T: Element>(which: Polyblas, p: Operands<'_, T>) -> Option<Call<'_>> {
    match (p.op, which) {
        (Op::Dot | Op::Batch | Op::Cast, Polyblas::Dot) => allocating(p),
        (Op::Batch, Polyblas::Each) => each(p),
        (Op::Dot, Polyblas::Into) => Some(into(p)),
        (Op::Dot | Op::Cast | Op::Batch | Op::Widen, _) | (_, Polyblas::Into | Polyblas::Each) => None,
        (_, Polyblas::Dot) => Some(into(p)),
    }
}

fn into<T: Element>(p: Operands<'_, T>) -> Call<'_> {
    let (m, n, k) = (p.m, p.n, p.k);
    match p.op {
        Op::Inner => {
            let (x, y, c) = (p.a, p.b, p.c);
            Box::new(move || c[0] = polyblas::inner(black_box(x), black_box(y)))
        }
        Op::Ger => {
            let (x, y, mut c) = (p.a, p.b, target(p.c, m, n, p.ldc));
            Box::new(move || polyblas::ger(T::one(), black_box(x), y, &mut c))
        }
        Op::Gemv | Op::Gemvt => {
            let (a, x, y) = (view(p.a, m, k, p.a_strides), p.b, p.c);
            Box::new(move || black_box(&a).dot_into(x, y))
        }
        _ => {
            let (a, b) = (view(p.a, m, k, p.a_strides), view(p.b, k, n, p.b_strides));
            let mut c = target(p.c, m, n, p.ldc);
            Box::new(move || black_box(&a).dot_into(&b, &mut c))
        }
    }
}

fn matrices<T: Element>(data: &[T], rows: usize, cols: usize) -> Vec<Matrix<T>> {
    data.chunks_exact(rows * cols).map(|chunk| Matrix::from_vec(rows, cols, chunk.to_vec())).collect()
}

fn keep<T: Element>(kept: &mut [T], result: &Matrix<T>) {
    let (rows, cols) = result.as_view().shape();
    assert_eq!(kept.len(), rows * cols);
    kept.copy_from_slice(result.as_slice());
}

fn each<T: Element>(p: Operands<'_, T>) -> Option<Call<'_>> {
    let (lhs, rhs) = (matrices(p.a, p.m, p.k), matrices(p.b, p.k, p.n));
    let size = p.m * p.n;
    Some(Box::new(move || {
        for (i, (a, b)) in lhs.iter().zip(&rhs).enumerate() {
            let result = black_box(a.dot(b));
            if p.keep {
                keep(&mut p.c[i * size..][..size], &result);
            }
        }
    }))
}

fn allocating<T: Element>(p: Operands<'_, T>) -> Option<Call<'_>> {
    match p.op {
        Op::Batch => {
            let (lhs, rhs) = (matrices(p.a, p.m, p.k), matrices(p.b, p.k, p.n));
            let size = p.m * p.n;
            Some(Box::new(move || {
                let results = black_box(polyblas::dot_batch(&lhs, &rhs));
                if p.keep {
                    results.iter().enumerate().for_each(|(i, c)| keep(&mut p.c[i * size..][..size], c));
                }
            }))
        }
        Op::Cast => p.downcast::<i64>().map(cast),
        _ => {
            let a = Matrix::from_vec(p.m, p.k, p.a.to_vec());
            let b = Matrix::from_vec(p.k, p.n, p.b.to_vec());
            Some(Box::new(move || {
                let result = black_box(black_box(&a).dot(&b));
                if p.keep {
                    keep(p.c, &result);
                }
            }))
        }
    }
}

/// The band-aid: what a user does to whom nobody told that integers are fast.
fn cast(p: Operands<'_, i64>) -> Call<'_> {
    let (m, n, k) = (p.m, p.n, p.k);
    let float = |data: &[i64]| data.iter().map(|&x| x as f64).collect::<Vec<_>>();
    Box::new(move || {
        let a = Matrix::from_vec(m, k, float(black_box(p.a)));
        let b = Matrix::from_vec(k, n, float(p.b));
        let c = a.dot(&b);
        let result = black_box(Matrix::from_vec(m, n, c.as_slice().iter().map(|&x| x as i64).collect()));
        if p.keep {
            keep(p.c, &result);
        }
    })
}
