//! How many threads the provider in use may use.
//!
//! `POLYBLAS_NUM_THREADS` sets the number from outside, for the native engine and for a BLAS alike.

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::provider::Provider;

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

/// What somebody asked for, in the program or from outside.
pub(crate) fn asked_for() -> Option<usize> {
    match NATIVE.load(Ordering::Relaxed) {
        0 => from_environment(),
        n => Some(n),
    }
}

thread_local! {
    /// The provider on OpenMP that this thread told a number of threads last, and the number.
    static TOLD: Cell<(*const Provider, usize)> = const { Cell::new((std::ptr::null(), 0)) };
}

/// Tells a library that keeps a number for each thread that calls it this thread's: what is asked of the process.
#[inline]
pub(crate) fn follow(provider: &'static Provider) {
    if let Some(default) = provider.threads_of_each_caller {
        let told = (std::ptr::from_ref(provider), asked_for().unwrap_or(default));
        if TOLD.replace(told) != told {
            provider.set_threads(told.1);
        }
    }
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

/// Sets the number of threads: of the native engine, of the provider in use if that is a BLAS, and of each provider
/// that is selected later. Returns whether the provider in use could be told; some, such as the reference BLAS, have
/// one thread and no setter.
///
/// Zero means as many as there are cores. The number is the whole process's: a library on OpenMP, which keeps one for
/// each thread that calls it, is told by each thread at its next product.
///
/// ```
/// assert!(polyblas::threads::set(1) || polyblas::threads::get() == 1);
/// ```
pub fn set(threads: usize) -> bool {
    let threads = if threads == 0 { cores() } else { threads };
    NATIVE.store(threads, Ordering::Relaxed);
    super::current().set_threads(threads)
}

/// The most threads that it makes sense to set: the cores that this process may run on, or 1 where the provider in use
/// has but one thread.
///
/// ```
/// assert!(polyblas::threads::max() >= 1);
/// ```
#[must_use]
pub fn max() -> usize {
    super::current().max_threads()
}

/// Sets the number of threads until the guard is dropped, which restores what was before.
///
/// As with [`set`], the number is the whole process's. The guard belongs to the provider in use now; guards nest, and
/// are to be dropped in the reverse order.
///
/// ```
/// use polyblas::threads;
///
/// let before = threads::get();
/// {
///     let _one = threads::limit(1);
///     assert_eq!(threads::get(), 1);
/// }
/// assert_eq!(threads::get(), before);
/// ```
#[must_use = "the limit ends when the guard is dropped"]
pub fn limit(threads: usize) -> Limit {
    let provider = super::current();
    let limit = Limit {
        provider,
        before: provider.threads(),
        native_before: NATIVE.load(Ordering::Relaxed),
        not_sent: PhantomData,
    };
    set(threads);
    limit
}

/// Restores the number of threads when it is dropped; see [`limit`].
pub struct Limit {
    provider: &'static Provider,
    before: usize,
    /// 0 where nothing had been set.
    native_before: usize,
    /// Guards of one thread are dropped in their order; those of several would not be.
    not_sent: PhantomData<*const ()>,
}

impl Drop for Limit {
    fn drop(&mut self) {
        NATIVE.store(self.native_before, Ordering::Relaxed);
        self.provider.set_threads(self.before);
    }
}

impl std::fmt::Debug for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limit").field("provider", &self.provider.name()).field("before", &self.before).finish()
    }
}

/// Whether products that may use several threads were called from inside a rayon pool: the pool's threads and the
/// library's then outnumber the cores.
static OVERSUBSCRIBED: AtomicBool = AtomicBool::new(false);

/// Called before an operation on a library, which may have threads of its own.
#[cfg(feature = "parallel")]
#[inline]
pub(crate) fn watch(provider: &'static Provider) {
    follow(provider);
    if rayon::current_thread_index().is_some() {
        watch_in_pool(provider);
    }
}

#[cfg(not(feature = "parallel"))]
#[inline]
pub(crate) fn watch(provider: &'static Provider) {
    follow(provider);
}

#[cfg(feature = "parallel")]
#[cold]
fn watch_in_pool(provider: &'static Provider) {
    if !OVERSUBSCRIBED.load(Ordering::Relaxed) && rayon::current_num_threads() > 1 && provider.threads() > 1 {
        OVERSUBSCRIBED.store(true, Ordering::Relaxed);
    }
}

/// Whether, since the program began, threads of a rayon pool called a BLAS that may use several threads of its own. All
/// of them then compete for the cores; [`limit`] or [`set`] to 1 around the parallel part mends it.
///
/// ```
/// assert!(!polyblas::threads::oversubscribed());
/// ```
#[must_use]
pub fn oversubscribed() -> bool {
    OVERSUBSCRIBED.load(Ordering::Relaxed)
}
