"""The training step against PyTorch's: same network, weights, images and optimizer.

Before the clock starts, all sides train a few steps from the same weights on the same images
without dropout. Our losses of the first two steps, that is the forward pass and all gradients, must
be as near to PyTorch's in float64 as PyTorch's own float32 is (within 4 times, plus 1e-6): what is
compared is the same computation. From the third step on, single roundings that turn a ReLU or a max
pool part any two float32 runs, PyTorch's own from its float64 by up to 4e-5; there 1e-4 must do,
where a wrong rate or momentum would show as 1e-3 and more.
"""
import json
import os
import sys
import tempfile

import machine
from peer import Peer
from rounds import Section, alternate, spread, times_faster

HERE = os.path.dirname(os.path.abspath(__file__))
CHECKED_STEPS = 5
STRICT_STEPS = 2
LATER_DISTANCE = 1e-4
WARMING_STEPS = 3
LAYOUTS = ("contiguous", "channels-last")
PROGRAM = os.path.join(HERE, "pytorch_step.py")


class PyTorch:
    """Debian's. One process for each capability of its kernels, which is read once when it is loaded.
    Without the variable PyTorch 1.13 takes AVX2 at best."""

    def __init__(self, threads):
        command = [sys.executable, PROGRAM]
        fixed = {"OMP_NUM_THREADS": str(threads)}
        self.processes = {"": Peer(command, **fixed)}
        self.name = "PyTorch"
        if machine.has_avx512():
            self.processes[" AVX-512"] = Peer(command, **fixed, ATEN_CPU_CAPABILITY="avx512")

    def configuration(self):
        """PyTorch's own words, once; of the second process only what it uses instead."""
        first, *others = (json.loads(process.ask("configuration"))
                          for process in self.processes.values())
        lines = [f"PyTorch {first['version']}, {first['threads']} threads",
                 first["built with"].strip()]
        for other in others:
            lines += [f"the variants AVX-512: {line.strip(' -')}"
                      for line in other["built with"].splitlines() if "CPU capability" in line]
        return "\n".join(lines)

    def load(self, folder):
        for process in self.processes.values():
            process.ask(f"load {folder}")

    def exact_losses(self):
        return self.processes[""].numbers(f"losses float64 contiguous {CHECKED_STEPS}")

    def losses(self):
        return [process.numbers(f"losses float32 {layout} {CHECKED_STEPS}")
                for process in self.processes.values() for layout in LAYOUTS]

    def racers(self, steps):
        return {f"PyTorch {layout}{capability}": timer(process, f"time {layout} {steps}")
                for capability, process in self.processes.items() for layout in LAYOUTS}

    def close(self):
        for process in self.processes.values():
            process.close()


class NewestPyTorch:
    """Another Python's, whose PyTorch chooses its instruction set itself: eager and compiled."""

    def __init__(self, python, threads):
        self.process = Peer([python, PROGRAM], OMP_NUM_THREADS=str(threads))
        self.about = json.loads(self.process.ask("configuration"))
        self.name = f"PyTorch {self.about['version'].partition('+')[0]}"
        self.compile_seconds = []

    def configuration(self):
        capability = [line.strip(" -") for line in self.about["built with"].splitlines()
                      if "CPU capability" in line]
        seconds = ", ".join(f"{seconds:.0f}" for seconds in self.compile_seconds)
        return "\n".join([f"{self.name}, {self.about['threads']} threads", *capability,
                          f"torch.compile and the first step, seconds: {seconds}"])

    def load(self, folder):
        self.process.ask(f"load {folder}")
        for layout in LAYOUTS:
            self.compile_seconds += self.process.numbers(f"compile {layout}")

    def losses(self):
        return self.process.numbers(f"losses float32 contiguous {CHECKED_STEPS}")

    def racers(self, steps):
        return {f"{self.name} {kind}": timer(self.process, f"time {kind} {steps}")
                for kind in (*LAYOUTS, *(f"compiled-{layout}" for layout in LAYOUTS))}

    def close(self):
        self.process.close()


def timer(process, question):
    return lambda: process.numbers(question)[0]


def start_ours(arguments, norm, dropout, batch):
    """By instruction set; the same one is not raced twice."""
    ours = {}
    for simd in arguments.simd:
        process = Peer([arguments.programs + "/bench_step", "--model", arguments.model, "--dataset",
                        arguments.dataset, "--norm", norm, "--dropout", dropout, "--batch", batch,
                        "--threads", arguments.threads, "--simd", simd])
        name = "normlab " + json.loads(process.ask("describe"))["simd"]
        if name in ours:
            process.close()
        else:
            ours[name] = process
    return ours


def check_losses(name, losses, theirs, exact):
    """`theirs` holds the losses of PyTorch's float32 variants, `exact` those of its float64."""
    for step, (loss, truth) in enumerate(zip(losses, exact)):
        allowed = 4 * max(abs(others[step] - truth) for others in theirs) + 1e-6
        if step >= STRICT_STEPS:
            allowed = LATER_DISTANCE
        if not abs(loss - truth) <= allowed:
            sys.exit(f"race: {name}, step {step + 1}: its loss {loss:.9g}, PyTorch's in float64 "
                     f"{truth:.9g}, allowed difference {allowed:.2g}: not the same computation, so "
                     "no race")


def check_all(norm, ours, pytorch, newest):
    theirs, exact = pytorch.losses(), pytorch.exact_losses()
    for name, process in ours.items():
        check_losses(f"{norm}, {name}", process.numbers(f"losses {CHECKED_STEPS}"), theirs, exact)
    for peer in newest:
        check_losses(f"{norm}, {peer.name}", peer.losses(), theirs, exact)


def race_one(arguments, pytorch, newest, norm, dropout, batch):
    """Milliseconds per step by racer and round: of ours, and of each peer's variants."""
    ours = start_ours(arguments, norm, dropout, batch)
    peers = [pytorch, *newest]
    with tempfile.TemporaryDirectory() as folder:
        next(iter(ours.values())).ask(f"save {folder}")
        for peer in peers:
            peer.load(folder)
        if dropout == 0:
            check_all(norm, ours, pytorch, newest)

    def racers(steps):
        groups = [{name: timer(process, f"time {steps}") for name, process in ours.items()},
                  *(peer.racers(steps) for peer in peers)]
        return groups, {name: ask for group in groups for name, ask in group.items()}

    alternate(racers(WARMING_STEPS)[1], 1)
    groups, everyone = racers(arguments.steps)
    times = alternate(everyone, arguments.rounds)
    for process in ours.values():
        process.close()
    return [{name: times[name] for name in group} for group in groups]


def race(arguments):
    pytorch = PyTorch(arguments.threads)
    newest = [NewestPyTorch(arguments.newest, arguments.threads)] if arguments.newest else []
    section = None
    for batch in arguments.batch:
        for dropout in arguments.dropouts:
            for norm in arguments.norms:
                ours, *theirs = race_one(arguments, pytorch, newest, norm, dropout, batch)
                times = {name: series for group in (ours, *theirs) for name, series in group.items()}
                ratios = {f"{name} to {peer.name}": times_faster(series, list(group.values()))
                          for name, series in ours.items()
                          for peer, group in zip([pytorch, *newest], theirs)}
                if section is None:
                    section = new_section(arguments, list(times), list(ratios))
                row = [batch, f"{dropout:g}", norm, *map(spread, times.values()),
                       *map(spread, ratios.values())]
                print("step:", *row, sep="  ", file=sys.stderr, flush=True)
                section.add(row, {"batch": batch, "dropout": dropout, "norm": norm,
                                  "milliseconds": times, "times faster": ratios})
    section.peer = "\n".join(peer.configuration() for peer in (pytorch, *newest))
    for peer in (pytorch, *newest):
        peer.close()
    return [section]


def new_section(arguments, racers, ratios):
    header = ["batch", "dropout", "norm", *racers, *(f"ratio {name}" for name in ratios)]
    return Section(
        f"The training step of {arguments.model} against PyTorch", header,
        f"Milliseconds per step, {arguments.threads} threads: median (least-most) of "
        f"{arguments.rounds} alternating rounds of {arguments.steps} steps. The ratio is PyTorch's "
        "fastest variant of a round over ours; AVX-512 is ATEN_CPU_CAPABILITY=avx512.")
