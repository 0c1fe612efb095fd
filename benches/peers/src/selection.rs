//! Which rows there are.

use clap::ValueEnum;

use crate::case::{Case, Fill, Kind, Op};
use crate::options::{Options, Section};

const SIZES: &[usize] = &[4, 8, 16, 32, 64, 100, 128, 200, 256, 512, 1024, 2048];
const QUICK_SIZES: &[usize] = &[8, 32, 64, 100, 256, 1024];

/// m, n, k.
const RECTANGULAR: &[(usize, usize, usize)] = &[
    (4096, 32, 32),
    (32, 4096, 32),
    (10_000, 4, 16),
    (1024, 1024, 1),
    (1024, 1024, 4),
    (1024, 1024, 16),
    (8, 8, 65_536),
    (64, 64, 16_384),
    (100, 1000, 100),
];

/// Bytes of the operand that is meant to lie in no cache.
const LARGE: usize = 128 << 20;

/// Every row of this run, table by table.
pub fn cases(options: &Options) -> Vec<Case> {
    let threads = if options.threads.is_empty() {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        if options.quick || cores == 1 { vec![1] } else { vec![1, 2] }
    } else {
        options.threads.clone()
    };
    let kinds: &[Kind] = match (&options.types[..], options.quick) {
        ([], true) => &[Kind::F64, Kind::F32, Kind::I64],
        ([], false) => Kind::value_variants(),
        (chosen, _) => chosen,
    };
    let sections: &[Section] = match (&options.sections[..], options.quick) {
        ([], true) => &[Section::Square, Section::Dot],
        ([], false) => Section::value_variants(),
        (chosen, _) => chosen,
    };
    let mut cases = Vec::new();
    for &section in sections {
        for &threads in &threads {
            for &kind in kinds {
                for fill in fills(kind) {
                    cases.extend(rows(section, kind, fill, threads, options));
                }
            }
        }
    }
    cases
}

fn fills(kind: Kind) -> Vec<Fill> {
    if kind.is_integer() { vec![Fill::Small, Fill::Full] } else { vec![Fill::Unit] }
}

fn rows(section: Section, kind: Kind, fill: Fill, threads: usize, options: &Options) -> Vec<Case> {
    let case = |op, shape| Case::new(kind, fill, op, shape, threads);
    // What differs little from one integer type to the next is shown for one or two.
    let main = matches!(kind, Kind::F64 | Kind::F32 | Kind::C64) || matches!((kind, fill), (Kind::I64, Fill::Small));
    match section {
        Section::Square => {
            let default = if options.quick { QUICK_SIZES } else { SIZES };
            let sizes = if options.sizes.is_empty() { default } else { &options.sizes };
            sizes.iter().map(|&n| case(Op::Gemm, (n, n, n))).collect()
        }
        Section::Rectangular if main => RECTANGULAR.iter().map(|&shape| case(Op::Gemm, shape)).collect(),
        Section::Leading if matches!(kind, Kind::F64 | Kind::F32) => [256, 512, 1024]
            .into_iter()
            .flat_map(|n| [n + 8, 1024, 2048, 4096].map(|ld| (n, ld)))
            .filter(|&(n, ld)| n <= ld)
            .map(|(n, ld)| Case { ld, ..case(Op::Gemm, (n, n, n)) })
            .collect(),
        Section::Syrk if main => [100, 256, 1024].map(|n| case(Op::Syrk, (n, n, n))).to_vec(),
        Section::Vectors if main => {
            let large = LARGE / 4096 / kind.bytes();
            let mut rows = Vec::new();
            for (m, k) in [(100, 100), (512, 512), (large, 4096)] {
                rows.push(case(Op::Gemv, (m, 1, k)));
                rows.push(case(Op::Gemvt, (m, 1, k)));
                rows.push(case(Op::Ger, (m, k, 1)));
                rows.push(case(Op::Inner, (1, 1, m * k / 2)));
            }
            rows
        }
        Section::Widen if threads == 1 => {
            let fits = matches!((kind, fill), (Kind::I8 | Kind::U8, Fill::Full) | (Kind::I16, Fill::Small));
            let sizes = if fits { vec![32, 100, 256, 1024] } else { Vec::new() };
            sizes.into_iter().map(|n| case(Op::Widen, (n, n, n))).collect()
        }
        Section::Dot if threads == 1 => {
            let blog = matches!(kind, Kind::F64 | Kind::F32 | Kind::I64 | Kind::I32) && fill != Fill::Full;
            let sizes: &[usize] = match (blog, options.quick) {
                (true, true) => &[4, 100],
                (true, false) => &[4, 32, 64, 100, 200, 256, 1024],
                _ => &[],
            };
            let mut rows: Vec<_> = sizes.iter().map(|&n| case(Op::Dot, (n, n, n))).collect();
            if (kind, fill) == (Kind::I64, Fill::Small) {
                rows.push(case(Op::Cast, (100, 100, 100)));
            }
            rows
        }
        Section::Batch => {
            let blog = matches!(kind, Kind::F64 | Kind::F32 | Kind::I64) && fill != Fill::Full;
            if blog { vec![Case { batch: 1000, ..case(Op::Batch, (100, 100, 100)) }] } else { Vec::new() }
        }
        Section::Rectangular | Section::Leading | Section::Syrk | Section::Vectors | Section::Widen | Section::Dot => {
            Vec::new()
        }
    }
}
