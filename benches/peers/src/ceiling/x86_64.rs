//! The routes of x86-64. Assembly, so that no compiler hoists, fuses or drops what is being measured.

use std::arch::asm;

use super::{Does, Route};

/// Two numbers that no instruction below finds special: about 1.05 as f64 and as f32 pairs, and full of bits as
/// integers.
static OPERANDS: [[u64; 8]; 2] = [[0x3ff0_cccd_3f86_6666; 8], [0x3ff0_f5c3_3f87_ae14; 8]];

/// A loop over 512-bit registers: sums in 0 to 11, products in 12 to 23, operands in 30 and 31.
macro_rules! zmm {
    ($name:ident: $($line:expr),* $(,)?) => {
        #[target_feature(enable = "avx512f")]
        unsafe fn $name(turns: u64) {
            // SAFETY: Route::runs said that the CPU has the instructions; every register named is declared.
            unsafe {
                asm!(
                    "vmovdqu64 zmm30, [{operands}]",
                    "vmovdqu64 zmm31, [{operands} + 64]",
                    zmm!(@zero 0 1 2 3 4 5 6 7 8 9 10 11),
                    "2:",
                    $($line,)*
                    "dec {turns}",
                    "jnz 2b",
                    "vzeroupper",
                    operands = in(reg) OPERANDS.as_ptr(),
                    turns = inout(reg) turns => _,
                    out("xmm0") _, out("xmm1") _, out("xmm2") _, out("xmm3") _, out("xmm4") _, out("xmm5") _,
                    out("xmm6") _, out("xmm7") _, out("xmm8") _, out("xmm9") _, out("xmm10") _, out("xmm11") _,
                    out("xmm12") _, out("xmm13") _, out("xmm14") _, out("xmm15") _, out("xmm16") _, out("xmm17") _,
                    out("xmm18") _, out("xmm19") _, out("xmm20") _, out("xmm21") _, out("xmm22") _, out("xmm23") _,
                    out("xmm30") _, out("xmm31") _,
                    options(nostack, readonly),
                );
            }
        }
    };
    (@zero $($i:literal)*) => { concat!($("vpxorq zmm", $i, ", zmm", $i, ", zmm", $i, "\n"),*) };
    (@fused $op:literal) => { zmm!(@fused $op; 0 1 2 3 4 5 6 7 8 9 10 11) };
    (@fused $op:literal; $($i:literal)*) => { concat!($($op, " zmm", $i, ", zmm30, zmm31\n"),*) };
    (@split $mul:literal $add:literal) => {
        zmm!(@split $mul $add; 0 12 1 13, 2 14 3 15, 4 16 5 17, 6 18 7 19, 8 20 9 21, 10 22 11 23)
    };
    // Two multiplies and two additions in turn: on Zen 4 a fifth faster than one of each in turn.
    (@split $mul:literal $add:literal; $($i:literal $t:literal $j:literal $u:literal),*) => {
        concat!($(
            $mul, " zmm", $t, ", zmm30, zmm31\n",
            $mul, " zmm", $u, ", zmm30, zmm31\n",
            $add, " zmm", $j, ", zmm", $j, ", zmm", $u, "\n",
            $add, " zmm", $i, ", zmm", $i, ", zmm", $t, "\n"
        ),*)
    };
}

/// A loop over 256-bit registers: sums in 0 to 9 (fused) or 0 to 7, products in 8 to 13, operands in 14 and 15.
macro_rules! ymm {
    ($name:ident: $($line:expr),* $(,)?) => {
        #[target_feature(enable = "avx2")]
        unsafe fn $name(turns: u64) {
            // SAFETY: Route::runs said that the CPU has the instructions; every register named is declared.
            unsafe {
                asm!(
                    "vmovdqu ymm14, [{operands}]",
                    "vmovdqu ymm15, [{operands} + 64]",
                    ymm!(@zero 0 1 2 3 4 5 6 7 8 9 10 11 12 13),
                    "2:",
                    $($line,)*
                    "dec {turns}",
                    "jnz 2b",
                    "vzeroupper",
                    operands = in(reg) OPERANDS.as_ptr(),
                    turns = inout(reg) turns => _,
                    out("xmm0") _, out("xmm1") _, out("xmm2") _, out("xmm3") _, out("xmm4") _, out("xmm5") _,
                    out("xmm6") _, out("xmm7") _, out("xmm8") _, out("xmm9") _, out("xmm10") _, out("xmm11") _,
                    out("xmm12") _, out("xmm13") _, out("xmm14") _, out("xmm15") _,
                    options(nostack, readonly),
                );
            }
        }
    };
    (@zero $($i:literal)*) => { concat!($("vpxor ymm", $i, ", ymm", $i, ", ymm", $i, "\n"),*) };
    (@fused $op:literal) => { ymm!(@fused $op; 0 1 2 3 4 5 6 7 8 9 10 11) };
    (@fused $op:literal; $($i:literal)*) => { concat!($($op, " ymm", $i, ", ymm14, ymm15\n"),*) };
    (@split $mul:literal $add:literal) => {
        ymm!(@split $mul $add; 0 8, 1 9, 2 10, 3 11, 4 12, 5 13, 6 8, 7 9, 0 10, 1 11, 2 12, 3 13)
    };
    (@split $mul:literal $add:literal; $($i:literal $t:literal),*) => {
        concat!($($mul, " ymm", $t, ", ymm14, ymm15\n", $add, " ymm", $i, ", ymm", $i, ", ymm", $t, "\n"),*)
    };
    (@eights $($i:literal $t:literal),*) => {
        concat!($(
            "vpmaddubsw ymm", $t, ", ymm14, ymm15\n",
            "vpmaddwd ymm", $t, ", ymm", $t, ", ymm15\n",
            "vpaddd ymm", $i, ", ymm", $i, ", ymm", $t, "\n"
        ),*)
    };
}

zmm!(fma_f64_zmm: zmm!(@fused "vfmadd231pd"));
zmm!(fma_f32_zmm: zmm!(@fused "vfmadd231ps"));
zmm!(vpmullq_zmm: zmm!(@split "vpmullq" "vpaddq"));
zmm!(vpmuldq_zmm: zmm!(@split "vpmuldq" "vpaddq"));
zmm!(vpmadd52_zmm: zmm!(@fused "vpmadd52luq"));
zmm!(vpmulld_zmm: zmm!(@split "vpmulld" "vpaddd"));
zmm!(vpmullw_zmm: zmm!(@split "vpmullw" "vpaddw"));
zmm!(vpmaddwd_zmm: zmm!(@split "vpmaddwd" "vpaddd"));
zmm!(vpdpwssd_zmm: zmm!(@fused "vpdpwssd"));
zmm!(vpdpbusd_zmm: zmm!(@fused "vpdpbusd"));
ymm!(fma_f64_ymm: ymm!(@fused "vfmadd231pd"));
ymm!(fma_f32_ymm: ymm!(@fused "vfmadd231ps"));
ymm!(vpmuludq_ymm: ymm!(@split "vpmuludq" "vpaddq"));
ymm!(vpmuldq_ymm: ymm!(@split "vpmuldq" "vpaddq"));
ymm!(vpmulld_ymm: ymm!(@split "vpmulld" "vpaddd"));
ymm!(vpmullw_ymm: ymm!(@split "vpmullw" "vpaddw"));
ymm!(vpmaddwd_ymm: ymm!(@split "vpmaddwd" "vpaddd"));
ymm!(vpmaddubsw_ymm: ymm!(@eights 0 8, 1 9, 2 10, 3 11, 4 12, 5 13, 6 8, 7 9, 0 10, 1 11, 2 12, 3 13));
ymm!(vpdpwssd_ymm: ymm!(@fused "{{vex}} vpdpwssd"));
ymm!(vpdpbusd_ymm: ymm!(@fused "{{vex}} vpdpbusd"));

macro_rules! detected {
    ($($feature:tt)*) => { || true $(&& std::arch::is_x86_feature_detected!($feature))* };
}

const fn route(name: &'static str, does: Does, runs: fn() -> bool, multiplies: u64, turns: unsafe fn(u64)) -> Route {
    Route { name, does, runs, multiplies, turns }
}

/// Each loop holds 12 of its steps; a 512-bit step multiplies 8 doubles, 16 floats and so on.
pub const ROUTES: &[Route] = &[
    route("vfmadd231pd zmm", Does::F64, detected!("avx512f"), 12 * 8, fma_f64_zmm),
    route("vfmadd231pd ymm", Does::F64, detected!("avx2" "fma"), 12 * 4, fma_f64_ymm),
    route("vfmadd231ps zmm", Does::F32, detected!("avx512f"), 12 * 16, fma_f32_zmm),
    route("vfmadd231ps ymm", Does::F32, detected!("avx2" "fma"), 12 * 8, fma_f32_ymm),
    route("vpmullq zmm", Does::Low64, detected!("avx512f" "avx512dq"), 12 * 8, vpmullq_zmm),
    // Three 32-bit multiplies, and as many additions, for four 64-bit products.
    route("3 vpmuludq ymm", Does::Low64, detected!("avx2"), 12 * 4 / 3, vpmuludq_ymm),
    route("vpmuldq zmm", Does::Wide32, detected!("avx512f"), 12 * 8, vpmuldq_zmm),
    route("vpmuldq ymm", Does::Wide32, detected!("avx2"), 12 * 4, vpmuldq_ymm),
    route("vpmadd52luq zmm", Does::Wide52, detected!("avx512f" "avx512ifma"), 12 * 8, vpmadd52_zmm),
    route("vpmulld zmm", Does::Low32, detected!("avx512f"), 12 * 16, vpmulld_zmm),
    route("vpmulld ymm", Does::Low32, detected!("avx2"), 12 * 8, vpmulld_ymm),
    route("vpmullw zmm", Does::Low16, detected!("avx512f" "avx512bw"), 12 * 32, vpmullw_zmm),
    route("vpmullw ymm", Does::Low16, detected!("avx2"), 12 * 16, vpmullw_ymm),
    route("vpdpwssd zmm", Does::Pairs16, detected!("avx512f" "avx512vnni"), 12 * 32, vpdpwssd_zmm),
    route("vpdpwssd ymm", Does::Pairs16, detected!("avx2" "avxvnni"), 12 * 16, vpdpwssd_ymm),
    route("vpmaddwd zmm", Does::Pairs16, detected!("avx512f" "avx512bw"), 12 * 32, vpmaddwd_zmm),
    route("vpmaddwd ymm", Does::Pairs16, detected!("avx2"), 12 * 16, vpmaddwd_ymm),
    route("vpdpbusd zmm", Does::Fours8, detected!("avx512f" "avx512vnni"), 12 * 64, vpdpbusd_zmm),
    route("vpdpbusd ymm", Does::Fours8, detected!("avx2" "avxvnni"), 12 * 32, vpdpbusd_ymm),
    route("vpmaddubsw ymm", Does::Saturating8, detected!("avx2"), 12 * 32, vpmaddubsw_ymm),
];
