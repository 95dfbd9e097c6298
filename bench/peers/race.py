#!/usr/bin/python3
"""Races normlab against the programs that people use: PyTorch, oneDNN, torchvision of Debian.

Prints Markdown: the command, the machine, a table and the versions for each race.
bench/peers/race builds our side and calls this.
"""
import argparse
import importlib.util
import json
import os
import shlex
import subprocess
import sys

import convolution_race
import machine
import pipeline_race
import step_race

NEEDED = {"step": ("torch",), "convolutions": (), "pipeline": ("torch", "torchvision", "PIL")}
PACKAGES = {"torch": "python3-torch", "torchvision": "python3-torchvision", "PIL": "python3-pil"}


def positive(text):
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def listed(kind):
    def read(text):
        return [kind(word) for word in text.split(",")]
    read.__name__ = f"list with commas of {kind.__name__}"  # what argparse says is invalid
    return read


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="race", description=__doc__.splitlines()[0],
        epilog="Of --step, --convolutions and --pipeline, all run where none is given.")
    parser.add_argument("programs", help=argparse.SUPPRESS)  # the folder of our side, by the script
    parser.add_argument("--step", action="store_true", help="training steps against PyTorch")
    parser.add_argument("--convolutions", action="store_true", help="convolutions against oneDNN")
    parser.add_argument("--pipeline", action="store_true",
                        help="an epoch of the recipe mnist against PyTorch and torchvision")
    parser.add_argument("--model", default="cifar-37k", help="of steps and convolutions")
    parser.add_argument("--dataset", default="cifar10", help="whose shape the images have")
    parser.add_argument("--norms", type=listed(str), default="batch,layer,group")
    parser.add_argument("--dropouts", type=listed(float), default="0.05,0")
    parser.add_argument("--batch", type=listed(positive), default="64,128")
    parser.add_argument("--threads", type=positive, default=2)
    parser.add_argument("--simd", type=listed(str), default=machine.our_simd(),
                        help="our instruction sets, each a racer")
    parser.add_argument("--newest", metavar="PYTHON",
                        help="one with another PyTorch, which races too, eager and compiled: "
                             "build-oracles/bin/python after scripts/oracles")
    parser.add_argument("--rounds", type=positive, default=9)
    parser.add_argument("--steps", type=positive, default=10, help="of a round of the step race")
    parser.add_argument("--pipeline-norms", type=listed(str), default="batch")
    parser.add_argument("--pipeline-rounds", type=positive, default=3)
    parser.add_argument("--epoch-steps", type=int, default=0,
                        help="of a round of the pipeline race; 0: the whole epoch")
    parser.add_argument("--data-dir", help="where MNIST is, as in `normlab run`")
    parser.add_argument("--json", metavar="FILE", help="every round's measurements")
    return parser.parse_args()


def check_packages(arguments, parts):
    missing = {PACKAGES[module] for part in parts for module in NEEDED[part]
               if importlib.util.find_spec(module) is None}
    if "convolutions" in parts and not os.path.exists(arguments.programs + "/bench_onednn"):
        missing.add("libdnnl-dev")
    if missing:
        sys.exit(f"race: packages are missing: apt-get install {' '.join(sorted(missing))}")


def check_newest(python):
    try:
        tried = subprocess.run([python, "-c", "import torch"], capture_output=True, check=False)
    except OSError as error:
        sys.exit(f"race: --newest {python}: {error.strerror}")
    if tried.returncode != 0:
        sys.exit(f"race: --newest {python}: it has no PyTorch that loads; scripts/oracles makes one, "
                 "build-oracles/bin/python")


def heading(about):
    return (f"`{about['command']}`\n\n{about['processor']}, {about['cores']} cores; "
            f"{about['system']}; load at the start {about['load']}")


def main():
    arguments = parse_arguments()
    races = {"step": step_race, "convolutions": convolution_race, "pipeline": pipeline_race}
    parts = [part for part in races if getattr(arguments, part)] or list(races)
    check_packages(arguments, parts)
    if arguments.newest:
        check_newest(arguments.newest)
    about = {"command": shlex.join(["bench/peers/race", *sys.argv[2:]]), **machine.describe(),
             "busy": machine.warn_of_load()}
    print(heading(about), flush=True)
    sections = []
    for part in parts:
        for section in races[part].race(arguments):
            sections.append(section)
            print(f"\n{section.markdown()}", flush=True)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({**about, "races": [section.json() for section in sections]}, file, indent=1)


if __name__ == "__main__":
    main()
