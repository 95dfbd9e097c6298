#!/usr/bin/env python3
"""Writes oracle_zoo.json: what timm's own modules make of the tensors of zoo_golden.json, in float64.

    scripts/oracles            writes the file beside this script, with every other golden of this kind
    scripts/oracles --check    computes again and compares

`case` is a name in zoo_golden.json, `expected` as there. timm casts to float32 on the way to a statistic; here that cast
is taken out of it, since it hides what the formula is.
"""
import json
import pathlib
import sys

import timm
import torch
from timm.layers import EvoNorm2dB0, EvoNorm2dS0, FilterResponseNormTlu2d
from timm.layers.grn import GlobalResponseNorm

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from oracle_file import write_or_check

FOLDER = pathlib.Path(__file__).parent
TOLERANCE = 1e-11  # relative where values exceed 1; other processors round sums otherwise
VERSIONS = {"torch": torch.__version__.split("+")[0], "timm": timm.__version__}
MODULES = {
    "frn": lambda case: FilterResponseNormTlu2d(case["shape"][1], eps=case["eps"]),
    "evonorm-s0": lambda case: EvoNorm2dS0(case["shape"][1], groups=case["groups"], eps=case["eps"]),
    "evonorm-b0": lambda case: EvoNorm2dB0(case["shape"][1], momentum=case["momentum"], eps=case["eps"]),
    "grn": lambda case: GlobalResponseNorm(case["shape"][1], eps=case["eps"], channels_last=False)}


def listed(tensor):
    return [float(f"{value:.13g}") for value in tensor.flatten().tolist()]


def ask(case, one):
    def tensor(values):
        return torch.tensor(values, dtype=torch.float64) / one

    x = tensor(case["x"]).view(case["shape"]).requires_grad_(True)
    layer = MODULES[case["norm"]](case).double().train(case["mode"] == "train")
    parameters, buffers = dict(layer.named_parameters()), dict(layer.named_buffers())
    with torch.no_grad():
        for tensors, drawn in ((parameters, case["learned"]), (buffers, case["running"])):
            assert sorted(tensors) == sorted(drawn), (case["name"], sorted(tensors), sorted(drawn))
            for name, values in drawn.items():
                tensors[name].copy_(tensor(values).view(tensors[name].shape))
    y = layer(x)
    expected = {"y": listed(y)}
    if case["mode"] == "train":
        y.backward(tensor(case["dy"]).view(case["shape"]))
        expected.update(dx=listed(x.grad), learned={name: listed(each.grad) for name, each in parameters.items()},
                        running={name: listed(each) for name, each in buffers.items()})
    return {"case": case["name"], "oracle": type(layer).__name__, "expected": expected}


def main():
    torch.set_num_threads(1)
    torch.Tensor.float = lambda tensor: tensor
    golden = json.loads((FOLDER / "zoo_golden.json").read_text())
    cases = [ask(case, golden["one"]) for case in golden["cases"] if case["norm"] in MODULES]
    write_or_check(__doc__.splitlines()[0], FOLDER / "oracle_zoo.json", VERSIONS, cases, TOLERANCE)


if __name__ == "__main__":
    main()
