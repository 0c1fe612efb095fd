//! Three plain loops in the order that suits rows: what one writes before knowing of BLAS.

use std::hint::black_box;

use crate::case::Op;
use crate::element::Element;
use crate::problem::{Call, Operands};

pub fn prepare<T: Element>(p: Operands<'_, T>) -> Option<Call<'_>> {
    if !matches!(p.op, Op::Gemm) {
        return None;
    }
    Some(Box::new(move || product(p.a, p.b, p.c, (p.m, p.n, p.k), (p.a_strides.0, p.b_strides.0, p.ldc))))
}

fn product<T: Element>(
    a: &[T],
    b: &[T],
    c: &mut [T],
    (m, n, k): (usize, usize, usize),
    (lda, ldb, ldc): (usize, usize, usize),
) {
    let (a, b) = (black_box(a), black_box(b));
    for i in 0..m {
        let row = &mut c[i * ldc..][..n];
        row.fill(T::zero());
        for l in 0..k {
            let x = a[i * lda + l];
            for (c, &y) in row.iter_mut().zip(&b[l * ldb..][..n]) {
                *c += x * y;
            }
        }
    }
}
