#!/usr/bin/env bash
# Runs the test suite once per BLAS provider and prints a line for each: provider, version, tests passed, seconds.
#
#   scripts/test-all.sh [--full] [NAME...]
#
# NAME is one of the names below (default: all of the quick ones; --full: all of them). scripts/providers.sh installs what
# they need. Each run first checks that the report of its own build names the provider that was asked for. What cannot be
# tested here is SKIPPED, with the reason. The logs are in target/test-all/. Exits non-zero if anything failed.
#
# POLYBLAS_AVX512_RUNNER may name a program that runs another one on an AVX-512 CPU (an emulator); see `avx512`.
set -euo pipefail
cd "$(dirname "$0")/.."

quick=(native openblas blis-system system-openblas system-atlas system-netlib system-blis mkl mkl-sequential mkl-dynamic
    accelerate blas-src dynamic interop)
slow=(dynamic-all all-features blis netlib typecheck neon avx512)
# One set of features for all that is no provider, so that it is built once.
optional=dynamic,serde,approx,rand,ndarray,nalgebra,npy

names=()
full=0
for argument in "$@"; do
    case $argument in
    --full) full=1 ;;
    -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; exit ;;
    -*) echo "unknown option $argument" >&2; exit 2 ;;
    *) names+=("$argument") ;;
    esac
done
if [ ${#names[@]} = 0 ]; then
    names=("${quick[@]}")
    [ $full = 0 ] || names+=("${slow[@]}")
fi

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
# What a user's shell says of providers would change what is tested.
unset POLYBLAS_BACKEND POLYBLAS_PROVIDER POLYBLAS_SYSTEM_LIB POLYBLAS_NUM_THREADS
logs=$CARGO_TARGET_DIR/test-all
mkdir -p "$logs"
wheels=${POLYBLAS_PROVIDERS_DIR:-$PWD/.providers}

passed=0 failed=0 skipped=0

line() { printf '%-16s %-44s %6s %6s\n' "$@"; }

skip() {
    skipped=$((skipped + 1))
    printf '%-16s SKIPPED: %s\n' "$1" "$2"
}

# Where the linker finds a library; empty if nowhere.
linkable() {
    local file
    file=$("${CC:-cc}" -print-file-name="$1" 2>/dev/null || echo "$1")
    [ "$file" = "$1" ] || echo "$file"
}

# What the JSON report on stdin tells of the provider in use: name, version.
report_names() {
    python3 -c '
import json, sys
runtime = json.load(sys.stdin)["runtime"]
print(runtime["name"], runtime.get("version") or "unknown", sep="\t")'
}

count_passed() { awk '/^test result:/ { n += $4 } END { print n + 0 }' "$1"; }

# finish NAME VERSION LOG SECONDS STATUS
finish() {
    if [ "$5" = 0 ]; then
        passed=$((passed + 1))
        line "$1" "$2" "$(count_passed "$3")" "$4"
    else
        failed=$((failed + 1))
        line "$1" "$2" FAILED "$4"
        { grep -E '^test .* FAILED' "$3"; grep -E '^error|panicked at' -A8 "$3"; } | head -30 | sed 's/^/    /' || true
        echo "    ... all of it in $3"
    fi
}

# suite EXPECTED FEATURES: the report, then the tests, then a user's project.
suite() {
    local expected=$1 features=$2 found skipping=""
    cargo run --quiet --example config --features "$features" -- --json >"$report" || return 1
    found=$(report_names <"$report") || return 1
    if [ "${found%%$'\t'*}" != "$expected" ]; then
        echo "error: a build with --features '$features' runs on ${found%%$'\t'*}, not on $expected"
        return 1
    fi
    # The kernels' own tests call no provider: the native suite has them.
    [ "$expected" = native ] || skipping="--skip kernel::"
    cargo test --features "$features" -- $skipping || return 1
    case $features in
    *,*) return 0 ;;
    esac
    # A cdylib's file has one name whatever its features are, and cargo would take another provider's for fresh.
    cargo clean --quiet --manifest-path tests/consumer/Cargo.toml --package consumer || return 1
    POLYBLAS_EXPECT_PROVIDER=$expected cargo test --manifest-path tests/consumer/Cargo.toml --features "$features"
}

# provider NAME EXPECTED FEATURES [VARIABLE=VALUE...]
provider() {
    local name=$1 expected=$2 features=$3 log=$logs/$1.log start=$SECONDS status=0 version
    shift 3
    report=$logs/$name.json
    rm -f "$report"
    (
        [ $# = 0 ] || export "$@"
        suite "$expected" "$features"
    ) >"$log" 2>&1 || status=1
    version=$(report_names <"$report" 2>/dev/null | tr '\t' ' ') || version="$expected unknown"
    finish "$name" "$version" "$log" $((SECONDS - start)) $status
}

# other NAME WHAT COMMAND...: a check that is not the suite on a provider.
other() {
    local name=$1 what=$2 log=$logs/$1.log start=$SECONDS status=0
    shift 2
    "$@" >"$log" 2>&1 || status=$?
    finish "$name" "$what" "$log" $((SECONDS - start)) $status
}

# system NAME EXPECTED DIRECTORY...: `system`, with the first of these alternatives found ahead of the one that is set.
system() {
    local name=$1 expected=$2 directory
    shift 2
    [ -n "$(linkable libblas.so)" ] || { skip "$name" "no libblas.so to link with (Debian: libblas-dev)"; return; }
    for directory in "$@"; do
        if [ -e "$directory/libblas.so.3" ]; then
            provider "$name" "$expected" system LD_LIBRARY_PATH="$directory${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
            return
        fi
    done
    skip "$name" "none of $* has a libblas.so.3"
}

mkl() {
    local name=$1 root=${MKLROOT:-$wheels/mkl}
    [ -e "$root/include/mkl.h" ] || { skip "$name" "no MKL in $root (scripts/providers.sh mkl, or set MKLROOT)"; return; }
    case $name in
    mkl-dynamic) provider "$name" "Intel MKL" "$name" MKLROOT="$root" \
        LD_LIBRARY_PATH="$root/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" ;;
    *) provider "$name" "Intel MKL" "$name" MKLROOT="$root" ;;
    esac
}

interop() {
    cargo test --features "$optional" --lib --test interop -- --skip kernel:: && cargo test --features "$optional" --doc
}

neon() {
    local target=aarch64-unknown-linux-gnu linker=aarch64-linux-gnu-gcc emulator=qemu-aarch64
    command -v $linker >/dev/null || { skip neon "no $linker (Debian: gcc-aarch64-linux-gnu)"; return; }
    command -v $emulator >/dev/null || { skip neon "no $emulator (Debian: qemu-user)"; return; }
    local rustc found=""
    for rustc in "${RUSTC:-rustc}" /usr/bin/rustc; do
        [ -z "$(ls "$("$rustc" --print target-libdir --target $target 2>/dev/null)"/libstd-* 2>/dev/null)" ] || { found=$rustc; break; }
    done
    [ -n "$found" ] || { skip neon "no standard library for $target (rustup target add $target)"; return; }
    # Optimised, for it is emulated.
    other neon "native on $target" env RUSTC="$found" CARGO_PROFILE_DEV_OPT_LEVEL=1 \
        CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=$linker \
        CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="$emulator -L /usr/aarch64-linux-gnu" \
        cargo test --target $target --lib
}

avx512() {
    local target=x86_64-unknown-linux-gnu
    if [ -n "${POLYBLAS_AVX512_RUNNER:-}" ]; then
        other avx512 "native, AVX-512 under a runner" env POLYBLAS_SIMD=avx512 RUSTFLAGS="-C target-feature=+crt-static" \
            CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER="$POLYBLAS_AVX512_RUNNER" CARGO_PROFILE_DEV_OPT_LEVEL=1 \
            cargo test --target $target --lib
    elif grep -qs '^flags.* avx512f' /proc/cpuinfo; then
        other avx512 "native, AVX-512" env POLYBLAS_SIMD=avx512 cargo test --lib
    else
        skip avx512 "neither this CPU nor POLYBLAS_AVX512_RUNNER has AVX-512"
    fi
}

alternatives=/usr/lib/$("${CC:-cc}" -print-multiarch 2>/dev/null || true)

for name in "${names[@]}"; do
    case $name in
    native) provider native native "" ;;
    openblas)
        if [ -n "$(linkable libopenblas.so)" ] || pkg-config --exists openblas 2>/dev/null; then
            provider openblas OpenBLAS openblas
        else
            skip openblas "no libopenblas (Debian: libopenblas-dev)"
        fi
        ;;
    blis-system)
        if [ -n "$(linkable libblis.so)" ]; then
            provider blis-system BLIS blis-system
        else
            skip blis-system "no libblis (Debian: libblis-dev)"
        fi
        ;;
    system-openblas) system $name OpenBLAS "$alternatives"/openblas-{pthread,openmp,serial} ;;
    system-atlas) system $name ATLAS "$alternatives/atlas" ;;
    system-netlib) system $name Netlib "$alternatives/blas" ;;
    system-blis) system $name BLIS "$alternatives"/blis-{openmp,pthread,serial} ;;
    mkl | mkl-sequential | mkl-dynamic) mkl "$name" ;;
    accelerate)
        if [ "$(uname -s)" = Darwin ]; then
            provider accelerate Accelerate accelerate
        else
            skip accelerate "only macOS has it"
        fi
        ;;
    blas-src)
        if [ -n "$(linkable libopenblas.so)" ]; then
            other blas-src "ndarray and polyblas on one OpenBLAS" cargo test --manifest-path tests/consumer-blas-src/Cargo.toml
        else
            skip blas-src "no libopenblas (Debian: libopenblas-dev)"
        fi
        ;;
    dynamic)
        other dynamic "libraries opened at run time" env POLYBLAS_LIBRARY_PATH="$wheels/scipy-openblas:$wheels/mkl" \
            cargo test --features "$optional" --test dynamic
        ;;
    dynamic-all) other dynamic-all "the suite on each library" scripts/test-dynamic.sh ;;
    interop) other interop "ndarray, nalgebra, serde, npy, rand, approx" interop ;;
    all-features) other all-features "every feature at once" cargo test --all-features ;;
    blis) provider blis BLIS blis ;;
    netlib)
        if command -v gfortran >/dev/null && command -v cmake >/dev/null; then
            provider netlib Netlib netlib
        else
            skip netlib "building it needs gfortran and cmake"
        fi
        ;;
    typecheck) other typecheck "other systems" scripts/typecheck.sh ;;
    neon) neon ;;
    avx512) avx512 ;;
    *) echo "unknown name $name; known: ${quick[*]} ${slow[*]}" >&2; exit 2 ;;
    esac
done

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
