//! Providers opened while the program runs: those of this machine, and small ones built here that lie.
#![cfg(feature = "dynamic")]

mod dynamic {
    pub mod fake;
    pub mod machine;
    pub mod products;
    pub mod threadpoolctl;
}
