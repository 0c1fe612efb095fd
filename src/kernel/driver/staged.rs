//! Tiles of a `c` whose columns are not contiguous.

use super::target_at;
use crate::kernel::args::Target;
use crate::kernel::micro::{Kernel, Last, Tile};
use crate::kernel::shape::Shape;

/// Most bytes in a tile of `c`: 32 registers of 64 bytes, stored as elements twice as wide as their sums.
const STAGE: usize = 2 * 32 * 64;

/// A tile of a `c` whose columns are not contiguous, by way of a copy.
///
/// # Safety
/// As for the micro-kernel, with columns of `c` `col_stride` apart.
#[inline(never)]
pub(super) unsafe fn staged<K: Kernel>(tile: &mut Tile<K>, (rows, columns): (usize, usize), col_stride: isize) {
    #[repr(align(64))]
    struct Stage([std::mem::MaybeUninit<u8>; STAGE]);
    const { assert!(K::Tile::MR * K::NR * size_of::<K::C>() <= STAGE) };
    let mut stage = Stage([const { std::mem::MaybeUninit::uninit() }; STAGE]);
    let copy = stage.0.as_mut_ptr().cast::<K::C>();
    let c = Target { ptr: tile.c, row_stride: tile.c_row, col_stride };
    let stage = Target { ptr: copy, row_stride: columns as isize, col_stride: 1 };
    // SAFETY: rows * columns elements fit the stage (asserted), and are elements of `c`.
    unsafe {
        if tile.update.reads() {
            copy_tile(&c, &stage, (rows, columns));
        }
        (tile.c, tile.c_row) = (copy, columns as isize);
        let vectors = columns.div_ceil(K::LANES);
        K::Tile::micro_kernel::<K>(rows, vectors, Last::of::<K>(tile.last))(tile);
        (tile.c, tile.c_row) = (c.ptr, c.row_stride);
        copy_tile(&stage, &c, (rows, columns));
    }
}

/// Copies a tile, a few rows at a time: their elements of one column are contiguous in one of the two, most likely.
///
/// # Safety
/// Both have so many rows and columns, the first to be read and the second to be written.
unsafe fn copy_tile<T: Copy>(from: &Target<T>, to: &Target<T>, (rows, columns): (usize, usize)) {
    #[inline(always)]
    unsafe fn copy<T: Copy, const ROWS: usize>(from: &Target<T>, to: &Target<T>, i: usize, columns: usize) {
        for j in 0..columns {
            // SAFETY: as promised to the function around this one.
            unsafe {
                let elements: [T; ROWS] = std::array::from_fn(|r| *target_at(from, i + r, j).ptr);
                for (r, element) in elements.into_iter().enumerate() {
                    *target_at(to, i + r, j).ptr = element;
                }
            }
        }
    }
    let mut i = 0;
    // SAFETY: as promised to this function.
    unsafe {
        while rows - i >= 4 {
            copy::<T, 4>(from, to, i, columns);
            i += 4;
        }
        if rows - i >= 2 {
            copy::<T, 2>(from, to, i, columns);
            i += 2;
        }
        if rows > i {
            copy::<T, 1>(from, to, i, columns);
        }
    }
}
