//! Borrowed matrices: a pointer, a shape and two strides. Transposing, slicing and stepping never copy.

use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

use crate::error::ShapeError;
use crate::matrix::Matrix;

/// A borrowed matrix: element `(i, j)` lies `i * row_stride + j * col_stride` elements after the first.
///
/// ```
/// use polyblas::matrix;
///
/// let a = matrix![[1, 2, 3], [4, 5, 6]];
/// assert_eq!(a.t(), matrix![[1, 4], [2, 5], [3, 6]]);
/// ```
pub struct MatrixView<'a, T> {
    ptr: *const T,
    rows: usize,
    cols: usize,
    row_stride: isize,
    col_stride: isize,
    marker: PhantomData<&'a [T]>,
}

/// A mutably borrowed matrix. No two of its elements share a place.
pub struct MatrixViewMut<'a, T> {
    ptr: *mut T,
    rows: usize,
    cols: usize,
    row_stride: isize,
    col_stride: isize,
    marker: PhantomData<&'a mut [T]>,
}

// SAFETY: a view is a shared borrow of its elements, so it may go where `&[T]` may.
unsafe impl<T: Sync> Send for MatrixView<'_, T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for MatrixView<'_, T> {}
// SAFETY: a mutable view is an exclusive borrow of its elements, so it may go where `&mut [T]` may.
unsafe impl<T: Send> Send for MatrixViewMut<'_, T> {}
// SAFETY: as above; `&MatrixViewMut` only reads.
unsafe impl<T: Sync> Sync for MatrixViewMut<'_, T> {}

impl<T> Clone for MatrixView<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for MatrixView<'_, T> {}

/// Anything that can be read as a matrix: [`Matrix`], [`MatrixView`], [`MatrixViewMut`] and references to them.
pub trait AsView {
    /// The element type.
    type Elem;
    /// A view of the whole matrix.
    fn as_view(&self) -> MatrixView<'_, Self::Elem>;
}

/// Anything that can be written as a matrix: [`Matrix`] and [`MatrixViewMut`].
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

impl<T> AsView for MatrixViewMut<'_, T> {
    type Elem = T;
    fn as_view(&self) -> MatrixView<'_, T> {
        self.view()
    }
}

impl<T> AsViewMut for MatrixViewMut<'_, T> {
    fn as_view_mut(&mut self) -> MatrixViewMut<'_, T> {
        self.view_mut()
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

/// The element offsets that a strided shape reaches, lowest and highest; `None` where they overflow `isize`.
fn reach(rows: usize, cols: usize, row_stride: isize, col_stride: isize) -> Option<(isize, isize)> {
    let span = |n: usize, stride: isize| isize::try_from(n.saturating_sub(1)).ok()?.checked_mul(stride);
    if rows == 0 || cols == 0 {
        return Some((0, -1));
    }
    let (r, c) = (span(rows, row_stride)?, span(cols, col_stride)?);
    Some((r.min(0).checked_add(c.min(0))?, r.max(0).checked_add(c.max(0))?))
}

impl<'a, T> MatrixView<'a, T> {
    /// A row-major view of a slice.
    ///
    /// # Errors
    /// [`ShapeError::Length`] when the slice does not hold `rows * cols` elements.
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
    #[track_caller]
    #[must_use]
    pub fn from_slice(rows: usize, cols: usize, data: &'a [T]) -> Self {
        Self::try_from_slice(rows, cols, data).unwrap_or_else(|e| panic!("{e}"))
    }

    /// A slice as a matrix of one column.
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
        let inside = reach(rows, cols, row_stride, col_stride).is_some_and(|(low, high)| {
            low > high
                || isize::try_from(offset).is_ok_and(|offset| {
                    offset.checked_add(low).is_some_and(|low| low >= 0)
                        && offset.checked_add(high).is_some_and(|high| high < data.len() as isize)
                })
        });
        if !inside {
            return Err(ShapeError::OutOfBounds { rows, cols, row_stride, col_stride, len: data.len() });
        }
        let offset = if rows == 0 || cols == 0 { 0 } else { offset };
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
        MatrixView { ptr, rows, cols, row_stride, col_stride, marker: PhantomData }
    }

    /// Element `(i, j)`, or `None` outside the matrix.
    #[must_use]
    pub fn get(&self, i: usize, j: usize) -> Option<&'a T> {
        // SAFETY: i < rows and j < cols, so the element exists (the constructors checked).
        (i < self.rows && j < self.cols).then(|| unsafe { &*self.ptr.offset(self.offset(i, j)) })
    }
}

/// What both views share.
macro_rules! shared_by_views {
    ($($view:ident $ptr:ty;)*) => {$(
        impl<T> $view<'_, T> {
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

            /// Elements from one row to the next.
            #[must_use]
            pub const fn row_stride(&self) -> isize {
                self.row_stride
            }

            /// Elements from one column to the next.
            #[must_use]
            pub const fn col_stride(&self) -> isize {
                self.col_stride
            }

            /// The address of element `(0, 0)`.
            #[must_use]
            pub const fn as_ptr(&self) -> *const T {
                self.ptr
            }

            #[inline(always)]
            const fn offset(&self, i: usize, j: usize) -> isize {
                i as isize * self.row_stride + j as isize * self.col_stride
            }
        }
    )*};
}

shared_by_views! { MatrixView *const T; MatrixViewMut *mut T; }

impl<'a, T> MatrixView<'a, T> {
    /// The transpose: the same elements, nothing is copied.
    #[must_use]
    pub const fn t(self) -> MatrixView<'a, T> {
        MatrixView {
            ptr: self.ptr,
            rows: self.cols,
            cols: self.rows,
            row_stride: self.col_stride,
            col_stride: self.row_stride,
            marker: PhantomData,
        }
    }

    /// The view itself: a copy.
    #[must_use]
    pub const fn view(&self) -> MatrixView<'a, T> {
        *self
    }
}

impl<'a, T> MatrixViewMut<'a, T> {
    /// A row-major mutable view of a slice.
    ///
    /// # Errors
    /// [`ShapeError::Length`] when the slice does not hold `rows * cols` elements.
    pub fn try_from_slice(rows: usize, cols: usize, data: &'a mut [T]) -> Result<Self, ShapeError> {
        if rows.checked_mul(cols) != Some(data.len()) {
            return Err(ShapeError::Length { rows, cols, found: data.len() });
        }
        // SAFETY: (rows - 1) * cols + cols - 1 < data.len(), and no two (i, j) share an offset.
        Ok(unsafe { Self::from_raw_parts(data.as_mut_ptr(), rows, cols, cols as isize, 1) })
    }

    /// A slice as a matrix of one column.
    #[must_use]
    pub const fn column(data: &'a mut [T]) -> Self {
        // SAFETY: `data` holds `len` elements, one apart.
        unsafe { Self::from_raw_parts(data.as_mut_ptr(), data.len(), 1, 1, 1) }
    }

    /// A mutable view from its parts.
    ///
    /// # Safety
    /// As for [`MatrixView::from_raw_parts`]; besides, no two pairs `(i, j)` name the same element, and nothing else
    /// reads or writes the elements during `'a`.
    #[must_use]
    pub const unsafe fn from_raw_parts(
        ptr: *mut T,
        rows: usize,
        cols: usize,
        row_stride: isize,
        col_stride: isize,
    ) -> Self {
        MatrixViewMut { ptr, rows, cols, row_stride, col_stride, marker: PhantomData }
    }

    /// A read-only view.
    #[must_use]
    pub const fn view(&self) -> MatrixView<'_, T> {
        MatrixView {
            ptr: self.ptr,
            rows: self.rows,
            cols: self.cols,
            row_stride: self.row_stride,
            col_stride: self.col_stride,
            marker: PhantomData,
        }
    }

    /// A shorter mutable borrow of the same elements.
    #[must_use]
    pub const fn view_mut(&mut self) -> MatrixViewMut<'_, T> {
        MatrixViewMut {
            ptr: self.ptr,
            rows: self.rows,
            cols: self.cols,
            row_stride: self.row_stride,
            col_stride: self.col_stride,
            marker: PhantomData,
        }
    }

    /// The transpose: the same elements, nothing is moved.
    #[must_use]
    pub const fn t(self) -> MatrixViewMut<'a, T> {
        MatrixViewMut {
            ptr: self.ptr,
            rows: self.cols,
            cols: self.rows,
            row_stride: self.col_stride,
            col_stride: self.row_stride,
            marker: PhantomData,
        }
    }

    /// The address of element `(0, 0)`.
    #[must_use]
    pub const fn as_mut_ptr(&mut self) -> *mut T {
        self.ptr
    }
}

impl<T> Index<(usize, usize)> for MatrixView<'_, T> {
    type Output = T;
    #[track_caller]
    fn index(&self, (i, j): (usize, usize)) -> &T {
        self.get(i, j).unwrap_or_else(|| out_of_range((i, j), self.shape()))
    }
}

impl<T> Index<(usize, usize)> for MatrixViewMut<'_, T> {
    type Output = T;
    #[track_caller]
    fn index(&self, (i, j): (usize, usize)) -> &T {
        self.view().get(i, j).unwrap_or_else(|| out_of_range((i, j), self.shape()))
    }
}

impl<T> IndexMut<(usize, usize)> for MatrixViewMut<'_, T> {
    #[track_caller]
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut T {
        if i >= self.rows || j >= self.cols {
            out_of_range((i, j), self.shape());
        }
        // SAFETY: i < rows and j < cols, so the element exists (the constructors checked).
        unsafe { &mut *self.ptr.offset(self.offset(i, j)) }
    }
}

#[cold]
#[track_caller]
pub(crate) fn out_of_range((i, j): (usize, usize), (rows, cols): (usize, usize)) -> ! {
    panic!("index ({i}, {j}) is outside a {rows}x{cols} matrix")
}

impl<T: PartialEq, V: AsView<Elem = T>> PartialEq<V> for MatrixView<'_, T> {
    fn eq(&self, other: &V) -> bool {
        let other = other.as_view();
        self.shape() == other.shape() && (0..self.rows).all(|i| (0..self.cols).all(|j| self[(i, j)] == other[(i, j)]))
    }
}

impl<T: PartialEq, V: AsView<Elem = T>> PartialEq<V> for Matrix<T> {
    fn eq(&self, other: &V) -> bool {
        self.view() == *other
    }
}

impl<T: PartialEq, V: AsView<Elem = T>> PartialEq<V> for MatrixViewMut<'_, T> {
    fn eq(&self, other: &V) -> bool {
        self.view() == *other
    }
}
