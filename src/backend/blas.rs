//! One product on a BLAS: which layout and transposes name the operands where they lie, and what is copied when none
//! does.

use cblas_sys::{CBLAS_LAYOUT, CBLAS_TRANSPOSE, CBLAS_UPLO};
use num_traits::{One, Zero};

use super::calls::{BlasInt, Calls};
use super::table::{Blas, Element};
use crate::kernel::{Gemm, Gemv, Ger, Source, Syrk, Target, VecSource, VecTarget};

use CBLAS_LAYOUT::{CblasColMajor, CblasRowMajor};
use CBLAS_TRANSPOSE::{CblasConjTrans, CblasNoTrans, CblasTrans};

/// How a matrix is named to CBLAS in row-major terms.
#[derive(Clone, Copy)]
struct Name {
    trans: CBLAS_TRANSPOSE,
    ld: isize,
}

/// A matrix that has a name, where it lies or as a copy.
struct Named<E> {
    ptr: *const E,
    name: Name,
    /// Holds the copy, where one had to be made.
    _copy: Vec<E>,
}

/// Whether lines of `len` that are `stride` apart are so by what BLAS calls a leading dimension. A line that nothing
/// follows counts as followed at its own length, or at 1 if its elements are apart (see [`Source`]), and needs no case
/// of its own.
#[inline(always)]
fn is_leading(stride: isize, len: usize) -> bool {
    // A length that is none in `isize` is none in the library's integers either, and the product is not made.
    stride >= len.cast_signed()
}

/// The name of a `rows x cols` operand where it lies; it has none if neither stride is 1, or it is to be conjugated
/// without being transposed.
#[inline(always)]
fn name<E: Element>(s: &Source<E>, rows: usize, cols: usize) -> Option<Name> {
    let conj = s.conj && E::PARTS == 2;
    if !conj && s.col_stride == 1 && is_leading(s.row_stride, cols) {
        return Some(Name { trans: CblasNoTrans, ld: s.row_stride });
    }
    if s.row_stride == 1 && is_leading(s.col_stride, rows) {
        return Some(Name { trans: if conj { CblasConjTrans } else { CblasTrans }, ld: s.col_stride });
    }
    None
}

/// The operand under its name, or a copy that has one.
///
/// # Safety
/// `s` describes a readable matrix.
unsafe fn named<E: Element>(s: &Source<E>, rows: usize, cols: usize) -> Named<E> {
    match name(s, rows, cols) {
        Some(name) => Named { ptr: s.ptr, name, _copy: Vec::new() },
        // SAFETY: passed on.
        None => unsafe { copy(s, rows, cols) },
    }
}

/// A vector as BLAS counts it: for a negative stride the pointer is at the last element, which lies lowest.
struct NamedVec<E> {
    ptr: *const E,
    inc: isize,
    _copy: Vec<E>,
}

/// Names a vector, with a copy only where it is conjugated or repeats one element.
///
/// # Safety
/// `x` describes a readable vector of `n` elements.
unsafe fn name_vec<E: Element>(x: VecSource<E>, n: usize) -> NamedVec<E> {
    let conj = x.conj && E::PARTS == 2;
    if !conj && (x.stride != 0 || n <= 1) {
        // SAFETY: the last element's place lies in the vector.
        let ptr = unsafe { lowest(x.ptr, x.stride, n) };
        return NamedVec { ptr, inc: if n <= 1 { 1 } else { x.stride }, _copy: Vec::new() };
    }
    let copy: Vec<E> = (0..n as isize)
        .map(|i| {
            // SAFETY: i < n.
            let value = unsafe { *x.ptr.offset(i * x.stride) };
            if conj { value.conjugate() } else { value }
        })
        .collect();
    NamedVec { ptr: copy.as_ptr(), inc: 1, _copy: copy }
}

/// # Safety
/// `ptr` begins a vector of `n` elements, `stride` apart.
unsafe fn lowest<E>(ptr: *const E, stride: isize, n: usize) -> *const E {
    // SAFETY: element n - 1 lies in the vector.
    if stride < 0 && n > 1 { unsafe { ptr.offset((n as isize - 1) * stride) } } else { ptr }
}

/// Binds each name to the same number as the library's integer, or returns `None`.
macro_rules! ints {
    ($i:ty: $($name:ident = $value:expr),*) => {
        $(let $name = <$i>::new(isize::try_from($value).ok()?)?;)*
    };
}

/// A product whose output is row-major (or has one row).
///
/// # Safety
/// As for [`Blas::gemm`].
#[inline(always)]
unsafe fn gemm_row_major<E: Element, L: Calls<E>>(library: &L, g: &Gemm<E>) -> Option<()> {
    let names = (name(&g.a, g.m, g.k), name(&g.b, g.k, g.n), rows_apart(&g.c, g.n));
    let (Some(a), Some(b), Some(ldc)) = names else {
        // SAFETY: passed on.
        return unsafe { gemm_of_copies(library, g) };
    };
    let [lda, ldb, ldc] = [a.ld, b.ld, ldc].map(isize::cast_unsigned);
    let [m, n, k, lda, ldb, ldc] = L::Int::all([g.m, g.n, g.k, lda, ldb, ldc])?;
    // SAFETY: the names describe the caller's operands, and the integers were not truncated.
    unsafe {
        library.xgemm(
            CblasRowMajor,
            a.trans,
            b.trans,
            m,
            n,
            k,
            &g.alpha,
            g.a.ptr,
            lda,
            g.b.ptr,
            ldb,
            &g.beta,
            g.c.ptr,
            ldc,
        );
    }
    Some(())
}

/// The same where not each matrix has a name as it lies: those that have none are copied.
///
/// # Safety
/// As for [`Blas::gemm`].
#[cold]
unsafe fn gemm_of_copies<E: Element, L: Calls<E>>(library: &L, g: &Gemm<E>) -> Option<()> {
    // SAFETY: the caller's operands.
    let (a, b) = unsafe { (named(&g.a, g.m, g.k), named(&g.b, g.k, g.n)) };
    let mut c = Output::new(g.c, g.m, g.n);
    ints!(L::Int: m = g.m, n = g.n, k = g.k, lda = a.name.ld, ldb = b.name.ld, ldc = c.ld);
    let (ta, tb) = (a.name.trans, b.name.trans);
    // SAFETY: as in `gemm_row_major`; copies live until the end of this function.
    unsafe {
        c.load(g.beta != E::zero());
        library.xgemm(CblasRowMajor, ta, tb, m, n, k, &g.alpha, a.ptr, lda, b.ptr, ldb, &g.beta, c.ptr(), ldc);
        c.store();
    }
    Some(())
}

impl<E: Element, L: Calls<E>> Blas<E> for L {
    unsafe fn gemm(&self, g: &Gemm<E>) -> Option<()> {
        if g.c.is_column_major() {
            // C is column-major: Cᵀ = Bᵀ Aᵀ is row-major.
            // SAFETY: the same product, named the other way round.
            return unsafe { gemm_row_major(self, &g.t()) };
        }
        // SAFETY: passed on.
        unsafe { gemm_row_major(self, g) }
    }

    unsafe fn syrk(&self, s: &Syrk<E>) -> Option<()> {
        let herk = s.hermitian && E::PARTS == 2;
        let column_major = s.c.is_column_major();
        if s.beta != E::zero() || herk && (column_major || s.alpha != E::one()) {
            return None;
        }
        // A symmetric result is its own transpose, so column-major is row-major.
        let target = if column_major { s.c.t() } else { s.c };
        // SAFETY: the caller's operand.
        let mut a = unsafe { named(&s.a, s.n, s.k) };
        // `herk` on a transpose conjugates it and `syrk` does not; where that is not what is asked, copy.
        if !matches!((herk, a.name.trans), (_, CblasNoTrans) | (true, CblasConjTrans) | (false, CblasTrans)) {
            // SAFETY: the caller's operand.
            a = unsafe { copy(&s.a, s.n, s.k) };
        }
        ints!(L::Int: n = s.n, k = s.k, lda = a.name.ld);
        let mut c = Output::new(target, s.n, s.n);
        ints!(L::Int: ldc = c.ld);
        let (upper, trans) = (CBLAS_UPLO::CblasUpper, a.name.trans);
        // SAFETY: as in `gemm_row_major`; the upper triangle is mirrored within the n x n output.
        unsafe {
            if herk {
                let (one, zero) = (E::Real::one(), E::Real::zero());
                self.xherk(CblasRowMajor, upper, trans, n, k, one, a.ptr, lda, zero, c.ptr(), ldc)?;
            } else {
                self.xsyrk(CblasRowMajor, upper, trans, n, k, &s.alpha, a.ptr, lda, &s.beta, c.ptr(), ldc);
            }
            mirror(c.ptr(), c.ld, s.n, herk);
            c.store();
        }
        Some(())
    }

    unsafe fn gemv(&self, g: &Gemv<E>) -> Option<()> {
        let conj = g.a.conj && E::PARTS == 2;
        // The same memory is the matrix in one layout and its transpose in the other; only ConjTrans conjugates.
        let (row_major, col_major) = layouts(g.a.row_stride, g.a.col_stride, g.m, g.n);
        if !row_major && !col_major {
            // SAFETY: the caller's operand; the copy lives until the end of this block.
            return unsafe {
                let a = copy(&Source { conj: false, ..g.a }, g.m, g.n);
                let a = Source { ptr: a.ptr, row_stride: a.name.ld, col_stride: 1, conj: g.a.conj };
                self.gemv(&Gemv { a, ..*g })
            };
        }
        let ld = if row_major { g.a.row_stride } else { g.a.col_stride };
        let (layout, trans, rows, cols) = match (row_major, conj) {
            (true, false) => (CblasRowMajor, CblasNoTrans, g.m, g.n),
            (true, true) => (CblasColMajor, CblasConjTrans, g.n, g.m),
            (false, false) => (CblasColMajor, CblasNoTrans, g.m, g.n),
            (false, true) => (CblasRowMajor, CblasConjTrans, g.n, g.m),
        };
        // SAFETY: the caller's vectors.
        let x = unsafe { name_vec(g.x, g.n) };
        let incy = if g.m <= 1 { 1 } else { g.y.stride };
        ints!(L::Int: rows = rows, cols = cols, lda = ld, incx = x.inc, incy = incy);
        // SAFETY: as in `gemm_row_major`.
        unsafe {
            let y = lowest(g.y.ptr, g.y.stride, g.m).cast_mut();
            self.xgemv(layout, trans, rows, cols, &g.alpha, g.a.ptr, lda, x.ptr, incx, &g.beta, y, incy)
        }
    }

    unsafe fn ger(&self, g: &Ger<E>) -> Option<()> {
        let (layout, ld) = match layouts(g.a.row_stride, g.a.col_stride, g.m, g.n) {
            (true, _) => (CblasRowMajor, g.a.row_stride),
            (_, true) => (CblasColMajor, g.a.col_stride),
            _ => return None,
        };
        // SAFETY: the caller's vectors.
        let (x, y) = unsafe { (name_vec(g.x, g.m), name_vec(g.y, g.n)) };
        ints!(L::Int: m = g.m, n = g.n, incx = x.inc, incy = y.inc, lda = ld);
        // SAFETY: as in `gemm_row_major`.
        unsafe { self.xger(layout, m, n, &g.alpha, x.ptr, incx, y.ptr, incy, g.a.ptr, lda) };
        Some(())
    }

    unsafe fn inner(&self, n: usize, x: VecSource<E>, y: VecSource<E>) -> Option<E> {
        // BLAS conjugates the left vector or none, and the factors commute.
        let (x, y) = if y.conj && !x.conj { (y, x) } else { (x, y) };
        let conj = x.conj;
        // SAFETY: the caller's vectors.
        let (x, y) = unsafe { (name_vec(VecSource { conj: false, ..x }, n), name_vec(y, n)) };
        ints!(L::Int: n = n, incx = x.inc, incy = y.inc);
        // SAFETY: the vectors hold `n` elements each.
        Some(unsafe { self.xdot(conj, n, x.ptr, incx, y.ptr, incy) })
    }

    unsafe fn axpy(&self, n: usize, alpha: E, x: VecSource<E>, y: VecTarget<E>) -> Option<()> {
        // SAFETY: the caller's vectors.
        let (x, to) = unsafe { (name_vec(x, n), lowest(y.ptr, y.stride, n).cast_mut()) };
        ints!(L::Int: len = n, incx = x.inc, incy = if n <= 1 { 1 } else { y.stride });
        // SAFETY: the vectors hold `n` elements each.
        unsafe { self.xaxpy(len, &alpha, x.ptr, incx, to, incy) };
        Some(())
    }

    unsafe fn scal(&self, n: usize, alpha: E, x: VecTarget<E>) -> Option<()> {
        // Each element is scaled for itself, so the order does not matter; BLAS takes positive strides only.
        // SAFETY: the caller's vector.
        let to = unsafe { lowest(x.ptr, x.stride, n).cast_mut() };
        ints!(L::Int: len = n, incx = if n <= 1 { 1 } else { x.stride.checked_abs()? });
        // SAFETY: the vector holds `n` elements.
        unsafe { self.xscal(len, &alpha, to, incx) };
        Some(())
    }

    unsafe fn nrm2(&self, n: usize, x: VecSource<E>) -> Option<E::Real> {
        // SAFETY: the caller's vector; a norm does not depend on the order.
        let (ptr, inc) = unsafe { unordered(n, x) }?;
        ints!(L::Int: len = n, incx = inc);
        // SAFETY: the vector holds `n` elements.
        Some(unsafe { self.xnrm2(len, ptr, incx) })
    }

    unsafe fn asum(&self, n: usize, x: VecSource<E>) -> Option<E::Real> {
        // SAFETY: as in `nrm2`.
        let (ptr, inc) = unsafe { unordered(n, x) }?;
        ints!(L::Int: len = n, incx = inc);
        // SAFETY: the vector holds `n` elements.
        Some(unsafe { self.xasum(len, ptr, incx) })
    }

    unsafe fn iamax(&self, n: usize, x: VecSource<E>) -> Option<usize> {
        if x.stride <= 0 {
            return None;
        }
        ints!(L::Int: len = n, incx = x.stride);
        // SAFETY: the vector holds `n` elements.
        Some(unsafe { self.xiamax(len, x.ptr, incx) })
    }
}

/// The vector from its lowest element up, for what does not depend on the order: BLAS takes positive strides only.
///
/// # Safety
/// The vector holds `n` readable elements.
unsafe fn unordered<E>(n: usize, x: VecSource<E>) -> Option<(*const E, isize)> {
    if x.stride == 0 {
        return None;
    }
    // SAFETY: the caller's vector.
    let ptr = unsafe { lowest(x.ptr, x.stride, n) };
    Some((ptr, if n <= 1 { 1 } else { x.stride.checked_abs()? }))
}

/// A row-major copy, conjugated where the source says so, with room for one more row (see
/// [`past_end`](super::past_end)).
///
/// # Safety
/// `s` describes a readable matrix.
unsafe fn copy<E: Element>(s: &Source<E>, rows: usize, cols: usize) -> Named<E> {
    let mut copy = Vec::with_capacity((rows + 1) * cols);
    for i in 0..rows as isize {
        for j in 0..cols as isize {
            // SAFETY: i < rows and j < cols.
            let value = unsafe { *s.ptr.offset(i * s.row_stride + j * s.col_stride) };
            copy.push(if s.conj { value.conjugate() } else { value });
        }
    }
    Named { ptr: copy.as_ptr(), name: Name { trans: CblasNoTrans, ld: cols.max(1) as isize }, _copy: copy }
}

/// Whether an `m x n` matrix is row-major, and whether it is column-major.
fn layouts(row_stride: isize, col_stride: isize, m: usize, n: usize) -> (bool, bool) {
    (col_stride == 1 && is_leading(row_stride, n), row_stride == 1 && is_leading(col_stride, m))
}

/// The leading dimension of a target whose rows are contiguous.
#[inline(always)]
fn rows_apart<E>(target: &Target<E>, cols: usize) -> Option<isize> {
    (target.col_stride == 1 && is_leading(target.row_stride, cols)).then_some(target.row_stride)
}

/// Where BLAS writes: the target itself if its rows are contiguous, else a row-major copy of it.
struct Output<E> {
    target: Target<E>,
    rows: usize,
    cols: usize,
    ld: isize,
    copy: Option<Vec<E>>,
}

impl<E: Element> Output<E> {
    fn new(target: Target<E>, rows: usize, cols: usize) -> Self {
        let ld = rows_apart(&target, cols);
        let copy = ld.is_none().then(|| vec![E::zero(); rows * cols]);
        Output { target, rows, cols, ld: ld.unwrap_or(cols as isize), copy }
    }

    fn ptr(&mut self) -> *mut E {
        self.copy.as_mut().map_or(self.target.ptr, |copy| copy.as_mut_ptr())
    }

    /// # Safety
    /// The target is readable if `read`.
    unsafe fn load(&mut self, read: bool) {
        let Some(copy) = self.copy.as_mut().filter(|_| read) else { return };
        for i in 0..self.rows {
            for j in 0..self.cols {
                let offset = i as isize * self.target.row_stride + j as isize * self.target.col_stride;
                // SAFETY: i < rows and j < cols.
                copy[i * self.cols + j] = unsafe { *self.target.ptr.offset(offset) };
            }
        }
    }

    /// # Safety
    /// The target is writable.
    unsafe fn store(&mut self) {
        let Some(copy) = &self.copy else { return };
        for i in 0..self.rows {
            for j in 0..self.cols {
                let offset = i as isize * self.target.row_stride + j as isize * self.target.col_stride;
                // SAFETY: i < rows and j < cols.
                unsafe { *self.target.ptr.offset(offset) = copy[i * self.cols + j] };
            }
        }
    }
}

/// Fills the lower triangle of a row-major `n x n` matrix from its upper one, in blocks that fit L1. Conjugated, the
/// diagonal becomes real, as `herk` is to leave it: BLIS leaves the rounding errors of a product there.
///
/// # Safety
/// `c` holds `n` rows of `n` elements, `ld` apart.
unsafe fn mirror<E: Element>(c: *mut E, ld: isize, n: usize, conj: bool) {
    const BLOCK: usize = 32;
    if conj {
        for i in 0..n as isize {
            // SAFETY: i < n.
            unsafe {
                let value = c.offset(i * ld + i);
                *value = E::from_real((*value).parts()[0]);
            }
        }
    }
    for i0 in (0..n).step_by(BLOCK) {
        for j0 in (i0..n).step_by(BLOCK) {
            for i in i0..n.min(i0 + BLOCK) {
                for j in j0.max(i + 1)..n.min(j0 + BLOCK) {
                    // SAFETY: i < j < n.
                    unsafe {
                        let value = *c.offset(i as isize * ld + j as isize);
                        *c.offset(j as isize * ld + i as isize) = if conj { value.conjugate() } else { value };
                    }
                }
            }
        }
    }
}
