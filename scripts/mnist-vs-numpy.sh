#!/usr/bin/env bash
# The same net, seed and batches in polyblas and in numpy, taking turns; prints the time of an epoch and the ratio.
#
#   scripts/mnist-vs-numpy.sh [DIR]        DIR: MNIST's files; target/mnist-data, unless given (fetched if empty)
#
#   BATCHES="32 128 1000"  THREADS="1 2"  ROUNDS=3  EPOCHS=3  DTYPE=f32  PYTHON=python3  FEATURES=openblas
#   MNIST_ARGS="--hidden sigmoid": more for both programs
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
data=${1:-$root/target/mnist-data}
batches=${BATCHES:-32 128 1000}
threads=${THREADS:-1 $(nproc 2>/dev/null || echo 2)}
python=${PYTHON:-python3}
read -ra more <<<"${MNIST_ARGS:-}"

"$python" -c 'import numpy' || { echo "$0: numpy is needed; PYTHON names the interpreter that has it" >&2; exit 1; }
[ -e "$data/train-images-idx3-ubyte.gz" ] || [ -e "$data/train-images-idx3-ubyte" ] || "$root/scripts/mnist-data.sh" "$data"
(cd "$root" && cargo build --quiet --release --example mnist ${FEATURES:+--features "$FEATURES"})
mnist=${CARGO_TARGET_DIR:-$root/target}/release/examples/mnist

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for thread in $threads; do
    for batch in $batches; do
        run=(--data "$data" --batch "$batch" --epochs "${EPOCHS:-3}" --dtype "${DTYPE:-f32}" --json "${more[@]}")
        for round in $(seq "${ROUNDS:-3}"); do
            "$mnist" "${run[@]}" --threads "$thread" >"$work/polyblas-$thread-$batch-$round.json"
            # A pinned core type or cache size would slow numpy's BLAS down.
            env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE OPENBLAS_NUM_THREADS="$thread" \
                OMP_NUM_THREADS="$thread" MKL_NUM_THREADS="$thread" \
                "$python" "$root/examples/mnist_numpy.py" "${run[@]}" >"$work/numpy-$thread-$batch-$round.json"
        done
    done
done

THREADS=$threads BATCHES=$batches "$python" - "$work" <<'PY'
import glob
import json
import os
import statistics
import sys

def runs(name):
    return [json.load(open(path)) for path in sorted(glob.glob(f"{sys.argv[1]}/{name}-*.json"))]

def seconds(runs):
    return [s for run in runs for s in run["epoch_seconds"]]

first = True
for threads in os.environ["THREADS"].split():
    for batch in os.environ["BATCHES"].split():
        ours, numpy = runs(f"polyblas-{threads}-{batch}"), runs(f"numpy-{threads}-{batch}")
        if first:
            print(f"polyblas on {ours[0]['backend']}, {numpy[0]['backend']}, {ours[0]['dtype']}, layers {ours[0]['layers']}")
            print("              milliseconds an epoch: best (median)                   ratio         in BLAS   accuracy, %")
            print("threads  batch         polyblas            numpy        best (median)       polyblas   polyblas   numpy")
            first = False
        a, b = seconds(ours), seconds(numpy)
        best = lambda x: f"{1e3 * min(x):8.2f} ({1e3 * statistics.median(x):8.2f})"
        ratio = f"{min(b) / min(a):5.2f} ({statistics.median(b) / statistics.median(a):5.2f})"
        share = statistics.median(run["blas_share"] for run in ours)
        accuracy = [100 * run[0]["test_accuracy"] for run in (ours, numpy)]
        print(f"{threads:>7}  {batch:>5}  {best(a)}  {best(b)}  {ratio}  {100 * share:11.0f} %  {accuracy[0]:9.2f}  {accuracy[1]:6.2f}")
PY
