//! What becomes of the sums of a product.

use super::args::Gemm;
use super::ring::Ring;

/// How `c` takes a sum of products in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Write {
    /// `c = sum`; `c` is not read.
    Set,
    /// `c = sum + c`.
    Add,
    /// `c = alpha * sum + beta * c`; `c` is not read where `beta` is zero.
    Scale,
}

/// How, by which factors, and of which operands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Update<T> {
    pub alpha: T,
    pub beta: T,
    pub write: Write,
    /// Which operand is conjugated. Only complex elements care.
    pub conj_a: bool,
    pub conj_b: bool,
}

impl<T: Ring> Update<T> {
    /// What a product asks for.
    #[inline(always)]
    pub fn of(g: &Gemm<T>) -> Self {
        let write = if g.alpha != T::one() {
            Write::Scale
        } else if g.beta == T::zero() {
            Write::Set
        } else if g.beta == T::one() {
            Write::Add
        } else {
            Write::Scale
        };
        Update { alpha: g.alpha, beta: g.beta, write, conj_a: g.a.conj, conj_b: g.b.conj }
    }

    /// `c = sum`.
    pub fn plain() -> Self {
        Update { alpha: T::one(), beta: T::zero(), write: Write::Set, conj_a: false, conj_b: false }
    }

    /// The same for the second and later slices of `k`: what `c` held before is in it by now.
    pub fn then(self) -> Self {
        let write = if self.write == Write::Scale { Write::Scale } else { Write::Add };
        Update { beta: T::one(), write, ..self }
    }

    /// Whether `c` is read.
    pub fn reads(&self) -> bool {
        self.write == Write::Add || (self.write == Write::Scale && self.beta != T::zero())
    }
}
