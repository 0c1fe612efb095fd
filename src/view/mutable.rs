//! The mutably borrowed matrix.

use std::marker::PhantomData;
use std::ops::IndexMut;

use super::layout::Layout;
use super::{AsView, AsViewMut, MatrixView, out_of_range};
use crate::error::ShapeError;

/// A mutably borrowed matrix. No two of its elements share a place, so two of these that overlap cannot be had in safe
/// code.
///
/// ```
/// let mut a = polyblas::matrix![[1, 2], [3, 4]];
/// a.view_mut().t()[(0, 1)] = 30;
/// assert_eq!(a, polyblas::matrix![[1, 2], [30, 4]]);
/// ```
///
/// ```compile_fail,E0499
/// let mut a = polyblas::matrix![[1, 2], [3, 4]];
/// let first = a.slice_mut(0..1, ..);
/// let second = a.slice_mut(0..2, ..);
/// drop((first, second));
/// ```
pub struct MatrixViewMut<'a, T> {
    pub(super) ptr: *mut T,
    pub(super) layout: Layout,
    marker: PhantomData<&'a mut [T]>,
}

// SAFETY: a mutable view is an exclusive borrow of its elements, so it may go where `&mut [T]` may.
unsafe impl<T: Send> Send for MatrixViewMut<'_, T> {}
// SAFETY: as above; `&MatrixViewMut` only reads.
unsafe impl<T: Sync> Sync for MatrixViewMut<'_, T> {}

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

    /// A row-major mutable view of a slice.
    ///
    /// # Panics
    /// When the slice does not hold `rows * cols` elements.
    ///
    /// ```
    /// use polyblas::{Dot, MatrixViewMut, matrix};
    ///
    /// let mut buffer = [0.0; 4];
    /// let a = matrix![[1.0, 2.0]];
    /// a.t().dot_into(&a, &mut MatrixViewMut::from_slice(2, 2, &mut buffer));
    /// assert_eq!(buffer, [1.0, 2.0, 2.0, 4.0]);
    /// ```
    #[track_caller]
    #[must_use]
    pub fn from_slice(rows: usize, cols: usize, data: &'a mut [T]) -> Self {
        Self::try_from_slice(rows, cols, data).unwrap_or_else(|e| panic!("{e}"))
    }

    /// A slice as a matrix of one column.
    #[must_use]
    pub const fn column(data: &'a mut [T]) -> Self {
        // SAFETY: `data` holds `len` elements, one apart.
        unsafe { Self::from_raw_parts(data.as_mut_ptr(), data.len(), 1, 1, 1) }
    }

    /// A mutable view of any strides into a slice; element `(0, 0)` is `data[offset]`.
    ///
    /// # Errors
    /// [`ShapeError::OutOfBounds`] when an element would lie outside the slice, [`ShapeError::Overlap`] when two might
    /// share a place: one stride must be at least as long as all that the other one reaches.
    ///
    /// ```
    /// use polyblas::MatrixViewMut;
    ///
    /// let mut column_major = [1, 2, 3, 4, 5, 6];
    /// let mut a = MatrixViewMut::with_strides(3, 2, &mut column_major, 0, 1, 3)?;
    /// a[(0, 1)] = 40;
    /// assert_eq!(column_major, [1, 2, 3, 40, 5, 6]);
    /// assert!(MatrixViewMut::with_strides(3, 2, &mut column_major, 0, 0, 1).is_err());
    /// # Ok::<(), polyblas::ShapeError>(())
    /// ```
    pub fn with_strides(
        rows: usize,
        cols: usize,
        data: &'a mut [T],
        offset: usize,
        row_stride: isize,
        col_stride: isize,
    ) -> Result<Self, ShapeError> {
        let layout = Layout { rows, cols, row_stride, col_stride };
        if !layout.fits(offset, data.len()) {
            return Err(ShapeError::OutOfBounds { rows, cols, row_stride, col_stride, len: data.len() });
        }
        if !layout.is_injective() {
            return Err(ShapeError::Overlap { rows, cols, row_stride, col_stride });
        }
        let offset = if layout.is_empty() { 0 } else { offset };
        // SAFETY: each element has a place of its own within the slice, as just checked; an empty view has none.
        Ok(unsafe { Self::from_raw_parts(data.as_mut_ptr().add(offset), rows, cols, row_stride, col_stride) })
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
        MatrixViewMut { ptr, layout: Layout { rows, cols, row_stride, col_stride }, marker: PhantomData }
    }

    /// The part of this view that `layout` describes, its first element `offset` elements from this view's.
    ///
    /// # Safety
    /// Every element of the part is an element of this view, and while two parts live they share none.
    pub(super) const unsafe fn part(&self, (offset, layout): (isize, Layout)) -> MatrixViewMut<'a, T> {
        // SAFETY: the part's first element is one of this view's (an empty part has the offset 0).
        MatrixViewMut { ptr: unsafe { self.ptr.offset(offset) }, layout, marker: PhantomData }
    }

    /// Whether one stride is at least as long as all that the other one reaches.
    #[cfg(feature = "ndarray")]
    pub(crate) fn is_nested(&self) -> bool {
        self.layout.is_injective()
    }

    /// A read-only view.
    #[must_use]
    pub const fn view(&self) -> MatrixView<'_, T> {
        MatrixView { ptr: self.ptr, layout: self.layout, marker: PhantomData }
    }

    /// A shorter mutable borrow of the same elements.
    #[must_use]
    pub const fn view_mut(&mut self) -> MatrixViewMut<'_, T> {
        MatrixViewMut { ptr: self.ptr, layout: self.layout, marker: PhantomData }
    }

    /// The transpose: the same elements, nothing is moved.
    #[must_use]
    pub const fn t(self) -> MatrixViewMut<'a, T> {
        MatrixViewMut { ptr: self.ptr, layout: self.layout.t(), marker: PhantomData }
    }

    /// The address of element `(0, 0)`.
    #[must_use]
    pub const fn as_mut_ptr(&mut self) -> *mut T {
        self.ptr
    }

    /// Element `(i, j)`, or `None` outside the matrix.
    #[must_use]
    #[inline]
    pub fn get(&self, i: usize, j: usize) -> Option<&T> {
        self.view().get(i, j)
    }

    /// Element `(i, j)`, or `None` outside the matrix.
    #[must_use]
    #[inline]
    pub fn get_mut(&mut self, i: usize, j: usize) -> Option<&mut T> {
        // SAFETY: i < rows and j < cols, so the element exists (the constructors checked).
        (i < self.rows() && j < self.cols()).then(|| unsafe { &mut *self.ptr.offset(self.layout.offset(i, j)) })
    }

    /// The elements in row-major order, when that is how they lie, with no gaps.
    #[must_use]
    #[inline]
    pub fn as_slice(&self) -> Option<&[T]> {
        self.view().as_slice()
    }

    /// The elements in row-major order, when that is how they lie, with no gaps.
    ///
    /// ```
    /// let mut a = polyblas::matrix![[1, 2], [3, 4]];
    /// a.slice_mut(1.., ..).as_mut_slice().unwrap().reverse();
    /// assert_eq!(a, polyblas::matrix![[1, 2], [4, 3]]);
    /// ```
    #[must_use]
    #[inline]
    pub fn as_mut_slice(&mut self) -> Option<&mut [T]> {
        self.view_mut().into_slice()
    }

    /// The elements in row-major order, when that is how they lie, with no gaps, for as long as the view's borrow
    /// lasts.
    #[must_use]
    #[inline]
    pub fn into_slice(self) -> Option<&'a mut [T]> {
        if self.layout.is_empty() {
            return Some(&mut []);
        }
        // SAFETY: the first element is at `ptr`, each other one follows the one before it in row-major order, and the
        // view, which borrowed them exclusively, is gone.
        self.layout
            .is_contiguous()
            .then(|| unsafe { std::slice::from_raw_parts_mut(self.ptr, self.rows() * self.cols()) })
    }

    /// Row `i`, when its elements lie side by side.
    ///
    /// # Panics
    /// When there is no row `i`.
    #[track_caller]
    #[must_use]
    #[inline]
    pub fn row_slice(&self, i: usize) -> Option<&[T]> {
        self.view().row_slice(i)
    }

    /// Row `i`, when its elements lie side by side.
    ///
    /// # Panics
    /// When there is no row `i`.
    #[track_caller]
    #[must_use]
    #[inline]
    pub fn row_slice_mut(&mut self, i: usize) -> Option<&mut [T]> {
        self.row_mut(i).into_slice()
    }
}

impl<T> IndexMut<(usize, usize)> for MatrixViewMut<'_, T> {
    #[track_caller]
    #[inline]
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut T {
        let shape = self.shape();
        self.get_mut(i, j).unwrap_or_else(|| out_of_range((i, j), shape))
    }
}
