//! faer.

use std::hint::black_box;

use faer::linalg::matmul::matmul;
use faer::traits::ComplexField;
use faer::{Accum, Mat, MatMut, MatRef, Par};
use num_complex::Complex;

use crate::case::{Kind, Op};
use crate::element::Element;
use crate::problem::{Call, Operands};

pub fn prepare<T: Element>(p: Operands<'_, T>) -> Option<Call<'_>> {
    match T::KIND {
        Kind::F64 => p.downcast::<f64>().and_then(call),
        Kind::F32 => p.downcast::<f32>().and_then(call),
        Kind::C64 => p.downcast::<Complex<f64>>().and_then(call),
        Kind::C32 => p.downcast::<Complex<f32>>().and_then(call),
        _ => None,
    }
}

fn view<T>(data: &[T], rows: usize, cols: usize, (row, col): (usize, usize)) -> MatRef<'_, T> {
    assert!(data.len() > (rows - 1) * row + (cols - 1) * col);
    // SAFETY: the last element lies within `data`, which is borrowed for as long as the view.
    unsafe { MatRef::from_raw_parts(data.as_ptr(), rows, cols, row as isize, col as isize) }
}

fn call<T: Element + ComplexField>(p: Operands<'_, T>) -> Option<Call<'_>> {
    let (m, n, k) = (p.m, p.n, p.k);
    let (a, b) = (view(p.a, m, k, p.a_strides), view(p.b, k, n, p.b_strides));
    let par = if p.threads > 1 { Par::rayon(p.threads) } else { Par::Seq };
    match p.op {
        Op::Dot => {
            faer::set_global_parallelism(par);
            let (a, b): (Mat<T>, Mat<T>) = (a.to_owned(), b.to_owned());
            Some(Box::new(move || {
                let result = black_box(black_box(&a) * &b);
                if p.keep {
                    (0..m * n).for_each(|i| p.c[i] = result[(i / n, i % n)]);
                }
            }))
        }
        Op::Widen | Op::Cast | Op::Batch => None,
        op => {
            let accum = if op == Op::Ger { Accum::Add } else { Accum::Replace };
            assert!(p.c.len() >= (m - 1) * p.ldc + n && n <= p.ldc);
            // SAFETY: the last element lies within `c`, rows do not overlap, and `c` is borrowed for as long as the
            // view.
            let mut c = unsafe { MatMut::from_raw_parts_mut(p.c.as_mut_ptr(), m, n, p.ldc as isize, 1) };
            Some(Box::new(move || matmul(c.as_mut(), accum, black_box(a), b, T::one(), par)))
        }
    }
}
