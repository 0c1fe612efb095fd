//! What C headers tell.

/// The value of `#define NAME VALUE`, without quotes; an empty string where there is no value. Lines under a condition
/// of plain numbers that is false (`#if 0`, `#elif 32 == 64`) do not count, as BLIS's header is full of them.
pub fn define(header: &str, name: &str) -> Option<String> {
    // One entry for each open `#if`: whether this branch may count, and whether an earlier one surely did.
    let mut open: Vec<(bool, bool)> = Vec::new();
    for line in header.lines() {
        let Some(directive) = line.trim().strip_prefix('#').map(str::trim_start) else { continue };
        let (word, rest) = directive.split_once(|c: char| c.is_whitespace()).unwrap_or((directive, ""));
        match word {
            "if" => open.push((holds(rest) != Some(false), holds(rest) == Some(true))),
            "ifdef" | "ifndef" => open.push((true, false)),
            "elif" | "else" => {
                if let Some((counts, taken)) = open.last_mut() {
                    *counts = !*taken && (word == "else" || holds(rest) != Some(false));
                    *taken |= word == "elif" && holds(rest) == Some(true);
                }
            }
            "endif" => {
                open.pop();
            }
            "define" if open.iter().all(|&(counts, _)| counts) => {
                let value = rest.trim_start().strip_prefix(name);
                let value = value.filter(|v| v.is_empty() || v.starts_with(char::is_whitespace));
                if let Some(value) = value {
                    let value = value.split("/*").next().unwrap_or_default();
                    return Some(value.trim().trim_matches(['"', '(', ')']).trim().to_owned());
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether a condition of plain numbers holds; `None` for any other condition.
fn holds(condition: &str) -> Option<bool> {
    let number = |text: &str| text.trim().parse::<i64>().ok();
    match condition.split_once("==") {
        Some((left, right)) => Some(number(left)? == number(right)?),
        None => Some(number(condition)? != 0),
    }
}

/// The version in `openblas_config.h`: `#define OPENBLAS_VERSION " OpenBLAS 0.3.21 "`.
pub fn openblas_version(header: &str) -> Option<String> {
    let text = define(header, "OPENBLAS_VERSION")?;
    text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit())).map(str::to_owned)
}

/// Bits of the integers of an OpenBLAS.
pub fn openblas_integer_bits(header: &str) -> u32 {
    let wide = define(header, "OPENBLAS_USE64BITINT").is_some_and(|value| value != "0");
    if wide { 64 } else { 32 }
}

/// The version in `mkl_version.h`, as Intel names its releases: 2026, 0, 2 is 2026.2.
pub fn mkl_version(header: &str) -> Option<String> {
    let number = |name| define(header, name).filter(|value| value.parse::<u32>().is_ok());
    let (major, update) = (number("__INTEL_MKL__")?, number("__INTEL_MKL_UPDATE__")?);
    Some(match number("__INTEL_MKL_MINOR__").filter(|minor| minor != "0") {
        Some(minor) => format!("{major}.{minor}.{update}"),
        None => format!("{major}.{update}"),
    })
}

/// The version in `blis.h`, where the library's build wrote one.
pub fn blis_version(header: &str) -> Option<String> {
    define(header, "BLIS_VERSION_STRING").filter(|version| version.starts_with(|c: char| c.is_ascii_digit()))
}

/// Bits of the integers of BLIS's BLAS interface.
pub fn blis_integer_bits(header: &str) -> Option<u32> {
    define(header, "BLIS_BLAS_INT_TYPE_SIZE")?.parse().ok()
}
