//! Many small products at once: BLAS has no batched form, and one small product is too little to share between cores.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, PoisonError};

use crate::backend::{call, is_native_for, threads};
use crate::dot::{Operand, try_new_in};
use crate::error::ShapeError;
use crate::kernel::{Team, ahead};
use crate::matrix::Matrix;
use crate::scalar::{ElementKind, Scalar};

/// Bytes of a result from which on it pays to say what its product works on: smaller ones are not sped up by it.
const LARGE: usize = 16 << 10;

/// `lhs[i].dot(&rhs[i])` for every `i`, whole products spread over the cores (numpy's `matmul` of two stacks).
///
/// On the native engine each product is computed by one thread and as many run at once as
/// [`threads`](crate::threads) allows. A BLAS in use is called for one product after another and spreads each as it
/// sees fit.
///
/// # Errors
/// [`ShapeError::Batch`] when the lists differ in length, [`ShapeError::InBatch`] naming the first product that does
/// not fit. Nothing is computed then.
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
    // By this thread, which will free it: an allocator has a place for each thread, and empties that of a helper.
    let rooms = (0..lhs.len()).map(|index| {
        let (a, b) = (lhs[index].operand().0, rhs[index].operand().0);
        call::room::<A::Elem>(a.rows(), b.cols()).map_err(in_batch(index))
    });
    let rooms = rooms.collect::<Result<Vec<_>, _>>()?;
    let products = |start: usize, rooms: Vec<Vec<A::Elem>>| {
        let mut all = Vec::with_capacity(rooms.len());
        let mut rooms = rooms.into_iter().peekable();
        while let Some(room) = rooms.next() {
            let index = start + all.len();
            let large = |room: &&mut Vec<A::Elem>| native && room.capacity() * size_of::<A::Elem>() >= LARGE;
            if let Some(next) = rooms.peek_mut().filter(large) {
                let (a, b) = (lhs[index + 1].operand().0, rhs[index + 1].operand().0);
                ahead::expect(a.as_slice().unwrap_or(&[]), b.as_slice().unwrap_or(&[]), next.spare_capacity_mut());
            } else {
                ahead::expect_nothing();
            }
            let product = try_new_in(lhs[index].operand(), rhs[index].operand(), room);
            all.push(product.map_err(in_batch(index))?);
        }
        Ok(all)
    };
    if team.threads() == 1 {
        return products(0, rooms);
    }
    spread(rooms, &team, products)
}

/// `products(i, rooms)` for all of the rooms, of which `i` is the first; each thread takes a run of them at a time.
fn spread<R: Send, T: Send>(
    rooms: Vec<R>,
    team: &Team,
    products: impl Fn(usize, Vec<R>) -> Result<Vec<T>, ShapeError> + Sync,
) -> Result<Vec<T>, ShapeError> {
    let len = rooms.len();
    // Long enough that to take one costs nothing, short enough that no thread ends long before another.
    let run = (len / (team.threads() * 8)).clamp(1, 64);
    let mut rooms = rooms.into_iter();
    let rooms: Vec<_> = (0..len.div_ceil(run)).map(|_| Mutex::new(rooms.by_ref().take(run).collect())).collect();
    let runs = Mutex::new(Vec::with_capacity(len / run + 1));
    team.share(rooms.len(), |index| {
        let start = index * run;
        let rooms = mem::take(&mut *rooms[index].lock().unwrap_or_else(PoisonError::into_inner));
        // An element's own operators may panic, and a thread that helps has nobody to tell.
        let products = catch_unwind(AssertUnwindSafe(|| threads::alone(|| products(start, rooms))));
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
