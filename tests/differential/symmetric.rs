//! A matrix by its own transpose, which BLAS computes by half (`syrk`, `herk`).

use polyblas::{Dot, MatrixView, gemm};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::products::{agrees, sums, writes};
use crate::reference::case::Case;
use crate::reference::element::{Element, Magnitude};
use crate::reference::storage::Stored;

/// `c[(i, j)]` is `c[(j, i)]`, conjugated for a Hermitian product, bit for bit.
///
/// A zero may come with either sign, which no sum of products promises.
fn mirrored<T: Element>(what: &str, c: MatrixView<'_, T>, hermitian: bool) -> Result<(), TestCaseError> {
    for i in 0..c.rows() {
        for j in 0..=i {
            let other = if hermitian { c[(j, i)].conjugate() } else { c[(j, i)] };
            prop_assert!(c[(i, j)] == other, "{}: {:?} at {:?} but {:?} opposite", what, c[(i, j)], (i, j), other);
        }
    }
    Ok(())
}

pub fn product<T: Element>(case: &Case) -> Result<(), TestCaseError> {
    let mut rng = case.rng();
    let a = case.a::<T>(&mut rng);
    let at = a.transposed();
    let view = a.view();
    let commutes = polyblas::ElementKind::of::<T>() != polyblas::ElementKind::Other;

    for (left, right, a) in [(&a, &at, view), (&at, &a, view.t())] {
        let plain = sums(left, right, [false, false]);
        let square = a.dot(&a.t());
        agrees("a aᵀ", square.view(), &plain)?;
        if commutes {
            mirrored("a aᵀ", square.view(), false)?;
        }
        let square = a.dot(&a.h());
        agrees("a aᴴ", square.view(), &sums(left, right, [false, true]))?;
        if commutes {
            mirrored("a aᴴ", square.view(), true)?;
        }
        agrees("conj(a) aᵀ", a.conj().dot(&a.t()).view(), &sums(left, right, [true, false]))?;
        agrees("conj(a) aᴴ", a.conj().dot(&a.h()).view(), &sums(left, right, [true, true]))?;

        let (alpha, beta): (T, T) = (case.alpha.value(&mut rng), case.beta.value(&mut rng));
        let c = Stored::draw(left.rows, left.rows, case.layouts[2], Magnitude::FULL, &mut rng);
        writes("alpha a aᵀ + beta c", &c, (alpha, beta), &plain, |c| gemm(alpha, &a, &a.t(), beta, c))?;
        let adjoint = sums(left, right, [case.conj[0], !case.conj[0]]);
        writes("alpha a aᴴ + beta c", &c, (alpha, beta), &adjoint, |c| {
            if case.conj[0] { gemm(alpha, &a.conj(), &a.t(), beta, c) } else { gemm(alpha, &a, &a.h(), beta, c) }
        })?;
    }

    // The same memory twice is not always a matrix and its transpose.
    let square = a.square();
    let view = square.view();
    agrees("a a", view.dot(&view).view(), &sums(&square, &square, [false, false]))?;
    agrees("conj(a) a", view.conj().dot(&view).view(), &sums(&square, &square, [true, false]))
}
