//! nalgebra. It stores columns, so the transposed product is computed: the same memory, the same work.

use std::hint::black_box;

use nalgebra::{DMatrix, DVectorView, DVectorViewMut, Dim, Dyn, MatrixView, MatrixViewMut, U1};

use crate::case::Op;
use crate::element::Element;
use crate::problem::{Call, Operands};

pub fn prepare<T: Element>(p: Operands<'_, T>) -> Option<Call<'_>> {
    let (m, n, k) = (p.m, p.n, p.k);
    let (one, zero) = (T::one(), T::zero());
    match p.op {
        Op::Gemm | Op::Syrk => Some(match (p.a_strides.1, p.b_strides.1) {
            (1, 1) => product(p, U1, U1),
            (a, b) => product(p, Dyn(a), Dyn(b)),
        }),
        Op::Ger => {
            let (x, y) = (DVectorView::from_slice(p.a, m), DVectorView::from_slice(p.b, n));
            let mut c = MatrixViewMut::<T, Dyn, Dyn, U1, Dyn>::from_slice_with_strides_generic(
                p.c,
                Dyn(n),
                Dyn(m),
                U1,
                Dyn(p.ldc),
            );
            Some(Box::new(move || c.ger(one, black_box(&y), &x, one)))
        }
        Op::Gemv | Op::Gemvt => {
            let (x, mut y) = (DVectorView::from_slice(p.b, k), DVectorViewMut::from_slice(p.c, m));
            if p.op == Op::Gemvt {
                let a = MatrixView::<T, Dyn, Dyn>::from_slice(p.a, m, k);
                return Some(Box::new(move || y.gemv(one, black_box(&a), &x, zero)));
            }
            let a = MatrixView::<T, Dyn, Dyn>::from_slice(p.a, k, m);
            Some(Box::new(move || y.gemv_tr(one, black_box(&a), &x, zero)))
        }
        Op::Inner => {
            let (x, y, c) = (DVectorView::from_slice(p.a, k), DVectorView::from_slice(p.b, k), p.c);
            Some(Box::new(move || c[0] = black_box(&x).dot(&y)))
        }
        Op::Dot => {
            let (at, bt) = (DMatrix::from_column_slice(k, m, p.a), DMatrix::from_column_slice(n, k, p.b));
            Some(Box::new(move || {
                let result = black_box(black_box(&bt) * &at);
                if p.keep {
                    p.c.copy_from_slice(result.as_slice());
                }
            }))
        }
        Op::Widen | Op::Cast | Op::Batch => None,
    }
}

fn product<'a, T: Element, A: Dim, B: Dim>(p: Operands<'a, T>, a_inner: A, b_inner: B) -> Call<'a> {
    let at = MatrixView::<T, Dyn, Dyn, A, Dyn>::from_slice_with_strides_generic(
        p.a,
        Dyn(p.k),
        Dyn(p.m),
        a_inner,
        Dyn(p.a_strides.0),
    );
    let bt = MatrixView::<T, Dyn, Dyn, B, Dyn>::from_slice_with_strides_generic(
        p.b,
        Dyn(p.n),
        Dyn(p.k),
        b_inner,
        Dyn(p.b_strides.0),
    );
    let mut ct =
        MatrixViewMut::<T, Dyn, Dyn, U1, Dyn>::from_slice_with_strides_generic(p.c, Dyn(p.n), Dyn(p.m), U1, Dyn(p.ldc));
    let (one, zero) = (T::one(), T::zero());
    Box::new(move || ct.gemm(one, black_box(&bt), &at, zero))
}
