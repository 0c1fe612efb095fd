//! The one router: looks at shapes, picks inner product, `gemv`, `syrk` or `gemm`, and calls the backend.

use num_traits::{One, Zero};

use crate::backend::call::{self, Side, Written};
use crate::error::ShapeError;
use crate::matrix::Matrix;
use crate::scalar::{ElementKind, Scalar};
use crate::view::{AsView, AsViewMut, MatrixView, MatrixViewMut};

/// A matrix seen with each element conjugated, as an operand of a product: from [`MatrixView::conj`] and
/// [`MatrixView::h`].
#[derive(Clone, Copy, Debug)]
pub struct Conj<'a, T>(MatrixView<'a, T>);

impl<'a, T> Conj<'a, T> {
    /// The transpose; the elements stay conjugated.
    #[must_use]
    pub fn t(self) -> Self {
        Conj(self.0.t())
    }

    /// Undoes the conjugation.
    #[must_use]
    pub fn conj(self) -> MatrixView<'a, T> {
        self.0
    }
}

impl<'a, T> MatrixView<'a, T> {
    /// The same matrix with each element conjugated, as an operand of a product; nothing is copied.
    ///
    /// `Complex<f32>` and `Complex<f64>` are conjugated. Every other element counts as its own conjugate: real numbers
    /// are, and polyblas knows of no conjugation for other types.
    #[must_use]
    pub fn conj(self) -> Conj<'a, T> {
        Conj(self)
    }

    /// The conjugate transpose (Hermitian adjoint), as an operand of a product; nothing is copied.
    ///
    /// ```
    /// use num_complex::Complex;
    /// use polyblas::{Dot, matrix};
    ///
    /// let a = matrix![[Complex::new(0.0, 2.0)]];
    /// assert_eq!(a.h().dot(&a)[(0, 0)], Complex::new(4.0, 0.0));
    /// ```
    #[must_use]
    pub fn h(self) -> Conj<'a, T> {
        Conj(self.t())
    }
}

impl<T> Matrix<T> {
    /// See [`MatrixView::conj`].
    #[must_use]
    pub fn conj(&self) -> Conj<'_, T> {
        self.view().conj()
    }

    /// See [`MatrixView::h`].
    #[must_use]
    pub fn h(&self) -> Conj<'_, T> {
        self.view().h()
    }
}

/// Anything that can stand in a product: every [`AsView`], and [`Conj`].
pub trait Operand {
    /// The element type.
    type Elem;
    /// The matrix, and whether its elements are to be conjugated as they are read.
    fn operand(&self) -> (MatrixView<'_, Self::Elem>, bool);
}

impl<V: AsView> Operand for V {
    type Elem = V::Elem;
    fn operand(&self) -> (MatrixView<'_, V::Elem>, bool) {
        (self.as_view(), false)
    }
}

impl<T> Operand for Conj<'_, T> {
    type Elem = T;
    fn operand(&self) -> (MatrixView<'_, T>, bool) {
        (self.0, true)
    }
}

impl<T> Operand for &Conj<'_, T> {
    type Elem = T;
    fn operand(&self) -> (MatrixView<'_, T>, bool) {
        (self.0, true)
    }
}

/// Where a product may be written: a matrix, a mutable view, or (for products with a vector) a slice.
pub trait DotTarget<T> {
    /// The place, as a matrix; a slice is a column.
    fn target(&mut self) -> MatrixViewMut<'_, T>;
}

impl<V: AsViewMut> DotTarget<V::Elem> for V {
    fn target(&mut self) -> MatrixViewMut<'_, V::Elem> {
        self.as_view_mut()
    }
}

impl<T> DotTarget<T> for [T] {
    fn target(&mut self) -> MatrixViewMut<'_, T> {
        MatrixViewMut::column(self)
    }
}

impl<T> DotTarget<T> for Vec<T> {
    fn target(&mut self) -> MatrixViewMut<'_, T> {
        MatrixViewMut::column(self)
    }
}

impl<T, const N: usize> DotTarget<T> for [T; N] {
    fn target(&mut self) -> MatrixViewMut<'_, T> {
        MatrixViewMut::column(self)
    }
}

/// The shape of the product.
#[inline(always)]
pub(crate) fn product_shape<A, B>(a: MatrixView<'_, A>, b: MatrixView<'_, B>) -> Result<(usize, usize), ShapeError> {
    let (lhs, rhs) = (a.shape(), b.shape());
    if lhs.1 != rhs.0 {
        return Err(ShapeError::Inner { lhs, rhs });
    }
    Ok((lhs.0, rhs.1))
}

/// Whether `b` is `a` transposed in place: `Some(hermitian)` if so.
fn as_syrk<T: Scalar>(a: &Side<'_, T>, b: &Side<'_, T>) -> Option<bool> {
    let same = a.0.as_ptr() == b.0.as_ptr()
        && a.0.shape() == b.0.t().shape()
        && a.0.row_stride() == b.0.col_stride()
        && a.0.col_stride() == b.0.row_stride();
    let complex = matches!(ElementKind::of::<T>(), ElementKind::C32 | ElementKind::C64);
    same.then_some(complex && a.1 != b.1)
}

/// `c = alpha * a * b + beta * c`; the shapes fit.
///
/// An element type that is not known may have a product that does not commute, so it takes the one route that keeps
/// the order of its factors.
#[inline(always)]
fn route<T: Scalar>(alpha: T, a: Side<'_, T>, b: Side<'_, T>, beta: T, c: MatrixViewMut<'_, T>) -> Written {
    // What most products are, told with few instructions where the call is written.
    if c.rows() > 1 && c.cols() > 1 && a.0.as_ptr() != b.0.as_ptr() {
        return call::gemm(alpha, a, b, beta, c);
    }
    by_shape(alpha, a, b, beta, c)
}

#[inline(never)]
fn by_shape<T: Scalar>(alpha: T, a: Side<'_, T>, b: Side<'_, T>, beta: T, c: MatrixViewMut<'_, T>) -> Written {
    let overwrite = beta == T::zero();
    let known = ElementKind::of::<T>() != ElementKind::Other;
    let with_itself = as_syrk(&a, &b);
    match c.shape() {
        (1, 1) if known && overwrite && alpha == T::one() => match with_itself {
            // A library's `dotc` may leave a rounding error where the number is real; `herk` is real by definition.
            Some(true) => call::syrk(alpha, a, true, c),
            _ => call::inner_into(a, b, c),
        },
        (_, 1) if known => call::gemv(alpha, a, b, beta, c),
        (1, _) if known => call::gemv(alpha, (b.0.t(), b.1), (a.0.t(), a.1), beta, c.t()),
        _ => match with_itself {
            // A Hermitian product is no longer Hermitian once a complex `alpha` scales it.
            Some(hermitian) if known && overwrite && (!hermitian || alpha == T::one()) => {
                call::syrk(alpha, a, hermitian, c)
            }
            _ => call::gemm(alpha, a, b, beta, c),
        },
    }
}

#[inline(always)]
fn try_into<T: Scalar>(
    alpha: T,
    a: Side<'_, T>,
    b: Side<'_, T>,
    beta: T,
    c: MatrixViewMut<'_, T>,
) -> Result<(), ShapeError> {
    let expected = product_shape(a.0, b.0)?;
    if c.shape() != expected {
        return Err(ShapeError::Output { expected, found: c.shape() });
    }
    let Written { .. } = route(alpha, a, b, beta, c);
    Ok(())
}

#[inline(always)]
fn try_new<T: Scalar>(a: Side<'_, T>, b: Side<'_, T>) -> Result<Matrix<T>, ShapeError> {
    let (rows, cols) = product_shape(a.0, b.0)?;
    call::new(rows, cols, |c| route(T::one(), a, b, T::zero(), c))
}

/// The product in [`room`](call::room) for it.
pub(crate) fn try_new_in<T: Scalar>(a: Side<'_, T>, b: Side<'_, T>, room: Vec<T>) -> Result<Matrix<T>, ShapeError> {
    let (rows, cols) = product_shape(a.0, b.0)?;
    call::new_in(room, rows, cols, |c| route(T::one(), a, b, T::zero(), c))
}

/// A vector as a column.
fn column_of<T>(x: &[T]) -> Side<'_, T> {
    (MatrixView::column(x), false)
}

/// The matrix product, as numpy's `dot` and ndarray's `Dot`.
///
/// | left | right | result |
/// |---|---|---|
/// | matrix `m x k` | matrix `k x n` | `Matrix<T>`, `m x n` |
/// | matrix `m x k` | vector of `k` | `Vec<T>` of `m` |
/// | vector of `k` | matrix `k x n` | `Vec<T>` of `n` |
/// | vector of `k` | vector of `k` | `T` |
///
/// A matrix is a [`Matrix`], a [`MatrixView`], a [`MatrixViewMut`], or a [`Conj`]; a vector is a slice, a `Vec` or an
/// array. Integers wrap in every build profile. Nothing is conjugated unless [`MatrixView::conj`] or
/// [`MatrixView::h`] says so.
///
/// ```
/// use polyblas::{Dot, Matrix, matrix};
///
/// let a = matrix![[1.0, 2.0], [3.0, 4.0]];
/// let y: Vec<f64> = a.dot(&[1.0, 1.0]);
/// assert_eq!(y, [3.0, 7.0]);
///
/// let mut out = Matrix::zeros(2, 2);
/// a.dot_into(&a.t(), &mut out);
/// assert_eq!(out, matrix![[5.0, 11.0], [11.0, 25.0]]);
///
/// let error = a.try_dot(&matrix![[1.0, 2.0]]).unwrap_err();
/// assert_eq!(error.to_string(), "cannot multiply 2x2 by 1x2: inner dimensions 2 and 1 differ");
/// ```
pub trait Dot<Rhs: ?Sized> {
    /// The element type.
    type Elem: Scalar;
    /// What the product is: a matrix, a vector or a number.
    type Output;

    /// The product, or what does not fit.
    ///
    /// # Errors
    /// [`ShapeError::Inner`] when the inner dimensions differ.
    fn try_dot(&self, rhs: &Rhs) -> Result<Self::Output, ShapeError>;

    /// The product written over `out`, which is not read: numpy's `out=`. After a thread's first products nothing is
    /// allocated, but for the few bytes in which several threads share their work out.
    ///
    /// # Errors
    /// [`ShapeError::Inner`] when the inner dimensions differ, [`ShapeError::Output`] when `out` has not the
    /// product's shape; `out` is then as it was.
    fn try_dot_into<O: DotTarget<Self::Elem> + ?Sized>(&self, rhs: &Rhs, out: &mut O) -> Result<(), ShapeError>;

    /// The product.
    ///
    /// # Panics
    /// When the inner dimensions differ, naming both shapes.
    #[track_caller]
    fn dot(&self, rhs: &Rhs) -> Self::Output {
        self.try_dot(rhs).unwrap_or_else(|e| panic!("{e}"))
    }

    /// The product written over `out`, which is not read: numpy's `out=`. After a thread's first products nothing is
    /// allocated, but for the few bytes in which several threads share their work out.
    ///
    /// # Panics
    /// When the shapes do not fit, naming them.
    #[inline]
    #[track_caller]
    fn dot_into<O: DotTarget<Self::Elem> + ?Sized>(&self, rhs: &Rhs, out: &mut O) {
        self.try_dot_into(rhs, out).unwrap_or_else(|e| panic!("{e}"));
    }
}

impl<L, R> Dot<R> for L
where
    L: Operand,
    L::Elem: Scalar,
    R: Operand<Elem = L::Elem>,
{
    type Elem = L::Elem;
    type Output = Matrix<L::Elem>;

    fn try_dot(&self, rhs: &R) -> Result<Matrix<L::Elem>, ShapeError> {
        try_new(self.operand(), rhs.operand())
    }

    #[inline]
    fn try_dot_into<O: DotTarget<L::Elem> + ?Sized>(&self, rhs: &R, out: &mut O) -> Result<(), ShapeError> {
        try_into(L::Elem::one(), self.operand(), rhs.operand(), L::Elem::zero(), out.target())
    }
}

/// A row written to a target that is a row, or a slice (a column).
fn as_row<T>(c: MatrixViewMut<'_, T>) -> MatrixViewMut<'_, T> {
    if c.cols() == 1 { c.t() } else { c }
}

macro_rules! dot_with_vectors {
    ($(($($n:tt)*) $vector:ty;)*) => {$(
        impl<T: Scalar, L: Operand<Elem = T>, $($n)*> Dot<$vector> for L {
            type Elem = T;
            type Output = Vec<T>;

            fn try_dot(&self, rhs: &$vector) -> Result<Vec<T>, ShapeError> {
                try_new(self.operand(), column_of(rhs)).map(Matrix::into_vec)
            }

            fn try_dot_into<O: DotTarget<T> + ?Sized>(&self, rhs: &$vector, out: &mut O) -> Result<(), ShapeError> {
                try_into(T::one(), self.operand(), column_of(rhs), T::zero(), out.target())
            }
        }

        impl<T: Scalar, R: Operand<Elem = T>, $($n)*> Dot<R> for $vector {
            type Elem = T;
            type Output = Vec<T>;

            fn try_dot(&self, rhs: &R) -> Result<Vec<T>, ShapeError> {
                let (row, _) = column_of(self);
                try_new((row.t(), false), rhs.operand()).map(Matrix::into_vec)
            }

            fn try_dot_into<O: DotTarget<T> + ?Sized>(&self, rhs: &R, out: &mut O) -> Result<(), ShapeError> {
                let (row, _) = column_of(self);
                try_into(T::one(), (row.t(), false), rhs.operand(), T::zero(), as_row(out.target()))
            }
        }
    )*};
}

dot_with_vectors! { () [T]; () Vec<T>; (const N: usize) [T; N]; }

macro_rules! dot_of_vectors {
    ($($left:ty, $right:ty $(, $n:ident)*;)*) => {$(
        impl<T: Scalar, $(const $n: usize),*> Dot<$right> for $left {
            type Elem = T;
            type Output = T;

            fn try_dot(&self, rhs: &$right) -> Result<T, ShapeError> {
                try_inner(self, rhs)
            }

            fn try_dot_into<O: DotTarget<T> + ?Sized>(&self, rhs: &$right, out: &mut O) -> Result<(), ShapeError> {
                let (row, _) = column_of(self);
                try_into(T::one(), (row.t(), false), column_of(rhs), T::zero(), out.target())
            }
        }
    )*};
}

dot_of_vectors! {
    [T], [T];
    [T], Vec<T>;
    [T], [T; N], N;
    Vec<T>, [T];
    Vec<T>, Vec<T>;
    Vec<T>, [T; N], N;
    [T; N], [T], N;
    [T; N], Vec<T>, N;
    [T; N], [T; M], N, M;
}

/// The inner product of two vectors, without conjugation (BLAS `dot`, `dotu`); for the conjugated one see
/// [`inner_conj`].
///
/// # Errors
/// [`ShapeError::Vectors`] when the lengths differ.
pub fn try_inner<T: Scalar>(x: &[T], y: &[T]) -> Result<T, ShapeError> {
    if x.len() != y.len() {
        return Err(ShapeError::Vectors { lhs: x.len(), rhs: y.len() });
    }
    let ((x, _), y) = (column_of(x), column_of(y));
    Ok(call::inner((x.t(), false), y))
}

/// The inner product of two vectors, without conjugation (BLAS `dot`, `dotu`; numpy's `dot`).
///
/// # Panics
/// When the lengths differ.
///
/// ```
/// assert_eq!(polyblas::inner(&[1, 2, 3], &[4, 5, 6]), 32);
/// ```
#[track_caller]
pub fn inner<T: Scalar>(x: &[T], y: &[T]) -> T {
    try_inner(x, y).unwrap_or_else(|e| panic!("{e}"))
}

/// The inner product with the left vector conjugated (BLAS `dotc`; numpy's `vdot`).
///
/// # Panics
/// When the lengths differ.
///
/// ```
/// use num_complex::Complex;
///
/// let x = [Complex::new(0.0, 1.0)];
/// assert_eq!(polyblas::inner_conj(&x, &x), Complex::new(1.0, 0.0));
/// ```
#[track_caller]
pub fn inner_conj<T: Scalar>(x: &[T], y: &[T]) -> T {
    assert!(x.len() == y.len(), "{}", ShapeError::Vectors { lhs: x.len(), rhs: y.len() });
    let ((x, _), y) = (column_of(x), column_of(y));
    call::inner((x.t(), true), y)
}

/// `out = alpha * a * b + beta * out` (BLAS `gemm`).
///
/// With `beta = 0` the old `out` is not read: a NaN there does not spread.
///
/// # Errors
/// [`ShapeError::Inner`] or [`ShapeError::Output`]; `out` is then as it was.
pub fn try_gemm<A, B, C>(alpha: A::Elem, a: &A, b: &B, beta: A::Elem, out: &mut C) -> Result<(), ShapeError>
where
    A: Operand<Elem: Scalar> + ?Sized,
    B: Operand<Elem = A::Elem> + ?Sized,
    C: DotTarget<A::Elem> + ?Sized,
{
    try_into(alpha, a.operand(), b.operand(), beta, out.target())
}

/// `out = alpha * a * b + beta * out` (BLAS `gemm`).
///
/// With `beta = 0` the old `out` is not read: a NaN there does not spread.
///
/// # Panics
/// When the shapes do not fit, naming them.
///
/// ```
/// use polyblas::{Matrix, gemm, matrix};
///
/// let a = matrix![[1, 2], [3, 4]];
/// let mut out = Matrix::eye(2);
/// gemm(2, &a, &a.t(), 1, &mut out);
/// assert_eq!(out, matrix![[11, 22], [22, 51]]);
/// ```
#[track_caller]
pub fn gemm<A, B, C>(alpha: A::Elem, a: &A, b: &B, beta: A::Elem, out: &mut C)
where
    A: Operand<Elem: Scalar> + ?Sized,
    B: Operand<Elem = A::Elem> + ?Sized,
    C: DotTarget<A::Elem> + ?Sized,
{
    try_gemm(alpha, a, b, beta, out).unwrap_or_else(|e| panic!("{e}"));
}

/// `out = alpha * x * yᵀ + out` (BLAS `ger`, `geru`).
///
/// # Errors
/// [`ShapeError::Output`] when `out` is not `x.len()` by `y.len()`.
pub fn try_ger<T: Scalar, C: AsViewMut<Elem = T>>(alpha: T, x: &[T], y: &[T], out: &mut C) -> Result<(), ShapeError> {
    let out = out.as_view_mut();
    let expected = (x.len(), y.len());
    if out.shape() != expected {
        return Err(ShapeError::Output { expected, found: out.shape() });
    }
    call::ger(alpha, x, y, out);
    Ok(())
}

/// `out = alpha * x * yᵀ + out`: a rank-one update (BLAS `ger`, `geru`).
///
/// # Panics
/// When `out` is not `x.len()` by `y.len()`.
///
/// ```
/// use polyblas::{Matrix, ger, matrix};
///
/// let mut out = Matrix::ones(2, 2);
/// ger(1, &[1, 2], &[10, 20], &mut out);
/// assert_eq!(out, matrix![[11, 21], [21, 41]]);
/// ```
#[track_caller]
pub fn ger<T: Scalar, C: AsViewMut<Elem = T>>(alpha: T, x: &[T], y: &[T], out: &mut C) {
    try_ger(alpha, x, y, out).unwrap_or_else(|e| panic!("{e}"));
}
