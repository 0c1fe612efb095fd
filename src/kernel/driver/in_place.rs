//! Whether `b` is better multiplied where it lies, and from where on.

use super::direct::large_c;
use super::{Product, pages_apart};
use crate::kernel::blocking::{Caches, in_memory};
use crate::kernel::micro::Kernel;
use crate::kernel::shape::Shape;
use crate::kernel::simd::{Isa, LINE, PAGE, multiples_apart};

/// Bytes of `b` that are multiplied where they lie: more of it does not stay in the caches close by.
pub(super) const DIRECT_BYTES: usize = 320 << 10;
/// Pages of `b` that the first level of a TLB has room for beside those of `a` and `c`: it has 64 in all (Haswell to
/// Skylake, Zen 2, Zen 3) or a few more (Zen 4).
const PAGES: usize = 56;

/// Whether a row of a strip, where it begins with a cache line, takes one, as good as: less than two.
pub(super) const fn strip_is_one_line<K: Kernel>() -> bool {
    K::NR * size_of::<K::B>() < 2 * LINE
}

/// Rows of a `b` in memory that are read together: each is a stream, and the prefetchers follow no more of them.
pub(super) const STREAMS: usize = 8;
/// Bytes in a row of such a `b`, at least.
const STREAM_BYTES: usize = 2 << 10;

/// Whether `b` comes from memory, from which strips are slow to read, for so few rows of `c` that this is what counts:
/// then [`STREAMS`] of its rows are multiplied at a time, from end to end, and a small `c` is added to as often.
#[inline(always)]
pub(super) fn is_streamed<K: Kernel>(p: &Product<K>) -> bool {
    let rows = || p.n >= STREAM_BYTES / size_of::<K::B>() && p.b.col_stride == 1 && p.c.col_stride == 1;
    let few = || p.m <= K::Tile::MR || p.m <= 2 * K::Tile::MR && p.c_bytes() <= Caches::get().l2 / 4;
    K::IN_PLACE && rows() && few() && in_memory(p.b_bytes())
}

/// Whether slices of `b`, `kc` deep, are better multiplied where they lie than packed.
#[inline(always)]
pub(super) fn in_place<K: Kernel>(p: &Product<K>, kc: usize) -> bool {
    let bytes = kc.saturating_mul(p.n).saturating_mul(size_of::<K::B>());
    let strip_bytes = K::NR * size_of::<K::B>();
    // A line of which a strip is a part is read for each of its strips.
    let times = (LINE / strip_bytes).max(1);
    let few_rows = || {
        let caches = Caches::get();
        let all = p.b_bytes();
        // A copy of `b` pays if many rows read it, or if it has to come from memory: copied, it is read in order. It
        // pays sooner if a row of a strip is one line.
        let (most, read) =
            if strip_is_one_line::<K>() { (caches.l3 / 8, caches.l3 / 2) } else { (caches.l3 / 4, caches.l3 * 2) };
        all <= most && all.saturating_mul(p.m).saturating_mul(times) <= read * K::Tile::MR
    };
    let fits = bytes <= DIRECT_BYTES / times || p.m <= K::Tile::MR || few_rows();
    K::IN_PLACE && p.b.col_stride == 1 && fits && !crowded(p, kc, bytes, strip_bytes)
}

/// Whether rows of a strip of `b`, where they lie, push one another or `a` out of L1, and so many tiles of rows read
/// them that a copy pays.
///
/// Rows that are a large power of two apart compete for few sets, and each tile reads them from further away.
/// - Where a row is one line, a copy pays from two tiles on where the sets are fewest, and later where there are more:
///   L2 keeps up with rows less than 512 bytes apart, and rows that just fill their sets are too many, since `a` and
///   `c` need some. Rows [in lines](in_lines) of their own are half as many lines, and it pays later still.
/// - Where the rows of such a strip lie in more pages than the TLB has at hand, each tile waits for them, and a copy
///   lies in fewer. That takes eight tiles; of longer rows a step lasts long enough for the CPU to look pages up
///   meanwhile.
/// - L2 does not keep up with rows of one line that lie across two, if these and a panel of `a` leave L1 no room. That
///   takes twelve tiles, and more if they are in lines and each strip is read by all panels, without others in between.
///   An `a` whose columns are contiguous is copied as well then, which takes some strips to pay, fewer if L2 does not
///   hold it.
/// - Where a row is several lines, that is so for a page alone, and takes eight tiles if `b` is in L2, more in lines.
/// - Where rows of `c` are pages apart as well and meet those of `b` in the same sets, four tiles are enough: of rows
///   of one line if those of a tile and the steps are more than a set holds, of longer ones up to 16 steps.
/// - Where the CPU multiplies all of so long a vector at once, L2 does not keep up with any strip that L1 does not hold
///   beside a panel of `a`; that takes twelve.
#[inline(always)]
fn crowded<K: Kernel>(p: &Product<K>, kc: usize, bytes: usize, strip_bytes: usize) -> bool {
    let row_bytes = p.b.row_stride.unsigned_abs() * size_of::<K::B>();
    let spacing = 1 << row_bytes.trailing_zeros().min(PAGE.ilog2());
    let caches = Caches::get();
    let in_lines = in_lines(p);
    let overflows = |l1: usize| {
        let split = if in_lines { 0 } else { LINE };
        let step_bytes = (strip_bytes + split).max(spacing) + K::Tile::MR * size_of::<K::A>();
        kc.saturating_mul(step_bytes) >= l1
    };
    let meets_c = || {
        let offset = p.c.ptr.addr().wrapping_sub(p.b.ptr.addr()) % PAGE;
        spacing == PAGE && pages_apart(p) && offset.min(PAGE - offset) < 4 * LINE
    };
    let many_strips = || p.n > K::NR * if p.a_bytes() > caches.l2 / 2 { 4 } else { 7 };
    let tiles = if strip_is_one_line::<K>() {
        if row_bytes >= 512 && kc.saturating_mul(spacing) >= caches.l1 {
            match row_bytes {
                _ if spacing == PAGE && in_lines && kc > 32 => 4,
                _ if spacing == PAGE => 2,
                _ if in_lines => 16,
                _ if spacing > 1024 => 4,
                1024.. => 8,
                _ => 12,
            }
        } else if kc.saturating_mul(row_bytes.min(PAGE)) > PAGES * PAGE {
            8
        } else if (kc + K::Tile::MR) * PAGE > caches.l1 && meets_c() {
            4
        } else if (p.a.col_stride == 1 || many_strips()) && overflows(caches.l1 / 8 * 7) {
            // Not quite all of L1: `c` passes through as well.
            if in_lines && !large_c(p) { 32 } else { 12 }
        } else {
            return false;
        }
    } else {
        // Rows of a large `c` compete for the same sets, whatever `b` takes.
        let many = if large_c(p) { p.k > 1 } else { p.k > 16 && bytes >= 64 << 10 };
        if !many || (spacing < PAGE && (K::Isa::in_halves() || !overflows(caches.l1))) {
            return false;
        }
        match spacing {
            ..PAGE => 12,
            _ if in_lines => 32,
            _ if bytes <= caches.l2 / 2 && !(p.k <= 16 && meets_c()) => 8,
            _ => 4,
        }
    };
    p.m > tiles * K::Tile::MR
}

/// Whether strips of `b`, where they lie, begin where cache lines do: one that lies across lines takes one more of each
/// row than its own. Where L1 does not hold `b` that is worth a strip of the columns before, if others are many, or few
/// sums are formed of each.
#[inline(always)]
fn in_lines<K: Kernel>(p: &Product<K>) -> bool {
    // At least a line, whose columns are more than those before one.
    let many = (24 * K::NR / K::Tile::MR * p.m.min(K::Tile::MR)).max(LINE);
    let pays = || p.n >= many && p.b_bytes() >= 2 * Caches::get().l1;
    multiples_apart::<K::B>(p.b.row_stride, LINE) && (p.b.ptr.addr().is_multiple_of(LINE) || pays())
}

/// The columns of `b` before those strips, not all of them.
#[inline(always)]
pub(super) fn before_lines<K: Kernel>(p: &Product<K>) -> usize {
    if in_lines(p) { p.b.ptr.addr().wrapping_neg() % LINE / size_of::<K::B>() } else { 0 }
}
