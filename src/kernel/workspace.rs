//! Memory for packed panels: one aligned buffer a thread, which grows to the largest product seen and is then reused.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::RefCell;
use std::ptr::NonNull;

use super::simd::LINE;

/// A huge page: a packed panel on ordinary pages costs a TLB miss every 4 KiB.
const HUGE: usize = 2 << 20;

struct Buffer {
    ptr: NonNull<u8>,
    layout: Layout,
}

impl Buffer {
    fn new(bytes: usize) -> Self {
        let align = if bytes >= HUGE { HUGE } else { LINE };
        let layout =
            Layout::from_size_align(bytes.next_multiple_of(align), align).expect("a workspace that memory holds");
        // SAFETY: the size is not zero: it was rounded up from at least one byte.
        let ptr = unsafe { alloc(layout) };
        let Some(ptr) = NonNull::new(ptr) else { handle_alloc_error(layout) };
        #[cfg(target_os = "linux")]
        if align == HUGE {
            // SAFETY: the range was just allocated. It is only advice, so its failure changes nothing.
            unsafe { libc::madvise(ptr.as_ptr().cast(), layout.size(), libc::MADV_HUGEPAGE) };
        }
        Buffer { ptr, layout }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout in `new`.
        unsafe { dealloc(self.ptr.as_ptr(), self.layout) }
    }
}

thread_local! {
    /// Buffers that nobody uses now; the last given back is the first taken.
    static FREE: RefCell<Vec<Buffer>> = const { RefCell::new(Vec::new()) };
}

/// Calls `work` with at least `bytes` bytes of uninitialised memory that begin on a cache line.
///
/// The buffer is this thread's own and is taken out of its place meanwhile, so a product that begins inside another on
/// the same thread (an integer product does that, and a work-stealing pool) gets another buffer.
pub(crate) fn with<R>(bytes: usize, work: impl FnOnce(*mut u8) -> R) -> R {
    let take = |free: &RefCell<Vec<Buffer>>| {
        let mut free = free.borrow_mut();
        let fits = free.iter().rposition(|buffer| buffer.layout.size() >= bytes);
        // One that is too small gives way to the larger, so that there are never more than are used at once.
        fits.map(|at| free.remove(at)).or_else(|| free.pop())
    };
    let kept = FREE.try_with(take).ok().flatten();
    let buffer = match kept {
        Some(buffer) if buffer.layout.size() >= bytes => buffer,
        _ => Buffer::new(bytes.max(1)),
    };
    let result = work(buffer.ptr.as_ptr());
    let _ = FREE.try_with(|free| free.borrow_mut().push(buffer));
    result
}
