//! The native engine. It takes pointers, shapes, strides, `alpha`, `beta` and a thread count, and knows nothing of
//! `Matrix`.

mod args;
mod dispatch;
mod exact;
mod generic;
mod level1;
mod report;
mod ring;

pub(crate) use args::{Gemm, Gemv, Ger, Source, Syrk, Target, VecSource, VecTarget, reinterpret};
pub(crate) use dispatch::{checked_gemm, gemm, gemv, ger, inner, syrk, widen_gemm};
pub use exact::Integer;
pub use level1::Field;
pub(crate) use level1::{asum, axpy, iamax, nrm2, scal};
pub(crate) use report::{SimdReport, simd_report};
pub use ring::Widen;
