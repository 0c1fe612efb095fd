//! build.rs's decisions for every platform, on machines that exist only here.

#[path = "../../build/mod.rs"]
mod logic;

mod choice;
mod headers;
mod machine;
mod mkl;
mod openblas;
mod other_providers;
mod system;
