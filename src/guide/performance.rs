//! What is fast here, what is not, and how to find out which you have.
//!
//! # Build it right
//!
//! Measure with `--release`. The native engine in a debug build is many times slower; if your tests multiply much, put
//!
//! ```toml
//! [profile.dev.package.polyblas]
//! opt-level = 3
//! ```
//!
//! into your `Cargo.toml`. `-C target-cpu=native` is not needed for products: the engine finds the CPU's instructions
//! when the program starts. It does help your own element-wise loops.
//!
//! # Do not allocate in the loop
//!
//! [`dot`](crate::Dot::dot) makes a new matrix for each result. One that is dropped leaves its memory to the next of
//! that thread (16 MB at most), so a loop that keeps none pays little for them. One that is kept is new memory, which
//! for a product of 100 x 100 can cost as much as the product. [`dot_into`](crate::Dot::dot_into) and
//! [`gemm`](crate::gemm) write into a matrix that is there, and allocate nothing (only a product that is spread over
//! threads takes a few bytes, for the jobs it hands them):
//!
//! ```
//! use polyblas::{Dot, Matrix};
//!
//! let (a, b) = (Matrix::<f32>::ones(32, 784), Matrix::<f32>::ones(784, 128));
//! let mut out = Matrix::zeros(32, 128);
//! for _ in 0..10 {
//!     a.dot_into(&b, &mut out);
//! }
//! assert_eq!(out[(31, 127)], 784.0);
//! ```
//!
//! [`map_into`](crate::Matrix::map_into), [`zip_map_into`](crate::Matrix::zip_map_into),
//! [`map_inplace`](crate::Matrix::map_inplace) and [`zip_inplace`](crate::Matrix::zip_inplace) do the same for
//! element-wise work.
//!
//! # Let `alpha` and `beta` do the update
//!
//! `w -= rate * (x.T @ delta)` in numpy writes the product, scales it, and subtracts it: three passes over a matrix as
//! large as `w`. BLAS does all three as it multiplies:
//!
//! ```
//! use polyblas::{Matrix, gemm};
//!
//! let (x, delta) = (Matrix::<f64>::ones(32, 784), Matrix::<f64>::ones(32, 10));
//! let mut w = Matrix::zeros(784, 10);
//! gemm(-0.25, &x.t(), &delta, 1.0, &mut w);
//! assert_eq!(w[(0, 0)], -8.0);
//! ```
//!
//! With `beta = 0` the old content is not even read.
//!
//! # Transposes and slices cost nothing
//!
//! `a.t()`, `a.slice(..)` and `a.step(..)` are views. A product takes any view whose rows or whose columns lie side by
//! side as it is; only one with neither (every second row of every third column) is copied first, and only for a BLAS:
//! the native engine reads any strides. `a.dot(&a.t())` is recognised, and takes `syrk`: half the work.
//!
//! # Integers
//!
//! Integer products are exact modulo the type's range and run on the native engine's vector kernels. Where the values
//! are small, they go through cheaper exact routes; the result never depends on it. For quantised work,
//! [`dot_widen`](crate::Matrix::dot_widen) multiplies 8- and 16-bit integers with 32-bit sums:
//!
//! ```
//! use polyblas::matrix;
//!
//! let (pixels, weights) = (matrix![[255u8, 3]], matrix![[127i8], [-128]]);
//! assert_eq!(pixels.dot_widen(&weights), matrix![[32_001]]);
//! ```
//!
//! # Many small products
//!
//! One small product does not feed two cores. [`dot_batch`](crate::dot_batch) gives whole products to each core.
//!
//! # Threads
//!
//! A product uses more than one thread where it is large enough to pay; [`threads::set`](crate::threads::set) and
//! `POLYBLAS_NUM_THREADS` set the most it may use, for the native engine and a BLAS alike. If your program multiplies
//! in several threads of its own at once, set it to 1 for a BLAS, whose threads would fight with yours for the cores.
//! The native engine sees that for itself: as many products at once as there are cores take one each.
//!
//! The native engine's threads are rayon's. One that helped with a product waits a millisecond for the next, and keeps
//! its core busy meanwhile, except for what else rayon has to do: to wake it takes half as long as an `f64` product of
//! n = 165. So products that follow one another closely share their work from n = 50 on, a single one from n = 165.
//!
//! # Find out
//!
//! - [The report](super::reading_the_report)'s *Advice* says what is slow in this build on this machine.
//! - `cargo run --release --example dot_timing` times products of floats, integers and batches.
//! - `cargo run --release --example mnist` trains a neural net and says which share of the time BLAS took: when it is
//!   most of it, a faster provider helps; when it is not, look at your own loops.
