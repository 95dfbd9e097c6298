#!/usr/bin/env python3
"""Whether optimizers, schedules, averages, losses and mixtures train in PyTorch as in normlab.

    /usr/bin/python3 tests/inference/compare_recipes.py build/normlab            a small network on pictures drawn here
    /usr/bin/python3 tests/inference/compare_recipes.py build/normlab --whole    50 steps of mnist-8k

Needs Debian's python3-torch, python3-numpy and python3-pil. From the same weights, the exported module under PyTorch's
autograd and normlab's plain engine, both in float64: the loss, the rate and the momentum of every step, the weights that
are trained and those that are averaged, and every running value afterwards within 1e-9. What PyTorch 1.13 lacks, or has
in bfloat16 alone, is written here from its formula: Muon, lookahead, MixUp and CutMix (whose draws are repeated from
their addresses).
"""
import csv
import json
import math
import pathlib
import sys
import tempfile

try:
    import numpy as np
    import torch
    import compare_zoo
    import two_programs
    from compare_zoo import begin, drawn_task, mnist_task
    from torch.nn import functional
    from torch.optim import lr_scheduler
    from two_programs import import_model, normlab, read_header, read_tensors, write_checkpoint
except ModuleNotFoundError:
    print("packages are missing: python3-numpy python3-pil python3-torch")
    sys.exit(0)

FARTHEST = 1e-9
SEED = 1
SGD = {"optimizer": "sgd", "momentum": 0.9}
MUON = {"optimizer": "muon", "momentum": 0.8, "nesterov": "true", "lr": 0.02}
CASES = {
    "sgd decoupled, multipliers": {**SGD, "l2": 0.1, "decay": "decoupled", "lr_multiplier.head": 2,
                                   "lr_multiplier.first": 0.25, "lr_multiplier.shift": 16, "decay_multiplier.gain": 0},
    "nesterov, clipped": {**SGD, "nesterov": "true", "clip_norm": 0.3, "l1": 0.001},
    "adam": {"optimizer": "adam", "optimizer.beta1": 0.8, "optimizer.beta2": 0.95, "optimizer.eps": 1e-6, "l2": 0.01},
    "adamw, onecycle": {"optimizer": "adamw", "l2": 0.1, "schedule": "onecycle"},
    "adamw, convolutions' decay": {"optimizer": "adamw", "l2": 0.1, "l2_on": "conv", "schedule": "exponential",
                                   "schedule.gamma": 0.5},
    "rmsprop": {"optimizer": "rmsprop", "optimizer.alpha": 0.9, "lr": 0.002, "l2": 0.01},
    "rmsprop centered, momentum": {"optimizer": "rmsprop", "optimizer.centered": "true", "optimizer.momentum": 0.7,
                                   "optimizer.eps": 0.01, "lr": 0.002},
    "muon": {**MUON, "l2": 0.1},
    "muon, adamw beside": {**MUON, "optimizer.others": "adamw", "optimizer.others_lr": 0.003, "optimizer.ns_steps": 3,
                           "optimizer.adjust_lr": "match_rms_adamw", "nesterov": "false"},
    "muon rescaled": {**MUON, "optimizer.rescale": "true", "optimizer.adjust_lr": "none", "lr_multiplier.gain": 2,
                      "schedule": "onecycle", "schedule.base_momentum": 0.6},
    "cosine": {**SGD, "schedule": "cosine", "schedule.warmup": 0.2, "schedule.eta_min": 0.001},
    "linear": {**SGD, "schedule": "linear", "schedule.warmup": 0.23, "schedule.start_factor": 0.2,
               "schedule.end_factor": 0.07},
    "polynomial": {**SGD, "schedule": "polynomial", "schedule.power": 2},
    "trapezoid": {**SGD, "schedule": "trapezoid", "schedule.warmup": 0.1, "schedule.cooldown": 0.3},
    "ema": {**SGD, "average": "ema", "average.decay": 0.9, "average.every": 3},
    "lookahead": {**SGD, "average": "lookahead", "average.decay": 0.95 ** 5, "average.ramp": 3},
    "label smoothing": {**SGD, "label_smoothing": 0.2},
    "mixup": {**SGD, "mix": "mixup", "mix.alpha": 0.4, "label_smoothing": 0.1},
    "cutmix": {**SGD, "mix": "cutmix", "average": "ema", "average.decay": 0.8},
}


class Stream:
    """RandomStream of base/philox.h, ten rounds."""

    def __init__(self, seed, purpose, epoch, item):
        self.seed, self.counter, self.words = seed, [item, epoch, purpose, 0], []

    def bits(self):
        if not self.words:
            words, key = list(self.counter), [self.seed & 0xFFFFFFFF, self.seed >> 32]
            for _ in range(10):
                first, second = words[0] * 0xD2511F53, words[2] * 0xCD9E8D57
                words = [(second >> 32) ^ words[1] ^ key[0], second & 0xFFFFFFFF,
                         (first >> 32) ^ words[3] ^ key[1], first & 0xFFFFFFFF]
                key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
            self.counter[3] += 1
            self.words = words
        return self.words.pop(0)

    def uniform(self):
        high, low = self.bits() >> 5, self.bits() >> 6
        return ((high << 26) | low) * 2.0 ** -53

    def below(self, bound):
        product = self.bits() * bound
        while product & 0xFFFFFFFF < (2 ** 32 - bound) % bound:
            product = self.bits() * bound
        return product >> 32

    def normal(self):
        radius = math.sqrt(-2 * math.log(1 - self.uniform()))
        return radius * math.cos(2 * math.pi * self.uniform())

    def log_gamma(self, shape):
        if shape < 1:
            raised = self.log_gamma(shape + 1)
            return raised + math.log(1 - self.uniform()) / shape
        d = shape - 1 / 3
        while True:
            x = self.normal()
            v = (1 + x / math.sqrt(9 * d)) ** 3
            if v <= 0:
                continue
            if math.log(1 - self.uniform()) < 0.5 * x * x + d - d * v + d * math.log(v):
                return math.log(d * v)

    def beta(self, alpha):
        a, b = self.log_gamma(alpha), self.log_gamma(alpha)
        return 1 / (1 + math.exp(b - a))


def mixed(keys, step, images, labels):
    """torchvision.transforms.v2's MixUp and CutMix with our draws: images and distributions."""
    shares = functional.one_hot(labels, keys["classes"]).double()
    if "mix" not in keys:
        return images, shares
    stream = Stream(SEED, 10, 0, step)
    share = exact(stream.beta(float(keys.get("mix.alpha", 1))))
    if keys["mix"] == "mixup":
        # Pixels are float32 in normlab, their mixtures too.
        own, partner = images.numpy().astype(np.float32), images.roll(1, 0).numpy().astype(np.float32)
        weight = np.float32(share)
        images = torch.from_numpy((weight * own + (np.float32(1) - weight) * partner).astype(np.float64))
    else:
        height, width = images.shape[-2:]
        half = 0.5 * math.sqrt(1 - share)
        column, row = stream.below(width), stream.below(height)
        left, right = max(column - int(half * width), 0), min(column + int(half * width), width)
        top, bottom = max(row - int(half * height), 0), min(row + int(half * height), height)
        images = images.clone()
        images[..., top:bottom, left:right] = images.roll(1, 0)[..., top:bottom, left:right]
        share = exact(1 - (bottom - top) * (right - left) / (height * width))
    return images, share * shares + (1 - share) * shares.roll(1, 0)


def exact(share):
    """Float32 holds a multiple of 2^-24 and what it leaves of 1 exactly."""
    return round(share * 2 ** 24) / 2 ** 24


class Muon(torch.optim.Optimizer):
    """torch.optim.Muon (2.9) in the tensors' own precision; airbench's rescaling of the weights."""

    def __init__(self, groups, **defaults):
        super().__init__(groups, defaults)

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for parameter in group["params"]:
                state = self.state[parameter]
                buffer = state.setdefault("buffer", torch.zeros_like(parameter))
                gradient = parameter.grad
                buffer.lerp_(gradient, 1 - group["momentum"])
                direction = gradient.lerp(buffer, group["momentum"]) if group["nesterov"] else buffer
                x = direction.reshape(len(parameter), -1)
                rows, columns = x.shape
                x = x.T if rows > columns else x
                x = x / x.norm().clamp(min=1e-7)
                for _ in range(group["ns_steps"]):
                    gram = x @ x.T
                    x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
                x = x.T if rows > columns else x
                factor = {"original": math.sqrt(max(1, rows / columns)), "none": 1,
                          "match_rms_adamw": 0.2 * math.sqrt(max(rows, columns))}[group["adjust_lr"]]
                parameter.mul_(1 - group["lr"] * group["weight_decay"])
                if group["rescale"]:
                    parameter.mul_(math.sqrt(rows) / parameter.norm())
                parameter.add_(x.reshape(parameter.shape), alpha=-group["lr"] * factor)


class DecoupledSGD(torch.optim.SGD):
    """SGD whose weight decay is AdamW's."""

    @torch.no_grad()
    def step(self):
        decays = [group["weight_decay"] for group in self.param_groups]
        for group in self.param_groups:
            for parameter in group["params"]:
                parameter.mul_(1 - group["lr"] * group["weight_decay"])
            group["weight_decay"] = 0
        super().step()
        for group, decay in zip(self.param_groups, decays):
            group["weight_decay"] = decay


def roles(network):
    """Of each parameter: whose it is, and what."""
    filters = [name for name, parameter in network.named_parameters() if parameter.dim() == 4]
    first, last = filters[0], filters[-1]
    found = {}
    for name, parameter in network.named_parameters():
        beside = {name.rsplit(".", 1)[0] + ".weight"}
        if last in beside:
            found[name] = "head"
        elif first in beside:
            found[name] = "first"
        else:
            found[name] = "filter" if parameter.dim() == 4 else "gain" if name.endswith("norm.weight") else "shift"
    return found


def make_optimizers(network, keys):
    """All optimizers, and all their groups in one list."""
    whose, lr, l2 = roles(network), float(keys["lr"]), float(keys.get("l2", 0))
    name, momentum = keys["optimizer"], float(keys.get("momentum", 0.9))
    argument = {key.removeprefix("optimizer."): value for key, value in keys.items() if key.startswith("optimizer.")}
    adam = {"betas": (float(argument.get("beta1", 0.9)), float(argument.get("beta2", 0.999))),
            "eps": float(argument.get("eps", 1e-8))}
    sgd = {"momentum": momentum, "nesterov": keys.get("nesterov") == "true"}

    def group(parameter_name, parameter, own_lr=lr):
        role = whose[parameter_name]
        decays = l2 * float(keys.get(f"decay_multiplier.{role}", 1))
        if keys.get("l2_on") == "conv" and parameter.dim() != 4:
            decays = 0.0
        return {"params": [parameter], "lr": own_lr * float(keys.get(f"lr_multiplier.{role}", 1)), "weight_decay": decays}

    everything = list(network.named_parameters())
    if name == "muon":
        matrices = [each for each in everything if each[1].dim() == 4 and whose[each[0]] != "head"]
        others = [each for each in everything if not (each[1].dim() == 4 and whose[each[0]] != "head")]
        own_lr = float(argument.get("others_lr", lr))
        beside = [group(*each, own_lr) for each in others]
        return [Muon([group(*each) for each in matrices], lr=lr, weight_decay=0.0, rescale=argument.get("rescale") == "true",
                     ns_steps=int(argument.get("ns_steps", 5)), adjust_lr=argument.get("adjust_lr", "original"), **sgd),
                torch.optim.AdamW(beside, **adam) if argument.get("others") == "adamw"
                else DecoupledSGD(beside, lr=own_lr, **sgd)]
    groups = [group(*each) for each in everything]
    if name == "sgd":
        return [(DecoupledSGD if keys.get("decay") == "decoupled" else torch.optim.SGD)(groups, lr=lr, **sgd)]
    if name == "rmsprop":
        return [torch.optim.RMSprop(groups, alpha=float(argument.get("alpha", 0.99)), eps=adam["eps"],
                                    momentum=float(argument.get("momentum", 0)), centered=argument.get("centered") == "true")]
    return [(torch.optim.AdamW if name == "adamw" else torch.optim.Adam)(groups, **adam)]


class Trapezoid(lr_scheduler.LambdaLR):
    def __init__(self, optimizer, keep, fall):
        super().__init__(optimizer, lambda step: 1 - max(0, step - keep) / fall)


def make_schedule(optimizer, keys, steps):
    """Stepped after every batch, or None; exponential is stepped after every epoch."""
    argument = {key.removeprefix("schedule."): float(value) for key, value in keys.items() if key.startswith("schedule.")}
    name = keys.get("schedule", "constant")
    if name == "exponential":
        return lr_scheduler.ExponentialLR(optimizer, argument["gamma"])
    if name == "onecycle":
        rates = [group["lr"] for group in optimizer.param_groups]
        return lr_scheduler.OneCycleLR(optimizer, max_lr=rates, total_steps=steps, **argument)
    if name == "constant":
        return None
    rise = int(argument.get("warmup", 0) * steps + 0.5)
    rest = steps - rise
    after = {"cosine": lambda: lr_scheduler.LambdaLR(optimizer, lambda step: 1.0),
             "linear": lambda: lr_scheduler.LinearLR(optimizer, 1.0, argument.get("end_factor", 0.0), rest),
             "polynomial": lambda: lr_scheduler.PolynomialLR(optimizer, rest, argument.get("power", 1.0)),
             "trapezoid": lambda: Trapezoid(optimizer, rest - int(argument.get("cooldown", 0.2) * steps + 0.5),
                                            int(argument.get("cooldown", 0.2) * steps + 0.5))}
    if name == "cosine":
        after["cosine"] = lambda: lr_scheduler.CosineAnnealingLR(optimizer, rest, argument.get("eta_min", 0.0))
    if rise == 0:
        return after[name]()
    return lr_scheduler.SequentialLR(
        optimizer, [lr_scheduler.LinearLR(optimizer, argument.get("start_factor", 1 / 3), 1.0, rise), after[name]()], [rise])


class Average:
    """Of the floating-point entries of a network's state."""

    def __init__(self, network, keys, steps):
        self.kind, self.steps = keys.get("average"), steps
        self.decay = float(keys.get("average.decay", 0.999 if self.kind == "ema" else 0.5))
        self.every = int(keys.get("average.every", 1 if self.kind == "ema" else 5))
        self.ramp = float(keys.get("average.ramp", 0))
        self.values = {name: each.clone() for name, each in self.state(network)} if self.kind == "lookahead" else None

    @staticmethod
    def state(network):
        return [(name, each) for name, each in network.state_dict().items() if each.is_floating_point()]

    def after(self, network, step):
        if self.kind is None or step % self.every:
            return
        if self.values is None:  # AveragedModel copies the first time
            self.values = {name: each.clone() for name, each in self.state(network)}
            return
        decay = self.decay * (step / self.steps) ** self.ramp
        for name, each in self.state(network):
            self.values[name] = decay * self.values[name] + (1 - decay) * each
            if self.kind == "lookahead":
                each.copy_(self.values[name])


def train_here(network, model, images, labels, keys, task):
    """(loss, rate, momentum) of every step, and the average."""
    prepared = model.prepare(torch.from_numpy(images.copy())).double()
    labels = torch.from_numpy(labels.astype(np.int64))
    batches = range(0, len(images), task.batch)
    steps = task.epochs * len(batches)
    optimizers = make_optimizers(network, keys)
    schedules = [make_schedule(optimizer, keys, steps) for optimizer in optimizers]
    average, rows = Average(network, keys, steps), []
    for _ in range(task.epochs):
        for first in batches:
            part = slice(first, first + task.batch)
            batch, shares = mixed(keys, len(rows), prepared[part], labels[part])
            output = network(batch)
            plain = -(shares * output).sum() / len(batch)
            smoothing = float(keys.get("label_smoothing", 0))
            loss = (1 - smoothing) * plain - smoothing * output.sum() / output.numel() if smoothing else plain
            loss = loss + float(keys.get("l1", 0)) * sum(each.abs().sum() for each in network.parameters())
            for optimizer in optimizers:
                optimizer.zero_grad()
            loss.backward()
            if "clip_norm" in keys:
                torch.nn.utils.clip_grad_norm_(network.parameters(), float(keys["clip_norm"]))
            plain_group = next(group for group in optimizers[0].param_groups if group["lr"] == group["lr"])
            factor = plain_group["initial_lr"] / float(keys["lr"]) if "initial_lr" in plain_group else \
                plain_group["lr"] / float(keys["lr"])
            if keys.get("schedule") == "onecycle":
                factor = plain_group["max_lr"] / float(keys["lr"])
            betas = plain_group.get("betas")
            rows.append((plain.item(), plain_group["lr"] / factor, betas[0] if betas else plain_group["momentum"]))
            for optimizer, schedule in zip(optimizers, schedules):
                optimizer.step()
                if schedule is not None and keys.get("schedule") != "exponential" and len(rows) < steps:
                    schedule.step()
            with torch.no_grad():
                average.after(network, len(rows))
        for schedule in schedules:
            if schedule is not None and keys.get("schedule") == "exponential":
                schedule.step()
    return rows, average.values


def distances(file, state):
    found = read_tensors(file)
    for name, expected in state.items():
        if expected.is_floating_point():
            yield float((found[name].double() - expected).abs().max()) / max(1.0, float(expected.abs().max())), name


def compare(what, keys, model, task, folder):
    images, labels, dataset = task.train
    network = begin(model, {})
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    write_checkpoint(folder / "init.safetensors", {}, before)
    keys = {"lr": 0.02, **keys}
    arm, = task.run(["batch"], folder / "plain", dataset=dataset, init=folder / "init.safetensors", engine="reference64",
                    epochs=task.epochs, max_steps=0, shuffle="false", log_steps="true", seed=SEED, **keys)
    metadata = read_header(arm / "last.safetensors")[1]
    model.MEAN, model.DEVIATION = (json.loads(metadata[f"dataset.{each}"]) for each in ("mean", "deviation"))
    with open(arm / "steps.csv", encoding="utf8") as file:
        ours = [tuple(float(row[name]) for name in ("loss", "learning_rate", "momentum")) for row in csv.DictReader(file)]
    keys["classes"] = int(max(labels)) + 1
    rows, average = train_here(network, model, images, labels, keys, task)
    if len(ours) != len(rows):
        sys.exit(f"compare_recipes: {what}: {len(ours)} steps, in PyTorch {len(rows)}")
    worst, at = max((abs(a - b), f"{name} of step {i + 1}") for i, pair in enumerate(zip(ours, rows))
                    for name, a, b in zip(("loss", "rate", "momentum"), *pair))
    trained = arm / ("last.safetensors" if average is None else "last-trained.safetensors")
    worst, at = max([(worst, at), *distances(trained, dict(network.state_dict()))])
    if average is not None:
        worst, at = max([(worst, at), *((far, f"average of {name}")
                                        for far, name in distances(arm / "last.safetensors", average))])
    moved = max(float((each - before[name]).abs().max()) for name, each in network.named_parameters())
    print(f"{what}, {task.name}: {len(rows)} steps in float64, losses {ours[0][0]:.3f} to {ours[-1][0]:.3f}, weights moved "
          f"by up to {moved:.2g}, {worst:.1e} apart ({at})", flush=True)
    if not worst <= FARTHEST or moved < 1e-3:
        sys.exit(f"compare_recipes: {what}: farther than {FARTHEST}, or nothing moved")


def main(whole):
    torch.manual_seed(1)
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        task = mnist_task(folder) if whole else drawn_task(folder)
        fast, = task.run(["batch"], folder / "fast", dataset=task.train[2], epochs=1, max_steps=2)
        normlab("export", fast, "--pytorch", folder / "exported")
        model = import_model(folder / "exported")
        for number, (what, keys) in enumerate(CASES.items()):
            below = folder / f"case{number}"
            below.mkdir()
            compare(what, keys, model, task, below)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--whole"]):
        sys.exit("usage: compare_recipes.py NORMLAB [--whole]")
    two_programs.program = str(pathlib.Path(sys.argv[1]).resolve())
    main(bool(sys.argv[2:]))
