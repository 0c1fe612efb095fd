//! The table of CBLAS functions: their types, once for each element type and each width of integer.

use cblas_sys::{CBLAS_LAYOUT, CBLAS_TRANSPOSE, CBLAS_UPLO};
use num_complex::Complex;

use crate::kernel::Field;

/// The integers that a library takes: 32 bits (LP64) or 64 (ILP64).
pub(crate) trait BlasInt: Copy + 'static {
    /// `n` in this width, or `None` where it would be truncated.
    fn new(n: isize) -> Option<Self>;
    fn index(self) -> usize;
}

macro_rules! blas_int {
    ($($t:ty)*) => {$(
        impl BlasInt for $t {
            fn new(n: isize) -> Option<Self> {
                n.try_into().ok()
            }
            fn index(self) -> usize {
                self as usize
            }
        }
    )*};
}

blas_int!(i32 i64);

/// An element type that BLAS knows.
pub(crate) trait BlasElement: Field {
    /// How C names the element: `double`, or two of them.
    type Raw: Copy + 'static;
    /// How a scalar factor is passed: by value if real, by reference if complex.
    type Factor: Copy;
    /// The inner product: returned if real, written through a pointer if complex.
    type Inner<I: BlasInt>: Copy;
    /// `herk`, where the conjugate differs from the element.
    type Herk<I: BlasInt>: Copy;

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

    /// This type's functions in a table.
    fn routines<I: BlasInt>(table: &Cblas<I>) -> &Routines<Self, I>;
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
    <E as BlasElement>::Factor,
    *const <E as BlasElement>::Raw,
    I,
    *const <E as BlasElement>::Raw,
    I,
    <E as BlasElement>::Factor,
    *mut <E as BlasElement>::Raw,
    I,
);
pub(crate) type GemvFn<E, I> = unsafe extern "C" fn(
    CBLAS_LAYOUT,
    CBLAS_TRANSPOSE,
    I,
    I,
    <E as BlasElement>::Factor,
    *const <E as BlasElement>::Raw,
    I,
    *const <E as BlasElement>::Raw,
    I,
    <E as BlasElement>::Factor,
    *mut <E as BlasElement>::Raw,
    I,
);
pub(crate) type SyrkFn<E, I> = unsafe extern "C" fn(
    CBLAS_LAYOUT,
    CBLAS_UPLO,
    CBLAS_TRANSPOSE,
    I,
    I,
    <E as BlasElement>::Factor,
    *const <E as BlasElement>::Raw,
    I,
    <E as BlasElement>::Factor,
    *mut <E as BlasElement>::Raw,
    I,
);
pub(crate) type HerkFn<E, I> = unsafe extern "C" fn(
    CBLAS_LAYOUT,
    CBLAS_UPLO,
    CBLAS_TRANSPOSE,
    I,
    I,
    <E as Field>::Real,
    *const <E as BlasElement>::Raw,
    I,
    <E as Field>::Real,
    *mut <E as BlasElement>::Raw,
    I,
);
pub(crate) type GerFn<E, I> = unsafe extern "C" fn(
    CBLAS_LAYOUT,
    I,
    I,
    <E as BlasElement>::Factor,
    *const <E as BlasElement>::Raw,
    I,
    *const <E as BlasElement>::Raw,
    I,
    *mut <E as BlasElement>::Raw,
    I,
);
pub(crate) type NormFn<E, I> = unsafe extern "C" fn(I, *const <E as BlasElement>::Raw, I) -> <E as Field>::Real;
pub(crate) type ScalFn<E, I> = unsafe extern "C" fn(I, <E as BlasElement>::Factor, *mut <E as BlasElement>::Raw, I);
pub(crate) type AxpyFn<E, I> = unsafe extern "C" fn(
    I,
    <E as BlasElement>::Factor,
    *const <E as BlasElement>::Raw,
    I,
    *mut <E as BlasElement>::Raw,
    I,
);
pub(crate) type IamaxFn<E, I> = unsafe extern "C" fn(I, *const <E as BlasElement>::Raw, I) -> I;

/// The functions of one element type.
pub(crate) struct Routines<E: BlasElement, I: BlasInt> {
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

/// A [`Cblas`] table with each function got by `$get!(cblas_name)`.
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
    ($($t:ty, $field:ident;)*) => {$(
        impl BlasElement for $t {
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

            fn routines<I: BlasInt>(table: &Cblas<I>) -> &Routines<Self, I> {
                &table.$field
            }
        }
    )*};
}

macro_rules! complex_element {
    ($($real:ty, $field:ident;)*) => {$(
        impl BlasElement for Complex<$real> {
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

            fn routines<I: BlasInt>(table: &Cblas<I>) -> &Routines<Self, I> {
                &table.$field
            }
        }
    )*};
}

real_element! { f32, s; f64, d; }
complex_element! { f32, c; f64, z; }
