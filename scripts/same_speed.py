#!/usr/bin/env python3
"""Whether two builds of normlab are equally fast: a training step and an evaluation, alternating.

    scripts/same_speed.py OLD NEW [--pairs 20] [--limit 1.03] [--what step,evaluation]

OLD and NEW are build folders with normlab and bench/peers/bench_step. For both presets under batch,
layer, group and none, with avx512 and avx2: pairs of turns on one thread, each program first in every
second pair. Of each pair the ratio NEW / OLD; printed is their geometric mean with the 95 % interval of
its logarithm (Student's t). Exit status 1 where an upper bound is not below the limit. A busy machine
widens the intervals; run it on a quiet one.
"""

import argparse
import json
import math
import statistics
import subprocess
import sys

# Two-sided 95 % quantiles of Student's t by degrees of freedom; between them the larger one.
STUDENT = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 7: 2.365, 9: 2.262, 14: 2.145, 19: 2.093, 29: 2.045}
PRESETS = {"mnist-8k": "mnist", "cifar-37k": "cifar10"}


class Steps:
    """bench_step, which waits between its turns: both programs keep their memory where it is."""

    def __init__(self, build, preset, norm, simd):
        self.child = subprocess.Popen([f"{build}/bench/peers/bench_step", "--model", preset, "--dataset", PRESETS[preset],
                                       "--norm", norm, "--simd", simd, "--threads", "1"],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.count = 1
        self.count = max(3, round(150 / min(self.take() for _ in range(5))))

    def take(self):
        self.child.stdin.write(f"time {self.count}\n")
        self.child.stdin.flush()
        return float(self.child.stdout.readline())

    def end(self):
        self.child.stdin.close()
        self.child.wait()


class Evaluations:
    """The least of three rounds of `normlab bench`, a process each."""

    def __init__(self, build, preset, norm, simd):
        self.command = [f"{build}/normlab", "bench", "--model", preset, "--dataset", PRESETS[preset], "--norm", norm,
                        "--simd", simd, "--rounds", "3", "--bandwidth-mib", "0", "--threads", "1", "--json"]

    def take(self):
        report = subprocess.run(self.command, capture_output=True, text=True, check=True).stdout
        return json.loads(report)["evaluation"]["seconds"]["least"]

    def end(self):
        pass


def ratios_of(contest, flags, *what):
    old, new = contest(flags.old, *what), contest(flags.new, *what)
    ratios = []
    for pair in range(flags.pairs):
        took = {}
        for program in (old, new) if pair % 2 == 0 else (new, old):
            took[program] = program.take()
        ratios.append(took[new] / took[old])
    old.end()
    new.end()
    return ratios


def interval(ratios):
    logs = [math.log(ratio) for ratio in ratios]
    quantile = STUDENT[max(degrees for degrees in STUDENT if degrees <= len(logs) - 1)]
    margin = quantile * statistics.stdev(logs) / math.sqrt(len(logs))
    return [math.exp(statistics.mean(logs) + sign * margin) for sign in (0, -1, 1)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--limit", type=float, default=1.03)
    parser.add_argument("--what", default="step,evaluation")
    flags = parser.parse_args()
    slower = 0
    print(f"{'preset':10} {'norm':6} {'simd':7} {'of':10} {'new / old':>9}   95 % interval")
    for preset in PRESETS:
        for norm in ("batch", "layer", "group", "none"):
            for simd in ("avx512", "avx2"):
                for name, contest in (("step", Steps), ("evaluation", Evaluations)):
                    if name in flags.what.split(","):
                        mean, low, high = interval(ratios_of(contest, flags, preset, norm, simd))
                        slower += high >= flags.limit
                        print(f"{preset:10} {norm:6} {simd:7} {name:10} {mean:9.4f}   {low:.4f} to {high:.4f}"
                              f"{'   SLOWER' if high >= flags.limit else ''}", flush=True)
    sys.exit(slower > 0)


if __name__ == "__main__":
    main()
