//! Views: slices, steps, transposes and what they refuse.

#![expect(clippy::op_ref, reason = "the forms by reference are tested too")]

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use polyblas::{AsView, Dot, Matrix, MatrixView, MatrixViewMut, ShapeError, matrix};

fn counted(rows: usize, cols: usize) -> Matrix<usize> {
    Matrix::from_fn(rows, cols, |i, j| 100 * i + j)
}

/// The message of the panic that `f` ends in.
fn panic_of<R>(f: impl FnOnce() -> R) -> String {
    let payload = catch_unwind(AssertUnwindSafe(f)).err().expect("no panic came");
    payload
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| payload.downcast_ref::<&str>().map(|s| (*s).to_owned()))
        .expect("the payload is text")
}

/// The rows and columns that numpy's `[::step]` selects.
fn selected(n: usize, step: isize) -> Vec<usize> {
    if step > 0 {
        (0..n).step_by(step.unsigned_abs()).collect()
    } else {
        (0..n).rev().step_by(step.unsigned_abs()).collect()
    }
}

#[test]
fn slices_steps_and_transposes_nest() {
    for (rows, cols) in [(0, 0), (0, 3), (1, 1), (1, 7), (6, 1), (5, 8)] {
        let a = counted(rows, cols);
        for row_step in [1, 2, 3, -1, -2, 9, -9, isize::MAX, isize::MIN] {
            for col_step in [1, 3, -1, -3, 8] {
                let (is, js) = (selected(rows, row_step), selected(cols, col_step));
                let expected = Matrix::from_fn(is.len(), js.len(), |i, j| a[(is[i], js[j])]);
                let stepped = a.step(row_step, col_step);
                assert_eq!(stepped, expected, "{rows}x{cols} by {row_step}, {col_step}");
                assert_eq!(stepped.t().to_matrix(), Matrix::from_fn(js.len(), is.len(), |j, i| expected[(i, j)]));
                for top in 0..=stepped.rows() {
                    let part = stepped.slice(top.., ..stepped.cols() / 2).t();
                    let plain = Matrix::from_fn(stepped.cols() / 2, is.len() - top, |j, i| expected[(i + top, j)]);
                    assert_eq!(part, plain);
                }
            }
        }
    }
}

#[test]
fn ranges_of_every_kind_select_what_slices_of_slices_would() {
    let a = counted(4, 5);
    assert_eq!(a.slice(1..=2, ..=0), matrix![[100], [200]]);
    assert_eq!(a.slice(3.., (std::ops::Bound::Excluded(2), std::ops::Bound::Unbounded)), matrix![[303, 304]]);
    assert_eq!(a.slice(4.., ..).shape(), (0, 5));
    assert_eq!(a.slice(2..2, 5..5).shape(), (0, 0));
    assert_eq!(a.slice(.., ..), a);
}

#[test]
fn what_is_outside_panics_and_says_what_is_inside() {
    let mut a = counted(2, 3);
    assert_eq!(panic_of(|| a[(2, 0)]), "index (2, 0) is outside a 2x3 matrix");
    assert_eq!(panic_of(|| a.t()[(0, 2)]), "index (0, 2) is outside a 3x2 matrix");
    assert_eq!(panic_of(|| a.view_mut()[(0, 3)] = 1), "index (0, 3) is outside a 2x3 matrix");
    assert_eq!(panic_of(|| a[(0, 3)] = 1), "index (0, 3) is outside a 2x3 matrix");
    assert_eq!(panic_of(|| a.row(2).rows()), "row 2 is outside a 2x3 matrix");
    assert_eq!(panic_of(|| a.row_slice(2).len()), "row 2 is outside a 2x3 matrix");
    assert_eq!(panic_of(|| a.col_mut(3).fill(0)), "column 3 is outside a 2x3 matrix");
    let (backwards, endless) = (std::ops::Range { start: 2, end: 1 }, ..=usize::MAX);
    assert_eq!(panic_of(|| a.slice(1..3, ..).rows()), "rows 1..3 are no part of a 2x3 matrix, whose rows are 0..2");
    assert_eq!(
        panic_of(|| a.slice_mut(.., backwards).rows()),
        "columns 2..1 are no part of a 2x3 matrix, whose columns are 0..3"
    );
    assert!(panic_of(|| a.slice(.., endless).rows()).starts_with("columns 0..18446744073709551615"));
    assert!(panic_of(|| a.step(0, 1).rows()).starts_with("a step of 0 selects nothing"));
    assert!(panic_of(|| a.view().split_rows_at(3).0.rows()).starts_with("rows 0..3 are no part"));
    assert!(panic_of(|| a.view_mut().split_cols_at(4).0.rows()).starts_with("rows 0..4 are no part"));
}

#[test]
fn strides_that_leave_the_slice_are_refused() {
    let data = [0u8; 12];
    assert!(MatrixView::with_strides(3, 4, &data, 0, 4, 1).is_ok());
    assert!(MatrixView::with_strides(3, 4, &data, 11, -4, -1).is_ok());
    assert!(MatrixView::with_strides(3, 4, &data, 8, -4, 1).is_ok());
    for (rows, cols, offset, row_stride, col_stride) in [
        (3, 4, 1, 4, 1),
        (3, 4, 10, -4, -1),
        (4, 4, 0, 4, 1),
        (2, 2, 0, isize::MAX, 1),
        (2, 2, usize::MAX, 1, 1),
        (usize::MAX, 2, 0, 0, 1),
        (3, 1, 0, isize::MIN, 1),
    ] {
        let error = MatrixView::with_strides(rows, cols, &data, offset, row_stride, col_stride).unwrap_err();
        assert_eq!(error, ShapeError::OutOfBounds { rows, cols, row_stride, col_stride, len: 12 });
    }
    let empty = MatrixView::with_strides(0, 4, &data, 99, isize::MAX, 7).unwrap();
    assert_eq!(empty.iter().count(), 0);
}

#[test]
fn a_mutable_view_gives_each_element_a_place_of_its_own() {
    let mut data = [0u8; 12];
    let mut column_major = MatrixViewMut::with_strides(3, 4, &mut data, 0, 1, 3).unwrap();
    column_major.row_mut(1).fill(1);
    column_major[(0, 3)] = 2;
    assert_eq!(data, [0, 1, 0, 0, 1, 0, 0, 1, 0, 2, 1, 0]);
    for (row_stride, col_stride) in [(0, 1), (1, 0), (1, 1), (3, 1), (-1, 2)] {
        let error = MatrixViewMut::with_strides(3, 4, &mut data, 2, row_stride, col_stride).unwrap_err();
        assert_eq!(error, ShapeError::Overlap { rows: 3, cols: 4, row_stride, col_stride });
    }
}

#[test]
fn billions_of_rows_that_are_one_row_cost_no_memory() {
    let row = [1, 2];
    let tall = MatrixView::with_strides(3_000_000_000, 2, &row, 0, 0, 1).unwrap();
    assert_eq!(tall.len(), 6_000_000_000);
    assert_eq!(tall[(2_999_999_999, 1)], 2);
    assert_eq!(tall.iter().len(), 6_000_000_000);
    assert_eq!(tall.slice(2_999_999_998.., ..), matrix![[1, 2], [1, 2]]);
    assert_eq!(tall.step(-1_000_000_000, 1), matrix![[1, 2], [1, 2], [1, 2]]);
    assert_eq!(tall.t().row(1).shape(), (1, 3_000_000_000));
    assert_eq!(tall.to_string().lines().count(), 7);
    assert_eq!(tall.rows_iter().next_back().unwrap(), matrix![[1, 2]]);
    let endless = matrix![[1]].view().broadcast(isize::MAX.unsigned_abs(), 4).unwrap().len();
    assert_eq!(endless, usize::MAX);
}

#[test]
fn empty_shapes_keep_their_extents() {
    let a = Matrix::<f64>::zeros(0, 4);
    assert_eq!((a.shape(), a.t().shape(), a.len()), ((0, 4), (4, 0), 0));
    assert!(a.is_empty() && a.t().is_empty());
    assert_eq!(a.t().rows_iter().count(), 4);
    assert_eq!(a.t().iter().count(), 0);
    assert_eq!(a.t().as_slice(), Some(&[][..]));
    assert_eq!(a.step(-1, -2).shape(), (0, 2));
    assert_ne!(a, Matrix::<f64>::zeros(0, 3));
    let endless = Matrix::<u8>::from_vec(usize::MAX, 0, vec![]);
    assert_eq!(endless.map(|x| x).shape(), (usize::MAX, 0));
    assert_eq!(endless.t(), Matrix::from_fn(0, usize::MAX, |_, _| 0));
    assert_eq!(Matrix::from_fn(usize::MAX, 0, |_, _| 0u8), endless);
    assert_eq!(&endless + 1, endless);
    assert_eq!(endless.sum(), 0);
}

#[test]
fn mutable_parts_write_through_to_the_whole() {
    let mut a = counted(4, 4);
    a.step_mut(2, -3).map_inplace(|x| x + 1000);
    let expected = Matrix::from_fn(4, 4, |i, j| 100 * i + j + if i % 2 == 0 && j % 3 == 0 { 1000 } else { 0 });
    assert_eq!(a, expected);

    let (left, right) = a.view_mut().split_cols_at(1);
    let (mut top, mut bottom) = left.split_rows_at(2);
    top.fill(1);
    bottom.fill(2);
    assert_eq!(right.t().row_slice(0), None);
    assert_eq!(a.col(0), matrix![[1], [1], [2], [2]]);

    let rows: Vec<_> = a.rows_iter_mut().rev().collect();
    assert_eq!(rows.len(), 4);
    for (i, mut row) in rows.into_iter().enumerate() {
        row.as_mut_slice().unwrap().fill(i);
    }
    assert_eq!(a.col(3), matrix![[3], [2], [1], [0]]);

    for (j, col) in a.cols_iter_mut().enumerate() {
        col.into_iter().for_each(|x| *x += 10 * j);
    }
    assert_eq!(a.row(0), matrix![[3, 13, 23, 33]]);
    *a.get_mut(1, 1).unwrap() = 0;
    assert_eq!(a.get(1, 1), Some(&0));
    assert_eq!(a.get_mut(4, 0), None);
}

#[test]
fn iteration_is_row_after_row_whatever_the_strides() {
    let a = counted(3, 4);
    assert!(a.iter().eq(a.view().iter()));
    assert!(a.t().iter().copied().eq((0..4).flat_map(|j| (0..3).map(move |i| 100 * i + j))));
    let mut iter = a.step(-2, 2).into_iter();
    assert_eq!((iter.next(), iter.len()), (Some(&200), 3));
    assert_eq!(iter.clone().collect::<Vec<_>>(), [&202, &0, &2]);
    assert_eq!(iter.by_ref().count(), 3);
    assert_eq!(a.cols_iter().map(|col| col.iter().sum::<usize>()).collect::<Vec<_>>(), [300, 303, 306, 309]);
    assert_eq!(a.into_iter().max(), Some(203));
}

#[test]
fn slices_are_given_only_where_elements_lie_side_by_side() {
    let a = counted(3, 4);
    assert_eq!(a.view().as_slice(), Some(a.as_slice()));
    assert_eq!(a.slice(1..3, ..).as_slice(), Some(&a.as_slice()[4..]));
    assert_eq!(a.slice(1..2, 1..3).as_slice(), Some(&[101, 102][..]));
    assert_eq!(a.slice(.., 1..3).as_slice(), None);
    assert_eq!(a.slice(.., 1..3).row_slice(2), Some(&[201, 202][..]));
    assert_eq!(a.col(0).as_slice(), None);
    assert_eq!(a.step(1, -1).row_slice(0), None);
    assert_eq!(a.slice(2.., 3..).t().as_slice(), Some(&[203][..]));
    assert_eq!(MatrixView::column(&[1, 2, 3]).as_slice(), Some(&[1, 2, 3][..]));
    assert_eq!(MatrixView::column(&[1, 2, 3]).t().as_slice(), Some(&[1, 2, 3][..]));
}

#[test]
fn all_that_can_be_read_can_be_compared_and_hashed() {
    let mut a = matrix![[1, 2], [3, 4]];
    let b = a.t().to_owned();
    assert!(a == a.view() && a.view() == a && a.view() == &a && a == b.t() && b.t() == a);
    assert!(a != b && a != a.slice(..1, ..));
    assert_eq!(a.view_mut(), b.t());
    let set: HashSet<_> = [a.clone(), b.clone(), b.t().to_matrix()].into();
    assert_eq!(set.len(), 2);
    let views: HashSet<_> = [a.view(), b.t(), b.view()].into();
    assert_eq!(views.len(), 2);
    assert_ne!(matrix![[f64::NAN]], matrix![[f64::NAN]]);
}

#[test]
fn views_go_to_other_threads_when_their_elements_may() {
    fn is_send_sync<T: Send + Sync>() {}
    is_send_sync::<Matrix<f64>>();
    is_send_sync::<MatrixView<'_, f64>>();
    is_send_sync::<MatrixViewMut<'_, f64>>();
    is_send_sync::<polyblas::Iter<'_, f64>>();
    is_send_sync::<polyblas::IterMut<'_, f64>>();
    is_send_sync::<polyblas::RowsIterMut<'_, f64>>();
}

#[test]
fn whatever_can_be_read_can_stand_in_a_function_of_matrices() {
    fn corner(a: &impl AsView<Elem = i32>) -> i32 {
        a.as_view()[(0, 0)]
    }
    let mut a = matrix![[7, 8]];
    assert_eq!((corner(&a), corner(&&a), corner(&a.view()), corner(&a.t())), (7, 7, 7, 7));
    assert_eq!((corner(&a.view_mut()), corner(&&mut a)), (7, 7));
    let mut buffer = [0; 2];
    a.dot_into(&matrix![[1, 0], [0, 1]], &mut MatrixViewMut::from_slice(1, 2, &mut buffer));
    assert_eq!(buffer, [7, 8]);
}

#[test]
fn elements_of_no_size_are_elements_all_the_same() {
    let a = Matrix::full(3, 2, ());
    assert_eq!((a.t().iter().count(), a.slice(1.., ..).len()), (6, 4));
}
