//! Prints what is linked, where it was found, and what it runs on.
//!
//! ```text
//! cargo run --example config              the text report
//! cargo run --example config -- --json    the same as JSON
//! ```

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => print!("{}", polyblas::config()),
        ["--json"] => println!("{}", polyblas::config().to_json()),
        _ => {
            eprintln!("usage: config [--json]");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
