# %% setup
import csv
import json
import pathlib
import re

RUN = pathlib.Path(".")  # the run folder, as seen from where this notebook lies
if not (RUN / "study.json").exists():
    raise FileNotFoundError(f"{RUN / 'study.json'} is not here: open the notebook in the folder that normlab wrote it into")

try:
    import matplotlib.font_manager as fonts
    import matplotlib.pyplot as plt
    GLYPHS = set(fonts.get_font(fonts.findfont(fonts.FontProperties())).get_charmap())
except ImportError:
    plt = None
    GLYPHS = set()
    print("matplotlib is missing: tables are shown, graphs and galleries are not (pip install matplotlib, or Debian's python3-matplotlib)")


def plain(text):
    """One line, whatever the text holds."""
    return "".join(" " if ord(c) < 32 or 127 <= ord(c) < 160 else c for c in text)


def read_csv(path):
    """A list of dictionaries; empty where there is no such file."""
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8", errors="replace") as file:
        return list(csv.DictReader(file))


def read_metrics(folder):
    return [{key: float(value) for key, value in row.items()} for row in read_csv(folder / "metrics.csv")]


study = json.loads((RUN / "study.json").read_text(encoding="utf-8"))
arms = [dict(arm, metrics=read_metrics(RUN / arm["folder"])) for arm in study["arms"]]
models = {}  # label -> its arms, one for each seed
for arm in arms:
    models.setdefault(arm["label"], []).append(arm)

print(f"{plain(study['recipe'])} on {plain(study['dataset'])}: {len(models)} models, {len(arms)} trainings, "
      f"{sum(arm['state'] == 'finished' for arm in arms)} finished")


# %% tables
class Table:
    """Rows of text, the first of them the header; the first column is text, the others are numbers."""

    def __init__(self, rows):
        self.rows = [[plain(cell) for cell in row] for row in rows]

    def __repr__(self):
        widths = [max(len(row[column]) for row in self.rows) for column in range(len(self.rows[0]))]
        lines = []
        for row in self.rows:
            cells = [row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
            lines.append("  ".join(cells).rstrip(" "))
        return "\n".join(lines)

    @staticmethod
    def _words(cell):
        """The text itself in HTML and in Markdown, where a name holds markup, a formula or an address."""
        if re.fullmatch(r"([A-Za-z0-9 =,/±-]|(?<=[0-9])\.(?=[0-9]))*", cell):
            return cell
        shown = (c if c.isascii() and c.isalnum() or c in " ,=" or ord(c) > 127 else f"&#{ord(c)};" for c in cell)
        return "<code>" + "".join(shown) + "</code>"

    def _repr_html_(self):
        def line(tag, row):
            return "<tr>" + "".join(f"<{tag}>{self._words(cell)}</{tag}>" for cell in row) + "</tr>\n"
        return "<table>\n" + line("th", self.rows[0]) + "".join(line("td", row) for row in self.rows[1:]) + "</table>"

    def _repr_markdown_(self):
        lines = ["| " + " | ".join(self._words(cell) for cell in row) + " |" for row in self.rows]
        lines.insert(1, "|:---" + "|---:" * (len(self.rows[0]) - 1) + "|")
        return "\n".join(lines)


def mean(values):
    return sum(values) / len(values)


def deviation(values):
    center = mean(values)
    return (sum((value - center) ** 2 for value in values) / (len(values) - 1)) ** 0.5


def spread(values, digits):
    """The mean, with the standard deviation over seeds where there are several."""
    if not values:
        return "-"
    text = f"{mean(values):.{digits}f}"
    return text if len(values) == 1 else f"{text} ± {deviation(values):.{digits}f}"


# %% results
COLUMNS = [("train final", lambda m: m[-1]["train_accuracy"], 2),
           ("test max", lambda m: max(row["test_accuracy"] for row in m), 2),
           ("test final", lambda m: m[-1]["test_accuracy"], 2),
           ("test loss", lambda m: m[-1]["test_loss"], 4),
           ("s/epoch", lambda m: mean([row["seconds"] for row in m]), 1)]

rows = [["model", "seeds finished"] + [name for name, _, _ in COLUMNS]]
for label, own in models.items():
    finished = [arm["metrics"] for arm in own if arm["state"] == "finished" and arm["metrics"]]
    rows.append([label, f"{len(finished)} of {len(own)}"] +
                [spread([value(metrics) for metrics in finished], digits) for _, value, digits in COLUMNS])
Table(rows)

# %% seeds
rows = [["model", "seed", "state", "epochs"] + [name for name, _, _ in COLUMNS]]
for arm in arms:
    metrics = arm["metrics"]
    rows.append([arm["label"], str(arm["seed"]), arm["state"], str(len(metrics))] +
                [spread([value(metrics)] if metrics else [], digits) for _, value, digits in COLUMNS])
Table(rows)


# %% curves
STYLES = [(color, marker) for color, marker in zip(
    ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000"], "osD^v<>")]


def drawn(text):
    """For matplotlib, which takes dollars for formulas and draws boxes for what its font lacks."""
    shown = (c if ord(c) in GLYPHS else f"U+{ord(c):04X}" for c in plain(text))
    return "".join(shown).replace("$", r"\$")


def named(text):
    """For a legend, which leaves out names with a leading _."""
    return "\u200b" + drawn(text) if text.startswith("_") else drawn(text)


def curve(own, column):
    """Mean, lowest and highest over the seeds, for the epochs that all of them reached."""
    trained = [arm["metrics"] for arm in own if arm["metrics"] and arm["state"] != "diverged"]
    if not trained:
        trained = [arm["metrics"] for arm in own if arm["metrics"]]
    epochs = min((len(metrics) for metrics in trained), default=0)
    columns = [[metrics[e][column] for metrics in trained] for e in range(epochs)]
    return [(mean(values), min(values), max(values)) for values in columns]


def plot(axes, column, first):
    """All models from epoch `first` on."""
    for i, (label, own) in enumerate(models.items()):
        points = curve(own, column)[first - 1:]
        if not points:
            continue
        epochs = range(first, first + len(points))
        color, marker = STYLES[i % len(STYLES)]
        axes.plot(epochs, [point[0] for point in points], color=color, marker=marker, markersize=4, label=named(label),
                  linestyle="-" if i < len(STYLES) else "--")
        axes.fill_between(epochs, [point[1] for point in points], [point[2] for point in points], color=color,
                          alpha=0.15, linewidth=0)
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(plt.MaxNLocator(integer=True))
    axes.grid(alpha=0.3)


def draw(title, column, unit, digits):
    longest = 0
    for label, own in models.items():
        points = curve(own, column)
        longest = max(longest, len(points))
        if points:
            print(f"{plain(label)}: {points[-1][0]:.{digits}f} after epoch {len(points)}")
    if plt is None or longest == 0:
        return
    panels = 2 if longest >= 6 else 1  # the later half again, enlarged
    figure, places = plt.subplots(1, panels, figsize=(6.5 * panels, 4.8), layout="constrained", squeeze=False)
    for axes, first in zip(places[0], [1, longest // 2 + 1]):
        plot(axes, column, first)
        axes.set_title("all epochs" if first == 1 else f"from epoch {first} on", fontsize=10)
    seeds = len({arm["seed"] for arm in arms})
    figure.suptitle(title + (f", mean and range of {seeds} seeds" if seeds > 1 else ""))
    places[0][0].set_ylabel(unit)
    places[0][0].legend(fontsize=9 if len(models) <= len(STYLES) else 7)
    plt.show()


# %% [markdown] graph-1-title
# ## Graph 1: test loss of all models

# %% graph-1
draw("Test loss of all models", "test_loss", "negative log-likelihood", 4)

# %% [markdown] graph-2-title
# ## Graph 2: test accuracy of all models

# %% graph-2
draw("Test accuracy of all models", "test_accuracy", "percent", 2)

# %% [markdown] misclassified-title
# ## Misclassified test images
#
# Of each model's first training, the ten misses of the last epoch that it was surest of: p is the probability that it
# gave to its wrong answer. The images are those that the report drew into `figures/`.


# %% misclassified
def surest(arm):
    misses = read_csv(RUN / arm["folder"] / "errors.csv")
    return len(misses), sorted(misses, key=lambda row: -float(row["prediction_probability"]))[:10]


def tiles(misses):
    """The images, side by side, of the figure that shows these misses; None where there is none."""
    wanted = [(row["index"], float(row["prediction_probability"])) for row in misses]
    for path in sorted((RUN / "figures").glob("misclassified-*.csv")):
        shown = [(row["index"], float(row["prediction_probability"])) for row in read_csv(path)]
        images = path.with_name(path.stem + "-images.png")
        if shown == wanted and images.exists():
            return plt.imread(images)
    return None


def draw_gallery(title, misses):
    strip = tiles(misses)
    if strip is None:
        return
    width = strip.shape[1] // len(misses)
    figure, places = plt.subplots(2, 5, figsize=(11, 5.6), layout="constrained")
    figure.suptitle(title)
    for place in places.flat:
        place.axis("off")
    for i, (place, row) in enumerate(zip(places.flat, misses)):
        place.imshow(strip[:, i * width:(i + 1) * width])
        place.set_title(f"actual: {drawn(row['truth_name'])}\npredicted: {drawn(row['prediction_name'])}\n"
                        f"image {row['index']}, p = {float(row['prediction_probability']):.4f}", fontsize=9)
    plt.show()


for label, own in models.items():
    total, misses = surest(own[0])
    title = f"{plain(label)}, seed {own[0]['seed']}: {len(misses)} of {total} misses"
    print(title)
    if misses:
        print(Table([["image", "actual", "predicted", "p"]] +
                    [[row["index"], row["truth_name"], row["prediction_name"],
                      f"{float(row['prediction_probability']):.4f}"] for row in misses]))
        if plt is not None:
            draw_gallery(drawn(title), misses)
