//! What was measured: as tables, as CSV, and as advice.

use std::fmt::{self, Write};

use polyblas::backend::Backend;

use crate::child::Description;
use crate::options::Element;

/// One provider at one size.
pub struct Cell {
    pub best_seconds: f64,
    pub median_seconds: f64,
    /// At its best.
    pub gflops: f64,
}

impl Cell {
    pub fn of(element: Element, n: usize, mut seconds: Vec<f64>) -> Self {
        seconds.sort_by(f64::total_cmp);
        let (best_seconds, median_seconds) = (seconds[0], seconds[seconds.len() / 2]);
        Cell { best_seconds, median_seconds, gflops: element.operations(n) / best_seconds / 1e9 }
    }
}

/// All providers at one size.
pub struct Row {
    pub element: Element,
    pub n: usize,
    /// What the arithmetic units reach in registers, GFLOP/s.
    pub peak: f64,
    pub cells: Vec<Cell>,
}

pub struct Results {
    pub threads: usize,
    pub providers: Vec<(Backend, Description)>,
    /// Why the others did not take part.
    pub left_out: Vec<String>,
    pub rows: Vec<Row>,
}

impl Results {
    /// A short name for each provider, unlike any other's.
    pub fn labels(&self) -> Vec<String> {
        let plain = |d: &Description| match d.name.as_str() {
            "native" => "native".to_owned(),
            _ => [d.name.as_str(), &d.version, &d.threading, d.interface]
                .join(" ")
                .replace(" ?", "")
                .replace(" none", " serial"),
        };
        let labels: Vec<String> = self.providers.iter().map(|(_, d)| plain(d)).collect();
        let alike = |at: usize| labels[..at].iter().filter(|&other| *other == labels[at]).count();
        (0..labels.len())
            .map(|at| match alike(at) {
                0 => labels[at].clone(),
                more => format!("{} ({})", labels[at], more + 1),
            })
            .collect()
    }

    /// The types, each with its rows.
    pub fn by_element(&self) -> Vec<(Element, Vec<&Row>)> {
        let mut groups: Vec<(Element, Vec<&Row>)> = Vec::new();
        for row in &self.rows {
            match groups.iter_mut().find(|(element, _)| *element == row.element) {
                Some((_, rows)) => rows.push(row),
                None => groups.push((row.element, vec![row])),
            }
        }
        groups
    }

    fn native(&self) -> Option<usize> {
        self.providers.iter().position(|(backend, _)| *backend == Backend::Native)
    }

    /// How many times as fast as the native engine over these rows: the geometric mean.
    fn overall(&self, rows: &[&Row], at: usize) -> Option<f64> {
        let native = self.native()?;
        let logs: f64 = rows.iter().map(|row| (row.cells[at].gflops / row.cells[native].gflops).ln()).sum();
        Some((logs / rows.len() as f64).exp())
    }

    pub fn csv(&self) -> String {
        let mut csv = "type,n,threads,provider,version,interface,threading,backend,best_seconds,median_seconds,gflops,\
                       ratio_to_native,fraction_of_peak\n"
            .to_owned();
        for row in &self.rows {
            for ((backend, d), cell) in self.providers.iter().zip(&row.cells) {
                let ratio = self.native().map_or(f64::NAN, |native| cell.gflops / row.cells[native].gflops);
                let _ = writeln!(
                    csv,
                    "{},{},{},{},{},{},{},\"{backend}\",{:e},{:e},{:.3},{ratio:.4},{:.4}",
                    row.element,
                    row.n,
                    self.threads,
                    d.name,
                    d.version,
                    d.interface,
                    d.threading,
                    cell.best_seconds,
                    cell.median_seconds,
                    cell.gflops,
                    cell.gflops / row.peak
                );
            }
        }
        csv
    }

    /// What to choose for these sizes, and how: one line.
    pub fn advice(&self) -> String {
        let labels = self.labels();
        let rows: Vec<&Row> = self.rows.iter().collect();
        let mut ranked: Vec<(usize, f64)> =
            (0..self.providers.len()).filter_map(|at| Some((at, self.overall(&rows, at)?))).collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
        let how = |at: usize| match &self.providers[at].0 {
            Backend::Linked => "POLYBLAS_BACKEND=linked".to_owned(),
            other => format!("POLYBLAS_BACKEND={other}"),
        };
        match ranked[..] {
            [] => "advice: nothing to compare with".to_owned(),
            [(only, _)] => format!("advice: {} is the only provider here; nothing to choose", labels[only]),
            [(first, _), (second, next), ..] if self.native() == Some(first) => format!(
                "advice: native is the fastest for these sizes, {:.2} times the next ({}): choose nothing, it is the default",
                1.0 / next,
                labels[second]
            ),
            [(first, times), ..] => format!(
                "advice: {} is the fastest for these sizes, {times:.2} times native: set {}",
                labels[first],
                how(first)
            ),
        }
    }
}

impl fmt::Display for Results {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = self.labels();
        for (label, (backend, d)) in labels.iter().zip(&self.providers) {
            let short = if d.threads < self.threads { format!(", {} thread only", d.threads) } else { String::new() };
            writeln!(f, "{label}{short}: {backend}")?;
        }
        for reason in &self.left_out {
            writeln!(f, "left out: {reason}")?;
        }
        let width = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0).max(18);
        for (element, rows) in self.by_element() {
            let peak = rows[0].peak;
            let threads = if self.threads == 1 { "1 thread".to_owned() } else { format!("{} threads", self.threads) };
            writeln!(f, "\n{element}, {threads}; peak measured in registers: {peak:.1} GFLOP/s; * is the fastest")?;
            let sizes: String = rows.iter().map(|row| format!("{:>9}", row.n)).collect();
            writeln!(f, "{:width$}{sizes}", "GFLOP/s        n =")?;
            let table = |f: &mut fmt::Formatter<'_>, show: &dyn Fn(&Row, usize) -> String, overall: bool| {
                for (at, label) in labels.iter().enumerate() {
                    write!(f, "{label:width$}")?;
                    for row in &rows {
                        let fastest = row.cells.iter().all(|cell| cell.gflops <= row.cells[at].gflops);
                        write!(f, "{:>8}{}", show(row, at), if fastest { '*' } else { ' ' })?;
                    }
                    let overall = self.overall(&rows, at).filter(|_| overall);
                    writeln!(f, "{}", overall.map_or(String::new(), |ratio| format!("{ratio:>8.2}x")))?;
                }
                Ok(())
            };
            table(f, &|row, at| format!("{:.1}", row.cells[at].gflops), false)?;
            if let Some(native) = self.native() {
                writeln!(f, "{:width$}{:>across$}", "times native", "overall", across = 9 * rows.len() + 9)?;
                table(f, &|row, at| format!("{:.2}", row.cells[at].gflops / row.cells[native].gflops), true)?;
            }
            writeln!(f, "fraction of peak")?;
            table(f, &|row, at| format!("{:.0}%", 100.0 * row.cells[at].gflops / row.peak), false)?;
        }
        writeln!(f)
    }
}
