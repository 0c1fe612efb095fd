//! A 4 x 4 product with nothing around it: no shape to look at, no route to choose. What a call costs above this is
//! overhead.

use std::hint::black_box;

use crate::case::Op;
use crate::element::Element;
use crate::problem::{Call, Operands};
use crate::widest::widest;

const N: usize = 4;

pub fn prepare<T: Element>(p: Operands<'_, T>) -> Option<Call<'_>> {
    let fits = (p.m, p.n, p.k, p.ldc) == (N, N, N, N) && p.a_strides == (N, 1) && p.b_strides == (N, 1);
    let (a, b): (&[T; N * N], &[T; N * N]) = (p.a.try_into().ok()?, p.b.try_into().ok()?);
    match p.op {
        Op::Gemm if fits => {
            let c: &mut [T; N * N] = p.c.try_into().ok()?;
            Some(Box::new(move || product(black_box(a), b, c)))
        }
        Op::Dot if fits => Some(Box::new(move || {
            let mut result = vec![T::zero(); N * N];
            product(black_box(a), b, result.as_mut_slice().try_into().expect("it has 16 elements"));
            black_box(&mut result);
            if p.keep {
                p.c.copy_from_slice(&result);
            }
        })),
        _ => None,
    }
}

widest!(product<T: Element>(a: &[T; N * N], b: &[T; N * N], c: &mut [T; N * N]) -> () {
    for i in 0..N {
        let mut row = [T::zero(); N];
        for l in 0..N {
            let x = a[i * N + l];
            for j in 0..N {
                row[j] += x * b[l * N + j];
            }
        }
        c[i * N..][..N].copy_from_slice(&row);
    }
});
