//! Block sizes, from the sizes of the caches.

use std::sync::OnceLock;

use super::micro::{Kernel, Shape};

/// Data caches of one core, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caches {
    pub l1: usize,
    pub l2: usize,
    /// What one core may count on of the shared last level.
    pub l3: usize,
}

impl Caches {
    /// What a core of the last ten years has at least.
    const DEFAULT: Caches = Caches { l1: 32 << 10, l2: 512 << 10, l3: 4 << 20 };

    /// This machine's, read once.
    pub fn get() -> Caches {
        static CACHES: OnceLock<Caches> = OnceLock::new();
        *CACHES.get_or_init(|| {
            let mut caches = Caches::DEFAULT;
            read(&mut caches);
            caches
        })
    }
}

#[cfg(target_os = "linux")]
fn read(caches: &mut Caches) {
    let base = "/sys/devices/system/cpu/cpu0/cache";
    let text = |index: usize, name: &str| std::fs::read_to_string(format!("{base}/index{index}/{name}")).ok();
    for index in 0..8 {
        let (Some(level), Some(kind), Some(size)) = (text(index, "level"), text(index, "type"), text(index, "size"))
        else {
            continue;
        };
        let Some(kib) = size.trim().strip_suffix('K').and_then(|n| n.parse::<usize>().ok()) else { continue };
        match (level.trim(), kind.trim()) {
            ("1", "Data" | "Unified") => caches.l1 = kib << 10,
            ("2", "Data" | "Unified") => caches.l2 = kib << 10,
            ("3", "Data" | "Unified") => caches.l3 = kib << 10,
            _ => {}
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn read(_: &mut Caches) {}

/// How the loops cut a product, in units along `k` and elements along `m` and `n`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Blocks {
    pub kc: usize,
    pub mc: usize,
    pub nc: usize,
}

impl Blocks {
    pub fn new<K: Kernel>(caches: Caches) -> Blocks {
        let left = size_of::<K::Left>();
        let right = size_of::<K::Right>();
        let strip = K::Tile::NV * K::LANES;
        let kc = (caches.l1 * 3 / 4 / (strip * right)).next_multiple_of(8).clamp(64, 512);
        let mc = (caches.l2 / 2 / (kc * left) / K::Tile::MR).max(1) * K::Tile::MR;
        let nc = (caches.l3 / 4 / (kc * right) / strip).max(1) * strip;
        Blocks { kc, mc, nc }
    }
}

/// Cuts `total` into the fewest parts of at most `max`, as even as can be: `(start, length)` of each.
#[inline(always)]
pub(crate) fn even(total: usize, max: usize) -> impl Iterator<Item = (usize, usize)> {
    let parts = total.div_ceil(max);
    let (length, longer) = if parts == 0 { (0, 0) } else { (total / parts, total % parts) };
    let mut start = 0;
    (0..parts).map(move |i| {
        let length = length + usize::from(i < longer);
        start += length;
        (start - length, length)
    })
}
