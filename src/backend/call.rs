//! The safe edge: views in, shapes asserted once, and the product handed to the provider in use.

use crate::backend;
use crate::error::{ShapeError, addressable};
use crate::kernel::recycle;
use crate::kernel::{Field, Gemm, Gemv, Ger, Integer, Part, Source, Syrk, Target, VecSource, VecTarget, Widen};
use crate::matrix::Matrix;
use crate::scalar::Scalar;
use crate::view::{MatrixView, MatrixViewMut};

/// An operand: a view, and whether its elements are conjugated as they are read.
pub(crate) type Side<'a, T> = (MatrixView<'a, T>, bool);

/// Says that a product overwrote every element of the matrix that begins here. Only this module makes one.
#[must_use]
pub(crate) struct Written {
    ptr: *const (),
    elements: usize,
}

impl Written {
    fn new<T>(c: &MatrixViewMut<'_, T>, overwritten: bool) -> Self {
        let elements = if overwritten { c.rows() * c.cols() } else { 0 };
        Written { ptr: c.as_ptr().cast(), elements }
    }
}

/// A new matrix that `write` fills; its elements are not initialised before.
///
/// # Errors
/// [`ShapeError::TooLarge`] when so many elements cannot be addressed.
pub(crate) fn new<T: Copy>(
    rows: usize,
    cols: usize,
    write: impl FnOnce(MatrixViewMut<'_, T>) -> Written,
) -> Result<Matrix<T>, ShapeError> {
    new_in(room(rows, cols)?, rows, cols, write)
}

/// Room for a matrix.
///
/// # Errors
/// [`ShapeError::TooLarge`] when so many elements cannot be addressed.
#[inline(always)]
pub(crate) fn room<T>(rows: usize, cols: usize) -> Result<Vec<T>, ShapeError> {
    Ok(recycle::take::<T>(addressable::<T>(rows, cols)?))
}

/// [`new`] in [`room`] for it.
#[inline(always)]
pub(crate) fn new_in<T: Copy>(
    mut data: Vec<T>,
    rows: usize,
    cols: usize,
    write: impl FnOnce(MatrixViewMut<'_, T>) -> Written,
) -> Result<Matrix<T>, ShapeError> {
    let len = rows.saturating_mul(cols);
    assert!(len <= data.capacity());
    // SAFETY: the capacity holds rows * cols elements. They are uninitialised: a view makes references to elements only
    // in its accessors, and the one thing that `write` can do to get a `Written` is to call a product of this module.
    let view = unsafe { MatrixViewMut::from_raw_parts(data.as_mut_ptr(), rows, cols, cols as isize, 1) };
    let written = write(view);
    assert!(std::ptr::eq(written.ptr, data.as_ptr().cast()) && written.elements == len);
    // SAFETY: a product wrote every one of these `len` elements, as `written` proves.
    unsafe { data.set_len(len) };
    Matrix::try_from_vec(rows, cols, data)
}

/// A stride as the providers see it: where there is but one line, nothing follows it and it may be any number, so that
/// even to multiply it could overflow; they see `alone` instead.
#[inline(always)]
fn followed(stride: isize, lines: usize, alone: usize) -> isize {
    if lines > 1 { stride } else { alone.max(1) as isize }
}

/// Both strides of a view, as the providers see them.
#[inline(always)]
fn followed_by_both<T>(view: MatrixView<'_, T>) -> (isize, isize) {
    if view.rows() > 1 && view.cols() > 1 {
        return (view.row_stride(), view.col_stride());
    }
    followed_in_one_line(view.shape(), view.row_stride(), view.col_stride())
}

#[cold]
fn followed_in_one_line((rows, cols): (usize, usize), row_stride: isize, col_stride: isize) -> (isize, isize) {
    let col_stride = followed(col_stride, cols, 1);
    (followed(row_stride, rows, if col_stride == 1 { cols } else { 1 }), col_stride)
}

#[inline(always)]
fn source<T>((view, conj): Side<'_, T>) -> Source<T> {
    let (row_stride, col_stride) = followed_by_both(view);
    Source { ptr: view.as_ptr(), row_stride, col_stride, conj }
}

/// A matrix of one column as a vector.
fn vec_source<T>((view, conj): Side<'_, T>) -> VecSource<T> {
    assert!(view.cols() == 1);
    VecSource { ptr: view.as_ptr(), stride: followed(view.row_stride(), view.rows(), 1), conj }
}

#[inline(always)]
fn target<T>(view: &mut MatrixViewMut<'_, T>) -> Target<T> {
    let (row_stride, col_stride) = followed_by_both(view.view());
    Target { ptr: view.as_mut_ptr(), row_stride, col_stride }
}

/// `c = alpha * a * b + beta * c`.
#[inline(always)]
pub(crate) fn gemm<T: Scalar>(
    alpha: T,
    a: Side<'_, T>,
    b: Side<'_, T>,
    beta: T,
    mut c: MatrixViewMut<'_, T>,
) -> Written {
    let ((m, n), k) = (c.shape(), a.0.cols());
    assert!(a.0.shape() == (m, k) && b.0.shape() == (k, n));
    let g = Gemm { m, n, k, alpha, a: source(a), b: source(b), beta, c: target(&mut c), part: Part::All, threads: 1 };
    // SAFETY: the shapes agree (asserted); a view's elements exist; `c` is borrowed mutably, so it overlaps neither
    // input.
    unsafe { backend::gemm(g) };
    Written::new(&c, beta == T::zero())
}

/// `c = alpha * a * aᵀ`, or `a * aᴴ`.
pub(crate) fn syrk<T: Scalar>(alpha: T, a: Side<'_, T>, hermitian: bool, mut c: MatrixViewMut<'_, T>) -> Written {
    let (n, k) = a.0.shape();
    assert!(c.shape() == (n, n));
    let s = Syrk { n, k, alpha, a: source(a), hermitian, beta: T::zero(), c: target(&mut c), threads: 1 };
    // SAFETY: as in `gemm`.
    unsafe { backend::syrk(s) };
    Written::new(&c, true)
}

/// `y = alpha * a * x + beta * y`, where `x` and `y` are matrices of one column.
pub(crate) fn gemv<T: Scalar>(
    alpha: T,
    a: Side<'_, T>,
    x: Side<'_, T>,
    beta: T,
    mut y: MatrixViewMut<'_, T>,
) -> Written {
    let (m, n) = a.0.shape();
    assert!(x.0.shape() == (n, 1) && y.shape() == (m, 1));
    let stride = followed(y.row_stride(), y.rows(), 1);
    let g = Gemv {
        m,
        n,
        alpha,
        a: source(a),
        x: vec_source(x),
        beta,
        y: VecTarget { ptr: y.as_mut_ptr(), stride },
        threads: 1,
    };
    // SAFETY: as in `gemm`.
    unsafe { backend::gemv(g) };
    Written::new(&y, beta == T::zero())
}

/// `a = alpha * x * yᵀ + a`.
pub(crate) fn ger<T: Scalar>(alpha: T, x: &[T], y: &[T], mut a: MatrixViewMut<'_, T>) {
    let (m, n) = a.shape();
    assert!(x.len() == m && y.len() == n);
    let vector = |x: &[T]| VecSource { ptr: x.as_ptr(), stride: 1, conj: false };
    let g = Ger { m, n, alpha, x: vector(x), y: vector(y), a: target(&mut a), threads: 1 };
    // SAFETY: as in `gemm`.
    unsafe { backend::ger(g) };
}

/// The inner product of a row and a column.
pub(crate) fn inner<T: Scalar>(row: Side<'_, T>, column: Side<'_, T>) -> T {
    let (x, y) = (vec_source((row.0.t(), row.1)), vec_source(column));
    assert!(row.0.cols() == column.0.rows());
    // SAFETY: both vectors hold as many elements (asserted).
    unsafe { backend::inner(row.0.cols(), x, y) }
}

/// The inner product of a row and a column, written to the one element of `c`.
pub(crate) fn inner_into<T: Scalar>(row: Side<'_, T>, column: Side<'_, T>, mut c: MatrixViewMut<'_, T>) -> Written {
    assert!(c.shape() == (1, 1));
    let value = inner(row, column);
    // SAFETY: `c` has one element, borrowed mutably.
    unsafe { c.as_mut_ptr().write(value) };
    Written::new(&c, true)
}

/// `c = a * b` exactly, or the first element that does not fit.
pub(crate) fn checked<T: Integer>(
    a: MatrixView<'_, T>,
    b: MatrixView<'_, T>,
    mut c: MatrixViewMut<'_, T>,
) -> Result<(), (usize, usize)> {
    let ((m, n), k) = (c.shape(), a.cols());
    assert!(a.shape() == (m, k) && b.shape() == (k, n));
    let (a, b) = (source((a, false)), source((b, false)));
    let g = Gemm { m, n, k, alpha: T::one(), a, b, beta: T::zero(), c: target(&mut c), part: Part::All, threads: 1 };
    // An empty matrix may have any number of rows, so that even an empty loop over them need not end.
    if m == 0 || n == 0 {
        return Ok(());
    }
    // SAFETY: as in `gemm`.
    unsafe { backend::checked_gemm(g) }
}

/// `c = a * b`, summed in `i32`.
pub(crate) fn widen<A: Widen<B>, B: Scalar + Into<i32>>(
    a: MatrixView<'_, A>,
    b: MatrixView<'_, B>,
    mut c: MatrixViewMut<'_, i32>,
) -> Written {
    let ((m, n), k) = (c.shape(), a.cols());
    assert!(a.shape() == (m, k) && b.shape() == (k, n));
    let (a, b) = (source((a, false)), source((b, false)));
    if m != 0 && n != 0 {
        // SAFETY: as in `gemm`.
        unsafe { backend::widen_gemm((m, n, k), a, b, target(&mut c)) };
    }
    Written::new(&c, true)
}

/// The Euclidean norm of a column.
pub(crate) fn nrm2<T: Field>(x: MatrixView<'_, T>) -> T::Real {
    // SAFETY: a view's elements exist.
    unsafe { backend::nrm2(x.rows(), vec_source((x, false))) }
}

/// The sum of the absolute values of a column.
pub(crate) fn asum<T: Field>(x: MatrixView<'_, T>) -> T::Real {
    // SAFETY: a view's elements exist.
    unsafe { backend::asum(x.rows(), vec_source((x, false))) }
}

/// Where a column's largest element is.
pub(crate) fn iamax<T: Field>(x: MatrixView<'_, T>) -> Option<usize> {
    // SAFETY: a view's elements exist.
    unsafe { backend::iamax(x.rows(), vec_source((x, false))) }
}

/// `x = alpha * x`, a column.
pub(crate) fn scal<T: Field>(alpha: T, mut x: MatrixViewMut<'_, T>) {
    assert!(x.cols() == 1);
    let stride = followed(x.row_stride(), x.rows(), 1);
    // SAFETY: a view's elements exist, and these are borrowed mutably.
    unsafe { backend::scal(x.rows(), alpha, VecTarget { ptr: x.as_mut_ptr(), stride }) };
}

/// `y = alpha * x + y`, columns.
pub(crate) fn axpy<T: Field>(alpha: T, x: MatrixView<'_, T>, mut y: MatrixViewMut<'_, T>) {
    assert!(y.cols() == 1 && x.rows() == y.rows());
    let stride = followed(y.row_stride(), y.rows(), 1);
    // SAFETY: both hold as many elements (asserted); `y` is borrowed mutably, so it does not overlap `x`.
    unsafe { backend::axpy(x.rows(), alpha, vec_source((x, false)), VecTarget { ptr: y.as_mut_ptr(), stride }) };
}
