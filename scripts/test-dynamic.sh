#!/usr/bin/env bash
# Runs the test suite on each BLAS of this machine, opened at run time by one build with the feature `dynamic`, and
# prints a line for each: provider, version and interface, tests passed, seconds.
#
#   scripts/test-dynamic.sh [FILE...]        FILE: a library; default: all that scripts/providers.sh installs
#
# A provider that is not there is SKIPPED, with the reason. The logs are in target/test-dynamic/. Exits non-zero if anything
# failed.
set -euo pipefail
cd "$(dirname "$0")/.."

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
unset POLYBLAS_BACKEND POLYBLAS_NUM_THREADS MKL_INTERFACE_LAYER
logs=$CARGO_TARGET_DIR/test-dynamic
mkdir -p "$logs"
wheels=${POLYBLAS_PROVIDERS_DIR:-$PWD/.providers}
mkl=${MKLROOT:-$wheels/mkl}
multiarch=/usr/lib/$("${CC:-cc}" -print-multiarch 2>/dev/null || true)

passed=0 failed=0 skipped=0

line() { printf '%-22s %-40s %6s %6s\n' "$@"; }

skip() {
    skipped=$((skipped + 1))
    printf '%-22s SKIPPED: %s\n' "$1" "$2"
}

# What the report tells of the provider in use.
describe() {
    POLYBLAS_BACKEND=$1 cargo run --quiet --features dynamic --example config -- --json 2>/dev/null | python3 -c '
import json, sys
runtime = json.load(sys.stdin)["runtime"]
print(runtime["name"], runtime.get("version") or "unknown", (runtime.get("interface") or "unknown").split()[0])' 2>/dev/null ||
        echo "not described"
}

# run NAME FILE [VARIABLE=VALUE...]
run() {
    local name=$1 file=$2 log=$logs/$1.log start=$SECONDS what
    shift 2
    [ -e "$file" ] || { skip "$name" "no $file"; return; }
    what=$(env "$@" bash -c "$(declare -f describe); describe '$file'")
    # The kernels' own tests call no provider: the native suite has them.
    if env "$@" POLYBLAS_BACKEND="$file" \
        cargo test --features dynamic --lib --tests -- --skip kernel:: >"$log" 2>&1; then
        passed=$((passed + 1))
        line "$name" "$what" "$(awk '/^test result:/ { n += $4 } END { print n + 0 }' "$log")" $((SECONDS - start))
    else
        failed=$((failed + 1))
        line "$name" "$what" FAILED $((SECONDS - start))
        { grep -E '^test .* FAILED|^error|panicked at' -A4 "$log" || tail -n 20 "$log"; } | head -30 | sed 's/^/    /'
        echo "    ... all of it in $log"
    fi
}

if [ $# -gt 0 ]; then
    for file in "$@"; do
        run "$(basename "$file")" "$file"
    done
else
    run openblas-pthread "$multiarch/openblas-pthread/libopenblas.so.0"
    run openblas-openmp "$multiarch/openblas-openmp/libopenblas.so.0"
    run openblas-serial "$multiarch/openblas-serial/libopenblas.so.0"
    run openblas64 "$multiarch/openblas64-pthread/libopenblas64.so.0"
    run blis "$multiarch/blis-openmp/libblis.so.4"
    run blis64 "$multiarch/blis64-openmp/libblis64.so.4"
    run atlas "$multiarch/atlas/libblas.so.3"
    run netlib "$multiarch/blas/libblas.so.3"
    # ATLAS comes in parts too: this one has Fortran's names alone.
    run fortran-only "$multiarch/libf77blas.so.3"
    run scipy-openblas32 "$wheels/scipy-openblas/scipy_openblas32/lib/libscipy_openblas.so"
    run scipy-openblas64 "$wheels/scipy-openblas/scipy_openblas64/lib/libscipy_openblas64_.so"
    for library in "$mkl"/lib/libmkl_rt.so* "$mkl"/lib/intel64/libmkl_rt.so*; do
        [ -e "$library" ] || continue
        run mkl-lp64 "$library"
        run mkl-ilp64 "$library" MKL_INTERFACE_LAYER=ILP64
        break
    done
    [ -n "$(ls "$mkl"/lib/libmkl_rt.so* "$mkl"/lib/intel64/libmkl_rt.so* 2>/dev/null)" ] ||
        skip mkl "no libmkl_rt in $mkl (scripts/providers.sh mkl, or set MKLROOT)"
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
