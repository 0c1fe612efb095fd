//! One provider of several, in the documented order.

use crate::logic::{Package, Plan, facts};
use crate::machine::Machine;

const EVERY_PROVIDER: &[&str] = &[
    "accelerate",
    "mkl",
    "mkl-sequential",
    "mkl-dynamic",
    "openblas",
    "openblas-static",
    "blis",
    "blis-system",
    "netlib",
    "netlib-system",
    "system",
    "blas-src",
];

const CBLAS: &str = "cblas_dgemm";

/// A Linux machine that has them all.
fn furnished() -> Machine {
    let lib = "/usr/lib/x86_64-linux-gnu";
    let mut machine = Machine::linux().variable("MKLROOT", "/mkl");
    for name in ["mkl_intel_lp64", "mkl_intel_thread", "mkl_sequential", "mkl_core", "iomp5"] {
        machine = machine.file(&format!("/mkl/lib/lib{name}.a"), "");
    }
    machine = machine.file("/mkl/lib/libmkl_rt.so", "");
    for file in ["libopenblas.so", "libblis.so", "libblas.so", "blas/libblas.so"] {
        machine = machine.file(&format!("{lib}/{file}"), CBLAS);
    }
    machine
}

#[test]
fn with_no_provider_nothing_is_linked() {
    let plan = Machine::linux().features(&["parallel", "serde"]).plan();
    assert_eq!(plan, Plan::default());
    assert!(plan.warnings().is_empty());
}

#[test]
fn the_order_is_the_documented_one() {
    let order = [
        "mkl",
        "mkl-sequential",
        "mkl-dynamic",
        "openblas",
        "openblas-static",
        "blis-system",
        "netlib-system",
        "system",
        "blas-src",
    ];
    for first in 0..order.len() {
        let plan = furnished().features(&order[first..]).plan();
        assert_eq!(plan.feature, Some(order[first]));
        assert_eq!(plan.passed_over, order[first + 1..]);
    }
    assert_eq!(Plan::providers(), ["accelerate", "mkl", "openblas", "blis", "netlib", "system", "blas-src"]);
}

#[test]
fn every_provider_alone_is_linked_under_its_name() {
    let names = [
        ("mkl", "mkl"),
        ("mkl-sequential", "mkl"),
        ("mkl-dynamic", "mkl"),
        ("openblas", "openblas"),
        ("openblas-static", "openblas"),
        ("blis", "blis"),
        ("netlib", "netlib"),
        ("system", "system"),
        ("blas-src", "blas-src"),
    ];
    for (feature, provider) in names {
        let plan = furnished().features(&[feature]).plan();
        assert_eq!((plan.provider, plan.feature), (Some(provider), Some(feature)));
        assert!(plan.linkage.blas.found && plan.passed_over.is_empty() && plan.warnings().is_empty(), "{feature}");
    }
}

#[test]
fn all_features_on_linux_link_mkl_and_say_what_was_passed_over() {
    let plan = furnished().features(EVERY_PROVIDER).plan();
    assert_eq!(plan.feature, Some("mkl"));
    // `blis` and `netlib` are part of `blis-system` and `netlib-system`, not choices of their own.
    let passed_over = "accelerate (exists on Apple's systems only), mkl-sequential, mkl-dynamic, openblas, openblas-static, \
                       blis-system, netlib-system, system, blas-src";
    assert_eq!(plan.passed_over.join(", "), passed_over);
    let warnings = plan.warnings();
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].starts_with("links `mkl`") && warnings[0].contains(passed_over), "{}", warnings[0]);
}

#[test]
fn all_features_on_apple_link_accelerate() {
    let plan = Machine::macos().features(EVERY_PROVIDER).plan();
    assert_eq!((plan.provider, plan.linkage.blas.name.as_deref()), (Some("accelerate"), Some("Accelerate")));
    assert!(plan.passed_over.contains(&"mkl (exists for x86_64 only)".to_owned()));
}

#[test]
fn accelerate_elsewhere_is_an_error_alone_and_passed_over_in_company() {
    let error = Machine::linux().features(&["accelerate"]).error();
    assert!(
        error.contains("feature `accelerate` asks for Accelerate, which exists on Apple's systems only"),
        "{error}"
    );
    assert!(error.contains("x86_64-unknown-linux-gnu"), "{error}");
    let plan = furnished().features(&["accelerate", "openblas"]).plan();
    assert_eq!(plan.feature, Some("openblas"));
    assert_eq!(plan.passed_over, ["accelerate (exists on Apple's systems only)"]);
}

#[test]
fn mkl_off_x86_is_an_error_alone_and_passed_over_in_company() {
    let arm = Machine::new("aarch64-unknown-linux-gnu");
    assert!(arm.clone().features(&["mkl"]).error().contains("exists for x86_64 only"));
    let openblas = arm.file("/usr/lib/aarch64-linux-gnu/libopenblas.so", CBLAS);
    assert_eq!(openblas.features(&["mkl", "openblas"]).plan().feature, Some("openblas"));
}

#[test]
fn webassembly_has_no_provider() {
    for feature in EVERY_PROVIDER {
        let error = Machine::new("wasm32-wasip1").features(&[feature]).error();
        assert!(error.contains("wasm32-wasip1") && error.contains("the native engine needs nothing"), "{error}");
    }
    assert_eq!(Machine::new("wasm32-wasip1").features(&["parallel"]).plan(), Plan::default());
}

#[test]
fn the_variable_chooses_among_the_selected() {
    let machine = furnished().features(&["mkl", "mkl-sequential", "openblas", "blis", "blis-system"]);
    let feature = |value: &str| machine.clone().variable("POLYBLAS_PROVIDER", value).plan().feature;
    assert_eq!(feature("openblas"), Some("openblas"));
    assert_eq!(feature("mkl"), Some("mkl"));
    assert_eq!(feature("mkl-sequential"), Some("mkl-sequential"));
    assert_eq!(feature("blis"), Some("blis-system"));
    assert_eq!(feature("native"), None);
    let native = machine.clone().variable("POLYBLAS_PROVIDER", "native").plan();
    assert_eq!(native.passed_over, ["mkl", "mkl-sequential", "openblas", "blis-system"]);
    assert!(native.warnings()[0].contains("no BLAS (the native engine)"));
}

#[test]
fn the_variable_may_not_name_what_is_not_selected() {
    let error = furnished().features(&["openblas"]).variable("POLYBLAS_PROVIDER", "blis").error();
    assert!(error.contains("POLYBLAS_PROVIDER=blis, but that provider's feature is not on"), "{error}");
    assert!(error.contains("Selected: openblas.") && error.contains("--features blis"), "{error}");
    let error = furnished().variable("POLYBLAS_PROVIDER", "mkl").error();
    assert!(error.contains("Selected: none."), "{error}");
}

#[test]
fn a_missing_winner_tells_of_the_others() {
    let error = Machine::linux().features(&["mkl", "openblas", "accelerate"]).error();
    assert!(error.contains("feature `mkl` needs Intel MKL"), "{error}");
    assert!(error.contains("choose another that is selected (openblas): POLYBLAS_PROVIDER=openblas"), "{error}");
}

#[test]
fn documentation_builds_with_nothing_present() {
    for features in EVERY_PROVIDER.chunks(1).chain([EVERY_PROVIDER]) {
        let plan = Machine::linux().features(features).on_docs_rs().plan();
        assert!(plan.provider.is_some());
        assert!(plan.linkage.link.is_empty() && plan.linkage.search.is_empty() && !plan.linkage.blas.found);
    }
}

#[test]
fn the_facts_are_rust_and_escape_what_must_be() {
    let plan = furnished().features(&["openblas", "blis"]).plan();
    let package =
        Package { version: "1.2.3".into(), rustc: Some("a \"quoted\" \\ rustc".into()), ..Package::default() };
    let text = facts(&package, &plan);
    for line in [
        r#"version: "1.2.3".to_owned(),"#,
        r#"rustc: Some("a \"quoted\" \\ rustc".to_owned()),"#,
        r#"provider: Some("openblas".to_owned()),"#,
        r#"passed_over: vec!["blis".to_owned()],"#,
        r#"target_cpu: None,"#,
        r#"name: Some("OpenBLAS".to_owned()),"#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}
