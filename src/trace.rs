//! A log of what was multiplied: which operation, of which shape, on which provider, how long it took, and at what
//! rate.
//!
//! From outside, `POLYBLAS_TRACE=calls` writes a line to standard error for each call, and `POLYBLAS_TRACE=summary` a
//! table when the program ends. From inside, [`set_mode`] switches it and [`set_sink`] says where calls go; nothing is
//! ever written unless the variable, or a sink, asks for it.
//!
//! ```
//! use std::sync::atomic::{AtomicUsize, Ordering};
//! use polyblas::{Dot, Matrix, trace};
//!
//! static CALLS: AtomicUsize = AtomicUsize::new(0);
//! trace::set_sink(|call| {
//!     assert_eq!((call.operation, call.shape), ("gemm", (2, 3, 4)));
//!     CALLS.fetch_add(1, Ordering::Relaxed);
//! });
//! trace::set_mode(trace::Mode::Calls);
//! let _ = Matrix::<f64>::ones(2, 4).dot(&Matrix::ones(4, 3));
//! trace::set_mode(trace::Mode::Off);
//! assert_eq!(CALLS.load(Ordering::Relaxed), 1);
//! ```
//!
//! With the `log` crate: `trace::set_sink(|call| log::debug!("{call}"))`.
//!
//! Where it is off, it costs one relaxed atomic load for each call.

use std::collections::HashMap;
use std::fmt;
use std::io::Write;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use crate::scalar::ElementKind;

/// What is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Mode {
    /// Nothing.
    Off = 1,
    /// Calls are counted and timed, for [`summary`].
    Summary = 2,
    /// Calls go to the [sink](set_sink), and are counted.
    Calls = 3,
}

/// The mode; 0 until the environment was asked.
static MODE: AtomicU8 = AtomicU8::new(0);

type Sink = Arc<dyn Fn(&Call) + Send + Sync>;

static SINK: RwLock<Option<Sink>> = RwLock::new(None);

static ROWS: Mutex<Option<HashMap<Key, (u64, Duration)>>> = Mutex::new(None);

/// Beyond so many different rows, shapes are no longer kept apart.
const MOST_ROWS: usize = 10_000;

/// One call.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Call {
    /// The operation, as BLAS calls it: `gemm`, `gemv`, `syrk`, …; `gemm_checked` and `gemm_widen` are the native
    /// engine's own.
    pub operation: &'static str,
    /// The element type.
    pub kind: ElementKind,
    /// Rows and columns of the result, and the length of the inner products: `m`, `n` and `k`. Vectors have one row.
    pub shape: (usize, usize, usize),
    /// The provider that did it; what a BLAS cannot do, the native engine does.
    pub provider: &'static str,
    /// How long it took.
    pub elapsed: Duration,
}

impl Call {
    /// Additions and multiplications that the operation is made of, as its textbook form counts them.
    #[must_use]
    pub fn operations(&self) -> f64 {
        flops(self.operation, self.kind, self.shape)
    }

    /// Billions of operations a second: GFLOP/s, or Gop/s of integers.
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.operations() / self.elapsed.as_secs_f64() / 1e9
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (m, n, k) = self.shape;
        write!(
            f,
            "{} {} {m}x{n}x{k} on {}: {:?}, {:.2} G{}/s",
            self.operation,
            self.kind,
            self.provider,
            self.elapsed,
            self.rate(),
            unit(self.kind)
        )
    }
}

fn unit(kind: ElementKind) -> &'static str {
    if kind.is_blas() { "FLOP" } else { "op" }
}

fn flops(operation: &str, kind: ElementKind, (m, n, k): (usize, usize, usize)) -> f64 {
    let (m, n, k) = (m as f64, n as f64, k as f64);
    // A complex multiplication is four real ones and two additions, a complex addition two: 8 for the pair, not 2.
    let pair = if matches!(kind, ElementKind::C32 | ElementKind::C64) { 8.0 } else { 2.0 };
    match operation {
        // One triangle and the diagonal.
        "syrk" | "herk" => pair * k * n * (n + 1.0) / 2.0,
        "scal" | "asum" | "iamax" => pair / 2.0 * m * n * k,
        _ => pair * m * n * k,
    }
}

/// Switches the log, from the next call on.
pub fn set_mode(mode: Mode) {
    MODE.store(mode as u8, Ordering::Relaxed);
}

/// What is logged now.
///
/// # Panics
/// When `POLYBLAS_TRACE` is neither `off`, `summary` nor `calls`.
#[must_use]
pub fn mode() -> Mode {
    match MODE.load(Ordering::Relaxed) {
        1 => Mode::Off,
        2 => Mode::Summary,
        3 => Mode::Calls,
        _ => from_environment(),
    }
}

/// Says where calls go in [`Mode::Calls`], in place of where they went before. It runs on the thread that multiplied,
/// after the product, whose time does not include it.
pub fn set_sink(sink: impl Fn(&Call) + Send + Sync + 'static) {
    *SINK.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(sink));
}

#[cold]
fn from_environment() -> Mode {
    let mode = match std::env::var("POLYBLAS_TRACE").as_deref() {
        Err(_) | Ok("" | "off") => Mode::Off,
        Ok("summary") => Mode::Summary,
        Ok("calls") => Mode::Calls,
        Ok(other) => panic!("POLYBLAS_TRACE={other}: expected `summary`, `calls` or `off`"),
    };
    if MODE.compare_exchange(0, mode as u8, Ordering::Relaxed, Ordering::Relaxed).is_err() {
        return self::mode();
    }
    // Who sets the variable asks for standard error.
    match mode {
        Mode::Off => {}
        Mode::Summary => crate::backend::at_exit(|| write_to_stderr(&summary())),
        Mode::Calls => {
            SINK.write()
                .unwrap_or_else(PoisonError::into_inner)
                .get_or_insert_with(|| Arc::new(|c| write_to_stderr(c)));
        }
    }
    mode
}

fn write_to_stderr(what: &dyn fmt::Display) {
    // A closed standard error is no reason to stop a program.
    let _ = writeln!(std::io::stderr(), "polyblas: {what}");
}

/// When a call began; `None` where nothing is logged.
#[inline(always)]
pub(crate) fn start() -> Option<Instant> {
    if MODE.load(Ordering::Relaxed) == Mode::Off as u8 { None } else { start_if_on() }
}

#[cold]
fn start_if_on() -> Option<Instant> {
    (mode() != Mode::Off).then(Instant::now)
}

/// Ends what [`start`] began.
#[cold]
pub(crate) fn finish(
    start: Instant,
    operation: &'static str,
    kind: ElementKind,
    shape: (usize, usize, usize),
    provider: &'static str,
) {
    let call = Call { operation, kind, shape, provider, elapsed: start.elapsed() };
    let mut rows = ROWS.lock().unwrap_or_else(PoisonError::into_inner);
    let rows = rows.get_or_insert_default();
    let mut key = Key { operation, kind, shape: Some(shape), provider };
    if rows.len() >= MOST_ROWS && !rows.contains_key(&key) {
        key.shape = None;
    }
    let (calls, elapsed) = rows.entry(key).or_default();
    *calls += 1;
    *elapsed += call.elapsed;
    if mode() == Mode::Calls {
        let sink = SINK.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(sink) = sink {
            sink(&call);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    operation: &'static str,
    kind: ElementKind,
    shape: Option<(usize, usize, usize)>,
    provider: &'static str,
}

/// Calls of one kind.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Row {
    /// The operation.
    pub operation: &'static str,
    /// The element type.
    pub kind: ElementKind,
    /// `m`, `n` and `k`; `None` for the many shapes that came after the first ten thousand.
    pub shape: Option<(usize, usize, usize)>,
    /// The provider that did it.
    pub provider: &'static str,
    /// How many calls.
    pub calls: u64,
    /// How long all of them took.
    pub elapsed: Duration,
    /// Billions of operations a second; `None` where the shapes are not known.
    pub rate: Option<f64>,
}

/// What was logged, the longest first; `Display` is a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// A row for each operation, element type, shape and provider.
    pub rows: Vec<Row>,
}

/// What was logged since the program began or [`reset`].
///
/// ```
/// use polyblas::{Dot, matrix, trace};
///
/// trace::set_mode(trace::Mode::Summary);
/// let _ = matrix![[1.0, 2.0], [3.0, 4.0]].dot(&matrix![[0.0, 1.0], [1.0, 0.0]]);
/// trace::set_mode(trace::Mode::Off);
/// assert_eq!(trace::summary().rows[0].shape, Some((2, 2, 2)));
/// ```
#[must_use]
pub fn summary() -> Summary {
    let rows = ROWS.lock().unwrap_or_else(PoisonError::into_inner);
    let mut rows: Vec<Row> = rows
        .iter()
        .flatten()
        .map(|(&Key { operation, kind, shape, provider }, &(calls, elapsed))| {
            let rate = shape.map(|shape| flops(operation, kind, shape) * calls as f64 / elapsed.as_secs_f64() / 1e9);
            Row { operation, kind, shape, provider, calls, elapsed, rate }
        })
        .collect();
    rows.sort_by_key(|row| (std::cmp::Reverse(row.elapsed), row.operation, row.shape));
    Summary { rows }
}

/// Forgets what was logged.
pub fn reset() {
    *ROWS.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total: Duration = self.rows.iter().map(|row| row.elapsed).sum();
        let calls: u64 = self.rows.iter().map(|row| row.calls).sum();
        write!(f, "{calls} calls, {:.3} s", total.as_secs_f64())?;
        if self.rows.is_empty() {
            return Ok(());
        }
        let heads = ("operation", "type", "m x n x k", "provider", "calls", "seconds", "share", "Gop/s");
        let (operation, kind, shape, provider, calls, seconds, share, rate) = heads;
        write!(
            f,
            "\n{operation:<12} {kind:<12} {shape:<20} {provider:<12} {calls:>10} {seconds:>10} {share:>6} {rate:>9}"
        )?;
        for row in &self.rows {
            let shape = row.shape.map_or("other shapes".to_owned(), |(m, n, k)| format!("{m} x {n} x {k}"));
            let share = 100.0 * row.elapsed.as_secs_f64() / total.as_secs_f64().max(f64::MIN_POSITIVE);
            let rate = row.rate.map_or("-".to_owned(), |rate| format!("{rate:.2}"));
            let (operation, kind, provider, calls) = (row.operation, row.kind, row.provider, row.calls);
            let seconds = row.elapsed.as_secs_f64();
            write!(
                f,
                "\n{operation:<12} {kind:<12} {shape:<20} {provider:<12} {calls:>10} {seconds:>10.4} {share:>5.1}% {rate:>9}"
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_counted_as_the_textbook_does() {
        assert_eq!(flops("gemm", ElementKind::F64, (2, 3, 4)), 48.0);
        assert_eq!(flops("gemm", ElementKind::C32, (2, 3, 4)), 192.0);
        assert_eq!(flops("syrk", ElementKind::F32, (3, 3, 5)), 60.0);
        assert_eq!(flops("asum", ElementKind::F32, (1, 1, 5)), 5.0);
    }

    #[test]
    fn a_summary_is_a_table() {
        let row = Row {
            operation: "gemm",
            kind: ElementKind::F64,
            shape: Some((2, 3, 4)),
            provider: "native",
            calls: 2,
            elapsed: Duration::from_millis(500),
            rate: Some(1.25),
        };
        let text = Summary { rows: vec![row] }.to_string();
        assert!(text.starts_with("2 calls, 0.500 s\noperation"), "{text}");
        assert!(text.ends_with("2     0.5000 100.0%      1.25"), "{text}");
    }
}
