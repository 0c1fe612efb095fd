//! The inner product.

use super::args::{Inner, VecSource};
use super::blocking::{even_part, in_memory};
use super::generic;
use super::lanes::Lanes;
use super::parallel::{MOST_SUMS, Shared, Team, reading, sums};
use super::passes::turn;
use super::simd::Isa;
use super::vector_ops::{InnerInPlacesOp, PLACES, contiguous};

/// [`Inner`] in the vectors of `S`. That of long vectors is a sum of several, of which each thread forms some;
/// those in memory are read in several places at once.
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
            return contiguous::<S, E>(args);
        }
        let from = |i: usize, n: usize, out: *mut E| {
            let x = VecSource { ptr: args.x.ptr.add(i), ..args.x };
            let y = VecSource { ptr: args.y.ptr.add(i), ..args.y };
            Inner { n, x, y, out, ..args }
        };
        let (mut totals, mut rest) = ([E::zero(); MOST_SUMS], E::zero());
        let team = Team::of(args.threads, reading::<E>(2 * args.n));
        let shared = Shared::new((&from, totals.as_mut_ptr()));
        if in_memory(2 * args.n * size_of::<E>()) {
            let turns = args.n / (PLACES * turn::<E>());
            let apart = turns * turn::<E>();
            team.share(parts, |part| {
                let &(from, totals) = shared.get();
                let (first, turns) = even_part(turns, parts, part);
                let args = from(first * turn::<E>(), turns * turn::<E>(), totals.add(part));
                S::vectorize::<InnerInPlacesOp<S, E>>((args, apart as isize));
            });
            contiguous::<S, E>(from(PLACES * apart, args.n - PLACES * apart, &mut rest));
        } else {
            team.share(parts, |part| {
                let &(from, totals) = shared.get();
                let (first, n) = even_part(args.n, parts, part);
                contiguous::<S, E>(from(first, n, totals.add(part)));
            });
        }
        args.out.write(totals[..parts].iter().fold(rest, |sum, &total| sum.add(total)));
    }
}
