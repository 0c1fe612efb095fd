//! Products that know when they do not fit, and products of small integers with wider sums.

use polyblas::{AsView, CheckedError, ElementKind, Integer, Overflow, Widen};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::reference::case::{Case, config, fail};
use crate::reference::element::Element;

/// An exact sum of 128-bit products, as `high * 2^64 + low`.
#[derive(Default)]
struct Long {
    high: i128,
    low: u128,
}

impl Long {
    fn add(&mut self, product: i128) {
        self.high += product >> 64;
        self.low += product as u128 & u128::from(u64::MAX);
    }

    fn add_unsigned(&mut self, product: u128) {
        self.high += (product >> 64) as i128;
        self.low += product & u128::from(u64::MAX);
    }

    /// The value where it lies within 128 bits.
    fn value(&self) -> Option<i128> {
        let high = self.high + (self.low >> 64) as i128;
        let low = self.low & u128::from(u64::MAX);
        (i64::MIN.into()..=i64::MAX.into()).contains(&high).then_some(high << 64 | low as i128)
    }
}

fn checked<T>(case: &Case, wide: fn(&mut Long, T, T)) -> Result<(), TestCaseError>
where
    T: Element + Integer + TryFrom<i128>,
{
    let mut rng = case.rng();
    let (a, b) = (case.a::<T>(&mut rng), case.b::<T>(&mut rng));
    let found = a.view().checked_dot(&b.view());
    for i in 0..a.rows {
        for j in 0..b.cols {
            let mut sum = Long::default();
            (0..a.cols).for_each(|p| wide(&mut sum, a.at(i, p), b.at(p, j)));
            match (sum.value().and_then(|value| T::try_from(value).ok()), &found) {
                (Some(value), Ok(product)) => prop_assert_eq!(product[(i, j)], value),
                (None, Ok(product)) => prop_assert!(false, "{:?} does not fit, but {:?} came", (i, j), product[(i, j)]),
                (fits, Err(CheckedError::Overflow(Overflow { row, col, kind, .. }))) => {
                    prop_assert_eq!(*kind, ElementKind::of::<T>());
                    prop_assert!((i, j) <= (*row, *col), "{:?} came before {:?}", (*row, *col), (i, j));
                    prop_assert_eq!(fits.is_none(), (i, j) == (*row, *col), "at {:?}", (i, j));
                    if fits.is_none() {
                        return Ok(());
                    }
                }
                (_, Err(other)) => prop_assert!(false, "{}", other),
            }
        }
    }
    let shape = found.map_err(|e| TestCaseError::fail(format!("every element fits, yet: {e}")))?.shape();
    prop_assert_eq!(shape, (case.m, case.n));
    Ok(())
}

fn widened<A: Element + Widen<B>, B: Element + Into<i32>>(case: &Case) -> Result<(), TestCaseError> {
    let mut rng = case.rng();
    let (a, b) = (case.a::<A>(&mut rng), case.b::<B>(&mut rng));
    let found = a.view().dot_widen(&b.view());
    prop_assert_eq!(found.shape(), (case.m, case.n));
    for i in 0..a.rows {
        for j in 0..b.cols {
            let pairs = (0..a.cols).map(|p| (a.at(i, p).into(), b.at(p, j).into()));
            found[(i, j)].agrees_with(&<i32 as Element>::sum(pairs)).map_err(fail("dot_widen", (i, j)))?;
        }
    }
    Ok(())
}

macro_rules! checked {
    ($($name:ident $t:ty, $wide:expr;)*) => {
        proptest! {
            #![proptest_config(config(48))]
            $(
                #[test]
                fn $name(case in Case::any()) {
                    checked::<$t>(&case, $wide)?;
                }
            )*

            #[test]
            fn widened_i8_products_agree(case in Case::any()) {
                widened::<i8, i8>(&case)?;
            }

            #[test]
            fn widened_u8_by_i8_products_agree(case in Case::any()) {
                widened::<u8, i8>(&case)?;
            }

            #[test]
            fn widened_i16_products_agree(case in Case::any()) {
                widened::<i16, i16>(&case)?;
            }
        }
    };
}

checked! {
    checked_i8_products_are_exact_or_say_where_not i8, |sum, a, b| sum.add(i128::from(a) * i128::from(b));
    checked_i16_products_are_exact_or_say_where_not i16, |sum, a, b| sum.add(i128::from(a) * i128::from(b));
    checked_i32_products_are_exact_or_say_where_not i32, |sum, a, b| sum.add(i128::from(a) * i128::from(b));
    checked_i64_products_are_exact_or_say_where_not i64, |sum, a, b| sum.add(i128::from(a) * i128::from(b));
    checked_isize_products_are_exact_or_say_where_not isize, |sum, a, b| sum.add(a as i128 * b as i128);
    checked_u8_products_are_exact_or_say_where_not u8, |sum, a, b| sum.add(i128::from(a) * i128::from(b));
    checked_u16_products_are_exact_or_say_where_not u16, |sum, a, b| sum.add(i128::from(a) * i128::from(b));
    checked_u32_products_are_exact_or_say_where_not u32, |sum, a, b| sum.add(i128::from(a) * i128::from(b));
    checked_u64_products_are_exact_or_say_where_not u64,
        |sum, a, b| sum.add_unsigned(u128::from(a) * u128::from(b));
    checked_usize_products_are_exact_or_say_where_not usize, |sum, a, b| sum.add_unsigned(a as u128 * b as u128);
}

/// Sums that leave the type and come back, and sums that end just inside and just outside it.
#[test]
fn only_the_final_value_of_a_checked_product_counts() {
    use polyblas::matrix;
    let there_and_back = matrix![[i64::MAX, i64::MAX, i64::MIN, 1]];
    let ones = matrix![[i64::MAX], [1], [i64::MAX], [0]];
    // MAX² + MAX + MIN MAX = MAX (MAX + 1 + MIN) = 0
    assert_eq!(there_and_back.checked_dot(&ones).unwrap(), matrix![[0]]);
    let edge = matrix![[i8::MAX, 1, -1]];
    assert_eq!(edge.checked_dot(&matrix![[1i8], [1], [1]]).unwrap(), matrix![[i8::MAX]]);
    let error = edge.checked_dot(&matrix![[1i8, 1], [1, 1], [1, 0]]).unwrap_err();
    assert_eq!(error, CheckedError::Overflow(Overflow { row: 0, col: 1, kind: ElementKind::I8 }));
    assert!(error.to_string().contains("row 0, column 1 does not fit i8"), "{error}");
    let lowest = matrix![[i64::MIN, i64::MIN, i64::MIN]];
    let many = polyblas::Matrix::full(3, 1, i64::MIN);
    assert!(matches!(lowest.checked_dot(&many), Err(CheckedError::Overflow(Overflow { row: 0, col: 0, .. }))));
    let most = polyblas::Matrix::full(1, 5, u64::MAX);
    assert!(matches!(most.checked_dot(&most.t()), Err(CheckedError::Overflow(_))));
}

#[test]
fn a_checked_product_is_the_same_for_owners_and_views() {
    let a = polyblas::matrix![[1i32, 2], [3, 4]];
    assert_eq!(a.checked_dot(&a.t()).unwrap(), a.view().checked_dot(&a.t().as_view()).unwrap());
}
