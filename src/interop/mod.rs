//! Bridges to other crates' matrices, numbers and files, each behind the feature of its name.
//!
//! | feature | what it gives |
//! |---|---|
//! | `ndarray` | ndarray's arrays and views stand wherever a matrix does; views convert both ways without a copy |
//! | `nalgebra` | the same for nalgebra's matrices and views |
//! | `serde` | matrices as `{rows, cols, data}` in any of serde's formats |
//! | `rand` | matrices of random numbers |
//! | `approx` | `assert_relative_eq!` and its kin on matrices |
//! | `npy` | numpy's `.npy` files |

#[cfg(feature = "approx")]
pub mod approx;
#[cfg(feature = "nalgebra")]
pub mod nalgebra;
#[cfg(feature = "ndarray")]
pub mod ndarray;
#[cfg(feature = "npy")]
pub mod npy;
#[cfg(feature = "rand")]
pub mod rand;
#[cfg(feature = "serde")]
pub mod serde;
