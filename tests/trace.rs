//! The call log: what a program records of itself, and what `POLYBLAS_TRACE` makes it print.

use std::process::{Command, Output};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use num_complex::Complex;
use polyblas::trace::{self, Mode};
use polyblas::{Dot, Matrix, blas1, inner, matrix};

/// The log is the whole process's: tests that keep one take turns.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn products() {
    let a = Matrix::<f64>::ones(3, 4);
    let _ = a.dot(&Matrix::ones(4, 5));
    let _ = a.dot(&a.t());
    let _ = a.dot(&[1.0; 4]);
    let _ = inner(&[1.0f32, 2.0], &[3.0, 4.0]);
    let _ = blas1::nrm2(&[3.0, 4.0]);
    let z = Matrix::<Complex<f32>>::ones(2, 3);
    let _ = z.dot(&z.h());
    let _ = matrix![[1i64, 2]].dot(&matrix![[3i64], [4]]);
    let _ = matrix![[1i8, 2], [3, 4]].dot_widen(&matrix![[3i8, 1], [4, 1]]);
}

const EXPECTED: [(&str, &str, (usize, usize, usize)); 8] = [
    ("gemm", "f64", (3, 5, 4)),
    ("syrk", "f64", (3, 3, 4)),
    ("gemv", "f64", (3, 1, 4)),
    ("dot", "f32", (1, 1, 2)),
    ("nrm2", "f64", (1, 1, 2)),
    ("herk", "Complex<f32>", (2, 2, 3)),
    ("dot", "i64", (1, 1, 2)),
    ("gemm_widen", "i8", (2, 2, 2)),
];

#[test]
fn each_call_is_told_with_its_shape_and_provider() {
    let _turn = turn();
    let calls = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&calls);
    trace::set_sink(move |call| sink.lock().unwrap().push(call.clone()));
    trace::set_mode(Mode::Calls);
    products();
    trace::set_mode(Mode::Off);
    products();
    let calls = calls.lock().unwrap();
    let told: Vec<_> = calls.iter().map(|call| (call.operation, call.kind.name(), call.shape)).collect();
    assert_eq!(told, EXPECTED);
    let provider = polyblas::backend::current_runtime().name;
    assert_eq!(calls[0].provider, provider);
    assert_eq!(calls[6].provider, "native", "no BLAS has integers");
    assert!(calls[0].operations() == 120.0 && calls[0].rate() > 0.0);
    assert!(calls[0].to_string().starts_with(&format!("gemm f64 3x5x4 on {provider}: ")), "{}", calls[0]);
}

#[test]
fn a_summary_adds_up() {
    let _turn = turn();
    trace::reset();
    trace::set_mode(Mode::Summary);
    products();
    products();
    trace::set_mode(Mode::Off);
    let summary = trace::summary();
    assert_eq!(summary.rows.len(), EXPECTED.len());
    assert!(summary.rows.iter().all(|row| row.calls == 2));
    assert!(summary.rows.is_sorted_by(|a, b| a.elapsed >= b.elapsed));
    trace::reset();
    assert!(trace::summary().rows.is_empty());
}

/// This program again, doing the products with the variable set.
fn child(value: &str) -> Output {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_child_multiplies", "--nocapture"])
        .env("POLYBLAS_TRACE", value)
        .env("POLYBLAS_TEST_CHILD", "1")
        .output()
        .unwrap()
}

#[test]
fn the_child_multiplies() {
    if std::env::var_os("POLYBLAS_TEST_CHILD").is_some() {
        products();
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_variable_prints_each_call() {
    let text = stderr(&child("calls"));
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("polyblas: ")).collect();
    assert_eq!(lines.len(), EXPECTED.len(), "{text}");
    assert!(lines[0].starts_with("polyblas: gemm f64 3x5x4 on ") && lines[0].ends_with(" GFLOP/s"), "{text}");
}

#[test]
fn the_variable_prints_a_summary_at_the_end() {
    let text = stderr(&child("summary"));
    assert!(text.contains("polyblas: 8 calls, "), "{text}");
    assert!(text.contains("gemm_widen"), "{text}");
}

#[test]
fn without_the_variable_nothing_is_printed() {
    assert_eq!(stderr(&child("off")), "");
    assert_eq!(stderr(&child("")), "");
}

#[test]
fn a_wrong_value_says_what_was_expected() {
    let output = child("everything");
    assert!(!output.status.success());
    assert!(stderr(&output).contains("POLYBLAS_TRACE=everything: expected `summary`, `calls` or `off`"));
}
