//! How a library decorates BLAS's names.

/// Which of BLAS's two sets of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interface {
    Cblas,
    Fortran,
}

impl Interface {
    /// A function that every BLAS has.
    pub fn gemm(self) -> &'static str {
        match self {
            Interface::Cblas => "cblas_dgemm",
            Interface::Fortran => "dgemm_",
        }
    }
}

/// A set of names, and what is put before and after each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Names {
    pub interface: Interface,
    prefix: &'static str,
    suffix: &'static str,
}

impl Names {
    /// Those in use, the plainest first; Fortran's only where there is no CBLAS.
    pub const CANDIDATES: &'static [Names] = {
        const fn names(interface: Interface, prefix: &'static str, suffix: &'static str) -> Names {
            Names { interface, prefix, suffix }
        }
        use Interface::{Cblas, Fortran};
        &[
            names(Cblas, "", ""),
            names(Cblas, "", "64_"),
            names(Cblas, "", "_64"),
            names(Cblas, "scipy_", ""),
            names(Cblas, "scipy_", "64_"),
            names(Fortran, "", ""),
            names(Fortran, "", "64_"),
            names(Fortran, "", "_64"),
            names(Fortran, "scipy_", ""),
            names(Fortran, "scipy_", "64_"),
        ]
    };

    pub fn decorate(&self, name: &str) -> String {
        format!("{}{name}{}", self.prefix, self.suffix)
    }

    /// A suffix is how builds with 64-bit integers set themselves apart.
    pub fn promised_bits(&self) -> Option<u32> {
        (!self.suffix.is_empty()).then_some(64)
    }
}
