//! Work to be done when the program ends.

use std::ffi::c_int;
use std::sync::Mutex;

static LAST: Mutex<Vec<fn()>> = Mutex::new(Vec::new());

unsafe extern "C" {
    /// Every hosted C library has it.
    fn atexit(f: extern "C" fn()) -> c_int;
}

extern "C" fn run() {
    // Where another thread holds the lock, the process ends without: better than never.
    let work = LAST.try_lock().map(|mut work| std::mem::take(&mut *work)).unwrap_or_default();
    work.iter().for_each(|f| f());
}

/// Calls `f` when the program returns from `main` or calls `exit`.
pub(crate) fn at_exit(f: fn()) {
    let Ok(mut work) = LAST.lock() else { return };
    if work.is_empty() {
        // SAFETY: `run` has the signature that C asks for, and does not unwind: it only calls what writes and ignores
        // errors.
        unsafe { atexit(run) };
    }
    work.push(f);
}
