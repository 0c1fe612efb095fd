//! Products of integers whose sums lose nothing: exact ones, and those of small integers summed in `i32`.

use crate::backend::call;
use crate::dot::product_shape;
use crate::error::{CheckedError, Overflow, ShapeError};
use crate::kernel::{Integer, Widen};
use crate::matrix::Matrix;
use crate::scalar::{ElementKind, Scalar};
use crate::view::{AsView, MatrixView};

fn checked<T: Integer>(a: MatrixView<'_, T>, b: MatrixView<'_, T>) -> Result<Matrix<T>, CheckedError> {
    let (rows, cols) = product_shape(a, b)?;
    let mut out = Matrix::try_zeros(rows, cols)?;
    call::checked(a, b, out.view_mut()).map_err(|(row, col)| Overflow { row, col, kind: ElementKind::of::<T>() })?;
    Ok(out)
}

fn widen<A: Widen<B>, B: Scalar + Into<i32>>(
    a: MatrixView<'_, A>,
    b: MatrixView<'_, B>,
) -> Result<Matrix<i32>, ShapeError> {
    let (rows, cols) = product_shape(a, b)?;
    call::new(rows, cols, |c| call::widen(a, b, c))
}

macro_rules! integer_products {
    ($($owner:ty),*) => {$(
        impl<T: Integer> $owner {
            /// The exact product of two integer matrices, or the first element that does not fit.
            ///
            /// Only the final value counts: sums that leave the type's range on the way and come back are fine.
            ///
            /// # Errors
            /// [`CheckedError::Shape`] when the inner dimensions differ, [`CheckedError::Overflow`] naming the row and
            /// column of the first element (in row-major order) that does not fit.
            ///
            /// ```
            /// use polyblas::matrix;
            ///
            /// let a = matrix![[100i8], [2]];
            /// assert_eq!(a.checked_dot(&matrix![[1i8]])?, a);
            /// let error = a.checked_dot(&matrix![[1i8, 2]]).unwrap_err();
            /// assert!(error.to_string().contains("row 0, column 1 does not fit i8"));
            /// # Ok::<(), polyblas::CheckedError>(())
            /// ```
            pub fn checked_dot<V: AsView<Elem = T> + ?Sized>(&self, rhs: &V) -> Result<Matrix<T>, CheckedError> {
                checked(self.view(), rhs.as_view())
            }
        }

        impl<T: Copy> $owner {
            /// The product of two matrices of small integers, summed in `i32`: `i8 x i8`, `u8 x i8` or `i16 x i16`, as
            /// quantised networks need it. Exact as long as the sums lie within `i32`; beyond it they wrap.
            ///
            /// # Errors
            /// [`ShapeError::Inner`] when the inner dimensions differ.
            pub fn try_dot_widen<V>(&self, rhs: &V) -> Result<Matrix<i32>, ShapeError>
            where
                V: AsView<Elem: Scalar + Into<i32>> + ?Sized,
                T: Widen<V::Elem>,
            {
                widen(self.view(), rhs.as_view())
            }

            /// The product of two matrices of small integers, summed in `i32`: `i8 x i8`, `u8 x i8` or `i16 x i16`, as
            /// quantised networks need it. Exact as long as the sums lie within `i32`; beyond it they wrap.
            ///
            /// # Panics
            /// When the inner dimensions differ.
            ///
            /// ```
            /// use polyblas::matrix;
            ///
            /// let a = matrix![[100i8, 100]];
            /// assert_eq!(a.dot_widen(&a.t()), matrix![[20_000i32]]);
            /// ```
            #[track_caller]
            pub fn dot_widen<V>(&self, rhs: &V) -> Matrix<i32>
            where
                V: AsView<Elem: Scalar + Into<i32>> + ?Sized,
                T: Widen<V::Elem>,
            {
                self.try_dot_widen(rhs).unwrap_or_else(|e| panic!("{e}"))
            }
        }
    )*};
}

integer_products!(Matrix<T>, MatrixView<'_, T>);
