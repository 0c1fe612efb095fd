//! ndarray without BLAS: matrixmultiply for floats, its own loops for integers.

use std::hint::black_box;

use ndarray::linalg::{general_mat_mul, general_mat_vec_mul};
use ndarray::{Array2, ArrayView1, ArrayView2, ArrayViewMut1, ArrayViewMut2, ShapeBuilder};

use crate::case::Op;
use crate::element::Element;
use crate::problem::{Call, Operands};

fn view<T>(data: &[T], rows: usize, cols: usize, strides: (usize, usize)) -> ArrayView2<'_, T> {
    ArrayView2::from_shape((rows, cols).strides(strides), data).expect("the strides fit the data")
}

pub fn prepare<T: Element>(p: Operands<'_, T>) -> Option<Call<'_>> {
    let (m, n, k) = (p.m, p.n, p.k);
    let (one, zero) = (T::one(), T::zero());
    match p.op {
        Op::Gemm | Op::Syrk | Op::Ger => {
            let (a, b) = (view(p.a, m, k, p.a_strides), view(p.b, k, n, p.b_strides));
            let mut c = ArrayViewMut2::from_shape((m, n).strides((p.ldc, 1)), p.c).expect("the strides fit the data");
            let beta = if p.op == Op::Ger { one } else { zero };
            Some(Box::new(move || general_mat_mul(one, black_box(&a), &b, beta, &mut c)))
        }
        Op::Gemv | Op::Gemvt => {
            let (a, x, mut y) = (view(p.a, m, k, p.a_strides), ArrayView1::from(p.b), ArrayViewMut1::from(p.c));
            Some(Box::new(move || general_mat_vec_mul(one, black_box(&a), &x, zero, &mut y)))
        }
        Op::Inner => {
            let (x, y, c) = (ArrayView1::from(p.a), ArrayView1::from(p.b), p.c);
            Some(Box::new(move || c[0] = black_box(&x).dot(&y)))
        }
        Op::Dot => {
            let (a, b) = (view(p.a, m, k, p.a_strides).to_owned(), view(p.b, k, n, p.b_strides).to_owned());
            Some(Box::new(move || {
                let result: Array2<T> = black_box(black_box(&a).dot(&b));
                if p.keep {
                    p.c.copy_from_slice(result.as_slice().expect("ndarray's result is row-major"));
                }
            }))
        }
        Op::Widen | Op::Cast | Op::Batch => None,
    }
}
