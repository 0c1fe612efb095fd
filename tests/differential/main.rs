//! Every operation, for every kind of element, against a sum in higher precision (exact for integers), over random
//! shapes, strides, factors and magnitudes. `PROPTEST_CASES` sets how many cases each test tries.

#[path = "../reference/mod.rs"]
mod reference;

mod blas1;
mod checked;
mod products;
mod symmetric;
mod vectors;

use std::num::Wrapping;

use num_complex::Complex;
use num_rational::Ratio;
use reference::rings::{Prime, Quaternion};

/// The properties of one element type, each a test.
macro_rules! properties {
    ($($name:ident $t:ty, $cases:literal;)*) => {$(
        mod $name {
            use super::*;
            use proptest::prelude::*;
            use reference::case::{Case, config};

            proptest! {
                #![proptest_config(config($cases))]

                #[test]
                fn products_agree_with_the_exact_sum(case in Case::any()) {
                    products::product::<$t>(&case)?;
                }

                #[test]
                fn products_with_vectors_agree(case in vectors::cases()) {
                    vectors::product::<$t>(&case)?;
                }

                #[test]
                fn inner_products_and_rank_one_updates_agree(case in vectors::cases()) {
                    vectors::inner_and_ger::<$t>(&case)?;
                }

                #[test]
                fn products_with_its_own_transpose_agree(case in Case::any()) {
                    symmetric::product::<$t>(&case)?;
                }

                #[test]
                fn batches_agree_with_single_products(cases in proptest::collection::vec(products::small_case(), 0..12)) {
                    products::batch::<$t>(&cases)?;
                }
            }
        }
    )*};
}

properties! {
    f32_elements f32, 64;
    f64_elements f64, 64;
    complex_f32_elements Complex<f32>, 64;
    complex_f64_elements Complex<f64>, 64;
    i8_elements i8, 64;
    i16_elements i16, 64;
    i32_elements i32, 64;
    i64_elements i64, 64;
    i128_elements i128, 32;
    isize_elements isize, 32;
    u8_elements u8, 32;
    u16_elements u16, 32;
    u32_elements u32, 32;
    u64_elements u64, 32;
    u128_elements u128, 32;
    usize_elements usize, 32;
    wrapping_elements Wrapping<i32>, 24;
    rational_elements Ratio<i64>, 16;
    prime_field_elements Prime, 24;
    quaternion_elements Quaternion, 24;
}
