use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::parallel::Team;

/// Shares work of this cost out and counts who did what: every task is done once, and by the time it returns.
fn check(tasks: usize, cost: usize) {
    let done: Vec<AtomicUsize> = (0..tasks).map(|_| AtomicUsize::new(0)).collect();
    Team::of(3, cost).share(tasks, |task| {
        // Long enough that somebody else comes.
        for i in 0..200 * (task % 3) {
            std::hint::black_box(i);
        }
        done[task].fetch_add(1, Ordering::Relaxed);
    });
    // Whoever still is at it would write here after the end.
    let counts: Vec<usize> = done.into_iter().map(AtomicUsize::into_inner).collect();
    assert_eq!(counts, vec![1; tasks]);
}

#[test]
fn every_task_is_done_once_whoever_calls() {
    for tasks in 0..9 {
        for cost in [0, 5_000_000, usize::MAX] {
            check(tasks, cost);
        }
    }
    std::thread::scope(|scope| {
        // More than have a place to share their work at.
        for caller in 0..12 {
            scope.spawn(move || {
                for i in 0..700 {
                    check(1 + (i + caller) % 7, if i % 5 == 0 { usize::MAX } else { 5_000_000 });
                    if i % 200 == 0 {
                        // Those who wait give up meanwhile.
                        std::thread::sleep(std::time::Duration::from_millis(2));
                    }
                }
            });
        }
    });
}

#[test]
#[cfg(feature = "parallel")]
fn work_is_shared_out_inside_a_pool_that_is_busy_and_in_one_that_ends() {
    use rayon::prelude::*;

    (0..400).into_par_iter().for_each(|i| check(1 + i % 6, usize::MAX));
    for _ in 0..20 {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().expect("threads can be started");
        pool.install(|| {
            check(6, usize::MAX);
            rayon::join(|| check(5, usize::MAX), || Team::of(2, usize::MAX).share(4, |_| check(3, usize::MAX)));
        });
    }
    // More threads than have work of their own, so that there is somebody to share it with.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(6).build().expect("threads can be started");
    pool.scope(|scope| {
        for caller in 0..3 {
            scope.spawn(move |_| (0..1000).for_each(|i| check(1 + (i + caller) % 7, [5_000_000, usize::MAX][i % 2])));
        }
    });
}
