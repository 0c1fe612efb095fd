//! Memory without a type, on huge pages where the system gives them.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ptr::NonNull;

use super::simd::LINE;

/// A huge page. Ordinary ones cost a TLB miss every 4 KiB, and four times as long to be faulted in and zeroed.
const HUGE: usize = 2 << 20;

/// An allocation of the global allocator.
pub(super) struct Buffer {
    pub ptr: NonNull<u8>,
    pub layout: Layout,
}

impl Buffer {
    /// At least `bytes` uninitialised bytes that begin on a cache line.
    pub fn new(bytes: usize) -> Self {
        let align = if bytes >= HUGE { HUGE } else { LINE };
        let layout = Layout::from_size_align(bytes.max(1).next_multiple_of(align), align).expect("memory holds it");
        // SAFETY: the size is not zero: it was rounded up from at least one byte.
        let ptr = unsafe { alloc(layout) };
        let Some(ptr) = NonNull::new(ptr) else { handle_alloc_error(layout) };
        advise_huge(ptr.as_ptr(), layout.size());
        Buffer { ptr, layout }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: whoever made this had the pointer and layout from the global allocator, and gave it away.
        unsafe { dealloc(self.ptr.as_ptr(), self.layout) }
    }
}

/// Asks the system for huge pages where whole ones lie in memory that nobody has written yet (numpy does the same).
pub(super) fn advise_huge(ptr: *mut u8, bytes: usize) {
    #[cfg(target_os = "linux")]
    {
        let before = ptr.addr().next_multiple_of(HUGE) - ptr.addr();
        let whole = bytes.saturating_sub(before) / HUGE * HUGE;
        if whole > 0 {
            // SAFETY: the range lies in the caller's allocation, and whatever comes of the advice, its contents stay.
            unsafe { libc::madvise(ptr.add(before).cast(), whole, libc::MADV_HUGEPAGE) };
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (ptr, bytes);
}
