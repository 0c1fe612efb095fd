fn main() {
    println!("cargo::rustc-check-cfg=cfg(provider)");
    println!("cargo::rerun-if-changed=build.rs");
}
