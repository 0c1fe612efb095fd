//! One provider in a process of its own: it is told `TYPE N` a line, and answers with the seconds of one product.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use num_complex::Complex;
use polyblas::backend::{self, Backend, Runtime};
use polyblas::{Dot, Field, Matrix, threads};

use crate::options::Element;

/// How long one turn lasts; a product that takes longer is done once.
const TURN: Duration = Duration::from_millis(12);

/// The child's side.
pub fn serve(backend: &str, wanted: u16) -> Result<(), String> {
    let backend: Backend = backend.parse().map_err(|error: backend::BackendError| error.to_string())?;
    threads::set(usize::from(wanted));
    backend::select(&backend).map_err(|error| error.to_string())?;
    let mut out = std::io::stdout().lock();
    let mut answer = |text: String| writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|e| e.to_string());
    answer(Description::of(&backend::current_runtime()).line())?;
    for line in std::io::stdin().lines() {
        let line = line.map_err(|error| error.to_string())?;
        let (element, n) = line.split_once(' ').ok_or("expected `TYPE N`")?;
        let element = Element::from_str(element, true)?;
        let n = n.parse().map_err(|_| "expected `TYPE N`")?;
        let seconds = match element {
            Element::F32 => seconds::<f32>(n, |x| x as f32),
            Element::F64 => seconds::<f64>(n, |x| x),
            Element::C32 => seconds::<Complex<f32>>(n, |x| Complex::new(x as f32, -x as f32)),
            Element::C64 => seconds::<Complex<f64>>(n, |x| Complex::new(x, -x)),
        };
        answer(seconds.to_string())?;
    }
    Ok(())
}

/// The seconds of one product, measured over a turn.
fn seconds<T: Field>(n: usize, from: impl Fn(f64) -> T) -> f64 {
    let element = |seed: usize| {
        let from = &from;
        move |i: usize, j: usize| from(((i * 31 + j * 17 + seed) % 64) as f64 / 32.0 - 1.0)
    };
    let (a, b) = (Matrix::from_fn(n, n, element(1)), Matrix::from_fn(n, n, element(2)));
    let mut c = Matrix::zeros(n, n);
    a.dot_into(&b, &mut c);
    let mut calls = 1u32;
    loop {
        let start = Instant::now();
        for _ in 0..calls {
            a.dot_into(std::hint::black_box(&b), &mut c);
        }
        let elapsed = start.elapsed();
        if elapsed >= TURN {
            return elapsed.as_secs_f64() / f64::from(calls);
        }
        let growth = TURN.as_secs_f64() * 1.1 / elapsed.as_secs_f64().max(1e-7);
        calls = (f64::from(calls) * growth.clamp(1.5, 100.0)).ceil() as u32;
    }
}

/// What a provider says of itself.
#[derive(Clone, Debug)]
pub struct Description {
    pub name: String,
    pub version: String,
    pub interface: &'static str,
    pub threading: String,
    pub threads: usize,
}

impl Description {
    fn of(runtime: &Runtime) -> Self {
        Description {
            name: runtime.name.clone(),
            version: runtime.version.clone().unwrap_or_else(|| "?".to_owned()),
            interface: interface(&runtime.integer_bits.map_or(String::new(), |bits| bits.to_string())),
            threading: runtime.threading.clone().unwrap_or_else(|| "?".to_owned()),
            threads: runtime.threads,
        }
    }

    fn line(&self) -> String {
        let bits = match self.interface {
            "LP64" => "32",
            "ILP64" => "64",
            _ => "",
        };
        [&self.name, &self.version, bits, &self.threading, &self.threads.to_string()].join("\t")
    }

    fn parse(line: &str) -> Option<Self> {
        let [name, version, bits, threading, threads] = line.split('\t').collect::<Vec<_>>().try_into().ok()?;
        Some(Description {
            name: name.to_owned(),
            version: version.to_owned(),
            interface: interface(bits),
            threading: threading.to_owned(),
            threads: threads.parse().ok()?,
        })
    }
}

fn interface(bits: &str) -> &'static str {
    match bits {
        "32" => "LP64",
        "64" => "ILP64",
        _ => "",
    }
}

/// The parent's side.
pub struct Contender {
    pub backend: Backend,
    pub description: Description,
    process: Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Contender {
    /// Starts the child and waits until its provider is checked.
    pub fn start(backend: Backend, threads: u16) -> Result<Self, String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut process = Command::new(program)
            .args(["--child", &backend.to_string(), "--threads", &threads.to_string()])
            .env("OMP_NUM_THREADS", threads.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start a child: {error}"))?;
        let asks = process.stdin.take().ok_or("a child has no standard input")?;
        let mut answers = BufReader::new(process.stdout.take().ok_or("a child has no standard output")?);
        let mut line = String::new();
        answers.read_line(&mut line).map_err(|error| error.to_string())?;
        match Description::parse(line.trim_end()) {
            Some(description) => Ok(Contender { backend, description, process, asks, answers }),
            None => {
                let output = process.wait_with_output().map_err(|error| error.to_string())?;
                let said = String::from_utf8_lossy(&output.stderr);
                Err(format!("{backend}: {}", said.trim().lines().last().unwrap_or("the child ended without a word")))
            }
        }
    }

    /// The seconds of one product.
    pub fn measure(&mut self, element: Element, n: usize) -> Result<f64, String> {
        let failed = |what: &dyn std::fmt::Display| format!("{}: {what}", self.backend);
        writeln!(self.asks, "{element} {n}").and_then(|()| self.asks.flush()).map_err(|error| failed(&error))?;
        let mut line = String::new();
        self.answers.read_line(&mut line).map_err(|error| failed(&error))?;
        line.trim().parse().map_err(|_| failed(&format_args!("stopped at {element}, n = {n}")))
    }
}

impl Drop for Contender {
    fn drop(&mut self) {
        // It would end with its input; one that hangs in a library does not.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
