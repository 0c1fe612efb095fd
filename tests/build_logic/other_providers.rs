//! BLIS, the reference BLAS, Accelerate and blas-src.

use std::path::PathBuf;

use crate::machine::Machine;

const BLIS_HEADER: &str = "#if 1\n#define BLIS_ENABLE_OPENMP\n#endif\n#define BLIS_BLAS_INT_TYPE_SIZE 32\n";

#[test]
fn the_system_s_blis_is_found_and_described() {
    let plan = Machine::linux()
        .features(&["blis", "blis-system"])
        .file("/usr/lib/x86_64-linux-gnu/libblis.so", "cblas_dgemm")
        .file("/usr/include/x86_64-linux-gnu/blis.h", BLIS_HEADER)
        .plan();
    let blas = &plan.linkage.blas;
    assert_eq!((plan.provider, blas.name.as_deref()), (Some("blis"), Some("BLIS")));
    assert_eq!((blas.version.as_deref(), blas.interface.as_deref()), (None, Some("LP64")));
    assert_eq!(blas.configuration.as_deref(), Some("threading=openmp"));
    assert_eq!(blas.include_dirs, [PathBuf::from("/usr/include/x86_64-linux-gnu")]);
    assert!(!plan.linkage.lapack.found);
    let mac = Machine::macos().features(&["blis", "blis-system"]);
    assert!(mac.file("/opt/homebrew/opt/blis/lib/libblis.dylib", "cblas_dgemm").plan().linkage.blas.found);
}

#[test]
fn a_wide_or_missing_blis_is_told() {
    let machine = Machine::linux().features(&["blis", "blis-system"]);
    let error = machine.error();
    for part in [
        "feature `blis-system` needs BLIS",
        "apt install libblis-dev",
        "dnf install blis-devel",
        "brew install blis",
        "conda",
    ] {
        assert!(error.contains(part), "{part} is not in\n{error}");
    }
    let file = "/usr/lib/x86_64-linux-gnu/libblis.so";
    let wide =
        machine.clone().file(file, "cblas_dgemm").file("/usr/include/blis.h", "#define BLIS_BLAS_INT_TYPE_SIZE 64");
    assert!(wide.error().contains("ILP64"));
    assert!(machine.file(file, "dgemm_").error().contains("--enable-cblas"));
}

#[test]
fn blis_from_source_is_described_by_what_its_crate_tells() {
    let plan = Machine::linux()
        .features(&["blis"])
        .variable("DEP_BLIS_INCLUDE", "/b/out/include")
        .file("/b/out/include/blis/blis.h", BLIS_HEADER)
        .file("/b/out/lib/libblis.so", "")
        .plan();
    let blas = &plan.linkage.blas;
    assert_eq!(blas.detection_method.as_deref(), Some("compiled by blis-src"));
    assert_eq!(blas.library_dirs, [PathBuf::from("/b/out/lib")]);
    assert_eq!((blas.linkage.as_deref(), blas.interface.as_deref()), (Some("dynamic"), Some("LP64")));
    assert!(plan.linkage.advice[0].1.contains("LD_LIBRARY_PATH=/b/out/lib"));
    assert!(Machine::windows().features(&["blis"]).error().contains("no MSVC build"));
}

#[test]
fn debian_s_reference_blas_is_taken_from_its_own_directory() {
    let dir = "/usr/lib/x86_64-linux-gnu/blas";
    let plan = Machine::linux()
        .features(&["netlib", "netlib-system"])
        .file(&format!("{dir}/libblas.so"), "cblas_dgemm")
        .file(&format!("{dir}/libblas.so.3"), "cblas_dgemm")
        .file("/usr/lib/x86_64-linux-gnu/libblas.so", "cblas_dgemm libopenblas")
        .plan();
    assert_eq!((plan.provider, plan.linkage.blas.name.as_deref()), (Some("netlib"), Some("Netlib")));
    assert_eq!(plan.linkage.link, ["dylib=blas"]);
    assert_eq!(plan.linkage.search[0], PathBuf::from(dir));
    assert!(plan.linkage.stage.contains(&PathBuf::from(dir).join("libblas.so.3")));
    let elsewhere =
        Machine::linux().features(&["netlib", "netlib-system"]).file("/usr/lib64/libblas.so", "cblas_dgemm");
    assert_eq!(elsewhere.plan().linkage.link, ["dylib=blas"]);
    assert!(Machine::linux().features(&["netlib", "netlib-system"]).error().contains("feature `netlib-system`"));
}

#[test]
fn what_other_crates_build_or_decide_has_no_link_lines_of_ours() {
    for (feature, name, method) in [
        ("netlib", Some("Netlib"), "compiled by netlib-src"),
        ("openblas-static", Some("OpenBLAS"), "compiled by openblas-src"),
        ("blas-src", None, "by a feature of the blas-src crate"),
    ] {
        let linkage = Machine::linux().features(&[feature]).plan().linkage;
        assert_eq!((linkage.blas.name.as_deref(), linkage.blas.detection_method.as_deref()), (name, Some(method)));
        assert!(linkage.link.is_empty() && linkage.search.is_empty());
        assert_eq!(
            linkage.advice.len(),
            usize::from(feature == "netlib"),
            "its shared libraries lie in Cargo's target"
        );
    }
}

#[test]
fn accelerate_needs_nothing_found() {
    for triple in ["aarch64-apple-darwin", "x86_64-apple-darwin"] {
        let plan = Machine::new(triple).features(&["accelerate"]).plan();
        let blas = &plan.linkage.blas;
        assert_eq!((blas.interface.as_deref(), blas.version.as_deref()), (Some("LP64"), None));
        assert_eq!(blas.libraries, ["framework=Accelerate"]);
        assert!(plan.linkage.link.is_empty(), "accelerate-src links it");
    }
}
