//! Vector operations of level 1, on vectors of every stride.

use num_complex::Complex;
use polyblas::{Field, blas1};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::reference::Rng;
use crate::reference::case::{config, factor, fail, input_layout, magnitude};
use crate::reference::element::{Element, Magnitude};
use crate::reference::storage::{Layout, Stored};
use crate::reference::wide::Wide;

/// A vector's length and layout, and whether it is a row.
type Shape = (usize, Layout, bool);

fn shape(layout: impl Strategy<Value = Layout>) -> impl Strategy<Value = Shape> {
    (prop_oneof![4 => 0..70usize, 1 => 100..600usize], layout, any::<bool>())
}

fn draw<T: Element>((len, layout, is_row): Shape, magnitude: Magnitude, rng: &mut Rng) -> Stored<T> {
    let (rows, cols) = if is_row { (1, len) } else { (len, 1) };
    Stored::draw(rows, cols, layout, magnitude, rng)
}

fn values<T: Element>(x: &Stored<T>) -> Vec<T> {
    (0..x.rows).flat_map(|i| (0..x.cols).map(move |j| x.at(i, j))).collect()
}

fn norms<T>(shape: Shape, magnitude: Magnitude, seed: u64) -> Result<(), TestCaseError>
where
    T: Element + Field<Real: Into<f64>> + Squares,
{
    let stored = draw::<T>(shape, magnitude, &mut Rng(seed));
    let (x, values) = (stored.view(), values(&stored));
    let parts = values.iter().map(|&x| (x.abs1().into(), x)).collect::<Vec<(f64, T)>>();
    let unit = if size_of::<T::Real>() == 4 { f64::from(f32::EPSILON) } else { f64::EPSILON } / 2.0;
    let n = (values.len() * size_of::<T>() / size_of::<T::Real>()) as f64;

    let sum = parts.iter().fold(Wide::default(), |sum, &(abs, _)| sum.add_product(abs, 1.0));
    let found: f64 = blas1::asum(&x).into();
    // For complex elements `abs1` has been rounded once already, here as there.
    prop_assert!(sum.distance(found) <= (n + 1.0) * unit * sum.high, "asum: {} but {:?}", found, sum);

    let first = parts.iter().enumerate().fold(None, |best: Option<(usize, f64)>, (i, &(abs, _))| match best {
        Some((_, largest)) if largest >= abs => best,
        _ => Some((i, abs)),
    });
    prop_assert_eq!(blas1::iamax(&x), first.map(|(i, _)| i));

    // Norms compare through their squares: |found² - sum| is 2 sqrt(sum) |found - sqrt(sum)| to first order.
    let squares = T::squares(&values);
    let found: f64 = blas1::nrm2(&x).into();
    let error = squares.add_product(-found, found);
    let error = (error.high + error.low).abs();
    // Algorithms that scale to avoid overflow round each square up to four times.
    prop_assert!(
        error <= 2.0 * (2.0 * n + 4.0) * unit * squares.high,
        "nrm2: {} but its square is {:?}",
        found,
        squares
    );
    Ok(())
}

fn updates<T: Element + Field>(x: Shape, y: Layout, alpha: T, seed: u64) -> Result<(), TestCaseError> {
    let mut rng = Rng(seed);
    let before = draw::<T>((x.0, y, !x.2), Magnitude::FULL, &mut rng);
    let x = draw::<T>(x, Magnitude::FULL, &mut rng);
    let product = |x| T::sum(std::iter::once((alpha, x)));

    let mut after = before.clone();
    blas1::axpy(alpha, &x.view(), &mut after.view_mut());
    for (i, (&x, (&old, new))) in values(&x).iter().zip(values(&before).iter().zip(values(&after))).enumerate() {
        new.agrees(T::one(), &product(x), T::one(), old).map_err(fail("axpy", (i, alpha)))?;
    }
    after.same_outside(&before).map_err(fail("axpy", "the surroundings"))?;

    let mut after = before.clone();
    blas1::scal(alpha, &mut after.view_mut());
    for (i, (&old, new)) in values(&before).iter().zip(values(&after)).enumerate() {
        new.agrees_with(&product(old)).map_err(fail("scal", (i, alpha)))?;
    }
    after.same_outside(&before).map_err(fail("scal", "the surroundings"))
}

/// Sums of squares in higher precision.
trait Squares: Sized {
    fn squares(values: &[Self]) -> Wide;
}

macro_rules! squares {
    ($($t:ty)*) => {$(
        impl Squares for $t {
            fn squares(values: &[Self]) -> Wide {
                values.iter().map(|&x| f64::from(x)).fold(Wide::default(), |sum, x| sum.add_product(x, x))
            }
        }

        impl Squares for Complex<$t> {
            fn squares(values: &[Self]) -> Wide {
                let parts = values.iter().flat_map(|x| [f64::from(x.re), f64::from(x.im)]);
                parts.fold(Wide::default(), |sum, x| sum.add_product(x, x))
            }
        }
    )*};
}

squares!(f32 f64);

macro_rules! level1 {
    ($($name:ident $t:ty;)*) => {$(
        mod $name {
            use super::*;

            proptest! {
                #![proptest_config(config(128))]

                #[test]
                fn norms_agree(shape in shape(input_layout()), magnitude in magnitude(), seed: u64) {
                    norms::<$t>(shape, magnitude, seed)?;
                }

                #[test]
                fn updates_agree(
                    x in shape(input_layout()),
                    y in proptest::sample::select(&Layout::WRITABLE[..]),
                    alpha in factor(),
                    seed: u64,
                ) {
                    let alpha = alpha.value(&mut Rng(!seed));
                    updates::<$t>(x, y, alpha, seed)?;
                }
            }
        }
    )*};
}

level1! {
    f32_vectors f32;
    f64_vectors f64;
    complex_f32_vectors Complex<f32>;
    complex_f64_vectors Complex<f64>;
}
