//! Random numbers that numpy can draw too, bit for bit: `mnist_numpy.py` has the same generator, so that both programs
//! start from the same weights and see the same batches.

/// SplitMix64: the `n`-th number is a mix of `seed + n * GAMMA`, so that numpy can draw a whole array at once.
pub struct SplitMix64 {
    state: u64,
}

impl SplitMix64 {
    pub fn new(seed: u64) -> Self {
        SplitMix64 { state: seed }
    }

    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A multiple of 2⁻⁵³ in `0..1`.
    pub fn next_f64(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Puts `order` (each index beside its sort key) into a random order. Nothing is allocated.
    pub fn shuffle(&mut self, order: &mut [(u64, u32)]) {
        for (i, slot) in (0..).zip(order.iter_mut()) {
            *slot = (self.next_u64(), i);
        }
        // Equal keys, should there be any, fall to the index: what numpy's stable argsort does.
        order.sort_unstable();
    }
}
