//! numpy writes two matrices, polyblas multiplies them, numpy reads the product.
//!
//! ```text
//! python3 -c 'import numpy as np; np.save("a.npy", np.random.rand(300, 200)); np.save("b.npy", np.random.rand(200, 100))'
//! cargo run --release --features npy --example npy -- a.npy b.npy c.npy
//! python3 -c 'import numpy as np; a, b, c = (np.load(f"{x}.npy") for x in "abc"); print(abs(a @ b - c).max())'
//! ```
//!
//! Any element type that both know will do, as long as both files have the same; integers wrap, as numpy's do.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use npyz::{AutoSerialize, Deserialize};
use num_complex::Complex;
use polyblas::interop::npy::{self, NpyError};
use polyblas::{Dot, Scalar};

type Error = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [a, b, c] = arguments.as_slice() else {
        eprintln!("usage: npy A.npy B.npy PRODUCT.npy");
        return ExitCode::FAILURE;
    };
    match multiply_files(Path::new(a), Path::new(b), Path::new(c)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Tries one element type after the other, until one is that of the first file.
fn multiply_files(a: &Path, b: &Path, c: &Path) -> Result<(), Error> {
    let types = [
        multiply::<f64>,
        multiply::<f32>,
        multiply::<Complex<f64>>,
        multiply::<Complex<f32>>,
        multiply::<i64>,
        multiply::<i32>,
        multiply::<i16>,
        multiply::<i8>,
        multiply::<u64>,
        multiply::<u32>,
        multiply::<u16>,
        multiply::<u8>,
    ];
    types.into_iter().find_map(|multiply| multiply(a, b, c).transpose()).unwrap_or_else(|| {
        Err(format!("{} holds elements that are neither numbers of 8 to 64 bits nor complex ones", a.display()).into())
    })
}

/// `None` if the first file holds another element type.
fn multiply<T: Scalar + Deserialize + AutoSerialize>(a: &Path, b: &Path, c: &Path) -> Result<Option<()>, Error> {
    let a = match npy::load::<T>(a) {
        Err(NpyError::Element { .. }) => return Ok(None),
        a => a?,
    };
    let b = npy::load::<T>(b)?;
    let start = Instant::now();
    let product = a.try_dot(&b)?;
    let milliseconds = 1e3 * start.elapsed().as_secs_f64();
    npy::save(c, &product)?;
    println!(
        "{}x{} by {}x{} in {milliseconds:.3} ms, elements of {}",
        a.rows(),
        a.cols(),
        b.rows(),
        b.cols(),
        std::any::type_name::<T>()
    );
    Ok(Some(()))
}
