//! The inner product.

use super::args::{Inner, VecSource};
use super::blocking::even_part;
use super::generic;
use super::lanes::Lanes;
use super::parallel::{MOST_SUMS, Shared, Team, reading, sums};
use super::simd::Isa;
use super::vector_ops::InnerOp;

/// [`Inner`] in the vectors of `S`. That of long vectors is a sum of several, of which each thread forms some.
///
/// # Safety
/// Both vectors hold `n` readable elements, `out` is writable, and the CPU has `S`.
pub(crate) unsafe fn inner<S: Isa, E: Lanes<S>>(args: Inner<E>) {
    // SAFETY: as promised to this function; the parts lie within the vectors, and each writes a sum of its own.
    unsafe {
        if args.n > 1 && (args.x.stride != 1 || args.y.stride != 1) {
            return generic::inner(args);
        }
        let parts = sums::<E>(2 * args.n);
        if parts == 1 {
            return S::vectorize::<InnerOp<S, E>>(args);
        }
        let mut totals = [E::zero(); MOST_SUMS];
        let cost = reading::<E>(2 * args.n);
        let shared = Shared::new((args, totals.as_mut_ptr()));
        Team::of(args.threads, cost).share(parts, |part| {
            let &(args, totals) = shared.get();
            let (i, n) = even_part(args.n, parts, part);
            let x = VecSource { ptr: args.x.ptr.add(i), ..args.x };
            let y = VecSource { ptr: args.y.ptr.add(i), ..args.y };
            S::vectorize::<InnerOp<S, E>>(Inner { n, x, y, out: totals.add(part), ..args });
        });
        args.out.write(totals[1..parts].iter().fold(totals[0], |sum, &total| sum.add(total)));
    }
}
