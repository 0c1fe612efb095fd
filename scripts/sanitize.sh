#!/usr/bin/env bash
# Runs the test binaries under AddressSanitizer and under valgrind; arguments go to cargo (say, `--features openblas`).
# AddressSanitizer misses reads within a Vec's spare capacity and writes inside a foreign BLAS; valgrind sees both, but
# knows no AVX-512.
set -euo pipefail
cd "$(dirname "$0")/.."

target=$(rustc -vV | sed -n 's/^host: //p')
tests=(--lib --test differential --test algebra --test edge_cases --test numpy --test api)
# Both run the code many times slower than it is: optimised, it is done sooner.
export RUST_BACKTRACE=1 CARGO_PROFILE_DEV_OPT_LEVEL=1

echo "== AddressSanitizer"
# The stable compiler has the sanitizer, behind a flag that it must be told to accept.
RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Zsanitizer=address" ASAN_OPTIONS=allocator_may_return_null=1 \
    cargo test --target "$target" --target-dir target/asan "${tests[@]}" "$@"

echo "== valgrind"
if ! command -v valgrind >/dev/null; then
    echo "valgrind is not installed: apt-get install valgrind" >&2
    exit 1
fi
# Each case is some fifty times slower here.
PROPTEST_CASES="${PROPTEST_CASES:-4}" POLYBLAS_SIMD="${POLYBLAS_SIMD:-avx2}" \
    env "CARGO_TARGET_$(tr 'a-z-' 'A-Z_' <<<"$target")_RUNNER=valgrind --quiet --error-exitcode=99" \
    cargo test --target "$target" --target-dir target/valgrind "${tests[@]}" "$@"
