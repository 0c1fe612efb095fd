//! Which instruction set the engine uses: the best that the CPU has, or the one that `POLYBLAS_SIMD` names.

use std::sync::OnceLock;

/// An instruction set that kernels are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Portable,
    Avx2,
    Avx512,
    Neon,
}

impl Level {
    /// From the best to the one that every CPU has.
    pub const ALL: [Level; 4] = [Level::Avx512, Level::Avx2, Level::Neon, Level::Portable];

    pub const fn name(self) -> &'static str {
        match self {
            Level::Portable => "portable",
            Level::Avx2 => "avx2",
            Level::Avx512 => "avx512",
            Level::Neon => "neon",
        }
    }

    /// Whether this CPU has all that the level's code is compiled for.
    pub fn available(self) -> bool {
        match self {
            Level::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => {
                Level::Avx2.available()
                    && is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
            }
            #[cfg(target_arch = "aarch64")]
            Level::Neon => std::arch::is_aarch64_feature_detected!("neon"),
            #[allow(unreachable_patterns)]
            _ => false,
        }
    }

    /// The level that `wanted` (the value of `POLYBLAS_SIMD`) asks for, else the best.
    fn choose(wanted: Option<&str>) -> Result<Level, String> {
        let available = || Level::ALL.into_iter().filter(|level| level.available());
        let Some(wanted) = wanted.map(str::trim).filter(|wanted| !wanted.is_empty()) else {
            return Ok(available().next().unwrap_or(Level::Portable));
        };
        available().find(|level| level.name().eq_ignore_ascii_case(wanted)).ok_or_else(|| {
            let names: Vec<_> = available().map(Level::name).collect();
            let known = Level::ALL.into_iter().any(|level| level.name().eq_ignore_ascii_case(wanted));
            let why = if known { "this CPU lacks it" } else { "there is no such level" };
            format!("POLYBLAS_SIMD={wanted}: {why}; set it to {} or leave it unset", names.join(" or "))
        })
    }
}

/// The level in use, or why the one that `POLYBLAS_SIMD` names cannot be. Decided once.
pub(crate) fn chosen() -> &'static Result<Level, String> {
    static CHOSEN: OnceLock<Result<Level, String>> = OnceLock::new();
    CHOSEN.get_or_init(|| Level::choose(std::env::var("POLYBLAS_SIMD").ok().as_deref()))
}

/// The level in use.
///
/// # Panics
/// When `POLYBLAS_SIMD` names a level that does not exist or that the CPU lacks: whoever forces one wants that one or
/// none.
pub(crate) fn get() -> Level {
    match chosen() {
        Ok(level) => *level,
        Err(message) => panic!("{message}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_level_is_chosen_unless_another_is_named() {
        let best = Level::choose(None).unwrap();
        assert!(best.available());
        assert_eq!(Level::choose(Some("")), Ok(best));
        assert_eq!(Level::choose(Some(best.name())), Ok(best));
        assert_eq!(Level::choose(Some(" Portable ")), Ok(Level::Portable));
    }

    #[test]
    fn a_level_that_cannot_be_used_is_refused_with_those_that_can() {
        let message = Level::choose(Some("mmx")).unwrap_err();
        assert!(message.contains("no such level") && message.contains("portable"), "{message}");
        let missing = Level::ALL.into_iter().find(|level| !level.available()).expect("no CPU has both x86 and Arm");
        let message = Level::choose(Some(missing.name())).unwrap_err();
        assert!(message.contains("lacks it") && message.contains(missing.name()), "{message}");
    }
}
