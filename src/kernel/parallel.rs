//! Work spread over threads: the caller's, and rayon's while they have nothing else to do.
//!
//! To wake a thread takes some 50 µs, and as long again if it has to move to another core, together half of an `f64`
//! product of n = 165 on one thread. So a thread that has helped stays awake for a millisecond more, and begins what
//! comes meanwhile in less than a microsecond: how soon is measured, and decides what is worth sharing. Where none is
//! awake the caller does not wait for one to come, but does what it can meanwhile: all of it, at worst. And where as
//! many threads have work as there are cores, each does its own.

#[cfg(feature = "parallel")]
mod cores;
#[cfg(feature = "parallel")]
mod handing_over;
#[cfg(feature = "parallel")]
mod team;

/// The most threads that pay for `cost`: so many multiplications, times the bytes of an operand.
#[inline(always)]
pub(crate) fn worth(cost: usize) -> usize {
    #[cfg(feature = "parallel")]
    return (cost / (handing_over::worth_sharing() / 2)).max(1);
    #[cfg(not(feature = "parallel"))]
    {
        let _ = cost;
        1
    }
}

/// What it costs to read `elements` of a matrix or vector: from the caches close by they come at a quarter of the rate
/// at which a product takes them, from memory more slowly.
#[inline(always)]
pub(crate) fn reading<T>(elements: usize) -> usize {
    elements.saturating_mul(4 * size_of::<T>())
}

/// The most threads that pay for [`reading`] so many elements: half as many as for a product that takes as long, since
/// the others fetch them from the caches of the first.
#[inline(always)]
pub(crate) fn worth_reading<T>(elements: usize) -> usize {
    worth(reading::<T>(elements) / 2)
}

/// The most [`sums`] there are.
pub(crate) const MOST_SUMS: usize = 64;
/// Bytes of the operands of each.
const SUM_BYTES: usize = 512 << 10;

/// In how many parts a sum over so many elements is formed, which threads share out: as many for one thread as for
/// several, so that the result is the same.
#[inline(always)]
pub(crate) fn sums<T>(elements: usize) -> usize {
    (elements.saturating_mul(size_of::<T>()) / SUM_BYTES).clamp(1, MOST_SUMS)
}

/// What threads that share work read, pointers among it.
pub(crate) struct Shared<T>(T);

// SAFETY: whoever made it promised that what is written through it is disjoint.
unsafe impl<T> Sync for Shared<T> {}

impl<T> Shared<T> {
    /// # Safety
    /// Through the pointers in `value`, no thread writes what another reads or writes.
    pub unsafe fn new(value: T) -> Self {
        Shared(value)
    }

    pub fn get(&self) -> &T {
        &self.0
    }
}

/// Who does one piece of work: the thread that has it, and those that help.
pub(crate) struct Team {
    threads: usize,
    #[cfg(feature = "parallel")]
    _caller: Option<team::Caller>,
}

impl Team {
    /// At most `limit` threads, no more than pay for `cost`, which [`worth`] explains, and one alone where nobody else
    /// is free and it does not pay to wake anyone.
    #[inline(always)]
    pub fn of(limit: usize, cost: usize) -> Team {
        let threads = limit.min(worth(cost));
        #[cfg(feature = "parallel")]
        if threads > 1 {
            let caller = team::Caller::new();
            return Team { threads: caller.gather(threads, cost), _caller: Some(caller) };
        }
        let _ = threads;
        Team::alone()
    }

    /// This thread.
    #[inline(always)]
    pub fn alone() -> Team {
        Team {
            threads: 1,
            #[cfg(feature = "parallel")]
            _caller: None,
        }
    }

    #[inline(always)]
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Calls `work`, which must not panic, once for each of `0..tasks`.
    pub fn share(&self, tasks: usize, work: impl Fn(usize) + Sync) {
        #[cfg(feature = "parallel")]
        if self.threads.min(tasks) > 1 {
            return team::share(tasks, self.threads.min(tasks) - 1, &work);
        }
        (0..tasks).for_each(work);
    }
}
