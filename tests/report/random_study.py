"""Run folders and a data set filled with random values, and what must be shown of them, computed
here from the values alone."""
import csv
import gzip
import json
import pathlib
import random
import struct

# Student's t, 0.975 quantile, by degrees of freedom.
T = {1: 12.706204736432095, 2: 4.302652729696142, 3: 3.182446305284263, 4: 2.7764451051977987}


# The columns of layers.csv after epoch, layer and application.
QUANTITIES = ["mean_before", "deviation_before", "mean_after", "deviation_after", "gradient_norm", "weight_norm",
              "running_mean_distance", "running_variance_distance"]

# What the layers of learned.csv learn: name, kind, elements.
LEARNED = [("share", "statement", 1), ("gate", "learned", 8), ("weight", "learned", 8)]

# The kinds of statistics.csv, and what a report calls them.
KINDS = {"shared": "running shared", "per_application": "running per application",
         "reestimated_shared": "re-estimated shared", "reestimated_per_application": "re-estimated per application",
         "batch": "each test batch's own"}


class IdxData:
    """idx:DIR, as docs/data.md tells: random grey images."""

    def __init__(self, folder, classes, test_images, side=7, seed=1):
        self.random = random.Random(seed)
        self.folder, self.side = pathlib.Path(folder), side
        self.folder.mkdir(parents=True)
        self.labels = [i % classes for i in range(test_images)]
        self.random.shuffle(self.labels)
        self.images = [self.random.randbytes(side * side) for _ in self.labels]
        for split, labels, images in [("train", list(range(classes)), self.images[:classes]),
                                      ("t10k", self.labels, self.images)]:
            (self.folder / f"{split}-images-idx3-ubyte").write_bytes(
                struct.pack(">IIII", 0x803, len(images), side, side) + b"".join(images))
            (self.folder / f"{split}-labels-idx1-ubyte").write_bytes(
                struct.pack(">II", 0x801, len(labels)) + bytes(labels))
        self.name = f"idx:{self.folder}"


class Arm:
    """One training: metrics by column, misses by image."""

    def __init__(self, study, label, norm, seed, epochs, misses, state, settings):
        draw = study.random
        self.label, self.norm, self.seed, self.state, self.settings = label, norm, seed, state, settings
        self.folder = f"arm{len(study.arms)}-seed{seed}"
        self.seconds = draw.uniform(1, 9000)
        self.metrics = [{
            "epoch": e + 1, "train_loss": draw.uniform(.1, 2), "train_accuracy": draw.uniform(20, 100),
            "test_loss": draw.uniform(.1, 2), "test_accuracy": draw.uniform(20, 100),
            "learning_rate": draw.random(), "seconds": draw.uniform(1, 9), "images_per_second": draw.uniform(1, 1e5),
        } for e in range(epochs)]
        self.best_epoch = draw.randint(1, epochs) if epochs else 0
        self.misses = {}
        for image in draw.sample(range(len(study.data.labels)), misses) if state == "finished" else []:
            self.miss(study, image)
        self.clean = draw.uniform(20, 100)
        self.layers = {layer: [[draw.uniform(.01, 5) for _ in QUANTITIES] for _ in range(epochs)]
                       for layer in study.layers}
        draw_learned = random.Random(f"{label} {seed}")
        self.learned = {(layer, name): [sorted(draw_learned.uniform(-1, 2) for _ in range(3)) for _ in range(epochs)]
                        for layer in study.layers for name, _, _ in LEARNED if label in study.learned}
        self.statistics = {kind: [(draw.uniform(.1, 2), draw.uniform(20, 100)) for _ in range(epochs)]
                           for kind in KINDS if label in study.compared}

    def miss(self, study, image):
        truth, sure = study.data.labels[image], study.random.randint(300, 990) / 1000
        prediction = study.random.choice([c for c in range(study.classes) if c != truth])
        self.misses[image] = (truth, prediction, sure, (1 - sure) / 2)

    def last(self, column):
        return self.metrics[-1][column]

    def largest(self, column):
        return max(row[column] for row in self.metrics)


class Study:
    def __init__(self, path, data, class_names, models, seeds, epochs=5, misses=20, recipe="random", seed=1, layers=(),
                 compared=(), learned=(), state=lambda label, seed: "finished"):
        """`models`: [(label, norm, {key: value})]; `compared`: the labels of those with statistics.csv;
        `learned`: of those with learned.csv."""
        self.path, self.data, self.class_names, self.recipe = pathlib.Path(path), data, class_names, recipe
        self.classes, self.random, self.arms = len(class_names), random.Random(seed), []
        self.layers, self.compared, self.learned = layers, compared, learned
        self.models = [label for label, _, _ in models]
        for label, norm, settings in models:
            for s in seeds:
                self.arms.append(Arm(self, label, norm, s, epochs, misses, state(label, s), settings))

    def of(self, label):
        return [arm for arm in self.arms if arm.label == label and arm.state == "finished"]

    def write(self, environment=None):
        for arm in self.arms:
            folder = self.path / arm.folder
            folder.mkdir(parents=True)
            with open(folder / "metrics.csv", "w", newline="") as file:
                writer = csv.DictWriter(file, list(arm.metrics[0]))
                writer.writeheader()
                writer.writerows(arm.metrics)
            if arm.state != "finished":
                continue
            (folder / "arm.json").write_text(json.dumps({
                "settings": arm.settings,
                "conditions": {"parameters": 7704, "batch_size": 64, "steps": 100, "initial_weights": "a" * 64,
                               "data_order": "b" * 64, "first_images": "c" * 64},
                "last": {"clean_train_images": 100, "clean_train_loss": 0.5, "clean_train_accuracy": arm.clean}}))
            if self.layers:
                with open(folder / "layers.csv", "w", newline="") as file:
                    writer = csv.writer(file)
                    writer.writerow(["epoch", "layer", "application", *QUANTITIES])
                    for e in range(len(arm.metrics)):
                        writer.writerows([e + 1, layer, 1, *arm.layers[layer][e]] for layer in self.layers)
            if arm.learned:
                with open(folder / "learned.csv", "w", newline="") as file:
                    writer = csv.writer(file)
                    writer.writerow(["epoch", "layer", "part", "name", "kind", "count", "mean", "deviation", "lowest", "highest"])
                    for e in range(len(arm.metrics)):
                        for layer in self.layers:
                            for name, kind, count in LEARNED:
                                low, mean, high = arm.learned[layer, name][e]
                                values = [mean, 0.25, low, high] if count > 1 else [mean, 0, mean, mean]
                                writer.writerow([e + 1, layer, "norm", name, kind, count, *values])
            if arm.statistics:
                with open(folder / "statistics.csv", "w", newline="") as file:
                    writer = csv.writer(file)
                    writer.writerow(["epoch", "statistics", "test_loss", "test_accuracy"])
                    for e in range(len(arm.metrics)):
                        writer.writerows([e + 1, kind, *rows[e]] for kind, rows in arm.statistics.items())
            with open(folder / "errors.csv", "w", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(["index", "truth", "prediction", "truth_name", "prediction_name",
                                 "truth_probability", "prediction_probability", "loss"])
                for image, (truth, prediction, sure, other) in sorted(arm.misses.items()):
                    writer.writerow([image, truth, prediction, self.class_names[truth],
                                     self.class_names[prediction], other, sure, 1.5])
        (self.path / "study.json").write_text(json.dumps({
            "schema": 1, "recipe": self.recipe, "dataset": self.data.name, "class_names": self.class_names,
            "best_on": "test", "started": "2026-01-02T03:04:05Z", "finished": "",
            "arms": [{"folder": arm.folder, "label": arm.label, "norm": arm.norm, "seed": arm.seed, "state": arm.state,
                      "message": "", "best_epoch": arm.best_epoch, "seconds": arm.seconds} for arm in self.arms]}))
        (self.path / "recipe.toml").write_text(f'recipe = "{self.recipe}"\n')
        (self.path / "environment.json").write_text(json.dumps(environment or {"command": ["normlab", "run", "it's"]}))
        return self


def mean(values):
    return sum(values) / len(values)


def half_interval(values):
    n, m = len(values), mean(values)
    deviation = (sum((v - m) ** 2 for v in values) / (n - 1)) ** .5
    return T[n - 1] * deviation / n ** .5
