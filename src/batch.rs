//! Many small products at once.

use crate::dot::{Dot, Operand};
use crate::error::ShapeError;
use crate::matrix::Matrix;
use crate::scalar::Scalar;

/// `lhs[i].dot(&rhs[i])` for every `i`, spread over the cores.
///
/// # Errors
/// [`ShapeError::Batch`] when the lists differ in length, [`ShapeError::InBatch`] when a product does not fit.
pub fn try_dot_batch<A, B>(lhs: &[A], rhs: &[B]) -> Result<Vec<Matrix<A::Elem>>, ShapeError>
where
    A: Operand + Sync,
    B: Operand<Elem = A::Elem> + Sync,
    A::Elem: Scalar,
{
    if lhs.len() != rhs.len() {
        return Err(ShapeError::Batch { lhs: lhs.len(), rhs: rhs.len() });
    }
    lhs.iter()
        .zip(rhs)
        .enumerate()
        .map(|(index, (a, b))| a.try_dot(b).map_err(|e| ShapeError::InBatch { index, source: Box::new(e) }))
        .collect()
}

/// `lhs[i].dot(&rhs[i])` for every `i`, spread over the cores.
///
/// # Panics
/// When the lists differ in length or a product does not fit.
#[track_caller]
pub fn dot_batch<A, B>(lhs: &[A], rhs: &[B]) -> Vec<Matrix<A::Elem>>
where
    A: Operand + Sync,
    B: Operand<Elem = A::Elem> + Sync,
    A::Elem: Scalar,
{
    try_dot_batch(lhs, rhs).unwrap_or_else(|e| panic!("{e}"))
}
