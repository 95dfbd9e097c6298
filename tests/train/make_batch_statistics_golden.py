#!/usr/bin/env python3
"""Writes golden/batch_statistics_*.f64: what PyTorch predicts with the statistics of the batch.

    /usr/bin/python3 tests/train/make_batch_statistics_golden.py

Needs Debian's python3-torch (1.13). The seed networks with batch normalization, in float64, with the
weights and images of tests/golden/synthetic.py: every BatchNorm2d in train() with momentum 0, no
dropout. Log-probabilities [image][class], rounded to float32, so that another machine's order of
summation leaves the same file.
"""
import pathlib
import sys

import numpy as np
import torch

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "golden"))
import synthetic  # noqa: E402
from networks import SeedNetwork  # noqa: E402

# model, images in the batch, their shape
CASES = [("mnist-8k", 17, (1, 28, 28)), ("cifar-37k", 33, (3, 16, 16))]
SALT = 1


def log_probabilities(model, count, shape):
    network = SeedNetwork(model, "batch", 0.0, shape[1]).double().train()
    for number, (name, parameter) in enumerate(network.named_parameters()):
        values = synthetic.initial_values(SALT, number, name, tuple(parameter.shape))
        parameter.data.copy_(torch.from_numpy(values))
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 0.0
    before = [buffer.clone() for name, buffer in network.named_buffers() if "running" in name]
    images, _ = synthetic.batch(SALT, 0, count, shape)
    with torch.no_grad():
        output = network(torch.from_numpy(images).double(), 0, 0, np.arange(count))
    after = [buffer for name, buffer in network.named_buffers() if "running" in name]
    assert all(torch.equal(a, b) for a, b in zip(before, after)), "momentum 0 moves nothing"
    return output.numpy()


def main():
    for model, count, shape in CASES:
        values = log_probabilities(model, count, shape).astype(np.float32).astype("<f8")
        name = f"batch_statistics_{model.replace('-', '_')}.f64"
        (HERE / "golden" / name).write_bytes(values.tobytes())


if __name__ == "__main__":
    main()
