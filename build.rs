//! Finds the BLAS that the features select, tells Cargo how to link it, and writes what the report says of it.

#[path = "build/disk.rs"]
mod disk;
#[path = "build/mod.rs"]
mod logic;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

use disk::Disk;
use logic::linkage::Linkage;
use logic::{Input, Package, Plan, Probe, Target};

fn main() -> ExitCode {
    let disk = Disk::default();
    let out_dir = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets OUT_DIR"));
    let input = input(&disk, &out_dir);
    // After a failure Cargo runs the script again each time, so nothing needs to be watched then.
    let plan = match logic::resolve(&input, &disk) {
        Ok(plan) => plan,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let written = prepare(&input.link_dir, &plan.linkage)
        .and_then(|()| fs::write(out_dir.join("facts.rs"), logic::facts(&package(&input, &out_dir), &plan)));
    if let Err(error) = written {
        eprintln!("polyblas: cannot write to {}: {error}", out_dir.display());
        return ExitCode::FAILURE;
    }
    print(&plan, &disk);
    ExitCode::SUCCESS
}

fn input(disk: &Disk, out_dir: &Path) -> Input {
    let cfg = |name: &str| env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    let variable = |name: &str| env::var(name).unwrap_or_default();
    let target = Target {
        triple: variable("TARGET"),
        arch: cfg("ARCH"),
        vendor: cfg("VENDOR"),
        os: cfg("OS"),
        env: cfg("ENV"),
        host: variable("HOST"),
    };
    let feature = |name: &str| name.strip_prefix("CARGO_FEATURE_").map(|name| name.to_lowercase().replace('_', "-"));
    let features: BTreeSet<String> = env::vars_os().filter_map(|(name, _)| name.to_str().and_then(feature)).collect();
    Input { target, features, docs_rs: disk.env("DOCS_RS").is_some(), link_dir: out_dir.join("link") }
}

fn package(input: &Input, out_dir: &Path) -> Package {
    let variable = |name: &str| env::var(name).unwrap_or_default();
    let rustc = Command::new(variable("RUSTC")).arg("--version").output().ok();
    let rustc = rustc.and_then(|output| String::from_utf8(output.stdout).ok()).map(|text| text.trim().to_owned());
    // TARGET_DIR/PROFILE/build/polyblas-HASH/out; `PROFILE` itself says only `debug` or `release`.
    let folder = out_dir.ancestors().nth(3).and_then(Path::file_name).and_then(|name| name.to_str());
    let list = |name: &str| variable(name).split(',').filter(|s| !s.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let flags = variable("CARGO_ENCODED_RUSTFLAGS");
    let flags: Vec<&str> = flags.split('\x1f').flat_map(|flag| flag.split_whitespace()).collect();
    let target_cpu = flags.iter().rev().find_map(|flag| flag.trim_start_matches("-C").strip_prefix("target-cpu="));
    Package {
        version: variable("CARGO_PKG_VERSION"),
        rustc: rustc.filter(|text| !text.is_empty()),
        target: input.target.triple.clone(),
        host: input.target.host.clone(),
        profile: folder.map_or_else(|| variable("PROFILE"), str::to_owned),
        opt_level: variable("OPT_LEVEL"),
        target_cpu: Some(target_cpu.unwrap_or("the target's default").to_owned()),
        target_features: list("CARGO_CFG_TARGET_FEATURE"),
        features: input.features.iter().cloned().collect(),
    }
}

/// Writes the linker script and the links to shared libraries.
fn prepare(link_dir: &Path, linkage: &Linkage) -> std::io::Result<()> {
    if link_dir.exists() {
        fs::remove_dir_all(link_dir)?;
    }
    fs::create_dir_all(link_dir)?;
    if let Some((name, text)) = &linkage.script {
        fs::write(link_dir.join(name), text)?;
    }
    #[cfg(unix)]
    for file in &linkage.stage {
        if let Some(name) = file.file_name() {
            std::os::unix::fs::symlink(file, link_dir.join(name))?;
        }
    }
    Ok(())
}

fn print(plan: &Plan, disk: &Disk) {
    let values: Vec<String> = Plan::providers().iter().map(|name| format!("{name:?}")).collect();
    println!("cargo::rustc-check-cfg=cfg(provider, values(none(), {}))", values.join(", "));
    if let Some(provider) = plan.provider {
        println!("cargo::rustc-cfg=provider");
        println!("cargo::rustc-cfg=provider={provider:?}");
    }
    for dir in &plan.linkage.search {
        println!("cargo::rustc-link-search=native={}", dir.display());
    }
    for library in &plan.linkage.link {
        println!("cargo::rustc-link-lib={library}");
    }
    for argument in &plan.linkage.args {
        println!("cargo::rustc-link-arg={argument}");
    }
    for warning in plan.warnings() {
        println!("cargo::warning={warning}");
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    for variable in disk.variables() {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    for path in disk.paths() {
        println!("cargo::rerun-if-changed={}", path.display());
    }
}
