//! Why a provider cannot be used.

use std::path::PathBuf;

use thiserror::Error;

use super::Refusal;
use super::identity::Identity;

/// Why a provider cannot be used. The one in use stays in use.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BackendError {
    /// No provider feature was on at build time.
    #[error("no BLAS is linked into this build; build with a provider feature, such as `--features openblas`")]
    NothingLinked,
    /// A library is asked for that only a build with the feature `dynamic` can open.
    #[error(
        "`{asked}` would have to be opened at run time, which this build cannot; build with `--features dynamic`, or \
         choose `native`{}", if *.linked { " or `linked`" } else { "" }
    )]
    NeedsDynamic {
        /// What was asked for.
        asked: String,
        /// Whether a BLAS is linked into this build.
        linked: bool,
    },
    /// A name that means nothing here.
    #[error("`{value}` names no provider: expected `native`, `linked`, one of {}, or the path of a library", keys())]
    UnknownName {
        /// What was asked for.
        value: String,
    },
    /// No library of this name on the machine can be used.
    #[error(
        "no usable `{name}` was found; looked in {}{}; give the path of the library, or install it",
        list(.searched.iter().map(|dir| dir.display().to_string())),
        tried(.refused)
    )]
    NotFound {
        /// What was asked for.
        name: String,
        /// The folders where libraries were looked for.
        searched: Vec<PathBuf>,
        /// Libraries of this name that were found, and why each could not be used.
        refused: Vec<BackendError>,
    },
    /// The file is no library that this program can open.
    #[error("{} cannot be opened: {problem}", .file.display())]
    NotALibrary {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        problem: FileProblem,
    },
    /// The library lacks functions of BLAS.
    #[error("{} is no BLAS that can be called: it lacks {}", .file.display(), list(.lacks.iter()))]
    MissingSymbols {
        /// The library.
        file: PathBuf,
        /// The names that were looked for and are not there.
        lacks: Vec<String>,
    },
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
}

/// What is wrong with a file that should be a library.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FileProblem {
    /// There is none.
    #[error("there is no such file")]
    Missing,
    /// It cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// It is a folder or a device.
    #[error("it is a {0}, not a file; give the library itself")]
    NotAFile(&'static str),
    /// It has not the form of a library.
    #[error("it is no shared library ({0})")]
    NotAnObject(String),
    /// It is a library for another machine.
    #[error("it is a library for {found}, and this program runs on {expected}")]
    OtherMachine {
        /// What the file is for.
        found: String,
        /// What this program is for.
        expected: &'static str,
    },
    /// It ends before what its header promises.
    #[error("it is truncated: its header promises {expected} bytes and {found} are there")]
    Truncated {
        /// Bytes that its header promises.
        expected: u64,
        /// Bytes that are there.
        found: u64,
    },
    /// The system's loader refused it.
    #[error("the loader says: {0}")]
    Loader(String),
}

fn list<T: ToString>(items: impl Iterator<Item = T>) -> String {
    let items: Vec<String> = items.map(|item| item.to_string()).collect();
    if items.is_empty() { "no folder".to_owned() } else { items.join(", ") }
}

fn keys() -> String {
    list(Identity::keys().map(|key| format!("`{key}`")))
}

fn tried(refused: &[BackendError]) -> String {
    refused.iter().map(|error| format!("; {error}")).collect()
}
