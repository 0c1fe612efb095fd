//! The owner: a row-major matrix.

use std::ops::{Index, IndexMut};

use num_traits::{One, Zero};

use crate::error::ShapeError;
use crate::view::{AsView, AsViewMut, MatrixView, MatrixViewMut};

/// An owned, row-major matrix.
///
/// ```
/// use polyblas::{Dot, Matrix, matrix};
///
/// let a = matrix![[1.0, 2.0], [3.0, 4.0]];
/// assert_eq!(a.dot(&Matrix::eye(2)), a);
/// ```
#[derive(Clone)]
pub struct Matrix<T> {
    data: Vec<T>,
    rows: usize,
    cols: usize,
}

/// A matrix from its rows: `matrix![[1.0, 2.0], [3.0, 4.0]]`. Rows of different lengths do not compile.
#[macro_export]
macro_rules! matrix {
    () => {
        $crate::Matrix::from_rows(::std::vec::Vec::<[_; 0]>::new())
    };
    ($([$($value:expr),* $(,)?]),+ $(,)?) => {
        $crate::Matrix::from_rows([$([$($value),*]),+])
    };
}

impl<T> Matrix<T> {
    /// A matrix from its elements, row after row.
    ///
    /// # Errors
    /// [`ShapeError::Length`] when `data` does not hold `rows * cols` elements.
    pub fn try_from_vec(rows: usize, cols: usize, data: Vec<T>) -> Result<Self, ShapeError> {
        if rows.checked_mul(cols) != Some(data.len()) {
            return Err(ShapeError::Length { rows, cols, found: data.len() });
        }
        Ok(Matrix { data, rows, cols })
    }

    /// A matrix from its elements, row after row.
    ///
    /// # Panics
    /// When `data` does not hold `rows * cols` elements.
    #[track_caller]
    #[must_use]
    pub fn from_vec(rows: usize, cols: usize, data: Vec<T>) -> Self {
        Self::try_from_vec(rows, cols, data).unwrap_or_else(|e| panic!("{e}"))
    }

    /// A matrix from its rows.
    ///
    /// # Panics
    /// When the rows differ in length.
    #[track_caller]
    #[must_use]
    pub fn from_rows<R: IntoIterator<Item = T>>(rows: impl IntoIterator<Item = R>) -> Self {
        let (mut data, mut count, mut cols) = (Vec::new(), 0, 0);
        for row in rows {
            let before = data.len();
            data.extend(row);
            let found = data.len() - before;
            if count == 0 {
                cols = found;
            }
            assert!(found == cols, "{}", ShapeError::Ragged { row: count, expected: cols, found });
            count += 1;
        }
        Matrix { data, rows: count, cols }
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

    /// The elements, row after row.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        &self.data
    }

    /// The elements, row after row.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.data
    }

    /// The elements, row after row.
    #[must_use]
    pub fn into_vec(self) -> Vec<T> {
        self.data
    }

    /// A view of the whole matrix.
    #[must_use]
    pub fn view(&self) -> MatrixView<'_, T> {
        // SAFETY: `data` holds rows * cols elements (the constructors checked), so (rows - 1) * cols + cols - 1 is inside.
        unsafe { MatrixView::from_raw_parts(self.data.as_ptr(), self.rows, self.cols, self.cols as isize, 1) }
    }

    /// A mutable view of the whole matrix.
    pub fn view_mut(&mut self) -> MatrixViewMut<'_, T> {
        // SAFETY: as in `view`; the borrow is exclusive and the strides give each (i, j) a place of its own.
        unsafe { MatrixViewMut::from_raw_parts(self.data.as_mut_ptr(), self.rows, self.cols, self.cols as isize, 1) }
    }

    /// The transpose, as a view: nothing is copied.
    #[must_use]
    pub fn t(&self) -> MatrixView<'_, T> {
        self.view().t()
    }
}

impl<T: Clone + Zero> Matrix<T> {
    /// A matrix of zeros.
    ///
    /// # Panics
    /// When `rows * cols` overflows.
    #[track_caller]
    #[must_use]
    pub fn zeros(rows: usize, cols: usize) -> Self {
        Self::full(rows, cols, T::zero())
    }
}

impl<T: Clone + Zero> Matrix<T> {
    /// A matrix of zeros.
    ///
    /// # Errors
    /// [`ShapeError::TooLarge`] when `rows * cols` elements cannot be addressed.
    pub fn try_zeros(rows: usize, cols: usize) -> Result<Self, ShapeError> {
        let len = crate::error::addressable::<T>(rows, cols)?;
        Ok(Matrix { data: vec![T::zero(); len], rows, cols })
    }
}

impl<T: Clone + Zero + One> Matrix<T> {
    /// A matrix of ones.
    ///
    /// # Panics
    /// When `rows * cols` overflows.
    #[track_caller]
    #[must_use]
    pub fn ones(rows: usize, cols: usize) -> Self {
        Self::full(rows, cols, T::one())
    }

    /// The identity of order `n`.
    #[must_use]
    pub fn eye(n: usize) -> Self {
        let mut eye = Self::zeros(n, n);
        for i in 0..n {
            eye[(i, i)] = T::one();
        }
        eye
    }
}

impl<T: Clone> Matrix<T> {
    /// A matrix of one value.
    ///
    /// # Panics
    /// When `rows * cols` overflows.
    #[track_caller]
    #[must_use]
    pub fn full(rows: usize, cols: usize, value: T) -> Self {
        let len = crate::error::addressable::<T>(rows, cols).unwrap_or_else(|e| panic!("{e}"));
        Matrix { data: vec![value; len], rows, cols }
    }
}

impl<T> AsView for Matrix<T> {
    type Elem = T;
    fn as_view(&self) -> MatrixView<'_, T> {
        self.view()
    }
}

impl<T> AsViewMut for Matrix<T> {
    fn as_view_mut(&mut self) -> MatrixViewMut<'_, T> {
        self.view_mut()
    }
}

impl<T> Index<(usize, usize)> for Matrix<T> {
    type Output = T;
    #[track_caller]
    fn index(&self, (i, j): (usize, usize)) -> &T {
        if i >= self.rows || j >= self.cols {
            crate::view::out_of_range((i, j), self.shape());
        }
        &self.data[i * self.cols + j]
    }
}

impl<T> IndexMut<(usize, usize)> for Matrix<T> {
    #[track_caller]
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut T {
        if i >= self.rows || j >= self.cols {
            crate::view::out_of_range((i, j), self.shape());
        }
        &mut self.data[i * self.cols + j]
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for Matrix<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.view().fmt(f)
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for MatrixView<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut list = f.debug_list();
        for i in 0..self.rows() {
            list.entry(&(0..self.cols()).map(|j| &self[(i, j)]).collect::<Vec<_>>());
        }
        list.finish()
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for MatrixViewMut<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.view().fmt(f)
    }
}
