//! Those who share work: the thread that has it, and others that stand by for it.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::cores;

/// Multiplications, times the bytes of an operand, that are worth waking a second thread for.
const WORTH_WAKING: usize = 36_000_000;
/// How long a thread waits for more work. One that slept between products would often wake on the core of the thread
/// that calls it, since Linux seeks no idle core where all were busy a moment ago, and would have to move as well.
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
/// Threads that have work of their own.
static CALLERS: AtomicUsize = AtomicUsize::new(0);
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
        PLACES.fetch_add(places, Ordering::Relaxed);
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
            FREE.fetch_add(1, Ordering::Relaxed);
            // SAFETY: the job lives until its helpers have left, which this one does by this very access.
            unsafe { (*self.0).helpers.fetch_sub(1, Ordering::Release) };
        }
    }
    let mut openings = openings();
    let Some(opening) = openings.first_mut() else { return false };
    opening.places -= 1;
    PLACES.fetch_sub(1, Ordering::Relaxed);
    FREE.fetch_sub(1, Ordering::Relaxed);
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
    let wanted = !STANDS_BY.get() && STANDING.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_ok();
    if wanted {
        STANDS_BY.set(true);
        FREE.fetch_add(1, Ordering::Relaxed);
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
        } else if PLACES.load(Ordering::Relaxed) > 0 {
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
            FREE.fetch_sub(1, Ordering::Relaxed);
            break;
        }
    }
    STANDING.fetch_sub(1, Ordering::Relaxed);
    STANDS_BY.set(false);
}

/// Whether a job is to wake threads: if it is large, or the last of many small ones that followed each other closely.
fn wakes(cost: usize) -> bool {
    static START: OnceLock<Instant> = OnceLock::new();
    /// When the last small job began, in microseconds.
    static LAST: AtomicU64 = AtomicU64::new(0);
    /// What small jobs have cost since the last pause between them, or since they woke a thread.
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

/// A thread that has work of its own, for which it counts on a core.
pub(super) struct Caller {
    others: usize,
}

impl Caller {
    pub fn new() -> Self {
        Caller { others: CALLERS.fetch_add(1, Ordering::Relaxed) }
    }

    /// How many threads there will be for a job of `cost`, at most `threads`, this one among them; wakes some if that pays.
    pub fn gather(&self, threads: usize, cost: usize) -> usize {
        let cores = rayon::current_num_threads().saturating_sub(self.others);
        let helpers = threads.min(cores).saturating_sub(1);
        if helpers == 0 {
            return 1;
        }
        let free = FREE.load(Ordering::Relaxed) - usize::from(AWAY.get());
        let coming = free + CALLED.load(Ordering::Relaxed);
        // Those who are not worth waking only help where they are awake.
        let worth_waking = helpers.min((cost / (WORTH_WAKING / 2)).max(1));
        if coming < worth_waking && wakes(cost) {
            note_core();
            for _ in coming..worth_waking {
                CALLED.fetch_add(1, Ordering::Relaxed);
                rayon::spawn(stand_by);
            }
            // Whoever was woken on this core leaves it for another, but has to be let run for that.
            std::thread::yield_now();
        } else if coming == 0 {
            return 1;
        }
        helpers + 1
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        CALLERS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Tells those who stand by that this core is taken.
fn note_core() {
    if let Some(core) = cores::current() {
        OPENED_ON.store(core, Ordering::Relaxed);
    }
}

/// Calls `work`, which must not panic, once for each of `0..tasks`, with the help of at most `helpers` other threads.
pub(super) fn share(tasks: usize, helpers: usize, work: &(dyn Fn(usize) + Sync)) {
    let job = Job { work, tasks, next: AtomicUsize::new(0), helpers: AtomicUsize::new(0) };
    note_core();
    let open = Open::new(&job, helpers);
    job.take_part();
    drop(open);
}
