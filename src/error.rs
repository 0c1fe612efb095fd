//! What can go wrong, as types that say what was expected, what came, and how to mend it.

use thiserror::Error;

/// The shapes of the operands do not fit together.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ShapeError {
    /// `a.cols() != b.rows()`.
    #[error(
        "cannot multiply {}x{} by {}x{}: inner dimensions {} and {} differ",
        .lhs.0, .lhs.1, .rhs.0, .rhs.1, .lhs.1, .rhs.0
    )]
    Inner {
        /// Shape of the left operand.
        lhs: (usize, usize),
        /// Shape of the right operand.
        rhs: (usize, usize),
    },
    /// The output does not have the shape of the product.
    #[error("the product is {}x{} but the output is {}x{}", .expected.0, .expected.1, .found.0, .found.1)]
    Output {
        /// Shape of the product.
        expected: (usize, usize),
        /// Shape of the output that was given.
        found: (usize, usize),
    },
    /// An element-wise operation on two different shapes.
    #[error("shapes {}x{} and {}x{} differ; element-wise operations need equal shapes (or one row or one column, to broadcast)",
        .lhs.0, .lhs.1, .rhs.0, .rhs.1)]
    Elementwise {
        /// Shape of the left operand.
        lhs: (usize, usize),
        /// Shape of the right operand.
        rhs: (usize, usize),
    },
    /// A buffer whose length is not `rows * cols`.
    #[error("a {rows}x{cols} matrix needs {} elements, not {found}",
        .rows.checked_mul(*.cols).map_or_else(|| "more than usize::MAX".to_owned(), |n| n.to_string()))]
    Length {
        /// Rows asked for.
        rows: usize,
        /// Columns asked for.
        cols: usize,
        /// Length of the buffer.
        found: usize,
    },
    /// Rows of different lengths.
    #[error("row {row} has {found} elements but row 0 has {expected}")]
    Ragged {
        /// The first row that differs.
        row: usize,
        /// Length of row 0.
        expected: usize,
        /// Length of that row.
        found: usize,
    },
    /// Two vectors of different lengths.
    #[error("vectors of lengths {lhs} and {rhs} where equal lengths are needed")]
    Vectors {
        /// Length of the left vector.
        lhs: usize,
        /// Length of the right vector.
        rhs: usize,
    },
    /// A strided view that would reach outside its slice.
    #[error(
        "a {rows}x{cols} view with strides ({row_stride}, {col_stride}) reaches outside its slice of {len} elements"
    )]
    OutOfBounds {
        /// Rows of the view.
        rows: usize,
        /// Columns of the view.
        cols: usize,
        /// Elements from one row to the next.
        row_stride: isize,
        /// Elements from one column to the next.
        col_stride: isize,
        /// Elements in the slice.
        len: usize,
    },
    /// A strided view that may be written must give each element a place of its own.
    #[error(
        "two elements of a {rows}x{cols} mutable view with strides ({row_stride}, {col_stride}) may share a place; \
         one stride must be as long as all that the other reaches"
    )]
    Overlap {
        /// Rows of the view.
        rows: usize,
        /// Columns of the view.
        cols: usize,
        /// Elements from one row to the next.
        row_stride: isize,
        /// Elements from one column to the next.
        col_stride: isize,
    },
    /// A view that runs backwards, where that cannot be.
    #[error(
        "strides ({row_stride}, {col_stride}) run backwards, which this kind of view cannot; copy it with `to_matrix`"
    )]
    NegativeStride {
        /// Elements from one row to the next.
        row_stride: isize,
        /// Elements from one column to the next.
        col_stride: isize,
    },
    /// A matrix in a stack does not have the rows (columns) of the first.
    #[error("matrix {index} of the stack is {}x{}; side by side with one of {}x{} its {what} would have to be equal",
        .found.0, .found.1, .expected.0, .expected.1)]
    Stack {
        /// Position in the stack.
        index: usize,
        /// Shape of the first matrix.
        expected: (usize, usize),
        /// Shape of this one.
        found: (usize, usize),
        /// `"rows"` or `"columns"`: what has to be equal.
        what: &'static str,
    },
    /// Two lists of matrices of different lengths.
    #[error("a batch needs as many left as right operands: {lhs} and {rhs} came")]
    Batch {
        /// Left operands.
        lhs: usize,
        /// Right operands.
        rhs: usize,
    },
    /// The product in a batch at this index does not fit.
    #[error("product {index} of the batch: {source}")]
    InBatch {
        /// Position in the batch.
        index: usize,
        /// What is wrong there.
        source: Box<ShapeError>,
    },
    /// The result would have more elements than memory can be addressed with.
    #[error("a {rows}x{cols} result of {size}-byte elements cannot be addressed")]
    TooLarge {
        /// Rows of the result.
        rows: usize,
        /// Columns of the result.
        cols: usize,
        /// Bytes of one element.
        size: usize,
    },
}

/// The number of elements of a matrix that memory can hold.
pub(crate) fn addressable<T>(rows: usize, cols: usize) -> Result<usize, ShapeError> {
    let size = size_of::<T>();
    rows.checked_mul(cols)
        .filter(|len| len.checked_mul(size.max(1)).is_some_and(|bytes| isize::try_from(bytes).is_ok()))
        .ok_or(ShapeError::TooLarge { rows, cols, size })
}

/// An element of an integer product does not fit its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the exact value at row {row}, column {col} does not fit {kind}; use `dot` to wrap, or a wider type")]
pub struct Overflow {
    /// Row of the first element (in row-major order) that does not fit.
    pub row: usize,
    /// Its column.
    pub col: usize,
    /// The element type.
    pub kind: crate::ElementKind,
}

/// Why a checked product gave no result.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CheckedError {
    /// The shapes do not fit.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// An element does not fit.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}
