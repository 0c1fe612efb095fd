//! Which one of the selected providers is linked.

use super::error::{Error, Missing};
use super::linkage::Linkage;
use super::probe::Probe;
use super::target::{Input, Target};
use super::{accelerate, blis, mkl, netlib, openblas, system};

type Find = fn(&Input, &dyn Probe) -> Result<Linkage, Error>;

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
    place: &'static Place,
    find: Find,
}

/// Where a provider exists, in code and in words.
struct Place {
    includes: fn(&Target) -> bool,
    words: &'static str,
}

static APPLE: Place = Place { includes: Target::is_apple, words: "on Apple's systems only" };
static X86: Place = Place { includes: |target| target.arch == "x86_64", words: "for x86_64 only" };
static NATIVE: Place = Place { includes: |target| !target.is_wasm(), words: "outside WebAssembly only" };
static UNIX_LIKE: Place = Place {
    includes: |target| !target.is_wasm() && !target.is_msvc(),
    words: "outside WebAssembly and MSVC only (its source has no MSVC build)",
};

const fn row(
    feature: &'static str,
    provider: &'static str,
    name: &'static str,
    place: &'static Place,
    find: Find,
) -> Row {
    Row { feature, provider, name, implies: None, place, find }
}

impl Row {
    const fn implies(self, feature: &'static str) -> Row {
        Row { implies: Some(feature), ..self }
    }

    fn exists_for(&self, target: &Target) -> bool {
        (self.place.includes)(target)
    }
}

/// The order of choice.
static ROWS: &[Row] = &[
    row("accelerate", "accelerate", "Accelerate", &APPLE, accelerate::find),
    row("mkl", "mkl", "Intel MKL", &X86, mkl::threaded),
    row("mkl-sequential", "mkl", "Intel MKL", &X86, mkl::sequential),
    row("mkl-dynamic", "mkl", "Intel MKL", &X86, mkl::dynamic),
    row("openblas", "openblas", "OpenBLAS", &NATIVE, openblas::system),
    row("openblas-static", "openblas", "OpenBLAS", &UNIX_LIKE, openblas::from_source),
    row("blis-system", "blis", "BLIS", &NATIVE, blis::system).implies("blis"),
    row("blis", "blis", "BLIS", &UNIX_LIKE, blis::from_source),
    row("netlib-system", "netlib", "Netlib", &NATIVE, netlib::system).implies("netlib"),
    row("netlib", "netlib", "Netlib", &UNIX_LIKE, netlib::from_source),
    row("system", "system", "the system's BLAS", &NATIVE, system::find),
    row("blas-src", "blas-src", "the blas-src crate's provider", &NATIVE, system::blas_src),
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
        None => selected.iter().copied().find(|row| row.exists_for(&input.target)).or(selected.first().copied()),
    };
    let passed_over = selected.iter().filter(|row| winner.is_none_or(|winner| winner.feature != row.feature));
    let passed_over: Vec<String> = passed_over
        .map(|row| match row.exists_for(&input.target) {
            true => row.feature.to_owned(),
            false => format!("{} (exists {})", row.feature, row.place.words),
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
    if !row.exists_for(&input.target) {
        let (feature, name, only) = (row.feature, row.name, row.place.words);
        return Err(Error::NotForTarget { feature, name, target: input.target.triple.clone(), only });
    }
    plan.linkage = (row.find)(input, probe).map_err(|error| match error {
        Error::Missing(missing) => {
            let usable = selected.iter().copied().filter(|r| r.feature != row.feature && r.exists_for(&input.target));
            Error::Missing(Box::new(Missing { also_selected: names(&usable.collect::<Vec<_>>()), ..*missing }))
        }
        error => error,
    })?;
    Ok(plan)
}
