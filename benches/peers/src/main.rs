//! polyblas beside every other matrix product that a Rust user can call.
//!
//! Each contender lives in a process of its own and is asked, in turn and round after round, to time one sample; so a
//! drift of the machine hits all alike, no library spins on another's cores, and one that crashes takes none with it.
//! The machine's own limit (multiplies that stay in registers, memory read in order) takes its turn like the rest.

mod case;
mod ceiling;
mod child;
mod contender;
mod cpus;
mod element;
mod instructions;
mod libraries;
mod machine;
mod options;
mod plot;
mod problem;
mod protocol;
mod referee;
mod report;
mod selection;
mod step;
mod widest;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};

use case::Case;
use contender::Contender;
use options::Options;
use referee::{Patience, Player, Row};
use report::Heading;

fn main() -> Result<()> {
    let options = Options::parse();
    if let Some(who) = &options.child {
        let who = who.parse().map_err(|error: String| anyhow!(error))?;
        return child::serve(&who, options.threads.first().copied().unwrap_or(1));
    }
    if options.instructions { count(&options) } else { run(&options) }
}

fn run(options: &Options) -> Result<()> {
    let cases = selection::cases(options);
    let patience =
        Patience { rounds: options.rounds(), seconds: options.seconds(), sample: options.sample_ms / 1000.0 };
    let mut counts: Vec<usize> = cases.iter().map(|case| case.threads).collect();
    counts.sort_unstable();
    counts.dedup();
    let (mut rosters, mut ceilings, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for &threads in &counts {
        let mut players = roster(options, threads);
        for player in &mut players {
            if player.who == Contender::Peak {
                ceilings.push((threads, player.ceilings().context("cannot measure the CPU's own limits")?));
            }
        }
        names = players.iter().filter(|player| player.who.is_peer()).map(full_name).collect();
        rosters.push((threads, players));
    }
    let method = format!(
        "Every contender in a process of its own, taking turns, one thread on another CPU in each round; up to {} \
         rounds of at least {} ms each; results checked against plain loops first.",
        patience.rounds, options.sample_ms
    );
    let heading = Heading::new(names, ceilings, method);
    println!("{}", heading.text());

    let progress = ProgressBar::new(cases.len() as u64);
    let style = "{elapsed_precise} {bar:24} {pos}/{len} rows, {eta} left: {wide_msg}";
    progress.set_style(ProgressStyle::with_template(style).expect("the template is well formed"));
    progress.enable_steady_tick(Duration::from_secs(1));
    let mut rows: Vec<Row> = Vec::new();
    for (index, &case) in cases.iter().enumerate() {
        let (_, players) = rosters.iter_mut().find(|(threads, _)| *threads == case.threads).expect("each has a roster");
        let expected = |who: &Contender| expected_rate(&rows, case, who);
        let row = referee::run(players, case, patience, &expected, &|what| progress.set_message(what.to_owned()));
        rows.push(row);
        progress.inc(1);
        if cases.get(index + 1).is_none_or(|next| next.group() != case.group()) {
            let table: Vec<&Row> = rows.iter().filter(|row| row.case.group() == case.group()).collect();
            progress.suspend(|| println!("{}", report::text(case.group(), &table).trim_end()));
        }
    }
    progress.finish_and_clear();
    println!("{}{}", report::overhead(&rows), report::blog(&rows));
    write(options, &heading, &rows)
}

/// Counts instead of timing.
fn count(options: &Options) -> Result<()> {
    let mut players = roster(options, 1);
    println!("{}, commit {}", machine::cpu(), machine::commit());
    let cases = selection::cases(options);
    let rows: Vec<_> =
        cases.into_iter().filter(|case| case.threads == 1).map(|case| instructions::run(&mut players, case)).collect();
    for group in rows.chunk_by(|a, b| a.case.group() == b.case.group()) {
        println!("{}", instructions::text(group[0].case.group(), group).trim_end());
    }
    Ok(())
}

/// Everybody who can take part with so many threads; who cannot is told on standard error.
fn roster(options: &Options, threads: usize) -> Vec<Player> {
    let mut players: Vec<Player> = Vec::new();
    let mut waiting: VecDeque<Contender> =
        contender::BUILT_IN.iter().cloned().chain(libraries::find(options)).collect();
    while let Some(who) = waiting.pop_front() {
        let label = who.to_string();
        let player = match Player::start(who, threads) {
            Ok(player) => player,
            Err(error) => {
                eprintln!("{label} takes no part: {error:#}");
                continue;
            }
        };
        if !is_wanted(options, &player) || players.iter().any(|other| other.name == player.name) {
            continue;
        }
        if let (Contender::Blas(path, None), Some(core)) = (&player.who, &player.core)
            && let Some(setting) = libraries::better_kernels(&player.name, core)
        {
            waiting.push_front(Contender::Blas(path.clone(), Some(setting)));
        }
        players.push(player);
    }
    for (library, package) in libraries::PACKAGES {
        if options.only.is_empty() && !players.iter().any(|player| player.name.starts_with(library)) {
            eprintln!("{library} takes no part: none was found ({package})");
        }
    }
    players
}

fn is_wanted(options: &Options, player: &Player) -> bool {
    let name = player.name.to_lowercase();
    options.only.is_empty()
        || !player.who.is_peer()
        || options.only.iter().any(|start| name.starts_with(&start.to_lowercase()))
}

fn full_name(player: &Player) -> String {
    match (player.who.version(), &player.core) {
        (Some(version), _) => format!("{} {version}", player.name),
        (None, Some(core)) => format!("{} (kernels: {core})", player.name),
        (None, None) => player.name.clone(),
    }
}

/// What a contender reached in the last smaller case of the same table.
fn expected_rate(rows: &[Row], case: Case, who: &Contender) -> Option<f64> {
    let smaller = rows.iter().rev().filter(|row| row.case.group() == case.group() && row.case.op == case.op);
    let before = smaller.take(3).find(|row| row.case.operations() <= case.operations())?;
    match before.entries.iter().find(|entry| entry.who == *who) {
        Some(entry) => Some(entry.best()),
        None => before
            .left_out
            .iter()
            .any(|(name, why)| name == who.plain_name() && why.contains("take about"))
            .then_some(1.0),
    }
}

fn write(options: &Options, heading: &Heading, rows: &[Row]) -> Result<()> {
    let results = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/results");
    let place = |chosen: &Option<PathBuf>, name: &str| chosen.clone().unwrap_or_else(|| results.join(name));
    let csv = place(&options.csv, "peers.csv");
    let markdown = place(&options.markdown, "peers.md");
    for (path, text) in [(&csv, report::csv(heading, rows)), (&markdown, report::markdown(heading, rows))] {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        }
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
        println!("wrote {}", path.display());
    }
    let folder = options.plot.clone().unwrap_or(results);
    for path in plot::draw(&folder, heading, rows)? {
        println!("wrote {}", path.display());
    }
    Ok(())
}
