#!/usr/bin/env python3
"""The net of `examples/mnist` in numpy: the same weights, batches and arithmetic from the same seed.

    python3 examples/mnist_numpy.py [--data DIR] [--layers 784,128,10] [--batch 32] [--epochs 20] ... [--json]

Written as fast as numpy's own functions allow: every product goes to numpy's BLAS, into arrays that were there before,
and element-wise work is done in place. `scripts/mnist-vs-numpy.sh` runs both and prints the ratio.
"""

import argparse
import gzip
import json
import os
import statistics
import time

import numpy as np

GAMMA = 0x9E3779B97F4A7C15


class SplitMix64:
    """The generator of `examples/mnist/random.rs`, a whole array at a time."""

    def __init__(self, seed):
        self.state = seed

    def u64(self, count):
        steps = np.arange(1, count + 1, dtype=np.uint64)
        z = np.uint64(self.state) + steps * np.uint64(GAMMA)
        self.state = (self.state + count * GAMMA) % 2**64
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))

    def f64(self, count):
        return (self.u64(count) >> np.uint64(11)).astype(np.float64) / 2.0**53

    def permutation(self, count):
        return np.argsort(self.u64(count), kind="stable")


def read_idx(path):
    with open(path, "rb") as file:
        raw = file.read()
    raw = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    dims = np.frombuffer(raw, ">u4", raw[3], 4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(dims)


def load(directory, name):
    def find(kind):
        names = [f"{name}-{kind}-ubyte", f"{name}-{kind.replace('-', '.')}-ubyte"]
        paths = [os.path.join(directory, n + ext) for n in names for ext in ("", ".gz")]
        return next((p for p in paths if os.path.exists(p)), None)

    images, labels = find("images-idx3"), find("labels-idx1")
    if images is None or labels is None:
        return None
    images, labels = read_idx(images), read_idx(labels).astype(np.intp)
    return images.reshape(len(images), -1), labels


def split(args, random):
    """What is learnt from, and what is tested on: a held-out fifth where the directory has no `t10k-*`."""
    bundled = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
    digits = load(args.data, "train") if args.data else load(bundled, "digits")
    if digits is None:
        raise SystemExit(f"error: no MNIST in {args.data}")
    brightest = max(digits[0].max(), 1)
    test = load(args.data, "t10k") if args.data else None
    if test is not None:
        return digits, test, brightest
    order = random.permutation(len(digits[0]))
    images, labels = digits[0][order], digits[1][order]
    held_out = len(images) // 5
    return (images[:-held_out], labels[:-held_out]), (images[-held_out:], labels[-held_out:]), brightest


def sigmoid(x):
    np.negative(x, out=x)
    np.exp(x, out=x)
    x += 1
    np.reciprocal(x, out=x)


class Net:
    def __init__(self, args, random):
        self.args = args
        sizes = args.layers
        self.weights, self.biases = [], []
        for layer, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
            relu = args.hidden == "relu" and layer < len(sizes) - 2
            limit = np.sqrt(6.0 / (inputs if relu else inputs + outputs))
            weights = (2.0 * random.f64(inputs * outputs) - 1.0) * limit
            self.weights.append(weights.reshape(inputs, outputs).astype(args.dtype))
            self.biases.append(np.zeros(outputs, args.dtype))
        self.velocities = [np.zeros_like(w) for w in self.weights]
        self.bias_velocities = [np.zeros_like(b) for b in self.biases]
        self.gradients = [np.empty_like(w) for w in self.weights]

    def room(self, rows):
        """The arrays that a pass over `rows` examples writes."""
        return [np.empty((rows, size), self.args.dtype) for size in self.args.layers]

    def forward(self, activations):
        last = len(self.weights) - 1
        for layer, (weights, bias) in enumerate(zip(self.weights, self.biases)):
            x = np.matmul(activations[layer], weights, out=activations[layer + 1])
            x += bias
            if layer < last and self.args.hidden == "relu":
                np.maximum(x, 0, out=x)
            elif layer < last or self.args.output == "sigmoid":
                sigmoid(x)
            else:
                x -= x.max(axis=1, keepdims=True)
                np.exp(x, out=x)
                x /= x.sum(axis=1, keepdims=True)

    def loss_and_delta(self, y, labels, delta):
        rows = np.arange(len(labels))
        if self.args.output == "softmax":
            np.copyto(delta, y)
            delta[rows, labels] -= 1
            return -np.log(np.maximum(y[rows, labels], np.finfo(y.dtype).tiny)).sum()
        np.copyto(delta, y)
        delta[rows, labels] -= 1
        loss = 0.5 * np.square(delta).sum()
        delta *= y * (1 - y)
        return loss

    def step(self, activations, deltas, labels):
        args = self.args
        self.forward(activations)
        loss = self.loss_and_delta(activations[-1], labels, deltas[-1])
        scale = args.dtype(-args.rate / len(labels))
        for layer in reversed(range(len(self.weights))):
            y, delta = activations[layer], deltas[layer + 1]
            if layer > 0:
                below = np.matmul(delta, self.weights[layer].T, out=deltas[layer])
                if args.hidden == "relu":
                    below *= y > 0
                else:
                    below *= y * (1 - y)
            gradient = np.matmul(y.T, delta, out=self.gradients[layer])
            gradient *= scale
            bias_gradient = delta.sum(axis=0) * scale
            if args.momentum:
                velocity, bias_velocity = self.velocities[layer], self.bias_velocities[layer]
                velocity *= args.momentum
                velocity += gradient
                bias_velocity *= args.momentum
                bias_velocity += bias_gradient
                gradient, bias_gradient = velocity, bias_velocity
            self.weights[layer] += gradient
            self.biases[layer] += bias_gradient
        return float(loss)

    def judge(self, images, labels):
        activations = self.room(len(images))
        np.copyto(activations[0], images)
        self.forward(activations)
        y, rows = activations[-1], np.arange(len(labels))
        if self.args.output == "softmax":
            loss = -np.log(np.maximum(y[rows, labels], np.finfo(y.dtype).tiny)).sum()
        else:
            target = np.zeros_like(y)
            target[rows, labels] = 1
            loss = 0.5 * np.square(y - target).sum()
        return float(loss) / len(labels), float((y.argmax(axis=1) == labels).mean())


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data")
    parser.add_argument("--layers", type=lambda text: [int(n) for n in text.split(",")])
    parser.add_argument("--hidden", choices=["relu", "sigmoid"], default="relu")
    parser.add_argument("--output", choices=["softmax", "sigmoid"], default="softmax")
    parser.add_argument("--batch", default="32")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--rate", type=float, default=0.05)
    parser.add_argument("--momentum", type=float, default=0.9)
    parser.add_argument("--dtype", choices=["f32", "f64"], default="f32")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    args.dtype = np.dtype({"f32": "float32", "f64": "float64"}[args.dtype]).type
    return args


def main():
    args = parse()
    random = SplitMix64(args.seed)
    (images, labels), (test_images, test_labels), brightest = split(args, random)
    args.layers = args.layers or [images.shape[1], 128, 10]
    scale = args.dtype(1) / args.dtype(brightest)
    # numpy's fastest way is to hold the digits as floats from the start: rows are then only copied.
    images, test_images = images.astype(args.dtype) * scale, test_images.astype(args.dtype) * scale

    net = Net(args, random)
    batch = len(images) if args.batch == "all" else min(int(args.batch), len(images))
    activations, deltas = net.room(batch), net.room(batch)
    whole = batch == len(images)
    order = None
    times, loss, test_loss, accuracy = [], None, None, None
    for epoch in range(1, args.epochs + 1):
        start = time.perf_counter()
        if order is None or not whole:
            order = random.permutation(len(images))
        total = 0.0
        for first in range(0, len(images), batch):
            indices = order[first : first + batch]
            rows = len(indices)
            inputs = activations if rows == batch else [a[:rows] for a in activations]
            outputs = deltas if rows == batch else [d[:rows] for d in deltas]
            if not whole or epoch == 1:
                # "clip" spares a copy: with the default mode numpy writes to a buffer of its own first.
                np.take(images, indices, axis=0, out=inputs[0], mode="clip")
            total += net.step(inputs, outputs, labels[indices])
        times.append(time.perf_counter() - start)
        loss = total / len(images)
        test_loss, accuracy = net.judge(test_images, test_labels)
        if not args.json:
            print(f"{epoch:5}  {loss:8.4f}  {test_loss:9.4f}  {100 * accuracy:11.2f} %  {1e3 * times[-1]:8.2f} ms")
    if args.json:
        print(json.dumps({
            "backend": "numpy " + np.__version__,
            "epoch_seconds": times,
            "loss": loss,
            "test_loss": test_loss,
            "test_accuracy": accuracy,
        }))
    else:
        print(f"{1e3 * statistics.median(times):.2f} ms an epoch in the median, {100 * accuracy:.2f} % right")


if __name__ == "__main__":
    main()
