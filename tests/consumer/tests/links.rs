//! One provider feature is all that a user's project needs: its library, binary, tests and `cdylib` link and run.

use num_complex::Complex;
use std::path::PathBuf;
use std::process::Command;

use consumer::N;

fn real(i: usize, j: usize) -> i64 {
    let (a, b) = (|i, j| ((3 * i + 5 * j) % 17) as i64 - 8, |i, j| ((7 * i + 2 * j) % 13) as i64 - 6);
    (0..N).map(|k| a(i, k) * b(j, k)).sum()
}

fn checksum() -> f64 {
    (0..N).map(|i| (0..N).map(|j| real(i, j)).sum::<i64>()).sum::<i64>() as f64
}

#[test]
fn products_are_right() {
    let (reals, complexes) = (consumer::real_product(), consumer::complex_product());
    let a = |i, j| Complex::new(((3 * i + 5 * j) % 17) as i64, ((i + j) % 5) as i64);
    let b = |i, j| Complex::new(((7 * i + 2 * j) % 13) as i64, -((i * j % 3) as i64));
    for i in 0..N {
        for j in 0..N {
            assert_eq!(reals[(i, j)], real(i, j) as f64, "at ({i}, {j})");
            let sum: Complex<i64> = (0..N).map(|k| a(i, k) * b(k, j)).sum();
            assert_eq!(complexes[(i, j)], Complex::new(sum.re as f64, sum.im as f64), "at ({i}, {j})");
        }
    }
}

#[test]
fn the_report_names_the_provider_of_the_feature() {
    let Ok(expected) = std::env::var("POLYBLAS_EXPECT_PROVIDER") else {
        println!("skipped: POLYBLAS_EXPECT_PROVIDER does not say which provider this build should have");
        return;
    };
    assert_eq!(polyblas::backend::current_runtime().name, expected);
    let report = polyblas::config().to_string();
    assert!(report.contains(&expected), "{expected} is not in\n{report}");
}

#[test]
fn the_binary_runs() {
    let out = Command::new(env!("CARGO_BIN_EXE_consumer")).output().unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    assert!(out.status.success(), "{}\n{text}", String::from_utf8_lossy(&out.stderr));
    assert!(text.ends_with(&format!("checksum {}\n", checksum())), "{text}");
}

#[test]
fn the_cdylib_loads_and_multiplies() {
    let name = libloading::library_filename("consumer");
    let deps = std::env::current_exe().unwrap().parent().unwrap().to_path_buf();
    let places = [deps.join(&name), deps.parent().unwrap().join(&name)];
    let file: &PathBuf = places.iter().find(|p| p.exists()).unwrap_or_else(|| panic!("none of {places:?} exists"));
    // SAFETY: the library is this crate's own: loading it runs no code but the BLAS's initialisers, and the function
    // has the type that `src/lib.rs` declares.
    let sum = unsafe {
        let library = libloading::Library::new(file).unwrap();
        let checksum: libloading::Symbol<'_, extern "C" fn() -> f64> = library.get("consumer_checksum").unwrap();
        let sum = checksum();
        // A BLAS's threads may still be running code of the library, so it is never unloaded.
        std::mem::forget(library);
        sum
    };
    assert_eq!(sum, checksum());
}
