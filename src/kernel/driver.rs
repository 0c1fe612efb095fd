//! The loops around the micro-kernel.

pub(crate) mod ahead;
mod blocked;
mod direct;
mod in_place;
mod narrow;
mod shared;
mod staged;

use super::args::{Gemm, Part, Source, Target};
use super::blocking::{Blocks, Caches, Parts, in_memory};
use super::micro::{Kernel, Last, Tile};
use super::pack::share_sets;
use super::parallel::{self, Team};
use super::ring::Ring;
use super::shape::Shape;
use super::simd::{LINE, PAGE, multiples_apart};
use super::update::Update;
use crate::scalar::{ElementKind, Scalar};
use blocked::blocked;
use direct::{direct, direct_in_slices, large_c};
pub(crate) use direct::{is_one_strip, one_strip};
use in_place::{DIRECT_BYTES, STREAMS, before_lines, in_place, is_streamed};
use narrow::narrow;
use shared::shared;
use staged::staged;

/// `c = alpha * a * b (+ c | + beta * c)`, with `a` `m x k` and `b` `k x n`.
pub(crate) struct Product<K: Kernel> {
    pub m: usize,
    pub n: usize,
    pub k: usize,
    pub a: Source<K::A>,
    pub b: Source<K::B>,
    pub c: Target<K::C>,
    pub update: Update<K::C>,
    pub part: Part,
}

impl<T: Ring, K: Kernel<A = T, B = T, C = T>> Product<K> {
    /// The product, or where the columns of `c` are contiguous or [too few](is_better_transposed), `cᵀ = bᵀ aᵀ`:
    /// multiplication of `T` commutes.
    #[inline(always)]
    pub fn of(g: &Gemm<T>) -> Self {
        let transposed;
        let g = if g.c.is_column_major() || is_better_transposed::<T, K>(g) {
            transposed = g.t();
            &transposed
        } else {
            g
        };
        let update = Update::of(g);
        Product { m: g.m, n: g.n, k: g.k, a: g.a, b: g.b, c: g.c, update, part: g.part }
    }
}

/// Whether `c` has fewer columns than a vector and those of `a`, which make whole ones, are contiguous. Then `c` is
/// written by way of copies, which takes enough steps along `k` to pay.
///
/// Columns of `a` that share sets of L1 are read from further away, and what counts is how many elements of one a tile
/// takes at a time: `NR`, or else `MR`. Those in memory are [asked for ahead](ahead) as they are, which is as fast but
/// for elements of which a vector has so many that most of it is wasted.
#[inline(always)]
fn is_better_transposed<T: Ring, K: Kernel<A = T, B = T, C = T>>(g: &Gemm<T>) -> bool {
    if g.a.row_stride != 1 || g.a.col_stride == 1 || g.m < K::NR || !(2..=K::LANES).contains(&g.n) {
        return false;
    }
    if size_of::<T>() >= 8 && in_memory(g.m.saturating_mul(g.k).saturating_mul(size_of::<T>())) {
        return false;
    }
    let (most, steps) = if K::NR >= 3 * K::Tile::MR && multiples_apart::<T>(g.a.col_stride, PAGE) {
        (K::LANES, 32)
    } else if K::NR < 2 * K::Tile::MR && share_sets::<T>(g.a.col_stride) {
        return false;
    } else {
        (K::LANES * 3 / 4, 64)
    };
    g.n <= most && g.k.saturating_mul(K::LANES) >= steps * g.n
}

impl<K: Kernel> Product<K> {
    /// The product of `m` rows from `i` on and `n` columns from `j` on.
    ///
    /// # Safety
    /// They are among those of this one.
    #[inline(always)]
    unsafe fn cut(&self, (i, m): (usize, usize), (j, n): (usize, usize)) -> Self {
        // SAFETY: as promised to this function.
        unsafe {
            let a = Source { ptr: at(&self.a, i, 0), ..self.a };
            let b = Source { ptr: at(&self.b, 0, j), ..self.b };
            Product { m, n, a, b, c: target_at(&self.c, i, j), part: self.part.from(i, j), ..*self }
        }
    }

    #[inline(always)]
    fn a_bytes(&self) -> usize {
        self.m.saturating_mul(self.k).saturating_mul(size_of::<K::A>())
    }

    #[inline(always)]
    fn b_bytes(&self) -> usize {
        self.k.saturating_mul(self.n).saturating_mul(size_of::<K::B>())
    }

    #[inline(always)]
    fn c_bytes(&self) -> usize {
        self.m.saturating_mul(self.n).saturating_mul(size_of::<K::C>())
    }
}

/// A part of `a` as the micro-kernel reads it, in elements.
struct Left<K: Kernel> {
    ptr: *const K::A,
    row: isize,
    k: isize,
}

/// A part of `b` as the micro-kernel reads it: rows of contiguous units.
struct Right<K: Kernel> {
    ptr: *const K::Right,
    k: isize,
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

impl<K: Kernel> Tile<K> {
    /// A tile of `c = a * b` over `k` units, of which the place is still to be set.
    #[inline(always)]
    fn new(a: &Left<K>, b: &Right<K>, k: usize, c: Target<K::C>, update: Update<K::C>) -> Self {
        let (a_row, a_k, b_k, c_row) = (a.row, a.k, b.k, c.row_stride);
        Tile {
            k,
            a: a.ptr,
            a_row,
            a_k,
            b: b.ptr,
            b_k,
            c: c.ptr,
            c_row,
            last: K::LANES,
            update,
            ahead: a.ptr.cast(),
            ahead_step: 0,
        }
    }

    /// Multiplies `rows x columns`, at most the tile's size.
    ///
    /// # Safety
    /// `a` has so many rows of `k` units, `b` so many columns, and `c`, whose columns are `col_stride` apart, both.
    #[inline(always)]
    unsafe fn multiply(&mut self, (rows, columns): (usize, usize), col_stride: isize) {
        let vectors = columns.div_ceil(K::LANES);
        self.last = columns - (vectors - 1) * K::LANES;
        // SAFETY: as promised to this function.
        unsafe {
            if col_stride == 1 {
                K::Tile::micro_kernel::<K>(rows, vectors, Last::of::<K>(self.last))(self);
            } else {
                staged(self, (rows, columns), col_stride);
            }
        }
    }
}

/// Strips of columns: `(start, columns)`, cut at vectors.
#[inline(always)]
fn strips<K: Kernel>(n: usize) -> impl Iterator<Item = (usize, usize)> + Clone {
    let vectors = n.div_ceil(K::LANES);
    // Half a vector is multiplied in half the time beside two whole ones, or by itself where the whole ones fill their
    // strips; beside one the CPU takes as long as for a whole one.
    let ends_in_half = n > 0 && Last::of::<K>(n - (vectors - 1) * K::LANES) == Last::Half;
    let last = match vectors % K::Tile::NV {
        _ if !ends_in_half => 0,
        1 => 1,
        _ => K::Tile::NV.min(vectors),
    };
    let whole = vectors - last;
    let strips = Parts::new(whole, K::Tile::NV).iter().chain(ends_in_half.then_some((whole, last)));
    strips.map(move |(v, vectors)| (v * K::LANES, (vectors * K::LANES).min(n - v * K::LANES)))
}

/// Units along `k` that are worth reading `c` again.
const DEEP: usize = 256;

/// What a product of `T` costs, as [`worth`](parallel::worth) counts it.
#[inline(always)]
pub(crate) fn cost<T>(m: usize, n: usize, k: usize) -> usize {
    m.saturating_mul(n).saturating_mul(k).saturating_mul(size_of::<T>())
}

/// What a product costs.
#[inline(always)]
fn cost_of<K: Kernel>(p: &Product<K>) -> usize {
    cost::<K::Right>(p.m, p.n, p.k.div_ceil(K::K_UNIT)).saturating_mul(K::PARTS)
}

/// The most threads that pay for a product of `T`.
#[inline(always)]
pub(crate) fn worth<T: Scalar>(m: usize, n: usize, k: usize) -> usize {
    // A complex element is multiplied part by part.
    let parts = if matches!(ElementKind::of::<T>(), ElementKind::C32 | ElementKind::C64) { 2 } else { 1 };
    parallel::worth(cost::<T>(m, n, k).saturating_mul(parts))
}

/// Lines of `c` that take as long to go from thread to thread as it takes to hand over work that is worth sharing.
const LINES: usize = 2048;

/// The most threads that pay for a product: one for a single tile. A line of `c` may have to come from the thread that
/// wrote it last, and where `k` is small that costs more than the multiplications. What L2 does not hold comes from
/// further away in any case.
#[inline(always)]
fn worth_of<K: Kernel>(p: &Product<K>) -> usize {
    if p.m <= K::Tile::MR && p.n <= K::NR {
        return 1;
    }
    let lines = p.c_bytes().min(Caches::get().l2) / LINE;
    parallel::worth(cost_of(p) / (LINES + lines) * LINES)
}

/// Multiplies on at most `threads` threads.
///
/// Every element of `c` is the same sequence of operations whatever the thread count: `k` is cut by the shape alone
/// ([`depth`]), and threads share out rows and columns.
///
/// # Safety
/// The operands lie where `p` says; `c` is writable and overlaps neither; `m`, `n` and `k` are not zero; the CPU has
/// the kernel's instruction set.
#[inline(always)]
pub(crate) unsafe fn multiply<K: Kernel>(p: Product<K>, threads: usize) {
    let team = if threads > 1 { Team::of(threads.min(worth_of(&p)), cost_of(&p)) } else { Team::alone() };
    // SAFETY: as promised to this function.
    unsafe {
        let (kc, narrow) = (depth(&p), narrow::columns(&p));
        if team.threads() == 1 {
            alone(p, kc, narrow);
        } else {
            shared(p, kc, narrow, &team);
        }
    }
}

/// Units along `k` that are summed before `c` takes them in.
#[inline(always)]
fn depth<K: Kernel>(p: &Product<K>) -> usize {
    let units = p.k.div_ceil(K::K_UNIT);
    if is_streamed(p) {
        return units.min(STREAMS);
    }
    if units <= Blocks::LEAST_KC || is_deep(p) {
        return units;
    }
    let kc = Blocks::kc::<K>(Caches::get(), large_c(p));
    // Less where that is what a `b` of short rows takes to be multiplied where it lies, if it is enough to be worth
    // reading `c` again.
    let fits = DIRECT_BYTES / size_of::<K::B>() / p.n;
    units.min(if K::IN_PLACE && fits >= DEEP { kc.min(fits) } else { kc })
}

/// Whether so few strips read each panel of `a` that it need not stay in L1 meanwhile: rows that are cut along `k` come
/// from memory more slowly. L2 keeps up with a `b` that it holds.
#[inline(always)]
fn is_deep<K: Kernel>(p: &Product<K>) -> bool {
    K::IN_PLACE && p.n <= 4 * K::NR && p.a.col_stride == 1 && p.b_bytes() <= Caches::get().l2 / 2
}

/// Whether rows of `c` lie whole pages apart: one set of L1 takes a line of each.
#[inline(always)]
fn pages_apart<K: Kernel>(p: &Product<K>) -> bool {
    multiples_apart::<K::C>(p.c.row_stride, PAGE)
}

/// Rows of a panel, where each sweeps over all columns. Those that are [`pages_apart`] leave two lines of a set to what
/// else passes.
#[inline(always)]
fn panel_rows<K: Kernel>(p: &Product<K>) -> usize {
    let fit = if pages_apart(p) { (Caches::get().l1 / PAGE).saturating_sub(2).max(1) } else { usize::MAX };
    K::Tile::MR.min(fit)
}

/// The product on this thread, at most `kc` units of `k` at a time, the last columns by [`narrow`].
///
/// What a kernel never does is ruled out by constants, so that it is not compiled for it.
///
/// # Safety
/// As for [`multiply`].
#[inline(always)]
unsafe fn alone<K: Kernel>(mut p: Product<K>, kc: usize, columns: usize) {
    // SAFETY: as promised to this function.
    unsafe {
        if const { narrow::exists::<K>() } && columns > 0 {
            narrow(&p, p.n - columns);
            p.n -= columns;
            if p.n == 0 {
                return;
            }
        }
        if const { !K::IN_PLACE } || !in_place(&p, kc) {
            return blocked(p, kc);
        }
        let first = before_lines(&p);
        if first > 0 {
            where_it_lies(p.cut((0, p.m), (0, first)), kc);
            p = p.cut((0, p.m), (first, p.n - first));
        }
        where_it_lies(p, kc);
    }
}

/// # Safety
/// As for [`multiply`]; `b`'s columns are contiguous.
#[inline(always)]
unsafe fn where_it_lies<K: Kernel>(p: Product<K>, kc: usize) {
    // SAFETY: as promised to this function.
    unsafe {
        if kc >= p.k {
            direct(&p);
        } else {
            direct_in_slices(p, kc);
        }
    }
}
