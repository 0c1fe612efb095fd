//! In which order rows that come from memory are read, or written.

use super::blocking::in_memory;

/// Bytes of a row, and from one to the next, at which rows that come from memory are read one by one: they lie in one
/// line of which the prefetcher keeps ahead, while of several such rows at once it follows none for long. A shorter row
/// takes longer to begin than to read or write, a longer one is a line by itself.
const LEAST_ROW: usize = 256;
const MOST_APART: usize = 4096;

/// How contiguous rows are read, or written.
#[derive(Clone, Copy)]
pub(crate) enum Order {
    /// One after the other; rows that are summed up, in each of some places.
    OneByOne,
    /// Several at once.
    Together,
    /// Several at once, asked for ahead, since they come from memory.
    Far,
}

impl Order {
    /// For `count` rows of `n` elements, `stride` apart.
    #[inline(always)]
    pub fn of<E>(count: usize, n: usize, stride: isize) -> Self {
        let apart = stride.unsigned_abs().saturating_mul(size_of::<E>());
        let from_memory = |row: usize| in_memory(count.saturating_mul(row));
        if n >= LEAST_ROW / size_of::<E>() && apart <= MOST_APART && from_memory(apart) {
            Order::OneByOne
        } else if from_memory(n.saturating_mul(size_of::<E>())) {
            Order::Far
        } else {
            Order::Together
        }
    }
}
