//! OpenBLAS on each platform.

use std::path::PathBuf;

use crate::machine::Machine;

/// What a library of OpenBLAS holds that is looked for.
const WHOLE: &str = "cblas_dgemm dgetrf_";
const HEADER: &str = "#define OPENBLAS_VERSION \" OpenBLAS 0.3.30 \"\n";

fn linux() -> Machine {
    Machine::linux().features(&["openblas"])
}

#[test]
fn pkg_config_comes_first() {
    let plan = linux()
        .package("openblas", "0.3.21", "/opt/ob/lib", "/opt/ob/include")
        .package_variable("openblas", "openblas_config", " USE_OPENMP=0 ")
        .file("/opt/ob/lib/libopenblas.so", WHOLE)
        .file("/opt/ob/include/openblas_config.h", HEADER)
        .file("/usr/lib/x86_64-linux-gnu/libopenblas.so", WHOLE)
        .plan();
    let blas = &plan.linkage.blas;
    assert_eq!(blas.version.as_deref(), Some("0.3.21"));
    assert_eq!(blas.detection_method.as_deref(), Some("pkg-config"));
    assert_eq!(blas.configuration.as_deref(), Some("USE_OPENMP=0"));
    assert_eq!((blas.interface.as_deref(), blas.linkage.as_deref()), (Some("LP64"), Some("dynamic")));
    assert_eq!(plan.linkage.search, [PathBuf::from("/opt/ob/lib")]);
    assert_eq!(plan.linkage.lapack.name.as_deref(), Some("OpenBLAS"));
    assert!(plan.linkage.link.is_empty(), "openblas-src says -lopenblas");
}

#[test]
fn the_usual_places_serve_without_pkg_config() {
    let places = [
        ("x86_64-unknown-linux-gnu", "/usr/lib/x86_64-linux-gnu/libopenblas.so"),
        ("x86_64-unknown-linux-gnu", "/usr/lib64/libopenblas.so"),
        ("x86_64-unknown-linux-musl", "/usr/lib/libopenblas.a"),
        ("aarch64-unknown-linux-gnu", "/usr/lib/aarch64-linux-gnu/libopenblas.a"),
        ("aarch64-apple-darwin", "/opt/homebrew/opt/openblas/lib/libopenblas.dylib"),
        ("x86_64-apple-darwin", "/usr/local/opt/openblas/lib/libopenblas.dylib"),
        ("aarch64-apple-darwin", "/opt/local/lib/libopenblas.dylib"),
        ("x86_64-pc-windows-msvc", "C:/vcpkg/installed/x64-windows/lib/openblas.lib"),
        ("x86_64-pc-windows-msvc", "C:/vcpkg/installed/x64-windows-static/lib/openblas.lib"),
        ("x86_64-pc-windows-gnu", "C:/msys64/mingw64/lib/libopenblas.dll.a"),
    ];
    for (triple, file) in places {
        let machine = Machine::new(triple).features(&["openblas"]).variable("VCPKG_ROOT", "C:/vcpkg");
        let blas = machine.file(file, WHOLE).plan().linkage.blas;
        assert_eq!(blas.detection_method.as_deref(), Some("usual places"), "{file}");
        assert_eq!(blas.library_dirs, [PathBuf::from(file).parent().unwrap()]);
        assert_eq!(blas.version, None, "no header, so no version is claimed");
        assert_eq!(blas.interface, None);
        assert_eq!(blas.linkage.is_none(), file.ends_with(".lib"), "an import library does not tell: {file}");
    }
}

#[test]
fn the_version_comes_from_the_header_where_pkg_config_has_none() {
    for header in ["/usr/include/openblas/openblas_config.h", "/usr/include/openblas_config.h"] {
        let blas = linux().file("/usr/lib64/libopenblas.so", WHOLE).file(header, HEADER).plan().linkage.blas;
        assert_eq!((blas.version.as_deref(), blas.interface.as_deref()), (Some("0.3.30"), Some("LP64")), "{header}");
    }
}

#[test]
fn a_prefix_given_by_hand_is_the_only_place() {
    let machine = linux()
        .package("openblas", "0.3.21", "/usr/lib64", "/usr/include")
        .file("/usr/lib64/libopenblas.so", WHOLE)
        .variable("OPENBLAS_PATH", "/my/openblas");
    let error = machine.error();
    assert!(error.contains("OPENBLAS_PATH=/my/openblas, and its lib and lib64 (so nowhere else)"), "{error}");
    let plan = machine
        .file("/my/openblas/lib/libopenblas.so", WHOLE)
        .file("/my/openblas/lib/libopenblas.so.0", WHOLE)
        .file("/my/openblas/include/openblas_config.h", HEADER)
        .plan();
    assert_eq!(plan.linkage.blas.detection_method.as_deref(), Some("OPENBLAS_PATH"));
    assert_eq!(plan.linkage.blas.version.as_deref(), Some("0.3.30"));
    assert!(plan.linkage.stage.contains(&"/my/openblas/lib/libopenblas.so.0".into()));
    assert_eq!(plan.linkage.args, ["-Wl,-rpath,/my/openblas/lib"]);
    assert!(plan.linkage.advice[0].1.contains("LD_LIBRARY_PATH=/my/openblas/lib"));
}

#[test]
fn a_directory_given_to_the_linker_is_searched() {
    let flags = "-C\x1ftarget-cpu=native\x1f-Lnative=/flags/lib\x1f-L/more";
    let found = |variable: &str, value: &str, file: &str| {
        linux().variable(variable, value).file(file, WHOLE).plan().linkage.search
            == [PathBuf::from(file).parent().unwrap()]
    };
    assert!(found("CARGO_ENCODED_RUSTFLAGS", flags, "/flags/lib/libopenblas.so"));
    assert!(found("CARGO_ENCODED_RUSTFLAGS", flags, "/more/libopenblas.a"));
    assert!(found("LIBRARY_PATH", "/a:/b", "/b/libopenblas.so"));
}

#[test]
fn a_missing_library_is_told_once_with_what_to_install() {
    for triple in ["x86_64-unknown-linux-gnu", "aarch64-apple-darwin", "x86_64-pc-windows-msvc"] {
        let error = Machine::new(triple).features(&["openblas"]).error();
        for part in [
            "feature `openblas` needs OpenBLAS, which was not found",
            triple,
            "pkg-config `openblas`: no such package",
            "OPENBLAS_PATH: not set",
            "Debian, Ubuntu   apt install libopenblas-dev",
            "Fedora, RHEL     dnf install openblas-devel",
            "macOS            brew install openblas",
            "Windows          vcpkg install openblas",
            "set OPENBLAS_PATH",
        ] {
            assert!(error.contains(part), "{part} is not in\n{error}");
        }
    }
    let error = linux().error();
    assert!(
        error.contains("libopenblas.so or libopenblas.a") && error.contains("/usr/lib/x86_64-linux-gnu"),
        "{error}"
    );
    assert!(Machine::windows().features(&["openblas"]).error().contains("openblas.lib"));
    assert!(Machine::macos().features(&["openblas"]).error().contains("/opt/homebrew/opt/openblas/lib"));
}

#[test]
fn the_host_s_library_is_not_taken_for_the_target_s() {
    let cross = Machine::new("aarch64-unknown-linux-gnu").host("x86_64-unknown-linux-gnu").features(&["openblas"]);
    let error = cross.clone().file("/usr/lib/libopenblas.so", WHOLE).file("/usr/lib64/libopenblas.so", WHOLE).error();
    assert!(error.contains("/usr/lib/aarch64-linux-gnu") && error.contains("/usr/aarch64-linux-gnu/lib"), "{error}");
    assert!(cross.file("/usr/aarch64-linux-gnu/lib/libopenblas.so", WHOLE).plan().linkage.blas.found);
}

#[test]
fn a_library_of_the_wrong_kind_is_refused_with_its_reason() {
    let wide = "#define OPENBLAS_USE64BITINT\n";
    let machine = linux().file("/usr/lib64/libopenblas.so", WHOLE).file("/usr/include/openblas_config.h", wide);
    let error = machine.error();
    assert!(
        error.contains("/usr/lib64/libopenblas.so") && error.contains("ILP64") && error.contains("dynamic"),
        "{error}"
    );
    let error = linux().file("/usr/lib64/libopenblas.so", "dgemm_").error();
    assert!(error.contains("it has no CBLAS"), "{error}");
}

#[test]
fn openblas_without_lapack_claims_none() {
    let plan = linux().file("/usr/lib64/libopenblas.so", "cblas_dgemm").plan();
    assert!(plan.linkage.blas.found && !plan.linkage.lapack.found);
}
