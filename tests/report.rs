//! The report's shape: its sections and names in their order, and what each provider must be able to tell of itself.
//!
//! `tests/golden/PROVIDER.txt` holds a line for each value. What depends on the machine stands there by its kind; what
//! follows from the provider stands there as it is. After a change that is meant, `POLYBLAS_BLESS=1 cargo test --test
//! report` writes the file anew.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

/// Values that follow from the provider alone.
const EXACT: &[&str] = &[
    "package.version",
    "package.provider",
    "blas.name",
    "blas.found",
    "blas.interface",
    "blas.linkage",
    "blas.libraries",
    "lapack.name",
    "lapack.found",
    "runtime.name",
    "runtime.interface",
    "runtime.linked_provider",
];

/// Values that a machine, a distribution or a way of installing may or may not offer.
const DEPENDS: &[&str] = &[
    "package.rustc",
    "blas.detection_method",
    "blas.include_dirs",
    "blas.configuration",
    "blas.pc_file_dir",
    "lapack.version",
    "lapack.interface",
    "lapack.linkage",
    "lapack.detection_method",
    "lapack.libraries",
    "lapack.library_dirs",
    "lapack.include_dirs",
    "lapack.configuration",
    "lapack.pc_file_dir",
    "runtime.core",
    "runtime.threading",
    "runtime.openmp_runtimes",
    "simd.found",
    "simd.not_found",
    "simd.baseline",
    "machine.cpu",
    "machine.physical_cores",
    "machine.logical_cores",
    "machine.usable_cores",
    "machine.l1_data_cache",
    "machine.l2_cache",
    "machine.l3_cache",
    "package.target_features",
    "package.features",
    "package.passed_over",
    "blas.extra_link_args",
    "lapack.extra_link_args",
];

/// Where the report says whatever library of the system was found, its name and file are the system's choice. What the
/// library that runs says of its integers is told of the one that was linked only if they are the same.
const OF_THE_SYSTEM: &[&str] = &[
    "blas.name",
    "blas.interface",
    "lapack.name",
    "lapack.found",
    "runtime.name",
    "runtime.configuration",
    "runtime.linked_provider",
    "runtime.version",
];

/// The names of the text report in order, as `section.name` or `section.group.name`.
fn names_of_text(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut section, mut group) = (String::new(), None);
    for line in text.lines().filter(|line| !line.is_empty()) {
        let indent = line.len() - line.trim_start().len();
        let words = line.trim_start();
        let (name, value) = words.split_once("  ").map_or((words, None), |(name, value)| (name, Some(value)));
        let name = name.replace(' ', "_");
        match (indent, value) {
            (0, _) => (section, group) = (name.to_lowercase(), None),
            (2, None) => group = Some(name),
            (2, Some(_)) => {
                group = None;
                names.push(format!("{section}.{name}"));
            }
            (4, Some(_)) => names.push(format!("{section}.{}.{name}", group.as_deref().expect("a group"))),
            _ => {} // a list that goes on
        }
    }
    names
}

fn names_of_json(value: &Value, path: &str, names: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            for (name, value) in entries {
                names_of_json(value, &if path.is_empty() { name.clone() } else { format!("{path}.{name}") }, names);
            }
        }
        _ => names.push(path.to_owned()),
    }
}

fn json() -> Value {
    serde_json::from_str(&polyblas::config().to_json()).expect("the report is JSON")
}

/// The text without its advice, which is no list of names.
fn text() -> String {
    let text = polyblas::config().to_string();
    text.split("\nAdvice\n").next().expect("sections before the advice").to_owned()
}

fn at<'a>(json: &'a Value, name: &str) -> &'a Value {
    name.splitn(3, '.').fold(json, |value, key| value.get(key).unwrap_or_else(|| panic!("{name} is not in the JSON")))
}

fn provider() -> String {
    polyblas::config().package.provider.clone().unwrap_or_else(|| "native".to_owned())
}

fn kind(name: &str, value: &Value) -> String {
    let chosen_by_the_system =
        matches!(provider().as_str(), "system" | "netlib-system" | "blas-src") && OF_THE_SYSTEM.contains(&name);
    if EXACT.contains(&name) && !chosen_by_the_system {
        return match value {
            Value::Null => "unknown or none".to_owned(),
            Value::String(text) => text.replace(env!("CARGO_PKG_VERSION"), "VERSION"),
            value => value.to_string(),
        };
    }
    if DEPENDS.contains(&name) || chosen_by_the_system {
        return "<whatever is there>".to_owned();
    }
    match value {
        Value::Null => "unknown or none",
        Value::Bool(_) => "<yes or no>",
        Value::Number(_) => "<number>",
        Value::String(_) => "<text>",
        Value::Array(list) if list.is_empty() => "<none>",
        Value::Array(_) => "<list>",
        Value::Object(_) => "<group>",
    }
    .to_owned()
}

#[test]
fn the_report_has_the_golden_shape() {
    if std::env::var_os("POLYBLAS_BACKEND").is_some() {
        println!("skipped: POLYBLAS_BACKEND puts another provider in use than the one linked");
        return;
    }
    let json = json();
    let lines: Vec<String> =
        names_of_text(&text()).iter().map(|name| format!("{name:<28} {}\n", kind(name, at(&json, name)))).collect();
    let found = lines.concat();
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{}.txt", provider()));
    if std::env::var_os("POLYBLAS_BLESS").is_some() {
        std::fs::write(&file, &found).expect("the golden file can be written");
    }
    let golden = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    for (line, (golden, found)) in golden.lines().zip(found.lines()).enumerate() {
        assert_eq!(golden, found, "line {} of {}", line + 1, file.display());
    }
    assert_eq!(golden.lines().count(), found.lines().count(), "{}", file.display());
}

#[test]
fn text_and_json_tell_the_same_things() {
    let json = json();
    let mut of_text = names_of_text(&text());
    let mut of_json = Vec::new();
    names_of_json(&json, "", &mut of_json);
    of_json.retain(|name| name != "advice");
    of_text.sort();
    of_json.sort();
    assert_eq!(of_text, of_json);
    for advice in json["advice"].as_array().expect("a list") {
        assert!(advice["finding"].is_string() && advice["remedy"].is_string());
    }
}

#[test]
fn no_line_of_the_text_ends_in_a_blank_and_each_section_stands_apart() {
    let text = polyblas::config().to_string();
    assert!(text.lines().all(|line| line.trim_end() == line), "{text}");
    for section in ["BLAS", "LAPACK", "Runtime", "SIMD", "Machine", "Advice"] {
        assert!(text.contains(&format!("\n\n{section}\n")), "{section} in\n{text}");
    }
    assert!(text.starts_with("Package\n"));
}

#[test]
fn the_fields_say_what_the_report_says() {
    let config = polyblas::config();
    let json = json();
    assert_eq!(json["package"]["version"], config.package.version.as_str());
    assert_eq!(json["blas"]["found"], config.blas.found);
    assert_eq!(json["runtime"]["threads"], config.runtime.in_use.threads);
    assert_eq!(json["simd"]["level"], config.simd.level.as_str());
    assert!(config.package.target.starts_with(std::env::consts::ARCH));
    assert_eq!(config.package.debug_assertions, cfg!(debug_assertions));
    assert_eq!(config.machine.architecture, std::env::consts::ARCH);
}

#[test]
fn features_are_those_that_are_on() {
    let features = &polyblas::config().package.features;
    let on = |name: &str| features.iter().any(|feature| feature == name);
    assert_eq!(on("serde"), cfg!(feature = "serde"));
    assert_eq!(on("parallel"), cfg!(feature = "parallel"));
    assert_eq!(on("mkl-sequential"), cfg!(feature = "mkl-sequential"));
    assert_eq!(on("openblas"), cfg!(feature = "openblas"));
}

#[test]
fn a_fresh_look_sees_what_changed_since_the_first() {
    let first = polyblas::config().runtime.in_use.threads;
    let told = polyblas::threads::set(1);
    let now = polyblas::Config::now().runtime.in_use.threads;
    assert_eq!(now, if told { 1 } else { first });
    assert_eq!(polyblas::config().runtime.in_use.threads, first);
    polyblas::threads::set(first);
}

#[test]
fn a_backend_that_cannot_be_used_is_reported_where_a_product_would_panic() {
    if std::env::var_os("POLYBLAS_TEST_CHILD").is_some() {
        let config = polyblas::config();
        assert_eq!(config.runtime.in_use.name, "none");
        print!("{config}");
        return;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_backend_that_cannot_be_used_is_reported_where_a_product_would_panic", "--nocapture"])
        .envs([("POLYBLAS_BACKEND", "nonsense"), ("POLYBLAS_TEST_CHILD", "1")])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("Nothing multiplies: POLYBLAS_BACKEND=nonsense"), "{output:?}");
}

#[cfg(feature = "serde")]
#[test]
fn serde_writes_the_same_json() {
    let through_serde = serde_json::to_value(polyblas::config()).expect("serialisable");
    assert_eq!(through_serde, json());
}
