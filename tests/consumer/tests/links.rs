//! One provider feature is all that a user's project needs: its library, tests and binary link and run.

mod expected;

use std::process::Command;

use expected::N;
use num_complex::Complex;

#[test]
fn products_are_right() {
    let (reals, complexes) = (consumer::real_product(N), consumer::complex_product(N));
    let a = |i, j| Complex::new(((3 * i + 5 * j) % 17) as i64, ((i + j) % 5) as i64);
    let b = |i, j| Complex::new(((7 * i + 2 * j) % 13) as i64, -((i * j % 3) as i64));
    for i in 0..N {
        for j in 0..N {
            assert_eq!(reals[(i, j)], expected::real(i, j) as f64, "at ({i}, {j})");
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
    let out = Command::new(env!("CARGO_BIN_EXE_consumer")).arg(N.to_string()).output().unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    assert!(out.status.success(), "{}\n{text}", String::from_utf8_lossy(&out.stderr));
    assert!(text.ends_with(&format!("checksum {}\n", expected::checksum())), "{text}");
}
