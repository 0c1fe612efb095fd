//! A matrix times its own transpose: half the work of a product, since the other half is its mirror image.

use std::marker::PhantomData;

use num_complex::Complex;

use super::args::{Gemm, Part, Source, Syrk, Target, reinterpret};
use super::pack::Movable;
use super::simd::{Isa, Op};
use crate::scalar::{ElementKind, Scalar};

/// Rows and columns that are mirrored at a time, so that what is read and what is written stay in L1.
const MIRROR: usize = 16;

/// Whether a mirror image takes longer than the tiles that it saves: integers are multiplied in a fraction of the time,
/// and the smallest are mirrored one by one.
fn unhalved<T: Scalar>(s: &Syrk<T>) -> bool {
    let float =
        matches!(ElementKind::of::<T>(), ElementKind::F32 | ElementKind::F64 | ElementKind::C32 | ElementKind::C64);
    let (n, k) = if float { (256 / size_of::<T>(), 24) } else { (64 + 128 / size_of::<T>(), 96) };
    s.n < n || s.k < k
}

/// [`Syrk`] as a product by `gemm` of which the tiles above the diagonal are left out, and the `mirror` image of the
/// rest: half the work, and half of the tiles on the diagonal.
///
/// # Safety
/// The operands lie where `s` says; `c` is writable and does not overlap `a`; multiplication of `T` commutes.
pub(crate) unsafe fn lower_and_mirror<T: Scalar>(
    s: &Syrk<T>,
    gemm: unsafe fn(&Gemm<T>),
    mirror: unsafe fn(usize, Target<T>),
) {
    let s = &by_rows(*s);
    // SAFETY: as promised to this function.
    unsafe {
        if unhalved(s) {
            return part(s, gemm, Part::All);
        }
        part(s, gemm, Part::Lower(0));
        if s.hermitian {
            mirror_by(s.n, s.c, conj::<T>);
        } else {
            mirror(s.n, s.c);
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
    // SAFETY: as promised to this function.
    unsafe { part(s, gemm, Part::All) };
}

/// # Safety
/// As for [`whole`].
unsafe fn part<T: Scalar>(s: &Syrk<T>, gemm: unsafe fn(&Gemm<T>), part: Part) {
    let Syrk { n, k, alpha, a, hermitian, beta, c, threads } = *s;
    let b = Source { conj: a.conj ^ hermitian, ..a.t() };
    // SAFETY: as promised to this function.
    unsafe { gemm(&Gemm { m: n, n, k, alpha, a, b, beta, c, part, threads }) };
}

/// The same with contiguous rows of `c`, if its columns are contiguous: a product of transposes is not halved, and
/// `(a * aᴴ)ᵀ` is the conjugate of `a`, times `aᵀ`.
fn by_rows<T>(s: Syrk<T>) -> Syrk<T> {
    if s.c.col_stride == 1 || s.c.row_stride != 1 {
        return s;
    }
    Syrk { a: Source { conj: s.a.conj ^ s.hermitian, ..s.a }, c: s.c.t(), ..s }
}

/// Copies the lower triangle to the upper one, each element as its `image`.
///
/// # Safety
/// `c` is a writable `n x n` matrix.
#[inline(always)]
unsafe fn mirror_by<T: Copy>(n: usize, c: Target<T>, image: impl Fn(T) -> T) {
    for i0 in (0..n).step_by(MIRROR) {
        for j0 in (0..=i0).step_by(MIRROR) {
            // SAFETY: as promised to this function.
            unsafe { mirror_block(n, c, (i0, j0), &image) };
        }
    }
}

/// # Safety
/// As for [`mirror_by`].
#[inline(always)]
unsafe fn mirror_block<T: Copy>(n: usize, c: Target<T>, (i0, j0): (usize, usize), image: impl Fn(T) -> T) {
    let at = |i: usize, j: usize| i as isize * c.row_stride + j as isize * c.col_stride;
    for j in j0..n.min(j0 + MIRROR) {
        for i in i0.max(j + 1)..n.min(i0 + MIRROR) {
            // SAFETY: i < n and j < n.
            unsafe { *c.ptr.offset(at(j, i)) = image(*c.ptr.offset(at(i, j))) };
        }
    }
}

/// [`mirror_by`] of elements as they are.
///
/// # Safety
/// As for [`mirror_by`].
pub(crate) unsafe fn mirror_plain<T: Copy>(n: usize, c: Target<T>) {
    // SAFETY: as promised to this function.
    unsafe { mirror_by(n, c, |x| x) };
}

/// [`mirror_plain`] in the vectors of `V`.
///
/// # Safety
/// As for [`mirror_by`], and the CPU has `V`.
pub(crate) unsafe fn mirror_vectors<V: Isa, T: Movable<V> + 'static>(n: usize, c: Target<T>) {
    // SAFETY: as promised to this function.
    unsafe { V::vectorize::<Mirror<V, T>>((n, c)) }
}

struct Mirror<V, T>(PhantomData<(V, T)>);

impl<V: Isa, T: Movable<V> + 'static> Op for Mirror<V, T> {
    type Args = (usize, Target<T>);
    type Output = ();

    #[inline(always)]
    unsafe fn run((n, c): Self::Args) {
        const { assert!(MIRROR.is_multiple_of(T::BLOCK)) };
        let blocks = || (0..n).step_by(MIRROR).flat_map(|i0| (0..=i0).step_by(MIRROR).map(move |j0| (i0, j0)));
        for (i0, j0) in blocks() {
            // SAFETY: rows i0..i0 + MIRROR and columns j0..j0 + MIRROR are among the n where they are transposed.
            unsafe {
                if T::BLOCK == 1 || c.col_stride != 1 || i0 == j0 || i0 + MIRROR > n {
                    mirror_block(n, c, (i0, j0), |x| x);
                    continue;
                }
                for i in (i0..i0 + MIRROR).step_by(T::BLOCK) {
                    for j in (j0..j0 + MIRROR).step_by(T::BLOCK) {
                        let at = |i: usize, j: usize| c.ptr.offset(i as isize * c.row_stride + j as isize);
                        T::transpose(at(i, j), c.row_stride, at(j, i), c.row_stride);
                    }
                }
            }
        }
    }
}
