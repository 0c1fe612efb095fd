//! The owner: a row-major matrix.

use std::ops::{Index, IndexMut};

use num_traits::{One, Zero};

use crate::error::{ShapeError, addressable};
use crate::kernel::recycle;
use crate::view::{AsView, AsViewMut, MatrixView, MatrixViewMut};

/// An owned, row-major matrix.
///
/// ```
/// use polyblas::{Dot, Matrix, matrix};
///
/// let a = matrix![[1.0, 2.0], [3.0, 4.0]];
/// assert_eq!(a.dot(&Matrix::eye(2)), a);
/// assert_eq!(&a + 1.0, matrix![[2.0, 3.0], [4.0, 5.0]]);
/// ```
pub struct Matrix<T> {
    data: Vec<T>,
    rows: usize,
    cols: usize,
}

impl<T: Clone> Clone for Matrix<T> {
    #[inline]
    fn clone(&self) -> Self {
        Matrix { data: recycle::copy(&self.data), ..*self }
    }
}

/// The memory goes to this thread's next results; see `recycle`.
impl<T> Drop for Matrix<T> {
    #[inline]
    fn drop(&mut self) {
        recycle::give(std::mem::take(&mut self.data));
    }
}

/// A matrix from its rows: `matrix![[1.0, 2.0], [3.0, 4.0]]`. Rows of different lengths do not compile.
#[macro_export]
macro_rules! matrix {
    () => {
        $crate::Matrix::new()
    };
    ($([$($value:expr),* $(,)?]),+ $(,)?) => {
        $crate::Matrix::from_rows([$([$($value),*]),+])
    };
}

impl<T> Matrix<T> {
    /// The matrix of no rows and no columns, as `Vec::new` is the vector of no elements. Nothing is allocated.
    ///
    /// For a matrix of a given shape see [`zeros`](Self::zeros), [`full`](Self::full), [`from_fn`](Self::from_fn) and
    /// [`from_vec`](Self::from_vec).
    ///
    /// ```
    /// assert_eq!(polyblas::Matrix::<f64>::new().shape(), (0, 0));
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Matrix { data: Vec::new(), rows: 0, cols: 0 }
    }

    /// A matrix from its elements, row after row. The vector becomes the matrix: nothing is copied.
    ///
    /// # Errors
    /// [`ShapeError::Length`] when `data` does not hold `rows * cols` elements.
    ///
    /// ```
    /// use polyblas::Matrix;
    ///
    /// let error = Matrix::try_from_vec(2, 3, vec![1, 2, 3, 4]).unwrap_err();
    /// assert_eq!(error.to_string(), "a 2x3 matrix needs 6 elements, not 4");
    /// ```
    pub fn try_from_vec(rows: usize, cols: usize, data: Vec<T>) -> Result<Self, ShapeError> {
        if rows.checked_mul(cols) != Some(data.len()) {
            return Err(ShapeError::Length { rows, cols, found: data.len() });
        }
        Ok(Matrix { data, rows, cols })
    }

    /// A matrix from its elements, row after row. The vector becomes the matrix: nothing is copied.
    ///
    /// # Panics
    /// When `data` does not hold `rows * cols` elements.
    ///
    /// ```
    /// use polyblas::{Matrix, matrix};
    ///
    /// assert_eq!(Matrix::from_vec(2, 2, vec![1, 2, 3, 4]), matrix![[1, 2], [3, 4]]);
    /// ```
    #[track_caller]
    #[must_use]
    pub fn from_vec(rows: usize, cols: usize, data: Vec<T>) -> Self {
        Self::try_from_vec(rows, cols, data).unwrap_or_else(|e| panic!("{e}"))
    }

    /// A matrix from its rows.
    ///
    /// # Errors
    /// [`ShapeError::Ragged`] when the rows differ in length.
    pub fn try_from_rows<R: IntoIterator<Item = T>>(rows: impl IntoIterator<Item = R>) -> Result<Self, ShapeError> {
        let (mut data, mut count, mut cols) = (Vec::new(), 0, 0);
        for row in rows {
            let before = data.len();
            data.extend(row);
            let found = data.len() - before;
            if count == 0 {
                cols = found;
            }
            if found != cols {
                return Err(ShapeError::Ragged { row: count, expected: cols, found });
            }
            count += 1;
        }
        Ok(Matrix { data, rows: count, cols })
    }

    /// A matrix from its rows.
    ///
    /// # Panics
    /// When the rows differ in length.
    ///
    /// ```
    /// use polyblas::{Matrix, matrix};
    ///
    /// assert_eq!(Matrix::from_rows(vec![vec![1, 2], vec![3, 4]]), matrix![[1, 2], [3, 4]]);
    /// assert_eq!(Matrix::from_rows((0..3).map(|i| [i, i * i])), matrix![[0, 0], [1, 1], [2, 4]]);
    /// ```
    #[track_caller]
    #[must_use]
    pub fn from_rows<R: IntoIterator<Item = T>>(rows: impl IntoIterator<Item = R>) -> Self {
        Self::try_from_rows(rows).unwrap_or_else(|e| panic!("{e}"))
    }

    /// A matrix whose element `(i, j)` is `f(i, j)`; called row after row.
    ///
    /// # Panics
    /// When so many elements cannot be addressed.
    ///
    /// ```
    /// use polyblas::{Matrix, matrix};
    ///
    /// assert_eq!(Matrix::from_fn(2, 3, |i, j| 10 * i + j), matrix![[0, 1, 2], [10, 11, 12]]);
    /// ```
    #[track_caller]
    #[must_use]
    pub fn from_fn(rows: usize, cols: usize, mut f: impl FnMut(usize, usize) -> T) -> Self {
        let mut data = recycle::take(addressable::<T>(rows, cols).unwrap_or_else(|e| panic!("{e}")));
        for i in 0..if cols == 0 { 0 } else { rows } {
            data.extend((0..cols).map(|j| f(i, j)));
        }
        Matrix { data, rows, cols }
    }

    /// Rows and columns.
    #[must_use]
    pub const fn shape(&self) -> (usize, usize) {
        (self.rows, self.cols)
    }

    /// The number of rows.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns.
    #[must_use]
    pub const fn cols(&self) -> usize {
        self.cols
    }

    /// The number of elements.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.data.len()
    }

    /// Whether there are no elements.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// The elements, row after row.
    #[must_use]
    #[inline]
    pub fn as_slice(&self) -> &[T] {
        &self.data
    }

    /// The elements, row after row.
    #[inline]
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.data
    }

    /// The elements, row after row. Nothing is copied.
    #[must_use]
    pub fn into_vec(mut self) -> Vec<T> {
        std::mem::take(&mut self.data)
    }

    /// The elements of row `i`.
    ///
    /// # Panics
    /// When there is no row `i`.
    ///
    /// ```
    /// assert_eq!(polyblas::matrix![[1, 2], [3, 4]].row_slice(1), [3, 4]);
    /// ```
    #[track_caller]
    #[must_use]
    #[inline]
    pub fn row_slice(&self, i: usize) -> &[T] {
        assert!(i < self.rows, "row {i} is outside a {}x{} matrix", self.rows, self.cols);
        &self.data[i * self.cols..(i + 1) * self.cols]
    }

    /// The elements of row `i`.
    ///
    /// # Panics
    /// When there is no row `i`.
    #[track_caller]
    #[inline]
    pub fn row_slice_mut(&mut self, i: usize) -> &mut [T] {
        assert!(i < self.rows, "row {i} is outside a {}x{} matrix", self.rows, self.cols);
        &mut self.data[i * self.cols..(i + 1) * self.cols]
    }

    /// Element `(i, j)`, or `None` outside the matrix.
    ///
    /// ```
    /// let a = polyblas::matrix![[1, 2]];
    /// assert_eq!((a.get(0, 1), a.get(1, 0)), (Some(&2), None));
    /// ```
    #[must_use]
    #[inline]
    pub fn get(&self, i: usize, j: usize) -> Option<&T> {
        self.view().get(i, j)
    }

    /// Element `(i, j)`, or `None` outside the matrix.
    #[must_use]
    #[inline]
    pub fn get_mut(&mut self, i: usize, j: usize) -> Option<&mut T> {
        if i >= self.rows || j >= self.cols {
            return None;
        }
        self.data.get_mut(i * self.cols + j)
    }

    /// A view of the whole matrix.
    #[must_use]
    #[inline]
    pub fn view(&self) -> MatrixView<'_, T> {
        // SAFETY: `data` holds rows * cols elements (the constructors checked), so (rows - 1) * cols + cols - 1 is
        // inside.
        unsafe { MatrixView::from_raw_parts(self.data.as_ptr(), self.rows, self.cols, self.cols as isize, 1) }
    }

    /// A mutable view of the whole matrix.
    #[inline]
    pub fn view_mut(&mut self) -> MatrixViewMut<'_, T> {
        // SAFETY: as in `view`; the borrow is exclusive and the strides give each (i, j) a place of its own.
        unsafe { MatrixViewMut::from_raw_parts(self.data.as_mut_ptr(), self.rows, self.cols, self.cols as isize, 1) }
    }

    /// The transpose, as a view: nothing is copied. [`MatrixView::to_matrix`] makes a matrix of it.
    ///
    /// ```
    /// let a = polyblas::matrix![[1, 2], [3, 4]];
    /// assert_eq!(a.t(), polyblas::matrix![[1, 3], [2, 4]]);
    /// ```
    #[must_use]
    pub fn t(&self) -> MatrixView<'_, T> {
        self.view().t()
    }

    /// The same elements, row after row, in another shape. Nothing is copied.
    ///
    /// # Errors
    /// [`ShapeError::Length`] when the shape holds another number of elements.
    pub fn try_reshape(self, rows: usize, cols: usize) -> Result<Self, ShapeError> {
        Self::try_from_vec(rows, cols, self.into_vec())
    }

    /// The same elements, row after row, in another shape. Nothing is copied.
    ///
    /// # Panics
    /// When the shape holds another number of elements.
    ///
    /// ```
    /// let a = polyblas::matrix![[1, 2, 3, 4]];
    /// assert_eq!(a.reshape(2, 2), polyblas::matrix![[1, 2], [3, 4]]);
    /// ```
    #[track_caller]
    #[must_use]
    pub fn reshape(self, rows: usize, cols: usize) -> Self {
        self.try_reshape(rows, cols).unwrap_or_else(|e| panic!("{e}"))
    }
}

impl<T: Clone> Matrix<T> {
    /// A matrix from a copy of its elements, row after row.
    ///
    /// # Errors
    /// [`ShapeError::Length`] when `data` does not hold `rows * cols` elements.
    pub fn try_from_slice(rows: usize, cols: usize, data: &[T]) -> Result<Self, ShapeError> {
        Self::try_from_vec(rows, cols, recycle::copy(data))
    }

    /// A matrix from a copy of its elements, row after row. [`MatrixView::from_slice`] does not copy.
    ///
    /// # Panics
    /// When `data` does not hold `rows * cols` elements.
    ///
    /// ```
    /// use polyblas::{Matrix, matrix};
    ///
    /// assert_eq!(Matrix::from_slice(1, 2, &[1, 2]), matrix![[1, 2]]);
    /// ```
    #[track_caller]
    #[must_use]
    pub fn from_slice(rows: usize, cols: usize, data: &[T]) -> Self {
        Self::from_vec(rows, cols, recycle::copy(data))
    }

    /// A matrix of one value.
    ///
    /// # Panics
    /// When so many elements cannot be addressed.
    ///
    /// ```
    /// assert_eq!(polyblas::Matrix::full(1, 2, 7), polyblas::matrix![[7, 7]]);
    /// ```
    #[track_caller]
    #[must_use]
    pub fn full(rows: usize, cols: usize, value: T) -> Self {
        let len = addressable::<T>(rows, cols).unwrap_or_else(|e| panic!("{e}"));
        Matrix { data: vec![value; len], rows, cols }
    }
}

impl<T: Clone + Zero> Matrix<T> {
    /// A matrix of zeros.
    ///
    /// # Panics
    /// When so many elements cannot be addressed.
    ///
    /// ```
    /// assert_eq!(polyblas::Matrix::zeros(1, 2), polyblas::matrix![[0.0, 0.0]]);
    /// ```
    #[track_caller]
    #[must_use]
    pub fn zeros(rows: usize, cols: usize) -> Self {
        Self::full(rows, cols, T::zero())
    }

    /// A matrix of zeros.
    ///
    /// # Errors
    /// [`ShapeError::TooLarge`] when `rows * cols` elements cannot be addressed.
    pub fn try_zeros(rows: usize, cols: usize) -> Result<Self, ShapeError> {
        let len = addressable::<T>(rows, cols)?;
        Ok(Matrix { data: vec![T::zero(); len], rows, cols })
    }
}

impl<T: Clone + One> Matrix<T> {
    /// A matrix of ones.
    ///
    /// # Panics
    /// When so many elements cannot be addressed.
    #[track_caller]
    #[must_use]
    pub fn ones(rows: usize, cols: usize) -> Self {
        Self::full(rows, cols, T::one())
    }
}

impl<T: Clone + Zero + One> Matrix<T> {
    /// The identity of order `n`.
    ///
    /// # Panics
    /// When so many elements cannot be addressed.
    ///
    /// ```
    /// assert_eq!(polyblas::Matrix::eye(2), polyblas::matrix![[1, 0], [0, 1]]);
    /// ```
    #[track_caller]
    #[must_use]
    pub fn eye(n: usize) -> Self {
        let mut eye = Self::zeros(n, n);
        eye.data.iter_mut().step_by(n + 1).for_each(|x| *x = T::one());
        eye
    }
}

impl<T> Default for Matrix<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, const ROWS: usize, const COLS: usize> From<[[T; COLS]; ROWS]> for Matrix<T> {
    fn from(rows: [[T; COLS]; ROWS]) -> Self {
        Matrix { data: rows.into_iter().flatten().collect(), rows: ROWS, cols: COLS }
    }
}

impl<T> AsView for Matrix<T> {
    type Elem = T;
    #[inline]
    fn as_view(&self) -> MatrixView<'_, T> {
        self.view()
    }
}

impl<T> AsViewMut for Matrix<T> {
    #[inline]
    fn as_view_mut(&mut self) -> MatrixViewMut<'_, T> {
        self.view_mut()
    }
}

impl<T> Index<(usize, usize)> for Matrix<T> {
    type Output = T;
    #[track_caller]
    #[inline]
    fn index(&self, (i, j): (usize, usize)) -> &T {
        self.get(i, j).unwrap_or_else(|| crate::view::out_of_range((i, j), self.shape()))
    }
}

impl<T> IndexMut<(usize, usize)> for Matrix<T> {
    #[track_caller]
    #[inline]
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut T {
        let shape = self.shape();
        self.get_mut(i, j).unwrap_or_else(|| crate::view::out_of_range((i, j), shape))
    }
}
