//! Matrix by vector, vector by vector, and the rank-one update.

use polyblas::{Dot, MatrixView, MatrixViewMut, gemm, ger, inner, inner_conj};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::products::{agrees, conjugated, sums, writes};
use crate::reference::case::{Case, fail};
use crate::reference::element::{Element, Magnitude};
use crate::reference::storage::{Layout, Stored};

/// `m x n` matrices; `k` is not used.
pub fn cases() -> impl Strategy<Value = Case> {
    let side = prop_oneof![6 => 0..70usize, 1 => 1..3usize, 1 => 120..400usize];
    Case::with_shapes([side.clone().boxed(), side.boxed(), Just(1usize).boxed()].boxed())
}

pub fn product<T: Element>(case: &Case) -> Result<(), TestCaseError> {
    let (m, n, mut rng) = (case.m, case.n, case.rng());
    let [layout_a, layout_x, layout_y] = case.layouts;
    let a = Stored::<T>::draw(m, n, layout_a, case.magnitudes[0], &mut rng);
    let (alpha, beta) = (case.alpha.value(&mut rng), case.beta.value(&mut rng));

    // Slices: a x and yᵀ a.
    let x = Stored::draw(n, 1, Layout::Columns, case.magnitudes[1], &mut rng);
    let y = Stored::draw(1, m, Layout::Rows, case.magnitudes[1], &mut rng);
    let (x_values, y_values): (Vec<T>, Vec<T>) =
        ((0..n).map(|j| x.at(j, 0)).collect(), (0..m).map(|i| y.at(0, i)).collect());
    let conj = [case.conj[0], false];
    let (ax, ya) = (sums(&a, &x, conj), sums(&y, &a, [false, conj[0]]));
    let (view, column) = (a.view(), MatrixView::column(&x_values));
    let row = MatrixView::column(&y_values).t();
    let (matrix_by_vector, vector_by_matrix) = if conj[0] {
        (view.conj().dot(&x_values), y_values.dot(&view.conj()))
    } else {
        (view.dot(&x_values[..]), y_values[..].dot(&view))
    };
    agrees("matrix by vector", MatrixView::column(&matrix_by_vector), &ax)?;
    agrees("vector by matrix", MatrixView::column(&vector_by_matrix).t(), &ya)?;

    let mut out = vec![T::guard(); m];
    conjugated!(conj, view, column => view.dot_into(&column, &mut out));
    agrees("matrix by vector, into a slice", MatrixView::column(&out), &ax)?;
    let mut out = vec![T::guard(); n];
    if conj[0] {
        y_values.dot_into(&view.conj(), &mut out)
    } else {
        y_values.dot_into(&view, &mut out)
    }
    agrees("vector by matrix, into a slice", MatrixView::column(&out).t(), &ya)?;

    // Slices with alpha and beta.
    let old: Vec<T> = (0..m).map(|_| T::draw(&mut rng, Magnitude::FULL)).collect();
    let mut out = old.clone();
    conjugated!(conj, view, column => gemm(alpha, &view, &column, beta, &mut out[..]));
    for i in 0..m {
        out[i].agrees(alpha, &ax[i], beta, old[i]).map_err(fail("gemm into a slice", (i, alpha, beta)))?;
    }
    let old: Vec<T> = (0..n).map(|_| T::draw(&mut rng, Magnitude::FULL)).collect();
    let mut out = old.clone();
    let mut target = MatrixViewMut::column(&mut out).t();
    conjugated!([false, conj[0]], row, view => gemm(alpha, &row, &view, beta, &mut target));
    for j in 0..n {
        out[j].agrees(alpha, &ya[j], beta, old[j]).map_err(fail("gemm into a row", (j, alpha, beta)))?;
    }

    // Strided vectors.
    let x = Stored::draw(n, 1, layout_x, case.magnitudes[1], &mut rng);
    let out = Stored::draw(m, 1, layout_y, Magnitude::FULL, &mut rng);
    let (column, ax) = (x.view(), sums(&a, &x, case.conj));
    writes("strided gemv", &out, (alpha, beta), &ax, |out| {
        conjugated!(case.conj, view, column => gemm(alpha, &view, &column, beta, out));
    })?;
    let y = Stored::draw(1, m, layout_x, case.magnitudes[1], &mut rng);
    let out = Stored::draw(1, n, layout_y, Magnitude::FULL, &mut rng);
    let (row, ya) = (y.view(), sums(&y, &a, case.conj));
    writes("strided transposed gemv", &out, (alpha, beta), &ya, |out| {
        conjugated!(case.conj, row, view => gemm(alpha, &row, &view, beta, out));
    })
}

pub fn inner_and_ger<T: Element>(case: &Case) -> Result<(), TestCaseError> {
    let (m, n, mut rng) = (case.m, case.n, case.rng());
    let [layout_x, layout_y, layout_c] = case.layouts;
    let mut vector = |len: usize, at: usize| -> Vec<T> {
        let stored = Stored::<T>::draw(len, 1, Layout::Columns, case.magnitudes[at], &mut rng);
        (0..len).map(|i| stored.at(i, 0)).collect()
    };
    let (x, y, z) = (vector(m, 0), vector(n, 1), vector(m, 1));
    let pairs = || x.iter().copied().zip(z.iter().copied());
    inner(&x, &z).agrees_with(&T::sum(pairs())).map_err(fail("inner", m))?;
    x.dot(&z).agrees_with(&T::sum(pairs())).map_err(fail("vector by vector", m))?;
    let conjugated_sum = T::sum(pairs().map(|(x, z)| (x.conjugate(), z)));
    inner_conj(&x, &z).agrees_with(&conjugated_sum).map_err(fail("inner_conj", m))?;

    // Strided: a row by a column.
    let row = Stored::<T>::draw(1, n, layout_x, case.magnitudes[0], &mut rng);
    let column = Stored::draw(n, 1, layout_y, case.magnitudes[1], &mut rng);
    let sum = sums(&row, &column, case.conj);
    let (row, column) = (row.view(), column.view());
    let one = conjugated!(case.conj, row, column => row.dot(&column));
    agrees("row by column", one.view(), &sum)?;

    // The rank-one update: one product to each element.
    let alpha = case.alpha.value(&mut rng);
    let c = Stored::draw(m, n, layout_c, Magnitude::FULL, &mut rng);
    let outer: Vec<T::Sum> = x.iter().flat_map(|&x| y.iter().map(move |&y| T::sum(std::iter::once((x, y))))).collect();
    writes("ger", &c, (alpha, T::one()), &outer, |c| ger(alpha, &x, &y, c))
}
