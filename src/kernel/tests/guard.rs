//! Operands that end where memory ends: reading or writing one element too many is a fault.

use super::super::args::{Gemm, Part, Source, Target};
use super::super::float::Element;

/// Memory between two pages that may not be touched.
pub(crate) struct Guarded {
    base: *mut u8,
    page: usize,
    inner: usize,
}

impl Guarded {
    pub fn new(bytes: usize) -> Self {
        // SAFETY: asks for a new mapping, and takes the rights from its first and last page.
        unsafe {
            let page = libc::sysconf(libc::_SC_PAGESIZE) as usize;
            let inner = bytes.next_multiple_of(page);
            let (read_write, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANON);
            let base = libc::mmap(std::ptr::null_mut(), inner + 2 * page, read_write, flags, -1, 0);
            assert!(base != libc::MAP_FAILED);
            let base: *mut u8 = base.cast();
            assert_eq!(libc::mprotect(base.cast(), page, libc::PROT_NONE), 0);
            assert_eq!(libc::mprotect(base.add(page + inner).cast(), page, libc::PROT_NONE), 0);
            Guarded { base, page, inner }
        }
    }

    /// Room for `len` elements that begins right after the first guard, or ends right before the second.
    pub fn place<T>(&self, len: usize, at_end: bool) -> *mut T {
        let bytes = len * size_of::<T>();
        assert!(bytes <= self.inner);
        let offset = self.page + if at_end { self.inner - bytes } else { 0 };
        // SAFETY: within the mapping.
        unsafe { self.base.add(offset).cast() }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // SAFETY: mapped in `new`, with this length.
        unsafe { libc::munmap(self.base.cast(), self.inner + 2 * self.page) };
    }
}

fn stays_between_the_guards<T: Element>() {
    let (a, b, c) = (Guarded::new(1 << 16), Guarded::new(1 << 16), Guarded::new(1 << 16));
    for engine in T::engines() {
        let (rows, columns) = (engine.tile)();
        for (m, n, k) in [
            (1, 1, 1),
            (rows, columns, 4),
            (rows + 1, columns + 1, 5),
            (2 * rows - 1, columns - 1, 3),
            (3, 2 * columns - 1, 9),
            (17, columns + 1, 65),
        ] {
            for at_end in [false, true] {
                for by_rows in [true, false] {
                    let strides = |rows: usize, cols: usize| {
                        if by_rows { (cols as isize, 1) } else { (1, rows as isize) }
                    };
                    let (pa, pb) = (a.place::<T>(m * k, at_end), b.place::<T>(k * n, at_end));
                    let pc = c.place::<T>(m * n, at_end);
                    let source =
                        |ptr: *mut T, (row_stride, col_stride)| Source { ptr, row_stride, col_stride, conj: false };
                    let (row_stride, col_stride) = strides(m, n);
                    let gemm = Gemm {
                        m,
                        n,
                        k,
                        alpha: T::one(),
                        a: source(pa, strides(m, k)),
                        b: source(pb, strides(k, n)),
                        beta: T::one(),
                        c: Target { ptr: pc, row_stride, col_stride },
                        part: Part::All,
                        threads: 1,
                    };
                    // SAFETY: each mapping holds its matrix, zeroed or a former case's.
                    unsafe {
                        for i in 0..m * n {
                            *pc.add(i) = T::zero();
                        }
                        for (p, len) in [(pa, m * k), (pb, k * n)] {
                            for i in 0..len {
                                *p.add(i) = T::one();
                            }
                        }
                        (engine.gemm)(&gemm);
                        let mut want = T::zero();
                        for _ in 0..k {
                            want = want.add(T::one());
                        }
                        assert!((0..m * n).all(|i| *pc.add(i) == want));
                    }
                }
            }
        }
    }
}

#[test]
fn nothing_beyond_the_operands_is_touched() {
    stays_between_the_guards::<f32>();
    stays_between_the_guards::<f64>();
    stays_between_the_guards::<num_complex::Complex<f32>>();
    stays_between_the_guards::<num_complex::Complex<f64>>();
}
