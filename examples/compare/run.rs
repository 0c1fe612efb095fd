//! The measurement: all contenders in turn, round after round.

use std::collections::HashSet;

use indicatif::{ProgressBar, ProgressStyle};
use polyblas::backend;

use crate::ceiling;
use crate::child::Contender;
use crate::options::Options;
use crate::results::{Cell, Results, Row};

pub fn measure(options: &Options) -> Result<Results, String> {
    let threads = usize::from(options.threads);
    let mut contenders = Vec::new();
    let mut left_out = Vec::new();
    for found in backend::available_in(&options.folders) {
        match Contender::start(found.backend, options.threads) {
            Ok(contender) => contenders.push(contender),
            Err(error) => left_out.push(error),
        }
    }
    if contenders.is_empty() {
        return Err(format!("no provider could be started: {}", left_out.join("; ")));
    }

    let (mut sizes, mut seen) = (options.sizes.clone(), HashSet::new());
    sizes.retain(|&n| seen.insert(n));
    let mut types = options.types.clone();
    types.dedup();
    let steps = types.len() * sizes.len() * usize::from(options.rounds) * contenders.len();
    let bar = ProgressBar::new(steps as u64);
    let style = ProgressStyle::with_template("{bar:40} {percent:>3}%  {eta} left  {msg}");
    bar.set_style(style.map_err(|error| error.to_string())?);

    let mut rows = Vec::new();
    for &element in &types {
        let peak = ceiling::gflops(element.is_single(), threads);
        for &n in &sizes {
            let mut seconds = vec![Vec::new(); contenders.len()];
            for round in 0..usize::from(options.rounds) {
                for turn in 0..contenders.len() {
                    // Nobody always follows the same one.
                    let at = (turn + round) % contenders.len();
                    bar.set_message(format!("{element} n = {n}: {}", contenders[at].description.name));
                    seconds[at].push(contenders[at].measure(element, n)?);
                    bar.inc(1);
                }
            }
            let cells = seconds.into_iter().map(|seconds| Cell::of(element, n, seconds)).collect();
            rows.push(Row { element, n, peak, cells });
        }
    }
    bar.finish_and_clear();
    let providers = contenders.iter().map(|c| (c.backend.clone(), c.description.clone())).collect();
    Ok(Results { threads, providers, left_out, rows })
}
