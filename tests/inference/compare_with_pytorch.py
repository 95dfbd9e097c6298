#!/usr/bin/env python3
"""Whether PyTorch predicts with an export what normlab predicts with the checkpoint.

    /usr/bin/python3 tests/inference/compare_with_pytorch.py build/normlab

Needs Debian's python3-torch, python3-numpy and python3-pil.
  - Batch normalization, trained for a moment: all 10,000 test images of CIFAR-10 (of Fashion-MNIST
    where CIFAR-10 is not found) have the same most likely class. An image may differ only where the
    two largest log-probabilities are closer than rounding allows; none is expected to.
  - Every normalization that has a room, with random weights, in one of two orders of the
    block, over some hundred images; and batch normalization with statistics for each application.
  - Networks of random lines, trained for three steps, within the same distance.
  - One training pass over a folder of pictures moves each application's running statistics as
    PyTorch in train() moves those of the export.
  - Pictures: a test image saved as PNG gets the bits of its evaluation; one of another size gets
    the same probabilities from the exported program; files of every kind of PNG and JPEG have the
    same pixels and the same probabilities.
"""
import gzip
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

LINE = "C6/2 P C8v/4 C8/4x3 c12/3 A4 C6/2 P c10!"
ORDERS = ["conv-relu-dropout-norm", "conv-norm-relu-dropout"]
SOME = 512  # images for every normalization

try:
    import numpy as np
    import torch
    from PIL import Image
    import two_programs
    from decoded_pictures import read_decoded
    from two_programs import compare, evaluate, import_model, normlab, predict, read_header, rounding_of, write_checkpoint
except ModuleNotFoundError:
    print("packages are missing: python3-numpy python3-torch python3-pil")
    sys.exit(0)


def norm_names(program=""):
    """Of all shipped methods, or of those whose program's name begins so."""
    norms = json.loads(normlab("norms", "--json"))["norms"]
    return [each["name"] for each in norms if each["program"].startswith(program)]


def train(folder):
    """A short training; the data set's test images as uint8 [N, C, H, W] and the arm's folder."""
    for recipe in ("cifar10", "fashion"):
        run = folder / recipe
        command = [two_programs.program, "run", recipe, "--norms", "batch", "--out", run, "--progress", "none",
                   "--set", "max_steps=150"]
        if subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          check=False).returncode != 0:
            continue
        files = [each["path"] for each in json.loads((run / "environment.json").read_text())["data"]]
        images = read_images(files)
        if images is not None:
            return recipe, images, run / "batch-seed1"
    sys.exit("compare_with_pytorch: neither CIFAR-10 (binary, as files) nor Fashion-MNIST is here")


def read_images(files):
    """Read here once more, by nothing of normlab's."""
    for path in files:
        name = pathlib.Path(path).name
        if name == "test_batch.bin" and "!" not in path:
            records = np.frombuffer(pathlib.Path(path).read_bytes(), dtype=np.uint8)
            return records.reshape(-1, 3073)[:, 1:].reshape(-1, 3, 32, 32)
        if name.startswith("t10k-images"):
            data = pathlib.Path(path).read_bytes()
            data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
            return np.frombuffer(data, dtype=np.uint8)[16:].reshape(-1, 1, 28, 28)
    return None


def randomize(model, norm, images):
    """A network in which nothing that a normalization holds stays at 0 or 1, and whose answer
    depends on the image: without the last step one class would be ahead for all."""
    network = model.Net(norm)
    state = network.state_dict()
    for name, tensor in state.items():
        if name.endswith("conv.weight"):
            tensor.mul_(2)
        elif name.endswith("norm.weight"):
            tensor.uniform_(0.5, 1.5)
        elif name.endswith("norm.bias"):
            tensor.uniform_(-0.3, 0.3)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 0.7
    features = []
    hook = network.c6.register_forward_pre_hook(lambda _, values: features.append(values[0]))
    with torch.no_grad():
        prepared = model.prepare(torch.from_numpy(images[:64].copy()))
        network.train()(prepared)
        network.eval()(prepared)
        hook.remove()
        mean = features[-1].mean(dim=(0, 2, 3))
        last = state["c6.conv.weight"][:, :, 0, 0]
        last.sub_(torch.outer(last @ mean, mean) / (mean @ mean)).mul_(10)
    return state


def with_keys(metadata, **keys):
    """Metadata of LINE with these keys of the configuration."""
    config = {line.split(" = ")[0]: line for line in metadata["config"].splitlines()}
    for key, value in {"model": LINE, **keys}.items():
        config[key] = f"{key} = {json.dumps(value)}"
    return {**metadata, "config": "\n".join(config.values()) + "\n"}


def compare_norm(norm, order, metadata, images, folder):
    folder.mkdir()
    metadata = with_keys(metadata, norm=norm, order=order)
    # The names and shapes come from PyTorch's modules; normlab refuses a file that is not its own.
    bare = folder / "bare.safetensors"
    write_checkpoint(bare, metadata, randomize(TEMPLATE[order], norm, images))
    normlab("export", bare, "--pytorch", folder / "exported")
    rows, _ = evaluate(bare, folder)
    compare(f"{norm}, {order}", import_model(folder / "exported"), images[:SOME], rows[:SOME])


def make_template(order, arm_metadata, folder):
    """model.py of LINE in this order: exported from a checkpoint without normalization."""
    metadata = with_keys(arm_metadata, norm="none", order=order)
    inputs, state = json.loads(arm_metadata["dataset.shape"])[0], {}
    for name, outputs, kernel in [("C1", 6, 3), ("C2", 8, 3), ("C3", 8, 3), ("c4", 12, 1),
                                  ("C5", 6, 3), ("c6", 10, 1)]:
        state[f"{name}.conv.weight"] = torch.zeros(outputs, inputs, kernel, kernel)
        inputs = outputs
    checkpoint = folder / f"template-{order}.safetensors"
    write_checkpoint(checkpoint, metadata, state)
    normlab("export", checkpoint, "--pytorch", folder / f"template-{order}")
    return import_model(folder / f"template-{order}")


def compare_applications(order, metadata, images, folder):
    """Batch normalization whose unit C3 keeps statistics for each of its three applications."""
    folder.mkdir()
    metadata = with_keys(metadata, norm="batch", order=order, bn_statistics="per_application",
                         norm_momentum=0.7)
    state = {}
    for name, tensor in TEMPLATE[order].Net("batch").state_dict().items():
        several = name.startswith("C3.norm.") and name.split(".")[2] not in ("weight", "bias")
        for each in (f"{name}_{number}" for number in (1, 2, 3)) if several else [name]:
            state[each] = tensor
    write_checkpoint(folder / "first.safetensors", metadata, state)
    normlab("export", folder / "first.safetensors", "--pytorch", folder / "first")
    model = import_model(folder / "first")
    state = randomize(model, "batch", images)
    means = [state[f"C3.norm.running_mean_{number}"] for number in (1, 2, 3)]
    if any(torch.allclose(one, other, atol=0.01) for one, other in zip(means, means[1:])):
        sys.exit("compare_with_pytorch: sets of statistics that are the same compare nothing")
    bare = folder / "bare.safetensors"
    write_checkpoint(bare, metadata, state)
    normlab("export", bare, "--pytorch", folder / "exported")
    if list(read_header(folder / "exported" / "model.safetensors")[0]) != list(state):
        sys.exit("compare_with_pytorch: tensors in another order than state_dict()'s")
    rows, _ = evaluate(bare, folder)
    compare(f"batch per application, {order}", import_model(folder / "exported"), images[:SOME],
            rows[:SOME])
    for norm in norm_names("room"):  # the other normalizations in this file
        with torch.no_grad():
            theirs = model.Net(norm).eval()(model.prepare(torch.from_numpy(images[:8].copy())))
        if theirs.shape != (8, 10) or not torch.isfinite(theirs).all():
            sys.exit(f"compare_with_pytorch: Net({norm!r}) beside statistics for each application")


def compare_training_pass(images, folder):
    """A step of training over all pictures of a folder, with a learning rate of nearly nothing."""
    folder.mkdir()
    count = 90
    for index in range(count):
        below = folder / "photos" / ("test" if index % 9 == 8 else "train") / f"class{index % 2}"
        below.mkdir(parents=True, exist_ok=True)
        picture = images[index].transpose(1, 2, 0)
        picture = picture if picture.shape[2] == 3 else picture[:, :, 0]
        Image.fromarray(picture).save(below / f"{index}.png")
    training = np.stack([images[i] for i in range(count) if i % 9 != 8])
    channels, height, width = images.shape[1:]
    settings = [f"dataset=folder:{folder / 'photos'}@{channels}x{height}x{width}",
                "model=C6/2 P C8/2 C8/2x3 GAP c2!", "bn_statistics=per_application", "norm_momentum=0.3",
                "epochs=1", "validation=0", f"batch_size={len(training)}", "augment=none",
                "dropout=0", "lr=1e-30", "schedule=constant", "groups=2"]
    normlab("run", "fashion", "--norms", "batch", "--out", folder / "run", "--progress", "none",
            *(part for setting in settings for part in ("--set", setting)))
    normlab("export", folder / "run" / "batch-seed1", "--pytorch", folder / "exported")
    model = import_model(folder / "exported")
    trained = model.load().state_dict()
    network = model.Net()
    network.load_state_dict({name: trained[name] if name.split(".")[-1] in ("weight", "bias") else
                             tensor for name, tensor in network.state_dict().items()})
    with torch.no_grad():
        network.double().train()(model.prepare(torch.from_numpy(training)).double())
    moved = 0
    for name, tensor in network.state_dict().items():
        if tensor.dtype == torch.int64 and (tensor != 1 or trained[name] != 1):
            sys.exit(f"compare_with_pytorch: {name}: expected 1, found {trained[name]}")
        distance = float((tensor - trained[name]).abs().max())
        if not distance <= 1e-5 * max(1.0, float(tensor.abs().max())):
            sys.exit(f"compare_with_pytorch: {name}: normlab's lies {distance:.1e} from PyTorch's")
        moved += "running_mean" in name and float(tensor.abs().max()) > 1e-3
    if moved != 5:
        sys.exit(f"compare_with_pytorch: expected 5 running means that moved, found {moved}")
    print(f"a training pass over {len(training)} pictures: the running statistics of every "
          "application are PyTorch's")


class RandomLine:
    """A line of the notation, drawn from a seed, with the keys beside it."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.norm = self.random.choice(norm_names())
        steps = ["relu", "norm", "dropout"]
        self.random.shuffle(steps)
        self.keys = {"groups": "2", "order": "-".join(["conv", *steps]),
                     "dropout": self.random.choice(["0", "0.2"]),
                     "bn_statistics": self.random.choice(["shared", "per_application"])}
        words = [self.random.choice(["", "", "P", "A2"])]
        channels = 0
        for _ in range(self.random.randint(1, 5)):
            repeat = self.random.choice(["", "", "x2", "x3"]) if channels else ""
            channels = channels if repeat else 2 * self.random.randint(1, 9)
            words.append(self.random.choice("Cc") + str(channels) + repeat + self.random.choice(["", "", "!"]))
            words.append(self.random.choice(["", "", "", "P"]))
        self.keys["model"] = " ".join([*filter(None, words), "GAP", "c10!"])


def compare_random_lines(recipe, images, folder):
    """NORMLAB_RANDOM_EXPORTS more lines than a few, NORMLAB_RANDOM_SEED others."""
    count = int(os.environ.get("NORMLAB_RANDOM_EXPORTS", "8"))
    seed = int(os.environ.get("NORMLAB_RANDOM_SEED", "1"))
    folder.mkdir()
    compared = number = 0
    while compared < count:
        line = RandomLine(f"{seed} {number}")
        run, number = folder / str(number), number + 1
        keys = [word for key, value in line.keys.items() for word in ("--set", f"{key}={value}")]
        command = [two_programs.program, "run", recipe, "--norms", line.norm, *keys, "--set", "max_steps=3", "--set",
                   "validation=0", "--set", "augment=none", "--out", run, "--progress", "none"]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        if ended.returncode == 2 and number < 4 * count + 10:
            continue  # what this normalization cannot do
        if ended.returncode != 0:
            sys.exit(f"compare_with_pytorch: {' '.join(map(str, command))}\n{ended.stderr}")
        arm = next(path.parent for path in run.glob("*/last.safetensors"))
        normlab("export", arm, "--pytorch", run / "exported")
        rows, _ = evaluate(arm, run)
        compare(f"{line.norm}, {line.keys}", import_model(run / "exported"), images[:SOME], rows[:SOME],
                varied=False)
        compared += 1


def compare_pictures(model, arm, images, rows, folder):
    """PNG files, through both programs."""
    names = []
    for index in range(3):
        picture = images[index].transpose(1, 2, 0)
        names.append(folder / f"{index}.png")
        Image.fromarray(picture if picture.shape[2] == 3 else picture[:, :, 0]).save(names[-1])
    noise = np.random.default_rng(1).integers(0, 256, (70, 101, 4), dtype=np.uint8)
    noise[:, :, 3] = 255
    names.append(folder / "large.png")
    Image.fromarray(noise).save(names[-1])
    answer = json.loads(normlab("predict", arm, *names, "--json", "--top", 10))
    for index, picture in enumerate(answer["images"]):
        picture_pixels = model.read_picture(names[index]).unsqueeze(0).numpy()
        theirs = predict(model, picture_pixels)[0]
        exact = predict(model, picture_pixels, torch.float64)[0]
        rounding = rounding_of(theirs, exact)
        for each in picture["classes"]:
            ours = each["log_probability"]
            if index < 3 and np.float32(ours) != rows[index][each["index"]]:
                sys.exit(f"compare_with_pytorch: {names[index]}: not the bits of its evaluation")
            if not abs(ours - exact[each["index"]]) <= rounding:
                sys.exit(f"compare_with_pytorch: {names[index]}: PyTorch sees something else")
    print("pictures: 3 test images have the bits of their evaluation, a larger one PyTorch's values")
    return names


def compare_kinds(model, arm, folder):
    """Every kind of PNG and JPEG: the same pixels and the same predictions. The files have numbers
    for names, without an ending."""
    folder.mkdir()
    names = []
    for index, (name, file, expected) in enumerate(read_decoded()):
        path = folder / f"{index:03}"
        path.write_bytes(file)
        found = np.asarray(model.open_picture(path))
        found = found[None] if found.ndim == 2 else found.transpose(2, 0, 1)
        if not np.array_equal(found, expected):
            sys.exit(f"compare_with_pytorch: {name}: model.py sees other pixels than normlab")
        names.append(name)
    answer = json.loads(normlab("predict", arm, folder, "--json", "--top", 10))
    if len(answer["images"]) != len(names):
        sys.exit(f"compare_with_pytorch: {len(names)} pictures, {len(answer['images'])} predictions")
    pixels = np.stack([model.read_picture(each["path"]).numpy() for each in answer["images"]])
    theirs, exact = predict(model, pixels), predict(model, pixels, torch.float64)
    rounding = rounding_of(theirs, exact)
    for index, picture in enumerate(answer["images"]):
        for each in picture["classes"]:
            if not abs(each["log_probability"] - exact[index][each["index"]]) <= rounding:
                sys.exit(f"compare_with_pytorch: {names[index]}: PyTorch sees something else")
    print(f"pictures: {len(names)} kinds of files have normlab's pixels and predictions")


def run_model(folder, pictures):
    """model.py as a program."""
    for arguments, word in (([], "total"), (pictures, "%")):
        command = [sys.executable, "-B", folder / "model.py", *arguments]
        out = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
        if word not in out:
            sys.exit(f"compare_with_pytorch: model.py printed {out!r}")


def main():
    torch.manual_seed(1)
    torch.set_num_threads(2)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        recipe, images, arm = train(folder)
        normlab("export", arm, "--pytorch", folder / "exported")
        model = import_model(folder / "exported")
        rows, report = evaluate(arm, folder)
        compare(f"batch on {recipe}, trained", model, images, rows)
        if len(rows) != 10000 or report["correct"] != sum(
                each["correct"] for each in report["classes"]):
            sys.exit("compare_with_pytorch: expected 10,000 images and a report that agrees with them")
        run_model(folder / "exported", compare_pictures(model, arm, images, rows, folder))
        compare_kinds(model, arm, folder / "kinds")
        _, metadata = read_header(arm / "last.safetensors")
        for order in ORDERS:
            TEMPLATE[order] = make_template(order, metadata, folder)
        for number, norm in enumerate(norm_names("room")):
            compare_norm(norm, ORDERS[number % len(ORDERS)], metadata, images, folder / norm)
        for order in ORDERS:
            compare_applications(order, metadata, images, folder / f"applications-{order}")
        compare_training_pass(images, folder / "pass")
        compare_random_lines(recipe, images, folder / "random")


TEMPLATE = {}
if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: compare_with_pytorch.py NORMLAB")
    two_programs.program = str(pathlib.Path(sys.argv[1]).resolve())
    main()
