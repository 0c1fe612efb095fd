//! What every library has to pass before it multiplies anything of the user's, once the width of its integers is known:
//! small products whose results would show wrong integers, a wrong layout or a wrong complex convention.

use num_complex::Complex;
use num_traits::{Float, NumCast, ToPrimitive};
use thiserror::Error;

use super::table::{Element, Table};
use crate::kernel::{Gemm, Gemv, Ger, Part, Source, Syrk, Target, VecSource, VecTarget};
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
    /// Some of its complex inner products return their result and others store it through their first argument.
    #[error("its cdotu, cdotc, zdotu and zdotc do not all return complex numbers in the same way")]
    ComplexReturn,
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

/// Whether the library multiplies as it should, for every element type.
///
/// # Safety
/// The table holds a library's functions, and their integers have the width that it says.
pub(crate) unsafe fn check(table: &Table) -> Result<(), Refusal> {
    // SAFETY: passed on.
    unsafe {
        check_element(table, &[1.0f32, 0.5])?;
        check_element(table, &[1.0f64, 0.5])?;
        check_element(table, &[Complex::new(1.0f32, 0.0), Complex::new(0.5, -2.0)])?;
        check_element(table, &[Complex::new(1.0f64, 0.0), Complex::new(0.5, -2.0)])
    }
}

/// `x` as small as every element type holds exactly.
fn value<E: Element>(units: &[E; 2], i: usize) -> E {
    E::from_real(small(i as i32)) + if i % 3 == 1 { units[1] } else { E::zero() }
}

/// # Safety
/// As for [`check`].
unsafe fn check_element<E: Element>(table: &Table, units: &[E; 2]) -> Result<(), Refusal> {
    let blas = E::on(table);
    // Not square and padded, so that a wrong layout or leading dimension shows; each array has room for the worst of
    // them.
    const M: usize = 2;
    const K: usize = 3;
    const N: usize = 4;
    const PAD: usize = 5;
    const ROOM: usize = 64;
    let a: Vec<E> = (0..ROOM).map(|i| value(units, i + 1)).collect();
    let b: Vec<E> = (0..ROOM).map(|i| value(units, 2 * i + 1)).collect();
    let source = |m: &[E], conj| Source { ptr: m.as_ptr(), row_stride: PAD as isize, col_stride: 1, conj };
    let at = |m: &[E], i: usize, j: usize| m[i * PAD + j];
    let unread = E::from_real(<E::Real as num_traits::Float>::nan());

    let mut c = vec![unread; ROOM];
    let g = Gemm {
        m: M,
        n: N,
        k: K,
        alpha: E::one(),
        a: source(&a, false),
        b: source(&b, false),
        beta: E::zero(),
        c: Target { ptr: c.as_mut_ptr(), row_stride: N as isize, col_stride: 1 },
        part: Part::All,
        threads: 1,
    };
    // SAFETY: the operands lie in `a`, `b` and `c`; the table is as the caller promises.
    unsafe { blas.gemm(&g) };
    let sum = |terms: &dyn Fn(usize) -> E, n: usize| (0..n).fold(E::zero(), |s, p| s + terms(p));
    let expected: Vec<E> = (0..M * N).map(|at_c| sum(&|p| at(&a, at_c / N, p) * at(&b, p, at_c % N), K)).collect();
    compare("gemm", &expected, &c[..M * N])?;

    let mut c = vec![unread; ROOM];
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
    unsafe { blas.syrk(&s) };
    let expected: Vec<E> =
        (0..M * M).map(|at_c| sum(&|p| at(&a, at_c / M, p) * at(&a, at_c % M, p).conjugate(), K)).collect();
    compare("syrk", &expected, &c[..M * M])?;

    let mut y = vec![unread; ROOM];
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
    unsafe { blas.gemv(&v) };
    let expected: Vec<E> = (0..M).map(|i| sum(&|p| at(&a, i, p).conjugate() * at(&b, p, 0), K)).collect();
    compare("gemv", &expected, &y[..M])?;

    let row = VecSource { ptr: a.as_ptr(), stride: 1, conj: true };
    // SAFETY: as above.
    let inner = unsafe { blas.inner(K, row, x) };
    let expected = sum(&|p| at(&a, 0, p).conjugate() * at(&b, p, 0), K);
    compare("dot", &[expected], &[inner.unwrap_or(unread)])?;

    let mut c = vec![units[1]; ROOM];
    let row = VecSource { conj: false, ..row };
    let update = Ger {
        m: M,
        n: N,
        alpha: units[1],
        x: row,
        y: VecSource { ptr: b.as_ptr(), stride: 1, conj: false },
        a: Target { ptr: c.as_mut_ptr(), row_stride: N as isize, col_stride: 1 },
        threads: 1,
    };
    // SAFETY: as above.
    unsafe { blas.ger(&update) };
    let expected: Vec<E> = (0..M * N).map(|at_c| units[1] + units[1] * a[at_c / N] * b[at_c % N]).collect();
    compare("ger", &expected, &c[..M * N])?;

    // A negative stride, which BLAS counts from the other end.
    let mut y = vec![units[1]; ROOM];
    let reversed = VecTarget { ptr: y[K - 1..].as_mut_ptr(), stride: -1 };
    // SAFETY: as above.
    unsafe { blas.axpy(K, units[1], row, reversed) };
    let expected: Vec<E> = (0..K).map(|i| units[1] + units[1] * a[K - 1 - i]).collect();
    compare("axpy", &expected, &y[..K])?;

    // SAFETY: as above.
    unsafe { blas.scal(K, units[1], VecTarget { ptr: y.as_mut_ptr(), stride: 1 }) };
    let expected: Vec<E> = expected.iter().map(|&v| v * units[1]).collect();
    compare("scal", &expected, &y[..K])?;

    let mut three_four = [E::zero(); ROOM];
    (three_four[1], three_four[2]) = (E::from_real(small(3)), E::from_real(small(-4)));
    let x = VecSource { ptr: three_four.as_ptr(), stride: 1, conj: false };
    // SAFETY: as above.
    let (nrm2, asum, iamax) = unsafe { (blas.nrm2(K, x), blas.asum(K, x), blas.iamax(K, x)) };
    let real = |v: Option<E::Real>| E::from_real(v.unwrap_or_else(num_traits::Float::nan));
    // A norm may be rounded, if only by a unit in its last place.
    let nrm2 = real(nrm2.map(|v| (v * small(1024)).round() / small(1024)));
    compare("nrm2", &[E::from_real(small(5))], &[nrm2])?;
    compare("asum", &[E::from_real(small(7))], &[real(asum)])?;
    compare("iamax", &[E::from_real(small(2))], &[real(iamax.and_then(NumCast::from))])
}

/// A small whole number, which every float holds.
fn small<R: num_traits::Float>(n: i32) -> R {
    R::from(n).expect("small integers fit every float")
}

/// Small whole and half numbers: every right library gets them to the bit.
fn compare<E: Element>(operation: &'static str, expected: &[E], found: &[E]) -> Result<(), Refusal> {
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
