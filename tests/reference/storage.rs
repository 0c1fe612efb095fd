//! Matrices laid out in memory in every way that a view can be.

use polyblas::{MatrixView, MatrixViewMut};

use super::Rng;
use super::element::{Element, Magnitude};

/// How a matrix lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    Rows,
    Columns,
    PaddedRows,
    PaddedColumns,
    /// No stride is 1.
    Stepped,
    SteppedColumns,
    ReversedRows,
    ReversedColumns,
    /// Both strides are negative, and neither is -1.
    ReversedStepped,
    /// Every row is the same memory.
    SameRow,
    /// Every column is the same memory.
    SameColumn,
    /// Every element is the same memory.
    OneElement,
}

impl Layout {
    /// The layouts in which each element has a place of its own.
    pub const WRITABLE: [Layout; 9] = [
        Layout::Rows,
        Layout::Columns,
        Layout::PaddedRows,
        Layout::PaddedColumns,
        Layout::Stepped,
        Layout::SteppedColumns,
        Layout::ReversedRows,
        Layout::ReversedColumns,
        Layout::ReversedStepped,
    ];

    /// The two strides.
    fn strides(self, rows: usize, cols: usize) -> (isize, isize) {
        let (rows, cols) = (rows as isize, cols as isize);
        match self {
            Layout::Rows => (cols, 1),
            Layout::Columns => (1, rows),
            Layout::PaddedRows => (cols + 3, 1),
            Layout::PaddedColumns => (1, rows + 5),
            Layout::Stepped => (2 * cols + 1, 2),
            Layout::SteppedColumns => (3, 3 * rows + 2),
            Layout::ReversedRows => (-cols, 1),
            Layout::ReversedColumns => (cols, -1),
            Layout::ReversedStepped => (-2, -(2 * rows + 1)),
            Layout::SameRow => (0, 1),
            Layout::SameColumn => (1, 0),
            Layout::OneElement => (0, 0),
        }
    }
}

/// A matrix within a longer buffer, the rest of which is filled with [`Element::guard`].
#[derive(Clone, Debug)]
pub struct Stored<T> {
    pub data: Vec<T>,
    pub rows: usize,
    pub cols: usize,
    offset: usize,
    row_stride: isize,
    col_stride: isize,
}

impl<T: Element> Stored<T> {
    pub fn draw(rows: usize, cols: usize, layout: Layout, magnitude: Magnitude, rng: &mut Rng) -> Self {
        let (row_stride, col_stride) = layout.strides(rows, cols);
        let span = |n: usize, stride: isize| n.saturating_sub(1) as isize * stride;
        let (r, c) = (span(rows, row_stride), span(cols, col_stride));
        let (low, high) = (r.min(0) + c.min(0), r.max(0) + c.max(0));
        // A margin that leaves the first element at various alignments.
        let margin = rng.below(9) as usize;
        let offset = margin + low.unsigned_abs();
        let data = vec![T::guard(); offset + high as usize + 1 + margin];
        let mut stored = Stored { data, rows, cols, offset, row_stride, col_stride };
        for i in 0..rows {
            for j in 0..cols {
                let index = stored.index(i, j);
                stored.data[index] = T::draw(rng, magnitude);
            }
        }
        stored
    }

    fn index(&self, i: usize, j: usize) -> usize {
        (self.offset as isize + i as isize * self.row_stride + j as isize * self.col_stride) as usize
    }

    pub fn at(&self, i: usize, j: usize) -> T {
        self.data[self.index(i, j)]
    }

    pub fn view(&self) -> MatrixView<'_, T> {
        MatrixView::with_strides(self.rows, self.cols, &self.data, self.offset, self.row_stride, self.col_stride)
            .expect("the buffer was made for this view")
    }

    pub fn view_mut(&mut self) -> MatrixViewMut<'_, T> {
        let Stored { rows, cols, offset, row_stride, col_stride, .. } = *self;
        MatrixViewMut::with_strides(rows, cols, &mut self.data, offset, row_stride, col_stride)
            .expect("outputs have a layout of `Layout::WRITABLE`")
    }

    /// The transpose of the same memory.
    pub fn transposed(&self) -> Self {
        let (row_stride, col_stride) = (self.col_stride, self.row_stride);
        Stored { rows: self.cols, cols: self.rows, row_stride, col_stride, ..self.clone() }
    }

    /// The largest square at the top left of the same memory.
    pub fn square(&self) -> Self {
        let order = self.rows.min(self.cols);
        Stored { rows: order, cols: order, ..self.clone() }
    }

    /// An error where an element outside the view differs from `before`.
    pub fn same_outside(&self, before: &Self) -> Result<(), String> {
        let mut inside = vec![false; self.data.len()];
        for i in 0..self.rows {
            for j in 0..self.cols {
                inside[self.index(i, j)] = true;
            }
        }
        match (0..self.data.len()).find(|&at| !inside[at] && !self.data[at].same(before.data[at])) {
            None => Ok(()),
            Some(at) => Err(format!("buffer element {at}, outside the view, became {:?}", self.data[at])),
        }
    }

    /// The matrix with each element conjugated where `conj`, as the sum of products reads it.
    pub fn read(&self, conj: bool, i: usize, j: usize) -> T {
        let value = self.at(i, j);
        if conj { value.conjugate() } else { value }
    }
}
