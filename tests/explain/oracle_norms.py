#!/usr/bin/env python3
"""Writes oracle_norms.json: what newer oracles than Debian's make of the tensors of norm_golden.json, in float64.

    scripts/oracles            writes the file beside this script, with every other golden of this kind
    scripts/oracles --check    computes again and compares

PyTorch's layers of today, its nn.RMSNorm among them, timm's and ONNX Runtime's operators. `versions` says which; of
each case, `case` is a name in norm_golden.json, `oracle` what was asked, `expected` what it answered: y, and where
the oracle has a gradient, dx, dgamma and dbeta of sum(dy * y). ONNX keeps epsilon in float32: `eps` is the one that
was used.
"""
import argparse
import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
import timm
import torch
from onnx import TensorProto, helper
from timm.layers import GroupNorm1, LayerNorm2d
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from golden_differences import differences

FOLDER = pathlib.Path(__file__).parent
GOLDEN, INPUTS = FOLDER / "oracle_norms.json", FOLDER / "norm_golden.json"
TOLERANCE = 1e-11  # relative where values exceed 1; other processors round sums otherwise
VERSIONS = {"torch": torch.__version__.split("+")[0], "timm": timm.__version__, "onnx": onnx.__version__,
            "onnxruntime": onnxruntime.__version__, "numpy": np.__version__}
OPSET = 23  # the first with RMSNormalization


def tensor(values):
    return torch.tensor(values, dtype=torch.float64)


class Elementwise(nn.Module):
    """nn.RMSNorm has a weight for each value of an image; normlab's `rms` one for each channel."""

    def __init__(self, shape, eps):
        super().__init__()
        self.norm = nn.RMSNorm(shape[1:], eps=eps, elementwise_affine=False)
        self.weight, self.bias = nn.Parameter(torch.ones(shape[1])), None

    def forward(self, x):
        return self.norm(x) * self.weight.view(1, -1, 1, 1)


def module(oracle, shape, groups, eps, momentum):
    channels = shape[1]
    return {"torch.nn.BatchNorm2d": lambda: nn.BatchNorm2d(channels, eps=eps, momentum=momentum),
            "torch.nn.GroupNorm": lambda: nn.GroupNorm(groups, channels, eps=eps),
            "torch.nn.LayerNorm": lambda: nn.LayerNorm(shape[1:], eps=eps),
            "torch.nn.InstanceNorm2d": lambda: nn.InstanceNorm2d(channels, eps=eps, affine=True),
            "torch.nn.RMSNorm": lambda: Elementwise(shape, eps),
            "timm.layers.GroupNorm1": lambda: GroupNorm1(channels, eps=eps),
            "timm.layers.LayerNorm2d": lambda: LayerNorm2d(channels, eps=eps)}[oracle]()


MODULES = {"batch": ["torch.nn.BatchNorm2d"], "group": ["torch.nn.GroupNorm"], "layer": ["timm.layers.GroupNorm1"],
           "layer-elementwise": ["torch.nn.LayerNorm"], "layer-channels": ["timm.layers.LayerNorm2d"],
           "instance": ["torch.nn.InstanceNorm2d"], "rms": ["torch.nn.RMSNorm"], "none": []}


def ask_module(oracle, case):
    inputs = case["inputs"]
    x, dy = tensor(inputs["x"]).requires_grad_(True), tensor(inputs["dy"])
    layer = module(oracle, x.shape, case["groups"], inputs["eps"], inputs["momentum"]).double()
    with torch.no_grad():
        for name, key in (("weight", "gamma"), ("bias", "beta"), ("running_mean", "running_mean"),
                          ("running_var", "running_var")):
            if key in inputs:
                getattr(layer, name).copy_(tensor(inputs[key]))
    layer.train(case["mode"] == "train")
    y = layer(x)
    y.backward(dy)
    expected = {"y": y.tolist(), "dx": x.grad.tolist()}
    for key, parameter in (("dgamma", layer.weight), ("dbeta", layer.bias)):
        if parameter is not None:
            expected[key] = parameter.grad.tolist()
    return expected


def onnx_node(case, shape):
    """The operator, its attributes and its inputs after x; None where ONNX has none in float64."""
    inputs, eps = case["inputs"], case["inputs"]["eps"]
    images, channels = shape[:2]
    one_each = lambda key: np.array(inputs[key]).reshape(-1, 1, 1)
    if case["norm"] == "batch" and case["mode"] == "eval":
        names = ["gamma", "beta", "running_mean", "running_var"]
        return "BatchNormalization", {"epsilon": eps}, [np.array(inputs[name]) for name in names]
    if case["norm"] == "layer":
        full = [np.broadcast_to(one_each(key), shape[1:]).copy() for key in ("gamma", "beta")]
        return "LayerNormalization", {"axis": 1, "epsilon": eps}, full
    if case["norm"] == "layer-elementwise":
        full = [np.array(inputs[key]) for key in ("gamma", "beta")]
        return "LayerNormalization", {"axis": 1, "epsilon": eps}, full
    if case["norm"] == "rms":
        return "RMSNormalization", {"axis": 1, "epsilon": eps}, [np.broadcast_to(one_each("gamma"), shape[1:]).copy()]
    return None


def ask_onnx(case):
    x = np.array(case["inputs"]["x"])
    found = onnx_node(case, x.shape)
    if found is None:
        return None
    operator, attributes, others = found
    names = [f"input{i}" for i in range(len(others) + 1)]
    values = [helper.make_tensor_value_info(name, TensorProto.DOUBLE, value.shape)
              for name, value in zip(names, [x, *others])]
    graph = helper.make_graph([helper.make_node(operator, names, ["y"], **attributes)], "norm", values,
                              [helper.make_tensor_value_info("y", TensorProto.DOUBLE, x.shape)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    y, = session.run(None, dict(zip(names, [x, *others])))
    return {"case": case["name"], "oracle": f"onnxruntime {operator}",
            "eps": float(np.float32(case["inputs"]["eps"])), "expected": {"y": y.tolist()}}


def make_cases():
    cases = []
    for case in json.loads(INPUTS.read_text())["cases"]:
        for oracle in MODULES[case["norm"]]:
            cases.append({"case": case["name"], "oracle": oracle, "expected": ask_module(oracle, case)})
        answer = ask_onnx(case)
        if answer is not None:
            cases.append(answer)
    return cases


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the file, write nothing")
    check = parser.parse_args().check
    torch.set_num_threads(1)
    cases = make_cases()
    if check:
        kept = json.loads(GOLDEN.read_text())
        lines = differences(cases, kept["cases"], TOLERANCE)
        if kept["versions"] != VERSIONS:
            lines.append(f"made by {kept['versions']}, here are {VERSIONS}")
        print("\n".join(lines[:20]) or f"{len(cases)} cases agree")
        sys.exit(1 if lines else 0)
    text = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    GOLDEN.write_text(f'{{"versions": {json.dumps(VERSIONS)}, "cases": [\n{text}\n]}}\n')
    print(f"{len(cases)} cases, {len({case['oracle'] for case in cases})} oracles")


if __name__ == "__main__":
    main()
