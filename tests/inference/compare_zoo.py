#!/usr/bin/env python3
"""Whether every shipped normalization trains and predicts in PyTorch as in normlab, by its export.

    /usr/bin/python3 tests/inference/compare_zoo.py build/normlab            small networks on pictures drawn here
    /usr/bin/python3 tests/inference/compare_zoo.py build/normlab --whole    the presets on MNIST and CIFAR-10
    /usr/bin/python3 tests/inference/compare_zoo.py build/normlab --whole cifar-37k    one of them

Needs Debian's python3-torch, python3-numpy and python3-pil. Of each method a network is trained for a moment and
exported.
  - Predictions: log-probabilities at most 1e-4 apart, the most likely class the same wherever the two largest lie farther
    from each other; with --whole of all 10,000 test images.
  - Training: from the same weights, which are nowhere at their initial values, the exported module under PyTorch's
    autograd and normlab's plain engine, both in float64: the losses of all steps, every weight and every running value
    afterwards within 1e-9; with --whole for 50 steps of mnist-8k and 4 of cifar-37k.
batch-renorm stands once more with its ramps within these steps.
"""
import csv
import gzip
import json
import pathlib
import re
import sys
import tempfile

try:
    import numpy as np
    import tomllib
    import torch
    import two_programs
    from compare_equations import write_idx, write_pictures
    from PIL import Image
    from torch.nn import functional
    from two_programs import evaluate, import_model, normlab, predict, read_header, read_tensors, write_checkpoint
except ModuleNotFoundError:
    print("packages are missing: python3-numpy python3-pil python3-torch")
    sys.exit(0)

FARTHEST, PREDICTED = 1e-9, 1e-4
KEYS = {"validation": 0, "augment": "none", "dropout": 0, "optimizer": "sgd", "momentum": 0.9, "schedule": "constant",
        "l1": 0, "l2": 0, "norm_momentum": 0.3, "ghost": 12, "layer_statistics": "false"}

NORM_FIRST = "conv-norm-relu-dropout"
# A preset's ten layers without shortcuts: from PyTorch's own weights a method that divides by nothing hands on nothing.
KEPT_SCALE = {"initialization.first": "kaiming_normal", "initialization.filter": "kaiming_normal"}
GROWS = ("grn",)  # it multiplies, and diverges from those


class Task:
    """A network and pictures: `train` for the comparison of a training, a folder's images for the predictions."""

    def __init__(self, name, recipe, keys, own_pixels, dataset, train, test, batch, epochs, lr):
        self.name, self.recipe, self.keys, self.dataset, self.train, self.test = name, recipe, keys, dataset, train, test
        self.own_pixels = own_pixels  # keys for methods that pool the pixels of a channel
        self.batch, self.epochs, self.lr = batch, epochs, lr
        self.taken_away = ()  # biases that nothing but batch normalizations read, so that none has a gradient

    def run(self, norms, folder, **keys):
        """The folders of the arms, which have one architecture."""
        settings = {**KEYS, "batch_size": self.batch, "lr": self.lr, **self.keys,
                    **(self.own_pixels if needs_pixels(norms[0]) else {}), **keys}
        if norms[0] in GROWS:
            settings = {key: value for key, value in settings.items() if key not in KEPT_SCALE}
        command = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
        normlab("run", self.recipe, "--norms", ",".join(map(str, norms)), "--out", folder, "--progress", "none", *command)
        return [path.parent for path in folder.glob("*/last.safetensors")]

    def train_all(self, norms, folder):
        """Every method for a moment by the fast engine; the folder of each."""
        arms = {}
        kinds = [(needs_pixels(norm), norm in GROWS) for norm in norms]
        for number, kind in enumerate(sorted(set(kinds))):
            some = [norm for norm, its in zip(norms, kinds) if its == kind]
            for arm in self.run(some, folder / f"fast-{number}", dataset=self.dataset, epochs=20, max_steps=50):
                arms[arm.name.removesuffix("-seed1")] = arm
        return arms


def shipped():
    """The program and the text of each method by its name; those that run by their equation first."""
    norms = sorted(json.loads(normlab("norms", "--json"))["norms"], key=lambda each: each["program"])
    return {each["name"]: (each["program"], each["text"]) for each in norms}


def needs_pixels(norm):
    """Whether it is refused on a map of one pixel; without a ReLU behind it, an average over its map may be 0."""
    return norm in ("instance", "switchable", "batch-instance", "evonorm-b0")


def drawn_task(folder):
    images, test = write_pictures(folder / "drawn")
    classes = np.frombuffer((folder / "drawn" / "train-labels-idx1-ubyte").read_bytes(), dtype=np.uint8)[8:]
    dataset = f"idx:{folder / 'drawn'}"
    return Task("small", "mnist", {"model": "C8/2 P C8/4x2 c12/3 GAP c5!"}, {"order": NORM_FIRST},
                dataset, (images, classes, dataset), test, 20, 2, 0.05)


def read_gzipped(path):
    data = pathlib.Path(path).read_bytes()
    return np.frombuffer(gzip.decompress(data) if path.endswith(".gz") else data, dtype=np.uint8)


def paths_of_data(recipe, folder):
    """The files of the recipe's data set, as a run of a step names them."""
    normlab("run", recipe, "--norms", "none", "--out", folder, "--progress", "none", "--set", "max_steps=1")
    paths = [each["path"] for each in json.loads((folder / "environment.json").read_text())["data"]]
    return {pathlib.Path(path).name.removesuffix(".gz"): path for path in paths}


def mnist_task(folder):
    """50 steps of 64 images; their test takes some hundred, by the plain engine."""
    paths = paths_of_data("mnist", folder / "mnist")
    whole = {part: (read_gzipped(paths[f"{part}-images-idx3-ubyte"])[16:].reshape(-1, 28, 28),
                    read_gzipped(paths[f"{part}-labels-idx1-ubyte"])[8:]) for part in ("train", "t10k")}
    (folder / "few").mkdir()
    for part, count in (("train", 3200), ("t10k", 200)):
        images, labels = (values[:count] for values in whole[part])
        write_idx(folder / "few" / f"{part}-images-idx3-ubyte", images)
        write_idx(folder / "few" / f"{part}-labels-idx1-ubyte", labels)
    images, labels = whole["train"]
    more_than_a_pixel = {"model": "C8v/2 C16v P c8! C16v C16v C16v A6 c16! c10!", "order": NORM_FIRST}
    return Task("mnist-8k", "mnist", {"model": "mnist-8k", **KEPT_SCALE}, more_than_a_pixel, "mnist",
                (images[:3200, None], labels[:3200], f"idx:{folder / 'few'}"), whole["t10k"][0][:, None], 64, 1, 0.02)


def cifar_task(folder, of_each_class=40):
    """4 steps of 100 images, which a folder has class by class; or fewer of them."""
    paths = paths_of_data("cifar10", folder / "cifar")

    def read(name):
        records = np.frombuffer(pathlib.Path(paths[name]).read_bytes(), dtype=np.uint8).reshape(-1, 3073)
        return records[:, 1:].reshape(-1, 3, 32, 32), records[:, 0]

    images, labels = read("data_batch_1.bin")
    chosen = np.concatenate([np.flatnonzero(labels == label)[:of_each_class] for label in range(10)])
    for part, indices in (("train", chosen), ("test", chosen[::min(8, of_each_class)])):
        for number, index in enumerate(indices):
            below = folder / "photos" / part / f"class{labels[index]}"
            below.mkdir(parents=True, exist_ok=True)
            Image.fromarray(images[index].transpose(1, 2, 0)).save(below / f"{number:03}.png")
    keys = {"model": "cifar-37k", "bn_statistics": "per_application", **KEPT_SCALE}
    return Task("cifar-37k", "cifar10", keys, {"order": NORM_FIRST}, "cifar10",
                (images[chosen], labels[chosen], f"folder:{folder / 'photos'}@3x32x32"), read("test_batch.bin")[0], 100,
                1, 0.02)


def early_ramps(text, folder):
    """batch-renorm whose r and d are free within a few steps."""
    for late, early in (("5000", "2"), ("40000", "7"), ("25000", "6")):
        text = re.sub(rf"\b{late}\b", early, text)
    path = folder / "early.toml"
    path.write_text(text.replace('title = "', 'title = "Early '), encoding="utf8")
    return path


def compare_predictions(what, arm, images, folder):
    """The exported model, whose predictions are normlab's."""
    normlab("export", arm, "--pytorch", folder / "exported")
    model = import_model(folder / "exported")
    rows, _ = evaluate(arm, folder)
    theirs = predict(model, images)
    if rows.shape != theirs.shape:
        sys.exit(f"compare_zoo: {what}: predictions {rows.shape}, in PyTorch {theirs.shape}")
    distance, spread = float(np.abs(rows - theirs).max()), float(np.abs(rows - rows[0]).max())
    ordered = np.sort(rows, axis=1)
    clear = ordered[:, -1] - ordered[:, -2] > PREDICTED
    differ = rows.argmax(1) != theirs.argmax(1)
    print(f"{what}: {len(rows)} images, log-probabilities at most {distance:.1e} apart, images by up to {spread:.1e}, "
          f"{int(differ.sum())} classes differ, {int((~clear).sum())} are too close to call", flush=True)
    if not distance <= PREDICTED or (differ & clear).any() or not spread > 10 * distance:
        sys.exit(f"compare_zoo: {what}: expected at most {PREDICTED}, and images that differ by more")
    return model


def bounds_of(text):
    learned = tomllib.loads(text).get("learned", {})
    return {name: table["bounds"] for name, table in learned.items() if "bounds" in table}


def ending(name):
    """What a method's file calls a parameter."""
    return name.split(".")[-1].removeprefix("learned_")


def begin(model, bounds):
    """A network in float64 that stands where nothing that is learned is idle."""
    network = model.Net().double()
    network.load_state_dict(model.load().double().state_dict())
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if name.endswith("conv.weight"):
                continue
            low, high = bounds.get(ending(name), (-np.inf, np.inf))
            noise = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
            parameter.add_(0.2 * noise).clamp_(low + 0.1, high - 0.1)
    return network.train()


def train_here(network, model, images, labels, bounds, task):
    """The loss of every step."""
    prepared = model.prepare(torch.from_numpy(images.copy())).double()
    labels = torch.from_numpy(labels.astype(np.int64))
    optimizer = torch.optim.SGD(network.parameters(), lr=task.lr, momentum=KEYS["momentum"])
    losses = []
    for _ in range(task.epochs):
        for first in range(0, len(images), task.batch):
            for module in network.modules():
                if hasattr(module, "completed_steps"):
                    module.completed_steps = len(losses)
            part = slice(first, first + task.batch)
            loss = functional.nll_loss(network(prepared[part]), labels[part])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            with torch.no_grad():
                for name, parameter in network.named_parameters():
                    parameter.clamp_(*bounds.get(ending(name), (None, np.inf)))
    return losses


def compare_training(what, norm, text, model, task, folder):
    images, labels, dataset = task.train
    bounds = bounds_of(text)
    network = begin(model, bounds)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    write_checkpoint(folder / "init.safetensors", {}, before)
    arm, = task.run([norm], folder / "plain", dataset=dataset, init=folder / "init.safetensors", engine="reference64",
                    epochs=task.epochs, max_steps=0, shuffle="false", log_steps="true")
    metadata = read_header(arm / "last.safetensors")[1]  # these pictures may be other ones than the export's
    model.MEAN, model.DEVIATION = (json.loads(metadata[f"dataset.{each}"]) for each in ("mean", "deviation"))
    with open(arm / "steps.csv", encoding="utf8") as file:
        losses = [float(row["loss"]) for row in csv.DictReader(file)]
    theirs = train_here(network, model, images, labels, bounds, task)
    if len(losses) != len(theirs):
        sys.exit(f"compare_zoo: {what}: {len(losses)} steps, in PyTorch {len(theirs)}")
    worst, at = max((abs(a - b), f"loss of step {i + 1}") for i, (a, b) in enumerate(zip(losses, theirs)))
    found, still = read_tensors(arm / "last.safetensors"), []
    for name, expected in network.state_dict().items():
        if found[name].shape != expected.shape:
            sys.exit(f"compare_zoo: {what}: {name}: {found[name].shape}, in PyTorch {expected.shape}")
        distance = float((found[name].double() - expected).abs().max()) / max(1.0, float(expected.abs().max()))
        worst, at = max((worst, at), (distance, name))
        if torch.equal(expected, before[name]) and name not in task.taken_away:
            still.append(name)
    print(f"{what}: {len(losses)} steps in float64, losses {losses[0]:.3f} to {losses[-1]:.3f}, {len(found)} tensors, "
          f"{worst:.1e} apart ({at})", flush=True)
    if not worst <= FARTHEST:
        sys.exit(f"compare_zoo: {what}: farther than {FARTHEST}")
    if still:
        sys.exit(f"compare_zoo: {what}: {', '.join(still)} stood still")


def compare(what, norm, text, arm, task, folder):
    folder.mkdir(exist_ok=True)
    model = compare_predictions(what, arm, task.test, folder)
    compare_training(what, norm, text, model, task, folder)


def compare_all(task, methods, folder):
    folder.mkdir()
    arms = task.train_all(methods, folder)
    for norm, text in methods.items():
        compare(f"{norm}, {task.name}", norm, text, arms[norm], task, folder / norm)
    text, below = methods["batch-renorm"], folder / "early"
    below.mkdir()
    norm = early_ramps(text, below)
    # A unit's further applications read shared values as the pass began here, and as they began there.
    task.keys["bn_statistics"] = "per_application"
    arm, = task.run([norm], below / "fast", dataset=task.dataset, epochs=20, max_steps=50)
    compare(f"batch-renorm with early ramps, {task.name}", norm, text, arm, task, below)


# Beside batch normalization; the last is a user's own.
WEIGHTS = ["standardized", "scaled", "weight-norm",
           "p = avg[I](w^2); y = (1 + gain[O]) * w / sqrt(p + 1 / fan_in) + tilt[I Y] * tanh(tone[] * w)"]


def compare_weights(task, folder):
    for number, weights in enumerate(WEIGHTS):
        below = folder / f"weights-{number}"
        below.mkdir()
        task.keys["weights"] = weights
        arm, = task.run(["batch"], below / "fast", dataset=task.dataset, epochs=20, max_steps=50)
        compare(f"weights {weights}, {task.name}", "batch", "", arm, task, below)
    del task.keys["weights"]


PRESETS = {"mnist-8k": mnist_task, "cifar-37k": cifar_task}


def main(presets):
    torch.manual_seed(1)
    torch.set_num_threads(1)
    methods = shipped()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if not presets:  # those with rooms are PyTorch's own modules, and compared by the other programs of this folder
            task = drawn_task(folder)
            compare_all(task, {norm: text for norm, (program, text) in methods.items()
                                             if program == "equation"}, folder / "small")
            compare_weights(task, folder / "small")
            return
        for preset in presets:
            task = PRESETS[preset](folder)
            compare_all(task, {norm: text for norm, (_, text) in methods.items()}, folder / f"{task.name}-arms")
            compare_weights(task, folder / f"{task.name}-arms")


def wanted(words):
    """The presets that the words behind the program's name ask for; none for the small networks, None for a mistake."""
    if words[:1] == ["--whole"] and set(words[1:]) <= set(PRESETS):
        return words[1:] or list(PRESETS)
    return None if words else []


if __name__ == "__main__":
    presets = wanted(sys.argv[2:])
    if len(sys.argv) < 2 or presets is None:
        sys.exit(f"usage: compare_zoo.py NORMLAB [--whole [{'|'.join(PRESETS)}]]")
    two_programs.program = str(pathlib.Path(sys.argv[1]).resolve())
    main(presets)
