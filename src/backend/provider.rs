//! A provider as a row of data: its functions, how wide its integers are, and what it tells of itself.

use std::path::PathBuf;

use super::Runtime;
use super::cblas::Cblas;
use super::identity::{Identity, Symbols, version_in_name};

/// The functions of a provider.
pub(crate) enum Functions {
    /// The native engine: every element type, no table.
    Native,
    Lp64(&'static Cblas<i32>),
    #[cfg_attr(not(feature = "dynamic"), allow(dead_code, reason = "static links are LP64 only"))]
    Ilp64(&'static Cblas<i64>),
}

/// A library that multiplies, or the native engine.
pub(crate) struct Provider {
    pub functions: Functions,
    /// The library that was recognised, if one was.
    pub identity: Option<&'static Identity>,
    pub symbols: Option<Box<dyn Symbols + Send + Sync>>,
    /// The file it was loaded from.
    pub file: Option<PathBuf>,
}

/// The engine that is in every build.
pub(crate) static NATIVE: Provider =
    Provider { functions: Functions::Native, identity: None, symbols: None, file: None };

impl Provider {
    pub fn name(&self) -> &str {
        match (&self.functions, self.identity) {
            (Functions::Native, _) => "native",
            (_, Some(identity)) => identity.name,
            (_, None) => "unknown BLAS",
        }
    }

    pub fn threads(&self) -> usize {
        match (self.identity, &self.symbols) {
            (Some(identity), Some(symbols)) => identity.threads(symbols.as_ref()).unwrap_or(1),
            _ => super::threads::native(),
        }
    }

    /// Whether the provider could be told.
    pub fn set_threads(&self, threads: usize) -> bool {
        match (self.identity, &self.symbols) {
            (Some(identity), Some(symbols)) => identity.set_threads(symbols.as_ref(), threads),
            _ => matches!(self.functions, Functions::Native),
        }
    }

    /// What the provider tells of itself now.
    pub fn runtime(&self) -> Runtime {
        let integer_bits = match self.functions {
            Functions::Native => None,
            Functions::Lp64(_) => Some(32),
            Functions::Ilp64(_) => Some(64),
        };
        if let Functions::Native = self.functions {
            let threading = if cfg!(feature = "parallel") { "rayon" } else { "none" };
            return Runtime {
                name: "native".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
                configuration: None,
                core: Some(crate::kernel::simd_report().level.to_owned()),
                threading: Some(threading.to_owned()),
                integer_bits,
                file: None,
                threads: super::threads::native(),
                max_threads: super::threads::cores(),
            };
        }
        let told = match (self.identity, &self.symbols) {
            (Some(identity), Some(symbols)) => identity.tell(symbols.as_ref()),
            _ => super::identity::Told::default(),
        };
        Runtime {
            name: self.name().to_owned(),
            version: told.version.or_else(|| version_in_name(self.file.as_deref()?)),
            configuration: told.configuration,
            core: told.core,
            threading: told.threading,
            integer_bits,
            file: self.file.clone(),
            threads: self.threads(),
            max_threads: super::threads::cores(),
        }
    }
}
