//! The data of a case, and the check of what a contender made of it.

use std::any::TypeId;
use std::mem::{ManuallyDrop, transmute_copy};

use crate::case::{Case, Op, Traffic};
use crate::element::{Element, Random, Wide};

/// The operands of one case. Products up to `WHOLE` multiplies are checked element by element.
pub struct Problem<T> {
    case: Case,
    a: Vec<T>,
    b: Vec<T>,
    c: Vec<T>,
}

const WHOLE: f64 = (1u64 << 22) as f64;

/// What a contender multiplies: `c = a b`, or `c += a b` for [`Op::Ger`]. Strides count elements; rows of `c` are `ldc`
/// apart. With a batch, operand `i` starts at `i * m * k` (`k * n`, `m * n`).
pub struct Operands<'a, T> {
    pub op: Op,
    pub m: usize,
    pub n: usize,
    pub k: usize,
    pub a: &'a [T],
    pub a_strides: (usize, usize),
    pub b: &'a [T],
    pub b_strides: (usize, usize),
    pub c: &'a mut [T],
    pub ldc: usize,
    pub batch: usize,
    pub threads: usize,
    /// Whether a product whose result is dropped must be copied to `c` first: for the check.
    pub keep: bool,
}

/// One call of a contender.
pub type Call<'a> = Box<dyn FnMut() + 'a>;

impl<'a, T: 'static> Operands<'a, T> {
    /// The same operands, if `T` is `U`.
    pub fn downcast<U: 'static>(self) -> Option<Operands<'a, U>> {
        if TypeId::of::<T>() != TypeId::of::<U>() {
            return None;
        }
        let this = ManuallyDrop::new(self);
        // SAFETY: T and U are one type, so the two structs are one type but for a name; `this` is not dropped.
        Some(unsafe { transmute_copy(&*this) })
    }
}

impl<T: Element> Problem<T> {
    pub fn new(case: Case) -> Self {
        let Case { op, m, n, k, ld, batch, .. } = case;
        let mut random = Random(0x5eed + m as u64 * 31 + n as u64 * 17 + k as u64);
        let mut fill = |len: usize| -> Vec<T> { (0..len).map(|_| T::random(&mut random, case.fill)).collect() };
        let size = |rows: usize, cols: usize| if ld == 0 { rows * cols } else { rows * ld };
        let a = fill(size(m, k) * batch);
        let b = if op == Op::Syrk { Vec::new() } else { fill(size(k, n) * batch) };
        Problem { case, a, b, c: vec![T::zero(); size(m, n) * batch] }
    }

    pub fn operands(&mut self, keep: bool) -> Operands<'_, T> {
        let Case { op, m, n, k, ld, batch, threads, .. } = self.case;
        let lead = |cols: usize| if ld == 0 { cols } else { ld };
        let a_strides = if op == Op::Gemvt { (1, m) } else { (lead(k), 1) };
        let (b, b_strides) = if op == Op::Syrk { (&self.a, (1, lead(k))) } else { (&self.b, (lead(n), 1)) };
        let (a, c, ldc) = (&self.a[..], &mut self.c[..], lead(n));
        Operands { op, m, n, k, a, a_strides, b, b_strides, c, ldc, batch, threads, keep }
    }

    /// What an operation at memory speed reads or updates, as words.
    pub fn memory(&mut self, traffic: Traffic) -> Vec<&mut [u64]> {
        let operands = match traffic {
            Traffic::Read(_) if self.case.op == Op::Inner => vec![&mut self.a, &mut self.b],
            Traffic::Read(_) => vec![&mut self.a],
            Traffic::Update(_) => vec![&mut self.c],
        };
        // SAFETY: an element is made of numbers, of which every pattern of bits is one.
        operands.into_iter().map(|operand| unsafe { operand.align_to_mut::<u64>() }.1).collect()
    }

    /// Whether `c` holds the product, after one call on a `c` of zeros. Small products are compared with a plain loop
    /// in wider arithmetic, element by element; large ones by `C x` against `A (B x)` for a random `x`, by plain loops
    /// too.
    pub fn check(&mut self) -> Result<(), String> {
        let multiplies = self.case.multiplies();
        let p = self.operands(false);
        let factor = if T::KIND.is_complex() { 8.0 } else { 2.0 };
        let unit = T::EPSILON * factor * (p.k + 2) as f64;
        let at_a = |s: usize, i: usize, l: usize| p.a[s * p.m * p.k + i * p.a_strides.0 + l * p.a_strides.1].widen();
        let at_b = |s: usize, l: usize, j: usize| p.b[s * p.k * p.n + l * p.b_strides.0 + j * p.b_strides.1].widen();
        if multiplies <= WHOLE {
            for s in 0..p.batch {
                for i in 0..p.m {
                    for j in 0..p.n {
                        let (mut sum, mut size) = (T::Wide::ZERO, 0.0);
                        for l in 0..p.k {
                            let (x, y) = (at_a(s, i, l), at_b(s, l, j));
                            sum = sum.add_product(x, y);
                            size += x.size() * y.size();
                        }
                        let found = p.c[s * p.m * p.n + i * p.ldc + j];
                        let error = found.error(sum);
                        if error > unit * size || error.is_nan() {
                            return Err(format!("element ({i}, {j}) is {found:?}, off by {error:e}"));
                        }
                    }
                }
            }
            return Ok(());
        }
        let mut random = Random(7);
        let one = T::one().widen();
        for s in 0..p.batch {
            // Odd, so that no single wrong element can vanish modulo a power of two.
            let x: Vec<T::Wide> = (0..p.n)
                .map(|_| (0..random.next() % 4 * 2 + 1).fold(T::Wide::ZERO, |x, _| x.add_product(one, one)))
                .collect();
            let times = |rows: usize, cols: usize, at: &dyn Fn(usize, usize) -> T::Wide, x: &[T::Wide]| {
                let row = |i: usize| (0..cols).fold(T::Wide::ZERO, |sum, l| sum.add_product(at(i, l), x[l]));
                (0..rows).map(row).collect::<Vec<_>>()
            };
            let sizes = |rows: usize, cols: usize, at: &dyn Fn(usize, usize) -> T::Wide, x: &[f64]| {
                (0..rows).map(|i| (0..cols).map(|l| at(i, l).size() * x[l]).sum()).collect::<Vec<f64>>()
            };
            let absolute: Vec<f64> = x.iter().map(|x| x.size()).collect();
            let bx = times(p.k, p.n, &|l, j| at_b(s, l, j), &x);
            let abx = times(p.m, p.k, &|i, l| at_a(s, i, l), &bx);
            let bound = sizes(p.m, p.k, &|i, l| at_a(s, i, l), &sizes(p.k, p.n, &|l, j| at_b(s, l, j), &absolute));
            let cx = times(p.m, p.n, &|i, j| p.c[s * p.m * p.n + i * p.ldc + j].widen(), &x);
            for i in 0..p.m {
                let error = T::difference(cx[i], abx[i]);
                if error > unit * bound[i] || error.is_nan() {
                    return Err(format!("row {i} is wrong: C x differs from A (B x) by {error:e}"));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use num_complex::Complex;

    use super::*;
    use crate::case::Fill;
    use crate::contender::Contender;

    /// The plain loops' product passes; with one element changed a little it does not.
    fn one_wrong_element_is_seen<T: Element>(fill: Fill, n: usize) {
        let case = Case::new(T::KIND, fill, Op::Gemm, (n, n, n), 1);
        let mut problem = Problem::<T>::new(case);
        Contender::Plain.prepare(None, problem.operands(true)).expect("plain loops multiply everything")();
        problem.check().expect("the plain loops are right");
        let middle = problem.c.len() / 2;
        problem.c[middle] += T::one();
        assert!(problem.check().is_err());
    }

    #[test]
    fn one_wrong_element_is_seen_in_small_and_in_large_products() {
        for n in [5, 200] {
            one_wrong_element_is_seen::<f64>(Fill::Unit, n);
            one_wrong_element_is_seen::<f32>(Fill::Unit, n);
            one_wrong_element_is_seen::<Complex<f64>>(Fill::Unit, n);
            one_wrong_element_is_seen::<i64>(Fill::Full, n);
            one_wrong_element_is_seen::<i8>(Fill::Full, n);
            one_wrong_element_is_seen::<u16>(Fill::Small, n);
        }
    }

    #[test]
    fn operands_turn_only_into_their_own_type() {
        let case = Case::new(crate::case::Kind::F64, Fill::Unit, Op::Gemm, (2, 2, 2), 1);
        let mut problem = Problem::<f64>::new(case);
        assert!(problem.operands(true).downcast::<f32>().is_none());
        assert_eq!(problem.operands(true).downcast::<f64>().map(|p| p.m), Some(2));
    }
}
