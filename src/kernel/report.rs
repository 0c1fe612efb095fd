//! What the engine runs on, for the report.

use num_complex::Complex;

use super::float::Element;
use super::integer;
use super::level;
use crate::scalar::ElementKind;

/// The SIMD levels of this machine, and the kernel chosen for each element type.
#[derive(Clone, Debug)]
pub(crate) struct SimdReport {
    /// The level in use: `portable`, `avx2`, `avx512` or `neon`; `none` when `POLYBLAS_SIMD` names one that cannot be
    /// used (the kernels then say why, and the first product panics).
    pub level: &'static str,
    /// Features that the compiler was allowed to assume everywhere.
    pub baseline: Vec<&'static str>,
    /// Features found at run time.
    pub found: Vec<&'static str>,
    /// Features looked for and not found.
    pub not_found: Vec<&'static str>,
    /// The kernel that multiplies each element type.
    pub kernels: Vec<(ElementKind, String)>,
}

/// What multiplies elements of this kind, or why nothing can.
fn kernel(kind: ElementKind) -> String {
    let level = match level::chosen() {
        Ok(level) => *level,
        Err(message) => return message.clone(),
    };
    match kind {
        ElementKind::F32 => (f32::engine_at(level).kernel)(),
        ElementKind::F64 => (f64::engine_at(level).kernel)(),
        ElementKind::C32 => (Complex::<f32>::engine_at(level).kernel)(),
        ElementKind::C64 => (Complex::<f64>::engine_at(level).kernel)(),
        ElementKind::I8 | ElementKind::U8 => integer::describe::<i8>(level),
        ElementKind::I16 | ElementKind::U16 => integer::describe::<i16>(level),
        ElementKind::I32 | ElementKind::U32 => integer::describe::<i32>(level),
        ElementKind::I64 | ElementKind::U64 => integer::describe::<i64>(level),
        #[cfg(target_pointer_width = "64")]
        ElementKind::Isize | ElementKind::Usize => integer::describe::<i64>(level),
        #[cfg(target_pointer_width = "32")]
        ElementKind::Isize | ElementKind::Usize => integer::describe::<i32>(level),
        ElementKind::I128 | ElementKind::U128 | ElementKind::Other => "generic loops".to_owned(),
    }
}

/// Looks at the CPU.
pub(crate) fn simd_report() -> SimdReport {
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    macro_rules! detect {
        ($arch:literal, $detected:ident: $($feature:tt)*) => {
            #[cfg(target_arch = $arch)]
            {
                let table: &[(&'static str, bool, bool)] =
                    &[$(($feature, cfg!(target_feature = $feature), std::arch::$detected!($feature))),*];
                let pick = |keep: fn(&(&'static str, bool, bool)) -> bool| -> Vec<&'static str> {
                    table.iter().filter(|row| keep(row)).map(|row| row.0).collect()
                };
                (pick(|row| row.1), pick(|row| !row.1 && row.2), pick(|row| !row.2))
            }
        };
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let (baseline, found, not_found) = (Vec::new(), Vec::new(), Vec::new());
    #[cfg(target_arch = "aarch64")]
    let (baseline, found, not_found) =
        { detect!("aarch64", is_aarch64_feature_detected: "neon" "dotprod" "i8mm" "sve") };
    #[cfg(target_arch = "x86_64")]
    let (baseline, found, not_found) = {
        detect!("x86_64", is_x86_feature_detected:
            "sse2" "sse4.2" "avx" "avx2" "fma" "avx512f" "avx512bw" "avx512dq" "avx512vl" "avx512vnni" "avx512bf16" "avxvnni")
    };
    let kernels = ElementKind::ALL.iter().map(|&kind| (kind, kernel(kind))).collect();
    let level = level::chosen().as_ref().map_or("none", |level| level.name());
    SimdReport { level, baseline, found, not_found, kernels }
}
