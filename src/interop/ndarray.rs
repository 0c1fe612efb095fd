//! ndarray's two-dimensional arrays: every one of them is an operand, and views convert both ways without a copy.
//!
//! ```
//! use ndarray::{Array2, array, s};
//!
//! let a = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
//! let view = a.slice(s![.., ..;-2]);
//!
//! // Views in, an Array2 out; no operand is copied.
//! let product: Array2<f64> = polyblas::interop::ndarray::dot(&view, &view.t());
//! assert_eq!(product, array![[10.0, 22.0], [22.0, 52.0]]);
//! ```
//!
//! ndarray's arrays have a method `dot` of their own, which wins; name the trait to get this crate's:
//!
//! ```
//! use ndarray::{Array2, array};
//! use polyblas::{Dot, MatrixView, MatrixViewMut, gemm};
//!
//! let a = array![[1, 2], [3, 4]];
//! let product = Dot::dot(&a, &a.t());
//! assert_eq!(Array2::from(product), array![[5, 11], [11, 25]]);
//!
//! let mut out = Array2::zeros((2, 2));
//! gemm(2, &a.view(), &MatrixView::from(a.t()), 0, &mut out);
//! assert_eq!(out, array![[10, 22], [22, 50]]);
//! MatrixViewMut::from(out.view_mut()).row_mut(0).fill(0);
//! assert_eq!(out, array![[0, 0], [22, 50]]);
//! ```

use ::ndarray::{Array2, ArrayBase, ArrayRef, ArrayView2, ArrayViewMut2, Axis, Data, DataMut, Ix2, ShapeBuilder};

use crate::dot::{Dot, Operand};
use crate::matrix::Matrix;
use crate::scalar::Scalar;
use crate::view::{AsView, AsViewMut, MatrixView, MatrixViewMut};

/// The product of two matrices, as an ndarray array. The operands may be this crate's or ndarray's, and are not copied.
///
/// # Panics
/// When the inner dimensions differ.
///
/// ```
/// use ndarray::{arr2, s};
///
/// let a = arr2(&[[1, 2], [3, 4], [5, 6]]);
/// let product = polyblas::interop::ndarray::dot(&a.slice(s![..;2, ..]).t(), &a.slice(s![1.., ..]));
/// assert_eq!(product, arr2(&[[28, 34], [36, 44]]));
/// ```
#[track_caller]
pub fn dot<A, B>(a: &A, b: &B) -> Array2<A::Elem>
where
    A: Operand<Elem: Scalar>,
    B: Operand<Elem = A::Elem>,
{
    a.dot(b).into()
}

impl<'a, T> From<ArrayView2<'a, T>> for MatrixView<'a, T> {
    /// The same elements; nothing is copied.
    fn from(array: ArrayView2<'a, T>) -> Self {
        let ((rows, cols), strides) = (array.dim(), [array.strides()[0], array.strides()[1]]);
        // SAFETY: an ndarray view's shape and strides name elements that live for 'a, at offsets that fit `isize`.
        unsafe { MatrixView::from_raw_parts(array.as_ptr(), rows, cols, strides[0], strides[1]) }
    }
}

impl<'a, T> From<ArrayViewMut2<'a, T>> for MatrixViewMut<'a, T> {
    /// The same elements; nothing is copied.
    fn from(mut array: ArrayViewMut2<'a, T>) -> Self {
        let ((rows, cols), strides) = (array.dim(), [array.strides()[0], array.strides()[1]]);
        // SAFETY: as for the read-only view; ndarray keeps the places of a mutable view's elements apart, and `array`,
        // which borrowed them exclusively, ends here.
        unsafe { MatrixViewMut::from_raw_parts(array.as_mut_ptr(), rows, cols, strides[0], strides[1]) }
    }
}

/// What ndarray's constructors ask for, which take no negative strides: strides, the way from the first element to the
/// one at the lowest address, and the axes along which the view runs backwards.
struct Ascending {
    strides: (usize, usize),
    to_lowest: isize,
    backwards: [bool; 2],
}

impl Ascending {
    fn of((rows, cols): (usize, usize), row_stride: isize, col_stride: isize) -> Self {
        if rows == 0 || cols == 0 {
            return Ascending { strides: (cols, 1), to_lowest: 0, backwards: [false; 2] };
        }
        let elements = rows.checked_mul(cols).filter(|&n| isize::try_from(n).is_ok());
        assert!(elements.is_some(), "a {rows}x{cols} view has more elements than an ndarray view may have");
        let axis = |n: usize, stride: isize| if n == 1 { 0 } else { stride };
        let (row, col) = (axis(rows, row_stride), axis(cols, col_stride));
        Ascending {
            strides: (row.unsigned_abs(), col.unsigned_abs()),
            to_lowest: row.min(0) * (rows - 1) as isize + col.min(0) * (cols - 1) as isize,
            backwards: [row < 0, col < 0],
        }
    }

    fn restore<S: ::ndarray::RawData>(&self, array: &mut ArrayBase<S, Ix2>) {
        for (axis, _) in self.backwards.iter().enumerate().filter(|(_, backwards)| **backwards) {
            array.invert_axis(Axis(axis));
        }
    }
}

impl<'a, T> From<MatrixView<'a, T>> for ArrayView2<'a, T> {
    /// The same elements; nothing is copied.
    ///
    /// # Panics
    /// When there are more than `isize::MAX` elements, as a stride of zero makes possible.
    fn from(view: MatrixView<'a, T>) -> Self {
        let ascending = Ascending::of(view.shape(), view.row_stride(), view.col_stride());
        let shape = view.shape().strides(ascending.strides);
        // SAFETY: the elements live for 'a; the pointer moves to the view's element of the lowest address, from where
        // the strides' absolute values reach just the same elements; their number was checked.
        let mut array = unsafe { ArrayView2::from_shape_ptr(shape, view.as_ptr().offset(ascending.to_lowest)) };
        ascending.restore(&mut array);
        array
    }
}

impl<'a, T> From<MatrixViewMut<'a, T>> for ArrayViewMut2<'a, T> {
    /// The same elements; nothing is copied.
    ///
    /// # Panics
    /// When rows and columns interleave, as they can in a view made from raw parts: ndarray takes only views in which
    /// one stride is at least as long as all that the other one reaches.
    fn from(mut view: MatrixViewMut<'a, T>) -> Self {
        assert!(view.is_nested(), "rows and columns interleave; ndarray has no mutable view of that kind");
        let ascending = Ascending::of(view.shape(), view.row_stride(), view.col_stride());
        let shape = view.shape().strides(ascending.strides);
        // SAFETY: as for the read-only view; no two elements share a place, and `view`, which borrowed them
        // exclusively, ends here.
        let mut array = unsafe { ArrayViewMut2::from_shape_ptr(shape, view.as_mut_ptr().offset(ascending.to_lowest)) };
        ascending.restore(&mut array);
        array
    }
}

impl<S: Data> AsView for ArrayBase<S, Ix2> {
    type Elem = S::Elem;
    fn as_view(&self) -> MatrixView<'_, S::Elem> {
        self.view().into()
    }
}

impl<S: DataMut> AsViewMut for ArrayBase<S, Ix2> {
    fn as_view_mut(&mut self) -> MatrixViewMut<'_, S::Elem> {
        self.view_mut().into()
    }
}

impl<T> AsView for ArrayRef<T, Ix2> {
    type Elem = T;
    fn as_view(&self) -> MatrixView<'_, T> {
        self.view().into()
    }
}

impl<T> AsViewMut for ArrayRef<T, Ix2> {
    fn as_view_mut(&mut self) -> MatrixViewMut<'_, T> {
        self.view_mut().into()
    }
}

impl<T> From<Matrix<T>> for Array2<T> {
    /// The matrix's buffer becomes the array's; nothing is copied.
    fn from(matrix: Matrix<T>) -> Self {
        let shape = matrix.shape();
        Array2::from_shape_vec(shape, matrix.into_vec())
            .unwrap_or_else(|e| panic!("a {}x{} matrix is no ndarray array: {e}", shape.0, shape.1))
    }
}

impl<T: Clone> From<Array2<T>> for Matrix<T> {
    /// The array's buffer becomes the matrix's if the array is in standard (row-major) layout and all of the buffer;
    /// else its elements are copied.
    fn from(array: Array2<T>) -> Self {
        let (rows, cols) = array.dim();
        if !array.is_standard_layout() {
            return array.as_view().to_matrix();
        }
        let (data, offset) = array.into_raw_vec_and_offset();
        if data.len() == rows * cols {
            return Matrix::from_vec(rows, cols, data);
        }
        let first = offset.unwrap_or(0);
        Matrix::from_slice(rows, cols, &data[first..first + rows * cols])
    }
}
