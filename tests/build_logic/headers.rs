//! Versions and widths, read from headers.

use crate::logic::header::{
    blis_integer_bits, blis_version, define, mkl_version, openblas_integer_bits, openblas_version,
};

#[test]
fn a_define_is_found_whole_and_without_its_quotes() {
    let header = "#define LONGER_NAME 1\n # define NAME \" a b \" /* why */\n#define FLAG\n#define FLAG_2 ( 7 )\n";
    assert_eq!(define(header, "NAME").as_deref(), Some("a b"));
    assert_eq!(define(header, "FLAG").as_deref(), Some(""));
    assert_eq!(define(header, "FLAG_2").as_deref(), Some("7"));
    assert_eq!(define(header, "LONGER").as_deref(), None);
    assert_eq!(define("// #define NAME 1\n", "NAME"), None);
}

#[test]
fn conditions_of_numbers_are_obeyed() {
    let value = |header: &str| define(header, "X");
    assert_eq!(value("#if 0\n#define X 1\n#else\n#define X 2\n#endif").as_deref(), Some("2"));
    assert_eq!(value("#if 1\n#define X 1\n#else\n#define X 2\n#endif").as_deref(), Some("1"));
    assert_eq!(value("#if 1\n#else\n#define X 2\n#endif\n"), None);
    assert_eq!(
        value("#if 32 == 64\n#define X 64\n#elif 32 == 32\n#define X 32\n#else\n#define X 0\n#endif").as_deref(),
        Some("32")
    );
    assert_eq!(value("#if 0\n#if 1\n#define X 1\n#endif\n#endif\n#define X 3").as_deref(), Some("3"));
    assert_eq!(value("#ifndef X\n#define X 4\n#endif").as_deref(), Some("4"));
    assert_eq!(value("#if defined(A) && B\n#define X 5\n#else\n#define X 6\n#endif").as_deref(), Some("5"));
}

#[test]
fn openblas_tells_its_version_and_width() {
    let lp64 = "#define OPENBLAS_VERSION \" OpenBLAS 0.3.21 \"\n#ifdef OPENBLAS_USE64BITINT\n";
    assert_eq!(openblas_version(lp64).as_deref(), Some("0.3.21"));
    assert_eq!(openblas_integer_bits(lp64), 32);
    assert_eq!(openblas_integer_bits("#define OPENBLAS_USE64BITINT \n"), 64);
    assert_eq!(openblas_version("#define OPENBLAS_VERSION \" OpenBLAS 0.3.30.dev\"").as_deref(), Some("0.3.30.dev"));
    assert_eq!(openblas_version("nothing"), None);
}

#[test]
fn mkl_is_named_as_intel_names_its_releases() {
    let header = |major, minor, update| {
        format!(
            "#define __INTEL_MKL__ {major}\n#define __INTEL_MKL_MINOR__ {minor}\n#define __INTEL_MKL_UPDATE__ {update}\n"
        )
    };
    assert_eq!(mkl_version(&header(2026, 0, 2)).as_deref(), Some("2026.2"));
    assert_eq!(mkl_version(&header(11, 3, 4)).as_deref(), Some("11.3.4"));
    assert_eq!(mkl_version("#define __INTEL_MKL__ 2026\n"), None);
}

#[test]
fn blis_tells_its_width_and_sometimes_its_version() {
    let header = "#if 32 == 64\n#define BLIS_BLAS_INT_TYPE_SIZE 64\n#elif 32 == 32\n#define BLIS_BLAS_INT_TYPE_SIZE 32\n#endif\n";
    assert_eq!(blis_integer_bits(header), Some(32));
    assert_eq!(blis_version(header), None);
    assert_eq!(blis_version("#define BLIS_VERSION_STRING \"1.1\"\n").as_deref(), Some("1.1"));
    assert_eq!(blis_version("#define BLIS_VERSION_STRING some_macro\n"), None);
}
