//! Equality and hashing: two matrices are equal when their shapes and elements are, wherever the elements lie.

use std::hash::{Hash, Hasher};

use super::{AsView, MatrixView, MatrixViewMut};
use crate::matrix::Matrix;

impl<T: PartialEq, V: AsView<Elem = T> + ?Sized> PartialEq<V> for MatrixView<'_, T> {
    fn eq(&self, other: &V) -> bool {
        let other = other.as_view();
        self.shape() == other.shape()
            && match (self.as_slice(), other.as_slice()) {
                (Some(a), Some(b)) => a == b,
                _ => self.iter().eq(other.iter()),
            }
    }
}

impl<T: PartialEq, V: AsView<Elem = T> + ?Sized> PartialEq<V> for Matrix<T> {
    fn eq(&self, other: &V) -> bool {
        self.view() == *other
    }
}

impl<T: PartialEq, V: AsView<Elem = T> + ?Sized> PartialEq<V> for MatrixViewMut<'_, T> {
    fn eq(&self, other: &V) -> bool {
        self.view() == *other
    }
}

impl<T: Eq> Eq for MatrixView<'_, T> {}
impl<T: Eq> Eq for Matrix<T> {}
impl<T: Eq> Eq for MatrixViewMut<'_, T> {}

impl<T: Hash> Hash for MatrixView<'_, T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.shape().hash(state);
        self.iter().for_each(|x| x.hash(state));
    }
}

impl<T: Hash> Hash for Matrix<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.view().hash(state);
    }
}
