//! A thin generic matrix whose `dot` runs on the BLAS you chose, or fast on none, and tells which.
#![deny(missing_docs)]

pub mod backend;
mod batch;
pub mod blas1;
mod config;
mod dot;
mod error;
mod fmt;
pub mod guide;
mod integer_dot;
pub mod interop;
mod kernel;
mod matrix;
mod ops;
mod scalar;
pub mod trace;
mod view;

pub use batch::{dot_batch, try_dot_batch};
pub use config::{Config, config};
pub use dot::{Conj, Dot, DotTarget, Operand, gemm, ger, inner, inner_conj, try_gemm, try_ger, try_inner};
pub use error::{CheckedError, Overflow, ShapeError};
pub use kernel::{Field, Integer, Widen};
pub use matrix::Matrix;
pub use scalar::{ElementKind, Scalar};
pub use view::{
    AsView, AsViewMut, ColsIter, ColsIterMut, Iter, IterMut, MatrixView, MatrixViewMut, RowsIter, RowsIterMut,
};

pub use backend::threads;
