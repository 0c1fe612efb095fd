//! Approximate equality, element by element, of matrices and views of the same shape.
//!
//! ```
//! use approx::{assert_abs_diff_eq, assert_relative_eq, assert_ulps_eq};
//! use polyblas::{Dot, matrix};
//!
//! let a = matrix![[0.1, 0.2], [0.3, 0.4]];
//! assert_relative_eq!(a.dot(&a), matrix![[0.07, 0.1], [0.15, 0.22]]);
//! assert_abs_diff_eq!(a, a.map(|x| x + 1e-3), epsilon = 1e-2);
//! assert_ulps_eq!(a.t(), matrix![[0.1, 0.3], [0.2, 0.4]]);
//! ```

use ::approx::{AbsDiffEq, RelativeEq, UlpsEq};

use crate::matrix::Matrix;
use crate::view::{AsView, MatrixView, MatrixViewMut};

fn all<T>(a: MatrixView<'_, T>, b: MatrixView<'_, T>, close: impl Fn(&T, &T) -> bool) -> bool {
    a.shape() == b.shape() && a.iter().zip(b).all(|(x, y)| close(x, y))
}

macro_rules! approximate_equality {
    ($($owner:ty),*) => {$(
        impl<T: AbsDiffEq<Epsilon: Clone>, V: AsView<Elem = T> + ?Sized> AbsDiffEq<V> for $owner {
            type Epsilon = T::Epsilon;

            fn default_epsilon() -> T::Epsilon {
                T::default_epsilon()
            }

            fn abs_diff_eq(&self, other: &V, epsilon: T::Epsilon) -> bool {
                all(self.view(), other.as_view(), |x, y| x.abs_diff_eq(y, epsilon.clone()))
            }
        }

        impl<T: RelativeEq<Epsilon: Clone>, V: AsView<Elem = T> + ?Sized> RelativeEq<V> for $owner {
            fn default_max_relative() -> T::Epsilon {
                T::default_max_relative()
            }

            fn relative_eq(&self, other: &V, epsilon: T::Epsilon, max_relative: T::Epsilon) -> bool {
                all(self.view(), other.as_view(), |x, y| x.relative_eq(y, epsilon.clone(), max_relative.clone()))
            }
        }

        impl<T: UlpsEq<Epsilon: Clone>, V: AsView<Elem = T> + ?Sized> UlpsEq<V> for $owner {
            fn default_max_ulps() -> u32 {
                T::default_max_ulps()
            }

            fn ulps_eq(&self, other: &V, epsilon: T::Epsilon, max_ulps: u32) -> bool {
                all(self.view(), other.as_view(), |x, y| x.ulps_eq(y, epsilon.clone(), max_ulps))
            }
        }
    )*};
}

approximate_equality!(Matrix<T>, MatrixView<'_, T>, MatrixViewMut<'_, T>);
