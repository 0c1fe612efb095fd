//! nalgebra's matrices: every one of them is an operand, whatever its storage, and views convert both ways without a
//! copy. nalgebra stores column after column; here that is a matter of strides.
//!
//! nalgebra's matrices have a method `dot` of their own (the sum of all element-wise products), which wins; name the
//! trait to get this crate's:
//!
//! ```
//! use nalgebra::{DMatrix, Matrix2, Matrix2x3};
//! use polyblas::{Dot, MatrixView, gemm, matrix};
//!
//! let a = Matrix2x3::new(1, 2, 3, 4, 5, 6);
//! let product = Dot::dot(&a, &matrix![[1], [0], [1]]);
//! assert_eq!(product, matrix![[4], [10]]);
//!
//! let mut out = DMatrix::zeros(2, 2);
//! gemm(1, &a, &MatrixView::from(a.columns(0, 3)).t(), 0, &mut out);
//! assert_eq!(out, Matrix2::new(14, 32, 32, 77));
//! assert_eq!(DMatrix::from(product), DMatrix::from_row_slice(2, 1, &[4, 10]));
//! ```

use ::nalgebra::{
    DMatrix, DMatrixView, DMatrixViewMut, Dim, Dyn, RawStorage, RawStorageMut, Scalar, ViewStorage, ViewStorageMut,
};

use crate::error::ShapeError;
use crate::matrix::Matrix;
use crate::view::{AsView, AsViewMut, MatrixView, MatrixViewMut};

fn strides<T, R: Dim, C: Dim, S: RawStorage<T, R, C>>(storage: &S) -> (isize, isize) {
    let (row, col) = storage.strides();
    (row.value() as isize, col.value() as isize)
}

impl<T, R: Dim, C: Dim, S: RawStorage<T, R, C>> AsView for ::nalgebra::Matrix<T, R, C, S> {
    type Elem = T;
    fn as_view(&self) -> MatrixView<'_, T> {
        let ((rows, cols), (row_stride, col_stride)) = (self.shape(), strides(&self.data));
        // SAFETY: the implementor of the unsafe trait `RawStorage` promises that pointer, shape and strides name
        // elements of the storage, which stays borrowed as long as the view lives.
        unsafe { MatrixView::from_raw_parts(self.data.ptr(), rows, cols, row_stride, col_stride) }
    }
}

impl<T, R: Dim, C: Dim, S: RawStorageMut<T, R, C>> AsViewMut for ::nalgebra::Matrix<T, R, C, S> {
    fn as_view_mut(&mut self) -> MatrixViewMut<'_, T> {
        let ((rows, cols), (row_stride, col_stride)) = (self.shape(), strides(&self.data));
        // SAFETY: as for `as_view`; `RawStorageMut` promises a place of its own to each element, and the borrow is
        // exclusive.
        unsafe { MatrixViewMut::from_raw_parts(self.data.ptr_mut(), rows, cols, row_stride, col_stride) }
    }
}

impl<'a, T, R, C, RowStride, ColStride> From<::nalgebra::MatrixView<'a, T, R, C, RowStride, ColStride>>
    for MatrixView<'a, T>
where
    R: Dim,
    C: Dim,
    RowStride: Dim,
    ColStride: Dim,
{
    /// The same elements; nothing is copied.
    fn from(view: ::nalgebra::MatrixView<'a, T, R, C, RowStride, ColStride>) -> Self {
        let ((rows, cols), (row_stride, col_stride)) = (view.shape(), strides(&view.data));
        // SAFETY: pointer, shape and strides name elements that are borrowed for 'a.
        unsafe { MatrixView::from_raw_parts(view.data.ptr(), rows, cols, row_stride, col_stride) }
    }
}

impl<'a, T, R, C, RowStride, ColStride> From<::nalgebra::MatrixViewMut<'a, T, R, C, RowStride, ColStride>>
    for MatrixViewMut<'a, T>
where
    R: Dim,
    C: Dim,
    RowStride: Dim,
    ColStride: Dim,
{
    /// The same elements; nothing is copied.
    fn from(mut view: ::nalgebra::MatrixViewMut<'a, T, R, C, RowStride, ColStride>) -> Self {
        let ((rows, cols), (row_stride, col_stride)) = (view.shape(), strides(&view.data));
        // SAFETY: pointer, shape and strides name elements, each in a place of its own, that are borrowed exclusively
        // for 'a by `view`, which ends here.
        unsafe { MatrixViewMut::from_raw_parts(view.data.ptr_mut(), rows, cols, row_stride, col_stride) }
    }
}

/// The strides as nalgebra takes them; a stride that is never taken may be any.
fn ascending(shape: (usize, usize), row_stride: isize, col_stride: isize) -> Result<(Dyn, Dyn), ShapeError> {
    let axis = |n: usize, stride: isize| if n > 1 { usize::try_from(stride).ok() } else { Some(1) };
    axis(shape.0, row_stride)
        .zip(axis(shape.1, col_stride))
        .map(|(row, col)| (Dyn(row), Dyn(col)))
        .ok_or(ShapeError::NegativeStride { row_stride, col_stride })
}

impl<'a, T> TryFrom<MatrixView<'a, T>> for DMatrixView<'a, T, Dyn, Dyn> {
    type Error = ShapeError;

    /// The same elements; nothing is copied.
    ///
    /// # Errors
    /// [`ShapeError::NegativeStride`]: nalgebra's views do not run backwards.
    ///
    /// ```
    /// use nalgebra::{DMatrixView, Dyn, Matrix2};
    ///
    /// let a = polyblas::matrix![[1, 2], [3, 4]];
    /// let view = DMatrixView::<i32, Dyn, Dyn>::try_from(a.view())?;
    /// assert_eq!(view, Matrix2::new(1, 2, 3, 4));
    /// assert!(DMatrixView::<i32, Dyn, Dyn>::try_from(a.step(-1, 1)).is_err());
    /// # Ok::<(), polyblas::ShapeError>(())
    /// ```
    fn try_from(view: MatrixView<'a, T>) -> Result<Self, ShapeError> {
        let strides = ascending(view.shape(), view.row_stride(), view.col_stride())?;
        let shape = (Dyn(view.rows()), Dyn(view.cols()));
        // SAFETY: pointer, shape and strides are those of a view whose elements are borrowed for 'a.
        Ok(DMatrixView::from_data(unsafe { ViewStorage::from_raw_parts(view.as_ptr(), shape, strides) }))
    }
}

impl<'a, T> TryFrom<MatrixViewMut<'a, T>> for DMatrixViewMut<'a, T, Dyn, Dyn> {
    type Error = ShapeError;

    /// The same elements; nothing is copied.
    ///
    /// # Errors
    /// [`ShapeError::NegativeStride`]: nalgebra's views do not run backwards.
    fn try_from(mut view: MatrixViewMut<'a, T>) -> Result<Self, ShapeError> {
        let strides = ascending(view.shape(), view.row_stride(), view.col_stride())?;
        let shape = (Dyn(view.rows()), Dyn(view.cols()));
        // SAFETY: as for the read-only view; `view`, which borrowed the elements exclusively, ends here.
        Ok(DMatrixViewMut::from_data(unsafe { ViewStorageMut::from_raw_parts(view.as_mut_ptr(), shape, strides) }))
    }
}

impl<T: Scalar> From<Matrix<T>> for DMatrix<T> {
    /// The elements are copied: nalgebra owns its matrices column after column.
    fn from(matrix: Matrix<T>) -> Self {
        DMatrix::from_row_slice(matrix.rows(), matrix.cols(), matrix.as_slice())
    }
}

impl<T: Scalar, R: Dim, C: Dim, S: RawStorage<T, R, C>> From<::nalgebra::Matrix<T, R, C, S>> for Matrix<T> {
    /// The elements are copied: this crate owns its matrices row after row.
    fn from(matrix: ::nalgebra::Matrix<T, R, C, S>) -> Self {
        AsView::as_view(&matrix).to_matrix()
    }
}
