//! The sizes of tiles.

use super::micro::{Kernel, Last, Micro, MicroKernel};
use super::simd::Isa;

/// The size of a tile, and the micro-kernels for it and for every smaller one.
pub(crate) trait Shape: 'static {
    /// Most rows.
    const MR: usize;
    /// Most vectors of columns.
    const NV: usize;

    /// Most rows of a tile that is half a vector wider; zero where there is none.
    const WIDE_MR: usize;

    /// The micro-kernel for `rows x vectors`.
    fn micro_kernel<K: Kernel>(rows: usize, vectors: usize, last: Last) -> MicroKernel<K>;

    /// The micro-kernel for so many of [`WIDE_MR`](Self::WIDE_MR) rows and `NV` vectors and a half.
    fn wide<K: Kernel>(rows: usize) -> MicroKernel<K>;
}

macro_rules! shapes {
    ($(
        $name:ident = [$($mr:literal)*] x $nv:tt, tail $tail:literal $(, wide [$($wide:literal)*] x $wide_nv:literal)?;
    )*) => {$(
        #[doc = stringify!($name)]
        #[allow(dead_code, reason = "no instruction set has tiles of every shape")]
        pub(crate) struct $name;

        impl Shape for $name {
            const MR: usize = [$($mr),*].len();
            const NV: usize = $nv.len();
            const WIDE_MR: usize = 0 $(+ [$($wide),*].len())?;

            #[inline(always)]
            fn micro_kernel<K: Kernel>(rows: usize, vectors: usize, last: Last) -> MicroKernel<K> {
                let table = const { &[$(shapes!(@row K, $mr, $nv, $tail)),*] };
                table[rows - 1][vectors - 1 + match last {
                    Last::All => 0,
                    Last::Part => Self::NV,
                    Last::Half => 2 * Self::NV,
                }]
            }

            #[inline(always)]
            fn wide<K: Kernel>(rows: usize) -> MicroKernel<K> {
                let table: &[MicroKernel<K>] = if const { K::HALVES } {
                    &[$($(shapes!(@micro K, $wide, $wide_nv, Half, 1)),*)?]
                } else {
                    &[]
                };
                table[rows - 1]
            }
        }
    )*};
    (@row $k:ident, $mr:literal, [$($nv:literal),*], $tail:literal) => {
        [
            $(shapes!(@micro $k, $mr, $nv, All, $tail),)*
            $(shapes!(@micro $k, $mr, $nv, Part, $tail),)*
            $(if $k::HALVES {
                shapes!(@micro $k, $mr, $nv, Half, $tail)
            } else {
                shapes!(@micro $k, $mr, $nv, Part, $tail)
            },)*
        ]
    };
    (@micro $k:ident, $mr:literal, $nv:tt, $last:ident, $tail:literal) => {
        <$k::Isa as Isa>::vectorize::<Micro<$k, $mr, $nv, { Last::$last as u8 }, $tail>> as MicroKernel<$k>
    };
}

// Two last steps row by row where there are registers for the sums and two rows of `b`, else one.
shapes! {
    T2x2 = [1 2] x [1, 2], tail 1;
    T3x2 = [1 2 3] x [1, 2], tail 1;
    T4x1 = [1 2 3 4] x [1], tail 1;
    T4x2 = [1 2 3 4] x [1, 2], tail 1;
    T6x2 = [1 2 3 4 5 6] x [1, 2], tail 1;
    T4x3 = [1 2 3 4] x [1, 2, 3], tail 2;
    T6x4 = [1 2 3 4 5 6] x [1, 2, 3, 4], tail 1;
    T8x1 = [1 2 3 4 5 6 7 8] x [1], tail 2;
    T8x3 = [1 2 3 4 5 6 7 8] x [1, 2, 3], tail 2, wide [1 2 3 4 5 6] x 4;
}
