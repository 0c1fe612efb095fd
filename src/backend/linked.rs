//! The BLAS that was linked at build time, if one was: build.rs says which by `cfg(provider = "...")`.

use std::ffi::{CStr, c_void};
use std::path::PathBuf;

use super::cblas::{Cblas, cblas_table};
use super::identity::Symbols;
use super::loader;
use super::table::Table;
use super::width::{IsamaxFn, SscalFn};

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

/// The linked functions. Static links are LP64, which the probe of their width proves.
static TABLE: Cblas<i32> = cblas_table!(link);

pub(crate) fn table() -> Table {
    TABLE.table(32)
}

/// The linked `cblas_isamax`, to be asked for the width of its integers.
pub(crate) fn isamax() -> IsamaxFn {
    let f: super::cblas::IamaxFn<f32, i32> = cblas_sys::cblas_isamax;
    // SAFETY: both are function pointers; `width::by_isamax` calls it in a way that is right for either width.
    unsafe { std::mem::transmute(f) }
}

/// The linked `cblas_sscal`, for the same.
pub(crate) fn sscal() -> SscalFn {
    let f: super::cblas::ScalFn<f32, i32> = cblas_sys::cblas_sscal;
    // SAFETY: both are function pointers; `width::is_narrow_by_sscal` calls it in a way that is right for either width.
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
    "mkl": MKL_Get_Version_String MKL_Get_Max_Threads MKL_Set_Num_Threads MKL_Set_Num_Threads_Local;
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
        own::find(name).or_else(|| loader::find_beside(cblas_sys::cblas_dgemm as *const c_void, name))
    }
}

/// The file that the linked functions were loaded from, links resolved; `None` where they are part of the program.
pub(crate) fn file() -> Option<PathBuf> {
    loader::file_of(cblas_sys::cblas_dgemm as *const c_void)
}
