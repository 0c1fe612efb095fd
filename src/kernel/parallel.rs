//! Work spread over threads: the caller's, and rayon's while they have nothing else to do.
//!
//! To wake a thread takes some 50 µs, as long as an `f64` product of n = 140 on one thread. So a thread that has helped
//! stays awake for a millisecond more, and begins what comes meanwhile in less than a microsecond. Where none is awake the
//! caller does not wait for one to come, but does what it can meanwhile: all of it, at worst.

/// Multiplications, times the bytes of an operand, that are worth sharing with a second thread that is awake.
const WORTH_SHARING: usize = 4_000_000;

/// The most threads that pay for `cost`: so many multiplications, times the bytes of an operand.
#[inline(always)]
pub(crate) fn worth(cost: usize) -> usize {
    (cost / (WORTH_SHARING / 2)).max(1)
}

/// What it costs to read `elements` of a matrix or vector: from the caches close by they come at a quarter of the rate at
/// which a product takes them, from memory more slowly.
#[inline(always)]
pub(crate) fn reading<T>(elements: usize) -> usize {
    elements.saturating_mul(4 * size_of::<T>())
}

/// The most threads that pay for [`reading`] so many elements.
#[inline(always)]
pub(crate) fn worth_reading<T>(elements: usize) -> usize {
    worth(reading::<T>(elements))
}

/// The most [`sums`] there are.
pub(crate) const MOST_SUMS: usize = 64;
/// Bytes of the operands of each.
const SUM_BYTES: usize = 512 << 10;

/// In how many parts a sum over so many elements is formed, which threads share out: as many for one thread as for several,
/// so that the result is the same.
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

/// Calls `work` once for each of `0..tasks`.
#[cfg(not(feature = "parallel"))]
pub(crate) fn for_each(tasks: usize, _threads: usize, _cost: usize, work: impl Fn(usize) + Sync) {
    (0..tasks).for_each(work);
}

#[cfg(feature = "parallel")]
pub(crate) use team::for_each;

#[cfg(feature = "parallel")]
mod cores;

#[cfg(feature = "parallel")]
mod team {
    use std::cell::Cell;
    use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
    use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
    use std::time::{Duration, Instant};

    use super::cores;

    /// Multiplications, times the bytes of an operand, that are worth waking a second thread for.
    const WORTH_WAKING: usize = 36_000_000;
    /// How long a thread waits for more work. One that slept between products would often wake on the core of the thread
    /// that calls it, since Linux seeks no idle core where all were busy a moment ago, and to move takes longer than to wake.
    const PATIENCE: Duration = Duration::from_millis(1);

    /// Work on the stack of the thread that has it to do.
    struct Job<'a> {
        work: &'a (dyn Fn(usize) + Sync),
        tasks: usize,
        /// The first task that nobody has taken.
        next: AtomicUsize,
        /// Other threads that are at it.
        helpers: AtomicUsize,
    }

    impl Job<'_> {
        /// Whoever is free takes the next task, so a thread that comes late or is held up costs little.
        fn take_part(&self) {
            loop {
                let task = self.next.fetch_add(1, Ordering::Relaxed);
                if task >= self.tasks {
                    break;
                }
                (self.work)(task);
            }
        }
    }

    /// A job that more threads may help with.
    struct Opening {
        job: *const Job<'static>,
        places: usize,
    }

    // SAFETY: a job is shared between threads, all of whose parts may be: `work` is `Sync`.
    unsafe impl Send for Opening {}

    static OPENINGS: Mutex<Vec<Opening>> = Mutex::new(Vec::new());
    /// The places in all openings, for those who wait for one.
    static PLACES: AtomicUsize = AtomicUsize::new(0);
    /// Threads that stand by, and those among them that are at no job.
    static STANDING: AtomicUsize = AtomicUsize::new(0);
    static FREE: AtomicUsize = AtomicUsize::new(0);
    /// Threads that were called and have not come yet.
    static CALLED: AtomicUsize = AtomicUsize::new(0);
    /// The core that a job was last opened on, where that can be told.
    static OPENED_ON: AtomicUsize = AtomicUsize::new(usize::MAX);

    fn openings() -> MutexGuard<'static, Vec<Opening>> {
        OPENINGS.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a job open. The job ends with it: once it is dropped, nobody else is at it.
    struct Open<'a>(&'a Job<'a>);

    impl<'a> Open<'a> {
        fn new(job: &'a Job<'a>, places: usize) -> Self {
            let mut openings = openings();
            openings.push(Opening { job: std::ptr::from_ref(job).cast(), places });
            PLACES.fetch_add(places, Ordering::SeqCst);
            Open(job)
        }
    }

    impl Drop for Open<'_> {
        fn drop(&mut self) {
            let mut openings = openings();
            if let Some(mine) = openings.iter().position(|opening| std::ptr::addr_eq(opening.job, self.0)) {
                let left = openings.remove(mine).places;
                PLACES.fetch_sub(left, Ordering::Relaxed);
            }
            drop(openings);
            let mut turns = 0_u32;
            while self.0.helpers.load(Ordering::Acquire) > 0 {
                turns += 1;
                // A helper that was interrupted may be waiting for this core.
                if turns.is_multiple_of(1024) {
                    std::thread::yield_now();
                }
                std::hint::spin_loop();
            }
        }
    }

    /// Helps with the job that was opened first, if there is one.
    fn help() -> bool {
        struct Leave(*const Job<'static>);
        impl Drop for Leave {
            fn drop(&mut self) {
                // First, so that whoever waits for this to leave counts it for the next job.
                FREE.fetch_add(1, Ordering::SeqCst);
                // SAFETY: the job lives until its helpers have left, which this one does by this very access.
                unsafe { (*self.0).helpers.fetch_sub(1, Ordering::Release) };
            }
        }
        let mut openings = openings();
        let Some(opening) = openings.first_mut() else { return false };
        opening.places -= 1;
        PLACES.fetch_sub(1, Ordering::Relaxed);
        FREE.fetch_sub(1, Ordering::SeqCst);
        // SAFETY: the job lives while it is open, and to close it takes the lock that is held here.
        unsafe { (*opening.job).helpers.fetch_add(1, Ordering::Relaxed) };
        let helping = Leave(opening.job);
        if opening.places == 0 {
            openings.remove(0);
        }
        drop(openings);
        // SAFETY: the job lives until this helper has left.
        unsafe { (*helping.0).take_part() };
        true
    }

    thread_local! {
        static STANDS_BY: Cell<bool> = const { Cell::new(false) };
        /// Whether this thread is counted as free while it does what else rayon has to do.
        static AWAY: Cell<bool> = const { Cell::new(false) };
    }

    /// What a thread of rayon's does once it is called: helps, and waits a while for more.
    fn stand_by() {
        // One fewer than there are threads: whoever has the work needs a core too, and one more would take turns with it.
        let enough = rayon::current_num_threads() - 1;
        let one_more = |standing: usize| (standing < enough).then_some(standing + 1);
        // `yield_now` below may run a second call.
        let wanted = !STANDS_BY.get() && STANDING.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more).is_ok();
        if wanted {
            STANDS_BY.set(true);
            FREE.fetch_add(1, Ordering::SeqCst);
        }
        CALLED.fetch_sub(1, Ordering::Relaxed);
        if !wanted {
            return;
        }
        let mut since = Instant::now();
        let mut moved: Option<Instant> = None;
        loop {
            let shared = cores::current().filter(|&core| core == OPENED_ON.load(Ordering::Relaxed));
            if let Some(core) = shared.filter(|_| since.elapsed() < PATIENCE) {
                // The thread that has the work waits for this very core. Not at every turn, since of several threads that have
                // some, one may be on each core.
                if moved.is_some_and(|moved| moved.elapsed() < PATIENCE) {
                    std::thread::yield_now();
                } else {
                    moved = Some(Instant::now());
                    cores::leave(core);
                }
            } else if PLACES.load(Ordering::SeqCst) > 0 {
                if help() {
                    since = Instant::now();
                }
            } else if since.elapsed() < PATIENCE {
                for _ in 0..64 {
                    if PLACES.load(Ordering::Relaxed) > 0 {
                        break;
                    }
                    std::hint::spin_loop();
                }
                if PLACES.load(Ordering::Relaxed) == 0 {
                    // Whatever else rayon has to do goes first.
                    AWAY.set(true);
                    rayon::yield_now();
                    AWAY.set(false);
                }
            } else {
                FREE.fetch_sub(1, Ordering::SeqCst);
                // Whoever opened a job before that may have counted on this thread.
                if PLACES.load(Ordering::SeqCst) == 0 {
                    break;
                }
                FREE.fetch_add(1, Ordering::SeqCst);
            }
        }
        STANDING.fetch_sub(1, Ordering::SeqCst);
        STANDS_BY.set(false);
    }

    /// Whether a job is to wake threads: if it is large, or the last of many small ones that followed each other closely.
    fn wakes(cost: usize) -> bool {
        static START: OnceLock<Instant> = OnceLock::new();
        /// When the last small job began, in microseconds, and what they have cost since a thread was woken or none came.
        static LAST: AtomicU64 = AtomicU64::new(0);
        static UNSHARED: AtomicUsize = AtomicUsize::new(0);
        if cost >= WORTH_WAKING {
            return true;
        }
        let now = START.get_or_init(Instant::now).elapsed().as_micros() as u64;
        let pause = now.saturating_sub(LAST.swap(now, Ordering::Relaxed));
        let before = if pause < PATIENCE.as_micros() as u64 { UNSHARED.load(Ordering::Relaxed) } else { 0 };
        let unshared = before.saturating_add(cost);
        let many = unshared >= 2 * WORTH_WAKING;
        UNSHARED.store(if many { 0 } else { unshared }, Ordering::Relaxed);
        many
    }

    /// Calls `work`, which must not panic, once for each of `0..tasks`, on at most `threads` threads, this one among them;
    /// `cost` is that of [`worth`](super::worth).
    pub(crate) fn for_each(tasks: usize, threads: usize, cost: usize, work: impl Fn(usize) + Sync) {
        let helpers = threads.min(tasks).min(rayon::current_num_threads()).saturating_sub(1);
        if helpers == 0 {
            return (0..tasks).for_each(work);
        }
        let job = Job { work: &work, tasks, next: AtomicUsize::new(0), helpers: AtomicUsize::new(0) };
        if let Some(core) = cores::current() {
            OPENED_ON.store(core, Ordering::Relaxed);
        }
        let open = Open::new(&job, helpers);
        // Read after the job was opened, as `stand_by` expects.
        let free = FREE.load(Ordering::SeqCst) - usize::from(AWAY.get());
        let coming = free + CALLED.load(Ordering::Relaxed);
        if coming < helpers && wakes(cost) {
            // Those who are not worth waking only help where they are awake.
            let worth_waking = helpers.min((cost / (WORTH_WAKING / 2)).max(1));
            for _ in coming..worth_waking {
                CALLED.fetch_add(1, Ordering::Relaxed);
                rayon::spawn(stand_by);
            }
            // Whoever was woken on this core leaves it for another, but has to be let run for that.
            std::thread::yield_now();
        }
        job.take_part();
        drop(open);
    }
}
