#!/usr/bin/env python3
"""The tables of docs/results/seeds.md: the two write-ups' single trainings beside ours.

    scripts/beside_the_seeds.py     # from docs/results/*/*/metrics.csv and arm.json, to standard output

A write-up's number is "in the 95 % range" where one more training like ours would fall with 95 %
probability: mean +- t(n - 1) * deviation * sqrt(1 + 1/n), the t prediction interval.
"""
import collections
import csv
import functools
import json
import math
import pathlib
import statistics

RESULTS = pathlib.Path(__file__).resolve().parent.parent / "docs" / "results"
T_975 = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}

# The first write-up's fifteen: normalization, l1, l2, batch, epochs that the weights had seen at the
# end, final and highest test accuracy. Its table and logs, as recomputed from the logs: a first epoch
# of 95 % and more began where another training had ended.
FIRST = [
    ("batch", 0, 0, 64, 20, 99.48, 99.48), ("batch", 0, 0.001, 128, 20, 99.54, 99.54),
    ("batch", 0, 0.002, 128, 40, 99.59, 99.59), ("batch", 0.001, 0, 128, 60, 99.41, 99.41),
    ("batch", 0.001, 0.001, 128, 80, 99.45, 99.45), ("batch", 0.001, 0.002, 128, 100, 99.41, 99.41),
    ("batch", 0.002, 0, 128, 120, 99.24, 99.26), ("batch", 0.002, 0.001, 64, 20, 99.20, 99.21),
    ("batch", 0.002, 0.002, 64, 40, 99.10, 99.10), ("layer", 0, 0, 64, 20, 99.34, 99.40),
    ("layer", 0, 0.001, 64, 40, 99.49, 99.52), ("layer", 0, 0.002, 128, 20, 99.46, 99.46),
    ("group", 0, 0, 128, 20, 99.52, 99.53), ("group", 0, 0.001, 128, 20, 99.41, 99.43),
    ("group", 0, 0.002, 128, 40, 99.43, 99.43),
]
# The second's three: final and highest test accuracy, final test loss, final train accuracy.
SECOND = {"batch": (73.51, 73.93, 0.7738, 78.95), "group": (76.47, 76.47, 0.6782, 78.75),
          "layer": (75.87, 75.87, 0.6970, 78.29)}

# statistics.csv's kinds, and what a report calls them.
KINDS = {"shared": "running shared", "per_application": "running per application",
         "reestimated_shared": "re-estimated shared",
         "reestimated_per_application": "re-estimated per application", "batch": "each test batch's own"}

Arm = collections.namedtuple("Arm", "settings epochs last accuracies")


@functools.cache
def arms(study):
    """Of each finished training of a study: its settings, its metrics, what its last epoch left."""
    found = []
    for folder in sorted((RESULTS / study).glob("*-seed*")):
        if not (folder / "arm.json").exists():  # older than that file
            continue
        facts = json.loads((folder / "arm.json").read_text())
        with open(folder / "metrics.csv", newline="") as file:
            epochs = [{key: float(value) for key, value in row.items()}
                      for row in csv.DictReader(file)]
        found.append(Arm(facts["settings"], epochs, facts["last"], accuracies(folder)))
    return found


def accuracies(folder):
    """Of each kind of statistics.csv the test accuracies, epoch after epoch."""
    kinds = collections.defaultdict(list)
    if (folder / "statistics.csv").exists():
        with open(folder / "statistics.csv", newline="") as file:
            for row in csv.DictReader(file):
                kinds[row["statistics"]].append(float(row["test_accuracy"]))
    return kinds


def number(settings, key):
    return float(settings[key])


def chosen(study, norm, **numbers):
    return [arm for arm in arms(study) if arm.settings["norm"].strip('"') == norm
            and all(number(arm.settings, key) == value for key, value in numbers.items())]


def spread(values, digits=2):
    mean = statistics.mean(values)
    if len(values) == 1:
        return f"{mean:.{digits}f}"
    return f"{mean:.{digits}f} ± {statistics.stdev(values):.{digits}f}"


def in_range(value, values):
    n = len(values)
    half = T_975[n - 1] * statistics.stdev(values) * math.sqrt(1 + 1 / n)
    low, high = statistics.mean(values) - half, statistics.mean(values) + half
    return f"{low:.2f} to {high:.2f}: {'in' if low <= value <= high else 'out'}"


def final(trainings, key):
    return [arm.epochs[-1][key] for arm in trainings]


def first_grid():
    print("| norm | L1 | L2 | write-up: batch | epochs seen | its final | ours: final | n | 95 % range of one more |")
    print("|:---|---:|---:|---:|---:|---:|---:|---:|:---|")
    for norm, l1, l2, batch, epochs, theirs, _ in FIRST:
        ours = final(chosen("mnist-l1-l2", norm, l1=l1, l2=l2), "test_accuracy")
        seen = f"{epochs}" if epochs == 20 else f"**{epochs}**"
        print(f"| {norm} | {l1:g} | {l2:g} | {batch} | {seen} | {theirs:.2f} | {spread(ours)} | {len(ours)} | "
              f"{in_range(theirs, ours)} |")
    print()


def first_best(study):
    theirs = {(norm, l1, l2): value for norm, l1, l2, _, _, value, _ in FIRST}
    print(f"| `{study}` | write-up, n = 1 | ours, final | n | 95 % range of one more |")
    print("|:---|---:|---:|---:|:---|")
    for norm in ("batch", "layer", "group"):
        trainings = chosen(study, norm)
        l1, l2 = (number(trainings[0].settings, key) for key in ("l1", "l2"))
        ours = final(trainings, "test_accuracy")
        penalty = "".join(f", {name} = {value:g}" for name, value in (("L1", l1), ("L2", l2)) if value)
        print(f"| {norm}{penalty} | {theirs[norm, l1, l2]:.2f} | {spread(ours)} | {len(ours)} | "
              f"{in_range(theirs[norm, l1, l2], ours)} |")
    print()


def second():
    print("| `cifar10` | write-up: test | ours: test | 95 % range of one more | test with batch statistics, ours | "
          "write-up: train | ours: train | write-up: loss | ours: loss | n |")
    print("|:---|---:|---:|:---|---:|---:|---:|---:|---:|---:|")
    for norm, (test, _, loss, train) in SECOND.items():
        trainings = chosen("cifar10", norm)
        ours = final(trainings, "test_accuracy")
        batch = [arm.last.get("batch_statistics_test_accuracy") for arm in trainings]
        print(f"| {norm} | {test:.2f} | {spread(ours)} | {in_range(test, ours)} | "
              f"{spread(batch) if batch[0] is not None else '-'} | {train:.2f} | "
              f"{spread(final(trainings, 'train_accuracy'))} | {loss:.4f} | "
              f"{spread(final(trainings, 'test_loss'), 4)} | {len(ours)} |")
    print()


def interval(values):
    half = T_975[len(values) - 1] * statistics.stdev(values) / math.sqrt(len(values))
    mean = statistics.mean(values)
    return f"{mean:+.2f} [{mean - half:+.2f}, {mean + half:+.2f}]"


def jitter(accuracies):
    return statistics.mean(abs(b - a) for a, b in zip(accuracies[-11:], accuracies[-10:]))


def last_five(accuracies):
    return statistics.mean(accuracies[-5:])


SHARED_ARMS = [("as the write-up has it", "conv-relu-dropout-norm", 0.05),
               ("dropout 0", "conv-relu-dropout-norm", 0),
               ("dropout after the normalization", "conv-relu-norm-dropout", 0.05)]


def shared_arms():
    for words, order, dropout in SHARED_ARMS:
        yield words, [arm for arm in chosen("shared-batch-norm", "batch", dropout=dropout)
                      if arm.settings["order"].strip('"') == order]


def shared_head(title):
    print(f"| {title} | " + " | ".join(words for words, _, _ in SHARED_ARMS) + " |")
    print("|:---|" + "---:|" * len(SHARED_ARMS))


def shared_row(words, cell):
    print(f"| {words} | " + " | ".join(cell(trainings) for _, trainings in shared_arms()) + " |")


def why_batch_came_last():
    shared_head("evaluated with")
    for kind, words in KINDS.items():
        shared_row(words, lambda trainings: spread([arm.accuracies[kind][-1] for arm in trainings]))
    print()
    shared_head("of the same weights, mean of the last five epochs")
    for kind, against in [("per_application", "shared"), ("reestimated_per_application", "per_application"),
                          ("reestimated_shared", "shared"), ("batch", "per_application")]:
        shared_row(f"{KINDS[kind]} less {KINDS[against]}", lambda trainings: interval(
            [last_five(arm.accuracies[kind]) - last_five(arm.accuracies[against]) for arm in trainings]))
    for kind in ("shared", "per_application"):
        shared_row(f"jitter, {KINDS[kind]}",
                   lambda trainings: spread([jitter(arm.accuracies[kind]) for arm in trainings]))
    shared_row("running train accuracy, final", lambda trainings: spread(final(trainings, "train_accuracy")))
    print()


def seconds():
    print("| study | trainings | s an epoch, median | images/s, median | s a training, median | all together, min |")
    print("|:---|---:|---:|---:|---:|---:|")
    for study in ("mnist-l1-l2", "mnist", "mnist-assignment", "fashion", "cifar10", "shared-batch-norm"):
        trainings = arms(study)
        if not trainings:
            continue
        epochs = [epoch for arm in trainings for epoch in arm.epochs]
        totals = [sum(epoch["seconds"] for epoch in arm.epochs) for arm in trainings]
        print(f"| `{study}` | {len(trainings)} | {statistics.median(e['seconds'] for e in epochs):.1f} | "
              f"{statistics.median(e['images_per_second'] for e in epochs):,.0f} | "
              f"{statistics.median(totals):.0f} | {sum(totals) / 60:.0f} |")
    print()


def main():
    first_grid()
    first_best("mnist")
    first_best("mnist-assignment")
    if arms("cifar10"):
        second()
    if arms("shared-batch-norm"):
        why_batch_came_last()
    seconds()


if __name__ == "__main__":
    main()
