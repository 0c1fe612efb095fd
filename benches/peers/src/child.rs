//! A contender's process: answers the referee on its standard input and output.

use std::io::{BufRead, Write};
use std::time::{Duration, Instant};

use anyhow::Result;
use num_complex::Complex;

use crate::case::{Case, Kind, Op, Traffic};
use crate::ceiling::{self, Measured, bandwidth};
use crate::contender::cblas::Blas;
use crate::contender::{Contender, widen};
use crate::element::Element;
use crate::problem::{Call, Problem};
use crate::protocol::{Request, Response};
use crate::step;

/// Bytes beyond which a case's data is in no cache.
const OUT_OF_CACHE: f64 = (100u64 << 20) as f64;

/// Speaks with the referee until it hangs up.
pub fn serve(who: &Contender, threads: usize) -> Result<()> {
    die_with_parent();
    let blas = match who {
        Contender::Blas(path, _) => Some(Blas::open(path, threads)?),
        _ => None,
    };
    let name = blas.as_ref().map_or(who.plain_name().to_owned(), |blas| blas.name.clone());
    say(&Response::Hello { name, core: blas.as_ref().and_then(|blas| blas.core.clone()) });
    let mut peak = Peak::default();
    let mut next = listen();
    while let Some(request) = next {
        next = match request {
            Request::Prepare { case, sample } if *who == Contender::Peak => peak.run(case, sample),
            Request::Prepare { case, sample } => prepare(case, sample, who, blas.as_ref()),
            Request::Sample | Request::Count => {
                say(&Response::Absent);
                listen()
            }
            Request::Ceilings { threads } => {
                peak.measured = ceiling::measure_all(threads);
                say(&Response::Ceilings { measured: peak.measured.clone() });
                listen()
            }
        };
    }
    Ok(())
}

/// A stopped process outlives its parent unless the system is told.
fn die_with_parent() {
    #[cfg(target_os = "linux")]
    // SAFETY: prctl with these arguments only sets which signal comes.
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
    }
}

fn say(response: &Response) {
    let line = serde_json::to_string(response).expect("a response is plain data");
    let mut out = std::io::stdout().lock();
    // A referee that is gone needs no answer: the next read finds the end.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

fn listen() -> Option<Request> {
    let mut line = String::new();
    match std::io::stdin().lock().read_line(&mut line) {
        Ok(read) if read > 0 => serde_json::from_str(&line).ok(),
        _ => None,
    }
}

/// Handles one case; returns the first request that is not about it.
fn prepare(case: Case, sample: f64, who: &Contender, blas: Option<&Blas>) -> Option<Request> {
    if case.op == Op::Widen {
        let mut next = None;
        return match widen::run(case, who, blas, &mut |call| next = time(&case, sample, call)) {
            Ok(()) => next,
            Err(why) => {
                say(&why.map_or(Response::Absent, |why| Response::Wrong { why }));
                listen()
            }
        };
    }
    match case.kind {
        Kind::F64 => prepare_as::<f64>(case, sample, who, blas),
        Kind::F32 => prepare_as::<f32>(case, sample, who, blas),
        Kind::C64 => prepare_as::<Complex<f64>>(case, sample, who, blas),
        Kind::C32 => prepare_as::<Complex<f32>>(case, sample, who, blas),
        Kind::I64 => prepare_as::<i64>(case, sample, who, blas),
        Kind::I32 => prepare_as::<i32>(case, sample, who, blas),
        Kind::I16 => prepare_as::<i16>(case, sample, who, blas),
        Kind::I8 => prepare_as::<i8>(case, sample, who, blas),
        Kind::U64 => prepare_as::<u64>(case, sample, who, blas),
        Kind::U32 => prepare_as::<u32>(case, sample, who, blas),
        Kind::U16 => prepare_as::<u16>(case, sample, who, blas),
        Kind::U8 => prepare_as::<u8>(case, sample, who, blas),
    }
}

fn prepare_as<T: Element>(case: Case, sample: f64, who: &Contender, blas: Option<&Blas>) -> Option<Request> {
    let mut problem = Problem::<T>::new(case);
    let called = who.prepare(blas, problem.operands(true)).map(|mut call| call()).is_some();
    if !called {
        say(&Response::Absent);
        return listen();
    }
    if let Err(why) = problem.check() {
        say(&Response::Wrong { why });
        return listen();
    }
    if let Some(traffic) = case.traffic().filter(|traffic| traffic.bytes() >= OUT_OF_CACHE) {
        return time_with_memory(&case, traffic, who, blas, problem);
    }
    let call = who.prepare(blas, problem.operands(false)).expect("it was there a moment ago");
    time(&case, sample, call)
}

/// Says that all is ready, then responds until a request about something else comes, which it returns.
fn answer(seconds: f64, route: Option<&str>, mut respond: impl FnMut(&Request) -> Response) -> Option<Request> {
    say(&Response::Ready { seconds, route: route.map(str::to_owned) });
    loop {
        match listen() {
            Some(request @ (Request::Sample | Request::Count)) => say(&respond(&request)),
            next => return next,
        }
    }
}

/// Times single calls out of cache, each after a plain loop over the same memory: of every contender, so that all find
/// the same in the caches.
fn time_with_memory<T: Element>(
    case: &Case,
    traffic: Traffic,
    who: &Contender,
    blas: Option<&Blas>,
    mut problem: Problem<T>,
) -> Option<Request> {
    let mut sample = || {
        let memory = bandwidth::rate(&mut problem.memory(traffic), traffic, case.threads);
        let mut call = who.prepare(blas, problem.operands(false)).expect("it was there a moment ago");
        let start = Instant::now();
        call();
        let rate = case.operations() / start.elapsed().as_secs_f64();
        Response::Rate { rate, limit: Some(case.operations() * memory / traffic.bytes()) }
    };
    let start = Instant::now();
    sample();
    answer(start.elapsed().as_secs_f64(), Some(traffic.route()), |_| sample())
}

/// Finds how many calls fill a sample, then times whenever asked.
fn time(case: &Case, sample: f64, mut call: Call<'_>) -> Option<Request> {
    let timed = |call: &mut Call<'_>, calls: u64| {
        let start = Instant::now();
        (0..calls).for_each(|_| call());
        start.elapsed().as_secs_f64()
    };
    let (mut calls, mut seconds) = (1, timed(&mut call, 1));
    while seconds < sample && calls < 1 << 30 {
        calls = (calls * 2).max((calls as f64 * sample / seconds.max(1e-9)) as u64).min(calls * 100);
        seconds = timed(&mut call, calls);
    }
    answer(seconds / calls as f64, None, |request| {
        if matches!(request, Request::Count) {
            return Response::Instructions(step::count(&mut call));
        }
        // Another process ran meanwhile: fetch code and data back first. It takes one call where one fills the sample,
        // so that this is no colder than many in a row; beside more than so many samples it is nothing.
        let start = Instant::now();
        while seconds < 100.0 * sample && start.elapsed().as_secs_f64() < sample / 4.0 {
            timed(&mut call, calls.div_ceil(16));
        }
        Response::Rate { rate: case.operations() * calls as f64 / timed(&mut call, calls), limit: None }
    })
}

/// The CPU's limits, timed in turn with the contenders.
#[derive(Default)]
struct Peak {
    measured: Vec<Measured>,
}

impl Peak {
    /// Handles one case, as [`prepare`] does.
    fn run(&mut self, case: Case, sample: f64) -> Option<Request> {
        // Memory is measured by those who read it.
        let route = ceiling::route_for(&case, &self.measured).filter(|_| case.traffic().is_none());
        let Some(route) = route else {
            say(&Response::Absent);
            return listen();
        };
        // A multiply and an add; four of each for a complex pair, whose case counts eight.
        let rate = || 2.0 * route.rate(case.threads, Duration::from_secs_f64(sample));
        let seconds = case.operations() / rate();
        answer(seconds, Some(route.name), |_| Response::Rate { rate: rate(), limit: None })
    }
}
