//! 8- and 16-bit elements with 32-bit sums: few libraries have it.

use std::ffi::{c_int, c_void};
use std::hint::black_box;

use polyblas::{Matrix, Widen};

use super::{Contender, Polyblas, cblas::Blas, raw};
use crate::case::{Case, Kind};
use crate::element::{Element, Random};
use crate::problem::Call;

/// Runs `with` on the call that multiplies this case, after the check of its result.
pub fn run(
    case: Case,
    who: &Contender,
    blas: Option<&Blas>,
    with: &mut dyn FnMut(Call<'_>),
) -> Result<(), Option<String>> {
    match case.kind {
        Kind::I8 => run_as::<i8, i8>(case, with, &mut |a, b, c| i8_call(who, case, a, b, c)),
        Kind::U8 => run_as::<u8, i8>(case, with, &mut |a, b, c| u8_call(who, blas, case, a, b, c)),
        Kind::I16 => run_as::<i16, i16>(case, with, &mut |a, b, c| i16_call(who, blas, case, a, b, c)),
        _ => Err(None),
    }
}

type Prepare<'p, A, B> = &'p mut dyn for<'a> FnMut(&'a [A], &'a [B], &'a mut [i32]) -> Option<Call<'a>>;

fn run_as<A, B>(case: Case, with: &mut dyn FnMut(Call<'_>), prepare: Prepare<'_, A, B>) -> Result<(), Option<String>>
where
    A: Element + Into<i32>,
    B: Element + Into<i32>,
{
    let Case { m, n, k, fill, .. } = case;
    let mut random = Random(11);
    let a: Vec<A> = (0..m * k).map(|_| A::random(&mut random, fill)).collect();
    let b: Vec<B> = (0..k * n).map(|_| B::random(&mut random, fill)).collect();
    let mut c = vec![0; m * n];
    prepare(&a, &b, &mut c).ok_or(None)?();
    for i in 0..m {
        let mut row = vec![0i32; n];
        for l in 0..k {
            let x: i32 = a[i * k + l].into();
            for (sum, &y) in row.iter_mut().zip(&b[l * n..][..n]) {
                *sum = sum.wrapping_add(x.wrapping_mul(y.into()));
            }
        }
        if let Some(j) = (0..n).find(|&j| row[j] != c[i * n + j]) {
            return Err(Some(format!("element ({i}, {j}) is {}, not {}", c[i * n + j], row[j])));
        }
    }
    with(prepare(&a, &b, &mut c).ok_or(None)?);
    Ok(())
}

/// polyblas makes a new result each time; the others write where they are told.
fn polyblas<'a, A, B>(case: Case, a: &'a [A], b: &'a [B], c: &'a mut [i32]) -> Call<'a>
where
    A: Widen<B> + Copy,
    B: polyblas::Scalar + Into<i32>,
{
    let (a, b) = (Matrix::from_vec(case.m, case.k, a.to_vec()), Matrix::from_vec(case.k, case.n, b.to_vec()));
    c.copy_from_slice(a.dot_widen(&b).as_slice());
    Box::new(move || {
        black_box(black_box(&a).dot_widen(&b));
    })
}

fn i8_call<'a>(who: &Contender, case: Case, a: &'a [i8], b: &'a [i8], c: &'a mut [i32]) -> Option<Call<'a>> {
    match who {
        Contender::Polyblas(Polyblas::Dot) => Some(polyblas(case, a, b, c)),
        Contender::Gemmkit => Some(raw::gemmkit_widen(case.m, case.n, case.k, a, b, c, case.threads)),
        Contender::Plain => Some(plain(case, a, b, c)),
        _ => None,
    }
}

fn u8_call<'a>(
    who: &Contender,
    blas: Option<&Blas>,
    case: Case,
    a: &'a [u8],
    b: &'a [i8],
    c: &'a mut [i32],
) -> Option<Call<'a>> {
    match who {
        Contender::Polyblas(Polyblas::Dot) => Some(polyblas(case, a, b, c)),
        Contender::Blas(..) => mkl::<u8, i8, i8>(blas?, "cblas_gemm_s8u8s32", case, a, b, c),
        Contender::Plain => Some(plain(case, a, b, c)),
        _ => None,
    }
}

fn i16_call<'a>(
    who: &Contender,
    blas: Option<&Blas>,
    case: Case,
    a: &'a [i16],
    b: &'a [i16],
    c: &'a mut [i32],
) -> Option<Call<'a>> {
    match who {
        Contender::Polyblas(Polyblas::Dot) => Some(polyblas(case, a, b, c)),
        Contender::Blas(..) => mkl::<i16, i16, i16>(blas?, "cblas_gemm_s16s16s32", case, a, b, c),
        Contender::Plain => Some(plain(case, a, b, c)),
        _ => None,
    }
}

/// MKL's integer products. `O` is the type of the offsets that they add to the operands.
fn mkl<'a, A, B, O: num_traits::Zero + Copy + 'static>(
    blas: &Blas,
    name: &str,
    case: Case,
    a: &'a [A],
    b: &'a [B],
    c: &'a mut [i32],
) -> Option<Call<'a>> {
    type Gemm<O> = unsafe extern "C" fn(
        c_int,
        c_int,
        c_int,
        c_int,
        c_int,
        c_int,
        c_int,
        f32,
        *const c_void,
        c_int,
        O,
        *const c_void,
        c_int,
        O,
        f32,
        *mut i32,
        c_int,
        *const i32,
    );
    const ROW_MAJOR: c_int = 101;
    const PLAIN: c_int = 111;
    const ONE_OFFSET: c_int = 173;
    let gemm: Gemm<O> = blas.symbol(name).ok()?;
    let [m, n, k] = [case.m, case.n, case.k].map(|d| d as c_int);
    Some(Box::new(move || {
        let (a, b, zero, none) = (black_box(a).as_ptr().cast(), b.as_ptr().cast(), O::zero(), 0);
        // SAFETY: the operands are m x k, k x n and m x n, row-major and packed; the one offset of c is `none`.
        unsafe {
            gemm(
                ROW_MAJOR,
                PLAIN,
                PLAIN,
                ONE_OFFSET,
                m,
                n,
                k,
                1.0,
                a,
                k,
                zero,
                b,
                n,
                zero,
                0.0,
                c.as_mut_ptr(),
                n,
                &none,
            );
        }
    }))
}

fn plain<'a, A: Copy + Into<i32>, B: Copy + Into<i32>>(
    case: Case,
    a: &'a [A],
    b: &'a [B],
    c: &'a mut [i32],
) -> Call<'a> {
    let Case { n, k, .. } = case;
    Box::new(move || {
        let (a, b) = (black_box(a), black_box(b));
        for (row, a) in c.chunks_exact_mut(n).zip(a.chunks_exact(k)) {
            row.fill(0);
            for (&x, b) in a.iter().zip(b.chunks_exact(n)) {
                let x: i32 = x.into();
                row.iter_mut().zip(b).for_each(|(c, &y)| *c = c.wrapping_add(x.wrapping_mul(y.into())));
            }
        }
    })
}
