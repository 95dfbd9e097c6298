#!/usr/bin/env python3
"""Writes activation_golden.json: PyTorch's activations and their gradients, in float64 and float32.

    /usr/bin/python3 tests/operations/make_activation_golden.py            writes the file beside this script
    /usr/bin/python3 tests/operations/make_activation_golden.py --check    computes again and compares

Needs Debian's python3-torch (1.13). `cases` is a list: an activation with its attributes, the expression that an export
writes of it, x and dy, and of float64 y, dx and, where it learns a weight, that weight's gradient. x is what float32 holds;
what JSON cannot say is a string. dx is null where PyTorch's is no number or contradicts itself: at NaN and infinities, and
of hardswish at -3 and 3 (of 1.13 a vector has 1 at 3 and the elements behind the last vector have 3/2; since pull request
148049 of 2025 all have 0 and 1). `float32_error`: how far PyTorch's float32 is from its float64 at most, relative where that exceeds 1.
"""
import argparse
import json
import math
import pathlib
import sys
import types

import numpy as np
import torch
from torch import nn
from torch.nn import functional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from golden_differences import differences

GOLDEN = pathlib.Path(__file__).parent / "activation_golden.json"
TOLERANCE = 1e-13  # relative where values exceed 1; other processors have other vectors

CASES = [
    ("relu", {}, "functional.relu(x)"),
    ("leaky_relu", {}, "functional.leaky_relu(x)"),
    ("leaky_relu", {"slope": 0.25}, "functional.leaky_relu(x, 0.25)"),
    ("elu", {}, "functional.elu(x)"),
    ("elu", {"alpha": 0.5}, "functional.elu(x, 0.5)"),
    ("silu", {}, "functional.silu(x)"),
    ("gelu", {}, "functional.gelu(x)"),
    ("gelu_tanh", {}, "functional.gelu(x, approximate='tanh')"),
    ("hardswish", {}, "functional.hardswish(x)"),
    ("mish", {}, "functional.mish(x)"),
    ("tanh", {}, "torch.tanh(x)"),
    ("sigmoid", {}, "torch.sigmoid(x)"),
    ("prelu", {}, "self.prelu(x)"),
]


def arguments():
    """Kinks and their neighbours, ends of the range, and what lies between."""
    kinks = [np.float32(k) for k in (-3, 0, 3)]
    values = [v for k in kinks for v in (np.nextafter(k, np.float32(-9)), k, np.nextafter(k, np.float32(9)))]
    values += [np.float32(s * v) for v in (2.0**-126, 2.0**-24, 1e-3, 20, 88, 104, 1e30) for s in (1, -1)]
    values += [np.float32(v) for v in (-0.0, math.inf, -math.inf, math.nan)]
    values += [np.float32(v) for v in np.arange(-10, 10, 0.3125) + 0.09375]
    return [float(v) for v in values]


def spoken(number):
    """As JSON can say it."""
    return number if math.isfinite(number) else str(number)


def run(expression, x, dy, scalar):
    """y, dx and the weight's gradient (or None)."""
    x = torch.tensor(x, dtype=scalar, requires_grad=True)
    prelu = nn.PReLU().to(scalar)
    y = eval(expression, {"functional": functional, "torch": torch, "x": x,
                          "self": types.SimpleNamespace(prelu=prelu)})
    y.backward(torch.tensor(dy, dtype=scalar))
    weight = prelu.weight.grad
    return y.tolist(), x.grad.tolist(), None if weight is None else weight.item()


def error(a, b):
    """The largest distance, relative where values exceed 1."""
    return max(abs(p - q) / max(1, abs(q)) for p, q in zip(a, b) if p is not None and math.isfinite(q))


def case(name, attributes, expression):
    x = arguments()
    dy = [(-1) ** i * (0.5 + i % 7 / 8) for i in range(len(x))]
    y, dx, _ = run(expression, x, dy, torch.float64)
    y32, dx32, _ = run(expression, x, dy, torch.float32)

    def has_gradient(value):
        return math.isfinite(value) and not (name == "hardswish" and abs(value) == 3)

    dx, dx32 = ([g if has_gradient(v) else None for g, v in zip(of, x)] for of in (dx, dx32))
    made = {"name": name, "attributes": attributes, "expression": expression, "x": [spoken(v) for v in x], "dy": dy,
            "y": [spoken(v) for v in y], "dx": dx,
            "float32_error": {"y": error(y32, y),
                              "dx": error(*zip(*[(p, q) for p, q in zip(dx32, dx) if q is not None and
                                                 not math.isnan(p)]))}}
    # Of a sum, which infinities would end.
    finite = [i for i, v in enumerate(x) if math.isfinite(v) and abs(v) < 1e3]
    weight = run(expression, [x[i] for i in finite], [dy[i] for i in finite], torch.float64)[2]
    if weight is not None:
        made["dweight_of_finite"] = weight
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the kept golden")
    check = parser.parse_args().check
    made = {"torch": torch.__version__, "cases": [case(*one) for one in CASES]}
    if not check:
        cases = ",\n".join(json.dumps(one) for one in made["cases"])
        GOLDEN.write_text(f'{{"torch": "{made["torch"]}", "cases": [\n{cases}\n]}}\n', encoding="utf8")
        return
    kept = json.loads(GOLDEN.read_text(encoding="utf8"))
    for golden in (made, kept):
        for one in golden["cases"]:
            del one["float32_error"]  # of this processor
    found = differences(made, kept, TOLERANCE)
    print("\n".join(found), end="\n" if found else "")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
