//! A machine that exists only in a test.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::logic::{Answer, Input, Plan, Probe, Target, resolve};

/// Files with what is in them, variables and pkg-config packages, and what is being built.
#[derive(Clone, Default)]
pub struct Machine {
    input: Input,
    files: BTreeMap<PathBuf, String>,
    links: BTreeMap<PathBuf, PathBuf>,
    variables: BTreeMap<String, String>,
    packages: BTreeMap<String, Answer>,
    package_variables: BTreeMap<(String, String), String>,
}

impl Machine {
    pub fn new(triple: &str) -> Self {
        let (arch, vendor, os, env) = match triple {
            "x86_64-unknown-linux-gnu" => ("x86_64", "unknown", "linux", "gnu"),
            "x86_64-unknown-linux-musl" => ("x86_64", "unknown", "linux", "musl"),
            "aarch64-unknown-linux-gnu" => ("aarch64", "unknown", "linux", "gnu"),
            "x86_64-apple-darwin" => ("x86_64", "apple", "macos", ""),
            "aarch64-apple-darwin" => ("aarch64", "apple", "macos", ""),
            "x86_64-pc-windows-msvc" => ("x86_64", "pc", "windows", "msvc"),
            "x86_64-pc-windows-gnu" => ("x86_64", "pc", "windows", "gnu"),
            "wasm32-wasip1" => ("wasm32", "unknown", "wasi", "p1"),
            _ => panic!("no such target in these tests: {triple}"),
        };
        let text = str::to_owned;
        let target = Target {
            triple: text(triple),
            arch: text(arch),
            vendor: text(vendor),
            os: text(os),
            env: text(env),
            host: text(triple),
        };
        let input = Input { target, features: BTreeSet::new(), docs_rs: false, link_dir: "/out/link".into() };
        Machine { input, ..Machine::default() }
    }

    pub fn linux() -> Self {
        Machine::new("x86_64-unknown-linux-gnu")
    }

    pub fn macos() -> Self {
        Machine::new("aarch64-apple-darwin")
    }

    pub fn windows() -> Self {
        Machine::new("x86_64-pc-windows-msvc")
    }

    pub fn host(mut self, triple: &str) -> Self {
        self.input.target.host = triple.to_owned();
        self
    }

    pub fn features(mut self, features: &[&str]) -> Self {
        self.input.features.extend(features.iter().map(|&feature| feature.to_owned()));
        self
    }

    pub fn on_docs_rs(mut self) -> Self {
        self.input.docs_rs = true;
        self
    }

    pub fn file(mut self, path: &str, text: &str) -> Self {
        self.files.insert(path.into(), text.to_owned());
        self
    }

    pub fn link(mut self, path: &str, to: &str) -> Self {
        self.links.insert(path.into(), to.into());
        self
    }

    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    pub fn package(mut self, name: &str, version: &str, library_dir: &str, include_dir: &str) -> Self {
        let answer = Answer {
            version: Some(version.to_owned()),
            libraries: vec![name.to_owned()],
            library_dirs: vec![library_dir.into()],
            include_dirs: vec![include_dir.into()],
            file_dir: Some("/pkgconfig".into()),
            ..Answer::default()
        };
        self.packages.insert(name.to_owned(), answer);
        self
    }

    pub fn package_variable(mut self, package: &str, variable: &str, value: &str) -> Self {
        self.package_variables.insert((package.to_owned(), variable.to_owned()), value.to_owned());
        self
    }

    #[track_caller]
    pub fn plan(&self) -> Plan {
        resolve(&self.input, self).unwrap_or_else(|error| panic!("{error}"))
    }

    #[track_caller]
    pub fn error(&self) -> String {
        match resolve(&self.input, self) {
            Ok(plan) => panic!("no error, but {plan:?}"),
            Err(error) => error.to_string(),
        }
    }
}

impl Probe for Machine {
    fn env(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    fn is_file(&self, path: &Path) -> bool {
        self.files.contains_key(&self.resolve_links(path))
    }

    fn list(&self, dir: &Path) -> Vec<String> {
        let paths = self.files.keys().chain(self.links.keys());
        let names = paths.filter(|path| path.parent() == Some(dir)).filter_map(|path| path.file_name()?.to_str());
        let mut names: Vec<String> = names.map(str::to_owned).collect();
        names.sort();
        names
    }

    fn read(&self, path: &Path) -> Option<String> {
        self.files.get(&self.resolve_links(path)).cloned()
    }

    fn mentions(&self, path: &Path, symbol: &str) -> bool {
        self.read(path).is_some_and(|text| text.contains(symbol))
    }

    fn resolve_links(&self, path: &Path) -> PathBuf {
        self.links.get(path).cloned().unwrap_or_else(|| path.to_owned())
    }

    fn package(&self, name: &str) -> Result<Answer, String> {
        self.packages.get(name).cloned().ok_or_else(|| "no such package".to_owned())
    }

    fn package_variable(&self, package: &str, variable: &str) -> Option<String> {
        self.package_variables.get(&(package.to_owned(), variable.to_owned())).cloned()
    }
}
