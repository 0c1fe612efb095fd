//! The last columns of a product, where they are too few for a vector.

use super::blocked::PackB;
use super::direct::strip_by_strip;
use super::{Left, Product, Right, alone, at, target_at};
use crate::kernel::args::{Part, Source};
use crate::kernel::blocking::Caches;
use crate::kernel::micro::{Kernel, Tile};
use crate::kernel::shape::Shape;
use crate::kernel::simd::Isa;
use crate::kernel::workspace;

/// Steps along `k` from which the multiplications saved are more than it costs to pack a few columns and to add up the
/// lanes of sums; twice as many where some steps are left over.
const LEAST_K: usize = 32;
/// Steps of which the packed columns stay in L1.
const MOST_K: usize = 1024;
/// Tiles of rows from which on packing pays.
const LEAST_TILES: usize = 2;
/// Sums that keep two multiply-adds a cycle, each of four cycles, busy.
const BUSY: usize = 8;

/// Whether there is a kernel for fewer columns.
pub(super) const fn exists<K: Kernel>() -> bool {
    K::Narrow::LANES != K::LANES
}

/// How many columns at the right are better left to [`Kernel::Narrow`]. That depends on the shape of a whole product
/// alone, since it says in which order the products are summed.
#[inline(always)]
pub(super) fn columns<K: Kernel>(p: &Product<K>) -> usize {
    if !exists::<K>() {
        return 0;
    }
    let (vectors, columns) = (p.n / K::LANES, p.n % K::LANES);
    let fits = columns.wrapping_sub(1) < K::Narrow::LANES;
    let least = if p.k.is_multiple_of(K::Narrow::K_UNIT) { LEAST_K } else { 2 * LEAST_K };
    let pays = (least..=MOST_K).contains(&p.k) && p.m >= LEAST_TILES * <K::Narrow as Kernel>::Tile::MR;
    // The strip that they were part of would else be left with too few sums, and take as long as with them.
    let spared = K::Tile::MR >= BUSY || vectors.is_multiple_of(K::Tile::NV);
    // `a` is read once more.
    let near = || p.a_bytes() <= Caches::get().l2 / 2;
    let readable = p.a.col_stride == 1 && matches!(p.part, Part::All);
    // A matrix times its own transpose is symmetric only if all of it is summed alike.
    let turned = || p.a.ptr.cast::<u8>() == p.b.ptr.cast() && p.a.row_stride == p.b.col_stride && p.b.row_stride == 1;
    if fits && pays && spared && readable && near() && !turned() { columns } else { 0 }
}

/// The columns from `j` on.
///
/// # Safety
/// As for [`multiply`](super::multiply); there are as many as [`columns`] said.
#[inline(never)]
pub(super) unsafe fn narrow<K: Kernel>(p: &Product<K>, j: usize) {
    let (n, units, lanes) = (p.n - j, p.k / K::Narrow::K_UNIT, K::Narrow::LANES);
    let k = units * K::Narrow::K_UNIT;
    // SAFETY: the columns are the last of the n.
    let (b, c) = unsafe { (at(&p.b, 0, j), target_at(&p.c, 0, j)) };
    workspace::with(units * lanes * size_of::<<K::Narrow as Kernel>::Right>(), |buffer| {
        let packed_b = buffer.cast::<<K::Narrow as Kernel>::Right>();
        // SAFETY: the buffer holds so many units.
        unsafe {
            let strides = (p.b.row_stride, p.b.col_stride);
            <K::Narrow as Kernel>::Isa::vectorize::<PackB<K::Narrow>>((b, strides, (k, n), (0, units), packed_b));
            let a = Left { ptr: p.a.ptr, row: p.a.row_stride, k: K::Narrow::K_UNIT as isize };
            let right = || Right { ptr: packed_b, k: lanes as isize };
            let tile = Tile::<K::Narrow>::new(&a, &right(), units, c, p.update);
            strip_by_strip(tile, (p.m, n), 0, c.col_stride, |_, _| right());
        }
    });
    if k < p.k {
        // SAFETY: the steps are the last of the k.
        unsafe {
            let a = Source { ptr: at(&p.a, 0, k), ..p.a };
            let b = Source { ptr: at(&p.b, k, j), ..p.b };
            alone(Product::<K> { n, k: p.k - k, a, b, c, update: p.update.then(), ..*p }, p.k - k, 0);
        }
    }
}
