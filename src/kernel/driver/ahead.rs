//! What is worked on next, asked for while something is multiplied. A line asked for at each step of the micro-kernel
//! costs nothing; more of them at once would hold up what the step itself reads.
//!
//! - The next product. One waits for operands that lie in memory: at n = 100 half as long as it multiplies. Who knows
//!   what comes next can spare it that.
//! - The next rows of `a`. Where its columns are contiguous each step takes them from a line of its own, a column from
//!   the last, which no prefetcher foresees: from memory, that takes longer than the multiplications. And rows that
//!   follow one another in memory are read side by side, each from its beginning.

use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ptr;

use crate::kernel::blocking::Caches;
use crate::kernel::micro::{Kernel, Tile};
use crate::kernel::shape::Shape;
use crate::kernel::simd::LINE;

/// Where something begins, and its bytes.
type Range = (*const u8, usize);

const NOTHING: [Range; 3] = [(ptr::null(), 0); 3];

thread_local! {
    /// What the product after this thread's next one works on.
    static NEXT: Cell<[Range; 3]> = const { Cell::new(NOTHING) };
}

fn range<T>(elements: &[T]) -> Range {
    (elements.as_ptr().cast(), size_of_val(elements))
}

/// Says what the product after this thread's next one reads and writes. It is asked for and not touched: it may as well
/// be something else.
pub(crate) fn expect<T>(a: &[T], b: &[T], c: &[MaybeUninit<T>]) {
    let ranges = [range(a), range(b), range(c)];
    // It shares L2 with what is multiplied meanwhile.
    let fits = ranges.iter().map(|range| range.1).sum::<usize>() <= Caches::get().l2 / 2;
    NEXT.set(if fits { ranges } else { NOTHING });
}

/// Says that nothing is known of that product.
pub(crate) fn expect_nothing() {
    NEXT.set(NOTHING);
}

/// What is still to be asked for.
pub(super) struct Ahead {
    ranges: [Range; 3],
    /// Bytes from one step of the micro-kernel to the next; zero if there is nothing.
    step: usize,
    /// What is asked for else.
    rows: NextRows,
    /// Whether there is anything: to look takes as long as a step.
    asks: bool,
}

impl Ahead {
    #[inline(always)]
    pub fn nothing() -> Self {
        Ahead { ranges: NOTHING, step: 0, rows: NextRows { step: 0, first: 0 }, asks: false }
    }

    /// Takes what this thread expects, for a product of so many steps at full width.
    #[inline(always)]
    pub fn of<K: Kernel>(steps: usize, rows: NextRows) -> Self {
        if const { K::Tile::NV == 1 } {
            return Ahead { rows, asks: rows.step != 0, ..Ahead::nothing() };
        }
        let ranges = NEXT.replace(NOTHING);
        let bytes: usize = ranges.iter().map(|range| range.1).sum();
        // Not quite to the last step: what is asked for late comes late. Of more than a line a step some is left out,
        // and at more than two memory takes so much longer than the product that nothing is gained.
        let step = (bytes + bytes / 8).div_ceil(steps.max(1));
        let step = if step > 2 * LINE { 0 } else { step.min(LINE) };
        Ahead { ranges, step, rows, asks: step > 0 || rows.step != 0 }
    }

    /// Shares it out to a tile of so many rows and columns: of the next product, to one of full width.
    #[inline(always)]
    pub fn share<K: Kernel>(&mut self, tile: &mut Tile<K>, (rows, columns): (usize, usize)) {
        if !self.asks {
            return;
        }
        if self.step > 0 && columns > (K::Tile::NV - 1) * K::LANES {
            (tile.ahead, tile.ahead_step) = self.next(tile.k).unwrap_or((tile.a.cast(), 0));
        } else if tile.a_row == 1 || columns > K::LANES / 2 {
            self.rows.ask(tile, rows);
        } else {
            // What the CPU finds as well is not asked for beside half a vector, which takes as long as to ask.
            tile.ahead_step = 0;
        }
    }

    /// For so many steps: where to begin, and how far to go at each.
    #[inline(never)]
    fn next(&mut self, steps: usize) -> Option<(*const u8, isize)> {
        let Some((from, bytes)) = self.ranges.iter_mut().find(|range| range.1 > 0) else {
            self.step = 0;
            return None;
        };
        let first = *from;
        let taken = (steps * self.step).min(*bytes);
        (*from, *bytes) = (from.wrapping_add(taken), *bytes - taken);
        Some((first, self.step as isize))
    }
}

/// Bytes of a row that ends before the prefetcher has made up for its beginning.
const SHORT: usize = 8 << 10;

/// How the rows of `a` after those of a tile are asked for.
#[derive(Clone, Copy)]
pub(super) struct NextRows {
    /// Bytes from one step to the next; zero if nothing is asked for.
    step: isize,
    /// Elements from where they begin to what is asked for first.
    first: isize,
}

impl NextRows {
    /// For `m` rows from those of a tile on.
    #[inline(always)]
    pub fn of<K: Kernel>(tile: &Tile<K>, m: usize) -> Self {
        const { assert!(K::Tile::MR * size_of::<K::A>() <= LINE) };
        let size = size_of::<K::A>();
        if tile.a_row == 1 {
            // Of the lines of a column the last: the first ones are read now.
            return NextRows { step: tile.a_k * size as isize, first: K::Tile::MR as isize - 1 };
        }
        let row_bytes = tile.a_row.unsigned_abs() * size;
        let short = tile.a_k == 1 && row_bytes <= SHORT;
        let step = if short && m.saturating_mul(row_bytes) > Caches::get().l2 {
            (K::Tile::MR * row_bytes).div_ceil(tile.k)
        } else {
            0
        };
        NextRows { step: if step <= LINE { step as isize } else { 0 }, first: 0 }
    }

    /// Has a tile of so many rows ask for those after them, or in vain for what L1 holds: what it does not hold takes
    /// its time even then.
    #[inline(always)]
    pub fn ask<K: Kernel>(self, tile: &mut Tile<K>, rows: usize) {
        let next = if self.step == 0 { 0 } else { rows as isize * tile.a_row + self.first };
        tile.ahead = tile.a.wrapping_offset(next).cast();
        tile.ahead_step = self.step;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::kernel::args::Target;
    use crate::kernel::driver::{Left, Right};
    use crate::kernel::real::Real;
    use crate::kernel::simd::portable::Portable;
    use crate::kernel::update::Update;

    type Wide = Real<Portable<64>, f32>;

    const NO_ROWS: NextRows = NextRows { step: 0, first: 0 };

    #[test]
    fn every_line_of_what_is_expected_is_asked_for() {
        // Far apart, so that what is asked for past the end of one is none of another.
        let (inputs, output) = (vec![0u8; 40_000], vec![MaybeUninit::<u8>::uninit(); 777]);
        let (a, b, c) = (&inputs[..1000], &inputs[20_000..20_010], &output[..]);
        // A tile asks for one of them.
        for (tiles, k) in [(3, 640), (30, 7), (70, 2)] {
            expect(a, b, c);
            let mut ahead = Ahead::of::<Wide>(tiles * k, NO_ROWS);
            let mut asked = Vec::new();
            for _ in 0..tiles {
                if let Some((from, step)) = ahead.next(k) {
                    asked.extend((0..k).map(|i| from.addr() + i * step as usize));
                }
            }
            for (from, bytes) in [range(a), range(b), range(c)] {
                let missed = (0..bytes).find(|byte| {
                    let line = from.addr() + byte;
                    !asked.iter().any(|&at| at.abs_diff(line) < LINE)
                });
                assert_eq!(missed, None, "of {bytes} bytes in {tiles} tiles of {k} steps");
            }
            assert!(Ahead::of::<Wide>(1, NO_ROWS).step == 0, "it is taken once");
        }
    }

    #[test]
    fn what_would_not_stay_is_not_asked_for() {
        let large = vec![0u8; Caches::get().l2 / 2 + 1];
        expect(&large, &[], &[]);
        assert_eq!(Ahead::of::<Wide>(1000, NO_ROWS).step, 0);
    }
    #[test]
    fn every_line_of_the_next_rows_is_asked_for_or_read_now() {
        let mr = <Wide as Kernel>::Tile::MR;
        let enough = Caches::get().l2;
        // Contiguous columns, and rows one after another and a little apart.
        for (offset, k, (row, column)) in [
            (0, 5, (1, 100)),
            (3, 5, (1, 1024)),
            (13, 5, (1, 77)),
            (0, 100, (100, 1)),
            (7, 333, (333, 1)),
            (5, 333, (400, 1)),
        ] {
            let a = vec![0.0f32; offset + 2 * mr * row as usize + k * column as usize];
            let left = Left::<Wide> { ptr: &a[offset], row, k: column };
            let c = Target { ptr: ptr::null_mut(), row_stride: 0, col_stride: 1 };
            let mut tile = Tile::new(&left, &Right { ptr: ptr::null(), k: 0 }, k, c, Update::plain());
            NextRows::of(&tile, enough).ask(&mut tile, mr);
            let line =
                |i: usize, p: usize| (&raw const a[offset + i * row as usize + p * column as usize]).addr() / LINE;
            let lines = |rows: std::ops::Range<usize>| -> HashSet<usize> {
                rows.flat_map(|i| (0..k).map(move |p| (i, p))).map(|(i, p)| line(i, p)).collect()
            };
            let asked = (0..k).map(|p| tile.ahead.wrapping_offset(p as isize * tile.ahead_step).addr() / LINE);
            let known: HashSet<usize> = asked.chain(lines(0..mr)).collect();
            let missed = lines(mr..2 * mr).difference(&known).count();
            // The last line may begin with the last bytes of the last row.
            assert!(missed <= usize::from(column == 1), "{missed} lines, from {offset} on, {row} and {column} apart");
        }
    }

    #[test]
    fn rows_that_caches_hold_or_far_from_one_another_are_not_asked_for() {
        let a = [0.0f32; 1];
        let c = Target { ptr: ptr::null_mut(), row_stride: 0, col_stride: 1 };
        let step = |row: isize, m: usize| {
            let left = Left::<Wide> { ptr: &a[0], row, k: 1 };
            NextRows::of(&Tile::new(&left, &Right { ptr: ptr::null(), k: 0 }, 100, c, Update::plain()), m).step
        };
        let many = Caches::get().l2;
        assert!(step(100, many) > 0);
        assert_eq!((step(100, 9), step(1000, many)), (0, 0));
    }
}
