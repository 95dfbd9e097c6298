#!/usr/bin/env python3
"""Whether the PyTorch text of an equation computes what its twin does: y, gradients, running values.

    /usr/bin/python3 tests/norm/pytorch/compare_equations.py build/tests/equation_cases

Needs Debian's python3-torch. Both in float64, PyTorch's gradients by autograd: five made-up equations,
some that stand at their kinks, 200 random ones, in training and in evaluation. NORMLAB_EQUATIONS asks
for more random ones, NORMLAB_SEED for others.
"""
import json
import math
import os
import subprocess
import sys

try:
    import torch
    from torch import nn
    from torch.nn import functional
except ModuleNotFoundError:
    print("packages are missing: python3-torch")
    sys.exit(0)

FARTHEST = 1e-9  # of the largest value, where that exceeds 1


def module_of(case):
    """The module that the text defines, with the case's learned and running values."""
    names = {"math": math, "torch": torch, "nn": nn, "functional": functional}
    exec(case["definition"], names)
    channels, height, width = case["shape"][1:]
    names.update(channels=channels, height=height, width=width, groups=case["groups"],
                 GHOST=case["ghost"], EPS=case["eps"], MOMENTUM=case["momentum"])
    module = eval(case["call"], names)
    own = module.state_dict()
    counter = {"num_batches_tracked": torch.tensor(7)} if "num_batches_tracked" in own else {}
    state = {name: torch.tensor(values).view(own[name].shape) for name, values in case["state"].items()}
    module.load_state_dict({**state, **counter}, strict=True)
    if hasattr(module, "completed_steps"):
        module.completed_steps = case["completed_steps"]
    return module


class Comparison:
    """Of a case's arrays; the farthest of all cases is kept."""
    farthest = 0.0

    def __init__(self, case):
        self.case = case

    def fail(self, what):
        sys.exit(f"compare_equations: {what}\n{self.case['told']}\n{self.case['definition']}")

    def compare(self, what, found, expected):
        expected = torch.tensor(expected, dtype=torch.float64)
        if found is None:  # nothing of it reaches y
            found = torch.zeros_like(expected)
        if found.numel() != expected.numel():
            self.fail(f"{what}: PyTorch has {tuple(found.shape)}, the twin {expected.numel()} values")
        distance = float((found.detach().flatten() - expected).abs().max())
        distance /= max(1.0, float(expected.abs().max()))
        Comparison.farthest = max(Comparison.farthest, distance)
        if not distance <= FARTHEST:
            self.fail(f"{what}: PyTorch lies {distance:.1e} from the twin")


def compare_pass(case, expected):
    """Forward and backward, once."""
    comparison = Comparison(case)
    module = module_of(case).train(expected["training"])
    mode = "training" if expected["training"] else "evaluation"
    x = torch.tensor(case["x"]).view(case["shape"]).requires_grad_()
    y = module(x)
    if y.shape != x.shape:
        comparison.fail(f"y has the shape {tuple(y.shape)}")
    if y.requires_grad:
        y.backward(torch.tensor(case["dy"]).view(y.shape))
    comparison.compare(f"{mode}, y", y, expected["y"])
    comparison.compare(f"{mode}, dx", x.grad, expected["dx"])
    for name, values in expected["gradients"].items():
        comparison.compare(f"{mode}, gradient of {name}", getattr(module, name).grad, values)
    for name, values in expected["running"].items():
        comparison.compare(f"{mode}, {name}", getattr(module, name), values)
    if expected["running"] and module.num_batches_tracked != 7 + expected["training"]:
        comparison.fail(f"{mode}: num_batches_tracked is {module.num_batches_tracked}")
    return len(expected["gradients"]) + len(expected["running"]) + 2


def main():
    count, seed = os.environ.get("NORMLAB_EQUATIONS", "200"), os.environ.get("NORMLAB_SEED", "1")
    print(f"{count} random equations, NORMLAB_SEED={seed}")
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    cases = arrays = 0
    with subprocess.Popen([sys.argv[1], count, seed], stdout=subprocess.PIPE, text=True) as program:
        for line in program.stdout:
            case = json.loads(line)
            cases += 1
            arrays += sum(compare_pass(case, expected) for expected in case["passes"])
    if program.returncode != 0 or cases < int(count):
        sys.exit(f"compare_equations: {sys.argv[1]} ended with {program.returncode} after {cases} cases")
    print(f"{cases} applications, {arrays} arrays: at most {Comparison.farthest:.1e} from the twin")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: compare_equations.py EQUATION_CASES")
    main()
