#!/usr/bin/env python3
"""Whether a training under made-up normalizations is PyTorch's, under the text of their equations.

    /usr/bin/python3 tests/norm/pytorch/compare_training.py build/normlab build/tests/equation_cases

Needs Debian's python3-torch. An epoch of ten steps over 480 pictures drawn here, in float64 by the
plain engine: the loss of every step, every weight and every running value afterwards, and what the
network then says of the test pictures. A second run by the fast engine stays near.
"""
import csv
import json
import math
import pathlib
import struct
import subprocess
import sys
import tempfile

try:
    import torch
    from torch import nn
    from torch.nn import functional
except ModuleNotFoundError:
    print("packages are missing: python3-torch")
    sys.exit(0)

FARTHEST = {"reference64": 1e-9, "fast": 1e-4}  # of the largest value, where that exceeds 1
IMAGES, TESTS, BATCH, CLASSES, SIDE = 480, 60, 48, 10, 12
KEYS = {"groups": 2, "ghost": 16, "norm_eps": 1e-3, "norm_momentum": 0.2, "lr": 0.3, "momentum": 0.9}


def write_idx(path, values):
    header = struct.pack(f">HBB{values.dim()}I", 0, 8, values.dim(), *values.shape)
    path.write_bytes(header + bytes(values.flatten().tolist()))


def write_pictures(folder):
    """Noise whose brightness and stripes tell the class; [N, SIDE, SIDE] and [N], for training."""
    folder.mkdir()
    generator = torch.Generator().manual_seed(3)
    drawn = []
    for part, count in (("train", IMAGES), ("t10k", TESTS)):
        labels = torch.randint(CLASSES, (count,), generator=generator)
        noise = torch.rand(count, SIDE, SIDE, generator=generator)
        stripes = torch.sin(labels.view(-1, 1, 1) * torch.arange(SIDE).view(1, 1, -1) / 3)
        pictures = (120 + 60 * stripes + 70 * noise + labels.view(-1, 1, 1)).clamp(0, 255).byte()
        write_idx(folder / f"{part}-images-idx3-ubyte", pictures)
        write_idx(folder / f"{part}-labels-idx1-ubyte", labels)
        drawn.append((pictures, labels))
    return drawn[0]


class Net(nn.Module):
    """C6/2 P C8/2 GAP c10!, with conv-norm-relu."""

    def __init__(self, make_norm):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 3, padding=1, bias=False)
        self.norm1 = make_norm(6, SIDE, SIDE)
        self.conv2 = nn.Conv2d(6, 8, 3, padding=1, bias=False)
        self.norm2 = make_norm(8, SIDE // 2, SIDE // 2)
        self.conv3 = nn.Conv2d(8, CLASSES, 1, bias=False)

    def forward(self, x):
        x = functional.relu(self.norm1(self.conv1(x)))
        x = functional.max_pool2d(x, 2)
        x = functional.relu(self.norm2(self.conv2(x)))
        x = self.conv3(x.mean((2, 3), keepdim=True))
        return functional.log_softmax(x.flatten(1), dim=1)


def normlab_name(name):
    """Of a tensor of Net in a checkpoint."""
    module, rest = name.split(".", 1)
    layer = {"1": "C1", "2": "C2", "3": "c3"}[module[-1]]
    return f"{layer}.{module[:-1]}.{rest.replace('learned_', '')}"


def make_net(case):
    names = {"math": math, "torch": torch, "nn": nn, "functional": functional}
    exec(case["definition"], names)

    def make_norm(channels, height, width):
        return eval(case["call"], {**names, "channels": channels, "height": height, "width": width,
                                   "groups": KEYS["groups"], "GHOST": KEYS["ghost"],
                                   "EPS": KEYS["norm_eps"], "MOMENTUM": KEYS["norm_momentum"]})

    net = Net(make_norm)
    with torch.no_grad():
        for name, parameter in net.named_parameters():  # nothing learned begins where it is idle
            if ".weight" not in name:
                parameter.add_(0.2 * torch.randn(parameter.shape))
    return net


def write_tensors(path, state):
    header, data = {}, b""
    for name, tensor in state.items():
        kind = {torch.float64: "F64", torch.int64: "I64"}[tensor.dtype]
        values = struct.pack(f"<{tensor.numel()}{'d' if kind == 'F64' else 'q'}", *tensor.flatten().tolist())
        header[normlab_name(name)] = {"dtype": kind, "shape": list(tensor.shape),
                                      "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def read_tensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = bytearray(file.read())
    metadata, tensors = header.pop("__metadata__"), {}
    kinds = {"F64": torch.float64, "F32": torch.float32, "I64": torch.int64}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = torch.frombuffer(data[begin:end], dtype=kinds[entry["dtype"]]).view(entry["shape"])
    return tensors, metadata


def train_here(net, pictures, labels, metadata):
    """The losses of the epoch's steps."""
    mean, deviation = (torch.tensor(json.loads(metadata[f"dataset.{name}"]), dtype=torch.float32)
                       for name in ("mean", "deviation"))
    images = ((pictures.float() / 255 - mean) / deviation).double().unsqueeze(1)
    optimizer = torch.optim.SGD(net.parameters(), lr=KEYS["lr"], momentum=KEYS["momentum"])
    losses = []
    for step in range(IMAGES // BATCH):
        for norm in (net.norm1, net.norm2):
            norm.completed_steps = step
        part = slice(step * BATCH, (step + 1) * BATCH)
        loss = functional.nll_loss(net(images[part]), labels[part])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def train_with_normlab(case, engine, net, folder):
    """The losses of the epoch's steps and the checkpoint's tensors and metadata."""
    folder.mkdir()
    write_tensors(folder / "init.safetensors", net.state_dict())
    (folder / "norm.toml").write_text(f"title = \"{case['name']}\"\nequation = '''\n{case['text']}'''\n")
    keys = {**KEYS, "dataset": f"idx:{folder.parent / 'pictures'}", "model": "C6/2 P C8/2 GAP c10!",
            "order": "conv-norm-relu-dropout", "epochs": 1, "batch_size": BATCH, "shuffle": "false",
            "validation": 0, "augment": "none", "dropout": 0, "schedule": "constant", "engine": engine,
            "init": folder / "init.safetensors", "log_steps": "true", "l1": 0, "l2": 0}
    command = [sys.argv[1], "run", "mnist", "--norms", folder / "norm.toml", "--out", folder / "run",
               "--progress", "none"]
    for key, value in keys.items():
        command += ["--set", f"{key}={value}"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        sys.exit(f"compare_training: {case['name']}: {' '.join(map(str, command))}\n{ended.stderr}")
    arm = next((folder / "run").glob("*/last.safetensors")).parent
    with open(arm / "steps.csv", encoding="utf8") as file:
        losses = [float(row["loss"]) for row in csv.DictReader(file)]
    return losses, *read_tensors(arm / "last.safetensors")


def compare(case, engine, folder):
    torch.manual_seed(1)
    net = make_net(case)
    losses, tensors, metadata = train_with_normlab(case, engine, net, folder / f"{case['name']}-{engine}")
    before = net.conv1.weight.detach().clone()
    pictures, labels = PICTURES[0]
    theirs = train_here(net, pictures, labels, metadata)
    moved = float((net.conv1.weight - before).abs().max())
    if len(losses) != len(theirs) or not moved > 0.01:
        sys.exit(f"compare_training: {case['name']}: losses {losses}, in PyTorch {theirs}")
    worst, at = max((abs(a - b), f"loss of step {i + 1}") for i, (a, b) in enumerate(zip(losses, theirs)))
    for name, expected in net.state_dict().items():
        found = tensors[normlab_name(name)]
        if found.shape != expected.shape:
            sys.exit(f"compare_training: {case['name']}: {name}: {found.shape}, in PyTorch {expected.shape}")
        distance = float((found.double() - expected).abs().max()) / max(1.0, float(expected.abs().max()))
        worst, at = max((worst, at), (distance, name))
    print(f"{case['name']}, {engine}: weights moved by up to {moved:.3f}, {worst:.1e} apart ({at})")
    if not worst <= FARTHEST[engine]:
        sys.exit(f"compare_training: {case['name']}, {engine}: farther than {FARTHEST[engine]}")


def main():
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    printed = subprocess.run([sys.argv[2], "0", "1"], stdout=subprocess.PIPE, check=True, text=True).stdout
    cases = {case["name"]: case for case in map(json.loads, printed.splitlines())
             if "-" in case["name"]}  # the made-up ones
    if len(cases) != 5:
        sys.exit(f"compare_training: expected five made-up equations, found {', '.join(cases)}")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        PICTURES.append(write_pictures(folder / "pictures"))
        for case in cases.values():
            for engine in ("reference64", "fast"):
                compare(case, engine, folder)


PICTURES = []
if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: compare_training.py NORMLAB EQUATION_CASES")
    main()
