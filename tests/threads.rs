//! How many threads the provider in use may use, and the scoped limit.

use std::sync::{Mutex, MutexGuard, PoisonError};

use polyblas::{Dot, Matrix, backend, threads};

/// The number is the whole process's: tests that set it take turns.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether the provider in use can be told.
fn can_be_told() -> bool {
    threads::max() > 1
}

#[test]
fn what_is_set_is_got() {
    let _turn = turn();
    for n in [1, 2, 1] {
        assert!(threads::set(n) || !can_be_told());
        assert_eq!(threads::get(), if can_be_told() { n } else { 1 });
        assert_eq!(backend::current_runtime().threads, threads::get());
    }
}

#[test]
fn zero_means_as_many_as_make_sense() {
    let _turn = turn();
    threads::set(0);
    assert_eq!(threads::get(), threads::max());
}

#[test]
fn a_limit_ends_with_its_scope_and_limits_nest() {
    let _turn = turn();
    threads::set(2);
    let before = threads::get();
    {
        let _one = threads::limit(1);
        assert_eq!(threads::get(), 1);
        {
            let _two = threads::limit(2);
            assert_eq!(threads::get(), if can_be_told() { 2 } else { 1 });
        }
        assert_eq!(threads::get(), 1);
    }
    assert_eq!(threads::get(), before);
}

#[test]
fn a_limit_ends_when_the_scope_is_left_by_a_panic() {
    let _turn = turn();
    threads::set(2);
    let before = threads::get();
    let left = std::panic::catch_unwind(|| {
        let _one = threads::limit(1);
        let _ = Matrix::<f64>::ones(2, 3).dot(&Matrix::ones(2, 3));
    });
    assert!(left.is_err(), "the shapes do not fit");
    assert_eq!(threads::get(), before);
}

#[test]
fn the_result_does_not_depend_on_a_limit() {
    let _turn = turn();
    let a = Matrix::<f64>::from_fn(150, 130, |i, j| ((i * 7 + j * 3) % 11) as f64);
    threads::set(0);
    let all = a.dot(&a.t());
    let _one = threads::limit(1);
    // Sums of small whole numbers: exact in any order.
    assert_eq!(a.dot(&a.t()), all);
}
