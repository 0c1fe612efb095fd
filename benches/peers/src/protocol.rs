//! What the referee and a contender's process say to each other: one line of JSON each way.

use serde::{Deserialize, Serialize};

use crate::case::Case;
use crate::ceiling::Measured;
use crate::step::Instructions;

/// The referee's word.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Request {
    /// Make the data of a case, check the product, find how many calls last `sample` seconds.
    Prepare { case: Case, sample: f64 },
    /// Time once.
    Sample,
    /// Count the instructions of one call.
    Count,
    /// Measure every route of the CPU.
    Ceilings { threads: usize },
}

/// The contender's answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Response {
    /// First of all: who is here.
    Hello {
        name: String,
        core: Option<String>,
    },
    /// Ready to be timed; one call lasts about so many seconds. The peak says which route it takes, and so does who
    /// measures memory.
    Ready {
        seconds: f64,
        route: Option<String>,
    },
    /// The contender has no such product.
    Absent,
    /// The contender's product is not the product.
    Wrong {
        why: String,
    },
    /// Operations a second, and where memory bounds the case, at most how many its operands can be read for.
    Rate {
        rate: f64,
        #[serde(default)]
        limit: Option<f64>,
    },
    /// Of one call, or why they could not be counted.
    Instructions(Result<Instructions, String>),
    Ceilings {
        measured: Vec<Measured>,
    },
}
