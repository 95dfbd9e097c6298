"""The first seed's whole pipeline, an epoch of the recipe `mnist`, against PyTorch and torchvision.

Ours is the training loop of `normlab run mnist` with its augmentation; theirs the seed's notebook:
torchvision's transforms on PIL images in a DataLoader, with as many workers as do best. Both find
their images in memory; evaluation is not counted.
"""
import os
import sys

from peer import Peer
from rounds import Section, alternate, spread, times_faster

HERE = os.path.dirname(os.path.abspath(__file__))
WORKERS = (0, 1, 2)


def start_ours(arguments, norm):
    ours = {}
    for simd in arguments.simd:
        process = Peer([arguments.programs + "/bench_epoch", "--norm", norm, "--threads",
                        arguments.threads, "--simd", simd, "--steps", arguments.epoch_steps,
                        *(["--data-dir", arguments.data_dir] if arguments.data_dir else [])])
        name = process.ask("version")
        if name in ours:
            process.close()
        else:
            ours[name] = process
    return ours


def start_theirs(arguments, norm, folder):
    return Peer([sys.executable, os.path.join(HERE, "pytorch_epoch.py"), "--norm", norm, "--step",
                 arguments.programs + "/bench_step", "--data", folder, "--threads",
                 arguments.threads, "--steps", arguments.epoch_steps],
                OMP_NUM_THREADS=str(arguments.threads))


def race_one(arguments, norm):
    """[images per second, mean loss] by racer and round; the other side's versions."""
    ours = start_ours(arguments, norm)
    theirs = start_theirs(arguments, norm, next(iter(ours.values())).ask("folder"))
    racers = {name: (lambda process=process: process.numbers("epoch"))
              for name, process in ours.items()}
    for workers in WORKERS:
        racers[f"PyTorch, {workers} workers"] = (
            lambda workers=workers: theirs.numbers(f"epoch {workers}"))
    measured, version = alternate(racers, arguments.pipeline_rounds), theirs.ask("version")
    for process in (*ours.values(), theirs):
        process.close()
    return measured, version


def race(arguments):
    section = None
    for norm in arguments.pipeline_norms:
        measured, version = race_one(arguments, norm)
        rates = {name: [rate for rate, _ in series] for name, series in measured.items()}
        ours = [name for name in rates if name.startswith("normlab")]
        # Rates turned over are times: the best of theirs is the least.
        times = {name: [1 / rate for rate in series] for name, series in rates.items()}
        theirs = [times[name] for name in times if name not in ours]
        ratios = {name: times_faster(times[name], theirs) for name in ours}
        if section is None:
            section = new_section(arguments, list(rates), ours)
            section.peer = version
        row = [norm, *(spread(series, 0) for series in rates.values()),
               *map(spread, ratios.values())]
        print("pipeline:", *row, sep="  ", file=sys.stderr, flush=True)
        section.add(row, {"norm": norm, "images per second and mean loss": measured,
                          "times faster": ratios})
    return [section]


def new_section(arguments, racers, ours):
    length = f"{arguments.epoch_steps} steps" if arguments.epoch_steps else "an epoch"
    header = ["norm", *racers, *(f"ratio {name}" for name in ours)]
    return Section(
        "mnist-8k on MNIST with the first seed's augmentation against PyTorch and torchvision",
        header,
        f"Images per second over {length}, batch 128, {arguments.threads} threads: median "
        f"(least-most) of {arguments.pipeline_rounds} alternating rounds. The ratio is ours over "
        "the best number of workers of a round.")
