//! The IDX format of MNIST: a big-endian header (magic number, dimensions), then one byte for each value.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use thiserror::Error;

/// Why a file is not the IDX file it should be.
#[derive(Debug, Error)]
pub enum IdxError {
    #[error("cannot read {}: {source}", .path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{} is damaged: its gzip stream breaks off or is corrupt ({source})", .path.display())]
    Gzip { path: PathBuf, source: std::io::Error },
    #[error("{} is no IDX file of {what}: its magic number is 0x{found:08x}, not 0x{expected:08x}", .path.display())]
    Magic { path: PathBuf, what: &'static str, expected: u32, found: u32 },
    #[error(
        "{} is truncated: its header promises {expected} bytes and {found} are there; download it again",
        .path.display()
    )]
    Truncated { path: PathBuf, expected: u64, found: usize },
    #[error("{} is too long: its header promises {expected} bytes and {found} are there", .path.display())]
    TooLong { path: PathBuf, expected: u64, found: usize },
}

/// Bytes in as many dimensions as `dims` has.
#[derive(Debug, PartialEq, Eq)]
pub struct Idx<const N: usize> {
    pub dims: [usize; N],
    pub bytes: Vec<u8>,
}

impl<const N: usize> Idx<N> {
    /// Unsigned bytes in `N` dimensions.
    const MAGIC: u32 = 0x0800 + N as u32;
    const HEADER: usize = 4 + 4 * N;

    pub fn open(path: &Path) -> Result<Self, IdxError> {
        let mut raw = Vec::new();
        let read = File::open(path).and_then(|mut file| file.read_to_end(&mut raw));
        read.map_err(|source| IdxError::Read { path: path.to_owned(), source })?;
        Self::parse(&raw, path)
    }

    /// `raw` may be gzipped; `path` is only for what the errors say.
    pub fn parse(raw: &[u8], path: &Path) -> Result<Self, IdxError> {
        let mut bytes = Vec::new();
        if raw.starts_with(&[0x1f, 0x8b]) {
            let unpacked = GzDecoder::new(raw).read_to_end(&mut bytes);
            unpacked.map_err(|source| IdxError::Gzip { path: path.to_owned(), source })?;
        } else {
            bytes.extend_from_slice(raw);
        }
        let truncated = |expected| IdxError::Truncated { path: path.to_owned(), expected, found: bytes.len() };
        let (words, _) = bytes.as_chunks::<4>();
        let mut words = words.iter().map(|word| u32::from_be_bytes(*word));
        let found = words.next().ok_or_else(|| truncated(Self::HEADER as u64))?;
        if found != Self::MAGIC {
            let what = if N == 1 { "labels" } else { "images" };
            return Err(IdxError::Magic { path: path.to_owned(), what, expected: Self::MAGIC, found });
        }
        let mut dims = [0; N];
        let mut expected = 1u64;
        for dim in &mut dims {
            let size = words.next().ok_or_else(|| truncated(Self::HEADER as u64))?;
            expected = expected.saturating_mul(size.into());
            *dim = size as usize;
        }
        let expected = expected.saturating_add(Self::HEADER as u64);
        match (bytes.len() as u64).cmp(&expected) {
            std::cmp::Ordering::Less => Err(truncated(expected)),
            std::cmp::Ordering::Greater => {
                Err(IdxError::TooLong { path: path.to_owned(), expected, found: bytes.len() })
            }
            std::cmp::Ordering::Equal => {
                bytes.drain(..Self::HEADER);
                Ok(Idx { dims, bytes })
            }
        }
    }

    /// The file's content, not gzipped.
    #[cfg_attr(not(test), allow(dead_code, reason = "the tests write the files that the example reads"))]
    pub fn write(&self, mut to: impl Write) -> std::io::Result<()> {
        to.write_all(&Self::MAGIC.to_be_bytes())?;
        for dim in self.dims {
            to.write_all(&(dim as u32).to_be_bytes())?;
        }
        to.write_all(&self.bytes)
    }
}
