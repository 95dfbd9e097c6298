#!/usr/bin/python3
"""Races normlab's training step against PyTorch's: same network, weights, images and optimizer.

Rounds alternate between the two, so that whatever else the machine does falls on both. Before the
clock starts, both train a few steps from the same weights on the same images without dropout; our
losses must be as near to PyTorch's in float64 as PyTorch's own float32 is (within 4 times, plus
1e-6): what is compared is the same computation. Run by bench/race.
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

CHECKED_STEPS = 5
LAYOUTS = ("contiguous", "channels-last")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--step", required=True, help="the program bench_step")
    parser.add_argument("--model", default="cifar-37k")
    parser.add_argument("--dataset", default="cifar10", help="whose shape the images have")
    parser.add_argument("--norms", default="batch,layer,group")
    parser.add_argument("--dropouts", default="0,0.05")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--simd", default="best")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--steps", type=int, default=10, help="steps in a round")
    parser.add_argument("--require", type=float, default=0,
                        help="exit 1 if any ratio to PyTorch's faster layout is below this")
    return parser.parse_args()


ARGUMENTS = parse_arguments()
os.environ["OMP_NUM_THREADS"] = str(ARGUMENTS.threads)  # read when torch is loaded
import torch  # noqa: E402
from pytorch_model import build, read_safetensors  # noqa: E402


class Ours:
    def __init__(self, norm, dropout):
        command = [ARGUMENTS.step, "--model", ARGUMENTS.model, "--dataset", ARGUMENTS.dataset,
                   "--norm", norm, "--dropout", str(dropout), "--batch", str(ARGUMENTS.batch),
                   "--threads", str(ARGUMENTS.threads), "--simd", ARGUMENTS.simd]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)

    def ask(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"bench_step ended at '{command}' with status {self.process.wait()}")
        return answer.strip()

    def losses(self, steps):
        return [float(word) for word in self.ask(f"losses {steps}").split()]

    def milliseconds(self, steps):
        return float(self.ask(f"time {steps}"))

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Theirs:
    def __init__(self, model, folder, layout, dtype=torch.float32):
        self.network = build(model)
        weights = read_safetensors(os.path.join(folder, "weights.safetensors"))
        self.network.load_state_dict(weights, strict=True)
        batch = read_safetensors(os.path.join(folder, "batch.safetensors"))
        self.images, self.labels = batch["images"], batch["labels"].long()
        self.network.to(dtype)
        self.images = self.images.to(dtype)
        if layout == "channels-last":
            self.network = self.network.to(memory_format=torch.channels_last)
            self.images = self.images.contiguous(memory_format=torch.channels_last)
        self.network.train()
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=model["lr"],
                                         momentum=model["momentum"])

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.nll_loss(self.network(self.images), self.labels)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def losses(self, steps):
        return [self.step() for _ in range(steps)]

    def milliseconds(self, steps):
        start = time.perf_counter()
        for _ in range(steps):
            self.step()
        return (time.perf_counter() - start) * 1000 / steps


def check_losses(norm, ours, theirs, exact):
    """`theirs` holds the losses of PyTorch's float32, by layout; `exact` those of its float64."""
    for step, (loss, truth) in enumerate(zip(ours, exact)):
        allowed = 4 * max(abs(losses[step] - truth) for losses in theirs) + 1e-6
        if not abs(loss - truth) <= allowed:
            sys.exit(f"{norm}, step {step + 1}: our loss {loss:.9g}, PyTorch's in float64 "
                     f"{truth:.9g}, allowed difference {allowed:.2g}: not the same computation, so "
                     "no race")


def set_up(norm, dropout):
    """Ours and theirs by layout; checked against each other where nothing is random."""
    ours = Ours(norm, dropout)
    model = json.loads(ours.ask("describe"))
    with tempfile.TemporaryDirectory() as folder:
        ours.ask(f"save {folder}")
        theirs = {layout: Theirs(model, folder, layout) for layout in LAYOUTS}
        exact = Theirs(model, folder, "contiguous", torch.float64)
    if dropout == 0:
        check_losses(norm, ours.losses(CHECKED_STEPS),
                     [racer.losses(CHECKED_STEPS) for racer in theirs.values()],
                     exact.losses(CHECKED_STEPS))
    return ours, theirs, model


def race(norm, dropout):
    ours, theirs, model = set_up(norm, dropout)
    racers = {"normlab": ours, **theirs}
    times = {name: [] for name in racers}
    for racer in racers.values():
        racer.milliseconds(3)
    for _ in range(ARGUMENTS.rounds):
        for name, racer in racers.items():
            time.sleep(0.02)  # the other side's threads stop spinning
            times[name].append(racer.milliseconds(ARGUMENTS.steps))
    ours.close()
    return times, model


def row(norm, dropout, times):
    cells = [norm, f"{dropout:g}"]
    for name in times:
        values = times[name]
        cells.append(f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})")
    ratios = []
    for layout in LAYOUTS:
        pairs = zip(times[layout], times["normlab"])
        ratios.append(statistics.median(theirs / ours for theirs, ours in pairs))
        cells.append(f"{ratios[-1]:.2f}")
    return "| " + " | ".join(cells) + " |", min(ratios)


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor()


def warn_of_load():
    """Barriers of a loaded machine cost PyTorch's thread pool far more than ours: ratios swell."""
    load = os.getloadavg()[0]
    if load > 0.3 * os.cpu_count():
        print(f"race: other programs are running (load {load:.1f} on {os.cpu_count()} cores): these "
              "figures are not to be quoted", file=sys.stderr)
    return load


def main():
    load = warn_of_load()
    torch.set_num_threads(ARGUMENTS.threads)
    torch.manual_seed(1)
    rows, worst, model = [], float("inf"), None
    for dropout in (float(word) for word in ARGUMENTS.dropouts.split(",")):
        for norm in ARGUMENTS.norms.split(","):
            times, model = race(norm, dropout)
            text, ratio = row(norm, dropout, times)
            print(text, file=sys.stderr, flush=True)
            rows.append(text)
            worst = min(worst, ratio)
    print(f"{ARGUMENTS.model} (`{model['line']}`), {model['parameters']} parameters, batch "
          f"{ARGUMENTS.batch}, {ARGUMENTS.threads} threads")
    print(f"{processor()}, {os.cpu_count()} cores; normlab {model['simd']}; PyTorch "
          f"{torch.__version__}; {ARGUMENTS.rounds} alternating rounds of {ARGUMENTS.steps} steps; "
          f"load at the start {load:.1f}\n")
    print("Milliseconds per training step, median (least-most) over the rounds; ratios are medians "
          "of the rounds' ratios.\n")
    print("| norm | dropout | normlab | PyTorch contiguous | PyTorch channels-last | "
          "ratio contiguous | ratio channels-last |")
    print("|---|---|---|---|---|---|---|")
    print("\n".join(rows))
    if worst < ARGUMENTS.require:
        sys.exit(f"the smallest ratio is {worst:.2f}, required is {ARGUMENTS.require:g}")


if __name__ == "__main__":
    main()
