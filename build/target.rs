//! What is being built.

use std::collections::BTreeSet;
use std::path::PathBuf;

/// The parts of a target triple, as Cargo tells them.
#[derive(Clone, Debug, Default)]
pub struct Target {
    pub triple: String,
    pub arch: String,
    pub vendor: String,
    pub os: String,
    pub env: String,
    /// The triple of the machine that compiles.
    pub host: String,
}

impl Target {
    pub fn is_apple(&self) -> bool {
        self.vendor == "apple"
    }

    pub fn is_windows(&self) -> bool {
        self.os == "windows"
    }

    pub fn is_msvc(&self) -> bool {
        self.is_windows() && self.env == "msvc"
    }

    pub fn is_wasm(&self) -> bool {
        self.arch.starts_with("wasm")
    }

    pub fn is_cross(&self) -> bool {
        self.triple != self.host
    }

    /// Debian's name for the target, which its library directories carry.
    pub fn multiarch(&self) -> Option<String> {
        if self.os != "linux" {
            return None;
        }
        let (arch, abi) = match (self.arch.as_str(), self.env.as_str()) {
            (_, "musl") => return None,
            ("x86", _) => ("i386", "gnu"),
            ("arm", env) if env.ends_with("hf") || self.triple.ends_with("hf") => ("arm", "gnueabihf"),
            ("arm", _) => ("arm", "gnueabi"),
            ("powerpc64", _) if self.triple.starts_with("powerpc64le") => ("powerpc64le", "gnu"),
            (arch, _) => (arch, "gnu"),
        };
        Some(format!("{arch}-linux-{abi}"))
    }
}

/// Everything that decides the outcome besides what is found on the machine.
#[derive(Clone, Debug, Default)]
pub struct Input {
    pub target: Target,
    /// The crate's features that are on.
    pub features: BTreeSet<String>,
    /// Whether only documentation is built, on a machine that has no BLAS.
    pub docs_rs: bool,
    /// Where a linker script or links to libraries may be put.
    pub link_dir: PathBuf,
}

impl Input {
    pub fn on(&self, feature: &str) -> bool {
        self.features.contains(feature)
    }
}
