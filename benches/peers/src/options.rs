//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use crate::case::Kind;

/// The tables that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Section {
    /// Square products.
    Square,
    /// Tall, wide, thin and deep products.
    Rectangular,
    /// Square products within rows of 1024, 2048, 4096 elements.
    Leading,
    /// A·Aᵀ.
    Syrk,
    /// gemv, ger, inner products.
    Vectors,
    /// 8- and 16-bit elements with 32-bit sums.
    Widen,
    /// `dot` with a new result each time.
    Dot,
    /// 1,000 products at once.
    Batch,
}

/// polyblas beside every other matrix product, in one run: each contender in a process of its own, taking turns.
#[derive(Debug, Parser)]
#[command(name = "cargo bench --bench peers --", version)]
pub struct Options {
    /// Under a minute: sizes 8 32 64 100 256 1024, f64 f32 i64, one thread, squares and 100 x 100 with its result.
    #[arg(long)]
    pub quick: bool,
    /// Element types.
    #[arg(long, value_delimiter = ',', value_enum)]
    pub types: Vec<Kind>,
    /// Sizes of the square products.
    #[arg(long, value_delimiter = ',')]
    pub sizes: Vec<usize>,
    /// Thread counts [default: 1, and 2 where there are two cores].
    #[arg(long, value_delimiter = ',')]
    pub threads: Vec<usize>,
    /// Tables [default: all].
    #[arg(long, value_delimiter = ',', value_enum)]
    pub sections: Vec<Section>,
    /// Contenders whose names begin so; polyblas and the peak always run.
    #[arg(long, value_delimiter = ',')]
    pub only: Vec<String>,
    /// Rounds at most [default: 15, quick 7].
    #[arg(long)]
    pub rounds: Option<usize>,
    /// Seconds for one contender in one row, after which it gets no more rounds once it has three [default: 0.5,
    /// quick 0.08].
    #[arg(long)]
    pub seconds: Option<f64>,
    /// Milliseconds that one timed sample lasts at least.
    #[arg(long, default_value_t = 1.0)]
    pub sample_ms: f64,
    /// Count the instructions of one call on one thread, instead of timing it (Linux on x86-64).
    #[arg(long, conflicts_with = "threads")]
    pub instructions: bool,
    /// A shared library with CBLAS, besides those found.
    #[arg(long)]
    pub blas: Vec<PathBuf>,
    /// A Python that has numpy [default: the first found].
    #[arg(long)]
    pub python: Option<PathBuf>,
    /// Where peers.csv goes [default: target/results of this crate].
    #[arg(long)]
    pub csv: Option<PathBuf>,
    /// Where peers.md goes [default: the same].
    #[arg(long)]
    pub markdown: Option<PathBuf>,
    /// The folder for the plots, SVG and PNG [default: the same].
    #[arg(long)]
    pub plot: Option<PathBuf>,
    /// What `cargo bench` adds.
    #[arg(long, hide = true)]
    pub bench: bool,
    /// Be this contender and answer the referee.
    #[arg(long, hide = true)]
    pub child: Option<String>,
}

impl Options {
    pub fn rounds(&self) -> usize {
        self.rounds.unwrap_or(if self.quick { 7 } else { 15 }).max(1)
    }

    pub fn seconds(&self) -> f64 {
        self.seconds.unwrap_or(if self.quick { 0.08 } else { 0.5 })
    }
}
