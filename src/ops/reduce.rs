//! Sums, means, extremes.

use num_traits::FromPrimitive;

use crate::error::ShapeError;
use crate::matrix::Matrix;
use crate::scalar::Scalar;
use crate::view::{AsViewMut, MatrixView, MatrixViewMut};

/// Independent partial sums: enough that the additions of one need not wait for each other, in the widest registers.
const LANES: usize = 16;
/// Elements summed by plain loops before sums are added in pairs, which keeps the rounding error of a long sum in
/// proportion to the logarithm of its length.
const LEAF: usize = 512;

fn sum_slice<T: Scalar>(x: &[T]) -> T {
    if x.len() > LEAF {
        let (left, right) = x.split_at((x.len() / 2).next_multiple_of(LANES));
        return sum_slice(left) + sum_slice(right);
    }
    let (chunks, rest) = x.as_chunks::<LANES>();
    let mut lanes = [T::zero(); LANES];
    for chunk in chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane = *lane + *x;
        }
    }
    lanes.iter().chain(rest).fold(T::zero(), |sum, x| sum + *x)
}

fn sum<T: Scalar>(a: MatrixView<'_, T>) -> T {
    match (a.as_slice().or_else(|| a.t().as_slice()), a.shape()) {
        (Some(slice), _) => sum_slice(slice),
        (None, (1, _) | (_, 1)) if a.len() <= LEAF => a.iter().fold(T::zero(), |sum, x| sum + *x),
        (None, (1, cols)) => {
            let (left, right) = a.split_cols_at(cols / 2);
            sum(left) + sum(right)
        }
        (None, (rows, _)) => {
            let (top, bottom) = a.split_rows_at(rows / 2);
            sum(top) + sum(bottom)
        }
    }
}

fn col_sums_into<T: Scalar>(a: MatrixView<'_, T>, mut out: MatrixViewMut<'_, T>) {
    match out.as_mut_slice() {
        // Column by column where columns lie together, else all columns at once, one row after the other.
        Some(out) if a.row_stride().unsigned_abs() < a.col_stride().unsigned_abs() => {
            out.iter_mut().zip(a.cols_iter()).for_each(|(out, col)| *out = sum(col));
        }
        _ => {
            out.fill(T::zero());
            a.rows_iter().for_each(|row| out.zip_inplace(&row, T::add));
        }
    }
}

fn reduce<T: Copy>(a: MatrixView<'_, T>, f: impl FnMut(T, T) -> T) -> Option<T> {
    a.iter().copied().reduce(f)
}

/// Whether `x` comes before `best`; a value that is not equal to itself (NaN) comes before all others.
#[expect(clippy::eq_op, reason = "only NaN differs from itself")]
fn beats<T: PartialOrd>(x: &T, best: &T, before: impl Fn(&T, &T) -> bool) -> bool {
    before(x, best) || (x != x && best == best)
}

macro_rules! reductions {
    ($($owner:ty),*) => {$(
        impl<T: Scalar> $owner {
            /// The sum of all elements, zero if there are none. Integers follow the type's own `+`.
            ///
            /// Long sums are added in pairs, so rounding errors stay small, and in an order of their own, so the last
            /// bits of a floating-point sum may differ from a plain loop's.
            ///
            /// ```
            /// assert_eq!(polyblas::matrix![[1, 2], [3, 4]].sum(), 10);
            /// ```
            #[must_use]
            pub fn sum(&self) -> T {
                sum(self.view())
            }

            /// The sum of each row: a matrix of one column. numpy's `sum(axis=1, keepdims=True)`.
            ///
            /// ```
            /// assert_eq!(polyblas::matrix![[1, 2], [3, 4]].row_sums(), polyblas::matrix![[3], [7]]);
            /// ```
            #[must_use]
            pub fn row_sums(&self) -> Matrix<T> {
                Matrix::from_vec(self.rows(), 1, self.rows_iter().map(sum).collect())
            }

            /// The sum of each column: a matrix of one row. numpy's `sum(axis=0, keepdims=True)`.
            ///
            /// ```
            /// assert_eq!(polyblas::matrix![[1, 2], [3, 4]].col_sums(), polyblas::matrix![[4, 6]]);
            /// ```
            #[must_use]
            pub fn col_sums(&self) -> Matrix<T> {
                let mut out = Matrix::zeros(1, self.cols());
                col_sums_into(self.view(), out.view_mut());
                out
            }

            /// The sum of each row, written over the one column of `out`. Nothing is allocated.
            ///
            /// # Panics
            /// When `out` is not `rows` by 1.
            #[track_caller]
            pub fn row_sums_into<O: AsViewMut<Elem = T> + ?Sized>(&self, out: &mut O) {
                let mut out = out.as_view_mut();
                let expected = (self.rows(), 1);
                assert!(out.shape() == expected, "{}", ShapeError::Output { expected, found: out.shape() });
                out.iter_mut().zip(self.rows_iter()).for_each(|(out, row)| *out = sum(row));
            }

            /// The sum of each column, written over the one row of `out`. Nothing is allocated.
            ///
            /// # Panics
            /// When `out` is not 1 by `cols`.
            ///
            /// ```
            /// use polyblas::{Matrix, matrix};
            ///
            /// let mut bias_gradient = Matrix::zeros(1, 2);
            /// matrix![[1.0, 2.0], [3.0, 4.0]].col_sums_into(&mut bias_gradient);
            /// assert_eq!(bias_gradient, matrix![[4.0, 6.0]]);
            /// ```
            #[track_caller]
            pub fn col_sums_into<O: AsViewMut<Elem = T> + ?Sized>(&self, out: &mut O) {
                let out = out.as_view_mut();
                let expected = (1, self.cols());
                assert!(out.shape() == expected, "{}", ShapeError::Output { expected, found: out.shape() });
                col_sums_into(self.view(), out);
            }
        }

        impl<T: Scalar + FromPrimitive> $owner {
            /// The mean of all elements, or `None` if there are none or their number is no `T`. Integers divide as
            /// integers do.
            ///
            /// ```
            /// assert_eq!(polyblas::matrix![[1.0, 2.0], [3.0, 4.0]].mean(), Some(2.5));
            /// ```
            #[must_use]
            pub fn mean(&self) -> Option<T> {
                let count = T::from_usize(self.len()).filter(|n| !n.is_zero())?;
                Some(self.sum() / count)
            }

            /// The mean of each row, a matrix of one column; or `None` if there are no columns or their number is no
            /// `T`.
            #[must_use]
            pub fn row_means(&self) -> Option<Matrix<T>> {
                let count = T::from_usize(self.cols()).filter(|n| !n.is_zero())?;
                Some(self.row_sums() / count)
            }

            /// The mean of each column, a matrix of one row; or `None` if there are no rows or their number is no `T`.
            ///
            /// ```
            /// use polyblas::matrix;
            ///
            /// assert_eq!(matrix![[1.0, 2.0], [3.0, 4.0]].col_means(), Some(matrix![[2.0, 3.0]]));
            /// ```
            #[must_use]
            pub fn col_means(&self) -> Option<Matrix<T>> {
                let count = T::from_usize(self.rows()).filter(|n| !n.is_zero())?;
                Some(self.col_sums() / count)
            }
        }

        impl<T: Copy + PartialOrd> $owner {
            /// The largest element, or `None` if there are none. NaN if any is NaN, as in numpy.
            ///
            /// ```
            /// assert_eq!(polyblas::matrix![[1, 7], [3, 4]].max(), Some(7));
            /// assert!(polyblas::matrix![[1.0, f64::NAN], [3.0, 4.0]].max().is_some_and(f64::is_nan));
            /// ```
            #[must_use]
            pub fn max(&self) -> Option<T> {
                reduce(self.view(), |best, x| if beats(&x, &best, T::gt) { x } else { best })
            }

            /// The smallest element, or `None` if there are none. NaN if any is NaN, as in numpy.
            #[must_use]
            pub fn min(&self) -> Option<T> {
                reduce(self.view(), |best, x| if beats(&x, &best, T::lt) { x } else { best })
            }

            /// The largest element of each row: a matrix of one column.
            ///
            /// # Panics
            /// When there are rows but no columns.
            ///
            /// ```
            /// use polyblas::matrix;
            ///
            /// let scores = matrix![[1.0, 3.0], [2.0, 0.5]];
            /// assert_eq!(&scores - scores.row_max(), matrix![[-2.0, 0.0], [0.0, -1.5]]);
            /// ```
            #[track_caller]
            #[must_use]
            pub fn row_max(&self) -> Matrix<T> {
                let max = self.rows_iter().map(|row| row.max()).collect::<Option<_>>();
                let max = max.unwrap_or_else(|| panic!("the rows of a {}x0 matrix have no largest element", self.rows()));
                Matrix::from_vec(self.rows(), 1, max)
            }

            /// The column of the largest element of each row: the first of equals, and the first NaN if there is any,
            /// as in numpy.
            ///
            /// # Panics
            /// When there are rows but no columns.
            ///
            /// ```
            /// let scores = polyblas::matrix![[0.1, 0.7, 0.2], [0.5, 0.5, 0.0]];
            /// assert_eq!(scores.row_argmax(), [1, 0]);
            /// ```
            #[track_caller]
            #[must_use]
            pub fn row_argmax(&self) -> Vec<usize> {
                assert!(
                    self.cols() > 0 || self.rows() == 0,
                    "the rows of a {}x0 matrix have no largest element",
                    self.rows()
                );
                let argmax = |row: MatrixView<'_, T>| {
                    let best = row.iter().enumerate().reduce(|best, x| if beats(x.1, best.1, T::gt) { x } else { best });
                    best.map_or(0, |(j, _)| j)
                };
                self.rows_iter().map(argmax).collect()
            }
        }
    )*};
}

reductions!(Matrix<T>, MatrixView<'_, T>, MatrixViewMut<'_, T>);
