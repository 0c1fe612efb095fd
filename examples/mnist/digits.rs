//! Handwritten digits: those that ship with the example, or MNIST's files in a directory.

use std::path::{Path, PathBuf};

use thiserror::Error;

use super::idx::{Idx, IdxError};
use super::random::SplitMix64;

const BUNDLED_IMAGES: &[u8] = include_bytes!("../data/digits-images-idx3-ubyte.gz");
const BUNDLED_LABELS: &[u8] = include_bytes!("../data/digits-labels-idx1-ubyte.gz");

pub const CLASSES: usize = 10;

/// Why a set of digits cannot be used.
#[derive(Debug, Error)]
pub enum DigitsError {
    #[error(transparent)]
    Idx(#[from] IdxError),
    #[error(
        "no MNIST in {}: neither {name} nor {name}.gz is there; `scripts/mnist-data.sh {}` fetches 10,000 digits",
        .dir.display(), .dir.display()
    )]
    Missing { dir: PathBuf, name: String },
    #[error("{} has {images} images but {labels} labels belong to them; both files must be of one set", .path.display())]
    Count { path: PathBuf, images: usize, labels: usize },
    #[error("label {index} is {label}; digits are 0 to 9")]
    Label { index: usize, label: u8 },
    #[error("the test images are {}x{} but the training images {}x{}", .test.0, .test.1, .train.0, .train.1)]
    Shapes { train: (usize, usize), test: (usize, usize) },
    #[error("{count} digits are too few to learn from and to be tested on; at least 5 are needed")]
    TooFew { count: usize },
}

/// Images of one shape, one byte for each pixel, and what they show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digits {
    pub pixels: Vec<u8>,
    pub labels: Vec<u8>,
    /// Height and width of an image.
    pub shape: (usize, usize),
}

impl Digits {
    fn new(images: Idx<3>, labels: Idx<1>, path: &Path) -> Result<Self, DigitsError> {
        let [count, height, width] = images.dims;
        if count != labels.dims[0] {
            return Err(DigitsError::Count { path: path.to_owned(), images: count, labels: labels.dims[0] });
        }
        if let Some((index, label)) = (0..).zip(&labels.bytes).find(|(_, label)| usize::from(**label) >= CLASSES) {
            return Err(DigitsError::Label { index, label: *label });
        }
        Ok(Digits { pixels: images.bytes, labels: labels.bytes, shape: (height, width) })
    }

    /// 1,797 digits of 8 x 8.
    fn bundled() -> Result<Self, DigitsError> {
        let (images, labels) = (Path::new("the bundled images"), Path::new("the bundled labels"));
        Self::new(Idx::parse(BUNDLED_IMAGES, images)?, Idx::parse(BUNDLED_LABELS, labels)?, images)
    }

    /// `DIR/NAME-images-idx3-ubyte` and `DIR/NAME-labels-idx1-ubyte`, each plain or with `.gz`.
    fn open(dir: &Path, name: &str) -> Result<Self, DigitsError> {
        let find = |kind: &str| {
            let names = [format!("{name}-{kind}-ubyte"), format!("{name}-{}-ubyte", kind.replace('-', "."))];
            let paths = names.iter().flat_map(|name| [dir.join(name), dir.join(format!("{name}.gz"))]);
            let found = paths.into_iter().find(|path| path.exists());
            found.ok_or_else(|| DigitsError::Missing { dir: dir.to_owned(), name: names[0].clone() })
        };
        let (images, labels) = (find("images-idx3")?, find("labels-idx1")?);
        Self::new(Idx::open(&images)?, Idx::open(&labels)?, &images)
    }

    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Pixels of one image.
    pub fn area(&self) -> usize {
        self.shape.0 * self.shape.1
    }

    pub fn image(&self, i: usize) -> &[u8] {
        &self.pixels[i * self.area()..][..self.area()]
    }

    /// These of the digits, in this order.
    fn pick(&self, order: &[(u64, u32)]) -> Self {
        let indices = || order.iter().map(|(_, i)| *i as usize);
        Digits {
            pixels: indices().flat_map(|i| self.image(i)).copied().collect(),
            labels: indices().map(|i| self.labels[i]).collect(),
            shape: self.shape,
        }
    }
}

/// What a net learns from, and what it is tested on.
pub struct Split {
    pub train: Digits,
    pub test: Digits,
    /// The value of the brightest pixel, which the net sees as 1.
    pub brightest: u8,
}

impl Split {
    /// MNIST from `dir`: `train-*` to learn from and `t10k-*` to be tested on. Where `t10k-*` is not there, and for the
    /// bundled digits (no `dir`), a fifth is held out by lot.
    pub fn load(dir: Option<&Path>, random: &mut SplitMix64) -> Result<Self, DigitsError> {
        let digits = dir.map_or_else(Digits::bundled, |dir| Digits::open(dir, "train"))?;
        let brightest = digits.pixels.iter().copied().max().unwrap_or(0).max(1);
        match dir.map(|dir| Digits::open(dir, "t10k")) {
            Some(Ok(test)) if test.shape != digits.shape => {
                Err(DigitsError::Shapes { train: digits.shape, test: test.shape })
            }
            Some(Ok(test)) => Ok(Split { train: digits, test, brightest }),
            Some(Err(error)) if !matches!(error, DigitsError::Missing { .. }) => Err(error),
            _ if digits.len() < 5 => Err(DigitsError::TooFew { count: digits.len() }),
            _ => {
                let mut order = vec![(0, 0); digits.len()];
                random.shuffle(&mut order);
                let (train, test) = order.split_at(digits.len() - digits.len() / 5);
                Ok(Split { train: digits.pick(train), test: digits.pick(test), brightest })
            }
        }
    }
}
