//! `+ - * /` and negation, element by element, between matrices, views and scalars.
//!
//! Each follows the element type's own operator: integers that overflow panic in a debug build and wrap in a release
//! build, and an integer division by zero panics. Only the products of [`Dot`](crate::Dot) wrap in every build.

use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use num_complex::Complex;

use crate::matrix::Matrix;
use crate::scalar::Scalar;
use crate::view::{AsView, MatrixView, MatrixViewMut};

/// `lhs` is overwritten when the result has its shape.
#[track_caller]
fn reuse<T: Scalar>(mut lhs: Matrix<T>, rhs: MatrixView<'_, T>, f: impl Fn(T, T) -> T) -> Matrix<T> {
    match lhs.try_zip_inplace(&rhs, &f) {
        Ok(()) => lhs,
        Err(_) => lhs.zip_map(&rhs, f),
    }
}

macro_rules! element_wise {
    ($($op:ident $method:ident, $op_assign:ident $method_assign:ident;)*) => {$(
        element_wise!(@new $op $method:
            &Matrix<T>, MatrixView<'_, T>, &MatrixView<'_, T>, MatrixViewMut<'_, T>, &MatrixViewMut<'_, T>);
        element_wise!(@reuse $op $method, $op_assign $method_assign:
            Matrix<T>, &Matrix<T>, MatrixView<'_, T>, &MatrixView<'_, T>, MatrixViewMut<'_, T>, &MatrixViewMut<'_, T>);

        impl<T: Scalar> $op<T> for Matrix<T> {
            type Output = Matrix<T>;
            fn $method(mut self, rhs: T) -> Matrix<T> {
                self.map_inplace(|x| T::$method(x, rhs));
                self
            }
        }

        impl<T: Scalar> $op_assign<T> for Matrix<T> {
            fn $method_assign(&mut self, rhs: T) {
                self.map_inplace(|x| T::$method(x, rhs));
            }
        }

        impl<T: Scalar> $op_assign<T> for MatrixViewMut<'_, T> {
            fn $method_assign(&mut self, rhs: T) {
                self.map_inplace(|x| T::$method(x, rhs));
            }
        }
    )*};

    (@new $op:ident $method:ident: $($lhs:ty),*) => {$(
        element_wise!(@pair $op $method, $lhs:
            Matrix<T>, &Matrix<T>, MatrixView<'_, T>, &MatrixView<'_, T>, MatrixViewMut<'_, T>, &MatrixViewMut<'_, T>);

        impl<T: Scalar> $op<T> for $lhs {
            type Output = Matrix<T>;
            #[track_caller]
            fn $method(self, rhs: T) -> Matrix<T> {
                self.map(|x| T::$method(x, rhs))
            }
        }
    )*};

    (@pair $op:ident $method:ident, $lhs:ty: $($rhs:ty),*) => {$(
        impl<T: Scalar> $op<$rhs> for $lhs {
            type Output = Matrix<T>;
            #[track_caller]
            fn $method(self, rhs: $rhs) -> Matrix<T> {
                self.zip_map(&rhs, T::$method)
            }
        }
    )*};

    (@reuse $op:ident $method:ident, $op_assign:ident $method_assign:ident: $($rhs:ty),*) => {$(
        impl<T: Scalar> $op<$rhs> for Matrix<T> {
            type Output = Matrix<T>;
            #[track_caller]
            fn $method(self, rhs: $rhs) -> Matrix<T> {
                reuse(self, rhs.as_view(), T::$method)
            }
        }

        impl<T: Scalar> $op_assign<$rhs> for Matrix<T> {
            #[track_caller]
            fn $method_assign(&mut self, rhs: $rhs) {
                self.zip_inplace(&rhs, T::$method);
            }
        }

        impl<T: Scalar> $op_assign<$rhs> for MatrixViewMut<'_, T> {
            #[track_caller]
            fn $method_assign(&mut self, rhs: $rhs) {
                self.zip_inplace(&rhs, T::$method);
            }
        }
    )*};
}

element_wise! {
    Add add, AddAssign add_assign;
    Sub sub, SubAssign sub_assign;
    Mul mul, MulAssign mul_assign;
    Div div, DivAssign div_assign;
}

/// A scalar of a primitive type on the left: `2.0 * &a`, `1 - a`. Not generic, so without `#[inline]` each of the two
/// hundred would be compiled into the library.
macro_rules! scalars_on_the_left {
    ($($t:ty)*) => {$(
        scalars_on_the_left!(@ops $t: Add add, Sub sub, Mul mul, Div div);
    )*};
    (@ops $t:ty: $($op:ident $method:ident),*) => {$(
        impl $op<Matrix<$t>> for $t {
            type Output = Matrix<$t>;
            #[inline]
            fn $method(self, mut rhs: Matrix<$t>) -> Matrix<$t> {
                rhs.map_inplace(|x| self.$method(x));
                rhs
            }
        }

        impl $op<&Matrix<$t>> for $t {
            type Output = Matrix<$t>;
            #[inline]
            fn $method(self, rhs: &Matrix<$t>) -> Matrix<$t> {
                rhs.map(|x| self.$method(x))
            }
        }

        impl $op<MatrixView<'_, $t>> for $t {
            type Output = Matrix<$t>;
            #[inline]
            #[track_caller]
            fn $method(self, rhs: MatrixView<'_, $t>) -> Matrix<$t> {
                rhs.map(|x| self.$method(x))
            }
        }
    )*};
}

scalars_on_the_left!(f32 f64 Complex<f32> Complex<f64> i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

impl<T: Copy + Neg<Output = T>> Neg for Matrix<T> {
    type Output = Matrix<T>;
    fn neg(mut self) -> Matrix<T> {
        self.map_inplace(T::neg);
        self
    }
}

macro_rules! negation {
    ($($owner:ty),*) => {$(
        impl<T: Copy + Neg<Output = T>> Neg for $owner {
            type Output = Matrix<T>;
            #[track_caller]
            fn neg(self) -> Matrix<T> {
                self.map(T::neg)
            }
        }
    )*};
}

negation!(&Matrix<T>, MatrixView<'_, T>, &MatrixView<'_, T>, &MatrixViewMut<'_, T>);
