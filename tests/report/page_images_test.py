#!/usr/bin/env python3
"""The table of runs, the confusion matrix and the misclassified images of the page, beside the values that it was made from.

    /usr/bin/python3 tests/report/page_images_test.py BINARY
"""
import base64
import collections
import io
import itertools
import pathlib
import random
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import page_case
from page_case import CLASSES, PageTest


class Runs(PageTest):
    def test_only_the_settings_that_differ(self):
        self.open()
        heads = self.texts("#runs thead th")
        self.assertIn("l2", heads)
        self.assertIn("norm", heads)
        for same in ["lr", "epochs"]:
            self.assertNotIn(same, heads)

    def test_every_column_sorts_both_ways(self):
        self.open()
        heads = self.texts("#runs thead th")
        by_folder = {arm.folder: arm for arm in self.study.arms}
        values = {"model": lambda arm: arm.label, "seed": lambda arm: arm.seed, "l2": lambda arm: float(arm.settings["l2"]),
                  "test accuracy, final (%)": lambda arm: arm.last("test_accuracy"),
                  "test loss, final": lambda arm: arm.last("test_loss"), "time": lambda arm: arm.seconds,
                  "best epoch": lambda arm: arm.best_epoch, "clean train accuracy (%)": lambda arm: arm.clean,
                  "test accuracy, maximum (%)": lambda arm: arm.largest("test_accuracy")}
        for title, value in values.items():
            column = heads.index(title)
            for click in range(2):
                self.click(f"#sort-{column}")
                order = self.browser.run("return [...document.querySelectorAll('#runs tbody tr')].map(e => e.dataset.arm)")
                sort = self.browser.run("return document.querySelectorAll('#runs thead th')[arguments[0]].getAttribute('aria-sort')", column)
                shown = [value(by_folder[folder]) for folder in order]
                self.assertEqual(shown, sorted(shown, reverse=sort == "descending"), title)
                self.assertEqual(len(set(order)), 9)
                self.assertEqual(len(self.browser.all("#runs th[aria-sort]")), 1)

    def test_cells_are_the_values(self):
        self.open()
        heads = self.texts("#runs thead th")
        rows = [dict(zip(heads, row)) for row in self.rows("#runs tbody tr")]
        for arm, row in zip(self.study.arms, rows):
            self.assertEqual((row["model"], row["seed"], row["l2"]), (arm.label, str(arm.seed), arm.settings["l2"]))
            self.assertAlmostEqual(float(row["test accuracy, final (%)"]), arm.last("test_accuracy"), delta=.0051)
            self.assertAlmostEqual(float(row["test loss, final"]), arm.last("test_loss"), delta=.000051)


class Misses(PageTest):
    def cells(self):
        return {(int(t), int(p)): text for t, p, text in self.browser.run(
            "return [...document.querySelectorAll('.confusion td')].map(e => [e.dataset.truth, e.dataset.prediction, e.textContent])")}

    def counts(self, arms):
        counts = collections.Counter()
        for arm in arms:
            for truth, prediction, _, _ in arm.misses.values():
                counts[truth, prediction] += 1
        for truth in range(len(CLASSES)):
            counts[truth, truth] = self.data.labels.count(truth) * len(arms) - sum(
                counts[truth, p] for p in range(len(CLASSES)) if p != truth)
        return counts

    def test_the_matrix_counts(self):
        self.open()
        for label, seed in itertools.product(self.study.models, ["all together", "1", "3"]):
            self.choose("confusion-model", label)
            self.choose("confusion-seed", seed)
            arms = [arm for arm in self.study.of(label) if seed in ("all together", str(arm.seed))]
            counts = self.counts(arms)
            cells = self.cells()
            self.assertEqual(len(cells), len(CLASSES) ** 2)
            for pair, text in cells.items():
                self.assertEqual(text, str(counts[pair]) if counts[pair] or pair[0] == pair[1] else "·", (label, seed, pair))

    def test_a_cell_opens_its_images(self):
        from PIL import Image
        self.open()
        self.choose("confusion-model", "layer")
        counts = self.counts(self.study.of("layer"))
        for (truth, prediction), count in counts.items():
            cell = f'.confusion td[data-truth="{truth}"][data-prediction="{prediction}"]'
            if truth == prediction or count == 0:
                self.click(cell)
                self.assertEqual(self.browser.all("dialog"), [])
                continue
            self.click(cell)
            wanted = {image for arm in self.study.of("layer") for image, (t, p, _, _) in arm.misses.items() if (t, p) == (truth, prediction)}
            self.assertEqual(set(self.images("dialog .tile")), wanted)
            self.assertIn(f"{count} miss", self.browser.one("#cell-count").text)
            sources = self.browser.run("return [...document.querySelectorAll('dialog .tile')].map(e => [Number(e.dataset.image), e.querySelector('img').src])")
            for image, source in sources:
                picture = Image.open(io.BytesIO(base64.b64decode(source.split(",")[1])))
                self.assertEqual(picture.size, (self.data.side, self.data.side))
                self.assertEqual(picture.convert("L").tobytes(), self.data.images[image])
            self.leave_dialog()

    def test_arrows_walk_the_matrix_and_enter_opens(self):
        self.open()
        self.focus(".confusion td[tabindex='0']")
        place = lambda: tuple(self.browser.run("const d = document.activeElement.dataset; return [Number(d.truth), Number(d.prediction)]"))
        self.assertEqual(place(), (0, 0))
        for key, wanted in [("ARROW_RIGHT", (0, 1)), ("ARROW_DOWN", (1, 1)), ("ARROW_LEFT", (1, 0)), ("ARROW_LEFT", (1, 0)),
                            ("END", (1, 3)), ("ARROW_UP", (0, 3)), ("ARROW_UP", (0, 3)), ("HOME", (0, 0)), ("ARROW_RIGHT", (0, 1))]:
            self.press(key)
            self.assertEqual(place(), wanted)
        self.assertEqual(len(self.browser.all(".confusion td[tabindex='0']")), 1)
        if self.counts(self.study.of("batch"))[0, 1] == 0:
            self.fail("choose another seed of the random values")
        self.press("ENTER")
        self.assertEqual(self.browser.one("dialog h2").text, "ape taken for bee")
        self.leave_dialog()
        self.assertEqual(place(), (0, 1))

    def wanted(self, missed="any training", model="any", seed="any", truth="any", prediction="any", low=0, high=100):
        found = set()
        arms = self.study.arms
        for image, label in enumerate(self.data.labels):
            missing = [arm for arm in arms if image in arm.misses]
            labels = {arm.label for arm in missing}
            if missed == "all trainings" and len(missing) < len(arms):
                continue
            if missed == "one model alone" and len(labels) != 1:
                continue
            if missed.startswith("only ") and labels != {missed.removeprefix("only ")}:
                continue
            if truth != "any" and CLASSES[label] != truth:
                continue
            if any((model in ("any", arm.label)) and (seed in ("any", str(arm.seed))) and
                   (prediction in ("any", CLASSES[arm.misses[image][1]])) and low <= 100 * arm.misses[image][2] + 1e-9 and
                   100 * arm.misses[image][2] - 1e-9 <= high for arm in missing):
                found.add(image)
        return found

    def assert_gallery(self, **asked):
        wanted = self.wanted(**asked)
        shown = self.images()
        self.assertEqual(set(shown), wanted, asked)
        self.assertEqual(len(shown), len(wanted))
        self.assertTrue(self.browser.one("#gallery-count").text.startswith(f"{len(wanted)} image"), asked)

    def test_filters(self):
        self.open()
        self.assert_gallery()
        draw = random.Random(5)
        fields = {"missed": ["any training", "all trainings", "one model alone", "only batch", "only group"],
                  "model": ["any", *self.study.models], "seed": ["any", "1", "2", "3"],
                  "truth": ["any", *CLASSES], "prediction": ["any", *CLASSES]}
        for field, values in fields.items():  # each by itself
            for value in values:
                self.choose(f"gallery-{field}", value)
                self.assert_gallery(**{field: value})
            self.click("#gallery-clear")
        for _ in range(25):  # together
            asked = {field: draw.choice(values) for field, values in fields.items() if draw.random() < .6}
            asked["low"], asked["high"] = sorted(draw.choice([0, 30, 45.5, 60, 77.7, 90, 100]) for _ in range(2))
            for field, value in asked.items():
                if field in ("low", "high"):
                    self.type(f"gallery-{field}", str(value))
                else:
                    self.choose(f"gallery-{field}", value)
            self.assert_gallery(**asked)
            self.click("#gallery-clear")
        self.assert_gallery()

    def test_orders(self):
        self.open()
        by = {"missed by most": lambda image: -sum(image in arm.misses for arm in self.study.arms),
              "most confident": lambda image: -max(arm.misses[image][2] for arm in self.study.arms if image in arm.misses),
              "number": lambda image: image}
        for text, key in by.items():
            self.choose("gallery-order", text)
            keys = [key(image) for image in self.images()]
            self.assertEqual(keys, sorted(keys), text)

    def test_an_image_opens_every_answer(self):
        self.open()
        image = self.images()[3]
        self.click(f'#gallery .tile[data-image="{image}"]')
        rows = self.rows("dialog tbody tr")
        self.assertEqual(len(rows), 9)
        for arm, row in zip(self.study.arms, rows):
            self.assertEqual(row[0], f"{arm.label}, seed {arm.seed}")
            if image in arm.misses:
                _, prediction, sure, other = arm.misses[image]
                self.assertEqual(row[1], CLASSES[prediction])
                self.assertEqual(row[2], f"{100 * sure:.1f} %")
                self.assertAlmostEqual(float(row[3].split()[0]), 100 * other, delta=.0501)
            else:
                self.assertEqual(row[1:], ["right", "", ""])
        self.leave_dialog()
        self.assertEqual(self.browser.run("return Number(document.activeElement.dataset.image)"), image)


page_case.run(__name__)
