//! In place of `library` in a build without the feature `dynamic`: no library can be opened.

use std::path::Path;

use super::provider::{NATIVE, Provider};
use super::select::linked_provider;
use super::{Available, BackendError};

fn needs_dynamic(asked: &dyn ToString) -> BackendError {
    BackendError::NeedsDynamic { asked: asked.to_string(), linked: linked_provider().is_some_and(|l| l.is_ok()) }
}

pub(crate) fn open(file: &Path) -> Result<&'static Provider, BackendError> {
    Err(needs_dynamic(&file.display()))
}

pub(crate) fn named(name: &str) -> Result<&'static Provider, BackendError> {
    Err(needs_dynamic(&name))
}

pub(crate) fn opened() -> impl Iterator<Item = &'static Provider> {
    std::iter::empty()
}

/// The providers that can be selected: the native engine and the linked BLAS. With the feature `dynamic`, also every
/// BLAS that is found on the machine.
///
/// ```
/// assert_eq!(polyblas::backend::available()[0].name, "native");
/// ```
#[must_use]
pub fn available() -> Vec<Available> {
    [&NATIVE].into_iter().chain(linked_provider().and_then(Result::ok)).map(Available::of).collect()
}

/// As [`available`]; the folders count only with the feature `dynamic`.
#[must_use]
pub fn available_in<P: AsRef<Path>>(_folders: &[P]) -> Vec<Available> {
    available()
}
