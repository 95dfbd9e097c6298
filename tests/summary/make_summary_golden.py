#!/usr/bin/python3
"""Writes golden/summary.json: what hooks on modules of Debian's PyTorch see of a few models.

Every call of a module without children, in order: its class, its name, the shapes of input and
output, its parameters and whether it was called before; per model the sums that torchinfo 1.8
prints (its formulas, written down here), the parameters counted at every call, the buffers.

    /usr/bin/python3 tests/summary/make_summary_golden.py
"""
import json
import pathlib
import re

import torch
from torch import nn

PRESETS = {
    "mnist-8k": ("C8v/2 C16v P c8! C16v C16v C16v A6 c16 c10!",
                 "C1 C2 P1 c3 C4 C5 C6 A1 c7 c8", (1, 28, 28), 4, "relu norm dropout"),
    "cifar-37k": ("C12 C16 c8 P C24 C24x2 C24 c12 P C32 C32 C32! GAP c10!",
                  "C1 C2 c3 P1 C3 C4 C5 c6 P2 C7 C8 C9 GAP c10", (3, 32, 32), 2,
                  "relu dropout norm"),
}


class LayerNorm(nn.LayerNorm):
    """Over the channels of a pixel, as ConvNeXt's channels_first."""

    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class RMSNorm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels, 1, 1))

    def forward(self, x):
        return self.weight * x / torch.sqrt((x * x).mean((1, 2, 3), keepdim=True) + 1e-5)


def norm_module(norm, channels, height, width, groups):
    return {
        "none": lambda: None,
        "batch": lambda: nn.BatchNorm2d(channels),
        "layer": lambda: nn.GroupNorm(1, channels),
        "layer-elementwise": lambda: nn.LayerNorm([channels, height, width]),
        "layer-channels": lambda: LayerNorm(channels),
        "group": lambda: nn.GroupNorm(groups, channels),
        "instance": lambda: nn.InstanceNorm2d(channels, affine=True),
        "rms": lambda: RMSNorm(channels),
    }[norm]()


class Model(nn.Module):
    def __init__(self, preset, norm, dropout):
        super().__init__()
        line, names, shape, groups, order = PRESETS[preset]
        self.calls = []
        channels, height, width = shape
        for token, name in zip(line.split(), names.split()):
            if token == "P":
                module, height, width = nn.MaxPool2d(2), height // 2, width // 2
            elif token == "GAP":
                module, height, width = nn.AdaptiveAvgPool2d(1), 1, 1
            elif token[0] == "A":
                size = int(token[1:])
                module, height, width = nn.AvgPool2d(size), height // size, width // size
            else:
                kind, out, valid, own, times, bare = re.fullmatch(
                    r"([Cc])(\d+)(v?)(?:/(\d+))?(?:x(\d+))?(!?)", token).groups()
                kernel, out = (3 if kind == "C" else 1), int(out)
                if valid:
                    height, width = height - 2, width - 2
                module = nn.Module()
                module.conv = nn.Conv2d(channels, out, kernel, bias=False,
                                        padding=0 if valid else kernel // 2)
                steps = [module.conv]
                for step in order.split() if not bare else []:
                    part = {"relu": nn.ReLU, "dropout": lambda: nn.Dropout(dropout),
                            "norm": lambda: norm_module(norm, out, height, width,
                                                        int(own or groups))}[step]()
                    if part is None or (step == "dropout" and dropout == 0):
                        continue
                    setattr(module, step, part)
                    steps.append(part)
                channels = out
                self.add_module(name, module)
                self.calls += steps * int(times or 1)
                continue
            self.add_module(name, module)
            self.calls.append(module)

    def forward(self, x):
        for module in self.calls:
            x = module(x)
        return x.flatten(1)


def describe(preset, norm, batch, dropout):
    model = Model(preset, norm, dropout)
    names = {module: name for name, module in model.named_modules()}
    calls, seen = [], set()
    sums = {"parameters_per_call": 0, "multiply_adds": 0, "forward_backward_bytes": 0}

    def hook(module, inputs, output):
        parameters = sum(p.numel() for p in module.parameters())
        calls.append({"type": type(module).__name__, "name": names[module],
                      "input": list(inputs[0].shape), "output": list(output.shape),
                      "parameters": parameters, "recursive": module in seen})
        seen.add(module)
        sums["parameters_per_call"] += parameters
        if isinstance(module, nn.Conv2d):
            sums["multiply_adds"] += parameters * output.shape[2] * output.shape[3]
        if parameters > 0:
            sums["forward_backward_bytes"] += 2 * output.numel() * output.element_size()

    for module in names:
        if not list(module.children()):
            module.register_forward_hook(hook)
    images = torch.zeros(batch, *PRESETS[preset][2])
    with torch.no_grad():
        assert list(model.train()(images).shape) == [batch, 10]
    return {"model": preset, "norm": norm, "batch": batch, "dropout": dropout, "calls": calls,
            "parameters": sum(p.numel() for p in model.parameters()),
            "buffers": sum(b.numel() for b in model.buffers()),
            "input_bytes": images.numel() * images.element_size(),
            "parameter_bytes": sum(p.numel() * p.element_size() for p in model.parameters()),
            **sums}


def main():
    cases = [describe(preset, norm, batch, dropout)
             for preset, batch, dropout in [("mnist-8k", 5, 0.05), ("cifar-37k", 17, 0.0)]
             for norm in ["none", "batch", "layer", "layer-elementwise", "layer-channels", "group",
                          "instance", "rms"]
             if not (preset == "mnist-8k" and norm == "instance")]  # PyTorch refuses it on 1x1
    path = pathlib.Path(__file__).parent / "golden" / "summary.json"
    path.parent.mkdir(exist_ok=True)
    text = json.dumps({"torch": torch.__version__, "cases": cases})
    path.write_text(text.replace(' {"type"', '\n{"type"').replace(' {"model"', '\n\n{"model"') + "\n")


if __name__ == "__main__":
    main()
