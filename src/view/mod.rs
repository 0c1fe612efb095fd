//! Borrowed matrices: a pointer, a shape and two strides. Transposing, slicing and stepping never copy.

mod compare;
mod iter;
mod layout;
mod mutable;
mod slicing;

use std::marker::PhantomData;
use std::ops::Index;

use crate::error::ShapeError;
use layout::Layout;

pub use iter::{ColsIter, ColsIterMut, Iter, IterMut, RowsIter, RowsIterMut};
pub use mutable::MatrixViewMut;

/// A borrowed matrix: element `(i, j)` lies `i * row_stride + j * col_stride` elements after the first.
///
/// ```
/// use polyblas::matrix;
///
/// let a = matrix![[1, 2, 3], [4, 5, 6]];
/// assert_eq!(a.t(), matrix![[1, 4], [2, 5], [3, 6]]);
/// assert_eq!(a.slice(.., 1..).step(-1, 1), matrix![[5, 6], [2, 3]]);
/// ```
pub struct MatrixView<'a, T> {
    ptr: *const T,
    layout: Layout,
    marker: PhantomData<&'a [T]>,
}

// SAFETY: a view is a shared borrow of its elements, so it may go where `&[T]` may.
unsafe impl<T: Sync> Send for MatrixView<'_, T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for MatrixView<'_, T> {}

impl<T> Clone for MatrixView<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for MatrixView<'_, T> {}

/// Anything that can be read as a matrix: [`Matrix`](crate::Matrix), [`MatrixView`], [`MatrixViewMut`], references to
/// them, and (behind the features of their names) ndarray's and nalgebra's two-dimensional types.
///
/// ```
/// use polyblas::{AsView, Matrix};
///
/// fn trace(a: &impl AsView<Elem = f64>) -> f64 {
///     let a = a.as_view();
///     (0..a.rows().min(a.cols())).map(|i| a[(i, i)]).sum()
/// }
/// assert_eq!(trace(&Matrix::eye(3)), 3.0);
/// assert_eq!(trace(&Matrix::eye(3).slice(1.., 1..)), 2.0);
/// ```
pub trait AsView {
    /// The element type.
    type Elem;
    /// A view of the whole matrix.
    fn as_view(&self) -> MatrixView<'_, Self::Elem>;
}

/// Anything that can be written as a matrix: [`Matrix`](crate::Matrix) and [`MatrixViewMut`].
pub trait AsViewMut: AsView {
    /// A mutable view of the whole matrix.
    fn as_view_mut(&mut self) -> MatrixViewMut<'_, Self::Elem>;
}

impl<T> AsView for MatrixView<'_, T> {
    type Elem = T;
    fn as_view(&self) -> MatrixView<'_, T> {
        *self
    }
}

impl<V: AsView + ?Sized> AsView for &V {
    type Elem = V::Elem;
    fn as_view(&self) -> MatrixView<'_, V::Elem> {
        (**self).as_view()
    }
}

impl<V: AsView + ?Sized> AsView for &mut V {
    type Elem = V::Elem;
    fn as_view(&self) -> MatrixView<'_, V::Elem> {
        (**self).as_view()
    }
}

impl<V: AsViewMut + ?Sized> AsViewMut for &mut V {
    fn as_view_mut(&mut self) -> MatrixViewMut<'_, V::Elem> {
        (**self).as_view_mut()
    }
}

impl<'a, T> MatrixView<'a, T> {
    /// A row-major view of a slice.
    ///
    /// # Errors
    /// [`ShapeError::Length`] when the slice does not hold `rows * cols` elements.
    ///
    /// ```
    /// use polyblas::MatrixView;
    ///
    /// let error = MatrixView::try_from_slice(2, 3, &[1, 2, 3, 4]).unwrap_err();
    /// assert_eq!(error.to_string(), "a 2x3 matrix needs 6 elements, not 4");
    /// ```
    pub fn try_from_slice(rows: usize, cols: usize, data: &'a [T]) -> Result<Self, ShapeError> {
        if rows.checked_mul(cols) != Some(data.len()) {
            return Err(ShapeError::Length { rows, cols, found: data.len() });
        }
        // SAFETY: (rows - 1) * cols + cols - 1 < data.len().
        Ok(unsafe { Self::from_raw_parts(data.as_ptr(), rows, cols, cols as isize, 1) })
    }

    /// A row-major view of a slice.
    ///
    /// # Panics
    /// When the slice does not hold `rows * cols` elements.
    ///
    /// ```
    /// use polyblas::{MatrixView, matrix};
    ///
    /// assert_eq!(MatrixView::from_slice(2, 2, &[1, 2, 3, 4]), matrix![[1, 2], [3, 4]]);
    /// ```
    #[track_caller]
    #[must_use]
    pub fn from_slice(rows: usize, cols: usize, data: &'a [T]) -> Self {
        Self::try_from_slice(rows, cols, data).unwrap_or_else(|e| panic!("{e}"))
    }

    /// A slice as a matrix of one column.
    ///
    /// ```
    /// assert_eq!(polyblas::MatrixView::column(&[1, 2, 3]).t().shape(), (1, 3));
    /// ```
    #[must_use]
    pub const fn column(data: &'a [T]) -> Self {
        // SAFETY: `data` holds `len` elements, one apart.
        unsafe { Self::from_raw_parts(data.as_ptr(), data.len(), 1, 1, 1) }
    }

    /// A view of any strides into a slice; element `(0, 0)` is `data[offset]`. A stride may be zero (every row is the
    /// same, say) or negative.
    ///
    /// # Errors
    /// [`ShapeError::OutOfBounds`] when an element would lie outside the slice.
    ///
    /// ```
    /// use polyblas::{MatrixView, matrix};
    ///
    /// let ten = [10, 20];
    /// let rows = MatrixView::with_strides(3, 2, &ten, 0, 0, 1)?;
    /// assert_eq!(rows, matrix![[10, 20], [10, 20], [10, 20]]);
    /// # Ok::<(), polyblas::ShapeError>(())
    /// ```
    pub fn with_strides(
        rows: usize,
        cols: usize,
        data: &'a [T],
        offset: usize,
        row_stride: isize,
        col_stride: isize,
    ) -> Result<Self, ShapeError> {
        let layout = Layout { rows, cols, row_stride, col_stride };
        if !layout.fits(offset, data.len()) {
            return Err(ShapeError::OutOfBounds { rows, cols, row_stride, col_stride, len: data.len() });
        }
        let offset = if layout.is_empty() { 0 } else { offset };
        // SAFETY: every element's offset lies within the slice, as just checked; an empty view reads none.
        Ok(unsafe { Self::from_raw_parts(data.as_ptr().add(offset), rows, cols, row_stride, col_stride) })
    }

    /// A view from its parts.
    ///
    /// # Safety
    /// For every `i < rows` and `j < cols`, `ptr + i * row_stride + j * col_stride` is an element that lives for `'a`
    /// and is not written meanwhile, and the offset does not overflow `isize`.
    #[must_use]
    pub const unsafe fn from_raw_parts(
        ptr: *const T,
        rows: usize,
        cols: usize,
        row_stride: isize,
        col_stride: isize,
    ) -> Self {
        MatrixView { ptr, layout: Layout { rows, cols, row_stride, col_stride }, marker: PhantomData }
    }

    /// The part of this view that `layout` describes, its first element `offset` elements from this view's.
    ///
    /// # Safety
    /// Every element of the part is an element of this view.
    const unsafe fn part(self, (offset, layout): (isize, Layout)) -> Self {
        // SAFETY: the part's first element is one of this view's (an empty part has the offset 0).
        MatrixView { ptr: unsafe { self.ptr.offset(offset) }, layout, marker: PhantomData }
    }

    /// Element `(i, j)`, or `None` outside the matrix.
    ///
    /// ```
    /// let a = polyblas::matrix![[1, 2]];
    /// assert_eq!(a.view().get(0, 1), Some(&2));
    /// assert_eq!(a.view().get(1, 0), None);
    /// ```
    #[must_use]
    #[inline]
    pub fn get(self, i: usize, j: usize) -> Option<&'a T> {
        // SAFETY: i < rows and j < cols, so the element exists (the constructors checked).
        (i < self.rows() && j < self.cols()).then(|| unsafe { &*self.ptr.offset(self.layout.offset(i, j)) })
    }

    /// The elements in row-major order, when that is how they lie, with no gaps.
    ///
    /// ```
    /// let a = polyblas::matrix![[1, 2], [3, 4]];
    /// assert_eq!(a.slice(1.., ..).as_slice(), Some(&[3, 4][..]));
    /// assert_eq!(a.t().as_slice(), None);
    /// ```
    #[must_use]
    #[inline]
    pub fn as_slice(self) -> Option<&'a [T]> {
        if self.layout.is_empty() {
            return Some(&[]);
        }
        // SAFETY: the first element is at `ptr`, and each other one follows the one before it in row-major order.
        self.layout.is_contiguous().then(|| unsafe { std::slice::from_raw_parts(self.ptr, self.rows() * self.cols()) })
    }

    /// Row `i`, when its elements lie side by side.
    ///
    /// # Panics
    /// When there is no row `i`.
    ///
    /// ```
    /// let a = polyblas::matrix![[1, 2, 3], [4, 5, 6]];
    /// assert_eq!(a.slice(.., 1..).row_slice(1), Some(&[5, 6][..]));
    /// assert_eq!(a.t().row_slice(1), None);
    /// ```
    #[track_caller]
    #[must_use]
    #[inline]
    pub fn row_slice(self, i: usize) -> Option<&'a [T]> {
        self.row(i).as_slice()
    }

    /// The transpose: the same elements, nothing is copied.
    ///
    /// ```
    /// let a = polyblas::matrix![[1, 2], [3, 4]];
    /// assert_eq!(a.view().t(), polyblas::matrix![[1, 3], [2, 4]]);
    /// ```
    #[must_use]
    pub const fn t(self) -> MatrixView<'a, T> {
        MatrixView { ptr: self.ptr, layout: self.layout.t(), marker: PhantomData }
    }

    /// The view itself: a copy.
    #[must_use]
    pub const fn view(&self) -> MatrixView<'a, T> {
        *self
    }

    /// A view in which one row stands for `rows` rows, or one column for `cols` columns: numpy's `broadcast_to`.
    ///
    /// # Errors
    /// [`ShapeError::Elementwise`] when this view has neither that many rows (columns) nor one.
    ///
    /// ```
    /// let row = polyblas::matrix![[1, 2]];
    /// assert_eq!(row.view().broadcast(2, 2)?, polyblas::matrix![[1, 2], [1, 2]]);
    /// # Ok::<(), polyblas::ShapeError>(())
    /// ```
    pub fn broadcast(self, rows: usize, cols: usize) -> Result<MatrixView<'a, T>, ShapeError> {
        let repeat = |n: usize, stride: isize, wanted: usize| match n {
            _ if n == wanted => Some(stride),
            1 => Some(0),
            _ => None,
        };
        let Layout { row_stride, col_stride, .. } = self.layout;
        repeat(self.rows(), row_stride, rows)
            .zip(repeat(self.cols(), col_stride, cols))
            .filter(|_| isize::try_from(rows).is_ok() && isize::try_from(cols).is_ok())
            .map(|(row_stride, col_stride)| MatrixView {
                layout: Layout { rows, cols, row_stride, col_stride },
                ..self
            })
            .ok_or(ShapeError::Elementwise { lhs: (rows, cols), rhs: self.shape() })
    }
}

/// What both views share.
macro_rules! shared_by_views {
    ($($view:ident)*) => {$(
        impl<T> $view<'_, T> {
            /// Rows and columns.
            #[must_use]
            pub const fn shape(&self) -> (usize, usize) {
                (self.layout.rows, self.layout.cols)
            }

            /// The number of rows.
            #[must_use]
            pub const fn rows(&self) -> usize {
                self.layout.rows
            }

            /// The number of columns.
            #[must_use]
            pub const fn cols(&self) -> usize {
                self.layout.cols
            }

            /// The number of elements; `usize::MAX` where a stride of zero makes them more than that.
            #[must_use]
            pub const fn len(&self) -> usize {
                self.layout.rows.saturating_mul(self.layout.cols)
            }

            /// Whether there are no elements.
            #[must_use]
            pub const fn is_empty(&self) -> bool {
                self.layout.is_empty()
            }

            /// Elements from one row to the next.
            #[must_use]
            pub const fn row_stride(&self) -> isize {
                self.layout.row_stride
            }

            /// Elements from one column to the next.
            #[must_use]
            pub const fn col_stride(&self) -> isize {
                self.layout.col_stride
            }

            /// The address of element `(0, 0)`.
            #[must_use]
            pub const fn as_ptr(&self) -> *const T {
                self.ptr
            }
        }

        impl<T> Index<(usize, usize)> for $view<'_, T> {
            type Output = T;
            #[track_caller]
            #[inline]
            fn index(&self, (i, j): (usize, usize)) -> &T {
                self.view().get(i, j).unwrap_or_else(|| out_of_range((i, j), self.shape()))
            }
        }
    )*};
}

shared_by_views! { MatrixView MatrixViewMut }

#[cold]
#[track_caller]
pub(crate) fn out_of_range((i, j): (usize, usize), (rows, cols): (usize, usize)) -> ! {
    panic!("index ({i}, {j}) is outside a {rows}x{cols} matrix")
}
