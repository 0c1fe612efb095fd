//! How many instructions a call takes: a copy of the process makes it, one instruction at a time.
//!
//! Virtual machines seldom have the counters that `perf stat` reads, and valgrind has no AVX-512; every CPU can stop
//! after each instruction.

use serde::{Deserialize, Serialize};

/// Instructions of one call.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Instructions {
    pub all: u64,
    /// Multiply-adds of vectors of 128, 256 and 512 bits.
    pub multiply_adds: [u64; 3],
}

/// Counts the instructions of `call`, which this thread alone makes.
#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
pub fn count(_: &mut dyn FnMut()) -> Result<Instructions, String> {
    Err("instructions are counted on Linux on x86-64 alone".to_owned())
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub use x86_64::count;

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod x86_64 {
    use std::collections::HashMap;
    use std::io::Error;
    use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
    use std::ptr::null_mut;

    use super::Instructions;
    use crate::cpus;

    /// Counts the instructions of `call`, which this thread alone makes.
    pub fn count(call: &mut dyn FnMut()) -> Result<Instructions, String> {
        // What surrounds a call is the same around one that does nothing.
        on_one_core(|| {
            let around = step(&mut || {})?.all;
            let mut counted = step(call)?;
            counted.all -= around;
            Ok(counted)
        })
    }

    /// The two that take turns at each instruction do so many times faster on one core than across two.
    fn on_one_core<R>(work: impl FnOnce() -> R) -> R {
        let before = cpus::usable();
        // SAFETY: asks for a number.
        let this = unsafe { libc::sched_getcpu() };
        cpus::keep_to(0, &[this.max(0) as usize]);
        let result = work();
        cpus::keep_to(0, &before);
        result
    }

    fn step(call: &mut dyn FnMut()) -> Result<Instructions, String> {
        // SAFETY: the copy makes a call that takes this thread alone, whose memory it has whole.
        let copy = match unsafe { libc::fork() } {
            -1 => return Err(format!("no copy of the process: {}", Error::last_os_error())),
            // SAFETY: what the call writes is the copy's own, which ends here whatever becomes of the call, without
            // what runs at an exit.
            0 => unsafe {
                // A message with a backtrace would take minutes, instruction by instruction.
                set_hook(Box::new(|_| {}));
                libc::ptrace(libc::PTRACE_TRACEME, 0, null_mut::<u8>(), null_mut::<u8>());
                libc::raise(libc::SIGSTOP);
                libc::_exit(catch_unwind(AssertUnwindSafe(call)).is_err().into());
            },
            copy => copy,
        };
        let mut counted = Instructions::default();
        let mut widths = HashMap::new();
        let mut last = 0;
        loop {
            let mut status = 0;
            // SAFETY: `copy` is our child and has not been waited for to its end.
            if unsafe { libc::waitpid(copy, &mut status, 0) } != copy {
                return Err(format!("the copy is lost: {}", Error::last_os_error()));
            }
            if !libc::WIFSTOPPED(status) {
                return if status == 0 {
                    Ok(counted)
                } else {
                    Err(format!("the call failed in the copy: {status:#x}"))
                };
            }
            let signal = libc::WSTOPSIG(status);
            if signal != libc::SIGTRAP && signal != libc::SIGSTOP {
                // SAFETY: as above.
                unsafe {
                    libc::kill(copy, libc::SIGKILL);
                    libc::waitpid(copy, &mut status, 0);
                }
                return Err(format!("the copy got signal {signal}"));
            }
            // SAFETY: the copy is stopped, and RIP is a register that it has.
            let at = unsafe { libc::ptrace(libc::PTRACE_PEEKUSER, copy, 8 * libc::RIP as usize, null_mut::<u8>()) };
            // A repeated instruction stops at each turn.
            if at != last {
                last = at;
                counted.all += 1;
                let width = *widths.entry(at).or_insert_with(|| multiply_add(&code(copy, at)));
                if let Some(width) = width {
                    counted.multiply_adds[width] += 1;
                }
            }
            // SAFETY: the copy is stopped.
            unsafe { libc::ptrace(libc::PTRACE_SINGLESTEP, copy, null_mut::<u8>(), null_mut::<u8>()) };
        }
    }

    /// The bytes of the instruction at `at`, as many as say what it is.
    fn code(copy: libc::pid_t, at: i64) -> [u8; 8] {
        // SAFETY: the copy is stopped; an address that it cannot read gives -1, which is no multiply-add.
        unsafe { libc::ptrace(libc::PTRACE_PEEKTEXT, copy, at, null_mut::<u8>()) }.to_le_bytes()
    }

    /// Which of the widths a packed floating-point multiply-add has (Intel's manual, volume 2: `VFMADD...` with VEX and
    /// EVEX prefixes).
    fn multiply_add(code: &[u8; 8]) -> Option<usize> {
        let (opcode, width) = match code {
            [0xc4, map, vector, opcode, ..] if map & 0x1f == 2 => (opcode, usize::from(vector >> 2 & 1)),
            [0x62, map, _, vector, opcode, ..] if map & 0x07 == 2 => (opcode, usize::from(vector >> 5 & 3)),
            _ => return None,
        };
        // 96 to 9f, a6 to af, b6 to bf; from 98 on the odd ones are scalar.
        let (group, kind) = (opcode >> 4, opcode & 0x0f);
        let packed = kind == 6 || kind == 7 || (kind >= 8 && kind % 2 == 0);
        (matches!(group, 0x9..=0xb) && packed && width < 3).then_some(width)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn multiply_adds_are_known_by_their_width() {
            let code = |bytes: &[u8]| -> [u8; 8] { std::array::from_fn(|i| bytes.get(i).copied().unwrap_or(0)) };
            // vfmadd231pd xmm0, xmm1, xmm2; the same of ymm, of zmm; vfmadd231sd; vmulpd ymm; ret.
            assert_eq!(multiply_add(&code(&[0xc4, 0xe2, 0xf1, 0xb8, 0xc2])), Some(0));
            assert_eq!(multiply_add(&code(&[0xc4, 0xe2, 0xf5, 0xb8, 0xc2])), Some(1));
            assert_eq!(multiply_add(&code(&[0x62, 0xf2, 0xf5, 0x48, 0xb8, 0xc2])), Some(2));
            assert_eq!(multiply_add(&code(&[0xc4, 0xe2, 0xf1, 0xb9, 0xc2])), None);
            assert_eq!(multiply_add(&code(&[0xc5, 0xf5, 0x59, 0xc2])), None);
            assert_eq!(multiply_add(&code(&[0xc3])), None);
        }

        #[test]
        fn a_loop_of_multiply_adds_is_counted() {
            if !is_x86_feature_detected!("fma") {
                eprintln!("skipped: the CPU has no multiply-add");
                return;
            }
            let counted = count(&mut || {
                // SAFETY: the CPU has FMA, and the loop uses what it says.
                unsafe {
                    std::arch::asm!(
                        "2:",
                        "vfmadd231pd ymm0, ymm0, ymm0",
                        "dec {i}",
                        "jnz 2b",
                        out("xmm0") _,
                        i = inout(reg) 1000_u64 => _,
                        options(nostack, nomem)
                    );
                }
            })
            .expect("this process may be stopped");
            assert_eq!(counted.multiply_adds, [0, 1000, 0]);
            assert!((3000..3050).contains(&counted.all), "{counted:?}");
        }

        #[test]
        fn a_call_that_fails_is_not_counted() {
            assert!(count(&mut || panic!("in the copy alone")).is_err());
        }
    }
}
