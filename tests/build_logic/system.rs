//! The system's BLAS, whichever it is.

use std::path::PathBuf;

use crate::machine::Machine;

const LIB: &str = "/usr/lib/x86_64-linux-gnu";

fn linux() -> Machine {
    Machine::linux().features(&["system"])
}

#[test]
fn the_library_behind_debian_s_alternative_is_named() {
    let contents = [
        ("openblas-pthread/libblas.so.3", "cblas_dgemm libopenblas.so.0", Some("OpenBLAS")),
        ("blis-openmp/libblas.so.3", "cblas_dgemm bli_arch", Some("BLIS")),
        ("atlas/libblas.so.3.10.3", "cblas_dgemm ATL_dgemm", Some("ATLAS")),
        ("blas/libblas.so.3.11.0", "cblas_dgemm", Some("Netlib")),
        ("libflexiblas.so", "cblas_dgemm flexiblas", Some("FlexiBLAS")),
        ("elsewhere/libblas.so.3", "cblas_dgemm", None),
    ];
    for (file, text, name) in contents {
        let real = format!("{LIB}/{file}");
        let plan = linux().link(&format!("{LIB}/libblas.so"), &real).file(&real, text).plan();
        assert_eq!(plan.linkage.blas.name.as_deref(), name, "{file}");
        assert_eq!(plan.linkage.link, ["dylib=blas"]);
        assert!(plan.linkage.search.is_empty(), "the linker looks there anyway");
    }
}

#[test]
fn pkg_config_says_where_and_which_version() {
    let plan = linux()
        .package("blas", "3.10.3", "/usr/lib/x86_64-linux-gnu/atlas", "/usr/include")
        .package("lapack", "3.10.3", "/usr/lib/x86_64-linux-gnu/atlas", "/usr/include")
        .file("/usr/lib/x86_64-linux-gnu/atlas/libblas.so", "cblas_dgemm ATL_dgemm")
        .plan();
    let blas = &plan.linkage.blas;
    assert_eq!((blas.name.as_deref(), blas.version.as_deref()), (Some("ATLAS"), Some("3.10.3")));
    assert_eq!(blas.detection_method.as_deref(), Some("pkg-config"));
    assert_eq!(blas.pc_file_dir, Some("/pkgconfig".into()));
    assert_eq!(plan.linkage.search, [PathBuf::from("/usr/lib/x86_64-linux-gnu/atlas")]);
    assert!(plan.linkage.lapack.found);
    assert!(plan.linkage.stage.is_empty(), "the system's loader finds what the system installed");
}

#[test]
fn libcblas_is_linked_only_where_libblas_lacks_it() {
    // Debian: libcblas is ATLAS's, and libblas needs none.
    let debian =
        linux().file(&format!("{LIB}/libblas.so"), "cblas_dgemm").file(&format!("{LIB}/libcblas.so"), "cblas_dgemm");
    assert_eq!(debian.plan().linkage.link, ["dylib=blas"]);
    let fedora = linux().file("/usr/lib64/libblas.so", "dgemm_").file("/usr/lib64/libcblas.so", "cblas_dgemm");
    assert_eq!(fedora.plan().linkage.link, ["dylib=cblas", "dylib=blas"]);
    assert_eq!(fedora.plan().linkage.blas.libraries, ["cblas", "blas"]);
    let error = linux().file("/usr/lib64/libblas.so", "dgemm_").error();
    assert!(error.contains("/usr/lib64/libblas.so") && error.contains("it has no CBLAS"), "{error}");
}

#[test]
fn a_name_or_a_path_may_be_given() {
    let given = |value: &str, file: &str| {
        linux().variable("POLYBLAS_SYSTEM_LIB", value).file(file, "cblas_dgemm").plan().linkage
    };
    assert_eq!(given("satlas", "/usr/lib64/libsatlas.so").link, ["dylib=satlas"]);
    assert_eq!(given("/opt/x/libflexiblas.so", "/opt/x/libflexiblas.so").link, ["dylib=flexiblas"]);
    assert_eq!(given("/opt/x/libblis.a", "/opt/x/libblis.a").link, ["static:-bundle=blis"]);
    let versioned = given("/opt/x/libblas.so.3", "/opt/x/libblas.so.3");
    assert_eq!(versioned.link, ["dylib:+verbatim=libblas.so.3"]);
    assert_eq!(versioned.search, [PathBuf::from("/opt/x"), "/out/link".into()]);
    assert_eq!(versioned.stage, [PathBuf::from("/opt/x/libblas.so.3")]);
    assert_eq!(versioned.blas.detection_method.as_deref(), Some("POLYBLAS_SYSTEM_LIB"));
    let error =
        linux().variable("POLYBLAS_SYSTEM_LIB", "/no/libblas.so").file(&format!("{LIB}/libblas.so"), "").error();
    assert!(error.contains("POLYBLAS_SYSTEM_LIB=/no/libblas.so (so nowhere else)"), "{error}");
}

#[test]
fn windows_and_macos_find_theirs() {
    let vcpkg = "C:/vcpkg/installed/x64-windows/lib/openblas.lib";
    let windows = Machine::windows().features(&["system"]).variable("VCPKG_ROOT", "C:/vcpkg");
    assert!(windows.error().contains("blas.lib"));
    let windows = windows.variable("POLYBLAS_SYSTEM_LIB", "openblas").file(vcpkg, "cblas_dgemm");
    assert_eq!(windows.plan().linkage.link, ["dylib=openblas"]);
    let mac = Machine::macos().features(&["system"]).file("/usr/lib/libblas.tbd", "_cblas_dgemm");
    assert_eq!(mac.plan().linkage.link, ["dylib=blas"]);
}

#[test]
fn nothing_found_says_what_to_install() {
    let error = linux().error();
    for part in [
        "feature `system`",
        "libblas.so or libblas.a",
        "pkg-config `blas`",
        "libopenblas-dev",
        "flexiblas-devel",
        "POLYBLAS_SYSTEM_LIB",
    ] {
        assert!(error.contains(part), "{part} is not in\n{error}");
    }
}
