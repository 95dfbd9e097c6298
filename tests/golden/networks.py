"""The two seed networks as PyTorch modules, written from the seeds' tables and not from our notation.

Tensors are named <layer>.conv.weight, <layer>.norm.weight, ... as in our checkpoints.
"""
import torch
from torch import nn
from torch.nn import functional

from synthetic import dropout_factor

# name, input channels, output channels, kernel, padding, groups of group normalization, times; a name
# alone is a pool. A layer without groups is bare: no activation, normalization or dropout.
MNIST_8K = [
    ("C1", 1, 8, 3, 0, 2, 1), ("C2", 8, 16, 3, 0, 4, 1), "max",
    ("c3", 16, 8, 1, 0, None, 1),
    ("C4", 8, 16, 3, 0, 4, 1), ("C5", 16, 16, 3, 0, 4, 1), ("C6", 16, 16, 3, 0, 4, 1), "average 6",
    ("c7", 16, 16, 1, 0, 4, 1), ("c8", 16, 10, 1, 0, None, 1),
]
CIFAR_37K = [
    ("C1", 3, 12, 3, 1, 2, 1), ("C2", 12, 16, 3, 1, 2, 1), ("c3", 16, 8, 1, 0, 2, 1), "max",
    ("C3", 8, 24, 3, 1, 2, 1), ("C4", 24, 24, 3, 1, 2, 2), ("C5", 24, 24, 3, 1, 2, 1),
    ("c6", 24, 12, 1, 0, 2, 1), "max",
    ("C7", 12, 32, 3, 1, 2, 1), ("C8", 32, 32, 3, 1, 2, 1), ("C9", 32, 32, 3, 1, None, 1), "global",
    ("c10", 32, 10, 1, 0, None, 1),
]
MODELS = {
    "mnist-8k": (MNIST_8K, ("relu", "norm", "dropout")),
    "cifar-37k": (CIFAR_37K, ("relu", "dropout", "norm")),
}


class LayerNormOverChannels(nn.LayerNorm):
    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class RMSNorm(nn.Module):
    """From the paper's formula: PyTorch 1.13 has none."""

    def __init__(self, channels, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.eps = eps

    def forward(self, x):
        mean_square = (x * x).mean((1, 2, 3), keepdim=True)
        return x / torch.sqrt(mean_square + self.eps) * self.weight.view(1, -1, 1, 1)


def make_norm(name, channels, groups, side):
    """For maps of channels x side x side."""
    return {
        "none": nn.Identity,
        "batch": lambda: nn.BatchNorm2d(channels),
        "layer": lambda: nn.GroupNorm(1, channels),
        "layer-elementwise": lambda: nn.LayerNorm([channels, side, side]),
        "layer-channels": lambda: LayerNormOverChannels(channels),
        "group": lambda: nn.GroupNorm(groups, channels),
        "instance": lambda: nn.InstanceNorm2d(channels, affine=True),
        "rms": lambda: RMSNorm(channels),
    }[name]()


class Block(nn.Module):
    def __init__(self, norm, side, inputs, outputs, kernel, padding, groups):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, padding=padding, bias=False)
        self.bare = groups is None
        if not self.bare:
            self.norm = make_norm(norm, outputs, groups, side)

    def forward(self, x, order, dropout):
        x = self.conv(x)
        if self.bare:
            return x
        for step in order:
            if step == "relu":
                x = functional.relu(x)
            elif step == "norm":
                x = self.norm(x)
            else:
                x = dropout(x)
        return x


class SeedNetwork(nn.Module):
    def __init__(self, model, norm, dropout, side):
        """For images of side x side pixels."""
        super().__init__()
        self.rows, self.order = MODELS[model]
        self.probability = dropout
        for row in self.rows:
            if isinstance(row, str):
                side = {"max": side // 2, "average 6": side // 6, "global": 1}[row]
            else:
                name, inputs, outputs, kernel, padding, groups, _ = row
                side += 2 * padding - (kernel - 1)
                self.add_module(name, Block(norm, side, inputs, outputs, kernel, padding, groups))

    def forward(self, x, seed, epoch, image_ids):
        operation = 0

        def dropout(values):
            nonlocal operation
            if self.probability > 0:
                factor = dropout_factor(self.probability, seed, epoch, operation, image_ids,
                                        tuple(values.shape[1:]))
                values = values * torch.from_numpy(factor).to(values.dtype)
            operation += 1
            return values

        for row in self.rows:
            if row == "max":
                x = functional.max_pool2d(x, 2)
            elif row == "average 6":
                x = functional.avg_pool2d(x, 6)
            elif row == "global":
                x = functional.adaptive_avg_pool2d(x, 1)
            else:
                for _ in range(row[-1]):
                    x = getattr(self, row[0])(x, self.order, dropout)
        return functional.log_softmax(x.flatten(1), dim=1)
