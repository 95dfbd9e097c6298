#!/usr/bin/env python3
"""Whether two builds of normlab train to the same bits.

    scripts/same_bits.py OLD NEW [--recipes] [--part NAME ...]

Runs both programs on the same data and compares what they leave: every tensor of last.safetensors,
best.safetensors and predictions.safetensors byte for byte, every column of metrics.csv, layers.csv,
statistics.csv, steps.csv and errors.csv character by character, but for seconds and rates, and for
`*_after` in layers.csv, which may differ by 1e-5. Parts:

    norms     every normalization, with layer_statistics and steps
    orders    every order of relu, norm and dropout, with and without a repeated unit
    simd      every instruction set of this machine
    engines   fast, reference, reference64
    threads   1, 2, 3, 4
    resume    OLD is stopped by a signal in the middle, NEW goes on; against OLD undisturbed
    recipes   the first epoch of every shipped recipe (minutes; only with --recipes)

Exit status 1 and a line for each difference.
"""

import argparse
import csv
import itertools
import json
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TIMES = {"seconds", "seconds_per_epoch", "images_per_second", "epoch_seconds", "train_seconds", "evaluation_seconds"}
LINE = "C8v P C8/2x2 C12 A2 C8! GAP c10!"
NORMS = ["none", "batch", "layer", "layer-elementwise", "layer-channels", "group", "instance", "rms"]
ORDINARY = ["--set", "batch_size=49", "--set", f"model={LINE}", "--set", "dropout=0.1", "--set", "log_steps=true",
            "--set", "validation=59000", "--progress", "none"]
SMALL = [*ORDINARY, "--epochs", "2", "--set", "max_steps=30"]


def run(program, folder, arguments, **options):
    command = [program, "run", *arguments, "--out", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=True, **options)


def tensors_of(path):
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    header.pop("__metadata__", None)
    body = data[8 + length:]
    return {name: (entry["dtype"], entry["shape"], body[slice(*entry["data_offsets"])])
            for name, entry in header.items()}


def differences_of_tables(old, new, name):
    old_rows, new_rows = (list(csv.reader(open(path, encoding="utf8"))) for path in (old, new))
    if len(old_rows) != len(new_rows):
        yield f"{name}: {len(old_rows)} rows, {len(new_rows)} rows"
        return
    # The titles of figures may be others.
    columns = old_rows[0] if old_rows else []
    if "figures" not in name and old_rows[:1] != new_rows[:1]:
        yield f"{name}: other columns: {old_rows[0]}, {new_rows[0]}"
        return
    for number, (a, b) in enumerate(zip(old_rows[1:], new_rows[1:]), 2):
        for column, old_cell, new_cell in zip(columns, a, b, strict=True):
            if column in TIMES or old_cell == new_cell:
                continue
            # The curves of figures/ are drawn from the same.
            observed = column.endswith("_after") or "output" in column
            if name.endswith("layers.csv") and observed and \
                    abs(float(old_cell) - float(new_cell)) <= 1e-5 * max(1, abs(float(old_cell))):
                continue
            yield f"{name}:{number}: {column}: {old_cell}, {new_cell}"


def differences(old, new):
    names = sorted(path.relative_to(old) for path in old.rglob("*")
                   if path.suffix in (".csv", ".safetensors") and path.stem not in ("clock", "state"))
    if not names:
        yield f"{old}: nothing was left"
    for name in names:
        if not (new / name).exists():
            yield f"{name}: missing"
        elif name.suffix == ".csv":
            yield from differences_of_tables(old / name, new / name, str(name))
        elif tensors_of(old / name) != tensors_of(new / name):
            yield f"{name}: other tensors"


class Comparison:
    def __init__(self, old, new):
        self.old, self.new, self.failed, self.cases = old, new, 0, 0

    def same(self, title, arguments):
        with tempfile.TemporaryDirectory() as scratch:
            folders = [Path(scratch) / "old", Path(scratch) / "new"]
            for program, folder in zip((self.old, self.new), folders):
                run(program, folder, arguments)
            self.report(title, *folders)

    def report(self, title, old, new):
        found = list(differences(old, new))
        self.cases += 1
        self.failed += bool(found)
        print(f"{'DIFFERS' if found else 'same'}  {title}", flush=True)
        for line in found[:20]:
            print("   ", line)

    def norms(self):
        self.same("norms", ["fashion", "--norms", ",".join(NORMS), *SMALL])
        self.same("norms, per application, statistics compared",
                  ["fashion", "--norms", "batch", *SMALL, "--set", "bn_statistics=per_application",
                   "--set", "compare_statistics=true"])

        self.same("norms, shared, statistics compared",
                  ["fashion", "--norms", "batch", *SMALL, "--set", "compare_statistics=true"])

    def orders(self):
        for order in itertools.permutations(("relu", "norm", "dropout")):
            for norms in ("none,batch,group", "layer-channels,layer-elementwise,rms"):
                self.same(f"order {'-'.join(order)}, {norms}",
                          ["fashion", "--norms", norms, *SMALL, "--set", f"order=conv-{'-'.join(order)}"])

    def simd(self):
        for simd in ("avx512", "avx2", "sse4", "scalar"):
            self.same(f"simd {simd}", ["fashion", "--norms", ",".join(NORMS), *SMALL, "--simd", simd])

    def engines(self):
        for engine in ("reference", "reference64"):
            self.same(f"engine {engine}", ["fashion", "--norms", ",".join(NORMS), *SMALL, "--engine", engine])

    def threads(self):
        for threads in ("1", "2", "3", "4"):
            self.same(f"threads {threads}",
                      ["fashion", "--norms", "batch,layer", *SMALL, "--threads", threads, "--jobs", "1"])

    def resume(self):
        arguments = ["fashion", "--norms", "batch,group", *ORDINARY, "--epochs", "40", "--jobs", "1"]
        with tempfile.TemporaryDirectory() as scratch:
            whole, cut = Path(scratch) / "whole", Path(scratch) / "cut"
            run(self.old, whole, arguments)
            child = subprocess.Popen([self.old, "run", *arguments, "--out", str(cut)],
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            metrics = []
            while child.poll() is None and not metrics:
                metrics = [path for path in cut.glob("*/metrics.csv")
                           if len(path.read_text().splitlines()) > 10]
                time.sleep(0.01)
            child.send_signal(signal.SIGKILL)
            child.wait()
            assert not (cut / "DONE").exists(), "OLD had ended before it could be stopped"
            run(self.new, cut, arguments)
            self.report("OLD killed, NEW goes on", whole, cut)

    def recipes(self):
        listed = subprocess.run([self.old, "recipes"], capture_output=True, text=True, check=True).stdout
        for recipe in [line.split()[0] for line in listed.splitlines() if line.strip()]:
            if shutil.os.path.exists(f"recipes/{recipe}.toml"):
                self.same(f"recipe {recipe}, its first epoch",
                          [recipe, "--epochs", "1", "--seeds", "1", "--progress", "none"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--recipes", action="store_true")
    parser.add_argument("--part", action="append")
    flags = parser.parse_args()
    comparison = Comparison(flags.old, flags.new)
    parts = flags.part or ["norms", "orders", "simd", "engines", "threads", "resume"]
    for part in parts + (["recipes"] if flags.recipes else []):
        getattr(comparison, part)()
    print(f"{comparison.cases} cases, {comparison.failed} differ")
    sys.exit(comparison.failed > 0)


if __name__ == "__main__":
    main()
