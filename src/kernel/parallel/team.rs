//! Those who share work: the thread that has it, and others that stand by for it.

use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::{cores, handing_over};

/// Multiplications, times the bytes of an operand, that are worth waking a second thread for.
const WORTH_WAKING: usize = 36_000_000;
/// How long a thread waits for more work. One that slept between products would often wake on the core of the thread
/// that calls it, since Linux seeks no idle core where all were busy a moment ago, and would have to move as well.
const PATIENCE: Duration = Duration::from_millis(1);

/// Work on the stack of the thread that has it to do, in cache lines of its own: what that thread writes beside it
/// meanwhile does not take it away from the others.
#[repr(align(128))]
struct Job<'a> {
    work: &'a (dyn Fn(usize) + Sync),
    tasks: usize,
    /// The first task that nobody has taken.
    next: AtomicUsize,
    /// Other threads that came and have left again.
    left: AtomicUsize,
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

/// Where a job is open to others: its address, and in the bits that are zero in an address the places that are free.
/// Whoever takes a place counts it down, and only then looks at the job, which lives until all who came have left.
type Opening = AtomicPtr<Job<'static>>;

/// The most places in an opening.
const MOST_PLACES: usize = align_of::<Job>() - 1;

fn places(opening: *mut Job<'static>) -> usize {
    opening.addr() % align_of::<Job>()
}

/// What some threads write and others read all the time, in cache lines of its own.
#[repr(align(128))]
struct Apart<T>(T);

/// So many threads can share their work at a time; each of more does its own.
static OPENINGS: Apart<[Opening; 8]> = Apart([const { AtomicPtr::new(std::ptr::null_mut()) }; 8]);
/// The core that a job was last opened on, where that can be told.
static OPENED_ON: Apart<AtomicUsize> = Apart(AtomicUsize::new(usize::MAX));
/// Threads that have work of their own.
static CALLERS: Apart<AtomicUsize> = Apart(AtomicUsize::new(0));
/// The places that they have opened.
static PLACES: Apart<AtomicUsize> = Apart(AtomicUsize::new(0));
/// Threads that stand by.
static STANDING: AtomicUsize = AtomicUsize::new(0);
/// Threads that were called and have not come yet.
static CALLED: AtomicUsize = AtomicUsize::new(0);

/// Keeps a job open. The job ends with it: once it is dropped, nobody else is at it.
struct Open<'a> {
    job: &'a Job<'a>,
    places: usize,
    at: &'static Opening,
}

impl<'a> Open<'a> {
    fn new(job: &'a Job<'a>, places: usize) -> Option<Self> {
        let places = places.min(MOST_PLACES);
        let opening = std::ptr::from_ref(job).cast::<Job<'static>>().cast_mut().map_addr(|address| address + places);
        let open = |at: &&'static Opening| {
            at.load(Ordering::Relaxed).is_null()
                && at.compare_exchange(std::ptr::null_mut(), opening, Ordering::Release, Ordering::Relaxed).is_ok()
        };
        let at = OPENINGS.0.iter().find(open)?;
        PLACES.0.fetch_add(places, Ordering::Relaxed);
        Some(Open { job, places, at })
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        let came = self.places - places(self.at.swap(std::ptr::null_mut(), Ordering::Relaxed));
        let mut turns = 0_u32;
        while self.job.left.load(Ordering::Acquire) < came {
            turns += 1;
            // A helper that was interrupted may be waiting for this core.
            if turns.is_multiple_of(1024) {
                std::thread::yield_now();
            }
            std::hint::spin_loop();
        }
        PLACES.0.fetch_sub(self.places, Ordering::Relaxed);
    }
}

/// Whether there is a place in any job.
fn is_wanted() -> bool {
    OPENINGS.0.iter().any(|opening| places(opening.load(Ordering::Relaxed)) > 0)
}

/// Helps with a job, if one has a place.
fn help() -> bool {
    struct Leave(*const Job<'static>);
    impl Drop for Leave {
        fn drop(&mut self) {
            // SAFETY: the job lives until its helpers have left, which this one does by this very access.
            unsafe { (*self.0).left.fetch_add(1, Ordering::Release) };
        }
    }
    let one_fewer = |opening: *mut Job<'static>| (places(opening) > 0).then(|| opening.map_addr(|address| address - 1));
    let taken = |opening: &Opening| opening.fetch_update(Ordering::Acquire, Ordering::Relaxed, one_fewer).ok();
    let Some(opening) = OPENINGS.0.iter().find_map(taken) else { return false };
    let helping = Leave(opening.map_addr(|address| address - places(opening)));
    // SAFETY: the job lives until this helper, for which a place was counted down, has left.
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
    }
    CALLED.fetch_sub(1, Ordering::Relaxed);
    if !wanted {
        return;
    }
    let mut since = Instant::now();
    let mut moved: Option<Instant> = None;
    loop {
        let shared = cores::current().filter(|&core| core == OPENED_ON.0.load(Ordering::Relaxed));
        if let Some(core) = shared.filter(|_| since.elapsed() < PATIENCE) {
            // The thread that has the work waits for this very core. Not at every turn, since of several threads that
            // have some, one may be on each core.
            if moved.is_some_and(|moved| moved.elapsed() < PATIENCE) {
                std::thread::yield_now();
            } else {
                moved = Some(Instant::now());
                cores::leave(core);
            }
        } else if help() {
            since = Instant::now();
        } else if since.elapsed() < PATIENCE {
            for _ in 0..64 {
                if is_wanted() {
                    break;
                }
                std::hint::spin_loop();
            }
            if !is_wanted() {
                // Whatever else rayon has to do goes first.
                AWAY.set(true);
                rayon::yield_now();
                AWAY.set(false);
            }
        } else {
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
        Caller { others: CALLERS.0.fetch_add(1, Ordering::Relaxed) }
    }

    /// How many threads there will be for a job of `cost`, at most `threads`, this one among them; wakes some if that
    /// pays.
    pub fn gather(&self, threads: usize, cost: usize) -> usize {
        let cores = rayon::current_num_threads().saturating_sub(self.others);
        let helpers = threads.min(cores).saturating_sub(1);
        if helpers == 0 {
            return 1;
        }
        let taken = PLACES.0.load(Ordering::Relaxed) + usize::from(AWAY.get());
        let free = STANDING.load(Ordering::Relaxed).saturating_sub(taken);
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
        if free > 0 {
            handing_over::before_job();
        }
        helpers + 1
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        CALLERS.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Tells those who stand by that this core is taken.
fn note_core() {
    // Written only where it changes, since those who stand by read it all the time.
    if let Some(core) = cores::current().filter(|&core| core != OPENED_ON.0.load(Ordering::Relaxed)) {
        OPENED_ON.0.store(core, Ordering::Relaxed);
    }
}

/// Calls `work`, which must not panic, once for each of `0..tasks`, with the help of at most `helpers` other threads.
pub(super) fn share(tasks: usize, helpers: usize, work: &(dyn Fn(usize) + Sync)) {
    let job = Job { work, tasks, next: AtomicUsize::new(0), left: AtomicUsize::new(0) };
    note_core();
    let open = Open::new(&job, helpers);
    job.take_part();
    drop(open);
}
