//! MKL's sets of files.

use std::path::PathBuf;

use crate::machine::Machine;

const VERSION: &str = "#define __INTEL_MKL__ 2025\n#define __INTEL_MKL_MINOR__ 0\n#define __INTEL_MKL_UPDATE__ 1\n";

fn machine(feature: &str, dir: &str, files: &[&str]) -> Machine {
    let machine = Machine::linux().features(&[feature]);
    files.iter().fold(machine, |machine, file| machine.file(&format!("{dir}/{file}"), ""))
}

const THREADED: &[&str] = &["libmkl_intel_lp64.a", "libmkl_intel_thread.a", "libmkl_core.a"];
const SEQUENTIAL: &[&str] = &["libmkl_intel_lp64.a", "libmkl_sequential.a", "libmkl_core.a"];

#[test]
fn sequential_is_one_group_of_archives() {
    let plan = machine("mkl-sequential", "/mkl/lib", SEQUENTIAL)
        .variable("MKLROOT", "/mkl")
        .file("/mkl/include/mkl_version.h", VERSION)
        .plan();
    let linkage = &plan.linkage;
    assert_eq!(linkage.link, ["static:-bundle=polyblas_mkl", "dylib=pthread", "dylib=m", "dylib=dl"]);
    assert_eq!(linkage.search, [PathBuf::from("/out/link")]);
    let (name, text) = linkage.script.as_ref().expect("a linker script");
    assert_eq!(name, "libpolyblas_mkl.a");
    let files = "\"/mkl/lib/libmkl_intel_lp64.a\" \"/mkl/lib/libmkl_sequential.a\" \"/mkl/lib/libmkl_core.a\"";
    assert_eq!(text, &format!("GROUP( {files} )\n"));
    assert_eq!(linkage.blas.version.as_deref(), Some("2025.1"));
    assert_eq!(linkage.blas.interface.as_deref(), Some("LP64"));
    assert_eq!(linkage.blas.detection_method.as_deref(), Some("MKLROOT"));
    assert_eq!(linkage.lapack, linkage.blas);
    assert!(linkage.warnings.is_empty() && linkage.advice.is_empty() && linkage.stage.is_empty());
}

#[test]
fn threaded_takes_the_archive_of_intel_s_openmp() {
    let plan = machine("mkl", "/mkl/lib", THREADED)
        .variable("MKLROOT", "/mkl")
        .file("/mkl/lib/libiomp5.a", "")
        .file("/mkl/lib/libiomp5.so", "")
        .plan();
    let (_, text) = plan.linkage.script.as_ref().expect("a linker script");
    assert!(text.ends_with("\"/mkl/lib/libiomp5.a\" )\n"), "{text}");
    assert!(!plan.linkage.link.iter().any(|line| line.contains("iomp5")));
    assert!(plan.warnings().is_empty() && plan.linkage.advice.is_empty());
}

#[test]
fn threaded_with_the_shared_openmp_alone_says_what_a_program_needs() {
    for runtime in ["/opt/intel/oneapi/compiler/latest/lib", "/compiler/lib"] {
        let plan = machine("mkl", "/opt/intel/oneapi/mkl/latest/lib", THREADED)
            .variable("CMPLR_ROOT", "/compiler")
            .variable("ONEAPI_ROOT", "/opt/intel/oneapi")
            .file(&format!("{runtime}/libiomp5.so"), "")
            .plan();
        assert!(plan.linkage.link.contains(&"dylib=iomp5".to_owned()));
        assert!(plan.linkage.search.contains(&runtime.into()));
        assert!(plan.linkage.stage.contains(&PathBuf::from(runtime).join("libiomp5.so")));
        assert!(plan.warnings()[0].contains("libiomp5.so at run time"), "{:?}", plan.warnings());
        assert_eq!(plan.linkage.advice.len(), 1);
    }
    let error = machine("mkl", "/mkl/lib", THREADED).variable("MKLROOT", "/mkl").error();
    assert!(error.contains("Intel's OpenMP runtime") && error.contains("mkl-sequential"), "{error}");
}

#[test]
fn each_layer_that_lacks_is_named() {
    for lacking in SEQUENTIAL {
        let files: Vec<&str> = SEQUENTIAL.iter().copied().filter(|file| file != lacking).collect();
        let error = machine("mkl-sequential", "/mkl/lib", &files).variable("MKLROOT", "/mkl").error();
        assert!(error.contains(&format!("/mkl/lib (lacks {lacking})")), "{error}");
        assert!(error.contains("MKLROOT=/mkl (so nowhere else)"), "{error}");
    }
    let error = Machine::linux().features(&["mkl"]).error();
    for part in
        ["MKLROOT: not set", "/opt/intel/oneapi/mkl/latest/lib", "intel-oneapi-mkl-devel", "mkl-static", "Windows"]
    {
        assert!(error.contains(part), "{part} is not in\n{error}");
    }
}

#[test]
fn it_is_found_without_mklroot() {
    let places = [
        ("/opt/intel/oneapi/mkl/latest/lib", "usual places"),
        ("/opt/intel/mkl/lib/intel64", "usual places"),
        ("/home/me/intel/oneapi/mkl/latest/lib", "usual places"),
        ("/conda/lib", "usual places"),
        ("/usr/lib/x86_64-linux-gnu", "usual places"),
        ("/wheel/lib", "pkg-config"),
    ];
    for (dir, method) in places {
        let blas = machine("mkl-sequential", dir, SEQUENTIAL)
            .variable("HOME", "/home/me")
            .variable("CONDA_PREFIX", "/conda")
            .package_variable("mkl-static-lp64-iomp", "prefix", "/wheel")
            .plan()
            .linkage
            .blas;
        assert_eq!(
            (blas.detection_method.as_deref(), &blas.library_dirs[..]),
            (Some(method), &[PathBuf::from(dir)][..])
        );
    }
}

#[test]
fn dynamic_takes_the_plain_name_or_the_versioned_one_whole() {
    let plan =
        machine("mkl-dynamic", "/mkl/lib", &["libmkl_rt.so", "libmkl_rt.so.2"]).variable("MKLROOT", "/mkl").plan();
    assert_eq!(plan.linkage.link, ["dylib=mkl_rt"]);
    let wheel = ["libmkl_rt.so.3", "libmkl_core.so.3", "libmkl_avx2.so.3", "libiomp5.so", "libmkl_core.a", "other.so"];
    let plan = machine("mkl-dynamic", "/mkl/lib", &wheel).variable("MKLROOT", "/mkl").plan();
    assert_eq!(plan.linkage.link, ["dylib:+verbatim=libmkl_rt.so.3"]);
    assert_eq!(plan.linkage.blas.extra_link_args, ["-l:libmkl_rt.so.3"]);
    let staged = ["libiomp5.so", "libmkl_avx2.so.3", "libmkl_core.so.3", "libmkl_rt.so.3"];
    assert_eq!(plan.linkage.stage, staged.map(|file| PathBuf::from("/mkl/lib").join(file)));
    assert_eq!(plan.linkage.search, [PathBuf::from("/mkl/lib"), "/out/link".into()]);
    let error = machine("mkl-dynamic", "/mkl/lib", &["libmkl_core.so.3"]).variable("MKLROOT", "/mkl").error();
    assert!(error.contains("libmkl_rt.so") && error.contains("/mkl/lib"), "{error}");
}

#[test]
fn windows_and_macos_name_their_own_files() {
    let root = "C:/Program Files (x86)/Intel/oneAPI/mkl/latest";
    let libs = ["mkl_intel_lp64.lib", "mkl_intel_thread.lib", "mkl_core.lib", "libiomp5md.lib", "mkl_rt.lib"];
    let mut windows = Machine::windows();
    for lib in libs {
        windows = windows.file(&format!("{root}/lib/{lib}"), "");
    }
    let plan = windows.clone().features(&["mkl"]).plan();
    let archives = ["mkl_intel_lp64", "mkl_intel_thread", "mkl_core"].map(|name| format!("static:-bundle={name}"));
    assert_eq!(plan.linkage.link, [&archives[..], &["dylib=libiomp5md".to_owned()]].concat());
    assert!(plan.linkage.script.is_none() && plan.linkage.stage.is_empty());
    assert_eq!(windows.features(&["mkl-dynamic"]).plan().linkage.link, ["dylib=mkl_rt"]);
    // What mistral.rs's users met as a bare linker message.
    let error = Machine::windows().variable("MKLROOT", "/m").features(&["mkl"]);
    let error = ["mkl_intel_lp64.lib", "mkl_intel_thread.lib", "mkl_core.lib"]
        .iter()
        .fold(error, |machine, lib| machine.file(&format!("/m/lib/{lib}"), ""))
        .error();
    assert!(error.contains("libiomp5md.lib"), "{error}");

    let mac = Machine::new("x86_64-apple-darwin").variable("MKLROOT", "/mkl").features(&["mkl-sequential"]);
    let mac = SEQUENTIAL.iter().fold(mac, |machine, file| machine.file(&format!("/mkl/lib/{file}"), ""));
    let link = mac.plan().linkage.link;
    assert_eq!(
        link[..3],
        ["mkl_intel_lp64", "mkl_sequential", "mkl_core"].map(|name| format!("static:-bundle={name}"))
    );
}
