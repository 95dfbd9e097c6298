#!/usr/bin/env python3
"""The study of the zoo, from its rates to its table; what is finished is not trained again.

    scripts/zoo.py rates      trains recipes/zoo-rates.toml, what docs/results/zoo-rates lacks of it
    scripts/zoo.py choose     writes recipes/zoo.toml: each method at the rate that was best on held-out images
    scripts/zoo.py train      trains recipes/zoo.toml, what docs/results/zoo lacks of it
    scripts/zoo.py why        trains what asks why some methods learn nothing there: recipes/zoo-residual.toml, and zoo.toml from
                              Kaiming's filters (zoo-kaiming)
    scripts/zoo.py keep       copies finished trainings of all into docs/results, and writes docs/results/zoo/table.csv
    scripts/zoo.py table      prints the README's table; needs --steps, which measures steps per second
    scripts/zoo.py silent     prints the table of what `why` trained

    --normlab PROGRAM   build/normlab
    --runs FOLDER       where they train; runs
    --steps FILE        docs/results/zoo/steps.json by default: written where it is missing, each method in turn, in rounds

Interrupt it at any time: it goes on from there. A training that is cut off leaves its last whole epoch.
"""
import argparse
import csv
import json
import math
import pathlib
import re
import shutil
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
KEPT = ROOT / "docs/results"
RECORDS = ("log.txt", "metrics.csv", "clock.csv", "learned.csv", "arm.json")
SEEDS = (2, 3, 4)  # none of them is the rates'
ROUNDS = 5
SILENT = ("none", "mean-only-batch", "grn", "dyt", "derf", "salu")
KAIMING = ("--norms", ",".join((*SILENT, "batch")), "--epochs", "4",
           "--set", "initialization.first=kaiming_normal", "--set", "initialization.filter=kaiming_normal")
STUDIES = {"zoo-rates": ("zoo-rates",), "zoo": ("zoo",), "zoo-residual": ("zoo-residual",), "zoo-kaiming": ("zoo", *KAIMING)}


def arms_of(folder):
    """Finished or diverged trainings of a run, as their settings and their epochs."""
    path = folder / "study.json"
    if not path.exists():
        return []
    arms = []
    for arm in json.loads(path.read_text(encoding="utf8"))["arms"]:
        if arm["state"] not in ("finished", "diverged"):
            continue
        facts = json.loads((folder / arm["folder"] / "arm.json").read_text(encoding="utf8"))
        with open(folder / arm["folder"] / "metrics.csv", encoding="utf8") as file:
            epochs = list(csv.DictReader(file))
        arms.append({"folder": arm["folder"], "state": arm["state"], "settings": facts["settings"], "epochs": epochs,
                     "parameters": facts["conditions"]["parameters"], "seed": arm["seed"]})
    return arms


def method_of(arm):
    settings = arm["settings"]
    return settings["norm"], settings["weights"], int(settings["ghost"])


def label(method):
    norm, weights, _ = method
    return norm if weights == "none" else f"{norm}, weights {weights}"


def begin(name, runs):
    """The run folder, with what is kept of it."""
    folder = runs / name
    if not folder.exists() and (KEPT / name / "study.json").exists():
        shutil.copytree(KEPT / name, folder)
        for arm in arms_of(folder):  # not kept, and without it normlab trains an arm anew
            (folder / arm["folder"] / "errors.csv").touch()
    return folder


def train(name, options):
    folder = begin(name, options.runs)
    recipe, *more = STUDIES[name]
    command = [options.normlab, "run", ROOT / f"recipes/{recipe}.toml", *more, "--out", folder]
    return subprocess.run([str(word) for word in command], check=False).returncode


def chosen_rates(arms):
    """For each method its rate, by the last epoch's accuracy on held-out images; of equals the lower one."""
    best = {}
    for arm in sorted(arms, key=lambda arm: float(arm["settings"]["lr"])):
        accuracy = float(arm["epochs"][-1]["validation_accuracy"]) if arm["state"] == "finished" else -1.0
        rates = best.setdefault(method_of(arm), {})
        rates[float(arm["settings"]["lr"])] = accuracy
    return {method: (max(rates, key=rates.get), rates) for method, rates in best.items()}


def choose(options):
    chosen = chosen_rates(arms_of(begin("zoo-rates", options.runs)))
    missing = [label(method) for method, (_, rates) in chosen.items() if len(rates) < 3]
    if missing or not chosen:
        sys.exit(f"zoo: not every rate is trained yet: {', '.join(missing) or 'none is'}; scripts/zoo.py rates goes on")
    text = (ROOT / "recipes/zoo-rates.toml").read_text(encoding="utf8")
    base = text[:text.index("[[run]]")].strip().splitlines()
    base[0] = 'about = "Two dozen normalizations on one network, each at its best learning rate of three (scripts/zoo.py)"'
    replaced = {"epochs": "epochs = 20", "validation": "validation = 0", "lr": f"lr = 0.1\nseed = {list(SEEDS)}"}
    base = [replaced.get(line.split(" =")[0], line) for line in base]
    lines = ["\n".join(base)]
    groups = {}
    for (norm, weights, ghost), (rate, _) in chosen.items():
        groups.setdefault((rate, weights, ghost), []).append(norm)
    for (rate, weights, ghost), norms in groups.items():
        lines.append("\n[[run]]\nnorm = [" + ", ".join(f'"{norm}"' for norm in norms) + f"]\nlr = {rate}")
        if weights != "none":
            lines.append(f'weights = "{weights}"')
        if ghost:
            lines.append(f"ghost = {ghost}")
    (ROOT / "recipes/zoo.toml").write_text("\n".join(lines) + "\n", encoding="utf8")


def keep_run(name, runs):
    folder, to = runs / name, KEPT / name
    if not folder.exists():
        return
    finished = {arm["folder"] for arm in arms_of(folder)}
    to.mkdir(parents=True, exist_ok=True)
    recipe = (folder / "recipe.toml").read_text(encoding="utf8")  # names its file, wherever it lay
    (to / "recipe.toml").write_text(re.sub(r"recipe /\S*/", "recipe ", recipe), encoding="utf8")
    study = json.loads((folder / "study.json").read_text(encoding="utf8"))
    for arm in study["arms"]:
        if arm["folder"] not in finished:
            arm.update(state="pending", best_epoch=0, seconds=0)
    (to / "study.json").write_text(json.dumps(study, indent=2, ensure_ascii=False) + "\n", encoding="utf8")
    for arm in finished:
        (to / arm).mkdir(exist_ok=True)
        for record in RECORDS:
            if (folder / arm / record).exists():
                shutil.copy(folder / arm / record, to / arm / record)
    print(f"{name}: {len(finished)} of {len(study['arms'])} trainings are kept")


def finals(arms):
    """Of each method its trainings: parameters, rate, the last test accuracy by seed."""
    methods = {}
    for arm in arms:
        if arm["state"] != "finished":
            continue
        row = methods.setdefault(method_of(arm), {"parameters": arm["parameters"], "lr": arm["settings"]["lr"], "finals": {}})
        row["finals"][int(arm["seed"])] = float(arm["epochs"][-1]["test_accuracy"])
    return methods


def write_table():
    (KEPT / "zoo").mkdir(parents=True, exist_ok=True)
    with open(KEPT / "zoo/table.csv", "w", encoding="utf8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["norm", "weights", "learning_rate", "parameters", "seeds", "finals"])
        for (norm, weights, _), row in finals(arms_of(KEPT / "zoo")).items():
            seeds = sorted(row["finals"])
            writer.writerow([norm, weights, row["lr"], row["parameters"], " ".join(map(str, seeds)),
                             " ".join(f"{row['finals'][seed]:.2f}" for seed in seeds)])


def measure_steps(methods, options):
    """Steps per second of each method, the best of rounds in which all take their turns, and the machine."""
    if options.steps.exists():
        return json.loads(options.steps.read_text(encoding="utf8"))
    best, machine = {}, ""
    for _ in range(ROUNDS):
        for method in methods:
            norm, weights, ghost = method
            command = [options.normlab, "bench", "--norm", norm, "--weights", weights, "--ghost", str(ghost), "--batch", "128",
                       "--rounds", "2", "--bandwidth-mib", "0", "--json"]
            ended = subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True)
            report = json.loads(ended.stdout)
            machine = report["machine"]["processor"]
            best[label(method)] = max(best.get(label(method), 0), 1 / report["step"]["seconds"]["least"])
    measured = {"processor": machine, "steps_per_second": {name: round(rate, 1) for name, rate in best.items()}}
    options.steps.write_text(json.dumps(measured, indent=2) + "\n", encoding="utf8")
    return measured


def interval(values):
    """Half of the mean's 95 % interval by Student's t."""
    quantiles = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776}
    if len(values) not in quantiles:
        return math.nan
    return quantiles[len(values)] * statistics.stdev(values) / math.sqrt(len(values))


def print_table(options):
    methods = finals(arms_of(KEPT / "zoo"))
    measured = measure_steps(methods, options)
    print("| normalization | rate | parameters | n | test accuracy, % | 95 % interval | steps per second |\n"
          "|:---|---:|---:|---:|---:|:---:|---:|")
    ranked = sorted(methods.items(), key=lambda item: -statistics.mean(item[1]["finals"].values()))
    for method, row in ranked:
        values = list(row["finals"].values())
        mean, half = statistics.mean(values), interval(values)
        bounds = "-" if math.isnan(half) else f"{mean - half:.2f} to {mean + half:.2f}"
        print(f"| {label(method)} | {row['lr']} | {row['parameters']:,} | {len(values)} | {mean:.2f} | {bounds} | "
              f"{measured['steps_per_second'].get(label(method), '-')} |")
    print(f"\nSteps per second: batches of 128, {measured['processor']}, the best of {ROUNDS} rounds in which all take turns.")


def spread(values):
    """Mean of the seeds (least-most), and how many there are where that is not all."""
    shown = f"{statistics.mean(values):.2f} ({min(values):.2f}-{max(values):.2f})"
    return shown if len(values) == len(SEEDS) else f"{shown}, {len(values)} of {len(SEEDS)}"


def print_silent():
    """Every method of the follow-ups in each of the five."""
    arms = arms_of(KEPT / "zoo-residual")

    def residual(shortcuts, kaiming):
        return finals(arm for arm in arms if (arm["settings"]["model"] == "resnet-8") == shortcuts and
                      ("kaiming" in str(arm["settings"])) == kaiming)

    columns = {"zoo, 20 epochs": finals(arms_of(KEPT / "zoo")), "zoo, Kaiming's filters": finals(arms_of(KEPT / "zoo-kaiming")),
               "ResNet-8": residual(True, False), "without its shortcuts": residual(False, False),
               "without, Kaiming's filters": residual(False, True)}
    print("| normalization | " + " | ".join(columns) + " |\n|:---|" + "---:|" * len(columns))
    for method in columns["zoo, Kaiming's filters"]:
        cells = (spread(list(column[method]["finals"].values())) if method in column else "-" for column in columns.values())
        print(f"| {label(method)} | " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=["rates", "choose", "train", "why", "keep", "table", "silent"])
    parser.add_argument("--normlab", type=pathlib.Path, default=ROOT / "build/normlab")
    parser.add_argument("--runs", type=pathlib.Path, default=pathlib.Path("runs"))
    parser.add_argument("--steps", type=pathlib.Path, default=KEPT / "zoo/steps.json")
    options = parser.parse_args()
    if options.part == "rates":
        sys.exit(train("zoo-rates", options))
    if options.part == "choose":
        choose(options)
    elif options.part == "train":
        sys.exit(train("zoo", options))
    elif options.part == "why":
        sys.exit(train("zoo-residual", options) or train("zoo-kaiming", options))
    elif options.part == "keep":
        for name in STUDIES:
            keep_run(name, options.runs)
        write_table()
    elif options.part == "silent":
        print_silent()
    else:
        print_table(options)


if __name__ == "__main__":
    main()
