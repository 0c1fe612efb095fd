//! Numbers as text of equal width: floats aligned at the point, as numpy chooses their form.

use std::any::Any;
use std::fmt::{Display, LowerExp};

use num_complex::Complex;
use num_traits::Float;

/// Digits after the point, at most, where the caller asks for no number of them.
const PRECISION: usize = 8;

trait Real: Float + Display + LowerExp + 'static {
    /// From here on numbers print with exponents: no more digits before the point than the type can tell apart.
    const LARGE: Self;
}

impl Real for f32 {
    const LARGE: f32 = 1e6;
}

impl Real for f64 {
    const LARGE: f64 = 1e8;
}

/// The values as text, all of one width.
pub(super) fn align<T: Display + 'static>(values: &[&T], plus: bool, precision: Option<usize>) -> Vec<String> {
    as_kind::<T, f64>(values)
        .map(|v| reals(&v, plus, precision))
        .or_else(|| as_kind::<T, f32>(values).map(|v| reals(&v, plus, precision)))
        .or_else(|| as_kind::<T, Complex<f64>>(values).map(|v| complexes(&v, plus, precision)))
        .or_else(|| as_kind::<T, Complex<f32>>(values).map(|v| complexes(&v, plus, precision)))
        .unwrap_or_else(|| right_aligned(values.iter().map(|x| plain(x, plus, precision)).collect()))
}

fn as_kind<T: 'static, U: Copy + 'static>(values: &[&T]) -> Option<Vec<U>> {
    values.iter().map(|&x| (x as &dyn Any).downcast_ref::<U>().copied()).collect()
}

fn plain(x: &impl Display, plus: bool, precision: Option<usize>) -> String {
    match (plus, precision) {
        (false, None) => format!("{x}"),
        (true, None) => format!("{x:+}"),
        (false, Some(p)) => format!("{x:.p$}"),
        (true, Some(p)) => format!("{x:+.p$}"),
    }
}

fn right_aligned(cells: Vec<String>) -> Vec<String> {
    let width = cells.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
    cells.into_iter().map(|cell| format!("{cell:>width$}")).collect()
}

fn complexes<R: Real>(values: &[Complex<R>], plus: bool, precision: Option<usize>) -> Vec<String> {
    let re: Vec<R> = values.iter().map(|z| z.re).collect();
    let im: Vec<R> = values.iter().map(|z| z.im).collect();
    let (re, im) = (reals(&re, plus, precision), reals(&im, true, precision));
    re.into_iter()
        .zip(im)
        .map(|(re, im)| {
            let digits = im.trim_end();
            format!("{re}{digits}j{:pad$}", "", pad = im.len() - digits.len())
        })
        .collect()
}

fn reals<R: Real>(values: &[R], plus: bool, precision: Option<usize>) -> Vec<String> {
    if precision.is_some() {
        return right_aligned(
            values.iter().map(|&x| not_finite(x, plus).unwrap_or_else(|| plain(&x, plus, precision))).collect(),
        );
    }
    let finite: Vec<R> = values.iter().copied().filter(|x| x.is_finite()).collect();
    let parts: Vec<Parts> = if needs_exponent(&finite) {
        scientific(&finite, plus)
    } else {
        finite.iter().map(|&x| positional(x, plus)).collect()
    };
    let before = parts.iter().map(|p| p.before.len()).max().unwrap_or(0);
    let after = parts.iter().map(|p| p.after.len()).max().unwrap_or(0);
    let widest_name = values.iter().filter_map(|&x| not_finite(x, plus)).map(|name| name.len()).max().unwrap_or(0);
    let before = before.max(widest_name.saturating_sub(after + 1));
    let width = before + 1 + after;
    let mut parts = parts.into_iter();
    values
        .iter()
        .map(|&x| match not_finite(x, plus) {
            Some(name) => format!("{name:>width$}"),
            None => parts.next().map_or_else(String::new, |p| format!("{:>before$}.{:<after$}", p.before, p.after)),
        })
        .collect()
}

fn not_finite<R: Real>(x: R, plus: bool) -> Option<String> {
    let sign = if x < R::zero() { "-" } else { ["", "+"][usize::from(plus)] };
    let name = if x.is_nan() { "nan" } else { "inf" };
    (!x.is_finite()).then(|| format!("{sign}{name}"))
}

/// What stands before and after a number's point.
struct Parts {
    before: String,
    after: String,
}

impl Parts {
    fn of(digits: &str) -> Self {
        let (before, after) = digits.split_once('.').unwrap_or((digits, ""));
        Parts { before: before.to_owned(), after: after.to_owned() }
    }
}

/// Whether the numbers are too large, too small or too far apart to stand in aligned columns without exponents.
fn needs_exponent<R: Real>(finite: &[R]) -> bool {
    let sizes = || finite.iter().map(|x| x.abs()).filter(|&x| x != R::zero());
    let (Some(max), Some(min)) = (sizes().reduce(R::max), sizes().reduce(R::min)) else {
        return false;
    };
    let constant = |x: f64| R::from(x).unwrap_or_else(R::zero);
    max >= R::LARGE || min < constant(1e-4) || max / min > constant(1e3)
}

/// The fewest digits that tell the number from its neighbours, and no more than `PRECISION` after the point.
fn positional<R: Real>(x: R, plus: bool) -> Parts {
    let digits = Parts::of(&x.to_string()).after.len().min(PRECISION);
    // Rounded anew: of two shortest forms that are equally near, this takes the even one, as numpy does.
    let mut parts = Parts::of(&plain(&x, plus, Some(digits)));
    parts.after.truncate(parts.after.trim_end_matches('0').len());
    parts
}

/// All with as many digits after the point as the one that needs most, and as many in the exponent.
fn scientific<R: Real>(values: &[R], plus: bool) -> Vec<Parts> {
    let digits = values.iter().map(|&x| digits_needed(x)).max().unwrap_or(0);
    let split = |x: &R| {
        let text = format!("{x:.digits$e}");
        let (number, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let mut parts = Parts::of(number);
        if plus && !parts.before.starts_with('-') {
            parts.before.insert(0, '+');
        }
        let (sign, size) = exponent.strip_prefix('-').map_or(('+', exponent), |size| ('-', size));
        (parts, sign, format!("{size:0>2}"))
    };
    let split: Vec<_> = values.iter().map(split).collect();
    let width = split.iter().map(|(_, _, size)| size.len()).max().unwrap_or(0);
    split
        .into_iter()
        .map(|(Parts { before, after }, sign, size)| Parts { before, after: format!("{after}e{sign}{size:0>width$}") })
        .collect()
}

/// The fewest digits after the point of a number's exponential form that tell it from its neighbours, and no more than
/// `PRECISION`.
fn digits_needed<R: Real>(x: R) -> usize {
    let after =
        |text: &str| text.split_once('e').map_or(0, |(number, _)| Parts::of(number).after.trim_end_matches('0').len());
    let shortest = after(&format!("{x:e}"));
    if shortest <= PRECISION { shortest } else { after(&format!("{x:.PRECISION$e}")) }
}
