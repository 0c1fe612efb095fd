//! The instructions of each contender's call, where time is too noisy to tell two of them apart.

use std::fmt::Write;

use crate::case::{Case, Group};
use crate::contender::{Contender, Polyblas};
use crate::protocol::{Request, Response};
use crate::referee::Player;
use crate::step::Instructions;

/// One row: what each contender's call takes, and who could not be counted, and why.
pub struct Row {
    pub case: Case,
    counts: Vec<(String, Instructions)>,
    left_out: Vec<(String, String)>,
}

/// Counts one call of each.
pub fn run(players: &mut [Player], case: Case) -> Row {
    let mut row = Row { case, counts: Vec::new(), left_out: Vec::new() };
    let taking_part = |who: &Contender| !matches!(who, Contender::Numpy(_) | Contender::Peak | Contender::Bare);
    for player in players.iter_mut().filter(|player| taking_part(&player.who)) {
        let name = player.name.clone();
        let answer = match player.ask(&Request::Prepare { case, sample: 0.0 }) {
            Ok(Response::Ready { .. }) => player.ask(&Request::Count),
            other => other,
        };
        match answer {
            Ok(Response::Instructions(Ok(counted))) => row.counts.push((name, counted)),
            Ok(Response::Instructions(Err(why))) => row.left_out.push((name, why)),
            Ok(Response::Absent) => {}
            Ok(Response::Wrong { why }) => row.left_out.push((name, format!("WRONG RESULT: {why}"))),
            other => row.left_out.push((name, format!("{other:?}"))),
        }
    }
    row
}

/// One table: a line for each contender of each row, the fewest first.
pub fn text(group: Group, rows: &[Row]) -> String {
    let ours = Contender::Polyblas(Polyblas::Dot).plain_name();
    let mut text =
        format!("\n{group}: instructions of a call, multiply-adds of 128, 256, 512 bits among them; beside polyblas\n");
    for row in rows {
        let mut counts = row.counts.clone();
        counts.sort_by_key(|(_, counted)| counted.all);
        let own = counts.iter().find(|(name, _)| name == ours).map_or(f64::NAN, |(_, counted)| counted.all as f64);
        for (name, Instructions { all, multiply_adds: [xmm, ymm, zmm] }) in counts {
            let ratio = all as f64 / own;
            let label = row.case.label();
            let _ = writeln!(text, "{label:>12}  {name:<32} {all:>11} {xmm:>9} {ymm:>9} {zmm:>9}  {ratio:.2}");
        }
        for (name, why) in &row.left_out {
            let _ = writeln!(text, "  left out at {}: {name}: {why}", row.case.label());
        }
    }
    text
}
