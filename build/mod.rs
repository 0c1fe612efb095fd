//! Which BLAS is linked, and how: pure functions from the selected features, the target and what a [`Probe`] answers
//! to a [`Plan`]. Nothing here touches the disk or prints, so each platform's outcome can be tested on any platform.

mod accelerate;
mod blis;
mod choice;
mod error;
mod facts;
pub mod header;
pub mod linkage;
mod mkl;
mod netlib;
mod openblas;
mod places;
mod probe;
mod system;
mod target;

pub use choice::{Plan, resolve};
pub use facts::{Package, facts};
pub use probe::{Answer, Probe};
pub use target::{Input, Target};
