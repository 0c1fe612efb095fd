//! Block sizes, from the sizes of the caches.

use std::sync::OnceLock;

use super::micro::Kernel;
use super::shape::Shape;

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

    /// A last level larger than this belongs to dozens of cores, and a virtual machine does not say to how many.
    const MOST_L3: usize = 32 << 20;

    /// This machine's, read once.
    pub fn get() -> Caches {
        static CACHES: OnceLock<Caches> = OnceLock::new();
        *CACHES.get_or_init(|| {
            let mut caches = Caches::DEFAULT;
            read(&mut caches);
            caches.l3 = caches.l3.min(Caches::MOST_L3);
            caches
        })
    }
}

/// Whether an operand of so many bytes comes from memory: other cores have some of the last level.
#[inline(always)]
pub(crate) fn in_memory(bytes: usize) -> bool {
    bytes >= Caches::get().l3 / 2
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

/// Bytes in a row of a deep panel of `a`.
const DEEP_ROW: usize = 4096;

/// How the loops cut a product whose slices are `kc` units deep: `mc` rows, `nc` columns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Blocks {
    pub mc: usize,
    pub nc: usize,
}

impl Blocks {
    /// No machine's [`kc`](Blocks::kc) is less.
    pub const LEAST_KC: usize = 64;

    /// Units along `k` of a slice.
    ///
    /// - A panel of `a`, `MR x kc`, takes half of L1: it stays there while the strips of a block of `b` pass.
    /// - Where `c` does not stay in the caches close by, the panel's rows have 4 KiB, as far as all of L1 holds them:
    ///   each slice of `k` reads and writes `c` again, from memory perhaps, and that costs more than to read what L1
    ///   then loses of the panel from L2.
    pub fn kc<K: Kernel>(caches: Caches, large_c: bool) -> usize {
        let left = size_of::<K::Left>();
        let panel = |bytes: usize| bytes / (K::Tile::MR * left) / 8 * 8;
        let kc = panel(caches.l1 / 2).max(Self::LEAST_KC);
        if large_c { kc.max(panel(caches.l1).min(DEEP_ROW / left)) } else { kc }
    }

    /// - A block of `b`, `kc x nc`, takes 9/16 of L2: it stays there while all panels of `a` pass, and leaves room for
    ///   them and for `c`.
    /// - A block of `a`, `mc x kc`, takes a quarter of the last level: it is packed once and read once for every block
    ///   of `b`.
    pub fn new<K: Kernel>(caches: Caches, kc: usize) -> Blocks {
        let nc = (caches.l2 * 9 / 16 / (kc * size_of::<K::Right>()) / K::NR).max(1) * K::NR;
        let mc = (caches.l3 / 4 / (kc * size_of::<K::Left>()) / K::Tile::MR).max(1) * K::Tile::MR;
        Blocks { mc, nc }
    }
}

/// Part `index` of `total` cut into `parts` as even as can be: `(start, length)`.
#[inline(always)]
pub(crate) fn even_part(total: usize, parts: usize, index: usize) -> (usize, usize) {
    let (length, longer) = (total / parts, total % parts);
    (index * length + index.min(longer), length + usize::from(index < longer))
}

/// The fewest parts of at most `max` that make `total`, as even as can be.
#[derive(Clone, Copy)]
pub(crate) struct Parts {
    parts: usize,
    length: usize,
    longer: usize,
}

impl Parts {
    #[inline(always)]
    pub fn new(total: usize, max: usize) -> Self {
        if total <= max {
            // A small product is one tile, and to divide takes as long as that tile.
            return Parts { parts: usize::from(total > 0), length: total, longer: 0 };
        }
        let parts = total.div_ceil(max);
        Parts { parts, length: total / parts, longer: total % parts }
    }

    /// `(start, length)` of each.
    #[inline(always)]
    pub fn iter(self) -> impl Iterator<Item = (usize, usize)> + Clone {
        let mut start = 0;
        (0..self.parts).map(move |i| {
            let length = self.length + usize::from(i < self.longer);
            start += length;
            (start - length, length)
        })
    }
}
