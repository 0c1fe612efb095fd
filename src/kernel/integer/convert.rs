//! Whole matrices from one element type to another, and their bounds: the O(n²) beside the product.

use std::marker::PhantomData;

use super::route::Bound;
use crate::kernel::args::{Source, Target};
use crate::kernel::ring::Ring;
use crate::kernel::simd::{Isa, Op};
use crate::kernel::update::{Update, Write};

/// A conversion whose value the route has proved to be exact, or that is wanted modulo the target's width.
pub(crate) trait To<U>: Copy {
    /// Whether the bits are the same, so that nothing has to be copied.
    const SAME: bool = false;
    fn to(self) -> U;
}

macro_rules! casts {
    ($($t:ty => $($u:ty)*, same $($v:ty)*;)*) => {$(
        $(impl To<$u> for $t {
            #[inline(always)]
            fn to(self) -> $u {
                self as $u
            }
        })*
        $(impl To<$v> for $t {
            const SAME: bool = true;
            #[inline(always)]
            fn to(self) -> $v {
                self as $v
            }
        })*
    )*};
}

casts! {
    i64 => i8 u8 i16 f64, same i64;
    i32 => i8 u8 i16 i64 f32, same i32;
    i16 => , same i16;
    i8 => i16, same i8 u8;
    u8 => i16, same u8;
}

/// 1.5 * 2^52: a float this large has no fraction bits, and adding it puts an integer into the low bits.
const MAGIC: f64 = 6_755_399_441_055_744.0;

impl To<f32> for i64 {
    #[inline(always)]
    fn to(self) -> f32 {
        // Values that matter are at most 2^24; vectors of `i32` convert in one instruction everywhere.
        self as i32 as f32
    }
}

impl To<i32> for f32 {
    #[inline(always)]
    fn to(self) -> i32 {
        // SAFETY: sums on this route are integers of at most 2^24.
        unsafe { self.to_int_unchecked() }
    }
}

impl To<i64> for f32 {
    #[inline(always)]
    fn to(self) -> i64 {
        let small: i32 = self.to();
        i64::from(small)
    }
}

impl To<i64> for f64 {
    #[inline(always)]
    fn to(self) -> i64 {
        // SAFETY: sums on this route are integers of at most 2^53.
        unsafe { self.to_int_unchecked() }
    }
}

/// An `f64` or an `i64` of absolute value at most 2^51, which vectors without a 64-bit conversion convert too.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Small<T>(T);

impl To<f64> for Small<i64> {
    #[inline(always)]
    fn to(self) -> f64 {
        f64::from_bits(MAGIC.to_bits().wrapping_add(self.0 as u64)) - MAGIC
    }
}

impl To<i64> for Small<f64> {
    #[inline(always)]
    fn to(self) -> i64 {
        (self.0 + MAGIC).to_bits().wrapping_sub(MAGIC.to_bits()) as i64
    }
}

/// The lines along which a matrix is contiguous, or closest to it.
struct Lines {
    count: usize,
    len: usize,
    /// From one line to the next, and within a line.
    stride: isize,
    step: isize,
    /// Whether the lines are columns.
    columns: bool,
}

fn lines<T>(s: &Source<T>, rows: usize, cols: usize) -> Lines {
    let lines = if s.row_stride.unsigned_abs() < s.col_stride.unsigned_abs() {
        Lines { count: cols, len: rows, stride: s.col_stride, step: s.row_stride, columns: true }
    } else {
        Lines { count: rows, len: cols, stride: s.row_stride, step: s.col_stride, columns: false }
    };
    // Without gaps they are one line, and each line costs as much as some forty of its elements.
    if lines.step == 1 && lines.stride == lines.len as isize {
        return Lines { count: 1, len: lines.count * lines.len, ..lines };
    }
    lines
}

/// The bounds of the elements.
pub(crate) struct Bounds<S, T>(PhantomData<(S, T)>);

/// Primitive integers with a least and a greatest.
pub(crate) trait Ordered: Copy {
    const ZERO: Self;
    fn min(self, other: Self) -> Self;
    fn max(self, other: Self) -> Self;
    fn wide(self) -> i64;
}

macro_rules! ordered {
    ($($t:ty)*) => {$(
        impl Ordered for $t {
            const ZERO: Self = 0;
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                Ord::min(self, other)
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                Ord::max(self, other)
            }
            #[inline(always)]
            fn wide(self) -> i64 {
                self as i64
            }
        }
    )*};
}

ordered!(i8 i16 i32 i64);

impl<S, T: Ordered> Op for Bounds<S, T> {
    type Args = (Source<T>, usize, usize);
    type Output = Bound;

    #[inline(always)]
    unsafe fn run((s, rows, cols): Self::Args) -> Bound {
        let Lines { count, len, stride, step, .. } = lines(&s, rows, cols);
        let (mut min, mut max) = (T::ZERO, T::ZERO);
        for i in 0..count as isize {
            // SAFETY: lines and steps stay within the matrix, which is readable.
            unsafe {
                let line = s.ptr.offset(i * stride);
                if step == 1 {
                    for j in 0..len {
                        let x = *line.add(j);
                        (min, max) = (min.min(x), max.max(x));
                    }
                } else {
                    for j in 0..len as isize {
                        let x = *line.offset(j * step);
                        (min, max) = (min.min(x), max.max(x));
                    }
                }
            }
        }
        Bound { min: min.wide(), max: max.wide() }
    }
}

/// Copies a matrix, converting each element; the copy is contiguous along the same dimension as the original.
struct Convert<S, T, U>(PhantomData<(S, T, U)>);

impl<S, T: To<U>, U: Copy> Op for Convert<S, T, U> {
    type Args = (Source<T>, usize, usize, *mut U);
    type Output = ();

    #[inline(always)]
    unsafe fn run((s, rows, cols, to): Self::Args) {
        let Lines { count, len, stride, step, .. } = lines(&s, rows, cols);
        for i in 0..count {
            // SAFETY: lines and steps stay within the matrix, which is readable, and `to` holds rows * cols elements.
            unsafe {
                let (line, to) = (s.ptr.offset(i as isize * stride), to.add(i * len));
                if step == 1 {
                    for j in 0..len {
                        *to.add(j) = (*line.add(j)).to();
                    }
                } else {
                    for j in 0..len {
                        *to.add(j) = (*line.offset(j as isize * step)).to();
                    }
                }
            }
        }
    }
}

/// A contiguous copy of `s` as elements `U` in `to`.
///
/// # Safety
/// `s` is a readable `rows x cols` matrix, `to` holds as many elements, and the CPU has `S`.
pub(crate) unsafe fn convert<S: Isa, T: To<U>, U: Copy>(
    s: Source<T>,
    rows: usize,
    cols: usize,
    to: *mut U,
) -> Source<U> {
    // SAFETY: passed on.
    unsafe { S::vectorize::<Convert<S, T, U>>((s, rows, cols, to)) };
    let columns = lines(&s, rows, cols).columns;
    let (row_stride, col_stride) = if columns { (1, rows as isize) } else { (cols as isize, 1) };
    Source { ptr: to, row_stride, col_stride, conj: false }
}

/// Takes a row-major matrix of sums into `c`.
pub(crate) struct Back<S, T, U>(PhantomData<(S, T, U)>);

impl<S, T: To<U>, U: Ring> Op for Back<S, T, U> {
    type Args = (*const T, usize, usize, Update<U>, Target<U>);
    type Output = ();

    #[inline(always)]
    unsafe fn run((from, rows, cols, update, c): Self::Args) {
        let (rows, cols) =
            if c.col_stride == 1 && c.row_stride == cols as isize { (1, rows * cols) } else { (rows, cols) };
        for i in 0..rows {
            // SAFETY: i < rows and j < cols; `from` holds rows * cols sums, `c` as many writable elements.
            unsafe {
                let (from, c_row) = (from.add(i * cols), c.ptr.offset(i as isize * c.row_stride));
                if c.col_stride == 1 && update.write == Write::Set {
                    for j in 0..cols {
                        *c_row.add(j) = (*from.add(j)).to();
                    }
                    continue;
                }
                for j in 0..cols {
                    let c = c_row.offset(j as isize * c.col_stride);
                    let sum = update.alpha.mul((*from.add(j)).to());
                    *c = if update.reads() { update.beta.mul_add(*c, sum) } else { sum };
                }
            }
        }
    }
}
