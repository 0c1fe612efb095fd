//! Matrices and views are written as `{rows, cols, data}`, their elements row after row; matrices are read back. A
//! length that does not fit the shape is refused.
//!
//! ```
//! use polyblas::{Matrix, matrix};
//!
//! let a = matrix![[1.0, 2.0], [3.0, 4.0]];
//! let json = serde_json::to_string(&a.t())?;
//! assert_eq!(json, r#"{"rows":2,"cols":2,"data":[1.0,3.0,2.0,4.0]}"#);
//! assert_eq!(serde_json::from_str::<Matrix<f64>>(&json)?, a.t());
//!
//! let error = serde_json::from_str::<Matrix<f64>>(r#"{"rows":2,"cols":2,"data":[1.0]}"#).unwrap_err();
//! assert!(error.to_string().starts_with("a 2x2 matrix needs 4 elements, not 1"));
//! # Ok::<(), serde_json::Error>(())
//! ```

use ::serde::de::Error;
use ::serde::ser::SerializeStruct;
use ::serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::matrix::Matrix;
use crate::view::{MatrixView, MatrixViewMut};

struct Elements<'a, T>(MatrixView<'a, T>);

impl<T: Serialize> Serialize for Elements<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0)
    }
}

impl<T: Serialize> Serialize for MatrixView<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut matrix = serializer.serialize_struct("Matrix", 3)?;
        matrix.serialize_field("rows", &self.rows())?;
        matrix.serialize_field("cols", &self.cols())?;
        matrix.serialize_field("data", &Elements(*self))?;
        matrix.end()
    }
}

impl<T: Serialize> Serialize for Matrix<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.view().serialize(serializer)
    }
}

impl<T: Serialize> Serialize for MatrixViewMut<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.view().serialize(serializer)
    }
}

#[derive(Deserialize)]
#[serde(rename = "Matrix")]
struct Parts<T> {
    rows: usize,
    cols: usize,
    data: Vec<T>,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Matrix<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Parts { rows, cols, data } = Parts::deserialize(deserializer)?;
        Matrix::try_from_vec(rows, cols, data).map_err(D::Error::custom)
    }
}
