#!/usr/bin/env python3
"""Writes zoo_golden.json: what the papers' formulas of the shipped normalizations make of ugly tensors.

    /usr/bin/python3 tests/norm/make_zoo_golden.py            writes the file beside this script
    /usr/bin/python3 tests/norm/make_zoo_golden.py --check    computes again and compares

Needs Debian's python3-numpy and python3-scipy. The formulas are written here a second time, in plain NumPy and float64;
their gradients are those of a complex step, which are exact to the last digits, so that nothing is differentiated by
hand. The methods that belong to PyTorch have norm_golden.json.

`cases` is a list; x, dy, learned and running values are whole numbers, 256 times what they stand for, so that float32
holds them. `step` is how many optimizer steps are completed. `expected`: y; in training also dx and the gradients of
the learned values, of sum(dy * y), and the running values after the pass.
"""
import argparse
import json
import math
import pathlib
import sys

import numpy as np
from scipy import special

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from golden_differences import differences

GOLDEN = pathlib.Path(__file__).parent / "zoo_golden.json"
TOLERANCE = 1e-11  # relative where values exceed 1; other processors round sums otherwise
STEP = 1e-30  # of the complex step
ONE = 256  # whole numbers stand for this part of 1
PIXELS, IMAGE, BATCH = (2, 3), (1, 2, 3), (0, 2, 3)


# Of complex values whose imaginary part is a derivative.
def mean(x, axes):
    return x.mean(axis=axes, keepdims=True)


def variance(x, axes):
    return mean((x - mean(x, axes)) ** 2, axes)


def magnitude(x):
    return np.sign(x.real) * x


def larger(a, b):
    return np.where(np.real(a) >= np.real(b), a, b)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def grouped(x, groups):
    """[N, C, H, W] as [N, G, K, H, W]."""
    return x.reshape(x.shape[0], groups, -1, *x.shape[2:])


def per_channel(values):
    return values.reshape(1, -1, 1, 1)


class Application:
    """What a formula reads beside x, and what it leaves in the running values."""

    def __init__(self, case, learned, running):
        self.__dict__.update(case)
        self.training, self.before, self.after = case["mode"] == "train", running, {}
        self.learned = learned

    def __getitem__(self, name):
        values = self.learned[name]
        return values if values.ndim == 0 else per_channel(values)

    def pooled(self, name, new, shape=(1, -1, 1, 1)):
        """A statistic of the batch: in training the new one, which moves the running value, else the running value."""
        if not self.training:
            return self.before[name].reshape(shape)
        self.after[name] = ((1 - self.momentum) * self.before[name] +
                            self.momentum * new.real.reshape(self.before[name].shape))
        return new

    def pooled_variance(self, name, new, count, shape=(1, -1, 1, 1)):
        """The same, unbiased where it is kept."""
        if not self.training:
            return self.before[name].reshape(shape)
        self.pooled(name, new * (count / (count - 1)), shape)
        return new

    def batch_moments(self, x):
        return (self.pooled("running_mean", mean(x, BATCH)),
                self.pooled_variance("running_var", variance(x, BATCH), x.size // x.shape[1]))

    def affine(self, x):
        return self["weight"] * x + self["bias"]


def ghost_batch(x, a):
    """Hoffer et al. 2017; the running values move once, towards the average over the ghost batches."""
    if not a.training:
        center, spread = per_channel(a.before["running_mean"]), per_channel(a.before["running_var"])
        return a.affine((x - center) / np.sqrt(spread + a.eps))
    parts = [x[i:i + a.ghost] for i in range(0, len(x), a.ghost)]
    kept = [(mean(part, BATCH), variance(part, BATCH) * (part.size // x.shape[1]) / (part.size // x.shape[1] - 1))
            for part in parts]
    a.pooled("running_mean", sum(each for each, _ in kept) / len(kept))
    a.pooled("running_var", sum(each for _, each in kept) / len(kept))
    return np.concatenate([a.affine((part - mean(part, BATCH)) / np.sqrt(variance(part, BATCH) + a.eps))
                           for part in parts])


def batch_renorm(x, a):
    """Ioffe 2017, algorithm 1, with a running variance in the place of a running deviation."""
    if not a.training:
        center, spread = per_channel(a.before["running_mean"]), per_channel(a.before["running_var"])
        return a.affine((x - center) / np.sqrt(spread + a.eps))
    r_most = 1 + 2 * min(max((a.step - 5000) / 35000, 0), 1)
    d_most = 5 * min(max((a.step - 5000) / 20000, 0), 1)
    center, deviation = mean(x, BATCH), np.sqrt(variance(x, BATCH) + a.eps)
    kept = np.sqrt(per_channel(a.before["running_var"]) + a.eps)
    r = np.clip(deviation.real / kept, 1 / r_most, r_most)
    d = np.clip((center.real - per_channel(a.before["running_mean"])) / kept, -d_most, d_most)
    a.pooled("running_mean", center)
    a.pooled("running_var", variance(x, BATCH))
    return a.affine((x - center) / deviation * r + d)


def mean_only_batch(x, a):
    return x - a.pooled("running_mean", mean(x, BATCH)) + a["bias"]


def l1_batch(x, a):
    center = a.pooled("running_mean", mean(x, BATCH))
    distance = a.pooled("running_deviation", mean(magnitude(x - center), BATCH))
    return a.affine((x - center) / (math.sqrt(math.pi / 2) * distance + a.eps))


def extended_batch(x, a):
    center = a.pooled("running_mean", mean(x, BATCH))
    spread = a.pooled_variance("running_var", variance(x, (0, 1, 2, 3)), x.size, (1, 1, 1, 1))
    return a.affine((x - center) / np.sqrt(spread + a.eps))


def switchable(x, a):
    """Luo et al. 2019: a softmax over instance, layer and batch."""
    batch = a.batch_moments(x)
    means = [mean(x, PIXELS), mean(x, IMAGE), batch[0]]
    variances = [variance(x, PIXELS), variance(x, IMAGE), batch[1]]

    def mixed(kind, values):
        scores = np.exp([a[f"{kind}_{name}"] for name in ("instance", "layer", "batch")])
        return sum(share * value for share, value in zip(scores / scores.sum(), values))

    return a.affine((x - mixed("mean", means)) / np.sqrt(mixed("var", variances) + a.eps))


def batch_instance(x, a):
    """As the authors' program has it: the bias in the branch of the batch alone."""
    center, spread = a.batch_moments(x)
    of_batch = a["weight"] * a["gate"] * (x - center) / np.sqrt(spread + a.eps) + a["bias"]
    of_instance = a["weight"] * (1 - a["gate"]) * (x - mean(x, PIXELS)) / np.sqrt(variance(x, PIXELS) + a.eps)
    return of_batch + of_instance


def batch_channel(x, a):
    """As the authors' program has it: the second weight and bias have one value for each group."""
    center, spread = a.batch_moments(x)
    z = grouped(a["batch_weight"] * (x - center) / np.sqrt(spread + a.eps) + a["batch_bias"], a.groups)
    z = (z - mean(z, (2, 3, 4))) / np.sqrt(variance(z, (2, 3, 4)) + a.eps)
    weight, bias = (a.learned[name].reshape(1, -1, 1, 1, 1) for name in ("weight", "bias"))
    return (weight * z + bias).reshape(x.shape)


def frn(x, a):
    return larger(a.affine(x / np.sqrt(mean(x * x, PIXELS) + a.eps)), a["tau"])


def evonorm_s0(x, a):
    spread = variance(grouped(x, a.groups), (2, 3, 4))
    deviation = np.sqrt(np.repeat(spread.reshape(len(x), a.groups), x.shape[1] // a.groups, axis=1) + a.eps)
    return a.affine(x * sigmoid(a["v"] * x) / deviation[:, :, None, None])


def evonorm_b0(x, a):
    spread = a.pooled_variance("running_var", variance(x, BATCH), x.size // x.shape[1])
    return a.affine(x / larger(np.sqrt(spread + a.eps) + 0 * x, a["v"] * x + np.sqrt(variance(x, PIXELS) + a.eps)))


def pono(x, a):
    return (x - mean(x, 1)) / np.sqrt(variance(x, 1) + a.eps)


def grn(x, a):
    squares = (x * x).sum(axis=PIXELS, keepdims=True)
    size = np.where(squares.real > 0, np.sqrt(np.where(squares.real > 0, squares, 1)), 0)
    return x + a["weight"] * x * size / (mean(size, 1) + a.eps) + a["bias"]


def dyt(x, a):
    return a.affine(np.tanh(a["alpha"] * x))


def derf(x, a):
    return a.affine(special.erf(a["alpha"] * x + a["shift"]))


def salu(x, a):
    return a["a"] * x / np.sqrt(1 + a["a"] * a["b"] * x * x)


FORMULAS = {"ghost-batch": ghost_batch, "batch-renorm": batch_renorm, "mean-only-batch": mean_only_batch,
            "l1-batch": l1_batch, "extended-batch": extended_batch, "switchable": switchable,
            "batch-instance": batch_instance, "batch-channel": batch_channel, "frn": frn, "evonorm-s0": evonorm_s0,
            "evonorm-b0": evonorm_b0, "pono": pono, "grn": grn, "dyt": dyt, "derf": derf, "salu": salu}
AFFINE = {"weight": "C", "bias": "C"}
MOMENTS = {"running_mean": "C", "running_var": "C"}
LEARNED = {"mean-only-batch": {"bias": "C"}, "pono": {}, "salu": {"a": "", "b": ""},
           "switchable": {**AFFINE, **{f"{kind}_{name}": "" for kind in ("mean", "var")
                                       for name in ("instance", "layer", "batch")}},
           "batch-instance": {**AFFINE, "gate": "C"},
           "batch-channel": {"batch_weight": "C", "batch_bias": "C", "weight": "G", "bias": "G"},
           "frn": {**AFFINE, "tau": "C"}, "evonorm-s0": {**AFFINE, "v": "C"}, "evonorm-b0": {**AFFINE, "v": "C"},
           "dyt": {**AFFINE, "alpha": ""}, "derf": {**AFFINE, "alpha": "", "shift": ""}}
RUNNING = {"ghost-batch": MOMENTS, "batch-renorm": MOMENTS, "mean-only-batch": {"running_mean": "C"},
           "l1-batch": {"running_mean": "C", "running_deviation": "C"},
           "extended-batch": {"running_mean": "C", "running_var": ""}, "switchable": MOMENTS,
           "batch-instance": MOMENTS, "batch-channel": MOMENTS, "evonorm-b0": {"running_var": "C"}}
POSITIVE = ("running_var", "running_deviation", "alpha", "a", "b", "gate")
# Shape, what stands in it, groups, images of a ghost batch, completed steps.
SITUATIONS = [((1, 6, 3, 5), "plain", 2, 8, 12000), ((15, 4, 1, 2), "shifted", 2, 4, 50000),
              ((17, 6, 2, 1), "constant channel", 3, 8, 0)]


def whole(values):
    return np.round(values * ONE).astype(int)


def make_x(shape, content, random):
    x = random.standard_normal(shape)
    if content == "shifted":
        x += 10
    if content == "constant channel":
        x[:, 1] = 3
        x[:, 2] = 0
    return whole(x)


def draw(sizes, shape, groups, random):
    values = {}
    for name, axis in sizes.items():
        low, high = (0.25, 1) if name in POSITIVE else (-1.5, 2)
        values[name] = whole(random.uniform(low, high, {"C": (shape[1],), "G": (groups,), "": ()}[axis]))
    return values


def scaled(values):
    return {name: np.asarray(value) / ONE for name, value in values.items()}


def evaluate(case, x, learned):
    application = Application(case, learned, scaled(case["running"]))
    return FORMULAS[case["norm"]](x, application), application.after


def gradients(case, x, dy, learned):
    """Of sum(dy * y), for x and for every learned value."""
    found = {}
    for name, values in {"x": x, **learned}.items():
        slopes = np.empty(np.size(values))
        for i in range(slopes.size):
            moved = np.array(values, dtype=complex)
            moved.reshape(-1)[i] += 1j * STEP
            y, _ = evaluate(case, moved if name == "x" else x.astype(complex),
                            learned if name == "x" else {**learned, name: moved})
            slopes[i] = (dy * y).sum().imag / STEP
        found[name] = slopes.reshape(np.shape(values))
    return found


def listed(values):
    return [float(f"{value:.13g}") for value in np.asarray(values).reshape(-1)]


def make_case(norm, mode, situation, number):
    shape, content, groups, ghost, step = situation
    random = np.random.RandomState(number)  # the same numbers on every processor
    case = {"name": f"{norm}, {mode}, {'x'.join(map(str, shape))}, {content}", "norm": norm, "mode": mode,
            "shape": shape, "groups": groups, "ghost": ghost, "step": step, "eps": [1e-5, 1e-3, 0.1][number % 3],
            "momentum": [0.1, 0.25, 0.7][number // 3 % 3], "x": make_x(shape, content, random),
            "dy": make_x(shape, "plain", random), "learned": draw(LEARNED.get(norm, AFFINE), shape, groups, random),
            "running": draw(RUNNING.get(norm, {}), shape, groups, random)}
    x, dy, learned = case["x"] / ONE, case["dy"] / ONE, scaled(case["learned"])
    y, after = evaluate(case, x.astype(complex), learned)
    expected = {"y": listed(y.real)}
    if mode == "train":
        slopes = gradients(case, x, dy, learned)
        expected.update(dx=listed(slopes.pop("x")), learned={name: listed(each) for name, each in slopes.items()},
                        running={name: listed(each) for name, each in after.items()})
    for key in ("x", "dy"):
        case[key] = case[key].reshape(-1).tolist()
    for key in ("learned", "running"):
        case[key] = {name: values.reshape(-1).tolist() for name, values in case[key].items()}
    return {**case, "shape": list(shape), "expected": expected}


def make_cases():
    cases = []
    for norm in FORMULAS:
        for situation in SITUATIONS:
            cases.append(make_case(norm, "train", situation, len(cases)))
        if norm in RUNNING:
            cases.append(make_case(norm, "eval", SITUATIONS[1], len(cases)))
    return cases


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the file, write nothing")
    check = parser.parse_args().check
    cases = make_cases()
    if check:
        lines = differences(cases, json.loads(GOLDEN.read_text())["cases"], TOLERANCE)
        print("\n".join(lines[:20]) or f"{len(cases)} cases agree")
        sys.exit(1 if lines else 0)
    text = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    GOLDEN.write_text(f'{{"one": {ONE}, "cases": [\n{text}\n]}}\n')
    print(f"{len(cases)} cases of {len(FORMULAS)} normalizations")


if __name__ == "__main__":
    main()
