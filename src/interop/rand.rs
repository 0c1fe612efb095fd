//! Matrices of random numbers.
//!
//! ```
//! use polyblas::Matrix;
//! use rand::{SeedableRng, distr::Uniform, rngs::Xoshiro256PlusPlus};
//!
//! let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
//! let weights = Matrix::random_with(784, 10, Uniform::new(-0.05, 0.05)?, &mut rng);
//! assert!(weights.iter().all(|w: &f64| w.abs() <= 0.05));
//! # Ok::<(), rand::distr::uniform::Error>(())
//! ```

use ::rand::Rng;
use ::rand::distr::uniform::{Error, SampleUniform, Uniform};
use ::rand::distr::{Distribution, StandardUniform};

use crate::matrix::Matrix;

impl<T> Matrix<T> {
    /// A matrix of random elements: floats from `[0, 1)`, integers from the whole range of their type.
    ///
    /// # Panics
    /// When so many elements cannot be addressed.
    ///
    /// ```
    /// use polyblas::Matrix;
    /// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
    ///
    /// let a: Matrix<f32> = Matrix::random(2, 3, &mut Xoshiro256PlusPlus::seed_from_u64(1));
    /// assert!(a.iter().all(|x| (0.0..1.0).contains(x)));
    /// ```
    #[track_caller]
    #[must_use]
    pub fn random<R: Rng + ?Sized>(rows: usize, cols: usize, rng: &mut R) -> Self
    where
        StandardUniform: Distribution<T>,
    {
        Self::random_with(rows, cols, StandardUniform, rng)
    }

    /// A matrix of random elements from `low` up to `high`, which is left out.
    ///
    /// # Errors
    /// When `low >= high` or one of them is not finite.
    ///
    /// ```
    /// use polyblas::Matrix;
    /// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
    ///
    /// let rng = &mut Xoshiro256PlusPlus::seed_from_u64(1);
    /// let a = Matrix::random_range(100, 100, 0..100, rng)?;
    /// assert_eq!((a.min(), a.max()), (Some(0), Some(99)));
    /// assert!(Matrix::random_range(1, 1, 5..5, rng).is_err());
    /// # Ok::<(), rand::distr::uniform::Error>(())
    /// ```
    pub fn random_range<R: Rng + ?Sized>(
        rows: usize,
        cols: usize,
        range: std::ops::Range<T>,
        rng: &mut R,
    ) -> Result<Self, Error>
    where
        T: SampleUniform,
    {
        Ok(Self::random_with(rows, cols, Uniform::try_from(range)?, rng))
    }

    /// A matrix of random elements of any distribution.
    ///
    /// # Panics
    /// When so many elements cannot be addressed.
    #[track_caller]
    #[must_use]
    pub fn random_with<R: Rng + ?Sized>(
        rows: usize,
        cols: usize,
        distribution: impl Distribution<T>,
        rng: &mut R,
    ) -> Self {
        Self::from_fn(rows, cols, |_, _| distribution.sample(rng))
    }
}
