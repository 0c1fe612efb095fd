//! Choosing the provider.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::identity::Identity;
use super::provider::{NATIVE, Provider};
use super::{BackendError, Runtime, library, threads};
use crate::scalar::ElementKind;

/// A provider, as one asks for it.
///
/// It can be parsed from what `POLYBLAS_BACKEND` takes, and prints as that:
///
/// ```
/// use polyblas::backend::Backend;
///
/// assert_eq!("native".parse(), Ok(Backend::Native));
/// assert_eq!("openblas".parse(), Ok(Backend::Named("openblas".to_owned())));
/// assert_eq!("/opt/libblas.so".parse(), Ok(Backend::File("/opt/libblas.so".into())));
/// let error = "openbals".parse::<Backend>().unwrap_err();
/// assert!(error.to_string().starts_with("`openbals` names no provider: expected `native`, `linked`, one of `openblas`"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Backend {
    /// The native engine.
    Native,
    /// The BLAS that was linked at build time.
    Linked,
    /// A library by its name: `openblas`, `mkl`, `blis`, `atlas`, `netlib`, `flexiblas` or `accelerate`. The linked one
    /// if it is that, else the first on this machine that can be used; needs the feature `dynamic`.
    Named(String),
    /// The library in this file; needs the feature `dynamic`.
    File(PathBuf),
}

impl FromStr for Backend {
    type Err = BackendError;

    fn from_str(value: &str) -> Result<Self, BackendError> {
        let is_path = || {
            let named_as_library = [".so", ".dylib", ".dll"].iter().any(|part| value.contains(part));
            value.contains(std::path::is_separator) || named_as_library || Path::new(value).exists()
        };
        match value {
            "native" => Ok(Backend::Native),
            "linked" => Ok(Backend::Linked),
            _ if Identity::keys().any(|key| key == value) => Ok(Backend::Named(value.to_owned())),
            _ if is_path() => Ok(Backend::File(value.into())),
            _ => Err(BackendError::UnknownName { value: value.to_owned() }),
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Backend::Native => f.write_str("native"),
            Backend::Linked => f.write_str("linked"),
            Backend::Named(name) => f.write_str(name),
            Backend::File(file) => file.display().fmt(f),
        }
    }
}

/// The provider in use; null until the first product.
static CURRENT: AtomicPtr<Provider> = AtomicPtr::new(std::ptr::null_mut());

/// The provider in use. A product asks once and keeps to the answer, so another thread may select meanwhile.
///
/// # Panics
/// At the first product, if `POLYBLAS_BACKEND` names a provider that cannot be used.
#[inline]
pub(crate) fn current() -> &'static Provider {
    in_use().unwrap_or_else(|| first())
}

/// The provider in use, if there is one yet.
#[inline]
fn in_use() -> Option<&'static Provider> {
    let current = CURRENT.load(Ordering::Acquire);
    // SAFETY: only pointers to providers that live for ever are stored.
    unsafe { current.as_ref() }
}

#[cold]
#[track_caller]
fn first() -> &'static Provider {
    choose().unwrap_or_else(|error| panic!("{error}"))
}

/// The first choice: what the environment says, else the linked library if it is sound, else the native engine.
fn choose() -> Result<&'static Provider, String> {
    let provider = match std::env::var("POLYBLAS_BACKEND") {
        Ok(value) if !value.is_empty() => value
            .parse()
            .and_then(|backend| find(&backend))
            .map_err(|error| format!("POLYBLAS_BACKEND={value}: {error}"))?,
        _ => match linked_provider() {
            Some(Ok(provider)) => provider,
            Some(Err(_)) | None => &NATIVE,
        },
    };
    if let Some(threads) = threads::asked_for() {
        provider.set_threads(threads);
    }
    // Whoever selected meanwhile knows better.
    let new = std::ptr::from_ref(provider).cast_mut();
    let _ = CURRENT.compare_exchange(std::ptr::null_mut(), new, Ordering::AcqRel, Ordering::Acquire);
    Ok(provider)
}

fn find(backend: &Backend) -> Result<&'static Provider, BackendError> {
    match backend {
        Backend::Native => Ok(&NATIVE),
        Backend::Linked => linked_provider().unwrap_or(Err(BackendError::NothingLinked)),
        Backend::Named(name) => match linked_provider() {
            Some(Ok(linked)) if linked.identity.is_some_and(|identity| identity.key == name) => Ok(linked),
            _ => library::named(name),
        },
        Backend::File(file) => library::open(file),
    }
}

/// Uses another provider from the next product on, in every thread; products that have begun end on the one they began
/// on.
///
/// A number of threads asked for by `POLYBLAS_NUM_THREADS` or [`threads::set`] is asked of the new provider too.
///
/// # Errors
/// When it is not there or gives wrong answers; the one in use stays in use.
///
/// ```
/// use polyblas::backend::{self, Backend};
///
/// backend::select(&Backend::Native)?;
/// assert_eq!(backend::current_runtime().name, "native");
/// # Ok::<(), backend::BackendError>(())
/// ```
pub fn select(backend: &Backend) -> Result<(), BackendError> {
    let provider = find(backend)?;
    if let Some(threads) = threads::asked_for() {
        provider.set_threads(threads);
    }
    CURRENT.store(std::ptr::from_ref(provider).cast_mut(), Ordering::Release);
    Ok(())
}

/// Opens the library in a file and checks it; it stays loaded for the process's life. The provider in use stays in use
/// until the result is [selected](select).
///
/// A name without a folder, such as `libopenblas.so.0`, is looked for as the system's loader does. Every CBLAS and
/// every BLAS with Fortran's names can be loaded, LP64 or ILP64, whatever prefix or suffix its names have.
///
/// # Errors
/// When the file is no library for this machine, has not the functions of BLAS, or gives wrong answers. Without the
/// feature `dynamic`, always.
///
/// ```no_run
/// use polyblas::backend;
///
/// let openblas = backend::load("/usr/lib/x86_64-linux-gnu/libopenblas.so.0")?;
/// backend::select(&openblas)?;
/// # Ok::<(), backend::BackendError>(())
/// ```
pub fn load(file: impl AsRef<Path>) -> Result<Backend, BackendError> {
    library::open(file.as_ref()).map(|provider| provider.backend.clone())
}

/// Which provider is in use.
#[must_use]
pub fn selected() -> Backend {
    current().backend.clone()
}

/// Whether products of these elements run on the native engine.
pub(crate) fn is_native_for(kind: ElementKind) -> bool {
    !kind.is_blas() || current().is_native()
}

/// What the provider in use tells of itself.
#[must_use]
pub fn current_runtime() -> Runtime {
    current().runtime()
}

/// The same, or why the provider that `POLYBLAS_BACKEND` names cannot be used.
pub(crate) fn try_current_runtime() -> Result<Runtime, String> {
    in_use().map_or_else(choose, Ok).map(Provider::runtime)
}

/// What the linked BLAS tells of itself, or why it is refused; `None` where none was linked.
#[must_use]
pub fn linked() -> Option<Result<Runtime, BackendError>> {
    linked_provider().map(|provider| provider.map(Provider::runtime))
}

/// What each provider that is loaded tells of itself: the native engine, the linked BLAS, and every library that was
/// opened at run time, in that order.
///
/// ```
/// assert_eq!(polyblas::backend::loaded()[0].name, "native");
/// ```
#[must_use]
pub fn loaded() -> Vec<Runtime> {
    let linked = linked_provider().and_then(Result::ok);
    [&NATIVE].into_iter().chain(linked).chain(library::opened()).map(Provider::runtime).collect()
}

/// The linked library, checked at first use.
pub(super) fn linked_provider() -> Option<Result<&'static Provider, BackendError>> {
    static LINKED: OnceLock<Option<Result<Provider, BackendError>>> = OnceLock::new();
    LINKED.get_or_init(open_linked).as_ref().map(|provider| provider.as_ref().map_err(Clone::clone))
}

#[cfg(not(provider))]
fn open_linked() -> Option<Result<Provider, BackendError>> {
    None
}

#[cfg(provider)]
fn open_linked() -> Option<Result<Provider, BackendError>> {
    use super::{Refusal, known_answer, linked, width};

    let provider = Provider::library(Backend::Linked, linked::table(), linked::LinkedSymbols, linked::file());
    // SAFETY: these are the linked library's functions.
    let bits =
        unsafe { if width::is_narrow_by_sscal(linked::sscal()) { 32 } else { width::by_isamax(linked::isamax()) } };
    let sound = if bits == 32 {
        // SAFETY: the linked library's functions, whose integers have 32 bits.
        unsafe { known_answer::check(&linked::table()) }
    } else {
        Err(Refusal::IntegerWidth { expected: 32, found: bits })
    };
    Some(match sound {
        Ok(()) => Ok(provider),
        Err(reason) => Err(BackendError::Refused {
            name: provider.name().to_owned(),
            file: provider.file.as_ref().map(|file| file.display().to_string()),
            reason,
        }),
    })
}
