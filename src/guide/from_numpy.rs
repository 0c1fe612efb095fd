//! What you say in numpy, and how to say it here.
//!
//! Both columns take `a`, `b`, `c` as matrices, `x`, `y` as vectors (here slices, arrays or `Vec`s), `s` as a number.
//!
//! # Making
//!
//! | numpy | polyblas |
//! |---|---|
//! | `np.array([[1., 2.], [3., 4.]])` | [`matrix![[1.0, 2.0], [3.0, 4.0]]`](crate::matrix) |
//! | `np.zeros((m, n))`, `np.ones`, `np.full` | [`Matrix::zeros(m, n)`](crate::Matrix::zeros), [`ones`](crate::Matrix::ones), [`full`](crate::Matrix::full) |
//! | `np.eye(n)` | [`Matrix::eye(n)`](crate::Matrix::eye) |
//! | `np.fromfunction(f, (m, n))` | [`Matrix::from_fn(m, n, f)`](crate::Matrix::from_fn) |
//! | `np.array(data).reshape(m, n)` | [`Matrix::from_vec(m, n, data)`](crate::Matrix::from_vec) |
//! | `a.reshape(m, n)` | [`a.reshape(m, n)`](crate::Matrix::reshape) (takes `a`; copies nothing) |
//! | `np.vstack`, `np.hstack` | [`Matrix::vstack`](crate::Matrix::vstack), [`Matrix::hstack`](crate::Matrix::hstack) |
//! | `np.load`, `np.save` | `interop::npy::load`, `save` (feature `npy`) |
//! | `rng.random((m, n))` | `Matrix::random(m, n, &mut rng)` (feature `rand`) |
//! | `a.copy()`, `a.astype(np.float32)` | [`a.to_matrix()`](crate::Matrix::to_matrix), [`a.cast::<f32>()`](crate::Matrix::cast) |
//!
//! # Looking
//!
//! | numpy | polyblas |
//! |---|---|
//! | `a.shape`, `a.shape[0]`, `a.size` | [`a.shape()`](crate::Matrix::shape), [`a.rows()`](crate::Matrix::rows), [`a.len()`](crate::Matrix::len) |
//! | `a[i, j]` | `a[(i, j)]` |
//! | `a.T` | [`a.t()`](crate::Matrix::t) |
//! | `a[1:, :2]` | [`a.slice(1.., ..2)`](crate::Matrix::slice), to write: [`slice_mut`](crate::Matrix::slice_mut) |
//! | `a[i]`, `a[:, j]` | [`a.row(i)`](crate::Matrix::row), [`a.col(j)`](crate::Matrix::col) |
//! | `a[::2, ::-1]` | [`a.step(2, -1)`](crate::Matrix::step) |
//! | `a.flat`, `for row in a` | [`a.iter()`](crate::Matrix::iter), [`a.rows_iter()`](crate::Matrix::rows_iter) |
//! | `print(a)` | `println!("{a}")` |
//!
//! None of these copies; each gives a [`MatrixView`](crate::MatrixView), which goes wherever a matrix goes.
//!
//! # Multiplying
//!
//! | numpy | polyblas |
//! |---|---|
//! | `a @ b`, `a.dot(b)` | [`a.dot(&b)`](crate::Dot::dot); `a.try_dot(&b)?` returns the error |
//! | `a @ x`, `x @ a` | `a.dot(&x)`, `x.dot(&a)`: a `Vec` |
//! | `x @ y`, `np.vdot(x, y)` | [`inner(&x, &y)`](crate::inner), [`inner_conj(&x, &y)`](crate::inner_conj) |
//! | `np.dot(a, b, out=c)` | [`a.dot_into(&b, &mut c)`](crate::Dot::dot_into) |
//! | `c += s * (a @ b)` | [`gemm(s, &a, &b, 1.0, &mut c)`](crate::gemm): no temporary |
//! | `c += s * np.outer(x, y)` | [`ger(s, &x, &y, &mut c)`](crate::ger) |
//! | `a @ a.T` | `a.dot(&a.t())`: half the work, as in numpy |
//! | `a.conj().T @ b` | [`a.h().dot(&b)`](crate::Matrix::h): nothing is copied |
//! | `np.matmul` of two stacks | [`dot_batch(&lhs, &rhs)`](crate::dot_batch) |
//! | `a.astype(np.int32) @ b.astype(np.int32)` of `int8` | [`a.dot_widen(&b)`](crate::Matrix::dot_widen) |
//! | (nothing) | [`a.checked_dot(&b)`](crate::Matrix::checked_dot): the exact product, or where it overflows |
//!
//! # Element by element
//!
//! | numpy | polyblas |
//! |---|---|
//! | `a + b`, `a * s`, `-a` | `&a + &b`, `&a * s`, `-&a` (without `&` the left one's memory is used again) |
//! | `a += b`, `a *= s` | `a += &b`, `a *= s` |
//! | `a + row`, `a * column` | the same: one row or column stands for all |
//! | `np.exp(a)`, any function | [`a.map(f64::exp)`](crate::Matrix::map) |
//! | `np.exp(a, out=a)` | [`a.map_inplace(f64::exp)`](crate::Matrix::map_inplace) |
//! | `np.maximum(a, b)` | [`a.zip_map(&b, f64::max)`](crate::Matrix::zip_map) |
//! | `np.maximum(a, b, out=c)` | [`a.zip_map_into(&b, &mut c, f64::max)`](crate::Matrix::zip_map_into) |
//! | `a.sum()`, `a.mean()`, `a.max()` | [`a.sum()`](crate::Matrix::sum), [`a.mean()`](crate::Matrix::mean), [`a.max()`](crate::Matrix::max) |
//! | `a.sum(axis=0, keepdims=True)` | [`a.col_sums()`](crate::Matrix::col_sums) |
//! | `a.sum(axis=1, keepdims=True)` | [`a.row_sums()`](crate::Matrix::row_sums) |
//! | `a.argmax(axis=1)` | [`a.row_argmax()`](crate::Matrix::row_argmax) |
//!
//! # Finding out
//!
//! | numpy | polyblas |
//! |---|---|
//! | `np.show_config()` | [`println!("{}", polyblas::config())`](crate::config()) |
//! | `threadpoolctl.threadpool_limits(n)` | [`threads::set(n)`](crate::threads::set) |
//!
//! # What differs
//!
//! - Shapes are `(rows, cols)`; there are no arrays of one or three dimensions. A vector is a slice.
//! - Nothing is converted behind your back: `f32` by `f64` does not compile; [`cast`](crate::Matrix::cast) says it.
//! - Integer products wrap, as numpy's do, and are fast, which numpy's are not; element-wise `+` on integers follows
//!   Rust and panics in a debug build where numpy wraps.
//! - A view borrows: what is seen through it cannot change meanwhile.
//!
//! A perceptron's step in both:
//!
//! ```python
//! y = 1 / (1 + np.exp(-(x @ w + b)))
//! delta = (y - target) * y * (1 - y)
//! w -= rate * (x.T @ delta)
//! b -= rate * delta.sum(axis=0)
//! ```
//!
//! ```
//! use polyblas::{Dot, Matrix, gemm, matrix};
//!
//! let (x, target) = (matrix![[0.0, 1.0], [1.0, 1.0], [1.0, 0.0]], matrix![[1.0], [0.0], [0.0]]);
//! let (mut w, mut b, rate) = (Matrix::zeros(2, 1), Matrix::zeros(1, 1), 0.5);
//! let (mut y, mut delta) = (Matrix::zeros(3, 1), Matrix::zeros(3, 1));
//!
//! x.dot_into(&w, &mut y);
//! y.zip_inplace(&b, |y: f64, b: f64| 1.0 / (1.0 + (-(y + b)).exp()));
//! y.zip_map_into(&target, &mut delta, |y, t| (y - t) * y * (1.0 - y));
//! gemm(-rate, &x.t(), &delta, 1.0, &mut w);
//! b -= delta.col_sums() * rate;
//! assert_eq!(w, matrix![[-0.125], [0.0]]);
//! ```
