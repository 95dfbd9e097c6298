"""The network that bench_step describes, in PyTorch's modules, and a reader of its tensors."""
import json
import struct

import torch
from torch import nn

DTYPES = {"F32": torch.float32, "F64": torch.float64, "I64": torch.int64, "U8": torch.uint8}


def read_safetensors(path):
    """8 bytes of header length, a JSON header, the bytes."""
    with open(path, "rb") as file:
        content = file.read()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8:8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        data = torch.frombuffer(bytearray(content[start:end]), dtype=DTYPES[entry["dtype"]])
        tensors[name] = data.reshape(entry["shape"])
    return tensors


class Block(nn.Module):
    """Convolution, then ReLU, normalization and dropout in the model's order; `repeat` times."""

    def __init__(self, layer, model):
        super().__init__()
        self.conv = nn.Conv2d(layer["in"], layer["out"], layer["kernel"], padding=layer["padding"],
                              bias=False)
        self.repeat = layer["repeat"]
        self.steps = []
        if layer["bare"]:
            return
        channels, norm = layer["out"], model["norm"]
        if norm != "none":
            self.norm = {"batch": lambda: nn.BatchNorm2d(channels),
                         "layer": lambda: nn.GroupNorm(1, channels),
                         "group": lambda: nn.GroupNorm(layer["groups"], channels)}[norm]()
        self.relu = nn.ReLU()
        self.dropout = nn.Dropout(model["dropout"])
        for step in model["order"].split("-")[1:]:
            if (step == "norm" and norm == "none") or (step == "dropout" and not model["dropout"]):
                continue
            self.steps.append(step)

    def forward(self, x):
        for _ in range(self.repeat):
            x = self.conv(x)
            for step in self.steps:
                x = getattr(self, step)(x)
        return x


def build(model):
    network = nn.Sequential()
    for layer in model["layers"]:
        token = layer["token"]
        if token == "GAP":
            module = nn.AdaptiveAvgPool2d(1)
        elif token[0] == "P":
            module = nn.MaxPool2d(2)
        elif token[0] == "A":
            module = nn.AvgPool2d(layer["kernel"])
        else:
            module = Block(layer, model)
        network.add_module(layer["name"], module)
    network.add_module("flatten", nn.Flatten())
    network.add_module("log_softmax", nn.LogSoftmax(dim=1))
    return network
