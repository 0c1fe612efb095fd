//! Sums of products of `f64` in about twice its precision, after Ogita, Rump and Oishi, "Accurate sum and dot product".

/// An unevaluated sum `high + low`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wide {
    pub high: f64,
    pub low: f64,
}

fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_part = sum - a;
    (sum, (a - (sum - b_part)) + (b - b_part))
}

fn two_product(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    (product, a.mul_add(b, -product))
}

impl Wide {
    /// `self + a * b`.
    pub fn add_product(self, a: f64, b: f64) -> Self {
        let (product, rest) = two_product(a, b);
        let (high, lost) = two_sum(self.high, product);
        Wide { high, low: self.low + (lost + rest) }
    }

    /// `self + factor * other`.
    pub fn add_scaled(self, factor: f64, other: Wide) -> Self {
        let sum = self.add_product(factor, other.high);
        Wide { low: factor.mul_add(other.low, sum.low), ..sum }
    }

    /// `|value - self|`.
    pub fn distance(self, value: f64) -> f64 {
        let (difference, rest) = two_sum(value, -self.high);
        (difference + (rest - self.low)).abs()
    }
}
