//! A BLAS in a shared library, through CBLAS with 32-bit dimensions.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::hint::black_box;
use std::path::Path;

use anyhow::{Context, Result, bail};
use libloading::Library;
use num_complex::Complex;

use crate::case::{Kind, Op};
use crate::element::Element;
use crate::problem::{Call, Operands};

const ROW_MAJOR: c_int = 101;
const PLAIN: c_int = 111;
const TRANSPOSED: c_int = 112;
const UPPER: c_int = 121;

/// An opened library, whose CBLAS names begin with `prefix`.
pub struct Blas {
    library: Library,
    prefix: &'static str,
    pub name: String,
    /// The kernels that it has chosen for this CPU, in its own words.
    pub core: Option<String>,
}

impl Blas {
    /// Opens a library and asks what it is. Its name says its version, so that two of a kind can stand side by side.
    pub fn open(path: &Path, threads: usize) -> Result<Self> {
        let library = open_locally(path)?;
        let prefix = ["", "scipy_"]
            .into_iter()
            .find(|prefix| symbol_in::<*const c_void>(&library, &format!("{prefix}cblas_dgemm")).is_ok())
            .with_context(|| format!("{} has no cblas_dgemm", path.display()))?;
        let mut blas = Blas { library, prefix, name: String::new(), core: None };
        (blas.name, blas.core) =
            blas.identify(threads).with_context(|| format!("{} is no library known here", path.display()))?;
        blas.refuse_wide_integers()?;
        Ok(blas)
    }

    /// A function of the library. The caller gives its true type.
    pub fn symbol<F: Copy>(&self, name: &str) -> Result<F> {
        symbol_in(&self.library, name)
    }

    /// The library's own word for what it is and which kernels it uses, after its threads have been set.
    fn identify(&self, threads: usize) -> Result<(String, Option<String>)> {
        let threads = threads as c_int;
        let prefix = self.prefix;
        // SAFETY: the functions are declared as the libraries' headers declare them; the strings are static.
        unsafe {
            if let Ok(config) = self.symbol::<extern "C" fn() -> *const c_char>(&format!("{prefix}openblas_get_config"))
            {
                self.symbol::<extern "C" fn(c_int)>(&format!("{prefix}openblas_set_num_threads"))?(threads);
                let text = CStr::from_ptr(config()).to_string_lossy();
                let version = text.split_whitespace().nth(1).unwrap_or("?");
                let core: extern "C" fn() -> *const c_char = self.symbol(&format!("{prefix}openblas_get_corename"))?;
                let core = CStr::from_ptr(core()).to_string_lossy().into_owned();
                return Ok((format!("OpenBLAS {}", three_parts(version)), Some(core)));
            }
            if let Ok(version) = self.symbol::<extern "C" fn(*mut c_char, c_int)>("mkl_get_version_string") {
                self.symbol::<extern "C" fn(c_int)>("MKL_Set_Num_Threads")?(threads);
                let mut text = [0u8; 200];
                version(text.as_mut_ptr().cast(), text.len() as c_int);
                let text = String::from_utf8_lossy(&text).into_owned();
                let year = text.split("Version ").nth(1).and_then(|rest| rest.split(['-', ' ']).next()).unwrap_or("?");
                return Ok((format!("MKL {year}"), None));
            }
            if let Ok(version) = self.symbol::<extern "C" fn() -> *const c_char>("bli_info_get_version_str") {
                self.symbol::<extern "C" fn(isize)>("bli_thread_set_num_threads")?(threads as isize);
                let version = CStr::from_ptr(version()).to_string_lossy();
                let ask: (extern "C" fn() -> c_int, extern "C" fn(c_int) -> *const c_char) =
                    (self.symbol("bli_arch_query_id")?, self.symbol("bli_arch_string")?);
                let core = CStr::from_ptr((ask.1)((ask.0)())).to_string_lossy().into_owned();
                return Ok((format!("BLIS {}", three_parts(&version)), Some(core)));
            }
        }
        bail!("it answers to none of openblas_get_config, mkl_get_version_string, bli_info_get_version_str")
    }

    /// Asks where the largest of three numbers is, with a count whose low 32 bits say 3 and whose 64 bits are negative:
    /// a library with 64-bit integers finds nothing.
    fn refuse_wide_integers(&self) -> Result<()> {
        let find: extern "C" fn(i64, *const f32, i64) -> usize =
            self.symbol(&format!("{}cblas_isamax", self.prefix))?;
        let found = find(0xffff_ffff_0000_0003_u64 as i64, [1.0, 3.0, 2.0].as_ptr(), 1);
        if found as u32 != 1 {
            bail!("it takes 64-bit integers (ILP64)");
        }
        Ok(())
    }
}

/// Packagers append numbers of their own.
fn three_parts(version: &str) -> String {
    version.split('.').take(3).collect::<Vec<_>>().join(".")
}

#[cfg(unix)]
fn open_locally(path: &Path) -> Result<Library> {
    use libloading::os::unix;
    // SAFETY: loading a library runs its initialisers; this is a BLAS that the user has installed.
    let library = unsafe { unix::Library::open(Some(path), unix::RTLD_NOW | unix::RTLD_LOCAL) };
    Ok(library.with_context(|| format!("cannot open {}", path.display()))?.into())
}

#[cfg(not(unix))]
fn open_locally(path: &Path) -> Result<Library> {
    // SAFETY: loading a library runs its initialisers; this is a BLAS that the user has installed.
    unsafe { Library::new(path) }.with_context(|| format!("cannot open {}", path.display()))
}

fn symbol_in<F: Copy>(library: &Library, name: &str) -> Result<F> {
    // SAFETY: each caller gives the type under which the library's header declares the name.
    unsafe { library.get::<F>(name).map(|symbol| *symbol) }.with_context(|| format!("it has no {name}"))
}

/// Fills the lower triangle of a square from the upper, block by block: what numpy does after `syrk`.
fn mirror<T: Copy>(c: &mut [T], n: usize, ldc: usize) {
    const BLOCK: usize = 32;
    for i0 in (0..n).step_by(BLOCK) {
        for j0 in (0..=i0).step_by(BLOCK) {
            for i in i0..n.min(i0 + BLOCK) {
                for j in j0..i.min(j0 + BLOCK) {
                    c[i * ldc + j] = c[j * ldc + i];
                }
            }
        }
    }
}

pub fn prepare<'a, T: Element>(blas: &'a Blas, p: Operands<'a, T>) -> Option<Call<'a>> {
    match T::KIND {
        Kind::F64 => f64_call(blas, p.downcast()?),
        Kind::F32 => f32_call(blas, p.downcast()?),
        Kind::C64 => c64_call(blas, p.downcast()?),
        Kind::C32 => c32_call(blas, p.downcast()?),
        _ => None,
    }
}

/// One type's calls. Complex routines take their factors by address, and spell some names otherwise.
macro_rules! calls {
    ($prepare:ident, $t:ty, $letter:literal, $factor:ty, $pass:expr, $ger:literal, $inner:expr) => {
        fn $prepare<'a>(blas: &'a Blas, p: Operands<'a, $t>) -> Option<Call<'a>> {
            type Gemm = unsafe extern "C" fn(
                c_int,
                c_int,
                c_int,
                c_int,
                c_int,
                c_int,
                $factor,
                *const $t,
                c_int,
                *const $t,
                c_int,
                $factor,
                *mut $t,
                c_int,
            );
            type Syrk = unsafe extern "C" fn(
                c_int,
                c_int,
                c_int,
                c_int,
                c_int,
                $factor,
                *const $t,
                c_int,
                $factor,
                *mut $t,
                c_int,
            );
            type Gemv = unsafe extern "C" fn(
                c_int,
                c_int,
                c_int,
                c_int,
                $factor,
                *const $t,
                c_int,
                *const $t,
                c_int,
                $factor,
                *mut $t,
                c_int,
            );
            type Ger =
                unsafe extern "C" fn(c_int, c_int, c_int, $factor, *const $t, c_int, *const $t, c_int, *mut $t, c_int);
            let named = |stem: &str| format!("{}cblas_{}{stem}", blas.prefix, $letter);
            let [m, n, k] = [p.m, p.n, p.k].map(|d| c_int::try_from(d).expect("the bench's dimensions fit 32 bits"));
            let (lda, ldb, ldc) = (p.a_strides.0 as c_int, p.b_strides.0 as c_int, p.ldc as c_int);
            let (one, zero) = (<$t as num_traits::One>::one(), <$t as num_traits::Zero>::zero());
            let (a, b, c) = (p.a, p.b, p.c);
            #[allow(clippy::redundant_closure_call)]
            let pass = $pass;
            Some(match p.op {
                Op::Gemm => {
                    let gemm: Gemm = blas.symbol(&named("gemm")).ok()?;
                    // SAFETY: dimensions and leading dimensions are those of the operands, which outlive the call.
                    Box::new(move || unsafe {
                        let (a, b, c) = (black_box(a).as_ptr(), b.as_ptr(), c.as_mut_ptr());
                        gemm(ROW_MAJOR, PLAIN, PLAIN, m, n, k, pass(&one), a, lda, b, ldb, pass(&zero), c, ldc);
                    })
                }
                Op::Syrk => {
                    let syrk: Syrk = blas.symbol(&named("syrk")).ok()?;
                    Box::new(move || {
                        // SAFETY: as above.
                        unsafe {
                            let (a, c) = (black_box(a).as_ptr(), c.as_mut_ptr());
                            syrk(ROW_MAJOR, UPPER, PLAIN, m, k, pass(&one), a, lda, pass(&zero), c, ldc);
                        }
                        mirror(c, m as usize, ldc as usize);
                    })
                }
                Op::Gemv | Op::Gemvt => {
                    let gemv: Gemv = blas.symbol(&named("gemv")).ok()?;
                    let (transpose, rows, cols) = if p.op == Op::Gemv { (PLAIN, m, k) } else { (TRANSPOSED, k, m) };
                    // SAFETY: as above; the stored matrix has `rows` rows of `cols` elements.
                    Box::new(move || unsafe {
                        let (a, b, c) = (black_box(a).as_ptr(), b.as_ptr(), c.as_mut_ptr());
                        gemv(ROW_MAJOR, transpose, rows, cols, pass(&one), a, cols, b, 1, pass(&zero), c, 1);
                    })
                }
                Op::Ger => {
                    let ger: Ger = blas.symbol(&named($ger)).ok()?;
                    // SAFETY: as above.
                    Box::new(move || unsafe {
                        let (a, b, c) = (black_box(a).as_ptr(), b.as_ptr(), c.as_mut_ptr());
                        ger(ROW_MAJOR, m, n, pass(&one), a, 1, b, 1, c, ldc);
                    })
                }
                #[allow(clippy::redundant_closure_call)]
                Op::Inner => ($inner)(blas, &named, k, a, b, c)?,
                Op::Dot | Op::Widen | Op::Cast | Op::Batch => return None,
            })
        }
    };
}

type Named<'n> = &'n dyn Fn(&str) -> String;

fn real_inner<'a, T: Element>(
    blas: &'a Blas,
    named: Named<'_>,
    k: c_int,
    a: &'a [T],
    b: &'a [T],
    c: &'a mut [T],
) -> Option<Call<'a>> {
    let dot: unsafe extern "C" fn(c_int, *const T, c_int, *const T, c_int) -> T = blas.symbol(&named("dot")).ok()?;
    // SAFETY: both vectors hold k elements, one apart.
    Some(Box::new(move || c[0] = unsafe { dot(k, black_box(a).as_ptr(), 1, b.as_ptr(), 1) }))
}

fn complex_inner<'a, T: Element>(
    blas: &'a Blas,
    named: Named<'_>,
    k: c_int,
    a: &'a [T],
    b: &'a [T],
    c: &'a mut [T],
) -> Option<Call<'a>> {
    let dot: unsafe extern "C" fn(c_int, *const T, c_int, *const T, c_int, *mut T) =
        blas.symbol(&named("dotu_sub")).ok()?;
    // SAFETY: both vectors hold k elements, one apart; the result is one element.
    Some(Box::new(move || unsafe { dot(k, black_box(a).as_ptr(), 1, b.as_ptr(), 1, c.as_mut_ptr()) }))
}

calls!(f64_call, f64, "d", f64, |x: &f64| *x, "ger", real_inner);
calls!(f32_call, f32, "s", f32, |x: &f32| *x, "ger", real_inner);
calls!(
    c64_call,
    Complex<f64>,
    "z",
    *const Complex<f64>,
    |x: &Complex<f64>| std::ptr::from_ref(x),
    "geru",
    complex_inner
);
calls!(
    c32_call,
    Complex<f32>,
    "c",
    *const Complex<f32>,
    |x: &Complex<f32>| std::ptr::from_ref(x),
    "geru",
    complex_inner
);
