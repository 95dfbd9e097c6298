#!/usr/bin/env python3
"""Writes shaping_golden.json: what PyTorch makes of small maps in pools, sums, concatenations and padded shortcuts.

    /usr/bin/python3 tests/operations/make_shaping_golden.py

Run with Debian's python3-torch (1.13.0), in float64. `text` is the expression that was evaluated, which the kind gives
for an export too. x and dy are whole numbers, 16 times what they stand for, drawn from so few that maxima are often
equal; null is NaN. `y` and `dx`, the gradients of sum(dy * y), are what PyTorch gives, not scaled.
"""
import json
import pathlib
import random

import torch
from torch.nn import functional

ONE = 16
NOT_A_NUMBER = float("nan")


def pool_text(function, attributes, default):
    text = str(attributes.get("size", default))
    for name in ("stride", "padding"):
        if name in attributes:
            text += f", {name}={attributes[name]}"
    return f"functional.{function}(x, {text})"


def pools():
    """(kind, attributes, text, shapes, share of NaN)"""
    sizes = [{}, {"size": 3}, {"size": 3, "stride": 2}, {"size": 3, "stride": 2, "padding": 1},
             {"size": 3, "stride": 1, "padding": 1}, {"size": 2, "stride": 1}, {"size": 2, "padding": 1},
             {"size": 2, "stride": 3}, {"size": 5, "stride": 2, "padding": 2}, {"size": 4, "stride": 3, "padding": 1},
             {"size": 1, "stride": 2}]
    for attributes in sizes:
        for shape in ((2, 3, 7, 6), (1, 2, 5, 9), (3, 1, 4, 5)):
            if min(shape[2:]) + 2 * attributes.get("padding", 0) < attributes.get("size", 2):
                continue
            for share in (0, 0.3):
                yield "max pool", attributes, pool_text("max_pool2d", attributes, 2), [shape], share
            if attributes:
                yield "average pool", attributes, pool_text("avg_pool2d", attributes, None), [shape], 0
    yield "average pool", {"size": 0}, "functional.adaptive_avg_pool2d(x, 1)", [(2, 3, 4, 5)], 0


def shortcut(planes, stride):
    """The lambda of akamaster/pytorch_resnet_cifar10's option A, for any stride and any number of channels."""
    return (f"functional.pad(x[:, :, ::{stride}, ::{stride}], "
            f"(0, 0, 0, 0, ({planes} - x.shape[1]) // 2, ({planes + 1} - x.shape[1]) // 2))")


def joins():
    for count in (2, 3, 5):
        yield "sum", {}, " + ", [(2, 3, 4, 5)] * count, 0
    yield "concatenation", {}, "torch.cat(xs, dim=1)", [(2, 3, 4, 5), (2, 1, 4, 5)], 0
    yield "concatenation", {}, "torch.cat(xs, dim=1)", [(1, 2, 3, 4), (1, 5, 3, 4), (1, 1, 3, 4)], 0
    for shape, planes, stride in (((2, 4, 6, 8), 8, 2), ((2, 4, 5, 7), 8, 2), ((1, 2, 7, 4), 5, 3), ((1, 3, 3, 4), 3, 2),
                                  ((1, 2, 3, 4), 4, 1)):
        attributes = {"channels": planes} if stride == 1 else {"stride": stride, "channels": planes}
        yield "padded shortcut", attributes, shortcut(planes, stride), [shape], 0


def drawn(rng, shape, low, high, not_a_number=0.0):
    size = torch.Size(shape).numel()
    return [None if rng.random() < not_a_number else rng.randint(low, high) for _ in range(size)]


def tensor(values, shape):
    numbers = [NOT_A_NUMBER if value is None else value / ONE for value in values]
    return torch.tensor(numbers, dtype=torch.float64).reshape(shape)


def listed(values):
    return [None if value != value else value for value in values.reshape(-1).tolist()]


def make_case(number, kind, attributes, text, shapes, not_a_number):
    rng = random.Random(number)
    xs_drawn = [drawn(rng, shape, -3, 4, not_a_number) for shape in shapes]
    xs = [tensor(values, shape).requires_grad_() for values, shape in zip(xs_drawn, shapes)]
    names = {f"x{i}": x for i, x in enumerate(xs)}
    expression = text.join(names) if text.startswith(" ") else text  # an operator stands between the inputs
    y = eval(expression, {"torch": torch, "functional": functional, "x": xs[0], "xs": xs, **names})
    dy = drawn(rng, y.shape, -20, 20)
    y.backward(tensor(dy, y.shape))
    return {"kind": kind, "attributes": attributes, "text": text, "shapes": shapes, "x": xs_drawn, "dy": dy,
            "output": list(y.shape), "y": listed(y.detach()), "dx": [listed(x.grad) for x in xs]}


def main():
    cases = [make_case(number, *case) for number, case in enumerate([*pools(), *joins()])]
    text = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    path = pathlib.Path(__file__).parent / "shaping_golden.json"
    path.write_text(f'{{"one": {ONE}, "cases": [\n{text}\n]}}\n')
    print(f"{len(cases)} cases")


if __name__ == "__main__":
    main()
