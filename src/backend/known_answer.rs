//! What every library has to pass before it multiplies anything of the user's: a probe of its integers' width, and small
//! products whose results would show wrong integers, a wrong layout or a wrong complex convention.

use num_complex::Complex;
use num_traits::{NumCast, ToPrimitive};
use thiserror::Error;

use super::cblas::{BlasElement, BlasInt, Cblas, IamaxFn, Routines};
use crate::kernel::{Gemm, Gemv, Source, Syrk, Target, VecSource, VecTarget};
use crate::scalar::ElementKind;

/// A library that gave a wrong answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Its integers are not as wide as the calls would pass them.
    #[error("its integers have {found} bits where {expected} were expected ({}); link or load its {} build", interface(*.found), interface(*.expected))]
    IntegerWidth {
        /// Bits that the calls would pass.
        expected: u32,
        /// Bits that the probe found.
        found: u32,
    },
    /// A small product came out wrong.
    #[error("its {operation} for {kind} gave a wrong product: expected {expected}, got {found}")]
    WrongProduct {
        /// The element type.
        kind: ElementKind,
        /// The BLAS operation.
        operation: &'static str,
        /// The right elements.
        expected: String,
        /// What came.
        found: String,
    },
}

fn interface(bits: u32) -> &'static str {
    if bits == 64 { "ILP64" } else { "LP64" }
}

/// The width of a library's integers, asked of its `isamax`: `n = 0xffffffff_00000003` reads as 3 where integers have 32
/// bits and as a negative number, for which BLAS defines the answer 0, where they have 64. On either reading at most the
/// three elements are touched.
///
/// # Safety
/// `isamax` is the address of a library's `cblas_isamax`, whatever the width of its integers.
pub(crate) unsafe fn integer_bits(isamax: IamaxFn<f32, i64>) -> u32 {
    const N: i64 = 0xffff_ffff_0000_0003_u64 as i64;
    let x = [1.0f32, 2.0, 3.0];
    // SAFETY: an LP64 library looks at the low halves, which say 3 elements, 1 apart; an ILP64 one at a negative length.
    let last = unsafe { isamax(N, x.as_ptr(), 1) };
    // Only the low half of the result is defined under LP64.
    if last as u32 == 2 { 32 } else { 64 }
}

/// Whether the library multiplies as it should, for every element type.
///
/// # Safety
/// The table holds a library's functions, and their integers are of width `I`.
pub(crate) unsafe fn check<I: BlasInt>(table: &Cblas<I>) -> Result<(), Refusal> {
    // SAFETY: passed on.
    unsafe {
        check_element(&table.s, &[1.0f32, 0.5])?;
        check_element(&table.d, &[1.0f64, 0.5])?;
        check_element(&table.c, &[Complex::new(1.0f32, 0.0), Complex::new(0.5, -2.0)])?;
        check_element(&table.z, &[Complex::new(1.0f64, 0.0), Complex::new(0.5, -2.0)])
    }
}

/// `x` as small as every element type holds exactly.
fn value<E: BlasElement>(units: &[E; 2], i: usize) -> E {
    let real = <E::Real as NumCast>::from(i).expect("small integers fit every float");
    E::from_real(real) + if i % 3 == 1 { units[1] } else { E::zero() }
}

unsafe fn check_element<E: BlasElement, I: BlasInt>(routines: &Routines<E, I>, units: &[E; 2]) -> Result<(), Refusal> {
    // Not square and padded, so that a wrong layout or leading dimension shows.
    const M: usize = 2;
    const K: usize = 3;
    const N: usize = 4;
    const PAD: usize = 5;
    let a: Vec<E> = (0..M * PAD).map(|i| value(units, i + 1)).collect();
    let b: Vec<E> = (0..K * PAD).map(|i| value(units, 2 * i + 1)).collect();
    let source = |m: &[E], conj| Source { ptr: m.as_ptr(), row_stride: PAD as isize, col_stride: 1, conj };
    let at = |m: &[E], i: usize, j: usize| m[i * PAD + j];
    let unread = E::from_real(<E::Real as num_traits::Float>::nan());

    let mut c = vec![unread; M * N];
    let g = Gemm {
        m: M,
        n: N,
        k: K,
        alpha: E::one(),
        a: source(&a, false),
        b: source(&b, false),
        beta: E::zero(),
        c: Target { ptr: c.as_mut_ptr(), row_stride: N as isize, col_stride: 1 },
        threads: 1,
    };
    // SAFETY: the operands lie in `a`, `b` and `c`; the table is as the caller promises.
    unsafe { routines.do_gemm(&g) };
    let sum = |terms: &dyn Fn(usize) -> E, n: usize| (0..n).fold(E::zero(), |s, p| s + terms(p));
    let expected: Vec<E> = (0..M * N).map(|at_c| sum(&|p| at(&a, at_c / N, p) * at(&b, p, at_c % N), K)).collect();
    compare("gemm", &expected, &c)?;

    let mut c = vec![unread; M * M];
    let s = Syrk {
        n: M,
        k: K,
        alpha: E::one(),
        a: source(&a, false),
        hermitian: E::PARTS == 2,
        beta: E::zero(),
        c: Target { ptr: c.as_mut_ptr(), row_stride: M as isize, col_stride: 1 },
        threads: 1,
    };
    // SAFETY: as above.
    unsafe { routines.do_syrk(&s) };
    let expected: Vec<E> =
        (0..M * M).map(|at_c| sum(&|p| at(&a, at_c / M, p) * at(&a, at_c % M, p).conjugate(), K)).collect();
    compare("syrk", &expected, &c)?;

    let mut y = vec![unread; M];
    let x = VecSource { ptr: b.as_ptr(), stride: PAD as isize, conj: false };
    let v = Gemv {
        m: M,
        n: K,
        alpha: E::one(),
        a: source(&a, true),
        x,
        beta: E::zero(),
        y: VecTarget { ptr: y.as_mut_ptr(), stride: 1 },
        threads: 1,
    };
    // SAFETY: as above.
    unsafe { routines.do_gemv(&v) };
    let expected: Vec<E> = (0..M).map(|i| sum(&|p| at(&a, i, p).conjugate() * at(&b, p, 0), K)).collect();
    compare("gemv", &expected, &y)?;

    let row = VecSource { ptr: a.as_ptr(), stride: 1, conj: true };
    // SAFETY: as above.
    let inner = unsafe { routines.do_inner(K, row, x) };
    let expected = sum(&|p| at(&a, 0, p).conjugate() * at(&b, p, 0), K);
    compare("dot", &[expected], &[inner.unwrap_or(unread)])
}

/// Small whole and half numbers: every right library gets them to the bit.
fn compare<E: BlasElement>(operation: &'static str, expected: &[E], found: &[E]) -> Result<(), Refusal> {
    if expected == found {
        return Ok(());
    }
    let show = |values: &[E]| {
        let parts: Vec<String> = values
            .iter()
            .map(|v| {
                let [re, im] = v.parts().map(|part| part.to_f64().unwrap_or(f64::NAN));
                if E::PARTS == 2 { format!("{re}{im:+}i") } else { re.to_string() }
            })
            .collect();
        format!("[{}]", parts.join(", "))
    };
    Err(Refusal::WrongProduct { kind: ElementKind::of::<E>(), operation, expected: show(expected), found: show(found) })
}
