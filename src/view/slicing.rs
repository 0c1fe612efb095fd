//! Parts of a matrix, as views: nothing is copied.

use std::ops::RangeBounds;

use super::{MatrixView, MatrixViewMut};
use crate::matrix::Matrix;

impl<'a, T> MatrixView<'a, T> {
    /// The part in these rows and columns.
    ///
    /// # Panics
    /// When a range reaches outside the matrix or ends before it begins.
    ///
    /// ```
    /// let a = polyblas::matrix![[1, 2, 3], [4, 5, 6], [7, 8, 9]];
    /// assert_eq!(a.slice(1.., ..2), polyblas::matrix![[4, 5], [7, 8]]);
    /// assert_eq!(a.slice(..=1, 1..2).slice(.., ..), polyblas::matrix![[2], [5]]);
    /// ```
    #[track_caller]
    #[must_use]
    pub fn slice(self, rows: impl RangeBounds<usize>, cols: impl RangeBounds<usize>) -> Self {
        // SAFETY: `Layout::slice` refuses ranges that leave the view.
        unsafe { self.part(self.layout.slice(rows, cols)) }
    }

    /// Every `row_step`-th row and `col_step`-th column; a negative step goes backwards from the last, as numpy's
    /// `a[::row_step, ::col_step]`.
    ///
    /// # Panics
    /// When a step is 0.
    ///
    /// ```
    /// let a = polyblas::matrix![[1, 2, 3], [4, 5, 6], [7, 8, 9]];
    /// assert_eq!(a.step(-1, 2), polyblas::matrix![[7, 9], [4, 6], [1, 3]]);
    /// ```
    #[track_caller]
    #[must_use]
    pub fn step(self, row_step: isize, col_step: isize) -> Self {
        // SAFETY: `Layout::step` selects among the view's rows and columns.
        unsafe { self.part(self.layout.step(row_step, col_step)) }
    }

    /// Row `i`, as a matrix of one row. [`row_slice`](Self::row_slice) gives a slice.
    ///
    /// # Panics
    /// When there is no row `i`.
    ///
    /// ```
    /// let a = polyblas::matrix![[1, 2], [3, 4]];
    /// assert_eq!(a.row(1), polyblas::matrix![[3, 4]]);
    /// ```
    #[track_caller]
    #[must_use]
    #[inline]
    pub fn row(self, i: usize) -> Self {
        // SAFETY: `Layout::row` refuses an `i` outside the view.
        unsafe { self.part(self.layout.row(i)) }
    }

    /// Column `j`, as a matrix of one column.
    ///
    /// # Panics
    /// When there is no column `j`.
    ///
    /// ```
    /// let a = polyblas::matrix![[1, 2], [3, 4]];
    /// assert_eq!(a.col(1), polyblas::matrix![[2], [4]]);
    /// ```
    #[track_caller]
    #[must_use]
    #[inline]
    pub fn col(self, j: usize) -> Self {
        // SAFETY: `Layout::col` refuses a `j` outside the view.
        unsafe { self.part(self.layout.col(j)) }
    }

    /// The rows before row `i`, and the rest.
    ///
    /// # Panics
    /// When `i > rows`.
    ///
    /// ```
    /// let a = polyblas::matrix![[1, 2], [3, 4], [5, 6]];
    /// let (top, bottom) = a.view().split_rows_at(1);
    /// assert_eq!((top.rows(), bottom), (1, a.slice(1.., ..)));
    /// ```
    #[track_caller]
    #[must_use]
    pub fn split_rows_at(self, i: usize) -> (Self, Self) {
        (self.slice(..i, ..), self.slice(i.., ..))
    }

    /// The columns before column `j`, and the rest.
    ///
    /// # Panics
    /// When `j > cols`.
    #[track_caller]
    #[must_use]
    pub fn split_cols_at(self, j: usize) -> (Self, Self) {
        (self.slice(.., ..j), self.slice(.., j..))
    }
}

impl<T> MatrixViewMut<'_, T> {
    /// The part in these rows and columns, for as long as the view's borrow lasts.
    ///
    /// # Panics
    /// When a range reaches outside the matrix or ends before it begins.
    #[track_caller]
    #[must_use]
    pub fn slice_move(self, rows: impl RangeBounds<usize>, cols: impl RangeBounds<usize>) -> Self {
        // SAFETY: `Layout::slice` refuses ranges that leave the view, and the view itself ends here.
        unsafe { self.part(self.layout.slice(rows, cols)) }
    }

    /// Every `row_step`-th row and `col_step`-th column, for as long as the view's borrow lasts.
    ///
    /// # Panics
    /// When a step is 0.
    #[track_caller]
    #[must_use]
    pub fn step_move(self, row_step: isize, col_step: isize) -> Self {
        // SAFETY: `Layout::step` selects among the view's rows and columns, and the view itself ends here.
        unsafe { self.part(self.layout.step(row_step, col_step)) }
    }

    /// The rows before row `i`, and the rest, each to be written on its own (by two threads, say).
    ///
    /// # Panics
    /// When `i > rows`.
    ///
    /// ```
    /// let mut a = polyblas::Matrix::zeros(3, 2);
    /// let (mut top, mut bottom) = a.view_mut().split_rows_at(1);
    /// std::thread::scope(|s| {
    ///     s.spawn(|| top.fill(1));
    ///     s.spawn(|| bottom.fill(2));
    /// });
    /// assert_eq!(a, polyblas::matrix![[1, 1], [2, 2], [2, 2]]);
    /// ```
    #[track_caller]
    #[must_use]
    pub fn split_rows_at(self, i: usize) -> (Self, Self) {
        let (top, bottom) = (self.layout.slice(..i, ..), self.layout.slice(i.., ..));
        // SAFETY: the rows before `i` and the rows from `i` on have no element in common, and the view itself ends
        // here.
        unsafe { (self.part(top), self.part(bottom)) }
    }

    /// The columns before column `j`, and the rest, each to be written on its own.
    ///
    /// # Panics
    /// When `j > cols`.
    #[track_caller]
    #[must_use]
    pub fn split_cols_at(self, j: usize) -> (Self, Self) {
        let (left, right) = self.t().split_rows_at(j);
        (left.t(), right.t())
    }
}

macro_rules! slicing_of_owners {
    ($($owner:ty),*) => {$(
        impl<T> $owner {
            /// The part in these rows and columns, as a view.
            ///
            /// # Panics
            /// When a range reaches outside the matrix or ends before it begins.
            ///
            /// ```
            /// let a = polyblas::matrix![[1, 2, 3], [4, 5, 6], [7, 8, 9]];
            /// assert_eq!(a.slice(1.., ..2), polyblas::matrix![[4, 5], [7, 8]]);
            /// ```
            #[track_caller]
            #[must_use]
            pub fn slice(&self, rows: impl RangeBounds<usize>, cols: impl RangeBounds<usize>) -> MatrixView<'_, T> {
                self.view().slice(rows, cols)
            }

            /// The part in these rows and columns, to be written.
            ///
            /// # Panics
            /// When a range reaches outside the matrix or ends before it begins.
            ///
            /// ```
            /// let mut a = polyblas::Matrix::zeros(2, 3);
            /// a.slice_mut(.., 1..).fill(7);
            /// assert_eq!(a, polyblas::matrix![[0, 7, 7], [0, 7, 7]]);
            /// ```
            #[track_caller]
            #[must_use]
            pub fn slice_mut(
                &mut self,
                rows: impl RangeBounds<usize>,
                cols: impl RangeBounds<usize>,
            ) -> MatrixViewMut<'_, T> {
                self.view_mut().slice_move(rows, cols)
            }

            /// Every `row_step`-th row and `col_step`-th column; a negative step goes backwards from the last, as
            /// numpy's `a[::row_step, ::col_step]`.
            ///
            /// # Panics
            /// When a step is 0.
            ///
            /// ```
            /// let a = polyblas::matrix![[1, 2, 3], [4, 5, 6]];
            /// assert_eq!(a.step(-1, 2), polyblas::matrix![[4, 6], [1, 3]]);
            /// ```
            #[track_caller]
            #[must_use]
            pub fn step(&self, row_step: isize, col_step: isize) -> MatrixView<'_, T> {
                self.view().step(row_step, col_step)
            }

            /// [`step`](Self::step), to be written.
            ///
            /// # Panics
            /// When a step is 0.
            #[track_caller]
            #[must_use]
            pub fn step_mut(&mut self, row_step: isize, col_step: isize) -> MatrixViewMut<'_, T> {
                self.view_mut().step_move(row_step, col_step)
            }

            /// Row `i`, as a matrix of one row. [`row_slice`](Self::row_slice) gives a slice.
            ///
            /// # Panics
            /// When there is no row `i`.
            #[track_caller]
            #[must_use]
            #[inline]
            pub fn row(&self, i: usize) -> MatrixView<'_, T> {
                self.view().row(i)
            }

            /// Row `i`, to be written.
            ///
            /// # Panics
            /// When there is no row `i`.
            ///
            /// ```
            /// let mut a = polyblas::matrix![[1, 2], [3, 4]];
            /// a.row_mut(0).assign(&polyblas::matrix![[8, 9]]);
            /// assert_eq!(a, polyblas::matrix![[8, 9], [3, 4]]);
            /// ```
            #[track_caller]
            #[must_use]
            #[inline]
            pub fn row_mut(&mut self, i: usize) -> MatrixViewMut<'_, T> {
                let whole = self.view_mut();
                // SAFETY: `Layout::row` refuses an `i` outside the view; the view of the whole ends here.
                unsafe { whole.part(whole.layout.row(i)) }
            }

            /// Column `j`, as a matrix of one column.
            ///
            /// # Panics
            /// When there is no column `j`.
            #[track_caller]
            #[must_use]
            #[inline]
            pub fn col(&self, j: usize) -> MatrixView<'_, T> {
                self.view().col(j)
            }

            /// Column `j`, to be written.
            ///
            /// # Panics
            /// When there is no column `j`.
            #[track_caller]
            #[must_use]
            #[inline]
            pub fn col_mut(&mut self, j: usize) -> MatrixViewMut<'_, T> {
                let whole = self.view_mut();
                // SAFETY: `Layout::col` refuses a `j` outside the view; the view of the whole ends here.
                unsafe { whole.part(whole.layout.col(j)) }
            }
        }
    )*};
}

slicing_of_owners!(Matrix<T>, MatrixViewMut<'_, T>);
