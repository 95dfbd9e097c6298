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


class PyTorch:
    """One process for each capability of its kernels, which is read once when it is loaded. Without
    the variable PyTorch 1.13 takes AVX2 at best."""

    def __init__(self, threads):
        command = [sys.executable, os.path.join(HERE, "pytorch_step.py")]
        fixed = {"OMP_NUM_THREADS": str(threads)}
        self.processes = {"": Peer(command, **fixed)}
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


def check_losses(name, ours, theirs, exact):
    """`theirs` holds the losses of PyTorch's float32 variants, `exact` those of its float64."""
    for step, (loss, truth) in enumerate(zip(ours, exact)):
        allowed = 4 * max(abs(losses[step] - truth) for losses in theirs) + 1e-6
        if step >= STRICT_STEPS:
            allowed = LATER_DISTANCE
        if not abs(loss - truth) <= allowed:
            sys.exit(f"race: {name}, step {step + 1}: our loss {loss:.9g}, PyTorch's in float64 "
                     f"{truth:.9g}, allowed difference {allowed:.2g}: not the same computation, so "
                     "no race")


def race_one(arguments, pytorch, norm, dropout, batch):
    """Milliseconds per step by racer and round."""
    ours = start_ours(arguments, norm, dropout, batch)
    with tempfile.TemporaryDirectory() as folder:
        next(iter(ours.values())).ask(f"save {folder}")
        pytorch.load(folder)
        if dropout == 0:
            theirs, exact = pytorch.losses(), pytorch.exact_losses()
            for name, process in ours.items():
                check_losses(f"{norm}, {name}", process.numbers(f"losses {CHECKED_STEPS}"), theirs,
                             exact)
    warming = {**{name: timer(process, f"time {WARMING_STEPS}") for name, process in ours.items()},
               **pytorch.racers(WARMING_STEPS)}
    alternate(warming, 1)
    racers = {**{name: timer(process, f"time {arguments.steps}") for name, process in ours.items()},
              **pytorch.racers(arguments.steps)}
    times = alternate(racers, arguments.rounds)
    for process in ours.values():
        process.close()
    return times


def race(arguments):
    pytorch = PyTorch(arguments.threads)
    section = None
    for batch in arguments.batch:
        for dropout in arguments.dropouts:
            for norm in arguments.norms:
                times = race_one(arguments, pytorch, norm, dropout, batch)
                ours = [name for name in times if name.startswith("normlab")]
                theirs = [times[name] for name in times if name not in ours]
                ratios = {name: times_faster(times[name], theirs) for name in ours}
                if section is None:
                    section = new_section(arguments, list(times), ours)
                row = [batch, f"{dropout:g}", norm, *map(spread, times.values()),
                       *map(spread, ratios.values())]
                print("step:", *row, sep="  ", file=sys.stderr, flush=True)
                section.add(row, {"batch": batch, "dropout": dropout, "norm": norm,
                                  "milliseconds": times, "times faster": ratios})
    section.peer = pytorch.configuration()
    pytorch.close()
    return [section]


def new_section(arguments, racers, ours):
    header = ["batch", "dropout", "norm", *racers, *(f"ratio {name}" for name in ours)]
    return Section(
        f"The training step of {arguments.model} against PyTorch", header,
        f"Milliseconds per step, {arguments.threads} threads: median (least-most) of "
        f"{arguments.rounds} alternating rounds of {arguments.steps} steps. The ratio is PyTorch's "
        "fastest variant of a round over ours; AVX-512 is ATEN_CPU_CAPABILITY=avx512.")
