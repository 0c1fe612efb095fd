//! What is worked on next, asked for while something is multiplied. A line asked for at each step of the micro-kernel
//! costs nothing; more of them at once would hold up what the step itself reads.
//!
//! - The next product. One waits for operands that lie in memory: at n = 100 half as long as it multiplies. Who knows
//!   what comes next can spare it that.
//! - The next rows of an `a` with contiguous columns. Each step takes them from a line of its own, a column from the
//!   last, which no prefetcher foresees: from memory, that takes longer than the multiplications.

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
    /// Whether rows of `a` are asked for else.
    rows: bool,
}

impl Ahead {
    #[inline(always)]
    pub fn nothing() -> Self {
        Ahead { ranges: NOTHING, step: 0, rows: false }
    }

    /// Takes what this thread expects, for a product of so many steps at full width, of an `a` with contiguous columns if `rows`.
    #[inline(always)]
    pub fn of<K: Kernel>(steps: usize, rows: bool) -> Self {
        if const { K::Tile::NV == 1 } {
            return Ahead { rows, ..Ahead::nothing() };
        }
        let ranges = NEXT.replace(NOTHING);
        let bytes: usize = ranges.iter().map(|range| range.1).sum();
        // Not quite to the last step: what is asked for late comes late. Of more than a line a step some is left out,
        // and at more than two memory takes so much longer than the product that nothing is gained.
        let step = (bytes + bytes / 8).div_ceil(steps.max(1));
        Ahead { ranges, step: if step > 2 * LINE { 0 } else { step.min(LINE) }, rows }
    }

    /// Shares it out to a tile of so many rows and columns: of the next product, to one of full width.
    #[inline(always)]
    pub fn share<K: Kernel>(&mut self, tile: &mut Tile<K>, (rows, columns): (usize, usize)) {
        if self.step > 0 && columns > (K::Tile::NV - 1) * K::LANES {
            (tile.ahead, tile.ahead_step) = self.next(tile.k).unwrap_or((tile.a.cast(), 0));
        } else if self.rows {
            tile.expect_rows(rows);
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

impl<K: Kernel> Tile<K> {
    /// Asks, while `rows` of contiguous columns of `a` are multiplied, for those after them. The first of these are in
    /// lines that are read now.
    #[inline(always)]
    pub(super) fn expect_rows(&mut self, rows: usize) {
        const { assert!(K::Tile::MR * size_of::<K::A>() <= LINE) };
        self.ahead = self.a.wrapping_add(rows + K::Tile::MR - 1).cast();
        self.ahead_step = self.a_k * size_of::<K::A>() as isize;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::args::Target;
    use crate::kernel::driver::{Left, Right};
    use crate::kernel::real::Real;
    use crate::kernel::simd::portable::Portable;
    use crate::kernel::update::Update;

    type Wide = Real<Portable<64>, f32>;

    #[test]
    fn every_line_of_what_is_expected_is_asked_for() {
        // Far apart, so that what is asked for past the end of one is none of another.
        let (inputs, output) = (vec![0u8; 40_000], vec![MaybeUninit::<u8>::uninit(); 777]);
        let (a, b, c) = (&inputs[..1000], &inputs[20_000..20_010], &output[..]);
        // A tile asks for one of them.
        for (tiles, k) in [(3, 640), (30, 7), (70, 2)] {
            expect(a, b, c);
            let mut ahead = Ahead::of::<Wide>(tiles * k, false);
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
            assert!(Ahead::of::<Wide>(1, false).step == 0, "it is taken once");
        }
    }

    #[test]
    fn what_would_not_stay_is_not_asked_for() {
        let large = vec![0u8; Caches::get().l2 / 2 + 1];
        expect(&large, &[], &[]);
        assert_eq!(Ahead::of::<Wide>(1000, false).step, 0);
    }
    #[test]
    fn every_line_of_the_next_rows_is_asked_for_or_read_now() {
        const K: usize = 5;
        for (offset, column) in [(0, 100), (3, 1024), (13, 77)] {
            let a = vec![0.0f32; offset + K * column];
            let left = Left::<Wide> { ptr: &a[offset], row: 1, k: column as isize };
            let c = Target { ptr: ptr::null_mut(), row_stride: 0, col_stride: 1 };
            let mut tile = Tile::new(&left, &Right { ptr: ptr::null(), k: 0 }, K, c, Update::plain());
            let mr = <Wide as Kernel>::Tile::MR;
            tile.expect_rows(mr);
            for step in 0..K {
                let line = |row: usize| (&raw const a[offset + step * column + row]).addr() / LINE;
                let asked = (tile.ahead.addr() + step * tile.ahead_step as usize) / LINE;
                for row in mr..2 * mr {
                    let read = (0..mr).any(|r| line(r) == line(row));
                    assert!(read || line(row) == asked, "row {row} of column {step}, {column} apart from {offset} on");
                }
            }
        }
    }
}
