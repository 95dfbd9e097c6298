#!/usr/bin/env python3
"""Whether networks of the whole notation train and predict in PyTorch as in normlab, by their export.

    /usr/bin/python3 tests/inference/compare_networks.py build/normlab            lines on pictures drawn here
    /usr/bin/python3 tests/inference/compare_networks.py build/normlab --presets  the presets on CIFAR-10

Needs Debian's python3-torch, python3-numpy and python3-pil. As compare_zoo.py compares the shipped normalizations:
predictions of a trained network at most 1e-4 apart, the most likely class the same wherever the two largest lie farther
from each other; and ten steps of SGD in float64 from the same weights, the exported module under PyTorch's autograd
beside normlab's plain engine, within 1e-9.
"""
import pathlib
import sys
import tempfile

try:
    import torch
    import compare_zoo
    import two_programs
    from compare_zoo import Task, cifar_task, compare, drawn_task
except ModuleNotFoundError:
    print("packages are missing: python3-numpy python3-pil python3-torch")
    sys.exit(0)

# A line, its normalization and the keys beside. Of the activations PyTorch 1.13 has all.
LINES = [
    ("C8 (C8 C8:none)+*2 (C12s2 C12:none)+A (C12 C12:none)+ GAP c5b!", "batch", {}),
    ("C8k5s2b (C12s2 C12:none)+B (c6 | C4k3g2 D:silu | P3s1p1)& A2s1 GAP c5!", "group", {"groups": 2}),
    ("C6 (C12 D Dk5!)& Ck7:gelu P3s2p1 (C8 (C8)& c8 | c8)+! GAP c5b!".replace("Ck7", "C8k7"), "layer", {}),
    ("C8:none (c16 Dk3 c8:none)+!*2 Ds2v:hardswish c12g4@batch (|C12!)+:mish GAP c5!", "batch", {"activation": "elu"}),
    ("C8@frn C8s3g8:tanh c8:sigmoid@none (c8:prelu)+:prelu C8x2:leaky_relu GAP c5!", "batch",
     {"activation": "gelu_tanh", "order": "conv-relu-norm-dropout"}),
    ("C8 (C8 C8:none)+ C8@mean-only-batch GAP c5!", "evonorm-s0", {"groups": 2, "activation": "silu"}),
]
KEYS = {"order": "conv-norm-relu-dropout"}


def lines(folder):
    base = drawn_task(folder)
    for number, (line, norm, keys) in enumerate(LINES):
        keys = {**KEYS, **keys, "model": line}
        task = Task("drawn", base.recipe, keys, {}, base.dataset, base.train, base.test, 5, 1, 0.02)
        yield f"{line} ({norm})", norm, task, folder / f"line{number}"


# Biases that nothing but batch normalizations read, so that none has a gradient.
TAKEN_AWAY = {
    "resnet-8": [f"{layer}.conv.bias" for layer in ("C1", "C2", "C3", "C4", "C5", "C7", "C8")],
    "mobilenet-48k": [f"{layer}.norm.bias" for layer in ("c4", "c10", "c13", "c16", "c19")],  # the ends of its bottlenecks
}


def presets(folder):
    for name in ("resnet-20", "resnet-8", "model50k", "mobilenet-48k"):
        task = cifar_task(folder / name, of_each_class=5)
        task.keys, task.own_pixels, task.batch = {"model": name}, {}, 5
        task.taken_away = TAKEN_AWAY.get(name, ())
        yield name, "batch", task, folder / f"{name}-arms"


def main(whole):
    torch.manual_seed(1)
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        for what, norm, task, folder in (presets if whole else lines)(pathlib.Path(name)):
            folder.mkdir()
            arm, = task.run([norm], folder / "fast", dataset=task.dataset, epochs=20, max_steps=20)
            compare(what, norm, "", arm, task, folder)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--presets"]):
        sys.exit("usage: compare_networks.py NORMLAB [--presets]")
    two_programs.program = str(pathlib.Path(sys.argv[1]).resolve())
    main(bool(sys.argv[2:]))
