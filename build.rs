fn main() {
    println!(
        "cargo::rustc-check-cfg=cfg(provider, values(none(), \"openblas\", \"mkl\", \"blis\", \"netlib\", \"system\", \"accelerate\", \"blas-src\"))"
    );
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=TMP_PROVIDER");
    // The lead's stand-in until the real one lands: both the plain cfg and the one with a value are needed.
    if let Ok(p) = std::env::var("TMP_PROVIDER") {
        println!("cargo::rustc-cfg=provider");
        println!("cargo::rustc-cfg=provider=\"{p}\"");
        if p == "system" {
            println!("cargo::rustc-link-lib=blas");
        }
    }
}
