#!/usr/bin/env python3
"""Writes convolution_golden.json: PyTorch's conv2d in float64, with all its gradients, over the contract of
operations/kinds/convolution.cc.

    /usr/bin/python3 tests/operations/make_convolution_golden.py            writes the file beside this script
    /usr/bin/python3 tests/operations/make_convolution_golden.py --check    computes again and compares

Needs Debian's python3-torch (1.13.1). Inputs are whole numbers, ONE times what they stand for; what is computed of them
is exact in float64 and stands as whole numbers too, PRODUCT times what they stand for. The gradients are those of
sum(dy * y).
"""
import argparse
import json
import pathlib
import random
import sys

import torch
from torch.nn import functional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from golden_differences import differences

GOLDEN = pathlib.Path(__file__).parent / "convolution_golden.json"
ONE = 64
PRODUCT = ONE * ONE

# images, input (channels, height, width), channels, kernel, padding, stride, groups, bias
CASES = [
    (2, (3, 7, 5), 4, 3, 1, 2, 1, 1),
    (1, (2, 7, 5), 3, 3, 1, 3, 1, 0),
    (3, (2, 6, 5), 4, 3, 0, 2, 1, 1),
    (1, (2, 9, 7), 3, 3, 1, 4, 1, 1),
    (2, (3, 6, 7), 2, 5, 2, 1, 1, 0),
    (1, (2, 7, 9), 3, 5, 0, 2, 1, 1),
    (1, (2, 3, 2), 5, 5, 2, 3, 1, 1),
    (1, (3, 8, 7), 2, 7, 3, 1, 1, 1),
    (2, (2, 2, 3), 3, 7, 3, 2, 1, 0),
    (1, (1, 10, 9), 2, 7, 0, 2, 1, 1),
    (2, (3, 5, 6), 4, 1, 0, 2, 1, 1),
    (1, (4, 6, 3), 6, 1, 0, 1, 2, 1),
    (2, (6, 5, 4), 4, 3, 1, 1, 2, 0),
    (1, (4, 6, 5), 8, 3, 1, 2, 4, 1),
    (2, (3, 4, 5), 3, 3, 1, 1, 3, 1),
    (1, (3, 5, 7), 6, 5, 2, 2, 3, 1),
    (1, (4, 1, 1), 2, 3, 1, 1, 2, 1),
    (1, (2, 4, 3), 4, 3, 1, 1, 1, 1),
]


def whole(tensor, unit):
    scaled = (tensor.detach() * unit).flatten()
    assert torch.equal(scaled, scaled.round())
    return [int(value) for value in scaled]


def drawn(numbers, *shape, shift=0):
    count = torch.Size(shape).numel()
    values = [numbers.randrange(-ONE, ONE) + shift * ONE for _ in range(count)]
    return (torch.tensor(values, dtype=torch.float64) / ONE).reshape(shape)


def case(number, images, shape, channels, kernel, padding, stride, groups, bias):
    numbers = random.Random(number)
    x = drawn(numbers, images, *shape, shift=10 * (number % 2)).requires_grad_()
    weight = drawn(numbers, channels, shape[0] // groups, kernel, kernel).requires_grad_()
    b = drawn(numbers, channels).requires_grad_() if bias else None
    y = functional.conv2d(x, weight, b, stride=stride, padding=padding, groups=groups)
    dy = drawn(numbers, *y.shape)
    (dy * y).sum().backward()
    return {"images": images, "input": list(shape), "output": list(y.shape[1:]), "channels": channels, "kernel": kernel,
            "padding": padding, "stride": stride, "groups": groups, "bias": bias, "x": whole(x, ONE),
            "weight": whole(weight, ONE), "dy": whole(dy, ONE), "biases": whole(b, ONE) if bias else [],
            "y": whole(y, PRODUCT), "dx": whole(x.grad, PRODUCT), "dweight": whole(weight.grad, PRODUCT),
            "dbias": whole(b.grad, PRODUCT) if bias else []}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    made = {"one": ONE, "product": PRODUCT, "cases": [case(i, *row) for i, row in enumerate(CASES)]}
    if arguments.check:
        lines = differences(made, json.loads(GOLDEN.read_text()), 0)
        print("\n".join(lines))
        sys.exit(bool(lines))
    text = json.dumps(made, separators=(",", ":")).replace('{"images"', '\n{"images"')
    GOLDEN.write_text(text + "\n")


if __name__ == "__main__":
    main()
