//! Products of parts of `c`, one after another on each of several threads.

use super::in_place::strip_is_one_line;
use super::{Product, alone, in_place, pages_apart};
use crate::kernel::blocking::{Caches, even_part};
use crate::kernel::micro::Kernel;
use crate::kernel::parallel::{Shared, Team};
use crate::kernel::shape::Shape;

/// The product on several threads, as products of parts of `c`, which share nothing and meet once.
///
/// Each packs for itself. To share what is packed they would have to wait for one another at every slice of `k`, and
/// where one of them is held up that takes longer than packing twice.
///
/// # Safety
/// As for [`multiply`](super::multiply).
#[inline(never)]
pub(super) unsafe fn shared<K: Kernel>(p: Product<K>, kc: usize, narrow: usize, team: &Team) {
    let (rows, columns) = grid(&p, in_place(&p, kc), team.threads());
    // SAFETY: the parts of `c` that threads write are disjoint.
    let shared = unsafe { Shared::new(p) };
    team.share(columns * rows, |task| {
        let p = shared.get();
        let (i, m) = even_part(p.m, rows, task % rows);
        // Cut at whole vectors.
        let (first, vectors) = even_part(p.n.div_ceil(K::LANES), columns, task / rows);
        let j = first * K::LANES;
        let n = (vectors * K::LANES).min(p.n - j);
        // SAFETY: the rows and columns are among those of the product.
        unsafe {
            let cut = p.cut((i, m), (j, n));
            if cut.part.reaches(m - 1, 0) {
                alone(cut, kc, if j + n == p.n { narrow } else { 0 });
            }
        }
    });
}

/// Into how many rows and columns of parts threads cut `c`: two parts a thread, to even out what disturbs one of them.
fn grid<K: Kernel>(p: &Product<K>, in_place: bool, threads: usize) -> (usize, usize) {
    let (panels, vectors) = (p.m.div_ceil(K::Tile::MR), p.n.div_ceil(K::LANES));
    let strips = vectors.div_ceil(K::Tile::NV);
    let candidates = (0..).map(|i| 1 << i).take_while(|&columns| columns <= strips.min(2 * threads));
    let grids = candidates.map(|columns| (panels.min(2 * threads / columns).max(1), columns));
    // Strips narrower than those of the whole read `a` more often for the same sums.
    let narrow = |columns: usize| {
        let strips_of = |part| even_part(vectors, columns, part).1.div_ceil(K::Tile::NV);
        (0..columns).map(strips_of).sum::<usize>() * 8 > strips * 9
    };
    // Each column of parts reads all of `a` once more, each row all of `b`: to pack it costs about four times that, and
    // to read it along the rows half.
    //
    // Of a `c` that L2 does not hold a thread writes whole rows sooner than parts of them: what is fetched ahead at the
    // end of each part another thread has to fetch back. And where rows are pages apart their parts fall into few sets.
    // But where a strip is one line it is multiplied from a copy sooner, and each row of parts has a copy of its own.
    let times = if strip_is_one_line::<K>() { 5 } else { 12 };
    let by_rows = p.c_bytes() > Caches::get().l2 || pages_apart(p);
    let of_c = if by_rows { p.m.saturating_mul(p.n) / p.k * times } else { 0 };
    let cost = |&(rows, columns): &(usize, usize)| {
        let (a, b) = (columns.saturating_mul(p.m), rows.saturating_mul(p.n));
        let idle = 2 * threads - (rows * columns).min(2 * threads);
        let c = if columns > 1 { of_c } else { 0 };
        let reading = [a.saturating_mul(2), b.saturating_mul(if in_place { 1 } else { 8 }), c];
        (idle, narrow(columns), reading.into_iter().fold(0, usize::saturating_add))
    };
    grids.min_by_key(cost).unwrap_or((1, 1))
}
