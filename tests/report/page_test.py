#!/usr/bin/env python3
"""The page of `normlab report --html` in headless Chromium, made from run folders of random values:
what it shows, and what a click or a key changes, beside those values.

    /usr/bin/python3 tests/report/page_test.py BINARY
"""
import base64
import collections
import html.parser
import http.server
import io
import itertools
import json
import os
import pathlib
import queue
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import browser
from random_study import QUANTITIES, IdxData, Study, half_interval, mean

BINARY = ""
CLASSES = ["ape", "bee", "cat", "dog"]
MODELS = [("batch", "batch", {"norm": "batch", "l2": "0.001", "lr": "0.1", "epochs": "5"}),
          ("layer", "layer", {"norm": "layer", "l2": "0", "lr": "0.1", "epochs": "5"}),
          ("group", "group", {"norm": "group", "l2": "0.0001", "lr": "0.1", "epochs": "5"})]
COLORS = [(0x00, 0x72, 0xb2), (0xd5, 0x5e, 0x00), (0x00, 0x9e, 0x73)]  # report/chart.cc


def report(*arguments, cwd=None, code=0):
    done = subprocess.run([BINARY, "report", *map(str, arguments)], capture_output=True, text=True, cwd=cwd)
    assert done.returncode == code, done.stderr
    return done


class PageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.browser = browser.Browser()
        cls.addClassCleanup(cls.browser.close)
        cls.data = IdxData(cls.folder / "data", len(CLASSES), 60)
        cls.study = Study(cls.folder / "run", cls.data, CLASSES, MODELS, [1, 2, 3], layers=("C1", "C2"))
        # Missed by all, by all but one, by one model in every seed.
        for images, arms in [((0, 1, 2), cls.study.arms), ((3, 4), cls.study.arms[:-1]), ((5, 6), cls.study.of("group"))]:
            for arm in cls.study.arms:
                for image in images:
                    arm.misses.pop(image, None)
                    if arm in arms:
                        arm.miss(cls.study, image)
        cls.study.write()
        report(cls.study.path, "--html")

    def setUp(self):
        self.asked = None  # pages of a server may ask it

    def tearDown(self):
        self.browser.scheme("light")
        self.browser.own_size()
        self.assertEqual(self.browser.console(), [])
        asked = {url for url in self.browser.requests() if not url.startswith(f"file://{self.folder}")}
        self.assertEqual(asked if self.asked is None else set(), set())

    def open(self, path=None):
        self.browser.open(path or self.study.path / "report.html")

    def texts(self, selector):
        return self.browser.run("return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", selector)

    def rows(self, selector):
        return self.browser.run(
            "return [...document.querySelectorAll(arguments[0])].map(r => [...r.children].map(e => e.textContent))", selector)

    def choose(self, id, text):
        for option in self.browser.all(f"#{id} option"):
            if option.text == text:
                option.click()
                return
        self.fail(f"#{id} has no {text}")

    def type(self, id, text):
        self.browser.run("arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))",
                         self.browser.one(f"#{id}"), text)

    def click(self, selector):
        element = self.browser.one(selector)
        self.browser.run("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def press(self, *keys):
        actions = browser.webdriver.ActionChains(self.browser.driver)
        for key in keys:
            actions.send_keys(getattr(browser.webdriver.Keys, key, key))
        actions.perform()

    def focused(self):
        return self.browser.run("return document.activeElement.id || document.activeElement.tagName")

    def focus(self, selector):
        self.browser.run("document.querySelector(arguments[0]).focus()", selector)

    def images(self, selector="#gallery .tile"):
        return self.browser.run(
            "return [...document.querySelectorAll(arguments[0])].map(e => Number(e.dataset.image))", selector)


class Results(PageTest):
    def test_means_and_intervals(self):
        self.open()
        heads = self.texts("#results thead th")
        shown = {row[0]: dict(zip(heads, row)) for row in self.rows("#results tbody tr")}
        columns = {"test accuracy, final (%)": (lambda arm: arm.last("test_accuracy"), 2),
                   "test loss, final": (lambda arm: arm.last("test_loss"), 4),
                   "test accuracy, maximum (%)": (lambda arm: arm.largest("test_accuracy"), 2),
                   "test accuracy, best epoch (%)": (lambda arm: arm.metrics[arm.best_epoch - 1]["test_accuracy"], 2),
                   "clean train accuracy (%)": (lambda arm: arm.clean, 2),
                   "train-test gap (points)": (lambda arm: arm.clean - arm.last("test_accuracy"), 2)}
        self.assertEqual(set(shown), set(self.study.models))
        for label in self.study.models:
            self.assertEqual(shown[label]["seeds"], "3")
            for title, (value, decimals) in columns.items():
                values = [value(arm) for arm in self.study.of(label)]
                middle, half = map(float, shown[label][title].split(" ± "))
                self.assertAlmostEqual(middle, mean(values), delta=.51 * 10 ** -decimals + 1e-3 * 10 ** -decimals)
                self.assertAlmostEqual(half, half_interval(values), delta=.51 * 10 ** -decimals + 2e-4)

    def test_the_plot_shows_every_seed(self):
        self.open()
        for metric, key in [("test accuracy, final (%)", "test_accuracy"), ("test loss, final", "test_loss")]:
            self.choose("interval-metric", metric)
            dots = [float(x) for x in self.browser.run(
                "return [...document.querySelectorAll('.interval-plot .dot')].map(e => e.getAttribute('cx'))")]
            values = [arm.last(key) for label in self.study.models for arm in self.study.of(label)]
            self.assertEqual(len(dots), len(values))
            order = sorted(range(len(dots)), key=lambda i: values[i])
            self.assertEqual(order, sorted(range(len(dots)), key=lambda i: dots[i]))


class Curves(PageTest):
    def read_out(self, id="chart-test_accuracy"):
        """The lines of the read-out as {label: (mean, low, high)}, and the epoch."""
        lines = self.browser.run(
            "return [...document.querySelectorAll(`#${arguments[0]} .readout > div`)].map(e => e.textContent)", id)
        values = {}
        for line in lines[1:]:
            label, text = line.split(" ", 1)
            numbers = text.replace("(", "").replace(")", "").replace(" to ", " ").split()
            values[label] = tuple(map(float, numbers))
        return int(lines[0].removeprefix("epoch ")), values

    def expected(self, epoch, column="test_accuracy"):
        values = {label: [arm.metrics[epoch - 1][column] for arm in self.study.of(label)] for label in self.study.models}
        return {label: (mean(each), min(each), max(each)) for label, each in values.items()}

    def assert_read_out(self, epoch, labels, column="test_accuracy"):
        read, values = self.read_out(f"chart-{column}")
        self.assertEqual(read, epoch)
        self.assertEqual(set(values), set(labels))
        for label in labels:
            for made, wanted in zip(values[label], self.expected(epoch, column)[label]):
                self.assertAlmostEqual(made, wanted, delta=.0051)

    def pixels(self, id):
        """How many pixels of the chart have each model's colour."""
        url = self.browser.run("return document.querySelector(`#${arguments[0]} canvas`).toDataURL()", id)
        from PIL import Image
        image = Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGBA")
        counts = collections.Counter(pixel[:3] for pixel in image.getdata() if pixel[3] == 255)
        return [sum(n for c, n in counts.items() if max(abs(a - b) for a, b in zip(c, color)) < 6) for color in COLORS]

    def point_at(self, id, fraction):
        over = self.browser.one(f"#{id} .u-over")
        self.browser.run("arguments[0].scrollIntoView({block: 'center'})", over)
        size = over.size
        browser.webdriver.ActionChains(self.browser.driver).move_to_element(over).move_by_offset(
            int((fraction - .5) * size["width"]), 0).perform()

    def test_the_pointer_reads_means_and_ranges(self):
        self.open()
        for column in ["test_accuracy", "test_loss", "train_accuracy", "train_loss"]:
            for epoch in [1, 3, 5]:
                self.point_at(f"chart-{column}", min(max((epoch - 1) / 4, .02), .98))
                self.assert_read_out(epoch, self.study.models, column)

    def test_the_legend_hides_in_every_chart(self):
        self.open()
        charts = ["chart-test_accuracy", "chart-train_loss"]
        before = {id: self.pixels(id) for id in charts}
        for id in charts:
            self.assertTrue(all(count > 20 for count in before[id]), before)
        entries = self.browser.all("#curves .entry")
        self.assertEqual([entry.text for entry in entries], self.study.models)
        entries[1].click()
        self.assertEqual([entry.get_attribute("aria-pressed") for entry in entries], ["true", "false", "true"])
        time.sleep(.1)
        for id in charts:
            after = self.pixels(id)
            self.assertEqual(after[1], 0)
            self.assertGreater(after[0], 20)
        self.point_at(charts[0], .5)
        self.assert_read_out(3, ["batch", "group"])
        browser.webdriver.ActionChains(self.browser.driver).key_down(browser.webdriver.Keys.SHIFT).click(
            entries[2]).key_up(browser.webdriver.Keys.SHIFT).perform()
        self.assertEqual([entry.get_attribute("aria-pressed") for entry in entries], ["false", "false", "true"])
        self.click("#curves-show-all")
        time.sleep(.1)
        self.assertEqual({id: self.pixels(id) for id in charts}, before)

    def test_dragging_zooms_every_chart_and_a_double_click_resets(self):
        self.open()
        over = self.browser.one("#chart-test_loss .u-over")
        self.browser.run("arguments[0].scrollIntoView({block: 'center'})", over)
        width = over.size["width"]
        actions = browser.webdriver.ActionChains(self.browser.driver)
        actions.move_to_element(over).move_by_offset(int(-.25 * width), 0).click_and_hold().move_by_offset(
            int(.5 * width), 0).release().perform()
        zooms = self.browser.run("return [...document.querySelectorAll('#curves .chart')].map(e => e.dataset.zoom)")
        self.assertEqual(len(zooms), 4)
        for zoom in zooms:
            low, high = map(float, zoom.split())
            self.assertAlmostEqual(low, 2, delta=.05)
            self.assertAlmostEqual(high, 4, delta=.05)
        self.point_at("chart-train_loss", .5)
        self.assert_read_out(3, self.study.models, "train_loss")
        actions = browser.webdriver.ActionChains(self.browser.driver)
        actions.double_click(self.browser.one("#chart-train_loss .u-over")).perform()
        self.assertEqual(self.browser.run(
            "return [...document.querySelectorAll('#curves .chart')].map(e => e.dataset.zoom)"), [""] * 4)
        self.assertFalse(self.browser.one("#curves-reset").is_displayed())

    def test_keys_read_and_zoom(self):
        self.open()
        self.focus("#chart-test_accuracy")
        self.press("ARROW_RIGHT", "ARROW_RIGHT")
        self.assert_read_out(2, self.study.models)
        spoken = self.browser.run("return document.querySelector('#chart-test_accuracy .spoken').textContent")
        self.assertTrue(spoken.startswith("epoch 2: "))
        for label in self.study.models:
            self.assertIn(f"{label} {self.expected(2)[label][0]:.2f}", spoken)
        self.press("END")
        self.assert_read_out(5, self.study.models)
        self.press("HOME", "ARROW_RIGHT", "ARROW_RIGHT", "+")
        low, high = map(float, self.browser.one("#chart-test_loss").get_attribute("data-zoom").split())
        self.assertEqual((low, high), (2, 4))
        self.press("0")
        self.assertEqual(self.browser.one("#chart-test_loss").get_attribute("data-zoom"), "")

    def test_every_seed_by_itself(self):
        self.open()
        self.click("#each-seed")
        self.focus("#chart-test_accuracy")
        self.press("ARROW_RIGHT")
        lines = self.browser.run("return [...document.querySelectorAll('#chart-test_accuracy .readout b')].map(e => e.parentNode.textContent)")
        wanted = sorted((f"{arm.label}, seed {arm.seed} {arm.metrics[0]['test_accuracy']:.2f}" for arm in self.study.arms))
        self.assertEqual(sorted(lines), wanted)

    def test_the_table_is_the_curve(self):
        self.open()
        self.click("#curves details summary")
        rows = self.rows("#curves details[open] tbody tr")
        self.assertEqual(len(rows), 5)
        for epoch, row in enumerate(rows, 1):
            self.assertEqual(row[0], str(epoch))
            for label, cell in zip(self.study.models, row[1:]):
                self.assertAlmostEqual(float(cell.split()[0]), self.expected(epoch)[label][0], delta=.0051)


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
            self.press("ESCAPE")
            self.assertEqual(self.browser.all("dialog"), [])

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
        self.press("ESCAPE")
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
        self.press("ESCAPE")
        self.assertEqual(self.browser.run("return Number(document.activeElement.dataset.image)"), image)


class Layers(PageTest):
    def test_every_quantity_of_a_model_and_of_a_layer(self):
        self.open()
        titles = {"standard deviation before normalization": "deviation_before", "mean after normalization": "mean_after",
                  "norm of the weights\u2019 gradient": "gradient_norm", "norm of the weights": "weight_norm",
                  "distance of the running mean from the batch\u2019s": "running_mean_distance"}
        def table():
            if not self.browser.all("#layers details[open]"):
                self.click("#layers details summary")
            return {row[0]: [float(cell) for cell in row[1:]] for row in self.rows("#layers details tbody tr")}
        def value(label, layer, quantity, seed=None):
            arms = [arm for arm in self.study.of(label) if seed in (None, arm.seed)]
            return [mean([arm.layers[layer][e][QUANTITIES.index(quantity)] for arm in arms]) for e in range(5)]
        def assert_close(made, wanted):
            self.assertEqual(len(made), len(wanted))
            for a, b in zip(made, wanted):
                self.assertAlmostEqual(a, b, delta=6e-4 * abs(b))
        for title, quantity in titles.items():
            self.choose("layers-quantity", title)
            self.choose("layers-layer", "all layers of this model")
            self.choose("layers-model", "group")
            shown = table()
            self.assertEqual(list(shown), ["C1", "C2"])
            for layer in shown:
                assert_close(shown[layer], value("group", layer, quantity))
            self.choose("layers-layer", "C2, of all models")
            self.choose("layers-seed", "2")
            shown = table()
            self.assertEqual(list(shown), self.study.models)
            for label in shown:
                assert_close(shown[label], value(label, "C2", quantity, 2))
            self.choose("layers-seed", "all together")


class Hostile(PageTest):
    TEXTS = ["</script><script>alert(1)</script>", "<img src=x onerror=alert(2)>", "\u2028'\"&amp;<!--", "{{data}}{{script}}"]

    def test_markup_is_shown_literally(self):
        models = [(text, "batch", {"norm": "batch", "model": text}) for text in self.TEXTS]
        study = Study(self.folder / "<b>bold<i>", self.data, self.TEXTS, models, [1, 2], recipe=self.TEXTS[0]).write(
            {"command": ["normlab", self.TEXTS[1]], "<u>": self.TEXTS[0]})
        report(study.path, "--html")
        self.open(study.path / "report.html")
        shown = [text.replace("\u2028", " ") for text in self.TEXTS]  # one line of text
        labels = [row[0].replace("\u2028", " ") for row in self.rows("#results tbody tr")]
        self.assertEqual(labels, shown)
        self.assertIn(self.TEXTS[0], self.browser.one("h1").text)
        self.assertEqual([t.replace("\u2028", " ") for t in self.texts(".confusion tbody th")], shown)
        self.assertIn("<u>", self.texts("#again-0-environment th"))
        self.assertEqual(self.browser.run("return document.querySelectorAll('img[src=x], u, b:not(.readout b)').length"), 0)
        self.assertEqual(self.browser.run("return document.scripts.length"), 3)
        text = (study.path / "report.html").read_text()
        self.assertNotIn("<script>alert", text)
        self.assertNotIn("onerror=alert(2)>", text)


class Worked(PageTest):
    def test_the_example_works_with_the_runs_norm(self):
        self.open()
        run = lambda script, *arguments: self.browser.run(
            "const root = document.querySelector('.worked').shadowRoot; " + script, *arguments)
        self.assertEqual(run("return root.getElementById('method').value"), "batch")
        self.assertEqual(run("return root.getElementById('agreement').className"), "agrees")
        before = run("return [...root.querySelectorAll('#y .number')].map(e => e.dataset.value)")
        run("const field = root.querySelector('#x [data-cell=\"0\"] input'); field.value = '9'; field.dispatchEvent(new Event('input', {bubbles: true}))")
        after = run("return [...root.querySelectorAll('#y .number')].map(e => e.dataset.value)")
        self.assertNotEqual(before, after)
        values = json.loads(run("return root.getElementById('values').value"))
        path = self.folder / "values.json"
        path.write_text(json.dumps(values))
        engine = json.loads(subprocess.run([BINARY, "explain", "batch", "--values", path, "--json"], check=True, capture_output=True).stdout)
        flat = lambda v: [x for e in v for x in flat(e)] if isinstance(v, list) else [v]
        for a, b in zip(map(float, after), flat(engine["y"])):
            self.assertAlmostEqual(a, b, delta=1e-9 * max(1, abs(b)))


class Keyboard(PageTest):
    def test_tab_reaches_every_control(self):
        self.open()
        wanted = set(self.browser.run("""
            const controls = [...document.querySelectorAll('button, select, input, summary, a[href], .chart, td[tabindex="0"]')];
            const shown = controls.filter(e => e.checkVisibility() && !e.closest('.tiles'));
            shown.forEach((e, i) => { e.dataset.stop = i; });
            return shown.map(e => e.dataset.stop);"""))
        self.assertGreater(len(wanted), 40)
        reached = set()
        self.browser.run("document.activeElement.blur()")
        for _ in range(500):
            self.press("TAB")
            stop = self.browser.run("return document.activeElement.dataset.stop ?? null")
            if stop is not None:
                reached.add(stop)
            if reached == wanted:
                break
        self.assertEqual(wanted - reached, set())

    def test_buttons_work_by_keys(self):
        self.open()
        self.focus("#curves-legend-0")
        self.press("SPACE")
        self.assertEqual(self.browser.one("#curves-legend-0").get_attribute("aria-pressed"), "false")
        self.focus("#sort-1")
        self.press("ENTER")
        self.assertEqual(len(self.browser.all("#runs th[aria-sort]")), 1)
        self.assertEqual(self.focused(), "sort-1")

    def test_focus_is_seen(self):
        self.open()
        for selector in ["#curves-legend-0", "#sort-0", "#gallery-truth", "#chart-test_loss", ".confusion td[tabindex='0']"]:
            self.focus(selector)
            self.press("SHIFT")  # a key, so that the browser shows where the focus is
            style = self.browser.run("const s = getComputedStyle(document.activeElement); return [s.outlineStyle, s.outlineWidth]")
            self.assertEqual(style, ["solid", "3px"], selector)


class Accessible(PageTest):
    def test_names_roles_and_order(self):
        self.open()
        problems = self.browser.run("""
            const problems = [];
            const roots = [document, ...[...document.querySelectorAll('*')].map(e => e.shadowRoot).filter(Boolean)];
            for (const root of roots) {
              const ids = new Map();
              for (const e of root.querySelectorAll('[id]')) ids.set(e.id, (ids.get(e.id) ?? 0) + 1);
              for (const [id, n] of ids) if (n > 1) problems.push(`id ${id} ${n} times`);
              for (const e of root.querySelectorAll('input, select, textarea')) {
                if (!e.labels?.length && !e.getAttribute('aria-label')) problems.push(`no label: ${e.outerHTML.slice(0, 90)}`);
              }
              for (const e of root.querySelectorAll('button, a')) if (!e.textContent.trim() && !e.getAttribute('aria-label')) problems.push('no name: ' + e.outerHTML.slice(0, 90));
              for (const e of root.querySelectorAll('img')) if (!e.alt) problems.push('no alt');
              for (const e of root.querySelectorAll('[aria-labelledby], [aria-controls]')) {
                for (const name of ['aria-labelledby', 'aria-controls']) {
                  const id = e.getAttribute(name);
                  if (id && !root.getElementById(id)) problems.push(`${name} names no element: ${id}`);
                }
              }
              for (const e of root.querySelectorAll('[role=region], [role=group], [role=grid], [role=tablist], canvas, svg[role=img]')) {
                if (e.tagName !== 'CANVAS' && !e.getAttribute('aria-label')) problems.push('no name: ' + e.outerHTML.slice(0, 90));
              }
            }
            let level = 0;
            for (const e of document.querySelectorAll('h1, h2, h3, h4')) {
              const own = Number(e.tagName[1]);
              if (own > level + 1) problems.push(`heading ${e.textContent} jumps from ${level} to ${own}`);
              level = own;
            }
            for (const e of document.querySelectorAll('th')) if (!e.scope) problems.push('th without scope: ' + e.textContent);
            for (const e of document.querySelectorAll('table:not([role])')) if (!e.caption) problems.push('table without caption');
            if (document.documentElement.lang !== 'en') problems.push('lang');
            if (document.querySelectorAll('main').length !== 1 || document.querySelectorAll('h1').length !== 1) problems.push('main or h1');
            return problems;""")
        self.assertEqual(problems, [])

    def test_contrast_in_both_schemes(self):
        for scheme in ["light", "dark"]:
            self.browser.scheme(scheme)
            self.open()
            low = self.browser.run("""
                const luminance = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
                    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
                const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
                const rgb = text => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
                const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] === 255) return c; } return [255, 255, 255]; };
                const low = [];
                for (const e of document.querySelectorAll('body *')) {
                  if (e.closest('svg') || e.closest('.entry[aria-pressed=false]') || !e.checkVisibility() || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
                  const a = luminance(rgb(getComputedStyle(e).color)), b = luminance(behind(e));
                  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                  if (ratio < (e.classList.contains('taken') ? 3 : 4.5)) low.push(`${e.tagName} ${e.className} ${e.textContent.slice(0, 20)} ${ratio.toFixed(2)}`);
                }
                return low;""")
            self.assertEqual(low, [], scheme)


class Looks(PageTest):
    def background(self):
        return self.browser.run("return getComputedStyle(document.body).backgroundColor")

    def test_light_and_dark(self):
        self.open()
        light = self.background()
        self.choose("theme", "dark")
        dark = self.background()
        self.assertNotEqual(light, dark)
        self.choose("theme", "light")
        self.browser.scheme("dark")
        self.assertEqual(self.background(), light)
        self.choose("theme", "as the system")
        self.assertEqual(self.background(), dark)

    def test_nothing_is_wider_than_a_phone(self):
        self.browser.size(360, 740, mobile=True)
        self.open()
        self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"), 360)
        self.assertLessEqual(self.browser.run(
            "return Math.max(...[...document.querySelectorAll('.chart canvas')].map(e => e.getBoundingClientRect().right))"), 360)

    def test_paper_holds_charts_and_tables(self):
        self.open()
        self.choose("theme", "dark")
        path = self.folder / "page.pdf"
        path.write_bytes(base64.b64decode(self.browser.driver.execute_cdp_cmd("Page.printToPDF", {})["data"]))
        text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True).stdout if shutil.which("pdftotext") else None
        if text is not None:
            for label in self.study.models:
                self.assertIn(label, text)
            self.assertIn("Test accuracy (%)", text)
            self.assertNotIn("Clear the filters", text)
        self.assertNotEqual(self.background(), "rgb(255, 255, 255)")  # dark again


class Several(PageTest):
    def test_studies_are_told_apart(self):
        pages = self.folder / "several"
        pages.mkdir()
        one = Study(self.folder / "one", self.data, CLASSES, MODELS[:2], [1, 2], seed=11).write()
        two = Study(self.folder / "two", self.data, CLASSES, MODELS[:2], [1, 2], seed=12).write()
        done = report(one.path, two.path, "--html", cwd=pages)
        path = pages / "report.html"
        self.assertTrue(path.exists(), done.stdout)
        self.open(path)
        titles = ["random (one)", "random (two)", "data, all together"]
        self.assertEqual(self.texts(".tabs button"), titles)
        value = lambda study, label: f"{mean([arm.last('test_accuracy') for arm in study.of(label)]):.2f}"
        def shown():
            heads = self.texts("#results thead th")
            column = heads.index("test accuracy, final (%)")
            return {row[0]: row[column].split()[0] for row in self.rows("#results tbody tr")}
        self.assertEqual(shown(), {label: value(one, label) for label in one.models})
        self.click("#tab-1")
        self.assertEqual(shown(), {label: value(two, label) for label in two.models})
        self.focus("#tab-1")
        self.press("ARROW_RIGHT")
        self.assertEqual(self.focused(), "tab-2")
        self.assertEqual(shown(), {f"{title}: {label}": value(study, label)
                                   for title, study in zip(titles, [one, two]) for label in study.models})
        union = {image for study in (one, two) for arm in study.arms for image in arm.misses}
        self.assertEqual(set(self.images()), union)
        self.click("#tab-0")
        self.assertEqual(set(self.images()), {image for arm in one.arms for image in arm.misses})


class Incomplete(PageTest):
    def test_without_the_data_set(self):
        data = IdxData(self.folder / "gone", len(CLASSES), 30)
        study = Study(self.folder / "no-data", data, CLASSES, MODELS[:1], [1], misses=5).write()
        shutil.rmtree(data.folder)
        done = report(study.path, "--html")
        self.assertIn("without pictures", done.stderr)
        self.open(study.path / "report.html")
        self.assertEqual(len(self.browser.all("#gallery .tile .no-picture")), 5)
        self.assertEqual(self.browser.all("img"), [])
        counts = self.browser.run("return [...document.querySelectorAll('.confusion td.right')].map(e => e.textContent)")
        self.assertEqual(counts, [""] * len(CLASSES))

    def test_trainings_that_are_not_finished(self):
        states = {1: "finished", 2: "diverged", 3: "interrupted"}
        study = Study(self.folder / "partly", self.data, CLASSES, MODELS[:2], [1, 2, 3], state=lambda _, seed: states[seed]).write()
        report(study.path, "--html")
        self.open(study.path / "report.html")
        self.assertEqual([row[1] for row in self.rows("#results tbody tr")], ["1 of 3"] * 2)
        heads = self.texts("#runs thead th")
        self.assertEqual([row[heads.index("state")] for row in self.rows("#runs tbody tr")], ["finished", "diverged", "interrupted"] * 2)
        notes = self.texts("#results .notes li")
        for line in ["batch, seed 2, diverged after 5 whole epochs.", "layer, seed 3, is not finished (interrupted, 5 whole epochs)."]:
            self.assertIn(line, notes)

    def test_nothing_trained_yet(self):
        study = Study(self.folder / "empty", self.data, CLASSES, MODELS[:2], [1], state=lambda *_: "pending")
        for arm in study.arms:
            arm.metrics[1:] = []
        study.write()
        for arm in study.arms:
            shutil.rmtree(study.path / arm.folder)
        report(study.path, "--html")
        self.open(study.path / "report.html")
        self.assertIn("No training is finished yet", self.browser.one("#results").text)
        self.assertEqual(len(self.rows("#runs tbody tr")), 2)


class Live(PageTest):
    """What `normlab serve` gives: the page with a policy that lets it ask its own server."""

    def serve(self, study):
        messages = queue.Queue()
        test = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                if self.path == "/events":
                    self.send_response(200)
                    self.send_header("Content-Type", "text/event-stream")
                    self.end_headers()
                    while (message := messages.get()) is not None:
                        self.wfile.write(f"data: {message}\n\n".encode())
                        self.wfile.flush()
                    return
                body = test.live_page(study) if self.path == "/" else test.live_data(study)
                self.send_response(200)
                self.send_header("Content-Type", "text/html" if self.path == "/" else "application/json")
                self.end_headers()
                self.wfile.write(body.encode())

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.addCleanup(messages.put, None)
        return f"http://127.0.0.1:{server.server_port}/", messages

    def live_page(self, study):
        report(study.path, "--html")
        page = (study.path / "report.html").read_text()
        return page.replace('<html lang="en">', '<html lang="en" data-live="events">').replace(
            "img-src data:;", "img-src data:; connect-src 'self';")

    def live_data(self, study):
        page = self.live_page(study)
        return page.split('<script type="application/json" id="data">')[1].split("</script>")[0]

    def test_new_data_are_shown_and_choices_stay(self):
        self.asked = "its server"
        path = self.folder / "live"
        make = lambda done, epochs: Study(path, self.data, CLASSES, MODELS[:2], [1, 2], epochs=epochs, seed=3,
                                          state=lambda label, seed: "finished" if seed in done else "interrupted").write()
        study = make([1], 3)
        url, messages = self.serve(study)
        self.browser.console(), self.browser.requests()
        self.browser.driver.get(url)
        wait = lambda condition: self.until(condition)
        wait(lambda: self.browser.one("#live").text == "live")
        self.assertEqual([row[1] for row in self.rows("#results tbody tr")], ["1 of 2"] * 2)
        self.click("#curves-legend-1")
        self.choose("confusion-model", "layer")
        self.choose("gallery-truth", "cat")
        self.click("#sort-1")
        self.focus("#gallery-truth")
        shutil.rmtree(path)
        study = make([1, 2], 4)
        messages.put("other")
        messages.put("data")
        wait(lambda: [row[1] for row in self.rows("#results tbody tr")] == ["2", "2"])
        self.assertEqual(self.browser.one("#curves-legend-1").get_attribute("aria-pressed"), "false")
        self.assertEqual(self.browser.run("const s = document.getElementById('confusion-model'); return s.selectedOptions[0].text"), "layer")
        self.assertEqual(self.browser.run("const s = document.getElementById('gallery-truth'); return s.selectedOptions[0].text"), "cat")
        self.assertEqual(len(self.browser.all("#runs th[aria-sort]")), 1)
        self.assertEqual(self.focused(), "gallery-truth")
        wanted = {image for arm in study.arms for image in arm.misses if self.data.labels[image] == 2}
        self.assertEqual(set(self.images()), wanted)
        self.assertTrue(all(request.startswith(url) for request in self.browser.requests()))

    def until(self, condition, seconds=20):
        end = time.time() + seconds
        while not condition():
            self.assertLess(time.time(), end)
            time.sleep(.05)


class Large(PageTest):
    def test_sixty_runs_of_twenty_epochs(self):
        data = IdxData(self.folder / "large-data", 10, 10000, side=28, seed=9)
        names = [f"class {c}" for c in range(10)]
        models = [(f"model {m}", "batch", {"l2": str(m)}) for m in range(20)]
        study = Study(self.folder / "large", data, names, models, [1, 2, 3], epochs=20, misses=2400, seed=4,
                      layers=[f"C{i}" for i in range(11)]).write()
        report(study.path, "--html")
        path = study.path / "report.html"
        self.assertLess(path.stat().st_size, 8_000_000)
        start = time.time()
        self.open(path)
        self.browser.run("return document.querySelectorAll('#view section').length")
        timing = self.browser.run("""
            const [entry] = performance.getEntriesByType('navigation');
            return [entry.domInteractive, entry.domContentLoadedEventEnd];""")
        print(f"60 runs x 20 epochs: {path.stat().st_size / 1e6:.2f} MB, interactive after {timing[1]:.0f} ms", flush=True)
        missed = {image for arm in study.arms for image in arm.misses}
        pictures = self.browser.run("return JSON.parse(document.getElementById('data').textContent).datasets[0].pictures.length")
        self.assertGreater(pictures, 1000)
        self.assertIn(f"of {len(missed):,} that are missed", self.browser.one("#gallery-count").text)
        times = {image: sum(image in arm.misses for arm in study.arms) for image in missed}
        first = self.images()
        self.assertEqual([times[image] for image in first], sorted(times.values(), reverse=True)[:len(first)])


if __name__ == "__main__":
    browser.skip_if_missing()
    BINARY = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main(verbosity=2)
