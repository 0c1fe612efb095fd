//! Which CPUs a process runs on, where the system lets that be said.

/// The CPUs that this thread may run on; none where that is not known.
#[cfg(target_os = "linux")]
pub fn usable() -> Vec<usize> {
    // SAFETY: a set of zeros is empty, and the call writes one of the size that it is told.
    let (known, set) = unsafe {
        let mut set = std::mem::zeroed::<libc::cpu_set_t>();
        (libc::sched_getaffinity(0, size_of_val(&set), &mut set) == 0, set)
    };
    // SAFETY: each number is below the size of the set.
    (0..libc::CPU_SETSIZE as usize).filter(|&cpu| known && unsafe { libc::CPU_ISSET(cpu, &set) }).collect()
}

/// Has a process (0: this thread) run on these CPUs alone; without effect if there are none.
#[cfg(target_os = "linux")]
pub fn keep_to(process: u32, cpus: &[usize]) {
    if cpus.is_empty() {
        return;
    }
    // SAFETY: a set of zeros is empty, numbers beyond it are left out, and the call reads one of the size that it is
    // told.
    unsafe {
        let mut set = std::mem::zeroed::<libc::cpu_set_t>();
        cpus.iter().filter(|&&cpu| cpu < libc::CPU_SETSIZE as usize).for_each(|&cpu| libc::CPU_SET(cpu, &mut set));
        libc::sched_setaffinity(process as libc::pid_t, size_of_val(&set), &set);
    }
}

#[cfg(not(target_os = "linux"))]
pub fn usable() -> Vec<usize> {
    Vec::new()
}

#[cfg(not(target_os = "linux"))]
pub fn keep_to(_: u32, _: &[usize]) {}
