#!/usr/bin/env python3
"""Writes parity.safetensors: 50 training steps of both seed networks in PyTorch.

    /usr/bin/python3 tests/golden/make_golden.py            writes the file beside this script
    /usr/bin/python3 tests/golden/make_golden.py --check    trains again and compares with that file

Needs Debian's python3-torch (1.13). Per case `name`:
    name/losses            [50]    mean loss of each step, trained in float64
    name/float32_step      [50]    |loss in float32 - loss in float64| at float64's weights of that step
    name/float32_distance  [50]    the same for trainings wholly in float32; the largest of four that
                                   differ in the order of summation alone: images in their order or
                                   reversed, with oneDNN's convolutions or without
    name/weights                   final parameters, tensor after tensor, each with the case's stride
    name/sums              [n,2]   per parameter tensor: sum, and sum of squares, of all its elements
    name/running                   final running statistics, tensor after tensor
    name/tracked                   num_batches_tracked, layer after layer
The metadata's key `cases` is the list of what was trained.
"""
import argparse
import json
import pathlib
import struct
import sys
import tempfile

import numpy as np
import torch
from torch.nn import functional
from torch.optim.lr_scheduler import OneCycleLR, ReduceLROnPlateau, StepLR

import synthetic
from networks import SeedNetwork

STEPS, STEPS_PER_EPOCH, SEED = 50, 5, 7
SAMPLES = 32  # of each tensor, where not all of it is stored
GOLDEN = pathlib.Path(__file__).parent / "parity.safetensors"
SALTS = pathlib.Path(__file__).parent / "salts.json"
TOLERANCE = 1e-9

OPTIMIZERS = [
    {"name": "sgd", "lr": 0.002, "momentum": 0.9, "nesterov": False, "weight_decay": 0.0},
    {"name": "sgd", "lr": 0.002, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    {"name": "adam", "lr": 0.0005, "momentum": 0.0, "nesterov": False, "weight_decay": 0.0},
]
SCHEDULES = [
    {"name": "constant", "numbers": {}},
    {"name": "step", "numbers": {"step_size": 3, "gamma": 0.5}},
    {"name": "onecycle", "numbers": {}},
    {"name": "plateau",
     "numbers": {"factor": 0.5, "patience": 1, "threshold": 0.03, "cooldown": 1}},
]
MODELS = ["mnist-8k", "cifar-37k"]
BATCH = {"mnist-8k": 5, "cifar-37k": 3}
IMAGE = {"mnist-8k": [1, 28, 28], "cifar-37k": [3, 16, 16]}  # small: see find_salts.py


def make_case(model, norm, optimizer, schedule, **others):
    flavour = "nesterov" if optimizer["nesterov"] else optimizer["name"]
    case = {"model": model, "norm": norm, "optimizer": optimizer, "schedule": schedule, "l1": 0.0,
            "dropout": 0.0, "batch": BATCH[model], "image": IMAGE[model], "stride_samples": SAMPLES}
    case.update(others)
    case["name"] = "_".join([model, norm, flavour, schedule["name"]] +
                            [key for key in ("l1", "dropout") if case[key] > 0]).replace("-", "_")
    return case


def all_cases():
    """With the salt of each, and whether float32 follows it to the end: see find_salts.py."""
    salts = json.loads(SALTS.read_text())
    return [{**case, **salts[case["name"]]} for case in unsalted_cases()]


def unsalted_cases():
    """Every pair of (network, norm, optimizer, schedule) occurs; then what stands alone."""
    cases = []
    for s, schedule in enumerate(SCHEDULES):
        for n, norm in enumerate(["batch", "layer", "group"]):
            cases.append(make_case(MODELS[(s + n) % 2], norm, OPTIMIZERS[(s + n) % 3], schedule))
    # All weights of each norm in the small network, and of the large one where a unit is shared.
    for name in ["mnist_8k_batch_sgd_constant", "mnist_8k_layer_nesterov_plateau",
                 "mnist_8k_group_adam_constant", "cifar_37k_batch_sgd_plateau"]:
        next(case for case in cases if case["name"] == name)["stride_samples"] = 0
    cases[0]["batch"] = 17  # a block of 16 images and one more
    sgd, nesterov, adam = OPTIMIZERS
    constant, step, onecycle, plateau = SCHEDULES
    cases += [
        make_case("mnist-8k", "none", sgd, constant),
        make_case("cifar-37k", "none", adam, onecycle),
        make_case("mnist-8k", "batch", sgd, onecycle, l1=0.001),
        make_case("mnist-8k", "batch", sgd, onecycle, dropout=0.05),
        make_case("cifar-37k", "layer", sgd, constant, dropout=0.05),
        make_case("mnist-8k", "layer-elementwise", sgd, constant),
        make_case("cifar-37k", "layer-elementwise", sgd, step),
        make_case("mnist-8k", "layer-channels", nesterov, step),
        make_case("cifar-37k", "layer-channels", sgd, onecycle),
        make_case("cifar-37k", "instance", sgd, plateau),
        make_case("cifar-37k", "instance", adam, step),
        make_case("mnist-8k", "rms", sgd, constant),
        make_case("cifar-37k", "rms", nesterov, plateau),
    ]
    for name in ["cifar_37k_batch_sgd_plateau", "cifar_37k_layer_sgd_constant_dropout"]:
        next(case for case in cases if case["name"] == name)["image"] = [3, 32, 32]
    return cases


def make_optimizer(options, parameters):
    if options["name"] == "adam":
        return torch.optim.Adam(parameters, lr=options["lr"], weight_decay=options["weight_decay"])
    return torch.optim.SGD(parameters, lr=options["lr"], momentum=options["momentum"],
                           nesterov=options["nesterov"], weight_decay=options["weight_decay"])


def make_schedule(options, optimizer, lr):
    numbers = options["numbers"]
    if options["name"] == "step":
        return StepLR(optimizer, **numbers)
    if options["name"] == "onecycle":
        return OneCycleLR(optimizer, max_lr=lr, total_steps=STEPS, **numbers)
    if options["name"] == "plateau":
        return ReduceLROnPlateau(optimizer, **numbers)
    return None


def make_network(case):
    return SeedNetwork(case["model"], case["norm"], case["dropout"], case["image"][1])


def as_float32(case, network, images, labels, address, reverse):
    """The loss of the same weights and batch, computed in float32."""
    twin = make_network(case)
    twin.load_state_dict(network.state_dict())
    order = slice(None, None, -1) if reverse else slice(None)
    with torch.no_grad():
        output = twin(torch.from_numpy(images[order].copy()), *address[:2], address[2][order])
        return functional.nll_loss(output, torch.from_numpy(labels[order].copy())).item()


def train(case, dtype, reverse=False, steps_in_float32=None):
    """The losses and the network; also, when a list is given, float32's distance at every step."""
    network = make_network(case).to(dtype)
    for number, (name, parameter) in enumerate(network.named_parameters()):
        values = synthetic.initial_values(case["salt"], number, name, tuple(parameter.shape))
        parameter.data.copy_(torch.from_numpy(values))
    optimizer = make_optimizer(case["optimizer"], network.parameters())
    schedule = make_schedule(case["schedule"], optimizer, case["optimizer"]["lr"])
    losses = []
    for step in range(STEPS):
        count = synthetic.batch_size(case["batch"], step)
        images, labels = synthetic.batch(case["salt"], step, count, tuple(case["image"]))
        ids = np.arange(count) + step * case["batch"]
        order = np.arange(count)[::-1].copy() if reverse else np.arange(count)
        epoch = step // STEPS_PER_EPOCH
        output = network(torch.from_numpy(images[order]).to(dtype), SEED, epoch, ids[order])
        loss = functional.nll_loss(output, torch.from_numpy(labels[order]))
        losses.append(loss.item())
        if steps_in_float32 is not None:
            steps_in_float32.append(max(
                abs(as_float32(case, network, images, labels, (SEED, epoch, ids), flip) - losses[-1])
                for flip in (False, True)))
        penalty = sum(p.abs().sum() for p in network.parameters()) * case["l1"]
        optimizer.zero_grad()
        (loss + penalty).backward()
        optimizer.step()
        if case["schedule"]["name"] == "onecycle" and step + 1 < STEPS:
            schedule.step()
        elif (step + 1) % STEPS_PER_EPOCH == 0:
            if case["schedule"]["name"] == "plateau":
                schedule.step(sum(losses[-STEPS_PER_EPOCH:]) / STEPS_PER_EPOCH)
            elif case["schedule"]["name"] == "step":
                schedule.step()
    return np.array(losses), network


def float32_distance(case, losses, give_up=np.inf):
    distances = []
    for onednn, reverse in ((True, False), (False, True), (False, False), (True, True)):
        torch.backends.mkldnn.set_flags(onednn)
        distances.append(np.abs(train(case, torch.float32, reverse)[0] - losses))
        if distances[-1].max() > give_up:
            break
    torch.backends.mkldnn.set_flags(True)
    return np.max(distances, axis=0)


def stride(case, size):
    samples = case["stride_samples"]
    return 1 if samples == 0 or size <= 2 * samples else size // samples


def concatenated(tensors):
    return np.concatenate([np.asarray(t, dtype=np.float64).ravel() for t in tensors] or [[]])


def record(case):
    steps_in_float32 = []
    losses, network = train(case, torch.float64, steps_in_float32=steps_in_float32)
    parameters = {name: p.detach().numpy().ravel() for name, p in network.named_parameters()}
    buffers = {name: b.numpy() for name, b in network.named_buffers()}
    case["parameters"] = list(parameters)
    running = [b for name, b in buffers.items() if "running" in name]
    tracked = [b for name, b in buffers.items() if "tracked" in name]
    return {
        "losses": losses,
        "float32_step": np.array(steps_in_float32),
        "float32_distance": float32_distance(case, losses),
        "weights": concatenated(p[::stride(case, p.size)] for p in parameters.values()),
        "sums": np.array([(p.sum(), (p * p).sum()) for p in parameters.values()]),
        "running": concatenated(running),
        "tracked": concatenated(tracked),
    }


def write_tensors(path, tensors, metadata):
    """The safetensors format, all float64."""
    header, offset = {"__metadata__": metadata}, 0
    for name, values in tensors.items():
        header[name] = {"dtype": "F64", "shape": list(values.shape),
                        "data_offsets": [offset, offset + values.nbytes]}
        offset += values.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for values in tensors.values():
            file.write(values.astype("<f8").tobytes())


def read_tensors(path):
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    metadata = header.pop("__metadata__")
    return {name: np.frombuffer(data[8 + length:][slice(*row["data_offsets"])], dtype="<f8")
            for name, row in header.items()}, metadata


def write(path):
    cases, tensors = all_cases(), {}
    for case in cases:
        for key, values in record(case).items():
            tensors[f"{case['name']}/{key}"] = values
        distance = tensors[f"{case['name']}/float32_distance"]
        losses = tensors[f"{case['name']}/losses"]
        print(f"{case['name']:36} loss {losses[0]:.4f} -> {losses[-1]:.4f}, float32 within "
              f"{tensors[case['name'] + '/float32_step'].max():.1e} at a step, "
              f"{distance.max():.1e} in {STEPS}", flush=True)
    metadata = {"cases": json.dumps(cases, separators=(",", ":")), "seed": str(SEED),
                "steps": str(STEPS), "steps_per_epoch": str(STEPS_PER_EPOCH),
                "torch": torch.__version__}
    write_tensors(path, tensors, metadata)


def check():
    """Float32's distances depend on the machine's kernels: they are printed, not compared."""
    with tempfile.TemporaryDirectory() as folder:
        live_path = pathlib.Path(folder) / "parity.safetensors"
        write(live_path)
        live, live_metadata = read_tensors(live_path)
    golden, metadata = read_tensors(GOLDEN)
    if live.keys() != golden.keys() or live_metadata["cases"] != metadata["cases"]:
        sys.exit(f"{GOLDEN.name} holds other cases than this script: run make_golden.py and commit")
    worst = 0.0
    for name, values in golden.items():
        if "/float32_" in name or values.size == 0:
            continue
        difference = np.abs(live[name] - values).max()
        worst = max(worst, difference)
        if not difference <= TOLERANCE:
            sys.exit(f"{name}: PyTorch now differs by {difference:.2e}, allowed {TOLERANCE:.0e}")
    print(f"PyTorch {torch.__version__} reproduces {GOLDEN.name}: largest difference {worst:.1e}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the committed file")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.check:
        check()
    else:
        write(GOLDEN)


if __name__ == "__main__":
    main()
