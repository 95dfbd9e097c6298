#!/usr/bin/env python3
"""Writes golden/site_statistics.safetensors: batch normalization's statistics of a unit that is applied
several times, as PyTorch keeps them.

    /usr/bin/python3 tests/train/make_site_statistics_golden.py            writes the file
    /usr/bin/python3 tests/train/make_site_statistics_golden.py --check    computes again and compares

Needs Debian's python3-torch (1.13). A network with one unit applied twice and one applied three times is
trained for STEPS steps in float64 with
    shared           one nn.BatchNorm2d that every application calls,
    per_application  one for each application, all with the same weight and bias.
Statistics are listed module after module, [C] running means, then [C] running variances. Per kind:
    <kind>/running            [STEPS][...] after each step
    <kind>/log_probabilities  [STEPS][test image][class] in eval() after each step
    <kind>/tracked            num_batches_tracked at the end, module after module
and at the weights that the training ends with:
    batch/log_probabilities   in train(), batches of BATCH, the last one smaller
    reestimated_<kind>        mean and unbiased variance over all values that forward hooks saw while
                              ESTIMATION images passed in train(), per module; "shared" over all values of
                              its calls, listed once for each call
    reestimated_<kind>/log_probabilities  in eval() with those
<name>/float32 is the largest distance of a training in float32 from these values.
"""
import argparse
import pathlib
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "golden"))
import synthetic  # noqa: E402
from make_golden import TOLERANCE, read_tensors, write_tensors  # noqa: E402

GOLDEN = HERE / "golden" / "site_statistics.safetensors"

SALT, STEPS, BATCH, ESTIMATION, TEST = 3, 4, 17, 37, 20
SHAPE = (2, 8, 6)
MEAN, DEVIATION = (-1.0, 0.25), (0.25, 0.125)  # channel 0 is far from 0
LR, MOMENTUM = 0.03, 0.9
# name, input channels, output channels, kernel, times; a name alone is a pool.
ROWS = [("C1", 2, 5, 3, 1), ("C2", 5, 5, 3, 2), "max", ("c3", 5, 6, 1, 1), ("C4", 6, 6, 3, 3), "global",
        ("c5", 6, 7, 1, 1)]
LAST = ("c6", 7, 10)


class Network(nn.Module):
    """Convolution, ReLU, normalization; the last layer is bare."""

    def __init__(self, per_application):
        super().__init__()
        self.convolutions, self.norms = nn.ModuleDict(), nn.ModuleDict()
        for row in ROWS:
            if isinstance(row, str):
                continue
            name, inputs, outputs, kernel, times = row
            self.convolutions[name] = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)
            modules = [nn.BatchNorm2d(outputs) for _ in range(times if per_application else 1)]
            for module in modules[1:]:
                module.weight, module.bias = modules[0].weight, modules[0].bias
            self.norms[name] = nn.ModuleList(modules)
        self.convolutions[LAST[0]] = nn.Conv2d(*LAST[1:], 1, bias=False)

    def forward(self, x):
        for row in ROWS:
            if row == "max":
                x = functional.max_pool2d(x, 2)
            elif row == "global":
                x = functional.adaptive_avg_pool2d(x, 1)
            else:
                name, times = row[0], row[-1]
                norms = self.norms[name]
                for time in range(times):
                    x = functional.relu(self.convolutions[name](x))
                    x = norms[time % len(norms)](x)
        return functional.log_softmax(self.convolutions[LAST[0]](x).flatten(1), dim=1)

    def modules_in_order(self):
        return [module for modules in self.norms.values() for module in modules]

    def initialize(self):
        """In our order of the parameters: weight of the convolution, of the normalization, its bias."""
        number = 0
        for name, convolution in self.convolutions.items():
            tensors = [("conv.weight", convolution.weight)]
            if name in self.norms:
                norm = self.norms[name][0]
                tensors += [("norm.weight", norm.weight), ("norm.bias", norm.bias)]
            for kind, tensor in tensors:
                values = synthetic.initial_values(SALT, number, kind, tuple(tensor.shape))
                tensor.data.copy_(torch.from_numpy(values))
                number += 1


def images(part, count):
    """Bytes and labels of part 0 (training) or 1 (test), normalized as ToTensor and Normalize do."""
    stream = synthetic.SALT_STRIDE * SALT + part
    words = synthetic.mix(stream + synthetic.PIXEL_STREAM, count * int(np.prod(SHAPE)))
    pixels = (words >> np.uint32(24)).astype(np.float32).reshape(count, *SHAPE) / np.float32(255)
    mean = np.array(MEAN, np.float32).reshape(1, -1, 1, 1)
    deviation = np.array(DEVIATION, np.float32).reshape(1, -1, 1, 1)
    labels = synthetic.mix(stream + synthetic.LABEL_STREAM, count) % np.uint32(synthetic.CLASSES)
    return torch.from_numpy((pixels - mean) / deviation), torch.from_numpy(labels.astype(np.int64))


def listed(pairs):
    return np.concatenate([part.double().numpy() for pair in pairs for part in pair])


def running(network):
    return listed((norm.running_mean, norm.running_var) for norm in network.modules_in_order())


def predictions(network, x):
    with torch.no_grad():
        return network.eval()(x).double().numpy()


def on_batches(network, x):
    """In train(), without moving a running value."""
    network.train()
    for norm in network.modules_in_order():
        norm.momentum = 0.0
    with torch.no_grad():
        return torch.cat([network(x[first:first + BATCH]) for first in range(0, len(x), BATCH)])


def train(per_application, dtype):
    network = Network(per_application)
    network.initialize()
    network.to(dtype)
    pixels, labels = images(0, STEPS * BATCH)
    test = images(1, TEST)[0].to(dtype)
    optimizer = torch.optim.SGD(network.parameters(), lr=LR, momentum=MOMENTUM)
    rows, outputs = [], []
    for step in range(STEPS):
        part = slice(step * BATCH, (step + 1) * BATCH)
        network.train()
        optimizer.zero_grad()
        functional.nll_loss(network(pixels[part].to(dtype)), labels[part]).backward()
        optimizer.step()
        rows.append(running(network))
        outputs.append(predictions(network, test))
    tracked = [norm.num_batches_tracked.item() for norm in network.modules_in_order()]
    return network, {"running": np.stack(rows), "log_probabilities": np.stack(outputs),
                     "tracked": np.array(tracked, dtype=np.float64)}


def reestimate(network, dtype):
    """Per call of each normalization, over all values that it was given; and over those of all calls."""
    seen = {norm: [] for norm in network.modules_in_order()}
    hooks = [norm.register_forward_hook(lambda module, inputs, _: seen[module].append(inputs[0]))
             for norm in seen]
    on_batches(network, images(0, STEPS * BATCH)[0][:ESTIMATION].to(dtype))
    for hook in hooks:
        hook.remove()

    def moments(norms):
        values = torch.cat([x.double() for norm in norms for x in seen[norm]])
        return values.mean((0, 2, 3)), values.transpose(0, 1).flatten(1).var(1, unbiased=True)

    blocks = list(network.norms.values())
    return {"shared": [moments(norms) for norms in blocks for _ in norms],
            "per_application": [moments([norm]) for norms in blocks for norm in norms]}


def use(network, statistics):
    for norm, (mean, variance) in zip(network.modules_in_order(), statistics):
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)


def all_values(dtype):
    tensors = {}
    ends = {}
    for kind, per_application in (("shared", False), ("per_application", True)):
        ends[kind], values = train(per_application, dtype)
        tensors.update({f"{kind}/{name}": array for name, array in values.items()})
    network, test = ends["per_application"], images(1, TEST)[0].to(dtype)
    for a, b in zip(ends["shared"].parameters(), network.parameters()):
        assert torch.equal(a, b), "training reads no running statistic"
    tensors["batch/log_probabilities"] = on_batches(network, test).double().numpy()
    for kind, statistics in reestimate(network, dtype).items():
        use(network, statistics)
        tensors[f"reestimated_{kind}"] = listed(statistics)
        tensors[f"reestimated_{kind}/log_probabilities"] = predictions(network, test)
    return tensors


def with_distances():
    tensors, single = all_values(torch.float64), all_values(torch.float32)
    for name in list(tensors):
        distance = np.abs(tensors[name] - single[name]).max()
        tensors[f"{name}/float32"] = np.array([distance])
        print(f"{name:46} {str(tensors[name].shape):12} float32 within {distance:.1e}")
    return tensors


def check(live):
    """Float32's distances depend on the machine's kernels: they are printed, not compared."""
    golden, _ = read_tensors(GOLDEN)
    if live.keys() != golden.keys():
        sys.exit(f"{GOLDEN.name} holds other tensors than this script: run it and commit")
    for name, values in golden.items():
        difference = np.abs(live[name].ravel() - values).max()
        if not name.endswith("/float32") and not difference <= TOLERANCE:
            sys.exit(f"{name}: PyTorch now differs by {difference:.2e}, allowed {TOLERANCE:.0e}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the committed file")
    torch.set_num_threads(1)
    if parser.parse_args().check:
        check(with_distances())
    else:
        write_tensors(GOLDEN, with_distances(), {"torch": torch.__version__})


if __name__ == "__main__":
    main()
