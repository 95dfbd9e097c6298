#!/usr/bin/env python3
"""What an equation's program costs beside a room written by hand: a training step, alternating.

    scripts/program_speed.py [--normlab build/normlab] [--pairs 7] [--threads 2]

The step of cifar-37k, batch 64: batch, layer and group by their equations over the same by their rooms;
the equations of bench/equations/ over group's room. A pair's two programs run one after the other, each
first in every second pair; printed are the median of the pairs' ratios, and the least and the most.
"""

import argparse
import json
import statistics
import subprocess
from pathlib import Path

EQUATIONS = Path(__file__).resolve().parent.parent / "bench/equations"


def step(flags, norm, program):
    command = [flags.normlab, "bench", "--norm", norm, "--program", program, "--threads", str(flags.threads),
               "--rounds", "5", "--bandwidth-mib", "0", "--json"]
    document = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return document["step"]["seconds"]["median"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--normlab", default="build/normlab")
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    flags = parser.parse_args()
    races = [((name, "equation"), (name, "room")) for name in ("batch", "layer", "group")]
    races += [((str(path), "equation"), ("group", "room")) for path in sorted(EQUATIONS.glob("*.toml"))]
    for ours, room in races:
        ratios = []
        for pair in range(flags.pairs):
            order = (ours, room) if pair % 2 == 0 else (room, ours)
            took = {program: step(flags, *program) for program in order}
            ratios.append(took[ours] / took[room])
        print(f"{Path(ours[0]).stem + ' over ' + room[0] + ' room':36} {statistics.median(ratios):.2f}"
              f"  [{min(ratios):.2f}, {max(ratios):.2f}]", flush=True)


if __name__ == "__main__":
    main()
