//! One loop, compiled for each vector width, the widest chosen at run time.

/// Defines a function whose body is compiled for AVX-512, AVX2 and the baseline; the widest that the CPU has is run.
macro_rules! widest {
    ($name:ident $(<$g:ident: $bound:path>)? ($($arg:ident: $t:ty),*) -> $out:ty $body:block) => {
        fn $name $(<$g: $bound>)? ($($arg: $t),*) -> $out {
            #[inline(always)]
            fn plain $(<$g: $bound>)? ($($arg: $t),*) -> $out $body
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512dq,avx512bw,avx512vl")]
                fn avx512 $(<$g: $bound>)? ($($arg: $t),*) -> $out {
                    plain($($arg),*)
                }
                #[target_feature(enable = "avx2,fma")]
                fn avx2 $(<$g: $bound>)? ($($arg: $t),*) -> $out {
                    plain($($arg),*)
                }
                use std::arch::is_x86_feature_detected as has;
                if has!("avx512f") && has!("avx512dq") && has!("avx512bw") && has!("avx512vl") {
                    // SAFETY: the CPU has what the function was compiled for.
                    return unsafe { avx512($($arg),*) };
                }
                if has!("avx2") && has!("fma") {
                    // SAFETY: as above.
                    return unsafe { avx2($($arg),*) };
                }
            }
            plain($($arg),*)
        }
    };
}

pub(crate) use widest;
