//! Plain loops over any element type, blocked for the cache: the kernel of last resort.

use super::args::{Gemm, Gemv, Ger, Inner, Source, Target, VecSource};
use super::exact::Integer;
use super::ring::Ring;

/// Columns of `b` and `c` that are worked on at a time, so that a row of `c` stays in L1 while `k` runs.
const NC: usize = 512;
/// Rows of `b` that are worked on at a time, so that `KC x NC` elements stay in L2.
const KC: usize = 64;

/// # Safety
/// `source` describes a readable matrix that holds `(i, j)`.
#[inline(always)]
unsafe fn read<R: Ring>(source: &Source<R>, i: usize, j: usize) -> R {
    // SAFETY: the caller promises that `(i, j)` lies in the matrix.
    let value = unsafe { *source.ptr.offset(i as isize * source.row_stride + j as isize * source.col_stride) };
    if source.conj { value.conj() } else { value }
}

/// # Safety
/// `source` describes a readable vector that holds `i`.
#[inline(always)]
unsafe fn read_vec<R: Ring>(source: &VecSource<R>, i: usize) -> R {
    // SAFETY: the caller promises that `i` lies in the vector.
    let value = unsafe { *source.ptr.offset(i as isize * source.stride) };
    if source.conj { value.conj() } else { value }
}

/// `c = beta * c`, without reading `c` when `beta` is zero.
///
/// # Safety
/// `c` is a writable `m x n` matrix.
pub(crate) unsafe fn scale<T: Ring>((m, n): (usize, usize), beta: T, c: Target<T>) {
    if beta == T::one() {
        return;
    }
    for i in 0..m as isize {
        for j in 0..n as isize {
            // SAFETY: i < m and j < n.
            unsafe {
                let c = c.ptr.offset(i * c.row_stride + j * c.col_stride);
                *c = if beta == T::zero() { T::zero() } else { beta.mul(*c) };
            }
        }
    }
}

/// [`Gemm`] by plain loops.
///
/// # Safety
/// The operands lie where `g` says, `c` is writable and overlaps neither `a` nor `b`; with `beta = 0` its elements
/// need not be initialised to anything meaningful.
pub(crate) unsafe fn gemm<R: Ring>(g: &Gemm<R>) {
    // SAFETY: as promised to this function.
    unsafe { scale((g.m, g.n), g.beta, g.c) };
    for j0 in (0..g.n).step_by(NC) {
        let nc = NC.min(g.n - j0);
        for p0 in (0..g.k).step_by(KC) {
            let kc = KC.min(g.k - p0);
            for i in 0..g.m {
                let nc = g.part.from(0, j0).columns(i, nc);
                for p in p0..p0 + kc {
                    // SAFETY: i < m, p < k, and j0 + j < n.
                    unsafe {
                        let a = g.alpha.mul(read(&g.a, i, p));
                        let c = g.c.ptr.offset(i as isize * g.c.row_stride + j0 as isize * g.c.col_stride);
                        if g.c.col_stride == 1 && g.b.col_stride == 1 && !g.b.conj {
                            let b = g.b.ptr.offset(p as isize * g.b.row_stride + j0 as isize);
                            for j in 0..nc {
                                *c.add(j) = a.mul_add(*b.add(j), *c.add(j));
                            }
                        } else {
                            for j in 0..nc {
                                let c = c.offset(j as isize * g.c.col_stride);
                                *c = a.mul_add(read(&g.b, p, j0 + j), *c);
                            }
                        }
                    }
                }
            }
        }
    }
}

/// [`Gemv`] by plain loops, row by row.
///
/// # Safety
/// As for [`gemm`], with `y` for `c`.
pub(crate) unsafe fn gemv<R: Ring>(g: Gemv<R>) {
    for i in 0..g.m {
        // SAFETY: i < m and j < n.
        unsafe {
            let mut sum = R::zero();
            for j in 0..g.n {
                sum = read(&g.a, i, j).mul_add(read_vec(&g.x, j), sum);
            }
            let y = g.y.ptr.offset(i as isize * g.y.stride);
            let scaled = g.alpha.mul(sum);
            *y = if g.beta == R::zero() { scaled } else { g.beta.mul_add(*y, scaled) };
        }
    }
}

/// [`Ger`] by plain loops.
///
/// # Safety
/// As for [`gemm`], with `a` for `c`.
pub(crate) unsafe fn ger<R: Ring>(g: Ger<R>) {
    for i in 0..g.m {
        // SAFETY: i < m and j < n.
        unsafe {
            let x = g.alpha.mul(read_vec(&g.x, i));
            for j in 0..g.n {
                let a = g.a.ptr.offset(i as isize * g.a.row_stride + j as isize * g.a.col_stride);
                *a = x.mul_add(read_vec(&g.y, j), *a);
            }
        }
    }
}

/// [`Inner`] by a plain loop.
///
/// # Safety
/// Both vectors hold `n` readable elements, and `out` is writable.
pub(crate) unsafe fn inner<R: Ring>(args: Inner<R>) {
    let mut sum = R::zero();
    for i in 0..args.n {
        // SAFETY: i < n.
        sum = unsafe { read_vec(&args.x, i).mul_add(read_vec(&args.y, i), sum) };
    }
    // SAFETY: the caller promises that `out` is writable.
    unsafe { args.out.write(sum) };
}

/// [`checked_gemm`](super::checked_gemm) by plain loops: `c = a * b` with exact sums; `alpha` and `beta` are not used.
///
/// # Safety
/// As for [`gemm`].
pub(crate) unsafe fn checked_gemm<T: Integer>(g: &Gemm<T>) -> Result<(), (usize, usize)> {
    for i in 0..g.m {
        for j in 0..g.n {
            let mut sum = T::Sum::default();
            for p in 0..g.k {
                // SAFETY: i < m, p < k, j < n.
                unsafe {
                    let a = *g.a.ptr.offset(i as isize * g.a.row_stride + p as isize * g.a.col_stride);
                    let b = *g.b.ptr.offset(p as isize * g.b.row_stride + j as isize * g.b.col_stride);
                    T::accumulate(&mut sum, a, b);
                }
            }
            let value = T::narrow(sum).ok_or((i, j))?;
            // SAFETY: i < m, j < n.
            unsafe { *g.c.ptr.offset(i as isize * g.c.row_stride + j as isize * g.c.col_stride) = value };
        }
    }
    Ok(())
}

/// [`widen_gemm`](super::widen_gemm) by plain loops.
///
/// # Safety
/// The operands lie where the arguments say; `c` is writable and overlaps neither `a` nor `b`.
pub(crate) unsafe fn widen_gemm<A: Copy + Into<i32>, B: Copy + Into<i32>>(
    (m, n, k): (usize, usize, usize),
    a: Source<A>,
    b: Source<B>,
    c: Target<i32>,
) {
    for i in 0..m {
        for j in 0..n {
            let mut sum = 0i32;
            for p in 0..k {
                // SAFETY: i < m, p < k, j < n.
                let (a, b): (i32, i32) = unsafe {
                    (
                        (*a.ptr.offset(i as isize * a.row_stride + p as isize * a.col_stride)).into(),
                        (*b.ptr.offset(p as isize * b.row_stride + j as isize * b.col_stride)).into(),
                    )
                };
                sum = sum.wrapping_add(a * b);
            }
            // SAFETY: i < m, j < n.
            unsafe { *c.ptr.offset(i as isize * c.row_stride + j as isize * c.col_stride) = sum };
        }
    }
}
