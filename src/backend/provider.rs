//! A provider as a row of data: its operations, and what it tells of itself.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::identity::{Identity, Symbols, Told, version_in_name};
use super::table::Table;
use super::{Backend, Runtime};

/// A library that multiplies, or the native engine.
pub(crate) struct Provider {
    /// How it is asked for.
    pub backend: Backend,
    /// Its operations; the native engine has none of BLAS's, and does everything.
    pub table: Option<Table>,
    /// The library that was recognised, if one was.
    pub identity: Option<&'static Identity>,
    pub symbols: Option<Box<dyn Symbols + Send + Sync>>,
    /// The file it was loaded from.
    pub file: Option<PathBuf>,
    /// For a library on OpenMP, which keeps a number of threads for each thread that calls it: what that is if nobody
    /// asks for another.
    pub threads_of_each_caller: Option<usize>,
    /// For a library that only one thread may call at a time.
    pub turns: Option<Mutex<()>>,
    /// For a library that reads past the end of `f32` operands.
    pub reads_past_end: bool,
}

/// The engine that is in every build.
pub(crate) static NATIVE: Provider = Provider {
    backend: Backend::Native,
    table: None,
    identity: None,
    symbols: None,
    file: None,
    threads_of_each_caller: None,
    turns: None,
    reads_past_end: false,
};

impl Provider {
    /// A library whose integers were probed.
    #[cfg_attr(not(any(provider, feature = "dynamic")), allow(dead_code))]
    pub fn library(
        backend: Backend,
        table: Table,
        symbols: impl Symbols + Send + Sync + 'static,
        file: Option<PathBuf>,
    ) -> Self {
        let identity = Identity::of(&symbols);
        let openmp = identity.filter(|identity| identity.is_openmp(&symbols));
        let threads_of_each_caller = openmp.and_then(|identity| identity.threads(&symbols));
        let one_caller = identity.is_some_and(|identity| identity.is_for_one_caller(&symbols));
        let turns = one_caller.then(|| Mutex::new(()));
        let reads_past_end = identity.is_some_and(|identity| identity.reads_past_end(&symbols));
        let symbols: Option<Box<dyn Symbols + Send + Sync>> = Some(Box::new(symbols));
        Provider { backend, table: Some(table), identity, symbols, file, threads_of_each_caller, turns, reads_past_end }
    }

    /// To be held while the library is called.
    #[inline(always)]
    pub fn turn(&self) -> Option<MutexGuard<'_, ()>> {
        self.turns.as_ref().map(|turns| turns.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn is_native(&self) -> bool {
        self.table.is_none()
    }

    pub fn name(&self) -> &'static str {
        match self.identity {
            Some(identity) => identity.name,
            None if self.is_native() => "native",
            None => "unknown BLAS",
        }
    }

    pub fn threads(&'static self) -> usize {
        super::threads::follow(self);
        match (self.identity, &self.symbols) {
            (Some(identity), Some(symbols)) => identity.threads(symbols.as_ref()).unwrap_or(1),
            _ if self.is_native() => super::threads::native(),
            _ => 1,
        }
    }

    /// The most threads that it makes sense to set: one for a library that cannot be told.
    pub fn max_threads(&self) -> usize {
        match (self.identity, &self.symbols) {
            (Some(identity), Some(symbols)) if identity.is_threaded(symbols.as_ref()) => super::threads::cores(),
            _ if self.is_native() && cfg!(feature = "parallel") => super::threads::cores(),
            _ => 1,
        }
    }

    /// Whether the provider could be told.
    pub fn set_threads(&self, threads: usize) -> bool {
        match (self.identity, &self.symbols) {
            (Some(identity), Some(symbols)) => identity.set_threads(symbols.as_ref(), threads),
            _ => self.is_native(),
        }
    }

    /// What the provider tells of itself now.
    pub fn runtime(&'static self) -> Runtime {
        let (threads, max_threads) = (self.threads(), self.max_threads());
        let Some(table) = &self.table else {
            let threading = if cfg!(feature = "parallel") { "rayon" } else { "none" };
            return Runtime {
                name: self.name().to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
                configuration: None,
                core: Some(crate::kernel::simd_report().level.to_owned()),
                threading: Some(threading.to_owned()),
                integer_bits: None,
                file: None,
                threads,
                max_threads,
            };
        };
        let told = match (self.identity, &self.symbols) {
            (Some(identity), Some(symbols)) => identity.tell(symbols.as_ref()),
            _ => Told::default(),
        };
        Runtime {
            name: self.name().to_owned(),
            version: told.version.or_else(|| version_in_name(self.file.as_deref()?)),
            configuration: told.configuration,
            core: told.core,
            threading: told.threading,
            integer_bits: Some(table.integer_bits),
            file: self.file.clone(),
            threads,
            max_threads,
        }
    }
}
