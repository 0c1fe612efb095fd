//! Which one of the selected providers is linked.

use super::error::{Error, Missing};
use super::linkage::Linkage;
use super::probe::Probe;
use super::target::{Input, Target};
use super::{accelerate, blis, mkl, netlib, openblas, system};

/// A way to link a provider. Adding one is adding a row to [`ROWS`].
struct Row {
    /// The Cargo feature that selects it.
    feature: &'static str,
    /// The value of `cfg(provider)`.
    provider: &'static str,
    /// The library's name.
    name: &'static str,
    /// A feature that this one turns on, and stands in for.
    implies: Option<&'static str>,
    /// Whether it exists for a target, and where it does.
    exists: fn(&Target) -> bool,
    exists_only: &'static str,
    find: fn(&Input, &dyn Probe) -> Result<Linkage, Error>,
}

const NATIVE: fn(&Target) -> bool = |target| !target.is_wasm();
const X86: fn(&Target) -> bool = |target| matches!(target.arch.as_str(), "x86_64");
const NOT_MSVC: fn(&Target) -> bool = |target| !target.is_wasm() && !target.is_msvc();
const NOT_WASM: &str = "outside WebAssembly only";
const X86_ONLY: &str = "for x86_64 only";
const NOT_MSVC_ONLY: &str = "outside WebAssembly and MSVC only (its source has no MSVC build)";

#[rustfmt::skip]
const ROWS: &[Row] = &[
    Row { feature: "accelerate", provider: "accelerate", name: "Accelerate", implies: None, exists: Target::is_apple, exists_only: "on Apple's systems only", find: accelerate::find },
    Row { feature: "mkl", provider: "mkl", name: "Intel MKL", implies: None, exists: X86, exists_only: X86_ONLY, find: mkl::threaded },
    Row { feature: "mkl-sequential", provider: "mkl", name: "Intel MKL", implies: None, exists: X86, exists_only: X86_ONLY, find: mkl::sequential },
    Row { feature: "mkl-dynamic", provider: "mkl", name: "Intel MKL", implies: None, exists: X86, exists_only: X86_ONLY, find: mkl::dynamic },
    Row { feature: "openblas", provider: "openblas", name: "OpenBLAS", implies: None, exists: NATIVE, exists_only: NOT_WASM, find: openblas::system },
    Row { feature: "openblas-static", provider: "openblas", name: "OpenBLAS", implies: None, exists: NOT_MSVC, exists_only: NOT_MSVC_ONLY, find: openblas::from_source },
    Row { feature: "blis-system", provider: "blis", name: "BLIS", implies: Some("blis"), exists: NATIVE, exists_only: NOT_WASM, find: blis::system },
    Row { feature: "blis", provider: "blis", name: "BLIS", implies: None, exists: NOT_MSVC, exists_only: NOT_MSVC_ONLY, find: blis::from_source },
    Row { feature: "netlib-system", provider: "netlib", name: "Netlib", implies: Some("netlib"), exists: NATIVE, exists_only: NOT_WASM, find: netlib::system },
    Row { feature: "netlib", provider: "netlib", name: "Netlib", implies: None, exists: NOT_MSVC, exists_only: NOT_MSVC_ONLY, find: netlib::from_source },
    Row { feature: "system", provider: "system", name: "the system's BLAS", implies: None, exists: NATIVE, exists_only: NOT_WASM, find: system::find },
    Row { feature: "blas-src", provider: "blas-src", name: "the blas-src crate's provider", implies: None, exists: NATIVE, exists_only: NOT_WASM, find: system::blas_src },
];

/// What build.rs shall print and write.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// The value of `cfg(provider)`.
    pub provider: Option<&'static str>,
    /// The Cargo feature that selected it.
    pub feature: Option<&'static str>,
    /// Selected features that are not linked, each with the reason.
    pub passed_over: Vec<String>,
    pub linkage: Linkage,
}

impl Plan {
    /// Every value that `cfg(provider)` may have.
    pub fn providers() -> Vec<&'static str> {
        let mut names: Vec<_> = ROWS.iter().map(|row| row.provider).collect();
        names.dedup();
        names
    }

    /// What the user should be told during the build.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = self.linkage.warnings.clone();
        if !self.passed_over.is_empty() {
            let used = match (self.feature, &self.linkage.blas) {
                (Some(feature), blas) => match (&blas.name, &blas.version) {
                    (Some(name), Some(version)) => format!("`{feature}` ({name} {version})"),
                    _ => format!("`{feature}`"),
                },
                (None, _) => "no BLAS (the native engine)".to_owned(),
            };
            let passed_over = self.passed_over.join(", ");
            warnings.push(format!(
                "links {used}; passed over: {passed_over}. POLYBLAS_PROVIDER=NAME chooses another at build time"
            ));
        }
        warnings
    }
}

/// Picks one provider among those selected, in the order of [`ROWS`], and finds out how to link it.
pub fn resolve(input: &Input, probe: &dyn Probe) -> Result<Plan, Error> {
    let selected: Vec<&Row> = ROWS.iter().filter(|row| input.on(row.feature)).collect();
    let implied = |row: &Row| selected.iter().any(|other| other.implies == Some(row.feature));
    let selected: Vec<&Row> = selected.iter().copied().filter(|row| !implied(row)).collect();
    let names = |rows: &[&Row]| rows.iter().map(|row| row.feature.to_owned()).collect::<Vec<_>>();
    let wanted = probe.env("POLYBLAS_PROVIDER").filter(|_| !input.docs_rs);
    let winner = match wanted.as_deref() {
        Some("native" | "none") => None,
        Some(value) => {
            let matches = |row: &&&Row| row.feature == value || row.provider == value;
            let exact = selected.iter().find(|row| row.feature == value);
            let row = exact.or_else(|| selected.iter().find(matches));
            Some(*row.ok_or_else(|| Error::Override { value: value.into(), selected: names(&selected) })?)
        }
        None => selected.iter().copied().find(|row| (row.exists)(&input.target)).or(selected.first().copied()),
    };
    let passed_over = selected.iter().filter(|row| winner.is_none_or(|winner| winner.feature != row.feature));
    let passed_over: Vec<String> = passed_over
        .map(|row| match (row.exists)(&input.target) {
            true => row.feature.to_owned(),
            false => format!("{} (exists {})", row.feature, row.exists_only),
        })
        .collect();
    let Some(row) = winner else {
        return Ok(Plan { passed_over, ..Plan::default() });
    };
    let mut plan =
        Plan { provider: Some(row.provider), feature: Some(row.feature), passed_over, linkage: Linkage::default() };
    if input.docs_rs {
        plan.linkage.blas.name = Some(row.name.to_owned());
        return Ok(plan);
    }
    if !(row.exists)(&input.target) {
        let (feature, name, only) = (row.feature, row.name, row.exists_only);
        return Err(Error::NotForTarget { feature, name, target: input.target.triple.clone(), only });
    }
    plan.linkage = (row.find)(input, probe).map_err(|error| match error {
        Error::Missing(missing) => {
            let usable = selected.iter().copied().filter(|r| r.feature != row.feature && (r.exists)(&input.target));
            Error::Missing(Box::new(Missing { also_selected: names(&usable.collect::<Vec<_>>()), ..*missing }))
        }
        error => error,
    })?;
    Ok(plan)
}
