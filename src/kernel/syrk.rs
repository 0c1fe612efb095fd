//! A matrix times its own transpose: half the work of a product, since the other half is its mirror image.

use num_complex::Complex;

use super::args::{Gemm, Source, Syrk, Target, reinterpret};
use crate::scalar::{ElementKind, Scalar};

/// Up to this order the product is not halved: mirroring would take as long as it saves.
const UNHALVED: usize = 128;
/// Up to this order both triangles of a part are computed: the tiles across the diagonal would save little.
const WHOLE: usize = 96;
/// Rows and columns that are mirrored at a time, so that what is read and what is written stay in L1.
const MIRROR: usize = 16;

/// [`Syrk`] as products by `gemm`: the matrix is halved, the lower left quarter is one product, and the quarters on the
/// diagonal are halved again. Half the work and a share of `WHOLE / n`.
///
/// # Safety
/// The operands lie where `s` says; `c` is writable and does not overlap `a`; multiplication of `T` commutes.
pub(crate) unsafe fn by_halves<T: Scalar>(s: &Syrk<T>, gemm: unsafe fn(&Gemm<T>)) {
    // SAFETY: as promised to this function.
    unsafe {
        if s.n <= UNHALVED {
            whole(s, gemm);
        } else {
            lower(s, gemm);
            if s.hermitian {
                mirror(s.n, s.c, conj::<T>);
            } else {
                mirror(s.n, s.c, |x| x);
            }
        }
    }
}

fn conj<T: Scalar>(x: T) -> T {
    // SAFETY: the kind says that `T` is the type named.
    unsafe {
        match ElementKind::of::<T>() {
            ElementKind::C32 => reinterpret(reinterpret::<T, Complex<f32>>(x).conj()),
            ElementKind::C64 => reinterpret(reinterpret::<T, Complex<f64>>(x).conj()),
            _ => x,
        }
    }
}

/// [`Syrk`] as one product.
///
/// # Safety
/// The operands lie where `s` says; `c` is writable and does not overlap `a`.
pub(crate) unsafe fn whole<T: Scalar>(s: &Syrk<T>, gemm: unsafe fn(&Gemm<T>)) {
    let b = Source { conj: s.a.conj ^ s.hermitian, ..s.a.t() };
    let g = Gemm { m: s.n, n: s.n, k: s.k, alpha: s.alpha, a: s.a, b, beta: s.beta, c: s.c, threads: s.threads };
    // SAFETY: as promised to this function.
    unsafe { gemm(&g) };
}

/// The lower triangle, and as much of the upper one as comes with it.
///
/// # Safety
/// As for [`by_halves`].
unsafe fn lower<T: Scalar>(s: &Syrk<T>, gemm: unsafe fn(&Gemm<T>)) {
    if s.n <= WHOLE {
        // SAFETY: as promised to this function.
        return unsafe { whole(s, gemm) };
    }
    let half = (s.n / 2).next_multiple_of(48);
    let rest = s.n - half;
    // SAFETY: the rows from `half` on are among the n; the rest is as promised to this function.
    unsafe {
        let below = Source { ptr: s.a.ptr.offset(half as isize * s.a.row_stride), ..s.a };
        let at = |i: usize, j: usize| Target {
            ptr: s.c.ptr.offset(i as isize * s.c.row_stride + j as isize * s.c.col_stride),
            ..s.c
        };
        let b = Source { conj: s.a.conj ^ s.hermitian, ..s.a.t() };
        let c = at(half, 0);
        gemm(&Gemm { m: rest, n: half, k: s.k, alpha: s.alpha, a: below, b, beta: s.beta, c, threads: s.threads });
        lower(&Syrk { n: half, ..*s }, gemm);
        lower(&Syrk { n: rest, a: below, c: at(half, half), ..*s }, gemm);
    }
}

/// Copies the lower triangle to the upper one.
///
/// # Safety
/// `c` is a writable `n x n` matrix.
unsafe fn mirror<T: Copy>(n: usize, c: Target<T>, image: impl Fn(T) -> T) {
    let at = |i: usize, j: usize| i as isize * c.row_stride + j as isize * c.col_stride;
    for i0 in (0..n).step_by(MIRROR) {
        for j0 in (0..=i0).step_by(MIRROR) {
            for j in j0..n.min(j0 + MIRROR) {
                for i in i0.max(j + 1)..n.min(i0 + MIRROR) {
                    // SAFETY: i < n and j < n.
                    unsafe { *c.ptr.offset(at(j, i)) = image(*c.ptr.offset(at(i, j))) };
                }
            }
        }
    }
}
