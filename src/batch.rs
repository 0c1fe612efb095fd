//! Many small products at once: BLAS has no batched form, and one small product is too little to share between cores.

use std::mem;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, PoisonError};

use crate::backend::{call, is_native_for, threads};
use crate::dot::{Operand, try_new_in};
use crate::error::ShapeError;
use crate::kernel::{Team, expect};
use crate::matrix::Matrix;
use crate::scalar::{ElementKind, Scalar};

/// `lhs[i].dot(&rhs[i])` for every `i`, whole products spread over the cores (numpy's `matmul` of two stacks).
///
/// On the native engine each product is computed by one thread and as many run at once as
/// [`threads`](crate::threads) allows. A BLAS in use is called for one product after another and spreads each as it
/// sees fit.
///
/// # Errors
/// [`ShapeError::Batch`] when the lists differ in length, [`ShapeError::InBatch`] naming the first product that does not
/// fit. Nothing is computed then.
pub fn try_dot_batch<A, B>(lhs: &[A], rhs: &[B]) -> Result<Vec<Matrix<A::Elem>>, ShapeError>
where
    A: Operand<Elem: Scalar> + Sync,
    B: Operand<Elem = A::Elem> + Sync,
{
    if lhs.len() != rhs.len() {
        return Err(ShapeError::Batch { lhs: lhs.len(), rhs: rhs.len() });
    }
    let mut work = 0usize;
    for (index, (a, b)) in lhs.iter().zip(rhs).enumerate() {
        let (a, b) = (a.operand().0.shape(), b.operand().0.shape());
        if a.1 != b.0 {
            let source = Box::new(ShapeError::Inner { lhs: a, rhs: b });
            return Err(ShapeError::InBatch { index, source });
        }
        work = work.saturating_add(a.0.saturating_mul(a.1).saturating_mul(b.1));
    }
    let native = is_native_for(ElementKind::of::<A::Elem>());
    let limit = if native { threads::native().min(lhs.len()) } else { 1 };
    let team = Team::of(limit, work.saturating_mul(size_of::<A::Elem>()));
    let in_batch = |index: usize| move |e| ShapeError::InBatch { index, source: Box::new(e) };
    let room = |index: usize| {
        let (a, b) = (lhs[index].operand().0, rhs[index].operand().0);
        call::room::<A::Elem>(a.rows(), b.cols()).map_err(in_batch(index))
    };
    let products = |range: Range<usize>| {
        let mut all = Vec::with_capacity(range.len());
        let mut next = if range.is_empty() { Vec::new() } else { room(range.start)? };
        for index in range.clone() {
            let here = mem::take(&mut next);
            if range.contains(&(index + 1)) {
                next = room(index + 1)?;
                let (a, b) = (lhs[index + 1].operand().0, rhs[index + 1].operand().0);
                expect(a.as_slice().unwrap_or(&[]), b.as_slice().unwrap_or(&[]), next.spare_capacity_mut());
            } else {
                expect::<A::Elem>(&[], &[], &[]);
            }
            let product = try_new_in(lhs[index].operand(), rhs[index].operand(), here);
            all.push(product.map_err(in_batch(index))?);
        }
        Ok(all)
    };
    if team.threads() == 1 {
        return products(0..lhs.len());
    }
    spread(lhs.len(), &team, products)
}

/// `product(i)` for every `i < len`; each thread takes a run of them at a time.
fn spread<T: Send>(
    len: usize,
    team: &Team,
    products: impl Fn(Range<usize>) -> Result<Vec<T>, ShapeError> + Sync,
) -> Result<Vec<T>, ShapeError> {
    // Long enough that to take one costs nothing, short enough that no thread ends long before another.
    let run = (len / (team.threads() * 8)).clamp(1, 64);
    let runs = Mutex::new(Vec::with_capacity(len / run + 1));
    team.share(len.div_ceil(run), |index| {
        let start = index * run;
        // An element's own operators may panic, and a thread that helps has nobody to tell.
        let products = catch_unwind(AssertUnwindSafe(|| threads::alone(|| products(start..len.min(start + run)))));
        runs.lock().unwrap_or_else(PoisonError::into_inner).push((start, products));
    });
    let mut runs = runs.into_inner().unwrap_or_else(PoisonError::into_inner);
    runs.sort_unstable_by_key(|&(start, _)| start);
    let mut all = Vec::with_capacity(len);
    for (_, products) in runs {
        all.extend(products.unwrap_or_else(|panic| resume_unwind(panic))?);
    }
    Ok(all)
}

/// `lhs[i].dot(&rhs[i])` for every `i`, whole products spread over the cores (numpy's `matmul` of two stacks).
///
/// # Panics
/// When the lists differ in length or a product does not fit.
///
/// ```
/// use polyblas::{Matrix, dot_batch, matrix};
///
/// let lhs = vec![matrix![[1, 2]], matrix![[3, 4]]];
/// let rhs = vec![matrix![[1], [1]]; 2];
/// assert_eq!(dot_batch(&lhs, &rhs), [matrix![[3]], matrix![[7]]]);
/// ```
#[track_caller]
pub fn dot_batch<A, B>(lhs: &[A], rhs: &[B]) -> Vec<Matrix<A::Elem>>
where
    A: Operand<Elem: Scalar> + Sync,
    B: Operand<Elem = A::Elem> + Sync,
{
    try_dot_batch(lhs, rhs).unwrap_or_else(|e| panic!("{e}"))
}
