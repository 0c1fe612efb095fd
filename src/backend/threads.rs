//! How many threads the provider in use may use.

/// Threads that the next product may use.
#[must_use]
pub fn get() -> usize {
    1
}
