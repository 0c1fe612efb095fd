//! Functions of every element, with a result of its own, over an existing one, or in place.

use num_traits::AsPrimitive;

use super::traverse::{self, broadcast_shape};
use crate::error::ShapeError;
use crate::matrix::Matrix;
use crate::view::{AsView, AsViewMut, MatrixView, MatrixViewMut};

fn zip_map<A, B, C>(
    a: MatrixView<'_, A>,
    b: MatrixView<'_, B>,
    f: impl FnMut(&A, &B) -> C,
) -> Result<Matrix<C>, ShapeError> {
    let (rows, cols) = broadcast_shape(a.shape(), b.shape())?;
    let data = traverse::zip_map(a.broadcast(rows, cols)?, b.broadcast(rows, cols)?, f);
    Matrix::try_from_vec(rows, cols, data)
}

fn zip_map_into<A: Copy, B: Copy, C>(
    a: MatrixView<'_, A>,
    b: MatrixView<'_, B>,
    out: MatrixViewMut<'_, C>,
    mut f: impl FnMut(A, B) -> C,
) -> Result<(), ShapeError> {
    let (rows, cols) = broadcast_shape(a.shape(), b.shape())?;
    if out.shape() != (rows, cols) {
        return Err(ShapeError::Output { expected: (rows, cols), found: out.shape() });
    }
    let (a, b) = (a.broadcast(rows, cols)?, b.broadcast(rows, cols)?);
    traverse::zip_into(out, a, b, |out, x, y| *out = f(*x, *y));
    Ok(())
}

macro_rules! reading_maps {
    ($($owner:ty),*) => {$(
        impl<T: Copy> $owner {
            /// The matrix of `f(x)` for every element `x`, called row after row.
            ///
            /// ```
            /// let a = polyblas::matrix![[0.0, 4.0], [9.0, 16.0]];
            /// assert_eq!(a.map(f64::sqrt), polyblas::matrix![[0.0, 2.0], [3.0, 4.0]]);
            /// ```
            #[track_caller]
            #[must_use]
            pub fn map<U>(&self, mut f: impl FnMut(T) -> U) -> Matrix<U> {
                let (rows, cols) = self.shape();
                Matrix::from_vec(rows, cols, traverse::map(self.view(), |x| f(*x)))
            }

            /// `f(x)` for every element `x`, written over `out`, which is not read. Nothing is allocated; the order of
            /// the calls is not promised.
            ///
            /// # Panics
            /// When the shapes differ.
            ///
            /// ```
            /// let a = polyblas::matrix![[1.0f64, -2.0]];
            /// let mut relu = polyblas::Matrix::zeros(1, 2);
            /// a.map_into(&mut relu, |x| x.max(0.0));
            /// assert_eq!(relu, polyblas::matrix![[1.0, 0.0]]);
            /// ```
            #[track_caller]
            pub fn map_into<O: AsViewMut + ?Sized>(&self, out: &mut O, mut f: impl FnMut(T) -> O::Elem) {
                let out = out.as_view_mut();
                assert!(
                    out.shape() == self.shape(),
                    "{}",
                    ShapeError::Elementwise { lhs: self.shape(), rhs: out.shape() }
                );
                traverse::zip_each(out, self.view(), |out, x| *out = f(*x));
            }

            /// The matrix of `f(x, y)` for every element `x` and its partner `y` in `rhs`, called row after row. One
            /// row (column) on either side stands for as many as the other side has.
            ///
            /// # Errors
            /// [`ShapeError::Elementwise`] when the shapes do not fit.
            pub fn try_zip_map<V, U>(
                &self,
                rhs: &V,
                mut f: impl FnMut(T, V::Elem) -> U,
            ) -> Result<Matrix<U>, ShapeError>
            where
                V: AsView<Elem: Copy> + ?Sized,
            {
                zip_map(self.view(), rhs.as_view(), |x, y| f(*x, *y))
            }

            /// The matrix of `f(x, y)` for every element `x` and its partner `y` in `rhs`, called row after row. One
            /// row (column) on either side stands for as many as the other side has.
            ///
            /// # Panics
            /// When the shapes do not fit.
            ///
            /// ```
            /// use polyblas::matrix;
            ///
            /// let a = matrix![[3, 1], [4, 1]];
            /// assert_eq!(a.zip_map(&matrix![[1, 5], [9, 2]], i32::max), matrix![[3, 5], [9, 2]]);
            /// assert_eq!(a.zip_map(&matrix![[3, 2]], |x, y| x > y), matrix![[false, false], [true, false]]);
            /// ```
            #[track_caller]
            #[must_use]
            pub fn zip_map<V, U>(&self, rhs: &V, f: impl FnMut(T, V::Elem) -> U) -> Matrix<U>
            where
                V: AsView<Elem: Copy> + ?Sized,
            {
                self.try_zip_map(rhs, f).unwrap_or_else(|e| panic!("{e}"))
            }

            /// `f(x, y)` for every element `x` and its partner `y` in `rhs`, written over `out`, which is not read. One
            /// row (column) stands for as many as the other operand has. Nothing is allocated; the order of the calls
            /// is not promised.
            ///
            /// # Panics
            /// When the shapes do not fit.
            ///
            /// ```
            /// use polyblas::{Matrix, matrix};
            ///
            /// let (output, target) = (matrix![[0.5, 0.75]], matrix![[0.0, 1.0]]);
            /// let mut delta = Matrix::zeros(1, 2);
            /// output.zip_map_into(&target, &mut delta, |o, t| (o - t) * o * (1.0 - o));
            /// assert_eq!(delta, matrix![[0.125, -0.046875]]);
            /// ```
            #[track_caller]
            pub fn zip_map_into<V, O>(&self, rhs: &V, out: &mut O, f: impl FnMut(T, V::Elem) -> O::Elem)
            where
                V: AsView<Elem: Copy> + ?Sized,
                O: AsViewMut + ?Sized,
            {
                zip_map_into(self.view(), rhs.as_view(), out.as_view_mut(), f).unwrap_or_else(|e| panic!("{e}"));
            }

            /// Every element as a `U`, as `as` converts: numpy's `astype`.
            ///
            /// ```
            /// let a = polyblas::matrix![[1.9, -1.0], [300.0, f64::NAN]];
            /// assert_eq!(a.cast::<u8>(), polyblas::matrix![[1, 0], [255, 0]]);
            /// ```
            #[track_caller]
            #[must_use]
            pub fn cast<U: Copy + 'static>(&self) -> Matrix<U>
            where
                T: AsPrimitive<U>,
            {
                self.map(T::as_)
            }
        }

        impl<T: Clone> $owner {
            /// A matrix of the same elements, row-major whatever the view's strides are.
            ///
            /// # Panics
            /// When so many elements cannot be addressed (a stride of zero can ask for them).
            ///
            /// ```
            /// let a = polyblas::matrix![[1, 2], [3, 4]];
            /// assert_eq!(a.t().to_matrix().into_vec(), [1, 3, 2, 4]);
            /// ```
            #[track_caller]
            #[must_use]
            pub fn to_matrix(&self) -> Matrix<T> {
                let view = self.view();
                let (rows, cols) = view.shape();
                match view.get(0, 0) {
                    Some(first) if traverse::is_crosswise(view) => {
                        let mut out = Matrix::full(rows, cols, first.clone());
                        out.assign(&view);
                        out
                    }
                    _ => Matrix::from_vec(rows, cols, traverse::map(view, T::clone)),
                }
            }
        }
    )*};
}

reading_maps!(Matrix<T>, MatrixView<'_, T>, MatrixViewMut<'_, T>);

macro_rules! to_owned {
    ($($owner:ty),*) => {$(
        impl<T: Clone> $owner {
            /// [`to_matrix`](Self::to_matrix), by the name that ndarray gives it.
            #[track_caller]
            #[must_use]
            pub fn to_owned(&self) -> Matrix<T> {
                self.to_matrix()
            }
        }
    )*};
}

to_owned!(MatrixView<'_, T>, MatrixViewMut<'_, T>);

impl<T: Clone> From<MatrixView<'_, T>> for Matrix<T> {
    fn from(view: MatrixView<'_, T>) -> Self {
        view.to_matrix()
    }
}

macro_rules! writing_maps {
    ($($owner:ty),*) => {$(
        impl<T: Copy> $owner {
            /// Puts `f(x)` in the place of every element `x`, in no promised order.
            ///
            /// ```
            /// let mut a = polyblas::matrix![[1, -2]];
            /// a.map_inplace(i32::abs);
            /// assert_eq!(a, polyblas::matrix![[1, 2]]);
            /// ```
            pub fn map_inplace(&mut self, mut f: impl FnMut(T) -> T) {
                traverse::for_each(self.view_mut(), |x| *x = f(*x));
            }

            /// Puts `f(x, y)` in the place of every element `x` that has the partner `y` in `rhs`, in no promised
            /// order. One row (column) of `rhs` stands for as many as `self` has.
            ///
            /// # Errors
            /// [`ShapeError::Elementwise`] when the shapes do not fit; nothing is changed then.
            pub fn try_zip_inplace<V>(&mut self, rhs: &V, mut f: impl FnMut(T, V::Elem) -> T) -> Result<(), ShapeError>
            where
                V: AsView<Elem: Copy> + ?Sized,
            {
                let (rows, cols) = self.shape();
                traverse::zip_each(self.view_mut(), rhs.as_view().broadcast(rows, cols)?, |x, y| *x = f(*x, *y));
                Ok(())
            }

            /// Puts `f(x, y)` in the place of every element `x` that has the partner `y` in `rhs`, in no promised
            /// order. One row (column) of `rhs` stands for as many as `self` has.
            ///
            /// # Panics
            /// When the shapes do not fit.
            ///
            /// ```
            /// use polyblas::matrix;
            ///
            /// let (mut weights, gradient) = (matrix![[1.0, 2.0]], matrix![[4.0, -8.0]]);
            /// weights.zip_inplace(&gradient, |w, g| w - 0.25 * g);
            /// assert_eq!(weights, matrix![[0.0, 4.0]]);
            /// ```
            #[track_caller]
            pub fn zip_inplace<V>(&mut self, rhs: &V, f: impl FnMut(T, V::Elem) -> T)
            where
                V: AsView<Elem: Copy> + ?Sized,
            {
                self.try_zip_inplace(rhs, f).unwrap_or_else(|e| panic!("{e}"));
            }
        }

        impl<T: Clone> $owner {
            /// Sets every element to `value`.
            ///
            /// ```
            /// let mut a = polyblas::Matrix::zeros(2, 3);
            /// a.col_mut(1).fill(7);
            /// assert_eq!(a, polyblas::matrix![[0, 7, 0], [0, 7, 0]]);
            /// ```
            pub fn fill(&mut self, value: T) {
                traverse::for_each(self.view_mut(), |x| x.clone_from(&value));
            }

            /// Copies the elements of `rhs`. One row (column) of `rhs` stands for as many as `self` has.
            ///
            /// # Errors
            /// [`ShapeError::Elementwise`] when the shapes do not fit; nothing is changed then.
            pub fn try_assign<V: AsView<Elem = T> + ?Sized>(&mut self, rhs: &V) -> Result<(), ShapeError> {
                let (rows, cols) = self.shape();
                traverse::zip_each(self.view_mut(), rhs.as_view().broadcast(rows, cols)?, |x, y| x.clone_from(y));
                Ok(())
            }

            /// Copies the elements of `rhs`. One row (column) of `rhs` stands for as many as `self` has.
            ///
            /// # Panics
            /// When the shapes do not fit.
            ///
            /// ```
            /// use polyblas::{Matrix, matrix};
            ///
            /// let mut a = Matrix::zeros(2, 2);
            /// a.assign(&matrix![[1, 2]]);
            /// assert_eq!(a, matrix![[1, 2], [1, 2]]);
            /// ```
            #[track_caller]
            pub fn assign<V: AsView<Elem = T> + ?Sized>(&mut self, rhs: &V) {
                self.try_assign(rhs).unwrap_or_else(|e| panic!("{e}"));
            }
        }
    )*};
}

writing_maps!(Matrix<T>, MatrixViewMut<'_, T>);
