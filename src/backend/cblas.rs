//! A library called through CBLAS: the types of its functions, once for each element type and each width of integer.

use cblas_sys::{CBLAS_LAYOUT, CBLAS_TRANSPOSE, CBLAS_UPLO};
use num_complex::Complex;

use super::calls::{BlasInt, Calls};
use super::table::{Element, Table};
use crate::kernel::Field;

/// An element type, as CBLAS passes it.
pub(crate) trait CblasElement: Element {
    /// How C names the element: `double`, or two of them.
    type Raw: Copy + 'static;
    /// How a scalar factor is passed: by value if real, by reference if complex.
    type Factor: Copy;
    /// The inner product: returned if real, written through a pointer if complex.
    type Inner<I: BlasInt>: Copy + Send + Sync + 'static;
    /// `herk`, where the conjugate differs from the element.
    type Herk<I: BlasInt>: Copy + Send + Sync + 'static;

    fn factor(&self) -> Self::Factor;

    /// The inner product of two vectors, the left one conjugated if `conj`.
    ///
    /// # Safety
    /// `f` is the library's function and the vectors hold `n` elements at the strides given, as BLAS counts them.
    unsafe fn inner<I: BlasInt>(
        f: Self::Inner<I>,
        conj: bool,
        n: I,
        x: *const Self::Raw,
        incx: I,
        y: *const Self::Raw,
        incy: I,
    ) -> Self;

    /// The function for `c = alpha * a * aᴴ`, if that differs from `syrk`.
    fn herk<I: BlasInt>(f: Self::Herk<I>) -> Option<HerkFn<Self, I>>;
}

pub(crate) type RealInner<E, I> = unsafe extern "C" fn(I, *const E, I, *const E, I) -> E;
pub(crate) type ComplexInner<R, I> = unsafe extern "C" fn(I, *const [R; 2], I, *const [R; 2], I, *mut [R; 2]);

pub(crate) type GemmFn<E, I> = unsafe extern "C" fn(
    CBLAS_LAYOUT,
    CBLAS_TRANSPOSE,
    CBLAS_TRANSPOSE,
    I,
    I,
    I,
    <E as CblasElement>::Factor,
    *const <E as CblasElement>::Raw,
    I,
    *const <E as CblasElement>::Raw,
    I,
    <E as CblasElement>::Factor,
    *mut <E as CblasElement>::Raw,
    I,
);
pub(crate) type GemvFn<E, I> = unsafe extern "C" fn(
    CBLAS_LAYOUT,
    CBLAS_TRANSPOSE,
    I,
    I,
    <E as CblasElement>::Factor,
    *const <E as CblasElement>::Raw,
    I,
    *const <E as CblasElement>::Raw,
    I,
    <E as CblasElement>::Factor,
    *mut <E as CblasElement>::Raw,
    I,
);
pub(crate) type SyrkFn<E, I> = unsafe extern "C" fn(
    CBLAS_LAYOUT,
    CBLAS_UPLO,
    CBLAS_TRANSPOSE,
    I,
    I,
    <E as CblasElement>::Factor,
    *const <E as CblasElement>::Raw,
    I,
    <E as CblasElement>::Factor,
    *mut <E as CblasElement>::Raw,
    I,
);
pub(crate) type HerkFn<E, I> = unsafe extern "C" fn(
    CBLAS_LAYOUT,
    CBLAS_UPLO,
    CBLAS_TRANSPOSE,
    I,
    I,
    <E as Field>::Real,
    *const <E as CblasElement>::Raw,
    I,
    <E as Field>::Real,
    *mut <E as CblasElement>::Raw,
    I,
);
pub(crate) type GerFn<E, I> = unsafe extern "C" fn(
    CBLAS_LAYOUT,
    I,
    I,
    <E as CblasElement>::Factor,
    *const <E as CblasElement>::Raw,
    I,
    *const <E as CblasElement>::Raw,
    I,
    *mut <E as CblasElement>::Raw,
    I,
);
pub(crate) type NormFn<E, I> = unsafe extern "C" fn(I, *const <E as CblasElement>::Raw, I) -> <E as Field>::Real;
pub(crate) type ScalFn<E, I> = unsafe extern "C" fn(I, <E as CblasElement>::Factor, *mut <E as CblasElement>::Raw, I);
pub(crate) type AxpyFn<E, I> = unsafe extern "C" fn(
    I,
    <E as CblasElement>::Factor,
    *const <E as CblasElement>::Raw,
    I,
    *mut <E as CblasElement>::Raw,
    I,
);
pub(crate) type IamaxFn<E, I> = unsafe extern "C" fn(I, *const <E as CblasElement>::Raw, I) -> I;

/// The functions of one element type.
pub(crate) struct Routines<E: CblasElement, I: BlasInt> {
    pub gemm: GemmFn<E, I>,
    pub gemv: GemvFn<E, I>,
    pub syrk: SyrkFn<E, I>,
    pub herk: E::Herk<I>,
    pub ger: GerFn<E, I>,
    pub inner: E::Inner<I>,
    pub nrm2: NormFn<E, I>,
    pub asum: NormFn<E, I>,
    pub scal: ScalFn<E, I>,
    pub axpy: AxpyFn<E, I>,
    pub iamax: IamaxFn<E, I>,
}

/// The functions of one library.
pub(crate) struct Cblas<I: BlasInt> {
    pub s: Routines<f32, I>,
    pub d: Routines<f64, I>,
    pub c: Routines<Complex<f32>, I>,
    pub z: Routines<Complex<f64>, I>,
}

impl<I: BlasInt> Cblas<I> {
    /// The table by which these functions are called.
    pub const fn table(&'static self, integer_bits: u32) -> Table {
        Table { s: &self.s, d: &self.d, c: &self.c, z: &self.z, integer_bits }
    }
}

/// A [`Cblas`] with each function got by `$get!(cblas_name)`.
#[cfg(any(provider, feature = "dynamic"))]
macro_rules! cblas_table {
    ($get:ident) => {
        $crate::backend::cblas::Cblas {
            s: $crate::backend::cblas::Routines {
                gemm: $get!(cblas_sgemm),
                gemv: $get!(cblas_sgemv),
                syrk: $get!(cblas_ssyrk),
                herk: (),
                ger: $get!(cblas_sger),
                inner: $get!(cblas_sdot),
                nrm2: $get!(cblas_snrm2),
                asum: $get!(cblas_sasum),
                scal: $get!(cblas_sscal),
                axpy: $get!(cblas_saxpy),
                iamax: $get!(cblas_isamax),
            },
            d: $crate::backend::cblas::Routines {
                gemm: $get!(cblas_dgemm),
                gemv: $get!(cblas_dgemv),
                syrk: $get!(cblas_dsyrk),
                herk: (),
                ger: $get!(cblas_dger),
                inner: $get!(cblas_ddot),
                nrm2: $get!(cblas_dnrm2),
                asum: $get!(cblas_dasum),
                scal: $get!(cblas_dscal),
                axpy: $get!(cblas_daxpy),
                iamax: $get!(cblas_idamax),
            },
            c: $crate::backend::cblas::Routines {
                gemm: $get!(cblas_cgemm),
                gemv: $get!(cblas_cgemv),
                syrk: $get!(cblas_csyrk),
                herk: $get!(cblas_cherk),
                ger: $get!(cblas_cgeru),
                inner: [$get!(cblas_cdotu_sub), $get!(cblas_cdotc_sub)],
                nrm2: $get!(cblas_scnrm2),
                asum: $get!(cblas_scasum),
                scal: $get!(cblas_cscal),
                axpy: $get!(cblas_caxpy),
                iamax: $get!(cblas_icamax),
            },
            z: $crate::backend::cblas::Routines {
                gemm: $get!(cblas_zgemm),
                gemv: $get!(cblas_zgemv),
                syrk: $get!(cblas_zsyrk),
                herk: $get!(cblas_zherk),
                ger: $get!(cblas_zgeru),
                inner: [$get!(cblas_zdotu_sub), $get!(cblas_zdotc_sub)],
                nrm2: $get!(cblas_dznrm2),
                asum: $get!(cblas_dzasum),
                scal: $get!(cblas_zscal),
                axpy: $get!(cblas_zaxpy),
                iamax: $get!(cblas_izamax),
            },
        }
    };
}
#[cfg(any(provider, feature = "dynamic"))]
pub(crate) use cblas_table;

macro_rules! real_element {
    ($($t:ty)*) => {$(
        impl CblasElement for $t {
            type Raw = $t;
            type Factor = $t;
            type Inner<I: BlasInt> = RealInner<$t, I>;
            type Herk<I: BlasInt> = ();

            fn factor(&self) -> $t {
                *self
            }

            unsafe fn inner<I: BlasInt>(
                f: Self::Inner<I>,
                _: bool,
                n: I,
                x: *const $t,
                incx: I,
                y: *const $t,
                incy: I,
            ) -> $t {
                // SAFETY: passed on to the caller.
                unsafe { f(n, x, incx, y, incy) }
            }

            fn herk<I: BlasInt>((): ()) -> Option<HerkFn<Self, I>> {
                None
            }
        }
    )*};
}

macro_rules! complex_element {
    ($($real:ty)*) => {$(
        impl CblasElement for Complex<$real> {
            type Raw = [$real; 2];
            type Factor = *const [$real; 2];
            type Inner<I: BlasInt> = [ComplexInner<$real, I>; 2];
            type Herk<I: BlasInt> = HerkFn<Self, I>;

            fn factor(&self) -> *const [$real; 2] {
                std::ptr::from_ref(self).cast()
            }

            unsafe fn inner<I: BlasInt>(
                f: Self::Inner<I>,
                conj: bool,
                n: I,
                x: *const [$real; 2],
                incx: I,
                y: *const [$real; 2],
                incy: I,
            ) -> Self {
                let mut out = [0.0; 2];
                // SAFETY: passed on to the caller; `out` holds one element.
                unsafe { f[usize::from(conj)](n, x, incx, y, incy, &mut out) };
                Complex::new(out[0], out[1])
            }

            fn herk<I: BlasInt>(f: HerkFn<Self, I>) -> Option<HerkFn<Self, I>> {
                Some(f)
            }
        }
    )*};
}

real_element!(f32 f64);
complex_element!(f32 f64);

impl<E: CblasElement, I: BlasInt> Calls<E> for Routines<E, I> {
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
        let (a, b, c) = (a.cast(), b.cast(), c.cast());
        // SAFETY: passed on to the caller.
        unsafe { (self.gemm)(layout, trans_a, trans_b, m, n, k, alpha.factor(), a, lda, b, ldb, beta.factor(), c, ldc) }
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
        let (a, x, y) = (a.cast(), x.cast(), y.cast());
        // SAFETY: passed on to the caller.
        unsafe { (self.gemv)(layout, trans, m, n, alpha.factor(), a, lda, x, incx, beta.factor(), y, incy) };
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
        let (a, c) = (a.cast(), c.cast());
        // SAFETY: passed on to the caller.
        unsafe { (self.syrk)(layout, uplo, trans, n, k, alpha.factor(), a, lda, beta.factor(), c, ldc) }
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
        let herk = E::herk(self.herk)?;
        // SAFETY: passed on to the caller.
        unsafe { herk(layout, uplo, trans, n, k, alpha, a.cast(), lda, beta, c.cast(), ldc) };
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
        // SAFETY: passed on to the caller.
        unsafe { (self.ger)(layout, m, n, alpha.factor(), x.cast(), incx, y.cast(), incy, a.cast(), lda) }
    }

    unsafe fn xdot(&self, conj: bool, n: I, x: *const E, incx: I, y: *const E, incy: I) -> E {
        // SAFETY: passed on to the caller.
        unsafe { E::inner(self.inner, conj, n, x.cast(), incx, y.cast(), incy) }
    }

    unsafe fn xaxpy(&self, n: I, alpha: &E, x: *const E, incx: I, y: *mut E, incy: I) {
        // SAFETY: passed on to the caller.
        unsafe { (self.axpy)(n, alpha.factor(), x.cast(), incx, y.cast(), incy) }
    }

    unsafe fn xscal(&self, n: I, alpha: &E, x: *mut E, incx: I) {
        // SAFETY: passed on to the caller.
        unsafe { (self.scal)(n, alpha.factor(), x.cast(), incx) }
    }

    unsafe fn xnrm2(&self, n: I, x: *const E, incx: I) -> E::Real {
        // SAFETY: passed on to the caller.
        unsafe { (self.nrm2)(n, x.cast(), incx) }
    }

    unsafe fn xasum(&self, n: I, x: *const E, incx: I) -> E::Real {
        // SAFETY: passed on to the caller.
        unsafe { (self.asum)(n, x.cast(), incx) }
    }

    unsafe fn xiamax(&self, n: I, x: *const E, incx: I) -> usize {
        // SAFETY: passed on to the caller.
        unsafe { (self.iamax)(n, x.cast(), incx) }.index()
    }
}
