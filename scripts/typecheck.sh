#!/usr/bin/env bash
# Type-checks the crate for systems that this machine cannot run: macOS with Accelerate, Windows, WebAssembly.
#
#   scripts/typecheck.sh [TARGET...]
#
# A target whose standard library is installed (`rustup target add TARGET`) is checked with the toolchain in use. For
# any other, the standard library is checked from its source: rustup's `rust-src`, or Debian's `rustc-web` with
# `rust-web-src`. RUSTC names another compiler. A target that cannot be checked is SKIPPED; exits non-zero on an error.
set -euo pipefail
cd "$(dirname "$0")/.."

has_source() { [ -e "$("$1" --print sysroot)/lib/rustlib/src/rust/library/Cargo.lock" ]; }

check() {
    local target=$1 rustc=${RUSTC:-rustc} candidate
    shift
    if [ -n "$(ls "$("$rustc" --print target-libdir --target "$target")"/libcore-* 2>/dev/null)" ]; then
        RUSTC=$rustc cargo check --quiet --target "$target" "$@"
        return
    fi
    for candidate in "$rustc" /usr/bin/rustc; do
        if has_source "$candidate" 2>/dev/null; then
            RUSTC_BOOTSTRAP=1 RUSTC=$candidate cargo check --quiet -Zbuild-std --target "$target" "$@"
            return
        fi
    done
    return 77
}

failed=0
run() {
    local target=$1 status=0 start=$SECONDS
    check "$@" || status=$?
    case $status in
    0) printf '%-26s type-checks, %d s\n' "$target" $((SECONDS - start)) ;;
    77) printf '%-26s SKIPPED: neither its standard library nor the source of one is installed\n' "$target" ;;
    *) printf '%-26s FAILED\n' "$target"; failed=1 ;;
    esac
}

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}/typecheck
[ $# -gt 0 ] || set -- aarch64-apple-darwin x86_64-pc-windows-msvc wasm32-wasip1 aarch64-unknown-linux-gnu
for target in "$@"; do
    case $target in
    *-apple-*) run "$target" --lib --examples --features accelerate ;;
    wasm*) run "$target" --lib ;;
    *) run "$target" --lib --examples ;;
    esac
done
exit $failed
