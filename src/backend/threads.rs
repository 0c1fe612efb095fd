//! How many threads the provider in use may use.
//!
//! `POLYBLAS_NUM_THREADS` sets the number from outside, for the native engine and for a BLAS alike.

use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The native engine's limit; 0 until somebody sets it.
static NATIVE: AtomicUsize = AtomicUsize::new(0);

/// Cores that this process may run on.
pub(crate) fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from))
}

/// `POLYBLAS_NUM_THREADS`, where it is a number of at least 1.
pub(crate) fn from_environment() -> Option<usize> {
    static THREADS: OnceLock<Option<usize>> = OnceLock::new();
    *THREADS.get_or_init(|| std::env::var("POLYBLAS_NUM_THREADS").ok()?.trim().parse().ok().filter(|&n| n > 0))
}

/// The most threads that the native engine may use.
pub(crate) fn native() -> usize {
    if !cfg!(feature = "parallel") {
        return 1;
    }
    if ALONE.get() {
        return 1;
    }
    match NATIVE.load(Ordering::Relaxed) {
        0 => from_environment().unwrap_or_else(cores),
        n => n,
    }
}

thread_local! {
    /// Whether this thread is one of several that multiply at once, so that none should spread further.
    static ALONE: Cell<bool> = const { Cell::new(false) };
}

/// Runs `f` with the native engine kept to the thread that calls.
pub(crate) fn alone<R>(f: impl FnOnce() -> R) -> R {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            ALONE.set(self.0);
        }
    }
    let _restore = Restore(ALONE.replace(true));
    f()
}

/// Threads that the next product may use, on the provider in use.
///
/// ```
/// assert!(polyblas::threads::get() >= 1);
/// ```
#[must_use]
pub fn get() -> usize {
    super::current().threads()
}

/// Sets the number of threads: of the native engine, and of the provider in use if that is a BLAS. Returns whether the
/// provider in use could be told; some, such as the reference BLAS, have one thread and no setter.
///
/// Zero means as many as there are cores.
///
/// ```
/// assert!(polyblas::threads::set(1) || polyblas::threads::get() == 1);
/// ```
pub fn set(threads: usize) -> bool {
    let threads = if threads == 0 { cores() } else { threads };
    NATIVE.store(threads, Ordering::Relaxed);
    super::current().set_threads(threads)
}

/// The most threads that it makes sense to set: the cores that this process may run on.
///
/// ```
/// assert!(polyblas::threads::max() >= 1);
/// ```
#[must_use]
pub fn max() -> usize {
    cores()
}
