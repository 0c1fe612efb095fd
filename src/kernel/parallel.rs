//! Work spread over threads.

#[cfg(feature = "parallel")]
use std::sync::atomic::{AtomicUsize, Ordering};

/// Calls `work` once for each of `0..tasks`, on at most `threads` threads, this one among them.
///
/// Whoever is free takes the next task, so a thread that wakes late or is held up costs little; when nobody else is
/// free (in a pool that is busy elsewhere) this thread does all of it.
#[cfg(feature = "parallel")]
pub(crate) fn for_each(tasks: usize, threads: usize, work: impl Fn(usize) + Sync) {
    let helpers = threads.min(tasks).min(rayon::current_num_threads()).saturating_sub(1);
    if helpers == 0 {
        return (0..tasks).for_each(work);
    }
    let next = AtomicUsize::new(0);
    let take = || {
        loop {
            let task = next.fetch_add(1, Ordering::Relaxed);
            if task >= tasks {
                break;
            }
            work(task);
        }
    };
    rayon::in_place_scope(|scope| {
        for _ in 0..helpers {
            scope.spawn(|_| take());
        }
        take();
    });
}

/// Calls `work` once for each of `0..tasks`.
#[cfg(not(feature = "parallel"))]
pub(crate) fn for_each(tasks: usize, _threads: usize, work: impl Fn(usize) + Sync) {
    (0..tasks).for_each(work);
}
