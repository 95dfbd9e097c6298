#!/usr/bin/env python3
"""The notebook of `normlab report --notebook`, as written and as Debian's Jupyter executes it, beside the numbers that
the run folder was filled with here.

    /usr/bin/python3 tests/report/notebook_test.py BINARY
"""
import base64
import csv
import html.parser
import json
import os
import pathlib
import random
import statistics
import struct
import subprocess
import sys
import tempfile
import unittest

try:
    import ipykernel  # noqa: F401
    import matplotlib  # noqa: F401
    import nbformat
    from nbconvert.preprocessors import ExecutePreprocessor
except ImportError:
    print("packages are missing: jupyter-nbconvert python3-ipykernel python3-matplotlib")
    sys.exit(0)

BINARY = ""
CLASSES = ["cat, \"big\"", "<i>dog</i>", "_$x$_"]
LABELS = ["batch, l2 = 0.001", 'q" \\ <b>$x$</b> \'\'\' | `c` {0} %s', '_layer\n""")\nimport os; os.abort()  # $y$ é &amp;']
IMAGES, EPOCHS = 60, 7
METRICS = ["train_loss", "train_accuracy", "test_loss", "test_accuracy", "learning_rate", "seconds", "images_per_second"]


def write_idx(path, data, *shape):
    path.write_bytes(bytes([0, 0, 8, len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + data)


def write_data(folder, chance):
    folder.mkdir()
    labels = bytes(i % len(CLASSES) for i in range(IMAGES))
    for part in ["train", "t10k"]:
        write_idx(folder / f"{part}-images-idx3-ubyte", chance.randbytes(IMAGES * 64), IMAGES, 8, 8)
        write_idx(folder / f"{part}-labels-idx1-ubyte", labels, IMAGES)
    (folder / "classes.txt").write_text("\n".join(CLASSES) + "\n")


def write_csv(path, rows):
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_arm(folder, epochs, misses, chance):
    folder.mkdir(parents=True)
    metrics = [{"epoch": e + 1, **{name: chance.uniform(0, 100) for name in METRICS}} for e in range(epochs)]
    write_csv(folder / "metrics.csv", metrics)
    errors = []
    for index in sorted(chance.sample(range(IMAGES), misses)):
        truth = index % len(CLASSES)
        prediction = (truth + 1 + chance.randrange(len(CLASSES) - 1)) % len(CLASSES)
        errors.append({"index": index, "truth": truth, "prediction": prediction, "truth_name": CLASSES[truth],
                       "prediction_name": CLASSES[prediction], "truth_probability": 0.01,
                       "prediction_probability": chance.uniform(0.5, 1), "loss": 1.0})
    if errors:
        write_csv(folder / "errors.csv", errors)
    else:
        (folder / "errors.csv").write_text("index,truth,prediction,truth_name,prediction_name,truth_probability,"
                                           "prediction_probability,loss\n")
    return metrics, errors


def write_run(folder, data, chance):
    """Three models, two seeds each; the last arm of the second stopped early, the third misses nothing."""
    arms = []
    for m, label in enumerate(LABELS):
        for seed in [1, 2]:
            early = m == 1 and seed == 2
            name = f"arm{m}-seed{seed}"
            metrics, errors = write_arm(folder / name, 3 if early else EPOCHS, [13, 7, 0][m], chance)
            arms.append({"folder": name, "label": label, "norm": "batch", "seed": seed, "message": "", "best_epoch": 1,
                         "state": "interrupted" if early else "finished", "seconds": 1.0,
                         "metrics": metrics, "errors": errors})
    study = {"schema": 1, "recipe": "mine", "dataset": f"idx:{data}", "class_names": CLASSES, "best_on": "test",
             "started": "", "finished": "",
             "arms": [{k: v for k, v in arm.items() if k not in ("metrics", "errors")} for arm in arms]}
    (folder / "study.json").write_text(json.dumps(study))
    (folder / "recipe.toml").write_text('recipe = "mine"\nmodel = "C4 GAP c3!"\n')
    (folder / "environment.json").write_text("{}")
    return arms


def plain(text):
    return text.replace("\n", " ")


def stream(cell):
    return "".join(output["text"] for output in cell["outputs"] if output["output_type"] == "stream")


def pictures(cell):
    return [base64.b64decode(output["data"]["image/png"]) for output in cell["outputs"]
            if "image/png" in output.get("data", {})]


def result(cell):
    tables = [output["data"] for output in cell["outputs"] if output["output_type"] == "execute_result"]
    assert len(tables) == 1, cell["outputs"]
    return tables[0]


class Cells(html.parser.HTMLParser):
    """The words of a table, and every tag in it."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.rows = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        assert not attributes
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data):
        if data.strip("\n"):
            self.rows[-1][-1] += data


class NotebookTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        held = tempfile.TemporaryDirectory()
        cls.addClassCleanup(held.cleanup)
        cls.root = pathlib.Path(held.name)
        for name in ["IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "MPLCONFIGDIR"]:
            os.environ[name] = str(cls.root / name)
        os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # a warning of the kernel's debugger
        chance = random.Random(20)
        write_data(cls.root / "data", chance)
        cls.run_folder = cls.root / "run"
        cls.run_folder.mkdir()
        cls.arms = write_run(cls.run_folder, cls.root / "data", chance)
        made = subprocess.run([BINARY, "report", str(cls.run_folder), "--notebook"], capture_output=True, text=True)
        assert made.returncode == 0, made.stderr
        cls.printed = made.stdout
        cls.written = nbformat.read(cls.run_folder / "notebook.ipynb", as_version=4)
        cls.executed = cls.execute()

    @classmethod
    def execute(cls, **environment):
        notebook = nbformat.read(cls.run_folder / "notebook.ipynb", as_version=4)
        for cell in notebook.cells:
            cell.pop("execution_count", None)
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        before = dict(os.environ)
        os.environ.update(environment)
        try:
            ExecutePreprocessor(timeout=300, kernel_name="python3").preprocess(
                notebook, {"metadata": {"path": str(cls.run_folder)}})
        finally:
            os.environ.clear()
            os.environ.update(before)
        return {cell["id"]: cell for cell in notebook.cells}

    def both(self, name):
        yield "written", next(cell for cell in self.written.cells if cell["id"] == name)
        yield "executed", self.executed[name]

    def test_is_valid_and_says_where_it_lies(self):
        nbformat.validate(self.written)
        self.assertEqual((self.written.nbformat, self.written.nbformat_minor), (4, 5))
        self.assertIn(f"{self.run_folder}/notebook.ipynb\n", self.printed)

    def test_code_holds_no_word_of_the_run(self):
        sources = {cell["id"]: cell["source"] for cell in self.written.cells if cell.cell_type == "code"}
        file = pathlib.Path(__file__).resolve().parents[2] / "report/notebook/cells.py"
        for source in sources.values():
            self.assertIn(source, file.read_text(encoding="utf-8"))
        self.assertNotIn("abort", "".join(sources.values()))

    def test_models_have_their_means_over_finished_seeds(self):
        expected = [["model", "seeds finished", "train final", "test max", "test final", "test loss", "s/epoch"]]
        for label in LABELS:
            own = [arm["metrics"] for arm in self.arms if arm["label"] == label and arm["state"] == "finished"]
            columns = [([m[-1]["train_accuracy"] for m in own], 2),
                       ([max(row["test_accuracy"] for row in m) for m in own], 2),
                       ([m[-1]["test_accuracy"] for m in own], 2), ([m[-1]["test_loss"] for m in own], 4),
                       ([statistics.fmean(row["seconds"] for row in m) for m in own], 1)]
            row = [plain(label), f"{len(own)} of 2"]
            for values, digits in columns:
                text = f"{statistics.fmean(values):.{digits}f}"
                row.append(text if len(values) == 1 else f"{text} ± {statistics.stdev(values):.{digits}f}")
            expected.append(row)
        for which, cell in self.both("results"):
            with self.subTest(which):
                table = Cells(result(cell)["text/html"])
                self.assertEqual(table.rows, expected)
                self.assertEqual(table.tags, {"table", "tr", "th", "td", "code"})
                lines = result(cell)["text/plain"].splitlines()
                self.assertEqual(len(lines), 1 + len(LABELS))
                self.assertTrue(all(line.startswith(row[0]) for line, row in zip(lines, expected)))

    def test_every_training_has_its_row(self):
        expected = [[plain(arm["label"]), str(arm["seed"]), arm["state"], str(len(arm["metrics"])),
                     f"{arm['metrics'][-1]['train_accuracy']:.2f}"] for arm in self.arms]
        for which, cell in self.both("seeds"):
            with self.subTest(which):
                rows = Cells(result(cell)["text/html"]).rows
                self.assertEqual([row[:5] for row in rows[1:]], expected)

    def test_shows_what_execution_shows(self):
        """Character by character, so that a reader who does not execute it sees the same."""
        for cell in self.written.cells:
            if cell.cell_type != "code":
                continue
            other = self.executed[cell["id"]]
            with self.subTest(cell["id"]):
                self.assertEqual(stream(cell), stream(other))
                tables = [[{k: output["data"][k] for k in ("text/html", "text/markdown", "text/plain")}
                           for output in each["outputs"] if output["output_type"] == "execute_result"]
                          for each in (cell, other)]
                self.assertEqual(*tables)
                self.assertEqual(len(pictures(cell)), len(pictures(other)))

    def test_graphs_are_pictures_with_their_last_values(self):
        for name, column, digits, figure in [("graph-1", "test_loss", 4, "test-loss"),
                                             ("graph-2", "test_accuracy", 2, "test-accuracy")]:
            lines = []
            for label in LABELS:
                own = [arm["metrics"] for arm in self.arms if arm["label"] == label]
                last = min(len(metrics) for metrics in own)
                value = statistics.fmean(metrics[last - 1][column] for metrics in own)
                lines.append(f"{plain(label)}: {value:.{digits}f} after epoch {last}\n")
            for which, cell in self.both(name):
                with self.subTest(f"{name} {which}"):
                    self.assertEqual(stream(cell), "".join(lines))
                    self.assertEqual(len(pictures(cell)), 1)
                    self.assertTrue(pictures(cell)[0].startswith(b"\x89PNG\r\n\x1a\n"))
            written = next(cell for cell in self.written.cells if cell["id"] == name)
            self.assertEqual(pictures(written)[0], (self.run_folder / f"figures/{figure}.png").read_bytes())

    def test_galleries_show_the_surest_misses(self):
        for which, cell in self.both("misclassified"):
            text = stream(cell)
            with self.subTest(which):
                for label, count, total in zip(LABELS, [10, 7, 0], [13, 7, 0]):
                    self.assertIn(f"{plain(label)}, seed 1: {count} of {total} misses\n", text)
                    errors = next(arm["errors"] for arm in self.arms if arm["label"] == label)
                    errors = sorted(errors, key=lambda row: row["prediction_probability"], reverse=True)[:10]
                    at = text.index(plain(label))
                    for row in errors:
                        found = text.index(f"  {row['prediction_probability']:.4f}\n", at)
                        line = text[text.rindex("\n", 0, found) + 1:found]
                        self.assertEqual(line.split(), [str(row["index"]), *row["truth_name"].split(),
                                                        *row["prediction_name"].split()])
                        at = found
                self.assertEqual(len(pictures(cell)), 2)
        written = next(cell for cell in self.written.cells if cell["id"] == "misclassified")
        drawn = {path.read_bytes() for path in (self.run_folder / "figures").glob("misclassified-*.png")}
        self.assertTrue(set(pictures(written)) <= drawn)

    def test_needs_nothing_but_the_standard_library(self):
        shadow = self.root / "shadow/matplotlib"
        shadow.mkdir(parents=True)
        (shadow / "__init__.py").write_text("raise ImportError('not here')\n")
        cells = self.execute(PYTHONPATH=str(shadow.parent))
        lines = [line for line in stream(cells["setup"]).splitlines() if "matplotlib" in line]
        self.assertEqual(len(lines), 1)
        self.assertTrue(lines[0].startswith("matplotlib is missing: "))
        for name in ["results", "seeds"]:
            self.assertEqual(result(cells[name]), result(self.executed[name]))
        for name in ["graph-1", "graph-2", "misclassified"]:
            self.assertEqual(stream(cells[name]), stream(self.executed[name]))
            self.assertEqual(pictures(cells[name]), [])

    def test_says_where_it_must_lie(self):
        source = next(cell["source"] for cell in self.written.cells if cell["id"] == "setup")
        ended = subprocess.run([sys.executable, "-c", source], cwd=self.root, capture_output=True, text=True)
        self.assertIn("study.json is not here: open the notebook in the folder that normlab wrote it into", ended.stderr.splitlines()[-1])


if __name__ == "__main__":
    BINARY = sys.argv.pop(1)
    unittest.main()
