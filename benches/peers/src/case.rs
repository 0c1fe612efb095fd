//! What is measured: one case is one row of a table.

use std::fmt;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// The element type of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    F64,
    F32,
    C64,
    C32,
    I64,
    I32,
    I16,
    I8,
    U64,
    U32,
    U16,
    U8,
}

impl Kind {
    pub const fn name(self) -> &'static str {
        match self {
            Kind::F64 => "f64",
            Kind::F32 => "f32",
            Kind::C64 => "c64",
            Kind::C32 => "c32",
            Kind::I64 => "i64",
            Kind::I32 => "i32",
            Kind::I16 => "i16",
            Kind::I8 => "i8",
            Kind::U64 => "u64",
            Kind::U32 => "u32",
            Kind::U16 => "u16",
            Kind::U8 => "u8",
        }
    }

    pub const fn bits(self) -> u32 {
        match self {
            Kind::C64 => 128,
            Kind::F64 | Kind::C32 | Kind::I64 | Kind::U64 => 64,
            Kind::F32 | Kind::I32 | Kind::U32 => 32,
            Kind::I16 | Kind::U16 => 16,
            Kind::I8 | Kind::U8 => 8,
        }
    }

    pub const fn bytes(self) -> usize {
        self.bits() as usize / 8
    }

    pub const fn is_complex(self) -> bool {
        matches!(self, Kind::C64 | Kind::C32)
    }

    pub const fn is_integer(self) -> bool {
        !matches!(self, Kind::F64 | Kind::F32 | Kind::C64 | Kind::C32)
    }

    /// Operations that one multiply and one add of this kind count for.
    pub const fn operations(self) -> f64 {
        if self.is_complex() { 8.0 } else { 2.0 }
    }
}

/// Which values fill the operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fill {
    /// Floats between -1 and 1.
    Unit,
    /// Integers from 0 to 99.
    Small,
    /// Integers over the type's whole range.
    Full,
}

impl Fill {
    /// The largest absolute value that `Small` draws.
    pub const SMALL_MAX: u64 = 99;
}

/// Which operation a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Op {
    /// `C = A B` into an output that is there.
    Gemm,
    /// `C = A Aᵀ` into an output that is there.
    Syrk,
    /// `y = A x`.
    Gemv,
    /// `y = Aᵀ x`.
    Gemvt,
    /// `A += x yᵀ`.
    Ger,
    /// `x . y`.
    Inner,
    /// 8- or 16-bit elements, 32-bit sums.
    Widen,
    /// `A B` with a new result each time, which is dropped.
    Dot,
    /// Integers cast to f64, multiplied, cast back, with a new result each time.
    Cast,
    /// Many distinct products at once, each with a new result.
    Batch,
}

/// One row: an operation on one shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    pub kind: Kind,
    pub fill: Fill,
    pub op: Op,
    pub m: usize,
    pub n: usize,
    pub k: usize,
    /// Leading dimension of every operand; 0 for packed rows.
    pub ld: usize,
    /// Products in one call.
    pub batch: usize,
    pub threads: usize,
}

impl Case {
    pub fn new(kind: Kind, fill: Fill, op: Op, (m, n, k): (usize, usize, usize), threads: usize) -> Self {
        Case { kind, fill, op, m, n, k, ld: 0, batch: 1, threads }
    }

    /// Operations in one call: a multiply and an add are two, a complex pair eight. `A Aᵀ` counts in full, so half the
    /// work shows as twice the rate.
    pub fn operations(&self) -> f64 {
        self.kind.operations() * self.multiplies()
    }

    /// Multiply-adds in one call.
    pub fn multiplies(&self) -> f64 {
        self.m as f64 * self.n as f64 * self.k as f64 * self.batch as f64
    }

    /// Bytes that one call moves between memory and the core at the least, for the operations that memory bounds.
    pub fn traffic(&self) -> Option<Traffic> {
        let bytes = self.kind.bytes() as f64;
        match self.op {
            Op::Gemv | Op::Gemvt => Some(Traffic::Read((self.m * self.k) as f64 * bytes)),
            Op::Inner => Some(Traffic::Read(2.0 * self.k as f64 * bytes)),
            Op::Ger => Some(Traffic::Update(2.0 * (self.m * self.n) as f64 * bytes)),
            _ => None,
        }
    }

    /// The table that the row belongs to.
    pub fn group(&self) -> Group {
        let shape = match self.op {
            Op::Gemm if self.ld != 0 => "leading dimension",
            Op::Gemm if self.m == self.n && self.n == self.k => "square",
            Op::Gemm => "rectangular",
            Op::Syrk => "A·Aᵀ",
            Op::Gemv | Op::Gemvt | Op::Ger | Op::Inner => "vectors",
            Op::Widen => "32-bit sums",
            Op::Dot | Op::Cast => "dot, result allocated",
            Op::Batch => "1,000 products at once",
        };
        Group { shape, kind: self.kind, fill: self.fill, threads: self.threads }
    }

    /// The row's name within its table.
    pub fn label(&self) -> String {
        let Case { m, n, k, ld, .. } = *self;
        match self.op {
            Op::Gemm if ld != 0 => format!("{m}x{k}x{n} ld {ld}"),
            Op::Gemm if m == n && n == k => format!("{n}"),
            Op::Gemm | Op::Widen => format!("{m}x{k}x{n}"),
            Op::Syrk => format!("{m}x{k}"),
            Op::Gemv => format!("gemv {m}x{k}"),
            Op::Gemvt => format!("gemv {m}x{k} t"),
            Op::Ger => format!("ger {m}x{n}"),
            Op::Inner => format!("inner {k}"),
            Op::Dot => format!("{n}"),
            Op::Cast => format!("{n} cast to f64"),
            Op::Batch => format!("{} of {n}", self.batch),
        }
    }
}

/// What bounds an operation that computes little for each byte.
#[derive(Clone, Copy, Debug)]
pub enum Traffic {
    /// Bytes read.
    Read(f64),
    /// Bytes read and written back.
    Update(f64),
}

impl Traffic {
    pub fn bytes(self) -> f64 {
        let (Traffic::Read(bytes) | Traffic::Update(bytes)) = self;
        bytes
    }

    /// The name of the loop that does nothing else.
    pub fn route(self) -> &'static str {
        match self {
            Traffic::Read(_) => "memory read",
            Traffic::Update(_) => "memory update",
        }
    }
}

/// The heading of a table: what its rows share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    pub shape: &'static str,
    pub kind: Kind,
    pub fill: Fill,
    pub threads: usize,
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fill = match self.fill {
            Fill::Unit => "",
            Fill::Small => ", values 0..100",
            Fill::Full => ", full range",
        };
        let s = if self.threads == 1 { "" } else { "s" };
        write!(f, "{}{fill}, {}, {} thread{s}", self.kind.name(), self.shape, self.threads)
    }
}
