//! Products whose operands are multiplied where they lie.

use super::ahead::{Ahead, NextRows};
use super::{Left, Product, Right, at, pages_apart, panel_rows, strips, target_at};
use crate::kernel::args::{Gemm, Part, Source};
use crate::kernel::blocking::{Blocks, Caches, Parts};
use crate::kernel::micro::{Kernel, Last, Tile};
use crate::kernel::ring::Ring;
use crate::kernel::shape::Shape;
use crate::kernel::update::Update;

/// Bytes of `c` that stay in the caches close by while strip after strip is written.
const C_BYTES: usize = 256 << 10;

/// The rows of `a` times one strip of `b`, from the tile at its top on.
///
/// # Safety
/// `a` has the rows, and `b` so many columns, at most a strip; `c`, whose columns are `col_stride` apart, has both.
#[inline(always)]
unsafe fn strip<K: Kernel>(tile: &mut Tile<K>, rows: Parts, columns: usize, col_stride: isize, ahead: &mut Ahead) {
    let (a, c) = (tile.a, tile.c);
    for (i, rows) in rows.iter() {
        // SAFETY: the rows are among those promised to this function.
        unsafe {
            tile.a = a.offset(i as isize * tile.a_row);
            tile.c = c.offset(i as isize * tile.c_row);
            ahead.share(tile, (rows, columns));
            tile.multiply((rows, columns), col_stride);
        }
    }
}

/// Both operands where they lie.
///
/// # Safety
/// As for [`multiply`](super::multiply); `b`'s columns are contiguous.
#[inline(always)]
pub(super) unsafe fn direct<K: Kernel>(p: &Product<K>) {
    // SAFETY: as promised to this function.
    unsafe {
        if by_panels(p) || !matches!(p.part, Part::All) {
            panel_by_panel(p);
        } else {
            let a = Left::<K> { ptr: p.a.ptr, row: p.a.row_stride, k: p.a.col_stride };
            let b = Right::<K> { ptr: p.b.ptr.cast(), k: p.b.row_stride };
            let tile = Tile::new(&a, &b, p.k, p.c, p.update);
            let wide = if p.c.col_stride == 1 { wide_columns::<K>(p.n) } else { 0 };
            strip_by_strip(tile, (p.m, p.n), wide, p.c.col_stride, |j, _| Right { ptr: b.ptr.add(j), k: b.k });
        }
    }
}

/// All of an `m x n` product, strip after strip, from the tile at its top left on, `wide` columns at the right by tiles
/// [half a vector wider](Shape::wide). `right` is where the strip of so many columns from a column on lies.
///
/// # Safety
/// `a` has the rows, `b` the columns where `right` says; `c`, whose columns are `col_stride` apart, has both. `wide` is
/// zero, or what [`wide_columns`] says and the columns of `c` are contiguous.
#[inline(always)]
pub(super) unsafe fn strip_by_strip<K: Kernel>(
    mut tile: Tile<K>,
    (m, n): (usize, usize),
    wide: usize,
    col_stride: isize,
    right: impl Fn(usize, usize) -> Right<K>,
) {
    let (a, c) = (tile.a, tile.c);
    let rows = Parts::new(m, K::Tile::MR);
    let full = (n - wide).div_ceil(K::LANES) / K::Tile::NV;
    let steps = m.div_ceil(K::Tile::MR) * (full + usize::from(wide > 0)) * tile.k;
    let mut ahead = Ahead::of::<K>(steps, NextRows::of(&tile, m));
    for (j, columns) in strips::<K>(n - wide) {
        let b = right(j, columns);
        // SAFETY: the rows are the m, the columns among the n.
        unsafe {
            (tile.a, tile.b, tile.b_k) = (a, b.ptr, b.k);
            tile.c = c.offset(j as isize * col_stride);
            strip(&mut tile, rows, columns, col_stride, &mut ahead);
        }
    }
    if wide > 0 {
        let b = right(n - wide, wide);
        tile.last = wide - K::NR;
        (tile.b, tile.b_k) = (b.ptr, b.k);
        for (i, rows) in Parts::new(m, K::Tile::WIDE_MR).iter() {
            // SAFETY: the rows are the m, the columns the last of the n, and contiguous.
            unsafe {
                tile.a = a.offset(i as isize * tile.a_row);
                tile.c = c.offset(i as isize * tile.c_row + (n - wide) as isize);
                ahead.share(&mut tile, (rows, wide));
                K::Tile::wide::<K>(rows)(&tile);
            }
        }
    }
}

/// Columns at the right for tiles half a vector wider: half a vector by itself takes as many loads as multiply-adds.
#[inline(always)]
fn wide_columns<K: Kernel>(n: usize) -> usize {
    let (strips, left) = (n / K::NR, n % K::NR);
    let fits = (1..=K::LANES / 2).contains(&left) && Last::of::<K>(left) == Last::Half;
    if K::Tile::WIDE_MR > 0 && strips > 0 && fits { K::NR + left } else { 0 }
}

/// Both operands where they lie, row of tiles after row of tiles, as far as they are asked for.
///
/// # Safety
/// As for [`direct`].
#[inline(never)]
unsafe fn panel_by_panel<K: Kernel>(p: &Product<K>) {
    let a = Left::<K> { ptr: p.a.ptr, row: p.a.row_stride, k: p.a.col_stride };
    let b = Right::<K> { ptr: p.b.ptr.cast(), k: p.b.row_stride };
    let mut tile = Tile::new(&a, &b, p.k, p.c, p.update);
    let (strips, ahead) = (strips::<K>(p.n), NextRows::of(&tile, p.m));
    // Panels of fewer rows read `b` more often, and a few of them do not make up for that if it is large.
    let few = p.m <= 8 * K::Tile::MR && p.b_bytes() > 2 * Caches::get().l1;
    for (i, rows) in Parts::new(p.m, if few { K::Tile::MR } else { panel_rows(p) }).iter() {
        // SAFETY: the rows are among the m, the columns among the n; units are elements (`IN_PLACE`).
        unsafe {
            tile.a = at(&p.a, i, 0);
            ahead.ask(&mut tile, rows);
            for (j, columns) in strips.clone().take_while(|&(j, _)| p.part.reaches(i + rows - 1, j)) {
                (tile.b, tile.c) = (b.ptr.add(j), target_at(&p.c, i, j).ptr);
                tile.multiply((rows, columns), p.c.col_stride);
            }
        }
    }
}

/// Whether a product is one strip of a few rows, which [`multiply`](super::multiply) would take where they lie.
#[inline(always)]
pub(crate) fn is_one_strip<T: Ring, K: Kernel<A = T, B = T, C = T>>(g: &Gemm<T>) -> bool {
    const { assert!(K::NR <= Blocks::LEAST_KC) };
    // None of them is zero then either.
    let few = (g.m.wrapping_sub(1) | g.k.wrapping_sub(1)) < Blocks::LEAST_KC;
    let narrow = g.n.wrapping_sub(1) < K::NR;
    K::IN_PLACE && few && narrow && g.b.col_stride == 1 && g.c.col_stride == 1
}

/// A product that [`is_one_strip`], with nothing asked that so small a one does not depend on: to ask takes as long as
/// a tile.
///
/// # Safety
/// As for [`multiply`](super::multiply).
#[inline(always)]
pub(crate) unsafe fn one_strip<T: Ring, K: Kernel<A = T, B = T, C = T>>(g: &Gemm<T>) {
    let a = Left::<K> { ptr: g.a.ptr, row: g.a.row_stride, k: g.a.col_stride };
    let b = Right::<K> { ptr: g.b.ptr.cast(), k: g.b.row_stride };
    let mut tile = Tile::new(&a, &b, g.k, g.c, Update::of(g));
    // SAFETY: the operands' own shapes; units are elements (`IN_PLACE`).
    unsafe { strip(&mut tile, Parts::new(g.m, K::Tile::MR), g.n, 1, &mut Ahead::nothing()) };
}

/// Both operands where they lie, at most `kc` of `k` at a time.
///
/// # Safety
/// As for [`direct`].
#[inline(never)]
pub(super) unsafe fn direct_in_slices<K: Kernel>(p: Product<K>, kc: usize) {
    let mut update = p.update;
    for (k0, k) in Parts::new(p.k, kc).iter() {
        // SAFETY: k0..k0 + k are among the k.
        unsafe {
            let a = Source { ptr: at(&p.a, 0, k0), ..p.a };
            let b = Source { ptr: at(&p.b, k0, 0), ..p.b };
            direct(&Product::<K> { k, a, b, update, ..p });
        }
        update = update.then();
    }
}

/// Whether `c` does not stay in the caches close by while strip after strip is written.
#[inline(always)]
pub(super) fn large_c<K: Kernel>(p: &Product<K>) -> bool {
    p.n > K::NR && p.c_bytes() > C_BYTES
}

/// Whether `c` is better written row by row than strip by strip: if it is large, or L1 holds all of `b` and not `c`.
/// Where rows are [`pages_apart`] a strip of `c` is in few sets, so that it pays with a larger `b` as well.
#[inline(always)]
pub(super) fn by_panels<K: Kernel>(p: &Product<K>) -> bool {
    let l1 = Caches::get().l1;
    let between = |most_b, least_c| p.b_bytes() <= most_b && p.c_bytes() > least_c && p.n > K::NR;
    large_c(p) || whole_rows(p) && (between(l1 / 2, l1 / 2) || pages_apart(p) && between(2 * l1, 2 * l1))
}

/// Whether rows of `c` are not much longer than `n`. Of longer ones another thread may write the rest, and the CPU
/// fetches some of it ahead where a row is written from end to end.
#[inline(always)]
pub(super) fn whole_rows<K: Kernel>(p: &Product<K>) -> bool {
    p.c.row_stride.unsigned_abs() < 2 * p.n
}
