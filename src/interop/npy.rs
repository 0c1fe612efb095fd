//! numpy's `.npy` files: `f32`, `f64`, complex and integer matrices, read in C and Fortran order.
//!
//! ```
//! use polyblas::{interop::npy, matrix};
//!
//! let mut file = Vec::new();
//! npy::write(&matrix![[1.0, 2.0], [3.0, 4.0]].t(), &mut file)?;
//! assert_eq!(npy::read::<f64>(&file[..])?, matrix![[1.0, 3.0], [2.0, 4.0]]);
//!
//! let error = npy::read::<i32>(&file[..]).unwrap_err();
//! assert!(error.to_string().starts_with("the file holds elements of type '<f8', not i32"));
//! # Ok::<(), npy::NpyError>(())
//! ```

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use npyz::{AutoSerialize, Deserialize, NpyFile, Order, WriteOptions, WriterBuilder};
use thiserror::Error;

use crate::error::{ShapeError, addressable};
use crate::matrix::Matrix;
use crate::view::AsView;

/// Why a `.npy` file could not be read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NpyError {
    /// The file could not be opened or created.
    #[error("cannot open {}: {source}", .path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What was read does not begin as a `.npy` file does.
    #[error("not a .npy file: {0}; write it with `numpy.save`")]
    Header(#[source] io::Error),
    /// The file's elements are of another type.
    #[error("the file holds elements of type {found}, not {expected}; read that type, or save with `a.astype(..)`")]
    Element {
        /// The type asked for.
        expected: &'static str,
        /// The type in the file, as numpy writes it.
        found: String,
    },
    /// The file's array is not two-dimensional.
    #[error("the file holds an array of shape {found:?}, not a matrix; save it with `a.reshape(rows, cols)`")]
    Dimensions {
        /// The shape in the file.
        found: Vec<u64>,
    },
    /// The file's shape is too large for this machine.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// The file ends before its last element, or could not be read so far.
    #[error("the file's shape is {rows}x{cols}, but only {found} elements could be read: {source}")]
    Elements {
        /// Rows, as the file says.
        rows: usize,
        /// Columns, as the file says.
        cols: usize,
        /// Elements that were read.
        found: usize,
        /// What went wrong then.
        source: io::Error,
    },
    /// The file could not be written.
    #[error("cannot write the .npy file: {0}")]
    Write(#[source] io::Error),
}

/// Reads a matrix from a `.npy` file's bytes. Wrap a file in a [`BufReader`], or use [`load`].
///
/// # Errors
/// When the bytes are no `.npy` file, its array is not two-dimensional or of another element type, or the bytes end
/// too early.
pub fn read<T: Deserialize + Clone>(reader: impl Read) -> Result<Matrix<T>, NpyError> {
    let file = NpyFile::new(reader).map_err(NpyError::Header)?;
    let &[rows, cols] = file.shape() else {
        return Err(NpyError::Dimensions { found: file.shape().to_vec() });
    };
    let extent = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let (rows, cols) = (extent(rows), extent(cols));
    addressable::<T>(rows, cols)?;
    let (dtype, order) = (file.dtype().descr(), file.order());
    let elements =
        file.data::<T>().map_err(|_| NpyError::Element { expected: std::any::type_name::<T>(), found: dtype })?;
    // The file's word for its length is not taken for an allocation: a few bytes can claim any length.
    let mut data = Vec::new();
    for element in elements {
        match element {
            Ok(element) => data.push(element),
            Err(source) => return Err(NpyError::Elements { rows, cols, found: data.len(), source }),
        }
    }
    Ok(match order {
        Order::C => Matrix::try_from_vec(rows, cols, data)?,
        Order::Fortran => Matrix::try_from_vec(cols, rows, data)?.t().to_matrix(),
    })
}

/// Writes a matrix as a `.npy` file, in C order. Wrap a file in a [`BufWriter`], or use [`save`].
///
/// # Errors
/// [`NpyError::Write`] when the writer fails.
pub fn write<V>(matrix: &V, writer: impl Write) -> Result<(), NpyError>
where
    V: AsView<Elem: AutoSerialize + Copy> + ?Sized,
{
    let view = matrix.as_view();
    let write = || {
        let options = WriteOptions::new().default_dtype().shape(&[view.rows() as u64, view.cols() as u64]);
        let mut writer = options.writer(writer).begin_nd()?;
        writer.extend(view.iter().copied())?;
        writer.finish()
    };
    write().map_err(NpyError::Write)
}

/// Reads a matrix from a `.npy` file.
///
/// # Errors
/// [`NpyError::Open`] naming the file, or those of [`read`].
pub fn load<T: Deserialize + Clone>(path: impl AsRef<Path>) -> Result<Matrix<T>, NpyError> {
    let path = path.as_ref();
    let file = File::open(path).map_err(|source| NpyError::Open { path: path.to_owned(), source })?;
    read(BufReader::new(file))
}

/// Writes a matrix to a `.npy` file, in C order.
///
/// # Errors
/// [`NpyError::Open`] naming the file, or [`NpyError::Write`].
///
/// ```no_run
/// use polyblas::{interop::npy, matrix};
///
/// npy::save("a.npy", &matrix![[1, 2], [3, 4]])?;
/// let a = npy::load::<i32>("a.npy")?;
/// # Ok::<(), npy::NpyError>(())
/// ```
pub fn save<V>(path: impl AsRef<Path>, matrix: &V) -> Result<(), NpyError>
where
    V: AsView<Elem: AutoSerialize + Copy> + ?Sized,
{
    let path = path.as_ref();
    let file = File::create(path).map_err(|source| NpyError::Open { path: path.to_owned(), source })?;
    let mut writer = BufWriter::new(file);
    write(matrix, &mut writer)?;
    writer.flush().map_err(NpyError::Write)
}
