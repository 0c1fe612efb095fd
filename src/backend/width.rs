//! How wide a library's integers are, asked of the library itself: never guessed from a name, since a wrong belief is
//! memory corruption.

use std::ffi::c_void;

/// `cblas_isamax` by its widest signature.
pub(crate) type IsamaxFn = unsafe extern "C" fn(i64, *const f32, i64) -> i64;
/// Fortran's `isamax_`.
pub(crate) type FortranIsamaxFn = unsafe extern "C" fn(*const i64, *const f32, *const i64) -> i64;
/// `cblas_sscal`, in the same way.
pub(crate) type SscalFn = unsafe extern "C" fn(i64, f32, *mut f32, i64);
/// Fortran's `sscal_`.
pub(crate) type FortranSscalFn = unsafe extern "C" fn(*const i64, *const f32, *mut f32, *const i64);
/// LAPACK's `ilaver_`, which stores its version: major, minor, patch.
pub(crate) type IlaverFn = unsafe extern "C" fn(*mut i64, *mut i64, *mut i64);

/// A length that reads as 3 where integers have 32 bits and as a negative number, for which BLAS defines the answer
/// "none", where they have 64. On either reading at most three elements are touched.
const THREE_OR_NEGATIVE: i64 = 0xffff_ffff_0000_0003_u64 as i64;

/// An increment that reads as -1 where integers have 32 bits and as a positive number where they have 64. `scal` of one
/// element does nothing at the first and scales the element at the second.
const MINUS_ONE_OR_POSITIVE: i64 = 0x0000_0000_ffff_ffff;

/// Whether integers surely have 32 bits. If not, they have 64, or the library takes negative increments where BLAS does
/// not.
///
/// # Safety
/// `sscal` is a library's `cblas_sscal`, whatever the width of its integers.
pub(crate) unsafe fn is_narrow_by_sscal(sscal: SscalFn) -> bool {
    let mut x = 1.0f32;
    // SAFETY: one element is scaled or none, whatever the increment.
    unsafe { sscal(1, 2.0, &mut x, MINUS_ONE_OR_POSITIVE) };
    x == 1.0
}

/// The same of a library that has only Fortran's names.
///
/// # Safety
/// `sscal` is a library's `sscal_`, whatever the width of its integers.
pub(crate) unsafe fn is_narrow_by_fortran_sscal(sscal: FortranSscalFn) -> bool {
    let mut x = 1.0f32;
    // SAFETY: as in `is_narrow_by_sscal`.
    unsafe { sscal(&1, &2.0, &mut x, &MINUS_ONE_OR_POSITIVE) };
    x == 1.0
}

/// Bits of the integers of a library with this `cblas_isamax`. To be asked last: some libraries stop the process at a
/// negative length.
///
/// # Safety
/// `isamax` is a library's `cblas_isamax`, whatever the width of its integers.
pub(crate) unsafe fn by_isamax(isamax: IsamaxFn) -> u32 {
    let x = [1.0f32, 2.0, 3.0];
    // SAFETY: an LP64 library looks at the low halves, which say 3 elements, 1 apart; an ILP64 one at a negative
    // length.
    let last = unsafe { isamax(THREE_OR_NEGATIVE, x.as_ptr(), 1) };
    // Only the low half of the result is defined under LP64.
    if last as u32 == 2 { 32 } else { 64 }
}

/// The same of a library that has only Fortran's names.
///
/// # Safety
/// `isamax` is a library's `isamax_`, whatever the width of its integers.
pub(crate) unsafe fn by_fortran_isamax(isamax: FortranIsamaxFn) -> u32 {
    let x = [1.0f32, 2.0, 3.0];
    // SAFETY: as in `by_isamax`. On a big-endian machine an LP64 library would read -1, and its calls with 64-bit
    // integers would read zeros, which the known-answer check refuses.
    let last = unsafe { isamax(&THREE_OR_NEGATIVE, x.as_ptr(), &1) };
    if last as u32 == 3 { 32 } else { 64 }
}

/// The same of a library with LAPACK.
///
/// # Safety
/// `ilaver` is a library's `ilaver_`, whatever the width of its integers.
pub(crate) unsafe fn by_ilaver(ilaver: IlaverFn) -> u32 {
    let mut version = [-1i64; 3];
    let [major, minor, patch] = &mut version;
    // SAFETY: each of the three integers has room for 64 bits.
    unsafe { ilaver(major, minor, patch) };
    // A 32-bit store leaves half of the -1.
    if version.iter().all(|part| (0..1 << 31).contains(part)) { 64 } else { 32 }
}

/// The address of a function as a function pointer.
///
/// # Safety
/// `F` is a function pointer type, and the function at `address` has its signature (or is called as if it had, in a way
/// that is right for its own).
pub(crate) unsafe fn function<F: Copy>(address: *const c_void) -> F {
    const { assert!(size_of::<F>() == size_of::<*const c_void>()) };
    // SAFETY: the sizes agree; the rest is the caller's promise.
    unsafe { std::mem::transmute_copy(&address) }
}

#[cfg(test)]
mod tests {
    use super::*;

    unsafe extern "C" fn ilaver_lp64(major: *mut i64, minor: *mut i64, patch: *mut i64) {
        // SAFETY: called by the probe with room for more.
        unsafe {
            *major.cast::<i32>() = 3;
            *minor.cast::<i32>() = 0;
            *patch.cast::<i32>() = 1;
        }
    }

    unsafe extern "C" fn ilaver_ilp64(major: *mut i64, minor: *mut i64, patch: *mut i64) {
        // SAFETY: called by the probe with room for this.
        unsafe {
            *major = 3;
            *minor = 0;
            *patch = 1;
        }
    }

    /// The last of so many elements, as `isamax` says of increasing ones.
    fn last(n: i64) -> i64 {
        n.max(0)
    }

    unsafe extern "C" fn isamax_lp64(n: i64, _: *const f32, _: i64) -> i64 {
        // What is above the low half of a result is undefined.
        (last(i64::from(n as i32)) - 1) | 0x7777_0000_0000_0000
    }

    unsafe extern "C" fn isamax_ilp64(n: i64, _: *const f32, _: i64) -> i64 {
        (last(n) - 1).max(0)
    }

    unsafe extern "C" fn sscal_lp64(n: i64, alpha: f32, x: *mut f32, incx: i64) {
        // SAFETY: called by the probe with one element.
        unsafe {
            if n as i32 > 0 && incx as i32 > 0 {
                *x *= alpha;
            }
        }
    }

    unsafe extern "C" fn sscal_ilp64(n: i64, alpha: f32, x: *mut f32, incx: i64) {
        // SAFETY: called by the probe with one element.
        unsafe {
            if n > 0 && incx > 0 {
                *x *= alpha;
            }
        }
    }

    #[test]
    fn widths_are_told_apart() {
        // SAFETY: each has the signature that is asked for.
        unsafe {
            assert!(is_narrow_by_sscal(sscal_lp64));
            assert!(!is_narrow_by_sscal(sscal_ilp64));
            assert_eq!(by_ilaver(ilaver_lp64), 32);
            assert_eq!(by_ilaver(ilaver_ilp64), 64);
            assert_eq!(by_isamax(isamax_lp64), 32);
            assert_eq!(by_isamax(isamax_ilp64), 64);
        }
    }
}
