//! Vector operations: BLAS level 1, for `f32`, `f64` and their complex numbers, on the provider in use.
//!
//! A vector is a slice, a `Vec`, an array, or a matrix (view) of one row or one column, so `a.col(2)` is one with no
//! copy. The inner product is [`inner`](crate::inner), the rank-one update [`ger`](crate::ger).
//!
//! ```
//! use polyblas::{blas1, matrix};
//!
//! let a = matrix![[3.0, 4.0]];
//! assert_eq!(blas1::nrm2(&a.t()), 5.0);
//! ```

use crate::backend::call;
use crate::error::ShapeError;
use crate::kernel::Field;
use crate::view::{AsView, AsViewMut, MatrixView, MatrixViewMut};

/// Anything that can be read as a vector.
pub trait Vector {
    /// The element type.
    type Elem;
    /// The vector as a column.
    ///
    /// # Panics
    /// When a matrix has more than one row and more than one column.
    fn column(&self) -> MatrixView<'_, Self::Elem>;
}

/// Anything that can be written as a vector.
pub trait VectorMut: Vector {
    /// The vector as a column.
    ///
    /// # Panics
    /// When a matrix has more than one row and more than one column.
    fn column_mut(&mut self) -> MatrixViewMut<'_, Self::Elem>;
}

impl<V: AsView> Vector for V {
    type Elem = V::Elem;
    #[track_caller]
    fn column(&self) -> MatrixView<'_, V::Elem> {
        let view = self.as_view();
        if view.cols() == 1 {
            return view;
        }
        assert!(view.rows() == 1, "a {}x{} matrix is no vector: one row or one column is", view.rows(), view.cols());
        view.t()
    }
}

impl<V: AsViewMut> VectorMut for V {
    #[track_caller]
    fn column_mut(&mut self) -> MatrixViewMut<'_, V::Elem> {
        let view = self.as_view_mut();
        if view.cols() == 1 {
            return view;
        }
        assert!(view.rows() == 1, "a {}x{} matrix is no vector: one row or one column is", view.rows(), view.cols());
        view.t()
    }
}

macro_rules! slices {
    ($(($($n:tt)*) $t:ty;)*) => {$(
        impl<T, $($n)*> Vector for $t {
            type Elem = T;
            fn column(&self) -> MatrixView<'_, T> {
                MatrixView::column(self)
            }
        }

        impl<T, $($n)*> VectorMut for $t {
            fn column_mut(&mut self) -> MatrixViewMut<'_, T> {
                MatrixViewMut::column(self)
            }
        }
    )*};
}

slices! { () [T]; () Vec<T>; (const N: usize) [T; N]; }

/// The Euclidean norm, with neither overflow nor underflow on the way (BLAS `nrm2`, numpy's `linalg.norm`). Zero for an
/// empty vector.
///
/// ```
/// assert_eq!(polyblas::blas1::nrm2(&[3.0, 4.0]), 5.0);
/// assert!((polyblas::blas1::nrm2(&[3e200_f64, 4e200]) / 5e200 - 1.0).abs() < 1e-15);
/// ```
#[must_use]
#[track_caller]
pub fn nrm2<X: Vector<Elem: Field> + ?Sized>(x: &X) -> <X::Elem as Field>::Real {
    call::nrm2(x.column())
}

/// The sum of `|x|`, or of `|re| + |im|` for complex elements (BLAS `asum`).
///
/// ```
/// assert_eq!(polyblas::blas1::asum(&[3.0, -4.0]), 7.0);
/// ```
#[must_use]
#[track_caller]
pub fn asum<X: Vector<Elem: Field> + ?Sized>(x: &X) -> <X::Elem as Field>::Real {
    call::asum(x.column())
}

/// The position of the first element of largest `|x|`, or largest `|re| + |im|` (BLAS `iamax`, counted from 0). `None`
/// for an empty vector.
///
/// ```
/// assert_eq!(polyblas::blas1::iamax(&[3.0, -4.0, 4.0]), Some(1));
/// ```
#[must_use]
#[track_caller]
pub fn iamax<X: Vector<Elem: Field> + ?Sized>(x: &X) -> Option<usize> {
    call::iamax(x.column())
}

/// `x = alpha * x` (BLAS `scal`).
///
/// ```
/// let mut x = [1.0, 2.0];
/// polyblas::blas1::scal(3.0, &mut x);
/// assert_eq!(x, [3.0, 6.0]);
/// ```
#[track_caller]
pub fn scal<X: VectorMut<Elem: Field> + ?Sized>(alpha: X::Elem, x: &mut X) {
    call::scal(alpha, x.column_mut());
}

/// `y = alpha * x + y` (BLAS `axpy`).
///
/// # Errors
/// [`ShapeError::Vectors`] when the lengths differ; `y` is then as it was.
pub fn try_axpy<X, Y>(alpha: X::Elem, x: &X, y: &mut Y) -> Result<(), ShapeError>
where
    X: Vector<Elem: Field> + ?Sized,
    Y: VectorMut<Elem = X::Elem> + ?Sized,
{
    let (x, y) = (x.column(), y.column_mut());
    if x.rows() != y.rows() {
        return Err(ShapeError::Vectors { lhs: x.rows(), rhs: y.rows() });
    }
    call::axpy(alpha, x, y);
    Ok(())
}

/// `y = alpha * x + y` (BLAS `axpy`; ndarray's `scaled_add`).
///
/// # Panics
/// When the lengths differ.
///
/// ```
/// let mut y = [1.0, 1.0];
/// polyblas::blas1::axpy(2.0, &[1.0, 2.0], &mut y);
/// assert_eq!(y, [3.0, 5.0]);
/// ```
#[track_caller]
pub fn axpy<X, Y>(alpha: X::Elem, x: &X, y: &mut Y)
where
    X: Vector<Elem: Field> + ?Sized,
    Y: VectorMut<Elem = X::Elem> + ?Sized,
{
    try_axpy(alpha, x, y).unwrap_or_else(|e| panic!("{e}"));
}
