#!/usr/bin/env python3
"""The charts of the page, its results, its kinds of statistics and its layers, beside the values that it was made from.

    /usr/bin/python3 tests/report/page_charts_test.py BINARY
"""
import base64
import collections
import io
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import page_case
import browser
from browser import wait_until
from page_case import COLORS, PageTest
from random_study import KINDS, QUANTITIES, half_interval, mean


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
        for id in charts:
            wait_until(lambda: self.pixels(id)[1] == 0)
            self.assertGreater(self.pixels(id)[0], 20)
        self.point_at(charts[0], .5)
        self.assert_read_out(3, ["batch", "group"])
        browser.webdriver.ActionChains(self.browser.driver).key_down(browser.webdriver.Keys.SHIFT).click(
            entries[2]).key_up(browser.webdriver.Keys.SHIFT).perform()
        self.assertEqual([entry.get_attribute("aria-pressed") for entry in entries], ["false", "false", "true"])
        self.click("#curves-show-all")
        wait_until(lambda: {id: self.pixels(id) for id in charts} == before)

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
        self.open_table("#curves-table-test_accuracy")
        rows = self.rows("#curves-table-test_accuracy tbody tr")
        self.assertEqual(len(rows), 5)
        for epoch, row in enumerate(rows, 1):
            self.assertEqual(row[0], str(epoch))
            for label, cell in zip(self.study.models, row[1:]):
                self.assertAlmostEqual(float(cell.split()[0]), self.expected(epoch)[label][0], delta=.0051)


class Layers(PageTest):
    def test_every_quantity_of_a_model_and_of_a_layer(self):
        self.open()
        titles = {"standard deviation before normalization": "deviation_before", "mean after normalization": "mean_after",
                  "norm of the weights\u2019 gradient": "gradient_norm", "norm of the weights": "weight_norm",
                  "distance of the running mean from the batch\u2019s": "running_mean_distance"}
        def table():
            if not self.browser.all("#layers details[open]"):
                self.open_table("#layers details")
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


class Learned(PageTest):
    def test_values_of_each_layer_over_the_epochs(self):
        self.open()
        self.assertEqual(self.texts("#learned-model option"), ["batch", "layer"])
        self.choose("learned-model", "layer")
        self.assertEqual(self.texts("#learned-value option"), ["share (of the equation)", "gate", "weight"])
        def value(layer, name, column, seed=None):
            arms = [arm for arm in self.study.of("layer") if seed in (None, arm.seed)]
            return [mean([arm.learned[layer, name][e][column] for arm in arms]) for e in range(5)]
        def assert_shown(name, column, seed=None):
            if not self.browser.all("#learned-table[open]"):
                self.open_table("#learned-table")
            rows = self.rows("#learned-table tbody tr")
            self.assertEqual([row[0] for row in rows], ["C1", "C2"])
            for row in rows:
                for cell, wanted in zip(row[1:], value(row[0], name, column, seed), strict=True):
                    self.assertAlmostEqual(float(cell), wanted, delta=6e-4 * abs(wanted))
        assert_shown("share", 1)
        self.choose("learned-value", "gate")
        for title, column in [("mean", 1), ("lowest", 0), ("highest", 2)]:
            self.choose("learned-column", title)
            assert_shown("gate", column)
        self.choose("learned-seed", "2")
        assert_shown("gate", 2, 2)
        self.choose("learned-seed", "all together")
        # The last epoch; weight, which nearly every normalization has, is not in it.
        self.assertEqual(self.texts("#learned .wide:first-child thead th"), ["layer", "share", "gate"])
        row = self.rows("#learned .wide:first-child tbody tr")[1]
        self.assertAlmostEqual(float(row[1]), value("C2", "share", 1)[4], delta=6e-4 * abs(value("C2", "share", 1)[4]))
        low, high = value("C2", "gate", 0)[4], value("C2", "gate", 2)[4]
        shown_low, shown_high = map(float, row[2].split("(")[1].rstrip(")").split(" to "))
        self.assertAlmostEqual(shown_low, low, delta=6e-4 * abs(low))
        self.assertAlmostEqual(shown_high, high, delta=6e-4 * abs(high))


class Statistics(PageTest):
    def measured(self, label, kind):
        """The page's columns of one kind, a value for each seed."""
        def of(arm, kind):
            rows = arm.statistics[kind]
            losses, accuracies = zip(*rows)
            changes = [abs(b - a) for a, b in zip(accuracies, accuracies[1:])]
            return [accuracies[-1], mean(accuracies[-5:]), mean(changes), losses[-1]]
        own = [of(arm, kind) for arm in self.study.of(label)]
        shared = [of(arm, "shared") for arm in self.study.of(label)]
        differences = [[a[i] - b[i] for a, b in zip(own, shared)] for i in (0, 1)]
        return [[row[i] for row in own] for i in range(4)] + (differences if kind != "shared" else [])

    def test_results_of_every_kind(self):
        self.open()
        for label in ["layer", "batch"]:
            self.choose("statistics-model", label)
            rows = self.rows("#statistics .wide:first-child tbody tr")
            self.assertEqual([row[0] for row in rows], list(KINDS.values()))
            for kind, row in zip(KINDS, rows):
                self.assertEqual(row[1], "3")
                wanted = self.measured(label, kind)
                self.assertEqual(row[2 + len(wanted):], ["-"] * (6 - len(wanted)))
                for i, (cell, values) in enumerate(zip(row[2:], wanted)):
                    middle, half = map(float, cell.split(" ± "))
                    step = 1e-4 if i == 3 else 1e-2
                    self.assertAlmostEqual(middle, mean(values), delta=.52 * step)
                    self.assertAlmostEqual(half, half_interval(values), delta=.52 * step + 2e-4)

    def test_curves_of_a_model_and_of_a_seed(self):
        self.open()
        self.assertEqual(self.texts("#statistics-model option"), ["batch", "layer"])
        self.choose("statistics-model", "layer")
        for seed in [None, 2]:
            self.choose("statistics-seed", "all together" if seed is None else str(seed))
            arms = [arm for arm in self.study.of("layer") if seed in (None, arm.seed)]
            for column, (quantity, decimals) in enumerate([("test_loss", 4), ("test_accuracy", 2)]):
                self.open_table(f"#statistics-table-{quantity}")
                rows = self.rows(f"#statistics-table-{quantity} tbody tr")
                self.assertEqual(len(rows), 5)
                for e, row in enumerate(rows):
                    for kind, cell in zip(KINDS, row[1:]):
                        values = [arm.statistics[kind][e][column] for arm in arms]
                        shown = [float(each) for each in cell.replace("(", "").replace(")", "").replace("to ", "").split()]
                        wanted = [mean(values)] + ([min(values), max(values)] if len(arms) > 1 else [])
                        self.assertEqual(len(shown), len(wanted))
                        for a, b in zip(shown, wanted):
                            self.assertAlmostEqual(a, b, delta=.52 * 10 ** -decimals)
        entries = self.browser.all("#statistics .entry")
        self.assertEqual([entry.text for entry in entries], list(KINDS.values()))
        self.assertEqual(len(self.browser.all("#statistics .chart")), 2)


class Replaced(PageTest):
    def test_charts_that_are_replaced_are_let_go(self):
        self.browser.run_before_pages("""
            window.watched = 0;
            window.ResizeObserver = class extends ResizeObserver {
              observe(element) { ++window.watched; super.observe(element); }
              disconnect() { --window.watched; super.disconnect(); }
            };""")
        self.open()
        def assert_only_those_shown():
            watched, shown = self.browser.run("return [window.watched, document.querySelectorAll('.chart').length]")
            self.assertEqual(watched, shown)
        self.assertEqual(len(self.browser.all(".chart")), 8)
        for id, text in [("statistics-model", "layer"), ("statistics-seed", "2"), ("layers-model", "group"),
                         ("layers-seed", "2"), ("learned-value", "gate"), ("theme", "dark")]:
            assert_only_those_shown()
            self.choose(id, text)
        for id in ["each-seed", "statistics-log", "layers-log"]:
            assert_only_those_shown()
            self.click(f"#{id}")
        assert_only_those_shown()


page_case.run(__name__)
