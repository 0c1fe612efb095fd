//! Lets the contenders take turns and writes down what each reached.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::case::Case;
use crate::ceiling::Measured;
use crate::contender::{Contender, Polyblas};
use crate::cpus;
use crate::protocol::{Request, Response};

/// A contender and its process.
pub struct Player {
    pub who: Contender,
    pub name: String,
    /// The kernels it says it uses.
    pub core: Option<String>,
    threads: usize,
    process: Option<Process>,
}

struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    threads: usize,
}

impl Drop for Process {
    fn drop(&mut self) {
        // A process that has ended by itself needs neither.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Process {
    /// With more than one thread a library's idle workers spin for a while: whoever has no turn is stopped.
    fn signal(&self, signal: Signal) {
        #[cfg(unix)]
        if self.threads > 1 {
            // SAFETY: the process is our child and has not been waited for, so the number is still its own.
            unsafe { libc::kill(self.child.id() as libc::pid_t, signal as libc::c_int) };
        }
        #[cfg(not(unix))]
        let _ = (signal, self.threads);
    }

    /// Has it run on one CPU alone, if it has one thread.
    fn keep_to(&self, cpu: usize) {
        if self.threads == 1 {
            cpus::keep_to(self.child.id(), &[cpu]);
        }
    }

    fn hear(&mut self) -> Result<Response> {
        let mut line = String::new();
        if self.output.read_line(&mut line)? == 0 {
            bail!("its process ended: {}", self.child.wait()?);
        }
        self.signal(Signal::Stop);
        serde_json::from_str(&line).with_context(|| format!("it said {line:?}"))
    }

    fn ask(&mut self, request: &Request) -> Result<Response> {
        self.signal(Signal::Go);
        writeln!(self.input, "{}", serde_json::to_string(request)?)?;
        self.hear()
    }
}

#[cfg(unix)]
#[repr(i32)]
enum Signal {
    Stop = libc::SIGSTOP,
    Go = libc::SIGCONT,
}

#[cfg(not(unix))]
enum Signal {
    Stop,
    Go,
}

impl Player {
    /// Starts the contender's process; an error says why it cannot take part.
    pub fn start(who: Contender, threads: usize) -> Result<Self> {
        let mut player = Player { name: who.to_string(), who, core: None, threads, process: None };
        player.revive()?;
        Ok(player)
    }

    fn revive(&mut self) -> Result<&mut Process> {
        if self.process.is_none() {
            let mut command = match &self.who {
                Contender::Numpy(python) => {
                    let mut command = Command::new(python);
                    command.args(["-c", include_str!("numpy_child.py")]);
                    command
                }
                who => {
                    let mut command = Command::new(std::env::current_exe()?);
                    command.args(["--child", &who.to_string(), "--threads", &self.threads.to_string()]);
                    command
                }
            };
            let count = self.threads.to_string();
            let variables = [
                "BLIS_NUM_THREADS",
                "MATMUL_NUM_THREADS",
                "MKL_NUM_THREADS",
                "OMP_NUM_THREADS",
                "OPENBLAS_NUM_THREADS",
                "POLYBLAS_NUM_THREADS",
                "RAYON_NUM_THREADS",
            ];
            command.envs(variables.map(|name| (name, &count)));
            command.env("MKL_INTERFACE_LAYER", "LP64");
            if let Contender::Blas(_, Some(setting)) = &self.who {
                command.env(setting.variable, setting.value);
            }
            if self.threads == 1 {
                command.env("MKL_THREADING_LAYER", "SEQUENTIAL");
            }
            let mut child =
                command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("it does not start")?;
            let input = child.stdin.take().expect("it was piped");
            let output = BufReader::new(child.stdout.take().expect("it was piped"));
            let mut process = Process { child, input, output, threads: self.threads };
            let Response::Hello { name, core } = process.hear()? else {
                bail!("it did not say who it is");
            };
            self.name = name;
            self.core = core;
            if let Contender::Blas(_, Some(setting)) = &self.who {
                if self.core.as_deref() != Some(setting.core) {
                    bail!("{}={} gave it {:?}", setting.variable, setting.value, self.core);
                }
                self.name = format!("{} {}", self.name, setting.core);
            }
            self.process = Some(process);
        }
        Ok(self.process.as_mut().expect("it was just started"))
    }

    /// Asks; a process that dies of it is started anew the next time.
    pub fn ask(&mut self, request: &Request) -> Result<Response> {
        let answer = self.revive()?.ask(request);
        if answer.is_err() {
            self.process = None;
        }
        answer
    }

    /// Asks for a sample, of one thread on this CPU.
    fn sample(&mut self, cpu: Option<usize>) -> Result<Response> {
        if let Some(cpu) = cpu {
            self.revive()?.keep_to(cpu);
        }
        self.ask(&Request::Sample)
    }

    /// The CPU's routes; for the peak alone.
    pub fn ceilings(&mut self) -> Result<Vec<Measured>> {
        match self.ask(&Request::Ceilings { threads: self.threads })? {
            Response::Ceilings { measured } => Ok(measured),
            other => bail!("it answered {other:?}"),
        }
    }
}

/// What one contender did in one row.
#[derive(Clone, Debug)]
pub struct Entry {
    pub who: Contender,
    pub name: String,
    /// Operations a second, one for each round.
    pub rates: Vec<f64>,
    /// The peak's route.
    pub route: Option<String>,
}

impl Entry {
    pub fn best(&self) -> f64 {
        self.rates.iter().copied().fold(0.0, f64::max)
    }

    pub fn median(&self) -> f64 {
        let mut sorted = self.rates.clone();
        sorted.sort_by(f64::total_cmp);
        match sorted.len() {
            0 => 0.0,
            n if n % 2 == 1 => sorted[n / 2],
            n => (sorted[n / 2 - 1] + sorted[n / 2]) / 2.0,
        }
    }

    /// How far the median lies below the best: the noise.
    pub fn spread(&self) -> f64 {
        1.0 - self.median() / self.best()
    }
}

/// A finished row.
#[derive(Clone, Debug)]
pub struct Row {
    pub case: Case,
    pub entries: Vec<Entry>,
    /// Who could not be timed, and why.
    pub left_out: Vec<(String, String)>,
}

/// How long a row may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub rounds: usize,
    /// For one contender in one row.
    pub seconds: f64,
    /// What one timed sample lasts at least.
    pub sample: f64,
}

/// Rounds that even the slow are given.
const ROUNDS_AT_LEAST: usize = 3;

impl Patience {
    /// Whether a contender whose call lasts so long has had its turns.
    fn is_over(&self, round: usize, used: f64, call: f64) -> bool {
        let rounds = if call > 4.0 * self.seconds { 1 } else { ROUNDS_AT_LEAST };
        used >= self.seconds && round >= rounds
    }

    /// Seconds of a call that is not waited for at all.
    fn limit(&self) -> f64 {
        (8.0 * self.seconds).max(3.0)
    }
}

/// Runs one row: all get ready, then take turns. `expected` guesses the rate of a contender from smaller cases.
pub fn run(
    players: &mut [Player],
    case: Case,
    patience: Patience,
    expected: &dyn Fn(&Contender) -> Option<f64>,
    tell: &dyn Fn(&str),
) -> Row {
    struct Turn<'p> {
        player: &'p mut Player,
        entry: Entry,
        /// What the contender's memory could have given.
        limits: Vec<f64>,
        used: f64,
        seconds: f64,
        gone: bool,
    }
    let mut row = Row { case, entries: Vec::new(), left_out: Vec::new() };
    let mut turns = Vec::new();
    for player in players {
        tell(&format!("{} {}: {} gets ready", case.group(), case.label(), player.name));
        let estimate = expected(&player.who).map(|rate| case.operations() / rate);
        if let Some(seconds) = estimate.filter(|&seconds| seconds > patience.limit()) {
            row.left_out.push((player.name.clone(), format!("one call would take about {seconds:.0} s")));
            continue;
        }
        match player.ask(&Request::Prepare { case, sample: patience.sample }) {
            Ok(Response::Ready { seconds, route }) => {
                let entry = Entry { who: player.who.clone(), name: player.name.clone(), rates: Vec::new(), route };
                turns.push(Turn { player, entry, limits: Vec::new(), used: 0.0, seconds, gone: false });
            }
            Ok(Response::Absent) => {}
            Ok(Response::Wrong { why }) => row.left_out.push((player.name.clone(), format!("WRONG RESULT: {why}"))),
            Ok(other) => row.left_out.push((player.name.clone(), format!("it answered {other:?}"))),
            Err(error) => row.left_out.push((player.name.clone(), format!("{error:#}"))),
        }
    }
    let count = turns.len();
    let cpus = cpus::usable();
    for round in 0..patience.rounds {
        tell(&format!("{} {}: round {}", case.group(), case.label(), round + 1));
        // CPUs differ in what else their core does. All have the same one in each round, and each in turn.
        let cpu = cpus.get(round % cpus.len().max(1)).copied();
        for position in 0..count {
            // Each round begins with another contender, so that none always follows the same one.
            let turn = &mut turns[(position + round) % count];
            if turn.gone || patience.is_over(round, turn.used, turn.seconds) {
                continue;
            }
            match turn.player.sample(cpu) {
                Ok(Response::Rate { rate, limit }) => {
                    turn.entry.rates.push(rate);
                    turn.limits.extend(limit);
                    turn.used += (case.operations() / rate).max(patience.sample);
                }
                other => {
                    row.left_out.push((turn.entry.name.clone(), format!("it stopped taking part: {other:?}")));
                    turn.entry.rates.clear();
                    turn.gone = true;
                }
            }
        }
    }
    for turn in turns.into_iter().filter(|turn| !turn.entry.rates.is_empty()) {
        let mut entry = turn.entry;
        if entry.who == Contender::Polyblas(Polyblas::Dot) && !turn.limits.is_empty() {
            let (who, route) = (Contender::Peak, entry.route.take());
            row.entries.push(Entry { name: who.to_string(), who, rates: turn.limits, route });
        }
        row.entries.push(entry);
    }
    row
}
