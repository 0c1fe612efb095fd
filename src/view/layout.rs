//! Where the elements of a view lie, apart from their address: shape, strides, and what slicing does to them.

use std::ops::{Bound, Range, RangeBounds};

/// A shape and two strides, in elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub rows: usize,
    pub cols: usize,
    pub row_stride: isize,
    pub col_stride: isize,
}

impl Layout {
    pub const fn t(self) -> Self {
        Layout { rows: self.cols, cols: self.rows, row_stride: self.col_stride, col_stride: self.row_stride }
    }

    pub const fn is_empty(self) -> bool {
        self.rows == 0 || self.cols == 0
    }

    #[inline(always)]
    pub const fn offset(self, i: usize, j: usize) -> isize {
        i as isize * self.row_stride + j as isize * self.col_stride
    }

    /// The element offsets that the shape reaches, lowest and highest; `None` where they overflow `isize`. Not for
    /// empty shapes.
    fn reach(self) -> Option<(isize, isize)> {
        let span = |n: usize, stride: isize| isize::try_from(n - 1).ok()?.checked_mul(stride);
        let (r, c) = (span(self.rows, self.row_stride)?, span(self.cols, self.col_stride)?);
        Some((r.min(0).checked_add(c.min(0))?, r.max(0).checked_add(c.max(0))?))
    }

    /// Whether every element lies in a slice of `len` elements when the first is at `offset`.
    pub fn fits(self, offset: usize, len: usize) -> bool {
        self.is_empty()
            || self.reach().zip(isize::try_from(offset).ok()).is_some_and(|((low, high), offset)| {
                offset.checked_add(low).is_some_and(|low| low >= 0)
                    && offset.checked_add(high).is_some_and(|high| high < len as isize)
            })
    }

    /// Whether the strides are known to give each element a place of its own: the longer one steps over all that the
    /// shorter one reaches. Some unusual layouts do so without fitting this rule.
    pub fn is_injective(self) -> bool {
        let steps_over = |long: isize, short: isize, n: usize| {
            short != 0 && short.unsigned_abs().checked_mul(n).is_some_and(|span| long.unsigned_abs() >= span)
        };
        match (self.rows, self.cols) {
            (0 | 1, 0 | 1) | (0, _) | (_, 0) => true,
            (1, _) => self.col_stride != 0,
            (_, 1) => self.row_stride != 0,
            (rows, cols) => {
                steps_over(self.row_stride, self.col_stride, cols) || steps_over(self.col_stride, self.row_stride, rows)
            }
        }
    }

    /// Whether the elements of a row lie side by side.
    pub const fn has_contiguous_rows(self) -> bool {
        self.col_stride == 1 || self.cols <= 1 || self.rows == 0
    }

    /// Whether all elements lie side by side in row-major order.
    pub const fn is_contiguous(self) -> bool {
        self.is_empty() || self.has_contiguous_rows() && (self.rows == 1 || self.row_stride == self.cols as isize)
    }

    /// A part of the shape, and the offset of its first element.
    #[track_caller]
    pub fn slice(self, rows: impl RangeBounds<usize>, cols: impl RangeBounds<usize>) -> (isize, Self) {
        let rows = resolve(&rows, self.rows, "rows", self);
        let cols = resolve(&cols, self.cols, "columns", self);
        let part = Layout { rows: rows.len(), cols: cols.len(), ..self };
        let offset = if part.is_empty() { 0 } else { self.offset(rows.start, cols.start) };
        (offset, part)
    }

    #[track_caller]
    #[inline]
    pub fn row(self, i: usize) -> (isize, Layout) {
        assert!(i < self.rows, "row {i} is outside a {}x{} matrix", self.rows, self.cols);
        self.slice(i..i + 1, ..)
    }

    #[track_caller]
    #[inline]
    pub fn col(self, j: usize) -> (isize, Layout) {
        assert!(j < self.cols, "column {j} is outside a {}x{} matrix", self.rows, self.cols);
        self.slice(.., j..j + 1)
    }

    /// Every `row_step`-th row and `col_step`-th column, and the offset of the first element.
    #[track_caller]
    pub fn step(self, row_step: isize, col_step: isize) -> (isize, Self) {
        assert!(row_step != 0 && col_step != 0, "a step of 0 selects nothing; use 1 for every row or column");
        let every = |n: usize, stride: isize, step: isize| {
            let count = n.div_ceil(step.unsigned_abs());
            // With one element or none the stride is never taken, and `stride * step` might overflow.
            let stride = if count > 1 { stride * step } else { stride };
            (count, stride, if step < 0 { n.saturating_sub(1) } else { 0 })
        };
        let (rows, row_stride, first_row) = every(self.rows, self.row_stride, row_step);
        let (cols, col_stride, first_col) = every(self.cols, self.col_stride, col_step);
        let part = Layout { rows, cols, row_stride, col_stride };
        let offset = if part.is_empty() { 0 } else { self.offset(first_row, first_col) };
        (offset, part)
    }
}

#[track_caller]
fn resolve(range: &impl RangeBounds<usize>, len: usize, what: &str, whole: Layout) -> Range<usize> {
    let start = match range.start_bound() {
        Bound::Included(&start) => start,
        Bound::Excluded(&before) => before.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let end = match range.end_bound() {
        Bound::Included(&last) => last.saturating_add(1),
        Bound::Excluded(&end) => end,
        Bound::Unbounded => len,
    };
    assert!(
        start <= end && end <= len,
        "{what} {start}..{end} are no part of a {}x{} matrix, whose {what} are 0..{len}",
        whole.rows,
        whole.cols
    );
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_written_is_injective() {
        let layout = |rows, cols, row_stride, col_stride| Layout { rows, cols, row_stride, col_stride };
        assert!(layout(3, 4, 4, 1).is_injective());
        assert!(layout(3, 4, -1, 3).is_injective());
        assert!(layout(1, 1, 0, 0).is_injective() && layout(0, 9, 0, 0).is_injective());
        assert!(layout(1, 4, 0, -2).is_injective());
        assert!(!layout(2, 4, 0, 1).is_injective());
        assert!(!layout(3, 4, 3, 1).is_injective());
        assert!(!layout(1, 2, 7, 0).is_injective());
        assert!(!layout(usize::MAX, 2, 1, isize::MAX).is_injective());
    }

    #[test]
    fn steps_as_large_as_they_come_do_not_overflow() {
        let whole = Layout { rows: 3, cols: 2, row_stride: isize::MAX / 2, col_stride: 1 };
        let (offset, part) = whole.step(isize::MIN, isize::MAX);
        assert_eq!((offset, part.rows, part.cols), (2 * (isize::MAX / 2), 1, 1));
    }
}
