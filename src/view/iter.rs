//! Iteration: over elements in row-major order, over rows, over columns.

use std::marker::PhantomData;
use std::ops::Range;
use std::slice;

use super::layout::Layout;
use super::{MatrixView, MatrixViewMut};
use crate::matrix::Matrix;

/// The addresses of a strided matrix's elements, in row-major order.
#[derive(Clone)]
struct Places<T> {
    ptr: *mut T,
    layout: Layout,
    i: usize,
    j: usize,
}

impl<T> Places<T> {
    fn new(ptr: *mut T, layout: Layout) -> Self {
        // A matrix of no columns has no first row to look into either.
        Places { ptr, layout, i: if layout.is_empty() { layout.rows } else { 0 }, j: 0 }
    }

    fn left(&self) -> Option<usize> {
        (self.layout.rows - self.i).checked_mul(self.layout.cols)?.checked_sub(self.j)
    }
}

impl<T> Iterator for Places<T> {
    type Item = *mut T;

    #[inline]
    fn next(&mut self) -> Option<*mut T> {
        if self.i == self.layout.rows {
            return None;
        }
        let place = self.ptr.wrapping_offset(self.layout.offset(self.i, self.j));
        self.j += 1;
        if self.j == self.layout.cols {
            (self.i, self.j) = (self.i + 1, 0);
        }
        Some(place)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.left();
        (left.unwrap_or(usize::MAX), left)
    }
}

#[derive(Clone)]
enum Order<S, T> {
    Contiguous(S),
    Strided(Places<T>),
}

macro_rules! element_iterators {
    ($($(#[$doc:meta])* $iter:ident $slice:ty, $item:ty, $deref:expr;)*) => {$(
        $(#[$doc])*
        pub struct $iter<'a, T> {
            order: Order<$slice, T>,
            marker: PhantomData<$item>,
        }

        impl<'a, T> Iterator for $iter<'a, T> {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<$item> {
                match &mut self.order {
                    Order::Contiguous(elements) => elements.next(),
                    Order::Strided(places) => places.next().map($deref),
                }
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                match &self.order {
                    Order::Contiguous(elements) => elements.size_hint(),
                    Order::Strided(places) => places.size_hint(),
                }
            }

            #[inline]
            fn fold<B, F: FnMut(B, $item) -> B>(self, init: B, f: F) -> B {
                match self.order {
                    Order::Contiguous(elements) => elements.fold(init, f),
                    Order::Strided(places) => places.map($deref).fold(init, f),
                }
            }
        }

        impl<T> ExactSizeIterator for $iter<'_, T> {}
        impl<T> std::iter::FusedIterator for $iter<'_, T> {}
    )*};
}

element_iterators! {
    /// The elements of a matrix, row after row.
    Iter slice::Iter<'a, T>, &'a T,
        // SAFETY: the place is an element of the view that the iterator was made from, borrowed for 'a.
        |place| unsafe { &*place };
    /// The elements of a matrix, row after row, to be written.
    IterMut slice::IterMut<'a, T>, &'a mut T,
        // SAFETY: the place is an element of the mutable view that the iterator consumed, and comes up once only, since
        // no two elements of such a view share a place.
        |place| unsafe { &mut *place };
}

impl<T> Clone for Iter<'_, T> {
    fn clone(&self) -> Self {
        let order = match &self.order {
            Order::Contiguous(elements) => Order::Contiguous(elements.clone()),
            Order::Strided(Places { ptr, layout, i, j }) => {
                Order::Strided(Places { ptr: *ptr, layout: *layout, i: *i, j: *j })
            }
        };
        Iter { order, marker: PhantomData }
    }
}

// SAFETY: an iterator over `&T` may go where `&[T]` may.
unsafe impl<T: Sync> Send for Iter<'_, T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for Iter<'_, T> {}
// SAFETY: an iterator over `&mut T` may go where `&mut [T]` may.
unsafe impl<T: Send> Send for IterMut<'_, T> {}
// SAFETY: as above; a shared reference to it reaches no element.
unsafe impl<T: Sync> Sync for IterMut<'_, T> {}

macro_rules! line_iterators {
    ($($(#[$doc:meta])* $iter:ident of $view:ident, $lines:ident, $line:ident;)*) => {$(
        $(#[$doc])*
        pub struct $iter<'a, T> {
            whole: $view<'a, T>,
            left: Range<usize>,
        }

        impl<'a, T> $iter<'a, T> {
            fn new(whole: $view<'a, T>) -> Self {
                let left = 0..whole.$lines();
                $iter { whole, left }
            }
        }

        impl<'a, T> Iterator for $iter<'a, T> {
            type Item = $view<'a, T>;

            #[inline]
            fn next(&mut self) -> Option<$view<'a, T>> {
                // SAFETY: the index is inside, and each comes up once, so no two lines share an element.
                self.left.next().map(|i| unsafe { self.whole.part(self.whole.layout.$line(i)) })
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                self.left.size_hint()
            }
        }

        impl<T> DoubleEndedIterator for $iter<'_, T> {
            #[inline]
            fn next_back(&mut self) -> Option<Self::Item> {
                // SAFETY: as in `next`.
                self.left.next_back().map(|i| unsafe { self.whole.part(self.whole.layout.$line(i)) })
            }
        }

        impl<T> ExactSizeIterator for $iter<'_, T> {}
        impl<T> std::iter::FusedIterator for $iter<'_, T> {}
    )*};
}

line_iterators! {
    /// The rows of a matrix, each a matrix of one row.
    RowsIter of MatrixView, rows, row;
    /// The columns of a matrix, each a matrix of one column.
    ColsIter of MatrixView, cols, col;
    /// The rows of a matrix, each a matrix of one row, to be written.
    RowsIterMut of MatrixViewMut, rows, row;
    /// The columns of a matrix, each a matrix of one column, to be written.
    ColsIterMut of MatrixViewMut, cols, col;
}

impl<'a, T> MatrixView<'a, T> {
    /// The elements, row after row.
    ///
    /// ```
    /// let a = polyblas::matrix![[1, 2], [3, 4]];
    /// assert!(a.t().iter().eq(&[1, 3, 2, 4]));
    /// ```
    #[inline]
    pub fn iter(self) -> Iter<'a, T> {
        let order = match self.as_slice() {
            Some(elements) => Order::Contiguous(elements.iter()),
            None => Order::Strided(Places::new(self.ptr.cast_mut(), self.layout)),
        };
        Iter { order, marker: PhantomData }
    }

    /// The rows, each a matrix of one row.
    ///
    /// ```
    /// let a = polyblas::matrix![[1, 2], [3, 4]];
    /// let sums: Vec<i32> = a.view().rows_iter().map(|row| row.iter().sum()).collect();
    /// assert_eq!(sums, [3, 7]);
    /// ```
    pub fn rows_iter(self) -> RowsIter<'a, T> {
        RowsIter::new(self)
    }

    /// The columns, each a matrix of one column.
    pub fn cols_iter(self) -> ColsIter<'a, T> {
        ColsIter::new(self)
    }
}

impl<'a, T> IntoIterator for MatrixView<'a, T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;
    #[inline]
    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<'a, T> IntoIterator for &MatrixView<'a, T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;
    #[inline]
    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<'a, T> IntoIterator for MatrixViewMut<'a, T> {
    type Item = &'a mut T;
    type IntoIter = IterMut<'a, T>;
    #[inline]
    fn into_iter(self) -> IterMut<'a, T> {
        let (ptr, layout) = (self.ptr, self.layout);
        let order = match layout.is_contiguous() {
            true => Order::Contiguous(self.into_slice().unwrap_or_default().iter_mut()),
            false => Order::Strided(Places::new(ptr, layout)),
        };
        IterMut { order, marker: PhantomData }
    }
}

impl<'a, T> IntoIterator for &'a Matrix<T> {
    type Item = &'a T;
    type IntoIter = slice::Iter<'a, T>;
    #[inline]
    fn into_iter(self) -> slice::Iter<'a, T> {
        self.iter()
    }
}

impl<'a, T> IntoIterator for &'a mut Matrix<T> {
    type Item = &'a mut T;
    type IntoIter = slice::IterMut<'a, T>;
    #[inline]
    fn into_iter(self) -> slice::IterMut<'a, T> {
        self.iter_mut()
    }
}

impl<T> IntoIterator for Matrix<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;
    #[inline]
    fn into_iter(self) -> std::vec::IntoIter<T> {
        self.into_vec().into_iter()
    }
}

impl<T> Matrix<T> {
    /// The elements, row after row.
    #[inline]
    pub fn iter(&self) -> slice::Iter<'_, T> {
        self.as_slice().iter()
    }

    /// The elements, row after row, to be written.
    ///
    /// ```
    /// let mut a = polyblas::matrix![[1, 2], [3, 4]];
    /// for x in a.iter_mut() {
    ///     *x *= 10;
    /// }
    /// assert_eq!(a, polyblas::matrix![[10, 20], [30, 40]]);
    /// ```
    #[inline]
    pub fn iter_mut(&mut self) -> slice::IterMut<'_, T> {
        self.as_mut_slice().iter_mut()
    }
}

impl<T> MatrixViewMut<'_, T> {
    /// The elements, row after row.
    #[inline]
    pub fn iter(&self) -> Iter<'_, T> {
        self.view().iter()
    }

    /// The elements, row after row, to be written.
    #[inline]
    pub fn iter_mut(&mut self) -> IterMut<'_, T> {
        self.view_mut().into_iter()
    }
}

macro_rules! lines_of_owners {
    ($($owner:ty),*) => {$(
        impl<T> $owner {
            /// The rows, each a matrix of one row.
            ///
            /// ```
            /// let a = polyblas::matrix![[1, 2], [3, 4]];
            /// let sums: Vec<i32> = a.rows_iter().map(|row| row.iter().sum()).collect();
            /// assert_eq!(sums, [3, 7]);
            /// ```
            pub fn rows_iter(&self) -> RowsIter<'_, T> {
                RowsIter::new(self.view())
            }

            /// The columns, each a matrix of one column.
            pub fn cols_iter(&self) -> ColsIter<'_, T> {
                ColsIter::new(self.view())
            }

            /// The rows, each a matrix of one row, to be written.
            ///
            /// ```
            /// let mut a = polyblas::Matrix::zeros(2, 2);
            /// for (i, mut row) in a.rows_iter_mut().enumerate() {
            ///     row.fill(i);
            /// }
            /// assert_eq!(a, polyblas::matrix![[0, 0], [1, 1]]);
            /// ```
            pub fn rows_iter_mut(&mut self) -> RowsIterMut<'_, T> {
                RowsIterMut::new(self.view_mut())
            }

            /// The columns, each a matrix of one column, to be written.
            pub fn cols_iter_mut(&mut self) -> ColsIterMut<'_, T> {
                ColsIterMut::new(self.view_mut())
            }
        }
    )*};
}

lines_of_owners!(Matrix<T>, MatrixViewMut<'_, T>);
