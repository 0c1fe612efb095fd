//! Memory for packed panels: one aligned buffer a thread, which grows to the largest product seen and is then reused.

use std::cell::RefCell;

use super::buffer::Buffer;

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
        _ => Buffer::new(bytes),
    };
    let result = work(buffer.ptr.as_ptr());
    let _ = FREE.try_with(|free| free.borrow_mut().push(buffer));
    result
}
