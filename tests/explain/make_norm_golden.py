#!/usr/bin/env python3
"""Writes norm_golden.json: what PyTorch's normalization layers make of ugly tensors, in float64.

    /usr/bin/python3 tests/explain/make_norm_golden.py            writes the file beside this script
    /usr/bin/python3 tests/explain/make_norm_golden.py --check    computes again and compares

Needs Debian's python3-numpy and python3-torch (1.13), which has no nn.RMSNorm: that one is its formula under autograd.
`cases` is a list; of each, `inputs` is what `normlab explain NORM --values` reads, and `expected` has
y, mean and var (the statistics that normalize, with the pooled axes of extent 1), running_mean and
running_var after the pass, and dx, dgamma, dbeta of sum(dy * y).
"""
import argparse
import json
import pathlib
import sys

import numpy as np
import torch
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from golden_differences import differences

GOLDEN = pathlib.Path(__file__).parent / "norm_golden.json"
TOLERANCE = 1e-11  # relative where values exceed 1; other processors round sums otherwise

# Which axes of [N, C, H, W] one statistic pools over; group pools within a reshaped tensor.
AXES = {"none": None, "batch": (0, 2, 3), "layer": (1, 2, 3), "layer-elementwise": (1, 2, 3),
        "layer-channels": (1,), "group": (2, 3, 4), "instance": (2, 3), "rms": (1, 2, 3)}
SHAPES = {"plain": (2, 4, 2, 3), "one-image": (1, 6, 2, 2), "one-channel": (3, 1, 3, 2),
          "one-pixel": (5, 6, 1, 1), "odd": (3, 6, 1, 5)}


class ChannelsLast(nn.Module):
    def __init__(self, channels, eps):
        super().__init__()
        self.norm = nn.LayerNorm(channels, eps=eps)
        self.weight, self.bias = self.norm.weight, self.norm.bias

    def forward(self, x):
        return self.norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Rms(nn.Module):
    def __init__(self, channels, eps):
        super().__init__()
        self.weight, self.bias, self.eps = nn.Parameter(torch.ones(channels)), None, eps

    def forward(self, x):
        scale = torch.rsqrt((x * x).mean(AXES["rms"], keepdim=True) + self.eps)
        return x * scale * self.weight.view(1, -1, 1, 1)


def make_layer(norm, shape, groups, eps, momentum):
    channels = shape[1]
    return {"none": lambda: nn.Identity(),
            "batch": lambda: nn.BatchNorm2d(channels, eps=eps, momentum=momentum),
            "layer": lambda: nn.GroupNorm(1, channels, eps=eps),
            "layer-elementwise": lambda: nn.LayerNorm(shape[1:], eps=eps),
            "layer-channels": lambda: ChannelsLast(channels, eps),
            "group": lambda: nn.GroupNorm(groups, channels, eps=eps),
            "instance": lambda: nn.InstanceNorm2d(channels, eps=eps, affine=True),
            "rms": lambda: Rms(channels, eps)}[norm]()


def is_over_one_value(norm, shape, groups):
    images, channels, height, width = shape
    count = {"none": 2, "batch": images * height * width, "layer-channels": channels,
             "group": channels // groups * height * width, "instance": height * width,
             "rms": 2}.get(norm, channels * height * width)
    return count < 2


def make_x(shape, content, generator):
    x = torch.from_numpy(generator.standard_normal(shape))
    if content == "shifted-10":
        x += 10
    elif content == "shifted-1e4":
        x += 1e4
    elif content == "constant-channel":
        x[:, 0] = 3
    return torch.round(x * 1000) / 1000


def statistics(norm, x, groups, layer, training):
    axes = AXES[norm]
    if axes is None:
        return None, None
    if norm == "batch" and not training:
        return layer.running_mean.view(1, -1, 1, 1), layer.running_var.view(1, -1, 1, 1)
    if norm == "rms":
        return None, (x * x).mean(axes, keepdim=True)
    if norm == "group":
        x = x.view(x.shape[0], groups, -1, *x.shape[2:])
    mean, var = x.mean(axes, keepdim=True), x.var(axes, keepdim=True, unbiased=False)
    return (mean.squeeze(2), var.squeeze(2)) if norm == "group" else (mean, var)


def randomize(layer, norm, shape, generator):
    """Weights, biases and running statistics that are none's defaults, in three decimals."""
    def draw(size, low, high):
        values = torch.from_numpy(generator.uniform(low, high, size))
        return torch.round(values * 1000) / 1000
    with torch.no_grad():
        for parameter, low, high in [(getattr(layer, "weight", None), -1.5, 2.0),
                                     (getattr(layer, "bias", None), -1.0, 1.0)]:
            if parameter is not None:
                parameter.copy_(draw(parameter.shape, low, high))
        if norm == "batch":
            layer.running_mean.copy_(draw(shape[1], -2, 2))
            layer.running_var.copy_(draw(shape[1], 0.2, 3))


def make_case(norm, shape_name, content, mode, number):
    shape = SHAPES[shape_name]
    groups = {1: 1, 4: 2, 6: 3}[shape[1]]
    if is_over_one_value(norm, shape, groups) and not (norm == "batch" and mode == "eval"):
        return None
    generator = np.random.RandomState(number)  # the same numbers on every processor
    eps, momentum = [1e-5, 1e-3, 0.1][number % 3], [0.1, 0.25, 0.7][number // 3 % 3]
    layer = make_layer(norm, shape, groups, eps, momentum).double()
    randomize(layer, norm, shape, generator)
    layer.train(mode == "train")
    x, dy = make_x(shape, content, generator), make_x(shape, "plain", generator)
    inputs = {"x": x.tolist(), "dy": dy.tolist(), "eps": eps, "momentum": momentum}
    weight, bias = getattr(layer, "weight", None), getattr(layer, "bias", None)
    for key, parameter in (("gamma", weight), ("beta", bias)):
        if parameter is not None:
            inputs[key] = parameter.tolist()
    mean, var = statistics(norm, x, groups, layer, mode == "train")
    expected = {"mean": None if mean is None else mean.tolist(),
                "var": None if var is None else var.tolist()}
    if norm == "batch":
        inputs.update(running_mean=layer.running_mean.tolist(), running_var=layer.running_var.tolist())
    x.requires_grad_(True)
    y = layer(x)
    y.backward(dy)
    expected.update(y=y.tolist(), dx=x.grad.tolist(),
                    dgamma=None if weight is None else weight.grad.tolist(),
                    dbeta=None if bias is None else bias.grad.tolist(),
                    running_mean=layer.running_mean.tolist() if norm == "batch" else None,
                    running_var=layer.running_var.tolist() if norm == "batch" else None)
    return {"name": f"{norm}, {shape_name}, {content}, {mode}", "norm": norm, "groups": groups,
            "mode": mode, "inputs": inputs, "expected": expected}


def make_cases():
    variants = [(name, "plain", "train") for name in SHAPES]
    variants += [("plain", content, "train")
                 for content in ("shifted-10", "shifted-1e4", "constant-channel")]
    variants += [("plain", "plain", "eval"), ("one-pixel", "shifted-10", "eval"),
                 ("one-channel", "constant-channel", "eval")]
    cases = []
    for norm in AXES:
        for variant in variants:
            case = make_case(norm, *variant, number=len(cases))
            if case is not None:
                cases.append(case)
    return cases


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the file, write nothing")
    torch.set_num_threads(1)
    cases = make_cases()
    if parser.parse_args().check:
        lines = differences(cases, json.loads(GOLDEN.read_text())["cases"], TOLERANCE)
        print("\n".join(lines[:20]) or f"{len(cases)} cases agree")
        sys.exit(1 if lines else 0)
    text = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    GOLDEN.write_text(f'{{"torch": "{torch.__version__}", "cases": [\n{text}\n]}}\n')


if __name__ == "__main__":
    main()
