//! The BLAS that was linked at build time, if one was: build.rs says which by `cfg(provider = "...")`.

use std::ffi::{CStr, c_void};
use std::path::PathBuf;

use super::cblas::{Cblas, cblas_table};
use super::identity::Symbols;

// A provider's crate has to be named for its link lines to reach the program.
#[cfg(all(provider = "accelerate", target_vendor = "apple"))]
extern crate accelerate_src as _;
#[cfg(provider = "blas-src")]
extern crate blas_src as _;
#[cfg(provider = "blis")]
extern crate blis_src as _;
#[cfg(all(provider = "netlib", not(feature = "netlib-system")))]
extern crate netlib_src as _;
#[cfg(provider = "openblas")]
extern crate openblas_src as _;

macro_rules! link {
    ($name:ident) => {
        cblas_sys::$name
    };
}

/// The linked functions. Static links are LP64, which the known-answer check proves.
pub(crate) static TABLE: Cblas<i32> = cblas_table!(link);

/// The address of the linked `cblas_isamax`, to be asked for the width of its integers.
pub(crate) fn isamax() -> super::cblas::IamaxFn<f32, i64> {
    let f: super::cblas::IamaxFn<f32, i32> = cblas_sys::cblas_isamax;
    // SAFETY: both are function pointers; `known_answer::integer_bits` calls it in a way that is right for either.
    unsafe { std::mem::transmute(f) }
}

/// The functions that tell of a library linked into the program itself, where no loader can find them by name.
#[cfg(any(provider = "openblas", provider = "mkl", provider = "blis"))]
macro_rules! own_symbols {
    ($($provider:literal: $($name:ident)*;)*) => {
        $(#[cfg(provider = $provider)]
        mod own {
            use std::ffi::{CStr, c_void};

            unsafe extern "C" {
                $(fn $name();)*
            }

            pub fn find(name: &CStr) -> Option<*const c_void> {
                match name.to_str().ok()? {
                    $(stringify!($name) => Some($name as *const c_void),)*
                    _ => None,
                }
            }
        })*
    };
}

#[cfg(any(provider = "openblas", provider = "mkl", provider = "blis"))]
own_symbols! {
    "openblas": openblas_get_config openblas_get_corename openblas_get_parallel openblas_get_num_threads
        openblas_set_num_threads;
    "mkl": MKL_Get_Version_String MKL_Get_Max_Threads MKL_Set_Num_Threads;
    "blis": bli_info_get_version_str bli_info_get_enable_openmp bli_info_get_enable_pthreads
        bli_thread_get_num_threads bli_thread_set_num_threads bli_arch_query_id bli_arch_string;
}

#[cfg(not(any(provider = "openblas", provider = "mkl", provider = "blis")))]
mod own {
    use std::ffi::{CStr, c_void};

    pub fn find(_: &CStr) -> Option<*const c_void> {
        None
    }
}

/// Finds functions of the linked library: those named at build time, else what the loader knows of the file that
/// `cblas_dgemm` comes from.
pub(crate) struct LinkedSymbols;

impl Symbols for LinkedSymbols {
    fn find(&self, name: &CStr) -> Option<*const c_void> {
        own::find(name).or_else(|| loader::find(name))
    }
}

/// The file that the linked functions were loaded from, links resolved; `None` where they are part of the program.
pub(crate) fn file() -> Option<PathBuf> {
    loader::file(cblas_sys::cblas_dgemm as *const c_void)
}

#[cfg(unix)]
mod loader {
    use std::ffi::{CStr, CString, OsStr, c_void};
    use std::os::unix::ffi::OsStrExt;
    use std::path::{Path, PathBuf};
    use std::sync::OnceLock;

    /// The file and the load address of the object that holds `address`.
    fn object(address: *const c_void) -> Option<(PathBuf, *mut c_void)> {
        // SAFETY: an all-zero `Dl_info` is four null pointers.
        let mut info: libc::Dl_info = unsafe { std::mem::zeroed() };
        // SAFETY: `info` is writable; any address may be asked for.
        if unsafe { libc::dladdr(address, &mut info) } == 0 || info.dli_fname.is_null() {
            return None;
        }
        // SAFETY: the loader gave a C string that lives as long as the object is loaded.
        let name = unsafe { CStr::from_ptr(info.dli_fname) };
        Some((Path::new(OsStr::from_bytes(name.to_bytes())).to_owned(), info.dli_fbase))
    }

    pub fn file(address: *const c_void) -> Option<PathBuf> {
        let (path, base) = object(address)?;
        let (_, own) = object(file as *const c_void)?;
        (base != own).then(|| path.canonicalize().unwrap_or(path))
    }

    /// The library's handle, so that only it and what it needs are searched: another BLAS may be in the process too.
    fn handle() -> *mut c_void {
        static HANDLE: OnceLock<usize> = OnceLock::new();
        *HANDLE.get_or_init(|| {
            let path = object(cblas_sys::cblas_dgemm as *const c_void).map(|(path, _)| path);
            let name = path.and_then(|path| CString::new(path.as_os_str().as_bytes()).ok());
            // SAFETY: a C string; NOLOAD only finds what is loaded already.
            name.map_or(0, |name| unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_LAZY | libc::RTLD_NOLOAD) as usize })
        }) as *mut c_void
    }

    pub fn find(name: &CStr) -> Option<*const c_void> {
        let handle = handle();
        let handle = if handle.is_null() { libc::RTLD_DEFAULT } else { handle };
        // SAFETY: a handle that is never closed, and a C string.
        let address = unsafe { libc::dlsym(handle, name.as_ptr()) };
        (!address.is_null()).then_some(address.cast_const())
    }
}

#[cfg(not(unix))]
mod loader {
    use std::ffi::{CStr, c_void};
    use std::path::PathBuf;

    pub fn file(_: *const c_void) -> Option<PathBuf> {
        None
    }

    pub fn find(_: &CStr) -> Option<*const c_void> {
        None
    }
}
