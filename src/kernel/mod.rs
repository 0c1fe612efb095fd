//! The native engine. It takes pointers, shapes, strides, `alpha`, `beta` and a thread count, and knows nothing of
//! `Matrix`.

mod args;
mod blocking;
mod buffer;
mod complex;
mod dispatch;
mod driver;
mod exact;
mod float;
mod gemv;
mod generic;
mod ger;
mod inner;
mod integer;
mod lanes;
mod level;
mod level1;
mod micro;
mod order;
mod pack;
mod parallel;
mod passes;
mod real;
pub(crate) mod recycle;
mod report;
mod ring;
mod shape;
mod simd;
mod syrk;
#[cfg(test)]
pub(crate) mod tests;
mod tiles;
mod units;
mod update;
mod vector_ops;
pub(crate) mod workspace;

pub(crate) use args::{Gemm, Gemv, Ger, Part, Source, Syrk, Target, VecSource, VecTarget, reinterpret};
pub(crate) use dispatch::{asum, axpy, checked_gemm, gemm, gemv, ger, iamax, inner, nrm2, scal, syrk, widen_gemm};
pub(crate) use driver::{ahead, worth as worth_threads};
pub use exact::Integer;
pub use level1::Field;
pub(crate) use parallel::{Team, worth_reading};
pub(crate) use report::simd_report;
pub use ring::Widen;
