#!/usr/bin/env python3
"""Whether PyTorch predicts with an export what normlab predicts, where normalizations are equations.

    /usr/bin/python3 tests/inference/compare_equations.py build/normlab

Needs Debian's python3-torch and python3-numpy. The shipped methods by their equations and users'
methods, trained for 24 steps on pictures drawn here: log-probabilities within 1e-4. A step
that moves no weight moves the running values as PyTorch in train() moves those of the export.
"""
import json
import pathlib
import struct
import sys
import tempfile

try:
    import numpy as np
    import torch
    import two_programs
    from two_programs import evaluate, import_model, normlab, predict, read_header
except ModuleNotFoundError:
    print("packages are missing: python3-numpy python3-torch")
    sys.exit(0)

FARTHEST = 1e-4
# C2 and C3 have equal channels and other groups; C3 is applied three times.
LINE = "C6/3 P C8/2 C8/4x3 c12/3 GAP c5!"
SHIPPED = ["none", "batch", "layer", "layer-elementwise", "layer-channels", "group", "instance", "rms"]
OWN = {
    "running values and a learned number": """
        m = avg[N H W](x); v = var[N H W](x)
        top = max[N H W](abs(x - m))
        held = clip((top + eps) / (top.running + eps), 1 / ramp(1, 2, 2, 12), ramp(1, 2, 2, 12))
        y = weight[C] * (x - m) / sqrt(v + eps) * stop(held) + bias[C] + alpha[] * tanh(x / (top + eps))
        """,
    "ghosts and groups": """
        a = avg[M K H W](x); b = var[M K H W](x)
        c = avg[K H W](x); part = sigmoid(mix[G])
        y = weight[K] * (x - part * a - (1 - part) * c) / sqrt(b + eps) + bias[C] * (1 + groups / 10)
        """,
    "Names of Python (half, in)": """
        half = avg[H W](x^2); True = avg[N](half)
        y = (1 + type[C]) * x / sqrt(half + 0.5 * True + eps) + float[H W] + in[]
        """,
    "threshold": """
        n = avg[H W](x^2)
        y = max(weight[C] * x / sqrt(n + eps) + bias[C], tau[C])
        """,
}
RENAMED = """
        a = avg[K H W](x); b = var[K H W](x)
        y = gain[C] * (x - a) / sqrt(b + eps) + shift[C]
        """  # the shipped group normalization
TABLES = {"threshold": "activation = true"}
KEEPING = list(OWN)[:3]  # running values


def write_idx(path, values):
    header = struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape)
    path.write_bytes(header + values.astype(np.uint8).tobytes())


def write_pictures(folder, classes=5, side=10):
    """Noise whose stripes tell the class; the pictures for training and those of the test."""
    folder.mkdir()
    random, drawn = np.random.default_rng(5), []
    for part, count in (("train", 96), ("t10k", 70)):
        labels = random.integers(0, classes, count)
        stripes = np.sin(labels[:, None, None] * np.arange(side)[None, None, :] / 2)
        pictures = np.clip(110 + 70 * stripes + random.uniform(-60, 60, (count, side, side)), 0, 255)
        write_idx(folder / f"{part}-images-idx3-ubyte", pictures)
        write_idx(folder / f"{part}-labels-idx1-ubyte", labels)
        drawn.append(pictures.astype(np.uint8)[:, None])
    return drawn


def train(norm, keys, pictures, folder):
    """The arm's folder, after 24 steps."""
    settings = {"dataset": f"idx:{pictures}", "model": LINE, "epochs": 5, "max_steps": 24, "batch_size": 20,
                "validation": 0, "augment": "none", "dropout": 0.1, "lr": 0.02, "optimizer": "adam",
                "schedule": "constant", "order": "conv-norm-relu-dropout", "norm_momentum": 0.3, "ghost": 9, **keys}
    command = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    normlab("run", "mnist", "--norms", norm, "--out", folder / "run", "--progress", "none", *command)
    return next((folder / "run").glob("*/last.safetensors")).parent


def write_method(title, folder):
    folder.mkdir()
    path = folder / "mine.toml"
    path.write_text(f"title = {json.dumps(title)}\n{TABLES.get(title, '')}\nequation = '''{OWN[title]}'''\n",
                    encoding="utf8")
    return path


def compare_predictions(what, arm, images, folder):
    normlab("export", arm, "--pytorch", folder / "exported")
    model = import_model(folder / "exported")
    state, header = model.load().state_dict(), read_header(folder / "exported" / "model.safetensors")[0]
    if list(header) != list(state):
        sys.exit(f"compare_equations: {what}: tensors {list(header)}, in PyTorch {list(state)}")
    rows, _ = evaluate(arm, folder)
    theirs = predict(model, images)
    distance, spread = float(np.abs(rows - theirs).max()), float(np.abs(rows - rows[0]).max())
    print(f"{what}: log-probabilities at most {distance:.1e} apart, images by up to {spread:.1e}")
    if not distance <= FARTHEST or not spread > 100 * distance:
        sys.exit(f"compare_equations: {what}: expected at most {FARTHEST}, and images that differ by far more")
    with torch.no_grad():  # the other normalizations in this file
        for norm in SHIPPED:
            scores = model.Net(norm).eval()(model.prepare(torch.from_numpy(images[:4].copy())))
            if scores.shape != (4, 5) or not torch.isfinite(scores).all():
                sys.exit(f"compare_equations: {what}: Net({norm!r}) gives {scores}")
    return model


def compare_training_pass(title, statistics, pictures, images, folder):
    """One step over all training pictures, with a learning rate of nearly nothing."""
    arm = train(write_method(title, folder), {
        "bn_statistics": statistics, "batch_size": len(images), "epochs": 1, "max_steps": 1, "lr": 1e-30,
        "dropout": 0, "shuffle": "false"}, pictures, folder)
    normlab("export", arm, "--pytorch", folder / "exported")
    model = import_model(folder / "exported")
    trained, network = model.load().state_dict(), model.Net()
    weights = {name for name, _ in network.named_parameters()}
    network.load_state_dict({name: trained[name] if name in weights else tensor
                             for name, tensor in network.state_dict().items()})
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    with torch.no_grad():
        network.double().train()(model.prepare(torch.from_numpy(images)).double())
    moved = 0
    for name, tensor in network.state_dict().items():
        distance = float((tensor - trained[name]).abs().max())
        if not distance <= 1e-5 * max(1.0, float(tensor.abs().max())):
            sys.exit(f"compare_equations: {title}: {name}: normlab's lies {distance:.1e} from PyTorch's")
        moved += name not in weights and float((tensor - before[name]).abs().max()) > 1e-3
    if moved != len(before) - len(weights):
        sys.exit(f"compare_equations: {title}: {moved} values moved of {len(before) - len(weights)}")
    print(f"{title}, {statistics}: a training pass moves {moved} running values and counters as PyTorch does")


def main():
    torch.manual_seed(1)
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        pictures = folder / "pictures"
        training, test = write_pictures(pictures)
        for norm in SHIPPED[1:]:
            below = folder / norm
            below.mkdir()
            arm = train(norm, {"norm_program": "equation"}, pictures, below)
            compare_predictions(f"{norm} by its equation", arm, test, below)
        for number, title in enumerate(OWN):
            for statistics in ("shared", "per_application") if title in KEEPING else ("shared",):
                below = folder / f"{number}-{statistics}"
                arm = train(write_method(title, below), {"bn_statistics": statistics}, pictures, below)
                compare_predictions(f"{title}, {statistics}", arm, test, below)
                if title in KEEPING:
                    compare_training_pass(title, statistics, pictures, training, folder / f"pass-{below.name}")
        for program in ("room", "equation"):  # a method whose values have names of their own
            below = folder / f"renamed-{program}"
            below.mkdir()
            (below / "mine.toml").write_text(f"title = 'Renamed'\nequation = '''{RENAMED}'''\n[learned.gain]\ninitial = 1\n")
            arm = train(below / "mine.toml", {"norm_program": program}, pictures, below)
            compare_predictions(f"group with other names by its {program}", arm, test, below)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: compare_equations.py NORMLAB")
    two_programs.program = str(pathlib.Path(sys.argv[1]).resolve())
    main()
