//! What the report tells of a library is what threadpoolctl and numpy tell of the same one.

use std::process::Command;

use polyblas::backend::{self, Backend};
use serde_json::Value;

use super::products;

/// Python's answer to a program, or why there is none.
fn python(program: &str, arguments: &[&str]) -> Result<Value, String> {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let output = Command::new(&python).args(["-c", program]).args(arguments).output();
    let output = output.map_err(|error| format!("{python}: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(said.lines().last().unwrap_or("python failed").to_owned());
    }
    serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
}

/// What threadpoolctl tells of a library, loaded alone into a process.
const THREADPOOLCTL: &str = "
import ctypes, json, sys
from threadpoolctl import threadpool_info
library = ctypes.CDLL(sys.argv[1])
print(json.dumps([entry for entry in threadpool_info() if entry['user_api'] == 'blas']))
";

/// Whether both tell the same of a library.
fn agree(ours: &Value, theirs: &Value) {
    let (ours_of, theirs_of) = (|name: &str| ours[name].as_str(), |name: &str| theirs[name].as_str());
    let kind = match ours_of("name") {
        Some("OpenBLAS") => "openblas",
        Some("Intel MKL") => "mkl",
        Some("BLIS") => "blis",
        other => panic!("threadpoolctl does not know {other:?}"),
    };
    assert_eq!(theirs_of("internal_api"), Some(kind));
    // threadpoolctl takes MKL's from a sentence that goes on: "2026.2-Product".
    let version = theirs_of("version").map(|version| version.trim_end_matches("-Product"));
    assert_eq!(version, ours_of("version"), "{ours}");
    if let Some(core) = theirs_of("architecture") {
        assert_eq!(Some(core), ours_of("core"), "{ours}");
    }
    // Which OpenMP MKL takes depends on what is in the process already, as Python's.
    if let (Some(layer), false) = (theirs_of("threading_layer"), kind == "mkl") {
        assert_eq!(Some(if layer == "disabled" { "none" } else { layer }), ours_of("threading"), "{ours}");
    }
    assert_eq!(theirs["num_threads"], ours["threads"], "{ours}");
}

#[test]
fn threadpoolctl_tells_the_same_of_each_library() {
    let _turn = products::turn();
    let mut compared = 0;
    for found in backend::available() {
        if !["OpenBLAS", "Intel MKL", "BLIS"].contains(&found.name.as_str()) || found.backend == Backend::Linked {
            continue;
        }
        // A process of its own, as Python's: numbers of threads are then what the library itself begins with.
        let ours = alone(&found.backend).unwrap_or_else(|error| panic!("{}: {error}", found.backend));
        match python(THREADPOOLCTL, &[&found.backend.to_string()]) {
            Ok(told) => {
                // A library that it does not recognise by name, as BLIS's with 64-bit integers, is not in its list.
                let Some(told) = told.as_array().and_then(|list| list.first()) else {
                    println!("skipped: threadpoolctl does not recognise {}", found.backend);
                    continue;
                };
                agree(&ours, told);
                compared += 1;
            }
            Err(error) => {
                println!("skipped: {error}");
                return;
            }
        }
    }
    println!("{compared} libraries agree with threadpoolctl");
}

/// What a library tells in a process where nothing else is loaded: this test's own program, asked for one test.
fn alone(backend: &Backend) -> Result<Value, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new(program)
        .args(["--exact", "dynamic::threadpoolctl::tells_of_itself", "--nocapture"])
        .env("POLYBLAS_BACKEND", backend.to_string())
        .env("POLYBLAS_TELL", "1")
        .env_remove("POLYBLAS_NUM_THREADS")
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout);
    let line = said.lines().find_map(|line| line.split_once("told:"));
    let (_, told) = line.ok_or_else(|| format!("{said}{}", String::from_utf8_lossy(&output.stderr)))?;
    serde_json::from_str(told).map_err(|error| error.to_string())
}

#[test]
fn tells_of_itself() {
    if std::env::var_os("POLYBLAS_TELL").is_none() {
        // The other test asks.
        return;
    }
    let runtime = backend::current_runtime();
    let told = serde_json::json!({
        "name": runtime.name,
        "version": runtime.version,
        "core": runtime.core,
        "threading": runtime.threading,
        "threads": runtime.threads,
    });
    println!("told:{told}");
}

/// The OpenBLAS that numpy's wheel brings, and what numpy's build and threadpoolctl tell of it.
const NUMPY: &str = "
import contextlib, io, json, numpy
from threadpoolctl import threadpool_info
blas = [entry for entry in threadpool_info() if entry['user_api'] == 'blas']
config = numpy.show_config(mode='dicts')['Build Dependencies']['blas']
print(json.dumps({'file': blas[0]['filepath'] if blas else None, 'config': config}))
";

#[test]
fn numpy_tells_the_same_of_the_library_that_it_brings() {
    let told = match python(NUMPY, &[]) {
        Ok(told) => told,
        Err(error) => return println!("skipped: {error}"),
    };
    let (Some(file), config) = (told["file"].as_str(), &told["config"]) else {
        return println!("skipped: this numpy has no BLAS that threadpoolctl knows");
    };
    let _turn = products::turn();
    let backend = backend::load(file).unwrap_or_else(|error| panic!("{error}"));
    backend::select(&backend).expect("what was loaded can be selected");
    products::check(file);
    let runtime = backend::current_runtime();
    backend::select(&Backend::Native).expect("native is always there");
    let name = config["name"].as_str().unwrap_or_default();
    if !name.contains("openblas") {
        return println!("skipped: this numpy was built with {name}");
    }
    assert_eq!(runtime.name, "OpenBLAS");
    let configuration = config["openblas configuration"].as_str().unwrap_or_default();
    let of_the_build = |flag: &str| configuration.contains(flag);
    assert_eq!(runtime.integer_bits == Some(64), of_the_build("USE64BITINT"), "{configuration}");
    // numpy tells of the OpenBLAS that it was built with; its wheel brings the same.
    let version = runtime.version.as_deref().unwrap_or_default();
    assert!(
        of_the_build(version)
            || config["version"].as_str().is_some_and(|v| v.starts_with(version) || version.starts_with(v)),
        "{version} and {config}"
    );
}
