//! `cargo bench --bench peers`: builds and runs `benches/peers`, a crate of its own, so that neither users nor tests of
//! polyblas compile the libraries it is compared with.

use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("peers: skipped, since it measures only under `cargo bench --bench peers`");
        return ExitCode::SUCCESS;
    }
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers/Cargo.toml");
    eprintln!("cargo run --release --manifest-path {manifest} -- {}", arguments.join(" "));
    let status = Command::new(env!("CARGO"))
        .args(["run", "--release", "--manifest-path", manifest, "--"])
        .args(arguments)
        .status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("peers: cannot run cargo: {error}");
            ExitCode::FAILURE
        }
    }
}
