#!/usr/bin/env python3
"""Writes timm_weights_golden.json: the filters that timm's convolutions make of their weights, in float64.

    scripts/oracles            writes the file beside this script, with every other golden of this kind
    scripts/oracles --check    computes again and compares

StdConv2d (weight standardization) and ScaledStdConv2d (scaled, with a gain for each filter). Of each case, `shape` is
[O, I, k, k], and w, dy (a gradient of the filter that comes out) and gain are whole numbers, 256 times what they stand
for; `filter` is what timm convolves with, `dw` and `dgain` the gradients of sum(dy * filter). What is made of a filter
that is constant is eps alone.
"""
import pathlib
import sys
import types

import numpy as np
import timm
import torch
from timm.layers import ScaledStdConv2d, StdConv2d, std_conv
from torch.nn import functional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from oracle_file import write_or_check

GOLDEN = pathlib.Path(__file__).parent / "timm_weights_golden.json"
TOLERANCE = 1e-11
VERSIONS = {"torch": torch.__version__.split("+")[0], "timm": timm.__version__, "numpy": np.__version__}
ONE = 256
SHAPES = [(5, 3, 3, 3), (4, 7, 1, 1), (3, 2, 5, 5), (1, 1, 3, 3), (6, 1, 3, 3)]


def whole(values):
    return np.round(values * ONE).astype(int)


def tensor(values):
    return torch.from_numpy(values / ONE)


def listed(values):
    return [float(f"{value:.13g}") for value in values.flatten().tolist()]


def make_case(kind, shape, content, number):
    random = np.random.RandomState(number)
    w, dy = random.standard_normal(shape) / 4, random.standard_normal(shape)
    gain = random.uniform(-1, 2, shape[0])
    if content == "shifted":
        w += 10
    elif content == "a constant filter":
        w[0] = 0.5
    elif content == "a filter of zeros":
        w[-1] = 0
    w, dy, gain = whole(w), whole(dy), whole(gain)
    outputs, inputs, kernel, _ = shape
    eps = [1e-6, 1e-5][number % 2]
    layer = kind(inputs, outputs, kernel, bias=False, eps=eps).double()
    with torch.no_grad():
        layer.weight.copy_(tensor(w))
        if kind is ScaledStdConv2d:
            layer.gain.copy_(tensor(gain).view(-1, 1, 1, 1))
    made = layer(None)
    made.backward(tensor(dy))
    case = {"name": f"{kind.__name__}, {'x'.join(map(str, shape))}, {content}", "module": kind.__name__,
            "shape": list(shape), "eps": eps, "w": w.flatten().tolist(), "dy": dy.flatten().tolist(),
            "filter": listed(made), "dw": listed(layer.weight.grad)}
    if kind is ScaledStdConv2d:
        case.update(gain=gain.tolist(), dgain=listed(layer.gain.grad))
    return case


def main():
    torch.set_num_threads(1)
    # The filter instead of the convolution with it.
    std_conv.F = types.SimpleNamespace(batch_norm=functional.batch_norm, conv2d=lambda x, weight, *rest: weight)
    cases = []
    for kind in (StdConv2d, ScaledStdConv2d):
        for shape in SHAPES:
            for content in ("plain", "shifted"):
                cases.append(make_case(kind, shape, content, len(cases)))
        for content in ("a constant filter", "a filter of zeros"):
            cases.append(make_case(kind, SHAPES[0], content, len(cases)))
    write_or_check(__doc__.splitlines()[0], GOLDEN, VERSIONS, cases, TOLERANCE)


if __name__ == "__main__":
    main()
