//! Every BLAS of this machine and the native engine, side by side: which is fastest for you?
//!
//! ```text
//! cargo run --release --features dynamic --example compare -- --sizes 16,100,512 --types f64,f32 --threads 1 --out results
//! ```
//!
//! Each provider runs in a child process of its own, since the idle workers of one library spin on the cores of the
//! next, and the children take turns, round after round, so that a drift of the machine hits all alike. With `--out` a
//! CSV file and an SVG plot are written there.

mod ceiling;
mod child;
mod options;
mod plot;
mod results;
mod run;

use std::process::ExitCode;

use clap::Parser;

use options::Options;

fn main() -> ExitCode {
    let options = Options::parse();
    let outcome = match &options.child {
        Some(backend) => child::serve(backend, options.threads),
        None => compare(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("compare: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compare(options: &Options) -> Result<(), String> {
    let results = run::measure(options)?;
    print!("{results}");
    if let Some(folder) = &options.out {
        let failed = |error: &dyn std::fmt::Display| format!("cannot write to {}: {error}", folder.display());
        std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
        let (csv, svg) = (folder.join("compare.csv"), folder.join("compare.svg"));
        std::fs::write(&csv, results.csv()).map_err(|error| failed(&error))?;
        plot::write(&results, &svg).map_err(|error| failed(&error))?;
        println!("written: {} and {}\n", csv.display(), svg.display());
    }
    println!("{}", results.advice());
    Ok(())
}
