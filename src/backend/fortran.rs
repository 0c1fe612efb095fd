//! A library that has only Fortran's names: everything is passed by reference, matrices are column-major, and a complex
//! inner product is returned by one of two conventions.

use std::ffi::{c_char, c_void};

use cblas_sys::{CBLAS_LAYOUT, CBLAS_TRANSPOSE, CBLAS_UPLO};
use num_complex::Complex;

use super::calls::{BlasInt, Calls};
use super::table::{Element, Table};
use super::width::function;
use crate::kernel::Field;

use CBLAS_TRANSPOSE::{CblasConjTrans, CblasNoTrans, CblasTrans};

/// The length that Fortran passes after the other arguments for each `character*1`; libraries written in C ignore it.
const ONE_CHARACTER: usize = 1;

type GemmFn<E, I> = unsafe extern "C" fn(
    *const c_char,
    *const c_char,
    *const I,
    *const I,
    *const I,
    *const E,
    *const E,
    *const I,
    *const E,
    *const I,
    *const E,
    *mut E,
    *const I,
    usize,
    usize,
);
type GemvFn<E, I> = unsafe extern "C" fn(
    *const c_char,
    *const I,
    *const I,
    *const E,
    *const E,
    *const I,
    *const E,
    *const I,
    *const E,
    *mut E,
    *const I,
    usize,
);
/// `syrk`, and with real factors `herk`.
type SyrkFn<E, F, I> = unsafe extern "C" fn(
    *const c_char,
    *const c_char,
    *const I,
    *const I,
    *const F,
    *const E,
    *const I,
    *const F,
    *mut E,
    *const I,
    usize,
    usize,
);
type GerFn<E, I> =
    unsafe extern "C" fn(*const I, *const I, *const E, *const E, *const I, *const E, *const I, *mut E, *const I);
type NormFn<E, I> = unsafe extern "C" fn(*const I, *const E, *const I) -> <E as Field>::Real;
type ScalFn<E, I> = unsafe extern "C" fn(*const I, *const E, *mut E, *const I);
type AxpyFn<E, I> = unsafe extern "C" fn(*const I, *const E, *const E, *const I, *mut E, *const I);
type IamaxFn<E, I> = unsafe extern "C" fn(*const I, *const E, *const I) -> I;
type ReturnedDot<E, I> = unsafe extern "C" fn(*const I, *const E, *const I, *const E, *const I) -> E;
type ArgumentDot<E, I> = unsafe extern "C" fn(*mut E, *const I, *const E, *const I, *const E, *const I);

/// How a library returns a complex number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ComplexReturn {
    /// As C returns a struct: gfortran's way.
    Value,
    /// Through a pointer before the other arguments: the way of f2c and of Intel's compilers.
    Argument,
}

/// The inner products, not conjugated and conjugated.
enum Dot<E, I> {
    Returned([ReturnedDot<E, I>; 2]),
    Argument([ArgumentDot<E, I>; 2]),
}

/// The functions of one element type.
struct Routines<E: Element, I: BlasInt> {
    gemm: GemmFn<E, I>,
    gemv: GemvFn<E, I>,
    syrk: SyrkFn<E, E, I>,
    herk: Option<SyrkFn<E, E::Real, I>>,
    ger: GerFn<E, I>,
    dot: Dot<E, I>,
    nrm2: NormFn<E, I>,
    asum: NormFn<E, I>,
    scal: ScalFn<E, I>,
    axpy: AxpyFn<E, I>,
    iamax: IamaxFn<E, I>,
}

/// Finds a function by its Fortran name, or says which is missing.
pub(crate) type Find<'a, M> = &'a dyn Fn(&str) -> Result<*const c_void, M>;

/// # Safety
/// What `find` gives are BLAS functions with integers of width `I`; `prefix` is the element type's letter, and `norm`
/// the letters before `nrm2`.
unsafe fn routines<E: Element, I: BlasInt, M>(
    find: Find<'_, M>,
    prefix: &str,
    norm: &str,
    returns: ComplexReturn,
) -> Result<Routines<E, I>, M> {
    let name = |operation: &str| find(&format!("{prefix}{operation}_"));
    let complex = E::PARTS == 2;
    let dots = if complex { [name("dotu")?, name("dotc")?] } else { [name("dot")?; 2] };
    // SAFETY: each name is paired with the signature that BLAS gives it.
    unsafe {
        Ok(Routines {
            gemm: function(name("gemm")?),
            gemv: function(name("gemv")?),
            syrk: function(name("syrk")?),
            herk: if complex { Some(function(name("herk")?)) } else { None },
            ger: function(name(if complex { "geru" } else { "ger" })?),
            dot: match returns {
                ComplexReturn::Argument if complex => Dot::Argument(dots.map(|f| function(f))),
                _ => Dot::Returned(dots.map(|f| function(f))),
            },
            nrm2: function(find(&format!("{norm}nrm2_"))?),
            asum: function(find(&format!("{norm}asum_"))?),
            scal: function(name("scal")?),
            axpy: function(name("axpy")?),
            iamax: function(find(&format!("i{prefix}amax_"))?),
        })
    }
}

/// The table of a Fortran library; what it holds is never freed.
///
/// # Safety
/// What `find` gives are BLAS functions with integers of width `I`, in a library that stays loaded.
///
/// # Errors
/// What `find` says of a function that is missing.
pub(crate) unsafe fn table<I: BlasInt, M>(
    find: Find<'_, M>,
    returns: ComplexReturn,
    integer_bits: u32,
) -> Result<Table, M> {
    // SAFETY: passed on; the letters are BLAS's.
    unsafe {
        Ok(Table {
            s: Box::leak(Box::new(routines::<f32, I, M>(find, "s", "s", returns)?)),
            d: Box::leak(Box::new(routines::<f64, I, M>(find, "d", "d", returns)?)),
            c: Box::leak(Box::new(routines::<Complex<f32>, I, M>(find, "c", "sc", returns)?)),
            z: Box::leak(Box::new(routines::<Complex<f64>, I, M>(find, "z", "dz", returns)?)),
            integer_bits,
        })
    }
}

/// Asks a complex inner product how it returns: called with one argument too many, so that whichever convention is its
/// own, each pointer that it follows leads to memory that it may read (and, the first, write).
///
/// # Safety
/// `dot` is the address of a library's `cdotu_`, `cdotc_`, `zdotu_` or `zdotc_`, whatever its convention and the width
/// of its integers.
pub(crate) unsafe fn complex_return(dot: *const c_void) -> ComplexReturn {
    type Asked = unsafe extern "C" fn(*mut [i64; 4], *const i64, *const i64, *const i64, *const i64, *const i64);
    // Read as a length or an increment this is 1, at either width; read as a complex number it is all but zero.
    let one = [1i64, 0, 0, 0];
    const UNTOUCHED: i64 = 0x5a5a_5a5a_5a5a_5a5a;
    let mut first = [1, UNTOUCHED, UNTOUCHED, UNTOUCHED];
    let p = one.as_ptr();
    // SAFETY: by value it reads (n, x, incx, y, incy) = (1, [tiny], 1, [tiny], 1) from the first five; through an
    // argument it writes one complex number over the first and reads the same from the rest. The caller cleans the
    // stack in the C convention, so an argument too many does no harm, nor does an ignored result in registers.
    unsafe { function::<Asked>(dot)(&mut first, p, p, p, p, p) };
    if first == [1, UNTOUCHED, UNTOUCHED, UNTOUCHED] { ComplexReturn::Value } else { ComplexReturn::Argument }
}

fn letter(trans: CBLAS_TRANSPOSE) -> c_char {
    (match trans {
        CblasNoTrans => b'N',
        CblasTrans => b'T',
        CblasConjTrans => b'C',
    }) as c_char
}

/// The triangle and the transpose by which a rank-k update of a row-major matrix is one of a column-major matrix: `c`
/// and `a` lie there transposed.
fn update(
    layout: CBLAS_LAYOUT,
    uplo: CBLAS_UPLO,
    trans: CBLAS_TRANSPOSE,
    transposed: CBLAS_TRANSPOSE,
) -> (c_char, c_char) {
    let row_major = matches!(layout, CBLAS_LAYOUT::CblasRowMajor);
    let upper = matches!(uplo, CBLAS_UPLO::CblasUpper) != row_major;
    let trans = match trans {
        CblasNoTrans if row_major => transposed,
        _ if row_major => CblasNoTrans,
        trans => trans,
    };
    ((if upper { b'U' } else { b'L' }) as c_char, letter(trans))
}

impl<E: Element, I: BlasInt> Calls<E> for Routines<E, I> {
    type Int = I;

    unsafe fn xgemm(
        &self,
        layout: CBLAS_LAYOUT,
        trans_a: CBLAS_TRANSPOSE,
        trans_b: CBLAS_TRANSPOSE,
        m: I,
        n: I,
        k: I,
        alpha: &E,
        a: *const E,
        lda: I,
        b: *const E,
        ldb: I,
        beta: &E,
        c: *mut E,
        ldc: I,
    ) {
        let one = ONE_CHARACTER;
        let (ta, tb) = (letter(trans_a), letter(trans_b));
        // SAFETY: passed on; row-major, the same memory holds Cᵀ = op(B)ᵀ op(A)ᵀ.
        unsafe {
            match layout {
                CBLAS_LAYOUT::CblasColMajor => {
                    (self.gemm)(&ta, &tb, &m, &n, &k, alpha, a, &lda, b, &ldb, beta, c, &ldc, one, one)
                }
                CBLAS_LAYOUT::CblasRowMajor => {
                    (self.gemm)(&tb, &ta, &n, &m, &k, alpha, b, &ldb, a, &lda, beta, c, &ldc, one, one)
                }
            }
        }
    }

    unsafe fn xgemv(
        &self,
        layout: CBLAS_LAYOUT,
        trans: CBLAS_TRANSPOSE,
        m: I,
        n: I,
        alpha: &E,
        a: *const E,
        lda: I,
        x: *const E,
        incx: I,
        beta: &E,
        y: *mut E,
        incy: I,
    ) -> Option<()> {
        let (trans, m, n) = match (layout, trans) {
            (CBLAS_LAYOUT::CblasColMajor, trans) => (trans, m, n),
            (_, CblasNoTrans) => (CblasTrans, n, m),
            (_, CblasTrans) => (CblasNoTrans, n, m),
            // Conjugated but not transposed: no Fortran call does that.
            (_, CblasConjTrans) => return None,
        };
        // SAFETY: passed on; row-major, the same memory holds the transpose.
        unsafe { (self.gemv)(&letter(trans), &m, &n, alpha, a, &lda, x, &incx, beta, y, &incy, ONE_CHARACTER) };
        Some(())
    }

    unsafe fn xsyrk(
        &self,
        layout: CBLAS_LAYOUT,
        uplo: CBLAS_UPLO,
        trans: CBLAS_TRANSPOSE,
        n: I,
        k: I,
        alpha: &E,
        a: *const E,
        lda: I,
        beta: &E,
        c: *mut E,
        ldc: I,
    ) {
        let (uplo, trans) = update(layout, uplo, trans, CblasTrans);
        let one = ONE_CHARACTER;
        // SAFETY: passed on.
        unsafe { (self.syrk)(&uplo, &trans, &n, &k, alpha, a, &lda, beta, c, &ldc, one, one) }
    }

    unsafe fn xherk(
        &self,
        layout: CBLAS_LAYOUT,
        uplo: CBLAS_UPLO,
        trans: CBLAS_TRANSPOSE,
        n: I,
        k: I,
        alpha: E::Real,
        a: *const E,
        lda: I,
        beta: E::Real,
        c: *mut E,
        ldc: I,
    ) -> Option<()> {
        let herk = self.herk?;
        let (uplo, trans) = update(layout, uplo, trans, CblasConjTrans);
        // SAFETY: passed on.
        unsafe { herk(&uplo, &trans, &n, &k, &alpha, a, &lda, &beta, c, &ldc, ONE_CHARACTER, ONE_CHARACTER) };
        Some(())
    }

    unsafe fn xger(
        &self,
        layout: CBLAS_LAYOUT,
        m: I,
        n: I,
        alpha: &E,
        x: *const E,
        incx: I,
        y: *const E,
        incy: I,
        a: *mut E,
        lda: I,
    ) {
        // SAFETY: passed on; row-major, the same memory holds Aᵀ, which y xᵀ is added to.
        unsafe {
            match layout {
                CBLAS_LAYOUT::CblasColMajor => (self.ger)(&m, &n, alpha, x, &incx, y, &incy, a, &lda),
                CBLAS_LAYOUT::CblasRowMajor => (self.ger)(&n, &m, alpha, y, &incy, x, &incx, a, &lda),
            }
        }
    }

    unsafe fn xdot(&self, conj: bool, n: I, x: *const E, incx: I, y: *const E, incy: I) -> E {
        // SAFETY: passed on.
        unsafe {
            match &self.dot {
                Dot::Returned(dot) => dot[usize::from(conj)](&n, x, &incx, y, &incy),
                Dot::Argument(dot) => {
                    let mut out = E::zero();
                    dot[usize::from(conj)](&mut out, &n, x, &incx, y, &incy);
                    out
                }
            }
        }
    }

    unsafe fn xaxpy(&self, n: I, alpha: &E, x: *const E, incx: I, y: *mut E, incy: I) {
        // SAFETY: passed on.
        unsafe { (self.axpy)(&n, alpha, x, &incx, y, &incy) }
    }

    unsafe fn xscal(&self, n: I, alpha: &E, x: *mut E, incx: I) {
        // SAFETY: passed on.
        unsafe { (self.scal)(&n, alpha, x, &incx) }
    }

    unsafe fn xnrm2(&self, n: I, x: *const E, incx: I) -> E::Real {
        // SAFETY: passed on.
        unsafe { (self.nrm2)(&n, x, &incx) }
    }

    unsafe fn xasum(&self, n: I, x: *const E, incx: I) -> E::Real {
        // SAFETY: passed on.
        unsafe { (self.asum)(&n, x, &incx) }
    }

    unsafe fn xiamax(&self, n: I, x: *const E, incx: I) -> usize {
        // SAFETY: passed on; Fortran counts from 1.
        unsafe { (self.iamax)(&n, x, &incx) }.index().saturating_sub(1)
    }
}
