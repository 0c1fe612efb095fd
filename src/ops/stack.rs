//! Matrices put side by side or on top of each other.

use crate::error::{ShapeError, addressable};
use crate::kernel::recycle;
use crate::matrix::Matrix;
use crate::view::{AsView, MatrixView};

fn check<V: AsView>(
    parts: &[V],
    what: &'static str,
    extent: impl Fn(MatrixView<'_, V::Elem>) -> usize,
) -> Result<(), ShapeError> {
    let Some(first) = parts.first().map(AsView::as_view) else { return Ok(()) };
    let odd = |part: &V| extent(part.as_view()) != extent(first);
    parts.iter().position(odd).map_or(Ok(()), |index| {
        Err(ShapeError::Stack { index, expected: first.shape(), found: parts[index].as_view().shape(), what })
    })
}

fn total(extents: impl Iterator<Item = usize>) -> usize {
    extents.fold(0, usize::saturating_add)
}

impl<T: Clone> Matrix<T> {
    /// The matrices on top of each other.
    ///
    /// # Errors
    /// [`ShapeError::Stack`] when they differ in their number of columns.
    ///
    /// ```
    /// use polyblas::{Matrix, matrix};
    ///
    /// let a = matrix![[1, 2], [3, 4]];
    /// assert_eq!(Matrix::vstack(&[a.row(1), a.view()])?, matrix![[3, 4], [1, 2], [3, 4]]);
    /// # Ok::<(), polyblas::ShapeError>(())
    /// ```
    pub fn vstack<V: AsView<Elem = T>>(parts: &[V]) -> Result<Self, ShapeError> {
        check(parts, "columns", |part| part.cols())?;
        let rows = total(parts.iter().map(|part| part.as_view().rows()));
        let cols = parts.first().map_or(0, |part| part.as_view().cols());
        let mut data = recycle::take(addressable::<T>(rows, cols)?);
        parts.iter().for_each(|part| data.extend(part.as_view().iter().cloned()));
        Self::try_from_vec(rows, cols, data)
    }

    /// The matrices side by side.
    ///
    /// # Errors
    /// [`ShapeError::Stack`] when they differ in their number of rows.
    ///
    /// ```
    /// use polyblas::{Matrix, matrix};
    ///
    /// let a = matrix![[1, 2], [3, 4]];
    /// assert_eq!(Matrix::hstack(&[a.view(), a.t()])?, matrix![[1, 2, 1, 3], [3, 4, 2, 4]]);
    /// # Ok::<(), polyblas::ShapeError>(())
    /// ```
    pub fn hstack<V: AsView<Elem = T>>(parts: &[V]) -> Result<Self, ShapeError> {
        check(parts, "rows", |part| part.rows())?;
        let cols = total(parts.iter().map(|part| part.as_view().cols()));
        let rows = parts.first().map_or(0, |part| part.as_view().rows());
        let mut data = recycle::take(addressable::<T>(rows, cols)?);
        for i in 0..if cols == 0 { 0 } else { rows } {
            parts.iter().for_each(|part| data.extend(part.as_view().row(i).iter().cloned()));
        }
        Self::try_from_vec(rows, cols, data)
    }
}
