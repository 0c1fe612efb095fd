//! The memory of results that were dropped, kept by each thread for its next results.
//!
//! An allocator gives memory back to the system once enough of it is free at the top of the heap, and takes large
//! blocks from the system one by one; either way the next result's pages are faulted in and zeroed again. At n = 100
//! that costs as much as the product. So each thread keeps a few of the buffers that it frees, [`KEPT_BYTES`] at most.

use std::alloc::Layout;
use std::cell::RefCell;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;

use super::buffer::{Buffer, advise_huge};

/// What one thread keeps: two results of n = 1024 in `f64`. Larger ones lie on huge pages, whose faults cost a quarter,
/// and a square product takes 50 times as long as they do.
const KEPT_BYTES: usize = 16 << 20;
/// Below this an allocator serves from memory that it keeps by itself.
const SMALLEST: usize = 16 << 10;
/// More would be searched longer than an allocator takes.
const MOST_BUFFERS: usize = 8;

thread_local! {
    /// Oldest first.
    static KEPT: RefCell<Vec<Buffer>> = const { RefCell::new(Vec::new()) };
}

/// An empty vector that holds `len` elements without growing.
pub(crate) fn take<T>(len: usize) -> Vec<T> {
    let wanted = len.saturating_mul(size_of::<T>());
    if wanted < SMALLEST {
        return Vec::with_capacity(len);
    }
    let found = KEPT.try_with(|kept| {
        let mut kept = kept.borrow_mut();
        // Newest first: it may still be in cache. Never one of more than twice the size.
        let fits = |b: &Buffer| {
            let size = b.layout.size();
            size >= wanted
                && size / 2 <= wanted
                && size.is_multiple_of(size_of::<T>())
                && b.layout.align() == align_of::<T>()
        };
        kept.iter().rposition(fits).map(|i| kept.remove(i))
    });
    let Ok(Some(buffer)) = found else {
        let mut data = Vec::<T>::with_capacity(len);
        advise_huge(data.as_mut_ptr().cast(), wanted);
        return data;
    };
    let buffer = ManuallyDrop::new(buffer);
    let capacity = buffer.layout.size() / size_of::<T>();
    // SAFETY: the global allocator made this allocation with the layout of an array of `capacity` elements of `T` (its
    // size is a multiple of theirs and its alignment is theirs), and nothing else owns it any more.
    unsafe { Vec::from_raw_parts(buffer.ptr.as_ptr().cast(), 0, capacity) }
}

/// A vector of these elements.
#[inline]
pub(crate) fn collect<T>(elements: impl ExactSizeIterator<Item = T>) -> Vec<T> {
    let mut data = take(elements.len());
    data.extend(elements);
    data
}

/// A vector of the same elements.
#[inline]
pub(crate) fn copy<T: Clone>(elements: &[T]) -> Vec<T> {
    // The way through room that is there already costs as much as a small copy.
    if size_of_val(elements) < SMALLEST {
        return elements.to_vec();
    }
    let mut data = take(elements.len());
    data.extend_from_slice(elements);
    data
}

/// Takes a vector that is no longer needed. Its elements are dropped.
pub(crate) fn give<T>(mut data: Vec<T>) {
    data.clear();
    let Ok(layout) = Layout::array::<T>(data.capacity()) else { return };
    if layout.size() < SMALLEST || layout.size() > KEPT_BYTES {
        return;
    }
    let mut data = ManuallyDrop::new(data);
    let Some(ptr) = NonNull::new(data.as_mut_ptr().cast::<u8>()) else { return };
    let buffer = Buffer { ptr, layout };
    // A thread that is ending keeps nothing: then `buffer` is dropped here, with the closure.
    let _ = KEPT.try_with(move |kept| {
        let mut kept = kept.borrow_mut();
        let mut bytes = buffer.layout.size() + kept.iter().map(|b| b.layout.size()).sum::<usize>();
        while bytes > KEPT_BYTES || kept.len() >= MOST_BUFFERS {
            bytes -= kept.remove(0).layout.size();
        }
        kept.push(buffer);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In a thread of its own, so that no other test's buffers are about.
    fn alone(test: impl FnOnce() + Send + 'static) {
        std::thread::spawn(test).join().expect("the test passes");
    }

    #[test]
    fn a_result_of_the_same_size_gets_the_memory_of_the_last() {
        alone(|| {
            let data = take::<f64>(10_000);
            let address = data.as_ptr() as usize;
            give(data);
            let again = take::<f64>(9_000);
            assert_eq!(again.as_ptr() as usize, address);
            assert!(again.capacity() >= 9_000 && again.is_empty());
            let another = take::<f64>(10_000);
            assert_ne!(another.as_ptr() as usize, address);
        });
    }

    #[test]
    fn memory_of_another_alignment_or_twice_the_size_is_not_taken() {
        alone(|| {
            let data = take::<f64>(10_000);
            let address = data.as_ptr() as usize;
            give(data);
            let (bytes, few) = (take::<u8>(80_000), take::<f64>(4_000));
            assert_ne!(bytes.as_ptr() as usize, address);
            assert_ne!(few.as_ptr() as usize, address);
        });
    }

    #[test]
    fn what_is_kept_is_bounded() {
        alone(|| {
            for _ in 0..5 {
                let several: Vec<Vec<f64>> = (0..40).map(|i| take(100_000 + 20_000 * i)).collect();
                several.into_iter().for_each(give);
            }
            KEPT.with_borrow(|kept| {
                assert!(kept.len() <= MOST_BUFFERS);
                assert!(kept.iter().map(|b| b.layout.size()).sum::<usize>() <= KEPT_BYTES);
            });
            give(take::<f64>(KEPT_BYTES));
            KEPT.with_borrow(|kept| assert!(kept.iter().all(|b| b.layout.size() <= KEPT_BYTES)));
        });
    }

    #[test]
    fn elements_that_own_something_are_cloned_into_memory_of_another_type() {
        alone(|| {
            let data = vec![0_u64; 4_000];
            let address = data.as_ptr() as usize;
            give(data);
            let token = std::rc::Rc::new(());
            let copied = copy(&vec![token.clone(); 4_000]);
            assert_eq!((copied.as_ptr() as usize, std::rc::Rc::strong_count(&token)), (address, 4_001));
        });
    }

    #[test]
    fn elements_that_own_something_are_dropped() {
        alone(|| {
            let token = std::rc::Rc::new(());
            give(vec![token.clone(); 4_000]);
            assert_eq!(std::rc::Rc::strong_count(&token), 1);
        });
    }
}
