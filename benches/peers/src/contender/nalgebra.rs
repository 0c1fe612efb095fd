//! nalgebra. It stores columns, so the transposed product is computed: the same memory, the same work.

use std::hint::black_box;

use nalgebra::{DMatrix, DVectorView, DVectorViewMut, Dyn, MatrixView, MatrixViewMut, U1};

use crate::case::{Kind, Op};
use crate::element::Element;
use crate::problem::{Call, Operands};

pub fn prepare<T: Element>(p: Operands<'_, T>) -> Option<Call<'_>> {
    let (m, n, k) = (p.m, p.n, p.k);
    let (one, zero) = (T::one(), T::zero());
    match p.op {
        Op::Gemm => {
            let (at, bt) = (columns(p.a, k, m, p.a_strides.0), columns(p.b, n, k, p.b_strides.0));
            let mut ct = columns_mut(p.c, n, m, p.ldc);
            Some(Box::new(move || ct.gemm(one, black_box(&bt), &at, zero)))
        }
        // Real floats go to matrixmultiply, which takes any strides. What nalgebra does by itself with a row stride
        // that is not one crashes in version 0.35.0, so the other types take the product that needs none.
        Op::Syrk if matches!(T::KIND, Kind::F64 | Kind::F32) => {
            let (at, mut ct) = (columns(p.a, k, m, p.a_strides.0), columns_mut(p.c, n, m, p.ldc));
            let a = MatrixView::<T, Dyn, Dyn, Dyn, U1>::from_slice_with_strides_generic(
                p.a,
                Dyn(n),
                Dyn(k),
                Dyn(p.a_strides.0),
                U1,
            );
            Some(Box::new(move || ct.gemm(one, black_box(&a), &at, zero)))
        }
        Op::Syrk => {
            let (at, mut ct) = (columns(p.a, k, m, p.a_strides.0), columns_mut(p.c, n, m, p.ldc));
            Some(Box::new(move || ct.gemm_tr(one, black_box(&at), &at, zero)))
        }
        Op::Ger => {
            let (x, y) = (DVectorView::from_slice(p.a, m), DVectorView::from_slice(p.b, n));
            let mut c = columns_mut(p.c, n, m, p.ldc);
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

/// Columns that are `ld` apart.
fn columns<T: Element>(data: &[T], rows: usize, cols: usize, ld: usize) -> MatrixView<'_, T, Dyn, Dyn, U1, Dyn> {
    MatrixView::from_slice_with_strides_generic(data, Dyn(rows), Dyn(cols), U1, Dyn(ld))
}

fn columns_mut<T: Element>(
    data: &mut [T],
    rows: usize,
    cols: usize,
    ld: usize,
) -> MatrixViewMut<'_, T, Dyn, Dyn, U1, Dyn> {
    MatrixViewMut::from_slice_with_strides_generic(data, Dyn(rows), Dyn(cols), U1, Dyn(ld))
}
