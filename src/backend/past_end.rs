//! Keeps BLIS before 1.1 from reading past the end of what it multiplies.
//!
//! On CPUs with AVX2, where rows of both operands lie along `k`, its kernel for a last single row of `f32` also reads
//! the row after it, in the `k % 8` elements that fill no vector, and throws them away. Behind the operand may lie
//! memory that the process does not have, which ends it: [flame/blis#821], mended in 1.1.
//!
//! [flame/blis#821]: https://github.com/flame/blis/issues/821

use super::table::{Blas, Element};
use crate::kernel::{Gemm, Source, workspace};

/// Whether a BLIS of this version may do so. One that does not tell its version is not trusted.
pub(crate) fn reads_past_end(version: Option<&str>) -> bool {
    let numbers = version.and_then(|version| {
        let mut parts = version.split('.').map(|part| part.parse::<u32>().ok());
        Some((parts.next()??, parts.next()??))
    });
    numbers.is_none_or(|version| version < (1, 1))
}

/// A product of `f32` on such a library: where it would read past the end, of a copy with a row to spare.
///
/// # Safety
/// As for [`Blas::gemm`].
pub(crate) unsafe fn gemm<E: Element>(blas: &dyn Blas<E>, g: &Gemm<E>) -> Option<()> {
    let along_k = g.a.col_stride == 1 && g.b.row_stride == 1;
    if !along_k || g.k.is_multiple_of(8) {
        // SAFETY: passed on.
        return unsafe { blas.gemm(g) };
    }
    // The rows are those of a row-major `c`.
    let g = if g.c.is_column_major() { g.t() } else { *g };
    workspace::with((g.m + 1) * g.k * size_of::<E>(), |buffer| {
        let copy = buffer.cast::<E>();
        // SAFETY: rows of the caller's operand, whose elements lie side by side, go to where there is room for one
        // more.
        unsafe {
            for i in 0..g.m {
                std::ptr::copy_nonoverlapping(g.a.ptr.offset(i as isize * g.a.row_stride), copy.add(i * g.k), g.k);
            }
            blas.gemm(&Gemm { a: Source { ptr: copy, row_stride: g.k as isize, ..g.a }, ..g })
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_version_that_is_known_to_be_mended_is_trusted() {
        for (version, faulty) in [
            (Some("0.9.0"), true),
            (Some("1.0"), true),
            (Some("1.1"), false),
            (Some("1.1.0-rc2"), false),
            (Some("2.0"), false),
            (Some("AOCL-BLIS 5.0.0 Build 20241107"), true),
            (None, true),
        ] {
            assert_eq!(reads_past_end(version), faulty, "{version:?}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn no_product_reads_past_the_end_of_an_operand() {
        use crate::kernel::tests::guard::Guarded;
        use crate::kernel::{Part, Target};

        let [a, b, c] = [(); 3].map(|()| Guarded::new(1 << 12));
        let source = |ptr: *mut f32, ld: usize| Source { ptr, row_stride: ld as isize, col_stride: 1, conj: false };
        let sizes = (1..9).flat_map(|m| [15, 16, 17, 24].map(|n| (m, n))).flat_map(|mn| [1, 7, 8, 13].map(|k| (mn, k)));
        for ((m, n), k) in sizes {
            for (a_along_k, b_along_k, column_major) in (0..8).map(|bits| (bits & 1 == 0, bits & 2 == 0, bits & 4 == 0))
            {
                let (left, right, result) = (a.place(m * k, true), b.place(k * n, true), c.place(m * n, true));
                let g = Gemm {
                    m,
                    n,
                    k,
                    alpha: 1.0,
                    a: if a_along_k { source(left, k) } else { source(left, m).t() },
                    b: if b_along_k { source(right, k).t() } else { source(right, n) },
                    beta: 0.0,
                    c: Target { ptr: result, row_stride: n as isize, col_stride: 1 },
                    part: Part::All,
                    threads: 1,
                };
                let g = if column_major { g.t() } else { g };
                // SAFETY: the operands lie in `a`, `b` and `c`; what was never written is zero.
                unsafe { super::super::gemm(g) };
            }
        }
    }
}
