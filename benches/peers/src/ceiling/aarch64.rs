//! The routes of AArch64. Assembly, so that no compiler hoists, fuses or drops what is being measured.

use std::arch::asm;

use super::{Does, Route};

/// A loop over the vector registers: sums in 0 to 23, operands in 30 and 31.
macro_rules! neon {
    ($name:ident: $op:literal $lanes:literal $from:literal) => {
        unsafe fn $name(turns: u64) {
            // SAFETY: NEON is part of every AArch64 that Rust knows, and Route::runs speaks for the rest.
            unsafe {
                asm!(
                    ".arch_extension dotprod",
                    "fmov v30.2d, #1.0625",
                    "fmov v31.2d, #1.125",
                    "2:",
                    neon!(@body $op $lanes $from; 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23),
                    "subs {turns}, {turns}, #1",
                    "b.ne 2b",
                    turns = inout(reg) turns => _,
                    out("v0") _, out("v1") _, out("v2") _, out("v3") _, out("v4") _, out("v5") _, out("v6") _,
                    out("v7") _, out("v8") _, out("v9") _, out("v10") _, out("v11") _, out("v12") _, out("v13") _,
                    out("v14") _, out("v15") _, out("v16") _, out("v17") _, out("v18") _, out("v19") _, out("v20") _,
                    out("v21") _, out("v22") _, out("v23") _, out("v30") _, out("v31") _,
                    options(nostack, nomem),
                );
            }
        }
    };
    (@body $op:literal $lanes:literal $from:literal; $($i:literal)*) => {
        concat!($($op, " v", $i, $lanes, ", v30", $from, ", v31", $from, "\n"),*)
    };
}

neon!(fmla_f64: "fmla" ".2d" ".2d");
neon!(fmla_f32: "fmla" ".4s" ".4s");
neon!(smlal_i32: "smlal" ".2d" ".2s");
neon!(mla_i32: "mla" ".4s" ".4s");
neon!(mla_i16: "mla" ".8h" ".8h");
neon!(smlal_i16: "smlal" ".4s" ".4h");
neon!(sdot_i8: "sdot" ".4s" ".16b");

/// Each loop holds 24 of its steps.
pub const ROUTES: &[Route] = &[
    Route { name: "fmla 2d", does: Does::F64, runs: || true, multiplies: 24 * 2, turns: fmla_f64 },
    Route { name: "fmla 4s", does: Does::F32, runs: || true, multiplies: 24 * 4, turns: fmla_f32 },
    Route { name: "smlal 2d", does: Does::Wide32, runs: || true, multiplies: 24 * 2, turns: smlal_i32 },
    Route { name: "mla 4s", does: Does::Low32, runs: || true, multiplies: 24 * 4, turns: mla_i32 },
    Route { name: "mla 8h", does: Does::Low16, runs: || true, multiplies: 24 * 8, turns: mla_i16 },
    Route { name: "smlal 4s", does: Does::Pairs16, runs: || true, multiplies: 24 * 4, turns: smlal_i16 },
    Route {
        name: "sdot",
        does: Does::Fours8,
        runs: || std::arch::is_aarch64_feature_detected!("dotprod"),
        multiplies: 24 * 16,
        turns: sdot_i8,
    },
];
