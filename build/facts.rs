//! What the report includes: the facts as Rust source.

use std::fmt::Write;

use super::choice::Plan;
use super::linkage::Library;

/// What is known of the crate's own build.
#[derive(Clone, Debug, Default)]
pub struct Package {
    pub version: String,
    pub rustc: Option<String>,
    pub target: String,
    pub host: String,
    pub profile: String,
    pub opt_level: String,
    pub target_cpu: Option<String>,
    pub target_features: Vec<String>,
    pub features: Vec<String>,
}

/// The functions `package`, `blas`, `lapack` and `advice` of `src/config/built.rs`.
pub fn facts(package: &Package, plan: &Plan) -> String {
    let mut text = String::new();
    let Package { version, rustc, target, host, profile, opt_level, target_cpu, target_features, features } = package;
    let fields = [
        ("version", owned(version)),
        ("rustc", option(rustc)),
        ("target", owned(target)),
        ("host", owned(host)),
        ("profile", owned(profile)),
        ("opt_level", owned(opt_level)),
        ("debug_assertions", "cfg!(debug_assertions)".into()),
        ("target_cpu", option(target_cpu)),
        ("target_features", list(target_features)),
        ("features", list(features)),
        ("provider", option(&plan.feature.map(str::to_owned))),
        ("passed_over", list(&plan.passed_over)),
    ];
    function(&mut text, "package", "Package", &fields);
    function(&mut text, "blas", "Library", &library(&plan.linkage.blas));
    function(&mut text, "lapack", "Library", &library(&plan.linkage.lapack));
    text.push_str("pub(super) fn advice() -> Vec<Advice> {\n    vec![\n");
    for (finding, remedy) in &plan.linkage.advice {
        let _ = writeln!(text, "        Advice {{ finding: {}, remedy: {} }},", owned(finding), owned(remedy));
    }
    text.push_str("    ]\n}\n");
    text
}

fn function(text: &mut String, name: &str, result: &str, fields: &[(&str, String)]) {
    let _ = writeln!(text, "pub(super) fn {name}() -> {result} {{\n    {result} {{");
    for (field, value) in fields {
        let _ = writeln!(text, "        {field}: {value},");
    }
    text.push_str("    }\n}\n\n");
}

fn library(library: &Library) -> [(&'static str, String); 13] {
    let paths = |paths: &[std::path::PathBuf]| list(&paths.iter().map(|p| p.display().to_string()).collect::<Vec<_>>());
    [
        ("name", option(&library.name)),
        ("found", library.found.to_string()),
        ("version", option(&library.version)),
        ("interface", option(&library.interface)),
        ("linkage", option(&library.linkage)),
        ("detection_method", option(&library.detection_method)),
        ("libraries", list(&library.libraries)),
        ("library_dirs", paths(&library.library_dirs)),
        ("include_dirs", paths(&library.include_dirs)),
        ("define_macros", list(&library.define_macros)),
        ("extra_link_args", list(&library.extra_link_args)),
        ("configuration", option(&library.configuration)),
        ("pc_file_dir", option(&library.pc_file_dir.as_ref().map(|dir| dir.display().to_string()))),
    ]
}

fn owned(text: &str) -> String {
    format!("{text:?}.to_owned()")
}

fn option(text: &Option<String>) -> String {
    text.as_ref().map_or("None".into(), |text| format!("Some({})", owned(text)))
}

fn list(texts: &[String]) -> String {
    format!("vec![{}]", texts.iter().map(|text| owned(text)).collect::<Vec<_>>().join(", "))
}
