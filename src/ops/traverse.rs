//! The loops under every element-wise operation. Where elements lie side by side the loop runs over slices, so that
//! the compiler can turn it into vector instructions.

use crate::error::{ShapeError, addressable};
use crate::kernel::recycle;
use crate::view::{MatrixView, MatrixViewMut};

/// Square tiles in which a transposing copy runs, so that the cache lines it touches on either side are used up before
/// they are evicted: 32 lines of 64 bytes on the strided side are 2 KiB.
const TILE: usize = 32;

/// One row of an operand.
enum Row<'a, T> {
    /// Elements side by side.
    Slice(&'a [T]),
    /// One element, which stands for all: a column that is broadcast.
    Same(&'a T),
    /// Elements apart.
    Apart(MatrixView<'a, T>),
}

impl<'a, T> Row<'a, T> {
    fn of(matrix: MatrixView<'a, T>, i: usize) -> Self {
        let row = matrix.row(i);
        match (row.as_slice(), row.get(0, 0)) {
            (Some(slice), _) => Row::Slice(slice),
            (None, Some(same)) if row.col_stride() == 0 => Row::Same(same),
            _ => Row::Apart(row),
        }
    }
}

/// The shape of an element-wise operation: each extent is equal on both sides, or 1 on one of them.
pub(super) fn broadcast_shape(lhs: (usize, usize), rhs: (usize, usize)) -> Result<(usize, usize), ShapeError> {
    let extent = |l: usize, r: usize| match (l, r) {
        _ if l == r || r == 1 => Some(l),
        (1, _) => Some(r),
        _ => None,
    };
    extent(lhs.0, rhs.0).zip(extent(lhs.1, rhs.1)).ok_or(ShapeError::Elementwise { lhs, rhs })
}

/// Whether the elements lie nearer together along columns than along rows.
fn lies_by_columns(shape: (usize, usize), row_stride: isize, col_stride: isize) -> bool {
    match shape {
        (1, _) => false,
        (_, 1) => true,
        _ => row_stride.unsigned_abs() < col_stride.unsigned_abs(),
    }
}

/// `f` of every element, in row-major order.
pub(super) fn map<T, U>(a: MatrixView<'_, T>, mut f: impl FnMut(&T) -> U) -> Vec<U> {
    if let Some(slice) = a.as_slice() {
        return recycle::collect(slice.iter().map(f));
    }
    // A column is the same as a row, and a row is one loop.
    let a = if a.cols() == 1 { a.t() } else { a };
    let mut out = recycle::take(addressable::<U>(a.rows(), a.cols()).unwrap_or_else(|e| panic!("{e}")));
    for i in 0..a.rows() {
        match Row::of(a, i) {
            Row::Slice(row) => out.extend(row.iter().map(&mut f)),
            Row::Same(x) => out.extend((0..a.cols()).map(|_| f(x))),
            Row::Apart(row) => out.extend(row.iter().map(&mut f)),
        }
    }
    out
}

/// `f` of every pair of elements, in row-major order. The shapes are equal.
pub(super) fn zip_map<A, B, C>(a: MatrixView<'_, A>, b: MatrixView<'_, B>, mut f: impl FnMut(&A, &B) -> C) -> Vec<C> {
    debug_assert_eq!(a.shape(), b.shape());
    if let (Some(a), Some(b)) = (a.as_slice(), b.as_slice()) {
        return recycle::collect(a.iter().zip(b).map(|(x, y)| f(x, y)));
    }
    let (a, b) = if a.cols() == 1 { (a.t(), b.t()) } else { (a, b) };
    let mut out = recycle::take(addressable::<C>(a.rows(), a.cols()).unwrap_or_else(|e| panic!("{e}")));
    for i in 0..a.rows() {
        match (Row::of(a, i), Row::of(b, i)) {
            (Row::Slice(a), Row::Slice(b)) => out.extend(a.iter().zip(b).map(|(x, y)| f(x, y))),
            (Row::Slice(a), Row::Same(y)) => out.extend(a.iter().map(|x| f(x, y))),
            (Row::Same(x), Row::Slice(b)) => out.extend(b.iter().map(|y| f(x, y))),
            _ => out.extend(a.row(i).iter().zip(b.row(i)).map(|(x, y)| f(x, y))),
        }
    }
    out
}

/// Whether to go along the rows of `b` is to jump from one cache line to the next, over more of them than fit.
pub(super) fn is_crosswise<T>(b: MatrixView<'_, T>) -> bool {
    b.rows() > TILE
        && b.cols() > TILE
        && b.row_stride() != 0
        && lies_by_columns(b.shape(), b.row_stride(), b.col_stride())
}

/// `f` on every element, in no promised order.
pub(super) fn for_each<T>(a: MatrixViewMut<'_, T>, mut f: impl FnMut(&mut T)) {
    let mut a = if lies_by_columns(a.shape(), a.row_stride(), a.col_stride()) { a.t() } else { a };
    match a.as_mut_slice() {
        Some(slice) => slice.iter_mut().for_each(f),
        None => a.rows_iter_mut().for_each(|row| row.into_iter().for_each(&mut f)),
    }
}

/// `f` on every element and its partner, in no promised order. The shapes are equal.
pub(super) fn zip_each<A, B>(a: MatrixViewMut<'_, A>, b: MatrixView<'_, B>, mut f: impl FnMut(&mut A, &B)) {
    debug_assert_eq!(a.shape(), b.shape());
    // Along the rows of the written side, whichever way round it lies.
    let (mut a, b) = if lies_by_columns(a.shape(), a.row_stride(), a.col_stride()) { (a.t(), b.t()) } else { (a, b) };
    if let (Some(a), Some(b)) = (a.as_mut_slice(), b.as_slice()) {
        return a.iter_mut().zip(b).for_each(|(x, y)| f(x, y));
    }
    if is_crosswise(b) {
        return tiles(a, b, f);
    }
    for (i, mut row) in a.rows_iter_mut().enumerate() {
        match (row.as_mut_slice(), Row::of(b, i)) {
            (Some(a), Row::Slice(b)) => a.iter_mut().zip(b).for_each(|(x, y)| f(x, y)),
            (Some(a), Row::Same(y)) => a.iter_mut().for_each(|x| f(x, y)),
            _ => row.into_iter().zip(b.row(i)).for_each(|(x, y)| f(x, y)),
        }
    }
}

fn tiles<A, B>(mut a: MatrixViewMut<'_, A>, b: MatrixView<'_, B>, mut f: impl FnMut(&mut A, &B)) {
    let (rows, cols) = a.shape();
    for i in (0..rows).step_by(TILE) {
        let band = i..rows.min(i + TILE);
        for j in (0..cols).step_by(TILE) {
            let part = j..cols.min(j + TILE);
            let mut a = a.slice_mut(band.clone(), part.clone());
            let b = b.slice(band.clone(), part);
            a.rows_iter_mut().zip(b.rows_iter()).for_each(|(a, b)| a.into_iter().zip(b).for_each(|(x, y)| f(x, y)));
        }
    }
}

/// `f` on every element and its partners, in no promised order. The shapes are equal.
pub(super) fn zip_into<A, B, C>(
    out: MatrixViewMut<'_, C>,
    a: MatrixView<'_, A>,
    b: MatrixView<'_, B>,
    mut f: impl FnMut(&mut C, &A, &B),
) {
    debug_assert!(out.shape() == a.shape() && out.shape() == b.shape());
    let transpose = lies_by_columns(out.shape(), out.row_stride(), out.col_stride());
    let (mut out, a, b) = if transpose { (out.t(), a.t(), b.t()) } else { (out, a, b) };
    if let (Some(out), Some(a), Some(b)) = (out.as_mut_slice(), a.as_slice(), b.as_slice()) {
        return out.iter_mut().zip(a).zip(b).for_each(|((out, x), y)| f(out, x, y));
    }
    for (i, mut row) in out.rows_iter_mut().enumerate() {
        match (row.as_mut_slice(), Row::of(a, i), Row::of(b, i)) {
            (Some(out), Row::Slice(a), Row::Slice(b)) => {
                out.iter_mut().zip(a).zip(b).for_each(|((out, x), y)| f(out, x, y));
            }
            (Some(out), Row::Slice(a), Row::Same(y)) => out.iter_mut().zip(a).for_each(|(out, x)| f(out, x, y)),
            (Some(out), Row::Same(x), Row::Slice(b)) => out.iter_mut().zip(b).for_each(|(out, y)| f(out, x, y)),
            _ => row.into_iter().zip(a.row(i)).zip(b.row(i)).for_each(|((out, x), y)| f(out, x, y)),
        }
    }
}
