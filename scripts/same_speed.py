#!/usr/bin/env python3
"""Whether two builds of normlab are equally fast: a training step and an evaluation, alternating.

    scripts/same_speed.py OLD NEW [--pairs 20] [--limit 1.03] [--what time,evaluate]

OLD and NEW are build folders with bench/peers/bench_step (where OLD's cannot evaluate or load images, it
is built with today's bench/peers/step.cc). For both presets under batch, layer, group and none, with
avx512 and avx2, on one thread, with images that pass through the loader: pairs of new processes, since
where the system puts a process's memory moves its time by several percent and no longer turn would show
it. The two of a pair take short turns on one core, each first in every second one, since a machine's
pace changes within a second. A pair's ratio NEW / OLD is the median of its turns'; printed is the geometric mean of
the pairs' with the 95 % interval of its logarithm (Student's t). Exit status 1 where an upper bound is
not below the limit. A busy machine widens the intervals; run it on a quiet one.
"""

import argparse
import math
import os
import statistics
import subprocess
import sys

# Two-sided 95 % quantiles of Student's t by degrees of freedom; between them the larger one.
STUDENT = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 7: 2.365, 9: 2.262, 14: 2.145, 19: 2.093, 29: 2.045}
PRESETS = {"mnist-8k": "mnist", "cifar-37k": "cifar10"}
MILLISECONDS = 4  # a turn, or one step where that takes longer
FEWEST, MOST = 40, 120  # turns of each program in a pair
CORES = sorted(os.sched_getaffinity(0))


class Program:
    """bench_step, which waits between its turns."""

    def __init__(self, build, preset, norm, simd, what):
        self.child = subprocess.Popen([f"{build}/bench/peers/bench_step", "--model", preset, "--dataset", PRESETS[preset],
                                       "--norm", norm, "--simd", simd, "--threads", "1", "--loaded"],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                      preexec_fn=lambda: os.sched_setaffinity(0, {CORES[-1]}))
        self.what = what

    def take(self, count):
        self.child.stdin.write(f"{self.what} {count}\n")
        self.child.stdin.flush()
        return float(self.child.stdout.readline())

    def end(self):
        self.child.stdin.close()
        self.child.wait()


def ratio_of_a_pair(flags, *what):
    old, new = Program(flags.old, *what), Program(flags.new, *what)
    warm = [program.take(1) for _ in range(3) for program in (old, new)]
    count = max(1, round(MILLISECONDS / min(warm)))
    turns = min(MOST, max(FEWEST, round(MOST * MILLISECONDS / (count * min(warm)))))
    ratios = []
    for turn in range(turns):
        took = {}
        for program in (old, new) if turn % 2 == 0 else (new, old):
            took[program] = program.take(count)
        ratios.append(took[new] / took[old])
    old.end()
    new.end()
    return statistics.median(ratios)


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
    parser.add_argument("--what", default="time,evaluate")
    flags = parser.parse_args()
    os.sched_setaffinity(0, {CORES[0]})
    slower = 0
    print(f"{'preset':10} {'norm':6} {'simd':7} {'of':10} {'new / old':>9}   95 % interval")
    for preset in PRESETS:
        for norm in ("batch", "layer", "group", "none"):
            for simd in ("avx512", "avx2"):
                for what in flags.what.split(","):
                    mean, low, high = interval([ratio_of_a_pair(flags, preset, norm, simd, what)
                                                for _ in range(flags.pairs)])
                    slower += high >= flags.limit
                    print(f"{preset:10} {norm:6} {simd:7} {what:10} {mean:9.4f}   {low:.4f} to {high:.4f}"
                          f"{'   SLOWER' if high >= flags.limit else ''}", flush=True)
    sys.exit(slower > 0)


if __name__ == "__main__":
    main()
