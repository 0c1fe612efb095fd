//! Small libraries built here, honest and lying, and files that are no library at all.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use polyblas::backend::{self, Backend, BackendError, FileProblem, Refusal};

use super::products;

fn scratch() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fake_blas");
    fs::create_dir_all(&folder).expect("a folder under target");
    folder
}

/// Builds the library with these options; `None`, saying why, where there is no C compiler.
fn build(name: &str, options: &[&str]) -> Option<PathBuf> {
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fake_blas/blas.c");
    // Each run builds its own, since one that is loaded cannot be replaced.
    let file = scratch().join(format!("lib{name}-{}.so", std::process::id()));
    let mut command = Command::new(&compiler);
    command.args(["-O1", "-shared", "-fPIC"]).args(options).arg("-o").arg(&file).arg(source).arg("-lm");
    match command.output() {
        Ok(output) => {
            assert!(output.status.success(), "{compiler}: {}", String::from_utf8_lossy(&output.stderr));
            Some(file)
        }
        Err(error) => {
            println!("skipped: no C compiler ({compiler}: {error})");
            None
        }
    }
}

/// Loads a library that must be good, and uses it.
fn accept(name: &str, options: &[&str], bits: u32) {
    let Some(file) = build(name, options) else { return };
    let _turn = products::turn();
    let backend = backend::load(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
    backend::select(&backend).expect("what was loaded can be selected");
    assert_eq!(backend::current_runtime().integer_bits, Some(bits));
    assert_eq!(backend::selected(), backend);
    products::check(name);
    backend::select(&Backend::Native).expect("native is always there");
}

/// Loads a library that must be refused; the provider in use stays in use.
fn refuse(name: &str, options: &[&str]) -> Option<BackendError> {
    let file = build(name, options)?;
    let _turn = products::turn();
    backend::select(&Backend::Native).expect("native is always there");
    let error = backend::select(&Backend::File(file)).expect_err(name);
    assert_eq!(backend::selected(), Backend::Native);
    products::check("native");
    Some(error)
}

fn refusal(name: &str, options: &[&str]) -> Option<Refusal> {
    match refuse(name, options)? {
        BackendError::Refused { reason, .. } => Some(reason),
        other => panic!("{name}: {other}"),
    }
}

#[test]
fn every_interface_and_decoration_of_names_is_called_by_its_true_signature() {
    accept("lp64", &["-DCBLAS"], 32);
    accept("ilp64", &["-DCBLAS", "-DINT=long"], 64);
    accept("lapack", &["-DCBLAS", "-DILAVER"], 32);
    accept("lapack64", &["-DCBLAS", "-DINT=long", "-DILAVER"], 64);
    accept("suffixed", &["-DCBLAS", "-DINT=long", "-DNAME(x)=PASTE(x,64_)"], 64);
    accept("suffixed_otherwise", &["-DCBLAS", "-DINT=long", "-DNAME(x)=PASTE(x,_64)"], 64);
    accept("prefixed", &["-DCBLAS", "-DNAME(x)=PASTE(scipy_,x)"], 32);
    accept("both", &["-DCBLAS", "-DINT=long", "-DNAME(x)=PASTE(PASTE(scipy_,x),64_)"], 64);
}

#[test]
fn a_library_with_only_fortran_names_multiplies() {
    for (complex, returns) in [("value", &[][..]), ("argument", &["-DCOMPLEX_ARGUMENT"])] {
        let options = |more: &[&'static str]| [&["-DFORTRAN"], returns, more].concat();
        accept(&format!("fortran_{complex}"), &options(&[]), 32);
        accept(&format!("fortran64_{complex}"), &options(&["-DINT=long"]), 64);
        accept(&format!("fortran_suffixed_{complex}"), &options(&["-DINT=long", "-DNAME(x)=PASTE(x,64_)"]), 64);
        accept(&format!("fortran_lapack_{complex}"), &options(&["-DILAVER"]), 32);
    }
}

#[test]
fn a_wrong_width_is_refused() {
    // Named as builds with 64-bit integers are, and has 32-bit ones.
    let Some(reason) = refusal("wrong_suffix", &["-DCBLAS", "-DNAME(x)=PASTE(x,64_)"]) else { return };
    assert_eq!(reason, Refusal::IntegerWidth { expected: 64, found: 32 });
    // Says 64 and has 32.
    let reason = refusal("wrong_ilaver", &["-DCBLAS", "-DLIE_ILAVER"]).unwrap();
    assert_eq!(reason, Refusal::IntegerWidth { expected: 64, found: 32 });
    let reason = refusal("wrong_ilaver_fortran", &["-DFORTRAN", "-DLIE_ILAVER"]).unwrap();
    assert_eq!(reason, Refusal::IntegerWidth { expected: 64, found: 32 });
}

#[test]
fn a_library_that_reads_its_output_is_refused() {
    let Some(reason) = refusal("nan", &["-DCBLAS", "-DLIE_NAN"]) else { return };
    assert!(matches!(&reason, Refusal::WrongProduct { operation: "gemm", .. }), "{reason}");
    assert!(reason.to_string().contains("NaN"), "{reason}");
}

#[test]
fn a_library_with_the_wrong_layout_is_refused() {
    let Some(reason) = refusal("layout", &["-DCBLAS", "-DLIE_LAYOUT"]) else { return };
    assert!(matches!(reason, Refusal::WrongProduct { operation: "gemm", .. }), "{reason}");
}

#[test]
fn a_library_that_lacks_a_function_is_refused_by_its_name() {
    let Some(error) = refuse("missing", &["-DCBLAS", "-DLIE_MISSING"]) else { return };
    let BackendError::MissingSymbols { lacks, .. } = &error else { panic!("{error}") };
    assert_eq!(lacks, &["cblas_sgemv"]);
}

#[test]
fn a_wrong_complex_convention_is_refused() {
    let Some(reason) = refusal("complex", &["-DCBLAS", "-DLIE_COMPLEX"]) else { return };
    assert!(matches!(reason, Refusal::WrongProduct { operation: "dot", .. }), "{reason}");
    let reason = refusal("complex_fortran", &["-DFORTRAN", "-DLIE_COMPLEX"]).unwrap();
    assert_eq!(reason, Refusal::ComplexReturn);
    let reason = refusal("complex_fortran_argument", &["-DFORTRAN", "-DCOMPLEX_ARGUMENT", "-DLIE_COMPLEX"]).unwrap();
    assert_eq!(reason, Refusal::ComplexReturn);
}

#[test]
fn f2c_functions_that_return_double_are_refused() {
    let Some(reason) = refusal("f2c", &["-DFORTRAN", "-DLIE_F2C"]) else { return };
    assert!(matches!(reason, Refusal::WrongProduct { operation: "dot", .. }), "{reason}");
}

/// Asks for a file that is no library, and returns what is wrong with it.
fn problem(file: &Path) -> FileProblem {
    let _turn = products::turn();
    backend::select(&Backend::Native).expect("native is always there");
    let error = backend::load(file).expect_err("no library");
    assert!(error.to_string().contains(&file.display().to_string()), "{error}");
    assert_eq!(backend::selected(), Backend::Native);
    match error {
        BackendError::NotALibrary { problem, .. } => problem,
        other => panic!("{other}"),
    }
}

#[test]
fn files_that_are_no_library_are_clear_errors() {
    let scratch = scratch();
    assert_eq!(problem(&scratch), FileProblem::NotAFile("folder"));
    assert_eq!(problem(&scratch.join("nothing.so")), FileProblem::Missing);
    let text = scratch.join("script.so");
    fs::write(&text, "INPUT ( libopenblas.so.0 )\n").unwrap();
    assert!(matches!(problem(&text), FileProblem::NotAnObject(_)));
    let empty = scratch.join("empty.so");
    fs::write(&empty, "").unwrap();
    assert!(matches!(problem(&empty), FileProblem::NotAnObject(_)));
    let program = std::env::current_exe().unwrap();
    assert!(!matches!(problem(&program), FileProblem::Missing), "a program is no library");
}

#[test]
fn a_library_for_another_machine_is_a_clear_error() {
    // The header of a shared library for 32-bit x86, with nothing in it.
    let mut header = vec![0u8; 52];
    header[..7].copy_from_slice(&[0x7f, b'E', b'L', b'F', 1, 1, 1]);
    header[16] = 3;
    header[18] = 3;
    header[20] = 1;
    header[40] = 52;
    header[42] = 32;
    header[46] = 40;
    let file = scratch().join("narrow.so");
    fs::write(&file, header).unwrap();
    match problem(&file) {
        FileProblem::OtherMachine { found, expected } => {
            assert_eq!((found.as_str(), expected), ("32-bit x86", std::env::consts::ARCH));
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_truncated_library_is_a_clear_error() {
    let Some(whole) = build("whole", &["-DCBLAS"]) else { return };
    let bytes = fs::read(whole).unwrap();
    for part in [20, 64, 1000, bytes.len() / 2, bytes.len() * 3 / 4] {
        let file = scratch().join(format!("truncated-{part}.so"));
        fs::write(&file, &bytes[..part]).unwrap();
        let found = problem(&file);
        assert!(matches!(found, FileProblem::Truncated { .. } | FileProblem::NotAnObject(_)), "{part}: {found}");
    }
}

#[test]
fn a_library_of_another_kind_is_a_clear_error() {
    let Some(file) = build("other", &["-DNEITHER"]) else { return };
    let _turn = products::turn();
    let error = backend::load(&file).expect_err("no BLAS");
    let BackendError::MissingSymbols { lacks, .. } = &error else { panic!("{error}") };
    for name in ["cblas_dgemm", "cblas_dgemm64_", "scipy_cblas_dgemm64_", "dgemm_"] {
        assert!(lacks.iter().any(|lack| lack == name), "{error}");
    }
}

#[test]
fn a_library_that_is_loaded_twice_is_the_same() {
    let Some(file) = build("twice", &["-DCBLAS"]) else { return };
    let _turn = products::turn();
    let link = scratch().join(format!("libtwice-link-{}.so", std::process::id()));
    #[cfg(unix)]
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let first = backend::load(&file).unwrap();
    let before = backend::loaded().len();
    assert_eq!(backend::load(&link).unwrap(), first);
    assert_eq!(backend::loaded().len(), before);
}
