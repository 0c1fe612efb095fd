//! Choosing the provider.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, Ordering};

use thiserror::Error;

use super::provider::{NATIVE, Provider};
use super::{Refusal, Runtime, threads};
use crate::scalar::ElementKind;

/// The providers that can be asked for by name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Backend {
    /// The native engine.
    Native,
    /// The BLAS that was linked at build time.
    Linked,
}

/// Why a provider cannot be used. The one in use stays in use.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BackendError {
    /// No provider feature was on at build time.
    #[error("no BLAS is linked into this build; build with a provider feature, such as `--features openblas`")]
    NothingLinked,
    /// The library gave a wrong answer when it was checked.
    #[error("{name}{} is refused: {reason}", .file.as_ref().map(|f| format!(" ({f})")).unwrap_or_default())]
    Refused {
        /// The library.
        name: String,
        /// The file it was loaded from, if it was loaded.
        file: Option<String>,
        /// What was wrong.
        reason: Refusal,
    },
    /// A name in `POLYBLAS_BACKEND` that means nothing here.
    #[error("POLYBLAS_BACKEND={value}: expected `native` or `linked`")]
    UnknownName {
        /// What was asked for.
        value: String,
    },
}

/// The provider in use; null until the first product.
static CURRENT: AtomicPtr<Provider> = AtomicPtr::new(std::ptr::null_mut());

/// The provider in use. A product asks once and keeps to the answer.
///
/// # Panics
/// At the first product, if `POLYBLAS_BACKEND` names a provider that cannot be used.
#[inline]
pub(crate) fn current() -> &'static Provider {
    let current = CURRENT.load(Ordering::Acquire);
    // SAFETY: only pointers to providers that live for ever are stored.
    unsafe { current.as_ref() }.unwrap_or_else(|| first())
}

/// The first choice: what the environment says, else the linked library if it is sound, else the native engine.
#[cold]
#[track_caller]
fn first() -> &'static Provider {
    let provider = match std::env::var("POLYBLAS_BACKEND") {
        Ok(value) if !value.is_empty() => named(&value).unwrap_or_else(|e| panic!("{e}")),
        _ => match linked_provider() {
            Some(Ok(provider)) => provider,
            Some(Err(_)) | None => &NATIVE,
        },
    };
    if let Some(threads) = threads::from_environment() {
        provider.set_threads(threads);
    }
    put(provider);
    provider
}

fn put(provider: &'static Provider) {
    CURRENT.store(std::ptr::from_ref(provider).cast_mut(), Ordering::Release);
}

fn named(value: &str) -> Result<&'static Provider, BackendError> {
    match value {
        "native" => Ok(&NATIVE),
        "linked" => find(&Backend::Linked),
        _ => Err(BackendError::UnknownName { value: value.to_owned() }),
    }
}

fn find(backend: &Backend) -> Result<&'static Provider, BackendError> {
    match backend {
        Backend::Native => Ok(&NATIVE),
        Backend::Linked => linked_provider().unwrap_or(Err(BackendError::NothingLinked)),
    }
}

/// Uses another provider from the next product on, in every thread.
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
    put(find(backend)?);
    Ok(())
}

/// Which provider is in use.
#[must_use]
pub fn selected() -> Backend {
    if std::ptr::eq(current(), &NATIVE) { Backend::Native } else { Backend::Linked }
}

/// Whether products of these elements run on the native engine.
pub(crate) fn is_native_for(kind: ElementKind) -> bool {
    !kind.is_blas() || std::ptr::eq(current(), &NATIVE)
}

/// What the provider in use tells of itself.
#[must_use]
pub fn current_runtime() -> Runtime {
    current().runtime()
}

/// What the linked BLAS tells of itself, or why it is refused; `None` where none was linked.
#[must_use]
pub fn linked() -> Option<Result<Runtime, BackendError>> {
    linked_provider().map(|provider| provider.map(Provider::runtime))
}

/// The linked library, checked at first use.
fn linked_provider() -> Option<Result<&'static Provider, BackendError>> {
    static LINKED: OnceLock<Option<Result<Provider, BackendError>>> = OnceLock::new();
    LINKED.get_or_init(open_linked).as_ref().map(|provider| provider.as_ref().map_err(Clone::clone))
}

#[cfg(not(provider))]
fn open_linked() -> Option<Result<Provider, BackendError>> {
    None
}

#[cfg(provider)]
fn open_linked() -> Option<Result<Provider, BackendError>> {
    use super::identity::Identity;
    use super::{known_answer, linked, provider::Functions};

    let provider = Provider {
        functions: Functions::Lp64(&linked::TABLE),
        identity: Identity::of(&linked::LinkedSymbols),
        symbols: Some(Box::new(linked::LinkedSymbols)),
        file: linked::file(),
    };
    // SAFETY: this is the linked library's `isamax`.
    let bits = unsafe { known_answer::integer_bits(linked::isamax()) };
    let sound = if bits == 32 {
        // SAFETY: the linked library's functions, whose integers have 32 bits.
        unsafe { known_answer::check(&linked::TABLE) }
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
