//! What may stand in a matrix, and what kind of element a generic `T` turns out to be.

use std::any::TypeId;

use num_complex::Complex;
use num_traits::Num;

/// An element of a [`Matrix`](crate::Matrix) that can be multiplied.
///
/// Implemented for every `Copy + Num + Send + Sync + 'static` type, so `f64`, `Complex<f32>`, `i8`,
/// `Wrapping<u32>`, `Ratio<i64>` or a finite field of your own need no `impl`. What a product costs depends on
/// [`ElementKind::of`].
///
/// ```
/// use std::num::Wrapping;
/// use polyblas::{Dot, matrix};
///
/// let a = matrix![[Wrapping(200u8), Wrapping(1)]];
/// assert_eq!(a.dot(&a.t())[(0, 0)], Wrapping(65));
/// ```
pub trait Scalar: Copy + Num + Send + Sync + 'static {}

impl<T: Copy + Num + Send + Sync + 'static> Scalar for T {}

macro_rules! element_kinds {
    ($($kind:ident = $t:ty, $name:literal;)*) => {
        /// What kind of element a type is: which kernels and which BLAS routines can multiply it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ElementKind {
            $(#[doc = concat!("`", $name, "`")] $kind,)*
            /// Any other type: multiplied by the generic kernel.
            Other,
        }

        impl ElementKind {
            /// Every kind that has kernels of its own.
            pub const ALL: &[ElementKind] = &[$(ElementKind::$kind),*];

            /// The kind of `T`. Decided at compile time for each `T`.
            #[must_use]
            #[inline(always)]
            pub fn of<T: 'static>() -> Self {
                let id = TypeId::of::<T>();
                $(if id == TypeId::of::<$t>() {
                    return ElementKind::$kind;
                })*
                ElementKind::Other
            }

            /// The type's name in Rust, for reports.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(ElementKind::$kind => $name,)*
                    ElementKind::Other => "other",
                }
            }
        }
    };
}

element_kinds! {
    F32 = f32, "f32";
    F64 = f64, "f64";
    C32 = Complex<f32>, "Complex<f32>";
    C64 = Complex<f64>, "Complex<f64>";
    I8 = i8, "i8";
    I16 = i16, "i16";
    I32 = i32, "i32";
    I64 = i64, "i64";
    I128 = i128, "i128";
    Isize = isize, "isize";
    U8 = u8, "u8";
    U16 = u16, "u16";
    U32 = u32, "u32";
    U64 = u64, "u64";
    U128 = u128, "u128";
    Usize = usize, "usize";
}

impl ElementKind {
    /// Whether BLAS has routines for this kind.
    #[must_use]
    pub const fn is_blas(self) -> bool {
        matches!(self, ElementKind::F32 | ElementKind::F64 | ElementKind::C32 | ElementKind::C64)
    }
}

impl std::fmt::Display for ElementKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_apart() {
        assert_eq!(ElementKind::of::<f32>(), ElementKind::F32);
        assert_eq!(ElementKind::of::<Complex<f64>>(), ElementKind::C64);
        assert_eq!(ElementKind::of::<isize>(), ElementKind::Isize);
        assert_eq!(ElementKind::of::<std::num::Wrapping<i32>>(), ElementKind::Other);
        assert!(ElementKind::C32.is_blas() && !ElementKind::I64.is_blas());
    }
}
