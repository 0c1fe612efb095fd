//! Libraries opened while the program runs.

mod examine;
mod names;
mod search;

use std::ffi::{CStr, c_void};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use libloading::Library;

use super::calls::BlasInt;
use super::cblas::{Cblas, cblas_table};
use super::fortran::ComplexReturn;
use super::identity::{Identity, Symbols};
use super::provider::Provider;
use super::table::Table;
use super::{Backend, BackendError, FileProblem, Refusal, fortran, known_answer, loader, width};

use examine::{Examined, problem};
use names::{Interface, Names};
use search::ACCELERATE;
pub(crate) use search::named;
pub use search::{available, available_in};

/// Every library that passed its check. None is ever closed: their threads, and the functions in their tables, outlive
/// any scope.
static OPENED: Mutex<Vec<&'static Provider>> = Mutex::new(Vec::new());

/// Those opened so far, in that order.
pub(crate) fn opened() -> impl Iterator<Item = &'static Provider> {
    OPENED.lock().unwrap_or_else(PoisonError::into_inner).clone().into_iter()
}

/// Opens and checks a library, or finds it among those that are open.
pub(crate) fn open(file: &Path) -> Result<&'static Provider, BackendError> {
    let bare = file.components().count() == 1 && !file.exists();
    let found = if bare { search::in_loader_path(file) } else { None };
    // Perhaps the loader knows more places than we do.
    let only_loader_knows = bare && found.is_none() || cfg!(target_vendor = "apple") && file == Path::new(ACCELERATE);
    let file = found.as_deref().unwrap_or(file);
    let resolved = if only_loader_knows {
        file.to_owned()
    } else {
        examine::check_kind(file)?;
        file.canonicalize().map_err(|e| problem(file, FileProblem::Unreadable(e.to_string())))?
    };
    // Held until the library is checked, so that no two threads check it.
    let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(provider) = opened.iter().find(|provider| provider.backend == Backend::File(resolved.clone())) {
        return Ok(provider);
    }
    if !only_loader_knows {
        Examined::of(&resolved)?;
    }
    let provider: &'static Provider = Box::leak(Box::new(check(resolved)?));
    opened.push(provider);
    Ok(provider)
}

/// A library whose names are known.
struct Opened {
    library: &'static Library,
    names: Names,
}

impl Opened {
    fn address(&self, name: &str) -> Option<*const c_void> {
        // SAFETY: only the address is taken; what is called by it says why it may.
        let symbol = unsafe { self.library.get::<unsafe extern "C" fn()>(name.as_bytes()) }.ok()?;
        Some(*symbol as *const c_void)
    }

    /// The address of a BLAS function by its plain name.
    fn blas(&self, name: &str) -> Result<*const c_void, String> {
        let name = self.names.decorate(name);
        self.address(&name).ok_or(name)
    }
}

impl Symbols for Opened {
    fn find(&self, name: &CStr) -> Option<*const c_void> {
        let name = name.to_str().ok()?;
        self.address(&self.names.decorate(name)).or_else(|| self.address(name))
    }
}

fn check(file: PathBuf) -> Result<Provider, BackendError> {
    let library: &'static Library = Box::leak(Box::new(dlopen(&file)?));
    let mut lacks = Vec::new();
    let mut choices = Names::CANDIDATES.iter().map(|&names| Opened { library, names });
    let opened = choices
        .find(|opened| {
            let missing = opened.blas(opened.names.interface.gemm()).err();
            lacks.extend(missing.clone());
            missing.is_none()
        })
        .ok_or_else(|| BackendError::MissingSymbols { file: file.clone(), lacks })?;
    let refused = |reason| BackendError::Refused {
        name: Identity::of(&opened).map_or("unknown BLAS", |identity| identity.name).to_owned(),
        file: Some(file.display().to_string()),
        reason,
    };
    let bits =
        integer_bits(&opened).map_err(|name| BackendError::MissingSymbols { file: file.clone(), lacks: vec![name] })?;
    let bits = bits.map_err(refused)?;
    // SAFETY: the library stays loaded and its integers were probed.
    let table = unsafe {
        match (opened.names.interface, bits) {
            (Interface::Cblas, 32) => cblas::<i32>(&opened, bits).map(Ok),
            (Interface::Cblas, _) => cblas::<i64>(&opened, bits).map(Ok),
            (Interface::Fortran, bits) => complex_return(&opened).and_then(|returns| match returns {
                Err(reason) => Ok(Err(reason)),
                Ok(returns) if bits == 32 => fortran::<i32>(&opened, returns, bits).map(Ok),
                Ok(returns) => fortran::<i64>(&opened, returns, bits).map(Ok),
            }),
        }
    };
    let table = table.map_err(|name| BackendError::MissingSymbols { file: file.clone(), lacks: vec![name] })?;
    let table = table.map_err(refused)?;
    // SAFETY: as above.
    unsafe { known_answer::check(&table) }.map_err(refused)?;
    let real_file = opened.blas(opened.names.interface.gemm()).ok().and_then(loader::file_of);
    Ok(Provider::library(Backend::File(file.clone()), table, opened, Some(real_file.unwrap_or(file))))
}

/// Opens a library so that its own functions call each other, whatever else of the same names is in the process.
#[cfg(unix)]
fn dlopen(file: &Path) -> Result<Library, BackendError> {
    use libloading::os::unix;

    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    fn own_names_first() -> std::ffi::c_int {
        // AddressSanitizer stops the process at a deep binding: its own names have to come first.
        let sanitized = unix::Library::this();
        // SAFETY: only asks whether the name is there.
        if unsafe { sanitized.get::<unsafe extern "C" fn()>(b"__asan_init") }.is_ok() { 0 } else { libc::RTLD_DEEPBIND }
    }
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    fn own_names_first() -> std::ffi::c_int {
        0
    }

    let flags = unix::RTLD_NOW | unix::RTLD_LOCAL | own_names_first();
    // SAFETY: a library's initialisers may do anything; that this one is a BLAS is the caller's wish, and it was looked
    // at.
    unsafe { unix::Library::open(Some(file), flags) }
        .map(Library::from)
        .map_err(|error| problem(file, FileProblem::Loader(error.to_string())))
}

#[cfg(not(unix))]
fn dlopen(file: &Path) -> Result<Library, BackendError> {
    // SAFETY: as for unix.
    unsafe { Library::new(file) }.map_err(|error| problem(file, FileProblem::Loader(error.to_string())))
}

/// The width of the library's integers, or why it contradicts itself. The outer error is a missing function.
fn integer_bits(opened: &Opened) -> Result<Result<u32, Refusal>, String> {
    let gemm = opened.blas(opened.names.interface.gemm())?;
    // A LAPACK that merely lies beside the BLAS may have integers of its own.
    let ilaver = opened.blas("ilaver_").ok().filter(|&ilaver| loader::same_object(gemm, ilaver));
    let names = opened.names.interface;
    // SAFETY: each name has this signature at one width or the other.
    let by_ilaver = ilaver.map(|f| unsafe { width::by_ilaver(width::function(f)) });
    // SAFETY: as above.
    let is_narrow = unsafe {
        match names {
            Interface::Cblas => width::is_narrow_by_sscal(width::function(opened.blas("cblas_sscal")?)),
            Interface::Fortran => width::is_narrow_by_fortran_sscal(width::function(opened.blas("sscal_")?)),
        }
    };
    // SAFETY: as above.
    let by_isamax = || unsafe {
        match names {
            Interface::Cblas => opened.blas("cblas_isamax").map(|f| width::by_isamax(width::function(f))),
            Interface::Fortran => opened.blas("isamax_").map(|f| width::by_fortran_isamax(width::function(f))),
        }
    };
    let found = match by_ilaver {
        _ if is_narrow => 32,
        Some(64) => 64,
        // Where `ilaver` says 32 this is a harmless question if it is true; a wrong belief in 32 bits would pass
        // whatever the upper halves of registers hold.
        _ => by_isamax()?,
    };
    let wrong = |expected| Ok(Err(Refusal::IntegerWidth { expected, found }));
    match (by_ilaver, opened.names.promised_bits()) {
        (Some(told), _) if told != found => wrong(told),
        (_, Some(promised)) if promised != found => wrong(promised),
        _ => Ok(Ok(found)),
    }
}

/// # Safety
/// The library's integers have width `I`.
unsafe fn cblas<I: BlasInt>(opened: &Opened, bits: u32) -> Result<Table, String> {
    macro_rules! get {
        ($name:ident) => {
            // SAFETY: the name is paired with the type that CBLAS gives it, at the width that the caller probed.
            unsafe { width::function(opened.blas(stringify!($name))?) }
        };
    }
    let table: &'static Cblas<I> = Box::leak(Box::new(cblas_table!(get)));
    Ok(table.table(bits))
}

/// How a library with Fortran's names returns complex numbers, or why it contradicts itself.
fn complex_return(opened: &Opened) -> Result<Result<ComplexReturn, Refusal>, String> {
    let mut found = Vec::new();
    for name in ["cdotu_", "cdotc_", "zdotu_", "zdotc_"] {
        // SAFETY: these are a library's complex inner products.
        found.push(unsafe { fortran::complex_return(opened.blas(name)?) });
    }
    let first = found[0];
    Ok(if found.iter().all(|&one| one == first) { Ok(first) } else { Err(Refusal::ComplexReturn) })
}

/// # Safety
/// The library's integers have width `I`, and it returns complex numbers so.
unsafe fn fortran<I: BlasInt>(opened: &Opened, returns: ComplexReturn, bits: u32) -> Result<Table, String> {
    // SAFETY: BLAS functions of the width that the caller probed, in a library that is never closed.
    unsafe { fortran::table::<I, String>(&|name| opened.blas(name), returns, bits) }
}
