//! Libraries whose one routine takes pointers and strides: gemm, gemmkit, matrixmultiply.

use std::hint::black_box;

use num_complex::Complex;

use crate::case::{Kind, Op};
use crate::element::Element;
use crate::problem::{Call, Operands};

/// What such a routine is given: `c = a b + beta c`.
struct Raw<T> {
    m: usize,
    n: usize,
    k: usize,
    a: *const T,
    a_strides: (isize, isize),
    b: *const T,
    b_strides: (isize, isize),
    beta: T,
    c: *mut T,
    ldc: isize,
    threads: usize,
}

impl<T: Element> Raw<T> {
    fn new(p: &mut Operands<'_, T>) -> Option<Self> {
        if matches!(p.op, Op::Dot | Op::Widen | Op::Cast | Op::Batch) {
            return None;
        }
        let last = |rows: usize, cols: usize, (row, col): (usize, usize)| (rows - 1) * row + (cols - 1) * col;
        assert!(p.a.len() > last(p.m, p.k, p.a_strides));
        assert!(p.b.len() > last(p.k, p.n, p.b_strides));
        assert!(p.c.len() > last(p.m, p.n, (p.ldc, 1)));
        let signed = |(row, col): (usize, usize)| (row as isize, col as isize);
        Some(Raw {
            m: p.m,
            n: p.n,
            k: p.k,
            a: p.a.as_ptr(),
            a_strides: signed(p.a_strides),
            b: p.b.as_ptr(),
            b_strides: signed(p.b_strides),
            beta: if p.op == Op::Ger { T::one() } else { T::zero() },
            c: p.c.as_mut_ptr(),
            ldc: p.ldc as isize,
            threads: p.threads,
        })
    }
}

pub fn gemm<T: Element>(mut p: Operands<'_, T>) -> Option<Call<'_>> {
    if T::KIND.is_integer() {
        return None;
    }
    let r = Raw::new(&mut p)?;
    let parallel = if r.threads > 1 { gemm::Parallelism::Rayon(r.threads) } else { gemm::Parallelism::None };
    let read = p.op == Op::Ger;
    let (one, (ars, acs), (brs, bcs)) = (T::one(), r.a_strides, r.b_strides);
    Some(Box::new(move || {
        // SAFETY: Raw::new checked that the last elements lie within the operands, which outlive the call; T is one of
        // the crate's four floats.
        unsafe {
            gemm::gemm(
                r.m,
                r.n,
                r.k,
                r.c,
                1,
                r.ldc,
                read,
                black_box(r.a),
                acs,
                ars,
                r.b,
                bcs,
                brs,
                // The crate calls what multiplies the old output alpha and what multiplies the product beta.
                r.beta,
                one,
                false,
                false,
                false,
                parallel,
            );
        }
    }))
}

pub fn gemmkit<T: Element>(p: Operands<'_, T>) -> Option<Call<'_>> {
    fn real<T: Element + gemmkit::GemmScalar>(mut p: Operands<'_, T>) -> Option<Call<'_>> {
        let r = Raw::new(&mut p)?;
        let (parallel, (ars, acs), (brs, bcs)) = (parallel(r.threads), r.a_strides, r.b_strides);
        Some(Box::new(move || {
            // SAFETY: Raw::new checked that the last elements lie within the operands, which outlive the call.
            unsafe {
                let a = black_box(r.a);
                gemmkit::gemm_unchecked(
                    r.m,
                    r.k,
                    r.n,
                    T::one(),
                    a,
                    ars,
                    acs,
                    r.b,
                    brs,
                    bcs,
                    r.beta,
                    r.c,
                    r.ldc,
                    1,
                    parallel,
                );
            }
        }))
    }
    fn complex<T: Element + gemmkit::ComplexScalar>(mut p: Operands<'_, T>) -> Option<Call<'_>> {
        let r = Raw::new(&mut p)?;
        let (parallel, (ars, acs), (brs, bcs)) = (parallel(r.threads), r.a_strides, r.b_strides);
        Some(Box::new(move || {
            // SAFETY: Raw::new checked that the last elements lie within the operands, which outlive the call.
            unsafe {
                let a = black_box(r.a);
                gemmkit::gemm_cplx_unchecked(
                    r.m,
                    r.k,
                    r.n,
                    T::one(),
                    a,
                    ars,
                    acs,
                    false,
                    r.b,
                    brs,
                    bcs,
                    false,
                    r.beta,
                    r.c,
                    r.ldc,
                    1,
                    parallel,
                );
            }
        }))
    }
    match T::KIND {
        Kind::F64 => p.downcast::<f64>().and_then(real),
        Kind::F32 => p.downcast::<f32>().and_then(real),
        Kind::C64 => p.downcast::<Complex<f64>>().and_then(complex),
        Kind::C32 => p.downcast::<Complex<f32>>().and_then(complex),
        _ => None,
    }
}

fn parallel(threads: usize) -> gemmkit::Parallelism {
    if threads > 1 { gemmkit::Parallelism::Rayon(threads) } else { gemmkit::Parallelism::Serial }
}

/// gemmkit's `i8 x i8 -> i32`.
pub fn gemmkit_widen<'a>(
    m: usize,
    n: usize,
    k: usize,
    a: &'a [i8],
    b: &'a [i8],
    c: &'a mut [i32],
    threads: usize,
) -> Call<'a> {
    let (a, b) = (gemmkit::MatRef::from_row_major(a, m, k), gemmkit::MatRef::from_row_major(b, k, n));
    Box::new(move || {
        let c = gemmkit::MatMut::from_row_major(c, m, n);
        gemmkit::gemm_i8(1, black_box(a), b, 0, c, parallel(threads));
    })
}

pub fn matrixmultiply<T: Element>(mut p: Operands<'_, T>) -> Option<Call<'_>> {
    if T::KIND.is_integer() {
        return None;
    }
    let r = Raw::new(&mut p)?;
    let (m, n, k, (ars, acs), (brs, bcs), ldc) = (r.m, r.n, r.k, r.a_strides, r.b_strides, r.ldc);
    let beta = if p.op == Op::Ger { 1.0 } else { 0.0 };
    macro_rules! real {
        ($gemm:ident, $t:ty) => {
            // SAFETY: T is $t; Raw::new checked that the last elements lie within the operands, which outlive the call.
            Box::new(move || unsafe {
                let (a, b, c) = (black_box(r.a).cast(), r.b.cast(), r.c.cast());
                matrixmultiply::$gemm(m, k, n, 1.0, a, ars, acs, b, brs, bcs, beta as $t, c, ldc, 1);
            })
        };
    }
    macro_rules! complex {
        ($gemm:ident, $t:ty) => {
            // SAFETY: as above; Complex<$t> is laid out as [$t; 2].
            Box::new(move || unsafe {
                let (a, b, c) = (black_box(r.a).cast(), r.b.cast(), r.c.cast());
                let flag = matrixmultiply::CGemmOption::Standard;
                let beta = [beta as $t, 0.0];
                matrixmultiply::$gemm(flag, flag, m, k, n, [1.0, 0.0], a, ars, acs, b, brs, bcs, beta, c, ldc, 1);
            })
        };
    }
    Some(match T::KIND {
        Kind::F64 => real!(dgemm, f64),
        Kind::F32 => real!(sgemm, f32),
        Kind::C64 => complex!(zgemm, f64),
        Kind::C32 => complex!(cgemm, f32),
        _ => return None,
    })
}
