//! Packing integers: `K` consecutive elements along `k` make one unit, the first in its low bits.

/// Elements that pack into units of type `U`.
pub(crate) trait Packs<U>: Copy {
    /// The element in the low bits of a unit, the other bits zero; and shifted to place `i`.
    fn place(self, i: usize) -> U;
    fn join(a: U, b: U) -> U;
    const ZERO: U;
}

macro_rules! packs {
    ($($t:ty => $u:ty, $low:ty, $bits:literal;)*) => {$(
        impl Packs<$u> for $t {
            const ZERO: $u = 0;
            #[inline(always)]
            fn place(self, i: usize) -> $u {
                ((self as $low as $u) << (i * $bits)) as $u
            }
            #[inline(always)]
            fn join(a: $u, b: $u) -> $u {
                a | b
            }
        }
    )*};
}

packs! {
    i16 => i32, u16, 16;
    i8 => i32, u8, 8;
    u8 => i32, u8, 8;
    i32 => i32, i32, 0;
    i64 => i64, i64, 0;
}

/// Packs rows of `lanes` units, one row after another along `k`: lane `j`, unit `q` goes to `to + q * width + j`.
///
/// # Safety
/// Elements `p * along + j * across` are readable for `p < k` and `j < lanes`; `width * k.div_ceil(K)` units are
/// writable, and `lanes <= width`.
#[inline(always)]
unsafe fn pack_across<T: Packs<U>, U: Copy, const K: usize>(
    from: *const T,
    (along, across): (isize, isize),
    k: usize,
    lanes: usize,
    width: usize,
    to: *mut U,
) {
    // SAFETY: p < k and j < lanes for what is read; q < k.div_ceil(K) and j < width for what is written.
    unsafe {
        for q in 0..k.div_ceil(K) {
            let (from, to) = (from.offset((q * K) as isize * along), to.add(q * width));
            let unit = |j: isize, taken: usize| {
                let mut unit = T::ZERO;
                for i in 0..taken {
                    unit = T::join(unit, (*from.offset(i as isize * along + j * across)).place(i));
                }
                unit
            };
            if (q + 1) * K <= k {
                for j in 0..lanes {
                    *to.add(j) = unit(j as isize, K);
                }
            } else {
                for j in 0..lanes {
                    *to.add(j) = unit(j as isize, k - q * K);
                }
            }
            for j in lanes..width {
                *to.add(j) = T::ZERO;
            }
        }
    }
}

/// [`Kernel::pack_a`](crate::kernel::micro::Kernel::pack_a) for integers.
///
/// # Safety
/// As there.
#[inline(always)]
pub(crate) unsafe fn pack_a<T: Packs<U>, U: Copy, const K: usize>(
    a: *const T,
    (row, col): (isize, isize),
    rows: usize,
    k: usize,
    to: *mut U,
) -> (isize, isize) {
    // SAFETY: as promised to this function.
    unsafe {
        if col == 1 {
            // Contiguous elements make contiguous units: a copy, filled up with zeros.
            const { assert!(size_of::<U>() == K * size_of::<T>()) };
            let units = k.div_ceil(K);
            for i in 0..rows {
                let to = to.add(i * units);
                *to.add(units - 1) = T::ZERO;
                std::ptr::copy_nonoverlapping(a.offset(i as isize * row), to.cast::<T>(), k);
            }
            return (units as isize, 1);
        }
        if row == 1 {
            pack_across::<T, U, K>(a, (col, 1), k, rows, rows, to);
        } else {
            pack_across::<T, U, K>(a, (col, row), k, rows, rows, to);
        }
        (1, rows as isize)
    }
}

/// [`Kernel::pack_b`](crate::kernel::micro::Kernel::pack_b) for integers.
///
/// # Safety
/// As there.
#[inline(always)]
pub(crate) unsafe fn pack_b<T: Packs<U>, U: Copy, const K: usize>(
    b: *const T,
    (row, col): (isize, isize),
    k: usize,
    columns: usize,
    width: usize,
    to: *mut U,
) {
    // SAFETY: as promised to this function. A constant stride of 1 is what lets the loops vectorise.
    unsafe {
        match (row, col) {
            (_, 1) => pack_across::<T, U, K>(b, (row, 1), k, columns, width, to),
            (1, _) => pack_across::<T, U, K>(b, (1, col), k, columns, width, to),
            _ => pack_across::<T, U, K>(b, (row, col), k, columns, width, to),
        }
    }
}
