//! Products of which parts are packed, for the sizes of the caches.

use super::direct::{by_panels, strip_by_strip, whole_rows};
use super::{Left, Product, Right, at, panel_rows, strips, target_at};
use crate::kernel::args::Part;
use crate::kernel::blocking::{Blocks, Caches, Parts, even_part};
use crate::kernel::micro::{Kernel, Tile};
use crate::kernel::pack::{AHEAD, share_sets};
use crate::kernel::shape::Shape;
use crate::kernel::simd::{Isa, LINE, Op};
use crate::kernel::update::Update;
use crate::kernel::workspace;

/// Blocks of `b` up to which `a` is multiplied where it lies: a copy pays if more of them read it. Of complex numbers
/// half as many, which multiply each element twice.
const A_IN_PLACE: usize = 8;

struct PackA<K>(std::marker::PhantomData<K>);

impl<K: Kernel> Op for PackA<K> {
    type Args = (*const K::A, (isize, isize), usize, usize, *mut K::Left);
    type Output = (isize, isize);
    #[inline(always)]
    unsafe fn run((a, strides, rows, k, to): Self::Args) -> Self::Output {
        // SAFETY: as `Kernel::pack_a` asks.
        unsafe { K::pack_a(a, strides, rows, k, to) }
    }
}

pub(super) struct PackB<K>(std::marker::PhantomData<K>);

impl<K: Kernel> Op for PackB<K> {
    /// `k` and the columns of what lies at the pointer, and the units of a packed strip before and in all.
    type Args = (*const K::B, (isize, isize), (usize, usize), (usize, usize), *mut K::Right);
    type Output = ();
    #[inline(always)]
    unsafe fn run((b, strides, (k, n), (unit, units), to): Self::Args) {
        for (j, columns) in strips::<K>(n) {
            let width = columns.next_multiple_of(K::LANES);
            // SAFETY: j + columns <= n; the rest as `Kernel::pack_b` asks.
            unsafe {
                let (from, to) = (b.offset(j as isize * strides.1), to.add(j * units + unit * width));
                K::pack_b(from, strides, k, columns, width, to);
            }
        }
    }
}

/// The part of a product that one packed block of `a` takes part in: rows `i0..i0 + m`, `k0..k0 + k`.
struct Slice<'a, K: Kernel> {
    product: &'a Product<K>,
    update: Update<K::C>,
    i0: usize,
    m: usize,
    k0: usize,
    k: usize,
    /// Where `a` is packed; null where it is used as it lies.
    packed_a: *mut K::Left,
    /// Whether packed panels hold one row after another (else one unit of `k` after another).
    by_rows: bool,
}

/// The five loops: a slice of `k`, a block of `b` for L2, a panel of `a` for L1, a strip of the block, and the rows of
/// the tile.
///
/// # Safety
/// As for [`multiply`](super::multiply).
#[inline(never)]
pub(super) unsafe fn blocked<K: Kernel>(p: Product<K>, kc: usize) {
    let p = &p;
    let blocks = Blocks::new::<K>(Caches::get(), kc);
    let (all_units, strips) = (p.k.div_ceil(K::K_UNIT), p.n.div_ceil(K::NR));
    let column_blocks = p.n.div_ceil(blocks.nc);
    let in_place = column_blocks * K::PARTS <= A_IN_PLACE && p.a.col_stride == 1 && p.k.is_multiple_of(K::K_UNIT);
    let mc = if in_place { p.m } else { blocks.mc.min(p.m) };
    let a_bytes = if in_place { 0 } else { mc * kc * size_of::<K::Left>() };
    workspace::with(a_bytes, |buffer| {
        let packed_a = if in_place { std::ptr::null_mut() } else { buffer.cast::<K::Left>() };
        for (i0, m) in Parts::new(p.m, mc).iter() {
            let mut update = p.update;
            for (unit, units) in Parts::new(all_units, kc).iter() {
                let k0 = unit * K::K_UNIT;
                let k = (units * K::K_UNIT).min(p.k - k0);
                let mut slice = Slice { product: p, update, i0, m, k0, k, packed_a, by_rows: false };
                // SAFETY: the buffer holds the block of `a`; the columns are those of the product.
                unsafe {
                    if !in_place {
                        slice.pack_panels();
                    }
                    for block in 0..column_blocks {
                        // Whole strips, so that none but the last block has narrower ones.
                        slice.multiply(even_part(strips, column_blocks, block));
                    }
                }
                update = update.then();
            }
        }
    });
}

impl<K: Kernel> Slice<'_, K> {
    fn units(&self) -> usize {
        self.k.div_ceil(K::K_UNIT)
    }

    /// The rows of each panel, counted from `i0`.
    fn panels(&self) -> Parts {
        Parts::new(self.m, panel_rows(self.product))
    }

    /// Packs panel after panel, or where contiguous columns [`share_sets`], a few of them at a time across all panels,
    /// in the order of memory.
    ///
    /// # Safety
    /// The buffer holds all panels.
    unsafe fn pack_panels(&mut self) {
        let (a, units) = (&self.product.a, self.units());
        for (unit, k0, k) in self.chunks(a.row_stride == 1 && share_sets::<K::A>(a.col_stride)) {
            for (i, rows) in self.panels().iter() {
                // SAFETY: the rows are among the m, k0 + k <= self.k, and so is their place in the buffer.
                unsafe {
                    let from = at(a, self.i0 + i, self.k0 + k0);
                    let to = self.packed_a.add(i * units + unit * rows);
                    let (row, _) = K::Isa::vectorize::<PackA<K>>((from, (a.row_stride, a.col_stride), rows, k, to));
                    self.by_rows |= row != 1;
                }
            }
        }
    }

    /// The units that are packed at a time, as `(first unit, first element, elements)`: a few, or all.
    fn chunks(&self, few: bool) -> impl Iterator<Item = (usize, usize, usize)> + use<K> {
        let (units, k) = (self.units(), self.k);
        let chunk = if few { AHEAD as usize } else { units };
        (0..units).step_by(chunk).map(move |unit| {
            let k0 = unit * K::K_UNIT;
            (unit, k0, (chunk * K::K_UNIT).min(k - k0))
        })
    }

    /// # Safety
    /// `a`'s panel is packed, if it is to be.
    unsafe fn left(&self, i: usize, rows: usize) -> Left<K> {
        const { assert!(size_of::<K::Left>() == K::K_UNIT * size_of::<K::A>()) };
        let (a, unit) = (&self.product.a, K::K_UNIT as isize);
        if self.packed_a.is_null() {
            // SAFETY: the rows are among the m.
            return Left { ptr: unsafe { at(a, self.i0 + i, self.k0) }, row: a.row_stride, k: unit };
        }
        let (row, k) = if self.by_rows { (self.units() as isize, 1) } else { (1, rows as isize) };
        // SAFETY: the panel lies in the buffer.
        let ptr = unsafe { self.packed_a.add(i * self.units()) };
        Left { ptr: ptr.cast(), row: row * unit, k: k * unit }
    }

    /// Multiplies the panels by a block of columns, given in strips: packs the block, then sweeps each panel over it.
    ///
    /// # Safety
    /// `a` is packed, if it is to be, and the columns are those of the product.
    unsafe fn multiply(&self, (first, count): (usize, usize)) {
        let (p, units) = (self.product, self.units());
        let j0 = first * K::NR;
        let n = (count * K::NR).min(p.n - j0);
        let part = p.part.from(self.i0, j0);
        if !part.reaches(self.m - 1, 0) {
            return;
        }
        workspace::with(n.next_multiple_of(K::LANES) * units * size_of::<K::Right>(), |buffer| {
            let packed_b = buffer.cast::<K::Right>();
            // SAFETY: the block lies within `b`, its packed form within the buffer, the panels within `a` and `c`.
            unsafe {
                self.pack_block(j0, n, packed_b);
                let right = |j: usize, columns: usize| Right::<K> {
                    ptr: packed_b.add(j * units),
                    k: columns.next_multiple_of(K::LANES) as isize,
                };
                let tile_at = |i, rows| {
                    let c = target_at(&p.c, self.i0 + i, j0);
                    Tile::new(&self.left(i, rows), &right(0, 0), units, c, self.update)
                };
                if matches!(part, Part::All) && self.rows_stay() {
                    return strip_by_strip(tile_at(0, 0), (self.m, n), 0, p.c.col_stride, right);
                }
                let step = self.step_ahead(n / K::NR);
                for (i, rows) in self.panels().iter() {
                    let mut tile = tile_at(i, rows);
                    let c = tile.c;
                    let mut ahead = self.packed_a.wrapping_add((i + rows) * units).cast::<u8>();
                    for (j, columns) in strips::<K>(n).take_while(|&(j, _)| part.reaches(i + rows - 1, j)) {
                        if step > 0 {
                            (tile.ahead, tile.ahead_step) = (ahead, step as isize);
                            ahead = ahead.wrapping_add(step * units);
                        }
                        let b = right(j, columns);
                        (tile.b, tile.b_k) = (b.ptr, b.k);
                        tile.c = c.offset(j as isize * p.c.col_stride);
                        tile.multiply((rows, columns), p.c.col_stride);
                    }
                }
            }
        });
    }

    /// Whether the rows of `a`, where they lie, stay in L2 while strip after strip passes. Then L1 keeps the strip, of
    /// which a step of the micro-kernel takes more bytes than of a panel. Not where that is worth less than to write
    /// `c` row by row.
    fn rows_stay(&self) -> bool {
        let p = self.product;
        let bytes = self.m.saturating_mul(self.k).saturating_mul(size_of::<K::A>());
        self.packed_a.is_null() && bytes <= Caches::get().l2 / 4 && !(by_panels(p) && whole_rows(p))
    }

    /// How far on the next panel is asked for at each step of so many tiles of full width: where panels are packed,
    /// they are too many to stay in the caches close by from one block of `b` to the next. Those that lie in the matrix
    /// the CPU finds by itself.
    fn step_ahead(&self, tiles: usize) -> usize {
        if self.packed_a.is_null() {
            return 0;
        }
        (K::Tile::MR * size_of::<K::Left>()).div_ceil(tiles.max(1)).min(LINE)
    }

    /// Packs `n` columns of `b` from `j0` on, strip after strip. Contiguous rows are read a few at a time across all
    /// strips, in the order of memory.
    ///
    /// # Safety
    /// The block lies within `b`, and the buffer holds it.
    unsafe fn pack_block(&self, j0: usize, n: usize, to: *mut K::Right) {
        let (b, units) = (&self.product.b, self.units());
        for (unit, k0, k) in self.chunks(b.col_stride == 1) {
            // SAFETY: k0 + k <= self.k.
            unsafe {
                let from = at(b, self.k0 + k0, j0);
                K::Isa::vectorize::<PackB<K>>((from, (b.row_stride, b.col_stride), (k, n), (unit, units), to));
            }
        }
    }
}
