//! Which core a thread runs on.

/// The core that this thread is on, where that can be told.
pub(super) fn current() -> Option<usize> {
    #[cfg(target_os = "linux")]
    // SAFETY: it takes nothing and touches no memory of ours.
    return usize::try_from(unsafe { libc::sched_getcpu() }).ok();
    #[cfg(not(target_os = "linux"))]
    None
}

/// Moves this thread from `core` to another of those that it may run on, if there is one.
pub(super) fn leave(core: usize) {
    #[cfg(target_os = "linux")]
    // SAFETY: a set is plain bits, of which none set is a valid one; the calls are told its size, and read and write no
    // more.
    unsafe {
        let size = size_of::<libc::cpu_set_t>();
        let mut all: libc::cpu_set_t = std::mem::zeroed();
        // It fails where the machine has more cores than a set, so `core` is one of the set.
        if libc::sched_getaffinity(0, size, &mut all) != 0 {
            return;
        }
        let mut others = all;
        libc::CPU_CLR(core, &mut others);
        // Of no core at all the system makes an error, and leaves the thread where it is.
        if libc::sched_setaffinity(0, size, &others) == 0 {
            libc::sched_setaffinity(0, size, &all);
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = core;
}
