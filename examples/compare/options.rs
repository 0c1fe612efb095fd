//! What the command line says.

use std::fmt;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Compares the native engine with every BLAS that is found on this machine.
#[derive(Parser)]
pub struct Options {
    /// Sizes n of the n x n products.
    #[arg(long, value_delimiter = ',', default_value = "8,16,32,64,100,128,256,512,1024", value_parser = size)]
    pub sizes: Vec<usize>,
    /// Element types.
    #[arg(long, value_delimiter = ',', default_value = "f64,f32", value_enum)]
    pub types: Vec<Element>,
    /// Threads for each provider.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: u16,
    /// Folders (or prefixes) to look into besides the usual ones, such as where pip installed scipy-openblas32.
    #[arg(long = "in", value_name = "FOLDER")]
    pub folders: Vec<PathBuf>,
    /// Rounds in which the providers take turns.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..))]
    pub rounds: u16,
    /// Writes compare.csv and compare.svg into this folder.
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
    /// Measures this one provider, as told on standard input.
    #[arg(long, hide = true)]
    pub child: Option<String>,
}

fn size(text: &str) -> Result<usize, String> {
    const LARGEST: usize = 16_384;
    match text.parse() {
        Ok(n) if (1..=LARGEST).contains(&n) => Ok(n),
        _ => Err(format!("a size is a whole number from 1 to {LARGEST}")),
    }
}

/// An element type of BLAS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Element {
    F32,
    F64,
    /// `Complex<f32>`
    C32,
    /// `Complex<f64>`
    C64,
}

impl Element {
    /// Additions and multiplications in one n x n product.
    pub fn operations(self, n: usize) -> f64 {
        let pair = if matches!(self, Element::C32 | Element::C64) { 8.0 } else { 2.0 };
        pair * (n as f64).powi(3)
    }

    /// Whether its parts have 32 bits.
    pub fn is_single(self) -> bool {
        matches!(self, Element::F32 | Element::C32)
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Element::F32 => "f32",
            Element::F64 => "f64",
            Element::C32 => "c32",
            Element::C64 => "c64",
        })
    }
}
