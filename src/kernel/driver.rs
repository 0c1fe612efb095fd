//! The loops around the micro-kernel.

use super::args::{Source, Target};
use super::blocking::{Blocks, Caches, even};
use super::micro::{Kernel, Shape, Tile, Update};
use super::simd::{Isa, Op};
use super::workspace;

/// `c = alpha * a * b (+ c | + beta * c)`, with `a` `m x k` and `b` `k x n`.
pub(crate) struct Product<K: Kernel> {
    pub m: usize,
    pub n: usize,
    pub k: usize,
    pub a: Source<K::A>,
    pub b: Source<K::B>,
    pub c: Target<K::C>,
    pub update: Update<K::C>,
}

impl<K: Kernel> Clone for Product<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K: Kernel> Copy for Product<K> {}

impl<T: Copy, K: Kernel<A = T, B = T, C = T>> Product<K> {
    /// `cᵀ = bᵀ aᵀ`, for elements whose multiplication commutes.
    pub fn t(self) -> Self {
        let update = Update { conj_a: self.update.conj_b, conj_b: self.update.conj_a, ..self.update };
        Product { m: self.n, n: self.m, k: self.k, a: self.b.t(), b: self.a.t(), c: self.c.t(), update }
    }
}

/// A part of `a` as the micro-kernel reads it.
struct Left<K: Kernel> {
    ptr: *const K::Left,
    row: isize,
    k: isize,
}

/// A part of `b` as the micro-kernel reads it: rows of contiguous units.
struct Right<K: Kernel> {
    ptr: *const K::Right,
    k: isize,
}

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

struct PackB<K>(std::marker::PhantomData<K>);

impl<K: Kernel> Op for PackB<K> {
    type Args = (*const K::B, (isize, isize), usize, usize, usize, *mut K::Right);
    type Output = ();
    #[inline(always)]
    unsafe fn run((b, strides, k, columns, width, to): Self::Args) {
        // SAFETY: as `Kernel::pack_b` asks.
        unsafe { K::pack_b(b, strides, k, columns, width, to) }
    }
}

/// # Safety
/// `(i, j)` lies in the matrix or just past it.
unsafe fn at<T>(s: &Source<T>, i: usize, j: usize) -> *const T {
    // SAFETY: as promised to this function.
    unsafe { s.ptr.offset(i as isize * s.row_stride + j as isize * s.col_stride) }
}

/// # Safety
/// `(i, j)` lies in the matrix.
unsafe fn target_at<T>(t: &Target<T>, i: usize, j: usize) -> Target<T> {
    // SAFETY: as promised to this function.
    Target { ptr: unsafe { t.ptr.offset(i as isize * t.row_stride + j as isize * t.col_stride) }, ..*t }
}

/// A strip of `c`, `m` rows by at most `NV` vectors of columns: one tile after another down the rows.
///
/// # Safety
/// `a` holds `m x k` units, `b` `k x columns`, and `c` is writable.
unsafe fn strip<K: Kernel>(
    (m, columns, k): (usize, usize, usize),
    a: &Left<K>,
    b: &Right<K>,
    c: Target<K::C>,
    update: &Update<K::C>,
) {
    let vectors = columns.div_ceil(K::LANES);
    let last = columns - (vectors - 1) * K::LANES;
    let mut tile = Tile {
        k,
        a: a.ptr,
        a_row: a.row,
        a_k: a.k,
        b: b.ptr,
        b_k: b.k,
        c: c.ptr,
        c_row: c.row_stride,
        last,
        update: *update,
    };
    for (i, rows) in even(m, K::Tile::MR) {
        // SAFETY: the rows i..i + rows are among the m.
        unsafe {
            tile.a = a.ptr.offset(i as isize * a.row);
            tile.c = c.ptr.offset(i as isize * c.row_stride);
            if c.col_stride == 1 {
                K::Tile::micro_kernel::<K>(rows, vectors, last != K::LANES)(&tile);
            } else {
                staged(&mut tile, (rows, columns), c.col_stride);
            }
        }
    }
}

/// Most bytes in a tile of `c`: 32 registers of 64 bytes.
const STAGE: usize = 32 * 64;

/// A tile of a `c` whose columns are not contiguous, by way of a copy.
///
/// # Safety
/// As for the micro-kernel, with columns of `c` `col_stride` apart.
#[inline(never)]
unsafe fn staged<K: Kernel>(tile: &mut Tile<K>, (rows, columns): (usize, usize), col_stride: isize) {
    #[repr(align(64))]
    struct Stage([std::mem::MaybeUninit<u8>; STAGE]);
    const { assert!(K::Tile::MR * K::Tile::NV * K::LANES * size_of::<K::C>() <= STAGE) };
    let mut stage = Stage([const { std::mem::MaybeUninit::uninit() }; STAGE]);
    let copy = stage.0.as_mut_ptr().cast::<K::C>();
    let (c, c_row) = (tile.c, tile.c_row);
    let cells = || (0..rows).flat_map(|i| (0..columns).map(move |j| (i, j)));
    // SAFETY: rows * columns elements fit the stage (asserted), and are elements of `c`.
    unsafe {
        if tile.update.write != super::micro::Write::Over {
            for (i, j) in cells() {
                *copy.add(i * columns + j) = *c.offset(i as isize * c_row + j as isize * col_stride);
            }
        }
        (tile.c, tile.c_row) = (copy, columns as isize);
        let vectors = columns.div_ceil(K::LANES);
        K::Tile::micro_kernel::<K>(rows, vectors, tile.last != K::LANES)(tile);
        (tile.c, tile.c_row) = (c, c_row);
        for (i, j) in cells() {
            *c.offset(i as isize * c_row + j as isize * col_stride) = *copy.add(i * columns + j);
        }
    }
}

/// Strips of columns: `(start, columns)`, cut at vectors.
#[inline(always)]
fn strips<K: Kernel>(n: usize) -> impl Iterator<Item = (usize, usize)> {
    even(n.div_ceil(K::LANES), K::Tile::NV)
        .map(move |(v, vectors)| (v * K::LANES, (vectors * K::LANES).min(n - v * K::LANES)))
}

/// Multiplies on this thread.
///
/// # Safety
/// The operands lie where `p` says; `c` is writable and overlaps neither; `m`, `n` and `k` are not zero; the CPU has
/// the kernel's instruction set.
pub(crate) unsafe fn multiply<K: Kernel>(p: &Product<K>) {
    // SAFETY: as promised to this function.
    unsafe {
        let b_bytes = p.k * p.n * size_of::<K::B>();
        let b_row_bytes = p.b.row_stride.unsigned_abs() * size_of::<K::B>();
        if K::IN_PLACE && p.b.col_stride == 1 && b_bytes <= 192 << 10 && (p.k <= 16 || b_row_bytes % 1024 != 0) {
            return direct(p);
        }
        let caches = Caches::get();
        let blocks = Blocks::new::<K>(caches);
        if K::IN_PLACE && p.a.col_stride == 1 && p.m * p.k.min(blocks.kc) * size_of::<K::A>() <= caches.l2 / 2 {
            return paneled(p, blocks);
        }
        blocked(p, blocks);
    }
}

/// Both operands where they lie.
///
/// # Safety
/// As for [`multiply`]; `b`'s columns are contiguous.
unsafe fn direct<K: Kernel>(p: &Product<K>) {
    let a = Left::<K> { ptr: p.a.ptr.cast(), row: p.a.row_stride, k: p.a.col_stride };
    for (j, columns) in strips::<K>(p.n) {
        // SAFETY: columns j..j + columns are among the n; units are elements (`IN_PLACE`).
        unsafe {
            let b = Right::<K> { ptr: p.b.ptr.cast::<K::Right>().add(j), k: p.b.row_stride };
            strip((p.m, columns, p.k), &a, &b, target_at(&p.c, 0, j), &p.update);
        }
    }
}

/// `a` where it lies, `b` packed one strip at a time.
///
/// # Safety
/// As for [`multiply`].
unsafe fn paneled<K: Kernel>(p: &Product<K>, blocks: Blocks) {
    let width = K::Tile::NV * K::LANES;
    let kc = blocks.kc.min(p.k);
    workspace::with(width * kc * size_of::<K::Right>(), |buffer| {
        let panel = buffer.cast::<K::Right>();
        let mut update = p.update;
        for (k0, kc) in even(p.k, blocks.kc) {
            for (j, columns) in strips::<K>(p.n) {
                let width = columns.next_multiple_of(K::LANES);
                // SAFETY: the block lies within `b`, its panel within the buffer.
                unsafe {
                    let strides = (p.b.row_stride, p.b.col_stride);
                    K::Isa::vectorize::<PackB<K>>((at(&p.b, k0, j), strides, kc, columns, width, panel));
                    let a = Left::<K> { ptr: at(&p.a, 0, k0).cast(), row: p.a.row_stride, k: p.a.col_stride };
                    let b = Right::<K> { ptr: panel, k: width as isize };
                    strip((p.m, columns, kc), &a, &b, target_at(&p.c, 0, j), &update);
                }
            }
            update = update.then();
        }
    });
}

/// The five loops: a block of `b` for the last-level cache, of `a` for L2, a strip of `b` for L1.
///
/// # Safety
/// As for [`multiply`].
unsafe fn blocked<K: Kernel>(p: &Product<K>, blocks: Blocks) {
    let units = blocks.kc.min(p.k.div_ceil(K::K_UNIT));
    let (mc, nc) = (blocks.mc.min(p.m), blocks.nc.min(p.n.next_multiple_of(K::LANES)));
    let a_bytes = (mc * units * size_of::<K::Left>()).next_multiple_of(64);
    let b_bytes = nc * units * size_of::<K::Right>();
    workspace::with(a_bytes + b_bytes, |buffer| {
        let packed_a = buffer.cast::<K::Left>();
        // SAFETY: the buffer holds both.
        let packed_b = unsafe { buffer.add(a_bytes) }.cast::<K::Right>();
        for (j0, nc) in even(p.n.div_ceil(K::LANES), nc / K::LANES) {
            let (j0, nc) = (j0 * K::LANES, (nc * K::LANES).min(p.n - j0 * K::LANES));
            let mut update = p.update;
            for (unit0, units) in even(p.k.div_ceil(K::K_UNIT), units) {
                let k0 = unit0 * K::K_UNIT;
                let kc = (units * K::K_UNIT).min(p.k - k0);
                // SAFETY: every block lies within its matrix, its packed form within the buffer.
                unsafe {
                    for (j, columns) in strips::<K>(nc) {
                        let width = columns.next_multiple_of(K::LANES);
                        let strides = (p.b.row_stride, p.b.col_stride);
                        let to = packed_b.add(j * units);
                        K::Isa::vectorize::<PackB<K>>((at(&p.b, k0, j0 + j), strides, kc, columns, width, to));
                    }
                    for (i0, mc) in even(p.m, mc) {
                        let mut strides = (0, 0);
                        for (i, rows) in even(mc, K::Tile::MR) {
                            let from = at(&p.a, i0 + i, k0);
                            let to = packed_a.add(i * units);
                            strides =
                                K::Isa::vectorize::<PackA<K>>((from, (p.a.row_stride, p.a.col_stride), rows, kc, to));
                        }
                        for (j, columns) in strips::<K>(nc) {
                            let width = columns.next_multiple_of(K::LANES);
                            let b = Right::<K> { ptr: packed_b.add(j * units), k: width as isize };
                            for (i, rows) in even(mc, K::Tile::MR) {
                                let (row, k) = if strides.0 == 1 { (1, rows as isize) } else { strides };
                                let a = Left::<K> { ptr: packed_a.add(i * units), row, k };
                                let c = target_at(&p.c, i0 + i, j0 + j);
                                strip((rows, columns, units), &a, &b, c, &update);
                            }
                        }
                    }
                }
                update = update.then();
            }
        }
    });
}
