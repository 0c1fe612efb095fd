#!/usr/bin/env bash
# Installs the BLAS libraries that this machine's registries offer, and prints where each one is.
#
#   scripts/providers.sh [NAME...]      names: openblas blis atlas netlib mkl scipy numpy  (default: all)
#
# What comes from pip is unpacked under .providers/ in the checkout (POLYBLAS_PROVIDERS_DIR elsewhere); what comes from
# apt needs root, and without it the script says what is missing and goes on. A second run changes nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

root=${POLYBLAS_PROVIDERS_DIR:-$PWD/.providers}
missing=()

say() { printf '%-10s %s\n' "$1" "$2"; }

apt_packages() {
    local name=$1 lacking=() package
    shift
    command -v dpkg-query >/dev/null || { missing+=("$name: $* (no apt on this machine)"); return 1; }
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || lacking+=("$package")
    done
    [ ${#lacking[@]} -gt 0 ] || return 0
    local become=()
    if [ "$(id -u)" != 0 ]; then
        become=(sudo -n)
        sudo -n true 2>/dev/null || { missing+=("$name: apt-get install ${lacking[*]} (needs root)"); return 1; }
    fi
    [ -n "${apt_updated:-}" ] || { "${become[@]}" apt-get update -qq >&2; apt_updated=1; }
    # stdout is the list of what is where, so what apt says goes to stderr.
    "${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${lacking[@]}" >&2 ||
        { missing+=("$name: apt-get install ${lacking[*]} failed"); return 1; }
}

need_pip() {
    python3 -m pip --version >/dev/null 2>&1 || apt_packages "$1" python3-pip
}

# Unpacks wheels into $root/NAME as pip would into a prefix: what a wheel calls its data lands in lib/ and include/,
# Python packages lie at the top. By hand, since pip's own prefix differs from one distribution to the next.
wheels() {
    local name=$1 prefix=$root/$1 work data
    shift
    [ -e "$prefix/.complete" ] && [ "$(cat "$prefix/.complete")" = "$*" ] && return 0
    need_pip "$name" || return 1
    rm -rf "$prefix"
    work=$(mktemp -d "${TMPDIR:-/tmp}/polyblas-wheels.XXXXXX")
    python3 -m pip download -q --disable-pip-version-check --only-binary :all: --no-deps -d "$work" "$@" >&2 ||
        { rm -rf "$work"; missing+=("$name: pip download $* failed"); return 1; }
    python3 - "$prefix" "$work"/*.whl <<'PYTHON' ||
import re, sys, zipfile

prefix, *wheels = sys.argv[1:]
for wheel in map(zipfile.ZipFile, wheels):
    for entry in wheel.infolist():
        entry.filename = re.sub(r"^[^/]+\.data/data/", "", entry.filename)
        wheel.extract(entry, prefix)
PYTHON
        { rm -rf "$work"; missing+=("$name: its wheels could not be unpacked"); return 1; }
    rm -rf "$work"
    echo "$*" >"$prefix/.complete"
}

alternatives() {
    update-alternatives --query "$1" 2>/dev/null | sed -n 's/^Value: //p' || true
}

first_file() {
    local file
    for file in "$@"; do
        [ -e "$file" ] && { readlink -f "$file"; return; }
    done
    echo "not found"
}

libdirs=(/usr/lib/*-linux-gnu*/ /usr/lib64/ /usr/lib/)

find_library() {
    local paths=() dir
    for dir in "${libdirs[@]}"; do
        paths+=("$dir$1")
    done
    first_file "${paths[@]}"
}

openblas() {
    apt_packages openblas pkg-config libopenblas-dev libopenblas0-openmp libopenblas0-serial libopenblas64-dev || return 0
    say openblas "$(find_library libopenblas.so) (pkg-config: $(pkg-config --modversion openblas 2>/dev/null || echo unknown))"
    say openblas64 "$(find_library libopenblas64.so)"
}

blis() {
    apt_packages blis libblis-dev libblis64-dev || return 0
    say blis "$(find_library libblis.so)"
    say blis64 "$(find_library libblis64.so)"
}

atlas() {
    apt_packages atlas pkg-config libatlas-base-dev || return 0
    say atlas "$(find_library atlas/libblas.so.3)"
}

netlib() {
    apt_packages netlib gfortran cmake pkg-config libblas-dev liblapack-dev liblapacke-dev || return 0
    say netlib "$(find_library blas/libblas.so.3)"
}

mkl() {
    case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) ;;
    *) missing+=("mkl: Intel offers none for $(uname -s) on $(uname -m)"); return 0 ;;
    esac
    wheels mkl mkl-static mkl-devel mkl-include mkl intel-openmp || return 0
    say mkl "MKLROOT=$root/mkl ($(sed -n 's/^#define INTEL_MKL_VERSION *//p' "$root/mkl/include/mkl_version.h" | head -1))"
}

scipy() {
    wheels scipy-openblas scipy-openblas32 scipy-openblas64 || return 0
    say scipy32 "$(first_file "$root"/scipy-openblas/scipy_openblas32/lib/libscipy_openblas.*)"
    say scipy64 "$(first_file "$root"/scipy-openblas/scipy_openblas64/lib/libscipy_openblas64_.*)"
}

numpy() {
    wheels python numpy threadpoolctl || return 0
    say numpy "PYTHONPATH=$root/python ($(PYTHONPATH="$root/python" python3 -c 'import numpy; print(numpy.__version__)'))"
}

[ $# -gt 0 ] || set -- openblas blis atlas netlib mkl scipy numpy
for name in "$@"; do
    case $name in
    openblas | blis | atlas | netlib | mkl | scipy | numpy) "$name" ;;
    *) echo "unknown provider $name; known: openblas blis atlas netlib mkl scipy numpy" >&2; exit 2 ;;
    esac
done

current=$(alternatives libblas.so.3-x86_64-linux-gnu)
[ -z "$current" ] || say libblas "$current (the alternative that libblas.so.3 is now)"
for line in "${missing[@]}"; do
    say MISSING "$line"
done
