//! The one micro-kernel: a tile of `c` held in registers while `k` runs.

use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::sync::atomic::{Ordering, compiler_fence};

use super::ring::Ring;
use super::shape::Shape;
use super::simd::{Isa, Op, opaque, prefetch};
use super::update::{Update, Write};

/// One way to multiply: what is stored, what is packed, which vectors multiply, and what their sums are. An
/// element type's file implements it once for every [`Isa`].
///
/// A *unit* is what one step of the micro-kernel takes of a row of `a` or a column of `b`: `K_UNIT` consecutive
/// elements along `k` (one for floats; pairs and fours for the integer dot-product instructions). Where
/// [`IN_PLACE`](Self::IN_PLACE) holds, a unit is an element as it lies in the matrix, and operands may be multiplied
/// without a copy. Contiguous rows of `a` may be read where they lie by any kernel, so [`splat`](Self::splat) takes
/// what has an element's alignment.
///
/// A unit of `a` has [`PARTS`](Self::PARTS) that multiply one after the other, so that a register is enough for them:
/// the functions that take a `part` take a number below that.
///
/// # Safety
/// All functions are called only where the CPU has `Self::Isa`, and are `#[inline(always)]`.
pub(crate) trait Kernel: Sized + 'static {
    type Isa: Isa;
    type Tile: Shape;
    /// The kernel for columns too few for a vector of this one; the same where there is none.
    type Narrow: Kernel<A = Self::A, B = Self::B, C = Self::C>;
    /// Elements of `a`, `b` and `c` as the matrices hold them.
    type A: Copy;
    type B: Copy;
    type C: Ring;
    /// Units of `a` and `b`.
    type Left: Copy;
    type Right: Copy;
    /// A vector of `LANES` units of `b`; a part of one unit of `a` in all lanes; sums of `LANES` columns of `c`, as
    /// they are collected and as elements of `c`; some lanes.
    type Row: Copy;
    type Splat: Copy;
    type Sum: Copy;
    type Out: Copy;
    type Mask: Copy;

    /// Columns of `c` in one vector.
    const LANES: usize;
    /// Columns of `c` in a tile.
    const NR: usize = Self::Tile::NV * Self::LANES;
    const K_UNIT: usize = 1;
    /// The real and the imaginary part of a complex number are two.
    const PARTS: usize = 1;
    /// `Left` is `A`, `Right` is `B`, `K_UNIT` is one.
    const IN_PLACE: bool;
    /// Whether there is a [`mul_add_low`](Self::mul_add_low) of half a vector's width, for a CPU with them [in
    /// halves](Isa::in_halves).
    const HALVES: bool = false;

    unsafe fn zero() -> Self::Sum;
    unsafe fn mask(columns: usize) -> Self::Mask;
    unsafe fn splat(a: *const Self::Left, part: usize) -> Self::Splat;
    unsafe fn load(b: *const Self::Right) -> Self::Row;
    unsafe fn load_masked(b: *const Self::Right, mask: Self::Mask) -> Self::Row;
    unsafe fn mul_add(a: Self::Splat, part: usize, b: Self::Row, sum: Self::Sum) -> Self::Sum;
    /// [`mul_add`](Self::mul_add) for two vectors beside each other, in the order that the CPU likes best.
    #[inline(always)]
    unsafe fn mul_add_two(a: Self::Splat, part: usize, b: [Self::Row; 2], sums: [Self::Sum; 2]) -> [Self::Sum; 2] {
        // SAFETY: passed on.
        unsafe { [Self::mul_add(a, part, b[0], sums[0]), Self::mul_add(a, part, b[1], sums[1])] }
    }
    /// As [`load_masked`](Self::load_masked), with at most half of the lanes named; the upper half may be anything.
    #[inline(always)]
    unsafe fn load_low(b: *const Self::Right, mask: Self::Mask) -> Self::Row {
        // SAFETY: passed on.
        unsafe { Self::load_masked(b, mask) }
    }
    /// As [`mul_add`](Self::mul_add) in the lower half of the lanes; the others may be anything.
    #[inline(always)]
    unsafe fn mul_add_low(a: Self::Splat, part: usize, b: Self::Row, sum: Self::Sum) -> Self::Sum {
        // SAFETY: passed on.
        unsafe { Self::mul_add(a, part, b, sum) }
    }
    /// The elements that were summed, of operands conjugated as `update` says.
    unsafe fn out(sum: Self::Sum, update: &Update<Self::C>) -> Self::Out;
    unsafe fn add(x: Self::Out, y: Self::Out) -> Self::Out;
    unsafe fn scale(x: Self::C, y: Self::Out) -> Self::Out;
    unsafe fn load_c(c: *const Self::C) -> Self::Out;
    unsafe fn load_c_masked(c: *const Self::C, mask: Self::Mask) -> Self::Out;
    unsafe fn store_c(c: *mut Self::C, x: Self::Out);
    unsafe fn store_c_masked(c: *mut Self::C, mask: Self::Mask, x: Self::Out);
    /// As [`store_c_masked`](Self::store_c_masked), with at most half of the lanes named.
    #[inline(always)]
    unsafe fn store_c_low(c: *mut Self::C, mask: Self::Mask, x: Self::Out) {
        // SAFETY: passed on.
        unsafe { Self::store_c_masked(c, mask, x) }
    }

    /// Packs `rows x k` elements of `a`, `k` rounded up to whole units with zeros: `rows * k.div_ceil(K_UNIT)` units.
    /// Returns the strides in units of rows and of `k` in what was packed: `(1, rows)`, or `(k.div_ceil(K_UNIT), 1)`;
    /// which of the two depends on the strides alone.
    ///
    /// # Safety
    /// The elements are readable, the units writable.
    unsafe fn pack_a(
        a: *const Self::A,
        strides: (isize, isize),
        rows: usize,
        k: usize,
        to: *mut Self::Left,
    ) -> (isize, isize);

    /// Packs `k x columns` elements of `b`, unit rows of `width` units each: `k` and the columns are filled up with
    /// zeros. `width` is a multiple of `LANES`, at least `columns`.
    ///
    /// # Safety
    /// The elements are readable, `width * k.div_ceil(K_UNIT)` units writable.
    unsafe fn pack_b(
        b: *const Self::B,
        strides: (isize, isize),
        k: usize,
        columns: usize,
        width: usize,
        to: *mut Self::Right,
    );
}

/// One call of the micro-kernel: `rows x columns` of `c`, both fixed by the variant but for the last vector.
pub(crate) struct Tile<K: Kernel> {
    /// Units along `k`.
    pub k: usize,
    /// Where the first unit of `a` is; rows and units are so many elements apart.
    pub a: *const K::A,
    pub a_row: isize,
    pub a_k: isize,
    pub b: *const K::Right,
    pub b_k: isize,
    pub c: *mut K::C,
    pub c_row: isize,
    /// Columns in the last vector, 1..=LANES.
    pub last: usize,
    pub update: Update<K::C>,
    /// What is asked for at each step, and how far on the next is; zero if nothing is.
    pub ahead: *const u8,
    pub ahead_step: isize,
}

/// The units of `a` for one step, at most eight rows: two pointers and the distances of four rows.
///
/// A pointer moved from row to row would do, and LLVM makes it one; then each row waits for the one before, and tiles
/// less than three vectors wide take longer to find their units than to multiply them.
struct Column<T> {
    ptr: [*const T; 2],
    rows: [isize; 4],
}

impl<T> Column<T> {
    /// # Safety
    /// Rows that are `row` apart from `ptr` on are those of a matrix.
    #[inline(always)]
    unsafe fn new(ptr: *const T, row: isize) -> Self {
        // The last four rows may not exist; then nothing is read there.
        let last = ptr.wrapping_offset(opaque(4 * row));
        Column { ptr: [ptr, last], rows: [0, opaque(row), opaque(2 * row), opaque(3 * row)] }
    }

    /// # Safety
    /// There are so many rows.
    #[inline(always)]
    unsafe fn row(&self, i: usize) -> *const T {
        self.ptr[i / 4].wrapping_offset(self.rows[i % 4])
    }

    #[inline(always)]
    fn offset(&self, k: isize) -> Self {
        Column { ptr: self.ptr.map(|ptr| ptr.wrapping_offset(k)), rows: self.rows }
    }
}

pub(crate) type MicroKernel<K> = unsafe fn(*const Tile<K>);

/// A loop of at most eight rounds as straight code, in which the index is a constant. LLVM never sees the rounds that
/// there are not: iterators in a thousand micro-kernels would make the crate take a quarter longer to build.
macro_rules! unrolled {
    ($i:ident in 0..$n:ident $body:block) => {
        const { assert!($n <= 8) };
        unrolled!(@ $i $n $body 0 1 2 3 4 5 6 7)
    };
    (@ $i:ident $n:ident $body:block $($at:literal)*) => {
        $(
            if const { $at < $n } {
                const $i: usize = $at;
                $body
            }
        )*
    };
}

pub(super) use unrolled;

/// What the last vector of a tile holds.
#[derive(Clone, Copy, PartialEq)]
#[repr(u8)]
pub(crate) enum Last {
    All,
    /// Some columns, named by a mask.
    Part,
    /// At most half as many as it could, named by a mask.
    Half,
}

impl Last {
    /// For so many columns in the last vector.
    #[inline(always)]
    pub fn of<K: Kernel>(columns: usize) -> Self {
        if columns == K::LANES {
            Last::All
        } else if columns <= K::LANES / 2 && K::HALVES && K::Isa::in_halves() {
            Last::Half
        } else {
            Last::Part
        }
    }
}

/// The micro-kernel for `MR` rows and `NV` vectors of columns, of which the last is as [`Last`] number `LAST`. The last
/// `TAIL` of its steps end the rows of `c` one after another.
///
/// # Safety
/// The tile's operands lie where it says; `c` is writable and overlaps neither.
pub(crate) struct Micro<K, const MR: usize, const NV: usize, const LAST: u8, const TAIL: usize>(PhantomData<K>);

impl<K: Kernel, const MR: usize, const NV: usize, const LAST: u8, const TAIL: usize> Micro<K, MR, NV, LAST, TAIL> {
    /// Whether vector `v` holds `what`.
    const fn holds(v: usize, what: Last) -> bool {
        what as u8 == if v + 1 < NV { Last::All as u8 } else { LAST }
    }

    /// Whether vector `v` is multiplied together with the one before.
    const fn paired(v: usize) -> bool {
        v % 2 == 1 && v < NV && !Self::holds(v, Last::Half)
    }

    /// # Safety
    /// `b` has `NV` vectors of units, the last masked.
    #[inline(always)]
    unsafe fn row(b: *const K::Right, mask: K::Mask) -> [K::Row; NV] {
        let mut row = MaybeUninit::<[K::Row; NV]>::uninit();
        let to: *mut K::Row = row.as_mut_ptr().cast();
        // SAFETY: as promised to this function; all of `row` is written.
        unsafe {
            unrolled!(V in 0..NV {
                let b = b.add(V * K::LANES);
                to.add(V).write(if const { Self::holds(V, Last::All) } {
                    K::load(b)
                } else if const { Self::holds(V, Last::Part) } {
                    K::load_masked(b, mask)
                } else {
                    K::load_low(b, mask)
                });
            });
            row.assume_init()
        }
    }

    /// Adds what one unit of `a` and a row of `b` come to.
    ///
    /// # Safety
    /// The unit is readable.
    #[inline(always)]
    unsafe fn mul_add(a: *const K::Left, row: &[K::Row; NV], sums: &mut [K::Sum; NV]) {
        for part in 0..K::PARTS {
            // SAFETY: as promised to this function.
            unsafe {
                let x = K::splat(a, part);
                unrolled!(V in 0..NV {
                    if const { Self::holds(V, Last::Half) } {
                        sums[V] = K::mul_add_low(x, part, row[V], sums[V]);
                    } else if const { Self::paired(V) } {
                        // Done with the one before.
                    } else if const { Self::paired(V + 1) } {
                        [sums[V], sums[V + 1]] = K::mul_add_two(x, part, [row[V], row[V + 1]], [sums[V], sums[V + 1]]);
                    } else {
                        sums[V] = K::mul_add(x, part, row[V], sums[V]);
                    }
                });
            }
        }
    }

    /// The last `TAIL` steps, row after row of `c`, each written at once: vectors are written more slowly than they are
    /// multiplied, and sums that wait for that at the end of a tile keep those of the next from being begun.
    ///
    /// # Safety
    /// `a` has `MR` rows and `b` `TAIL` of them; `c` is as for [`write`](Self::write).
    #[inline(always)]
    unsafe fn finish(
        sums: &mut [[K::Sum; NV]; MR],
        a: &Column<K::A>,
        b: *const K::Right,
        tile: &Tile<K>,
        write: Write,
        mask: K::Mask,
    ) {
        // SAFETY: as promised to this function.
        unsafe {
            let mut rows = [Self::row(b, mask); TAIL];
            unrolled!(U in 0..TAIL {
                if const { U != 0 } {
                    rows[U] = Self::row(b.offset(U as isize * tile.b_k), mask);
                }
            });
            // LLVM would leave so much code a loop, for which sums have to be in memory.
            unrolled!(I in 0..MR {
                unrolled!(U in 0..TAIL {
                    Self::mul_add(a.offset(U as isize * tile.a_k).row(I).cast(), &rows[U], &mut sums[I]);
                });
                Self::write(I, &sums[I], tile, write, mask);
                // Else it begins all rows, and has no registers for them.
                compiler_fence(Ordering::SeqCst);
            });
        }
    }

    /// Writes row `i` of the tile.
    ///
    /// # Safety
    /// `c` has the row, of `NV` vectors, the last masked.
    #[inline(always)]
    unsafe fn write(i: usize, sums: &[K::Sum; NV], tile: &Tile<K>, write: Write, mask: K::Mask) {
        let update = &tile.update;
        // SAFETY: as promised to this function.
        unsafe {
            let c = tile.c.offset(i as isize * tile.c_row);
            unrolled!(V in 0..NV {
                let c = c.add(V * K::LANES);
                let old = || if const { Self::holds(V, Last::All) } { K::load_c(c) } else { K::load_c_masked(c, mask) };
                let sum = K::out(sums[V], update);
                let new = match write {
                    Write::Set => sum,
                    Write::Add => K::add(sum, old()),
                    Write::Scale if update.beta == K::C::zero() => K::scale(update.alpha, sum),
                    Write::Scale => K::add(K::scale(update.alpha, sum), K::scale(update.beta, old())),
                };
                if const { Self::holds(V, Last::All) } {
                    K::store_c(c, new);
                } else if const { Self::holds(V, Last::Part) } {
                    K::store_c_masked(c, mask, new);
                } else {
                    K::store_c_low(c, mask, new);
                }
            });
        }
    }
}

impl<K: Kernel, const MR: usize, const NV: usize, const LAST: u8, const TAIL: usize> Op
    for Micro<K, MR, NV, LAST, TAIL>
{
    type Args = *const Tile<K>;
    type Output = ();

    #[inline(always)]
    unsafe fn run(tile: *const Tile<K>) {
        // SAFETY: the caller's tile describes readable units and a writable part of `c`.
        unsafe {
            // A copy, which nothing that is written below can change.
            let tile = &tile.read();
            let mask = K::mask(tile.last);
            // A store does not wait for its line.
            if tile.update.write != Write::Set {
                unrolled!(I in 0..MR {
                    let c = tile.c.offset(I as isize * tile.c_row);
                    unrolled!(V in 0..NV {
                        prefetch::<1, _>(c.add(V * K::LANES));
                    });
                });
            }
            let mut sums = [[K::zero(); NV]; MR];
            let (mut a, mut b) = (Column::new(tile.a, tile.a_row), tile.b);
            let (a_k, b_k) = (tile.a_k, tile.b_k);
            let row_by_row = tile.update.write != Write::Scale && tile.k >= TAIL;
            // Not unrolled: in straight code LLVM loads rows of `b` ahead until sums are moved to memory, and takes
            // `vpdpwssd` apart into a multiply and an add.
            let mut ahead = tile.ahead;
            for _ in 0..if row_by_row { tile.k - TAIL } else { tile.k } {
                // At full width to ask in vain costs less than not to.
                if const { NV > 1 && NV >= K::Tile::NV } || tile.ahead_step != 0 {
                    prefetch::<2, _>(ahead);
                    ahead = ahead.wrapping_offset(tile.ahead_step);
                }
                let row = Self::row(b, mask);
                unrolled!(I in 0..MR {
                    Self::mul_add(a.row(I).cast(), &row, &mut sums[I]);
                });
                (a, b) = (a.offset(a_k), b.offset(b_k));
            }
            if !row_by_row {
                // So much code stays a loop over the sums, for which they have to be in memory: these, and not those
                // that are in registers above.
                let mut copy = MaybeUninit::<[[K::Sum; NV]; MR]>::uninit();
                std::ptr::copy_nonoverlapping(&raw const sums, copy.as_mut_ptr(), 1);
                for (i, sums) in copy.assume_init_ref().iter().enumerate() {
                    Self::write(i, sums, tile, tile.update.write, mask);
                }
            } else if tile.update.write == Write::Set {
                Self::finish(&mut sums, &a, b, tile, Write::Set, mask);
            } else {
                Self::finish(&mut sums, &a, b, tile, Write::Add, mask);
            }
        }
    }
}
