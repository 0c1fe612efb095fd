//! The tables: as text, as CSV, as Markdown.

use std::fmt::Write;

use crate::case::{Group, Op};
use crate::ceiling::Measured;
use crate::contender::{Contender, Polyblas};
use crate::machine;
use crate::referee::{Entry, Row};

/// What all tables share.
pub struct Heading {
    pub cpu: String,
    pub cores: usize,
    pub commit: String,
    pub simd: String,
    /// Contenders with their versions.
    pub names: Vec<String>,
    /// Threads, and the CPU's routes with as many at once.
    pub ceilings: Vec<(usize, Vec<Measured>)>,
    pub method: String,
}

impl Heading {
    pub fn new(names: Vec<String>, ceilings: Vec<(usize, Vec<Measured>)>, method: String) -> Self {
        Heading {
            cpu: machine::cpu(),
            cores: machine::cores(),
            commit: machine::commit(),
            simd: simd(),
            names,
            ceilings,
            method,
        }
    }

    pub fn text(&self) -> String {
        let mut text = format!(
            "CPU        {}, {} cores\ncommit     {}\npolyblas   {}\ncontenders {}\nmethod     {}\n",
            self.cpu,
            self.cores,
            self.commit,
            self.simd,
            self.names.join(", "),
            self.method
        );
        for (threads, measured) in &self.ceilings {
            let routes: Vec<String> =
                measured.iter().map(|m| format!("{} {:.1}", m.name, 2.0 * m.rate / 1e9)).collect();
            let s = if *threads == 1 { "" } else { "s" };
            let _ = writeln!(text, "in registers, {threads} thread{s}, Gop/s: {}", routes.join(", "));
        }
        text
    }
}

/// What polyblas says it runs on.
fn simd() -> String {
    let simd = &polyblas::config().simd;
    let kernels: Vec<String> = simd.kernels.iter().map(|(kind, kernel)| format!("{kind}: {kernel}")).collect();
    format!("{}, native engine, {} ({})", polyblas::config().package.version, simd.level, kernels.join(", "))
}

/// polyblas's own figure in a row.
pub fn ours(row: &Row) -> Option<&Entry> {
    row.entries.iter().find(|entry| entry.who == Contender::Polyblas(Polyblas::Dot))
}

fn best_peer(row: &Row, figure: fn(&Entry) -> f64) -> Option<&Entry> {
    row.entries.iter().filter(|entry| entry.who.is_peer()).max_by(|a, b| figure(a).total_cmp(&figure(b)))
}

pub fn peak(row: &Row) -> Option<&Entry> {
    row.entries.iter().find(|entry| entry.who == Contender::Peak)
}

/// How polyblas compares in one row.
struct Verdict {
    against: String,
    best: f64,
    median: f64,
    /// By best and by median.
    of_peak: Option<(f64, f64)>,
    noise: f64,
}

fn verdict(row: &Row) -> Option<Verdict> {
    let ours = ours(row)?;
    let against =
        |figure: fn(&Entry) -> f64| best_peer(row, figure).map_or(f64::NAN, |peer| figure(ours) / figure(peer));
    Some(Verdict {
        against: best_peer(row, Entry::best).map_or_else(|| "no peer".to_owned(), |peer| peer.name.clone()),
        best: against(Entry::best),
        median: against(Entry::median),
        of_peak: peak(row).map(|peak| (ours.best() / peak.best(), ours.median() / peak.median())),
        noise: ours.spread(),
    })
}

/// The contenders of a table in the order of their first appearance, polyblas first.
fn columns(rows: &[&Row]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for entry in rows.iter().flat_map(|row| &row.entries) {
        if !matches!(entry.who, Contender::Peak | Contender::Bare) && !names.contains(&entry.name) {
            names.push(entry.name.clone());
        }
    }
    names
}

fn of<'r>(row: &'r Row, name: &str) -> Option<&'r Entry> {
    row.entries.iter().find(|entry| entry.name == name)
}

/// Three digits, or more before the point.
pub fn rate(operations: f64) -> String {
    let giga = operations / 1e9;
    match giga {
        g if g >= 99.95 => format!("{g:.0}"),
        g if g >= 9.995 => format!("{g:.1}"),
        g => format!("{g:.2}"),
    }
}

fn ratio(ratio: f64) -> String {
    if ratio.is_nan() { "-".to_owned() } else { format!("{ratio:.2}") }
}

fn percent(fraction: f64) -> String {
    format!("{:.0}%", 100.0 * fraction)
}

/// The rows of each table.
pub fn tables(rows: &[Row]) -> Vec<(Group, Vec<&Row>)> {
    let mut tables: Vec<(Group, Vec<&Row>)> = Vec::new();
    for row in rows {
        let group = row.case.group();
        match tables.iter_mut().find(|(other, _)| *other == group) {
            Some((_, rows)) => rows.push(row),
            None => tables.push((group, vec![row])),
        }
    }
    tables
}

/// One table; each row has a line of bests and a line of medians.
pub fn text(group: Group, rows: &[&Row]) -> String {
    let columns = columns(rows);
    let mut lines = vec![
        [String::new()]
            .into_iter()
            .chain(columns.iter().cloned())
            .chain(["x best peer", "of peak", "peak", "noise"].map(str::to_owned))
            .collect::<Vec<_>>(),
    ];
    for row in rows {
        let figures = |figure: fn(&Entry) -> f64| {
            columns.iter().map(move |name| of(row, name).map_or("-".to_owned(), |entry| rate(figure(entry))))
        };
        let verdict = verdict(row);
        let peak = peak(row);
        let mut best = vec![row.case.label()];
        best.extend(figures(Entry::best));
        best.push(verdict.as_ref().map_or("-".to_owned(), |v| ratio(v.best)));
        let of_peak = verdict.as_ref().and_then(|v| v.of_peak);
        best.push(of_peak.map_or("-".to_owned(), |(best, _)| percent(best)));
        best.push(
            peak.map_or("-".to_owned(), |p| format!("{} {}", rate(p.best()), p.route.as_deref().unwrap_or_default())),
        );
        best.push(verdict.as_ref().map_or("-".to_owned(), |v| percent(v.noise)));
        let mut median = vec!["median".to_owned()];
        median.extend(figures(Entry::median));
        median.push(verdict.as_ref().map_or("-".to_owned(), |v| ratio(v.median)));
        median.push(of_peak.map_or("-".to_owned(), |(_, median)| percent(median)));
        median.push(peak.map_or("-".to_owned(), |p| rate(p.median())));
        lines.extend([best, median]);
    }
    let widths: Vec<usize> = (0..lines[0].len())
        .map(|column| lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max())
        .map(Option::unwrap_or_default)
        .collect();
    let mut text = format!("\n{group}: Gop/s\n");
    for line in lines {
        let cells = line.iter().zip(&widths).map(|(cell, &width)| format!("{cell:>width$}"));
        let _ = writeln!(text, "{}", cells.collect::<Vec<_>>().join("  "));
    }
    for row in rows {
        for (name, why) in &row.left_out {
            let _ = writeln!(text, "  left out at {}: {name}: {why}", row.case.label());
        }
    }
    text
}

/// The same as a Markdown table of bests.
pub fn markdown(heading: &Heading, rows: &[Row]) -> String {
    let mut text = format!(
        "Measured on {} with {} cores, commit {}. {}\n",
        heading.cpu, heading.cores, heading.commit, heading.method
    );
    for (group, rows) in tables(rows) {
        let columns = columns(&rows);
        let _ = writeln!(text, "\n**{group}**, Gop/s, best of the rounds\n");
        let _ = writeln!(text, "| | {} | x best peer, best (median) | of peak |", columns.join(" | "));
        let _ = writeln!(text, "|---|{}---|---|", "---|".repeat(columns.len()));
        for row in rows {
            let fastest = row.entries.iter().filter(|e| e.who != Contender::Peak).map(Entry::best).fold(0.0, f64::max);
            let cells = columns.iter().map(|name| match of(row, name) {
                Some(entry) if entry.best() >= fastest => format!("**{}**", rate(entry.best())),
                Some(entry) => rate(entry.best()),
                None => "-".to_owned(),
            });
            let cells: Vec<String> = cells.collect();
            let verdict = verdict(row);
            let against = verdict.as_ref().map(|v| format!("{} ({})", ratio(v.best), ratio(v.median)));
            let of_peak = verdict.and_then(|v| v.of_peak);
            let of_peak = of_peak.map(|(best, median)| format!("{} ({})", percent(best), percent(median)));
            let [against, of_peak] = [against, of_peak].map(|cell| cell.unwrap_or("-".to_owned()));
            let _ = writeln!(text, "| {} | {} | {against} | {of_peak} |", row.case.label(), cells.join(" | "));
        }
    }
    text
}

/// Everything, one line for each contender in each row.
pub fn csv(heading: &Heading, rows: &[Row]) -> String {
    let mut text = format!("# {}, {} cores, commit {}\n", heading.cpu, heading.cores, heading.commit);
    text.push_str(
        "table,type,values,operation,m,k,n,ld,batch,threads,contender,best_gops,median_gops,spread,rounds,best_seconds,\
         peak_gops,peak_route,best_peer,x_best_peer_best,x_best_peer_median\n",
    );
    for row in rows {
        let case = row.case;
        let (peak_rate, route) = peak(row).map_or((String::new(), ""), |peak| {
            (format!("{}", peak.best() / 1e9), peak.route.as_deref().unwrap_or_default())
        });
        let verdict = verdict(row);
        for entry in row.entries.iter().filter(|entry| entry.who != Contender::Peak) {
            let compared = match (&verdict, &entry.who) {
                (Some(v), Contender::Polyblas(Polyblas::Dot)) => format!("{},{},{}", v.against, v.best, v.median),
                _ => ",,".to_owned(),
            };
            let _ = writeln!(
                text,
                "{},{},{:?},{:?},{},{},{},{},{},{},{},{},{},{},{},{},{peak_rate},{route},{compared}",
                case.group().shape.replace(',', ""),
                case.kind.name(),
                case.fill,
                case.op,
                case.m,
                case.k,
                case.n,
                case.ld,
                case.batch,
                case.threads,
                entry.name,
                entry.best() / 1e9,
                entry.median() / 1e9,
                entry.spread(),
                entry.rates.len(),
                case.operations() / entry.best(),
            );
        }
    }
    text
}

/// What a call costs above the multiplication, at 4 x 4.
pub fn overhead(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows.iter().filter(|row| row.case.n == 4 && matches!(row.case.op, Op::Gemm | Op::Dot)) {
        let find = |who: &Contender| row.entries.iter().find(|entry| entry.who == *who);
        let nanoseconds = |entry: &Entry, figure: fn(&Entry) -> f64| 1e9 * row.case.operations() / figure(entry);
        let (Some(ours), Some(bare)) = (ours(row), find(&Contender::Bare)) else { continue };
        let what = if row.case.op == Op::Dot { "dot, with its result" } else { "dot_into" };
        let [(a, b), (c, d)] =
            [Entry::best, Entry::median].map(|figure| (nanoseconds(ours, figure), nanoseconds(bare, figure)));
        let _ = writeln!(
            text,
            "  {} {what}: {a:.1} ns, the bare product {b:.1}: {:.1} ns above it (medians {c:.1}, {d:.1}: {:.1})",
            row.case.kind.name(),
            a - b,
            c - d
        );
    }
    if text.is_empty() { text } else { format!("\nA call at 4 x 4\n{text}") }
}

/// The blog's benchmark, in its own unit.
pub fn blog(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows.iter().filter(|row| row.case.n == 100 && row.case.threads == 1 || row.case.op == Op::Batch) {
        if !matches!(row.case.op, Op::Dot | Op::Cast | Op::Batch) {
            continue;
        }
        let products = 1000.0 / row.case.batch as f64;
        let milliseconds = |rate: f64| products * 1e3 * row.case.operations() / rate;
        let figures = row.entries.iter().filter(|entry| entry.who != Contender::Peak).map(|entry| {
            let (best, median) = (milliseconds(entry.best()), milliseconds(entry.median()));
            format!("{} {best:.1} ({median:.1})", entry.name)
        });
        let what = match row.case.op {
            Op::Cast => " cast to f64",
            Op::Batch => " batched",
            _ => "",
        };
        let threads = if row.case.threads == 1 { String::new() } else { format!(", {} threads", row.case.threads) };
        let _ = writeln!(text, "  {}{what}{threads}: {}", row.case.kind.name(), figures.collect::<Vec<_>>().join(", "));
    }
    if text.is_empty() {
        return text;
    }
    format!("\nThe blog's 1,000 products of 100 x 100 with new results: milliseconds, best (median)\n{text}")
}
