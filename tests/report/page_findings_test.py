#!/usr/bin/env python3
"""The findings on the page: the answer on its first screen, what is folded, and the plot of intervals with a model that never left chance.

    /usr/bin/python3 tests/report/page_findings_test.py BINARY
"""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import page_case
from page_case import CLASSES, MODELS, PageTest, report
from random_study import Study

FINAL = {"batch": [80, 81, 82.5], "layer": [70, 71.4, 72], "group": [25, 24, 26]}


class Findings(PageTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.study = Study(cls.folder / "chance", cls.data, CLASSES, MODELS, [1, 2, 3])
        for label, values in FINAL.items():
            for arm, value in zip(cls.study.of(label), values):
                for row in arm.metrics:
                    row["test_accuracy"] = value
        cls.study.write()
        report(cls.study.path, "--html")

    def test_the_first_screen_answers(self):
        self.open()
        answer = self.browser.one("header .answer")
        self.assertIn("batch is better than layer, by 10.03 points", answer.text)
        self.assertIn("3 seeds; p = ", answer.text)
        self.assertIn("group learned nothing", answer.text)
        bottom = self.browser.run("return arguments[0].getBoundingClientRect().bottom", answer)
        self.assertLess(bottom, self.browser.run("return innerHeight / 2"))

    def test_meaning_then_figures_then_how(self):
        self.open()
        parts = self.browser.run("return [...document.querySelector('#findings').children].map(e => e.localName)")
        self.assertEqual(parts[:8], ["h2", "h3", "p", "details", "h3", "p", "div", "details"])
        rows = self.rows("#findings table tbody tr")[:3]
        self.assertEqual([row[:2] for row in rows], [["batch", "81.17"], ["layer", "71.13"], ["group (never left chance)", "25.00"]])
        folded = "return [...document.querySelectorAll('#findings details')].filter(e => e.open).length"
        self.assertEqual(self.browser.run(folded), 0)
        self.click("#finding-0-1 summary")
        self.assertIn("batch beats layer: +10.03 points", self.browser.one("#finding-0-1").text)

    def test_a_model_that_lies_far_off_leaves_the_axis_to_the_others(self):
        self.open()
        self.choose("interval-metric", "test accuracy, final (%)")
        places = [float(x) for x in self.browser.run(
            "return [...document.querySelectorAll('.interval-plot .dot')].map(e => e.getAttribute('cx'))")]
        self.assertEqual(len(places), 6, "the dots of the two models that the axis is for")
        width = self.browser.run("return document.querySelector('.interval-plot').viewBox.baseVal.width")
        self.assertGreater(max(places) - min(places), width / 4)
        self.assertEqual(len(self.browser.all(".interval-plot .beyond")), 1)
        self.assertIn("far off this axis", self.browser.run("return document.querySelector('.interval-plot').textContent"))


page_case.run(__name__)
