#!/usr/bin/env python3
"""The page of `normlab explain --html` in headless Chromium, beside `normlab explain --json`.

    /usr/bin/python3 tests/explain/page_test.py BINARY
"""
import json
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import browser

BINARY = ""
TOLERANCE = 1e-9


def flat(value):
    if isinstance(value, list):
        return [number for element in value for number in flat(element)]
    return [] if value is None else [value]


def explain(*arguments):
    return subprocess.run([BINARY, "explain", *arguments], check=True, capture_output=True,
                          text=True).stdout


class PageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.browser = browser.Browser()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.addClassCleanup(cls.browser.close)

    def path(self, name):
        return str(pathlib.Path(self.folder.name) / name)

    def open(self, *arguments):
        pathlib.Path(self.path("page.html")).unlink(missing_ok=True)  # another is never overwritten
        explain(*arguments, "--html", "--out", self.path("page.html"))
        self.browser.open(self.path("page.html"))

    def tearDown(self):
        """Whatever a test did: nothing on the console, nothing asked of anyone."""
        self.browser.scheme("light")
        self.browser.own_size()
        self.assertEqual(self.browser.console(), [])
        asked = {url for url in self.browser.requests() if not url.startswith("file://" + self.folder.name)}
        self.assertEqual(asked, set())

    @staticmethod
    def cell(tensor, e):
        return f'[data-tensor="{tensor}"] [data-cell="{e}"]'

    def field(self, tensor, e):
        return self.cell(tensor, e) + " input"

    def choose(self, name, value):
        self.browser.one(f'#{name} option[value="{value}"]').click()

    def type(self, selector, text):
        field = self.browser.one(selector)
        field.clear()
        field.send_keys(text)

    def paste(self, selector, text):
        """All at once, without what would stand there in between."""
        self.browser.run(
            "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))",
            self.browser.one(selector), text)

    def engine(self):
        """What the program computes from the numbers and the command that the page gives."""
        pathlib.Path(self.path("values.json")).write_text(
            self.browser.one("#values").get_attribute("value"))
        command = shlex.split(self.browser.run("return document.getElementById('command').textContent"))
        self.assertEqual(command[:2], ["normlab", "explain"])
        command = [self.path("values.json") if word == "values.json" else word for word in command]
        return json.loads(explain(*command[2:], "--json"))

    def shown(self, tensor):
        """The full numbers behind what is displayed, and that the display is these in five digits or more."""
        numbers = []
        for value, text in self.browser.run(
                "return [...document.querySelectorAll(`[data-tensor='${arguments[0]}'] .number`)]"
                ".map(e => [e.dataset.value, e.textContent])", tensor):
            self.assertAlmostEqual(float(text), float(value), delta=5.1e-5 * abs(float(value)))
            numbers.append(float(value))
        return numbers

    def assert_numbers(self, made, expected, what):
        self.assertEqual(len(made), len(expected), what)
        for a, b in zip(made, expected):
            self.assertLessEqual(abs(a - b), TOLERANCE * max(1, abs(a), abs(b)), what)

    def assert_agrees_with_engine(self):
        engine = self.engine()
        self.assertFalse(self.browser.one("#problem").is_displayed())
        self.assertEqual(engine["norm"], self.browser.one("#method").get_attribute("value"))
        for step in engine["steps"]:
            self.assert_numbers(self.shown(step["name"]), flat([step["values"]]), step["name"])
            if step["gradient"] is not None and step["name"] != "y":
                self.assert_numbers(self.shown("d" + step["name"]), flat([step["gradient"]]), "d" + step["name"])
        for name, gradient in engine["gradients"].items():
            self.assert_numbers(self.shown("d" + name), flat([gradient]), "d" + name)
        for name, values in engine["running"].items():
            self.assert_numbers(self.shown(name + " after"), flat([values]), name)
        return engine

    def highlighted(self, tensor):
        return self.browser.run(
            "return [...document.querySelectorAll(`[data-tensor='${arguments[0]}'] td.shares`)]"
            ".map(e => Number(e.dataset.cell))", tensor)

    def point_at(self, selector):
        target = self.browser.one(selector)
        self.browser.run("arguments[0].scrollIntoView({block: 'center'})", target)
        browser.webdriver.ActionChains(self.browser.driver).move_to_element(target).perform()

    def press(self, *keys):
        actions = browser.webdriver.ActionChains(self.browser.driver)
        for key in keys:
            actions.send_keys(getattr(browser.webdriver.Keys, key, key))
        actions.perform()

    def focused(self):
        return self.browser.run(
            "const e = document.activeElement.closest('[data-cell]');"
            "return e && [e.closest('.tensor').dataset.tensor, Number(e.dataset.cell)]")

    def test_agrees_with_the_program_when_opened(self):
        for norm in ["batch", "layer-elementwise", "evonorm-s0", "none"]:
            self.open(norm)
            mark = self.browser.one("#agreement")
            self.assertEqual(mark.get_attribute("class"), "agrees", mark.text)
            self.assertIn(f"{len(self.browser.all('#method option'))} methods", mark.text)
            self.assert_agrees_with_engine()

    def test_every_method_and_mode_is_recomputed(self):
        self.open("group", "--shape", "3,6,2,1", "--seed", "5", "--ghost", "3")
        methods = [option.get_attribute("value") for option in self.browser.all("#method option")]
        self.assertGreaterEqual(len(methods), 24)
        for i, method in enumerate(methods[::3]):  # when opened all are held to the program
            self.choose("method", method)
            self.choose("mode", ["train", "eval"][i % 2])
            engine = self.assert_agrees_with_engine()
            self.assertEqual(engine["norm"], method)

    def test_a_method_of_ones_own(self):
        text = "s = avg[M K H W](abs(x)); y = alpha[] * x / (s + eps) * ramp(1, 2, 0, 10) - tau[G]"
        self.open(text, "--shape", "3,4,1,2", "--steps", "5", "--ghost", "2")
        page = pathlib.Path(self.path("mine.toml"))
        page.write_text(text)
        self.assertEqual(self.browser.one("#agreement").get_attribute("class"), "agrees")
        self.browser.run("document.getElementById('command').textContent = "
                         "document.getElementById('command').textContent.replace('./mine.toml', arguments[0])", str(page))
        engine = self.assert_agrees_with_engine()
        self.assertEqual((engine["ghost"], engine["groups"], engine["inputs"]["steps"]), (2, 2, 5))

    def test_two_methods_beside_each_other(self):
        self.open("--compare", "batch", "layer")
        other = json.loads(explain("--compare", "batch", "layer", "--json"))
        self.assert_numbers(self.shown("y of layer"), flat(other["b"]["y"]), "y of layer")
        parting = self.browser.run("return document.querySelectorAll('[data-tensor=\"y of layer\"] .parts').length")
        self.assertEqual(parting, len(other["differing"]))

    def test_changed_numbers_are_recomputed(self):
        self.open("batch")
        before = self.shown("y")
        self.type(self.field("x", 5), "-7.25")
        self.type(self.field("dy", 0), "2e-1")
        self.type(self.field("weight", 1), "-3")
        self.type(self.field("bias", 2), "0.125")
        self.type(self.field("running_mean", 3), "4")
        self.type(self.field("running_var", 0), "9")
        self.type("#eps", "0.5")
        self.type("#momentum", "0.25")
        engine = self.assert_agrees_with_engine()
        self.assertNotEqual(before, self.shown("y"))
        inputs = engine["inputs"]
        self.assertEqual(inputs["x"][0][1][0][1], -7.25)
        self.assertEqual(inputs["dy"][0][0][0][0], 0.2)
        self.assertEqual((inputs["weight"][1], inputs["bias"][2]), (-3, 0.125))
        self.assertEqual((inputs["running_mean"][3], inputs["running_var"][0]), (4, 9))
        self.assertEqual((inputs["eps"], inputs["momentum"]), (0.5, 0.25))
        self.choose("method", "group")
        self.assertEqual(self.assert_agrees_with_engine()["inputs"]["weight"][1], -3, "the same value, by name")
        for groups in ["1", "4", "2"]:
            self.choose("groups", groups)
            self.assertEqual(self.assert_agrees_with_engine()["groups"], int(groups))

    def test_a_cell_shows_who_shares_its_statistic_and_the_sum(self):
        for norm in ["batch", "group", "layer-channels", "instance"]:
            self.open(norm)
            engine = self.engine()
            statistic_of = flat(engine["steps"][0]["pools"]["statistic_of"])
            x, y = flat(engine["inputs"]["x"]), flat(engine["y"])
            for tensor, e in [("x", 0), ("y", 9), ("dx", 30), ("dy", 17)]:
                self.point_at(self.cell(tensor, e))
                sharing = [i for i, s in enumerate(statistic_of) if s == statistic_of[e]]
                for name in ["x", "y", "dy", "dx"]:
                    self.assertEqual(self.highlighted(name), sharing)
                self.assertEqual(self.highlighted("m"), [statistic_of[e]])
                letters = self.browser.run(
                    "return [...document.querySelectorAll('[data-tensor=y] .letter')].map(e => e.textContent)")
                self.assertEqual([i for i, letter in enumerate(letters) if letter == letters[e]], sharing)
                sum_text = self.browser.one("#sum").text
                if tensor in "xy":
                    summed = "".join(f" {'-' if x[i] < 0 else '+'} {abs(x[i]):g}" for i in sharing)
                    summed = re.sub(r"^ \+ ", "", re.sub(r"^ - ", "-", summed))
                    self.assertIn(f"] = ({summed}) / {len(sharing)}", sum_text)
                if tensor == "y":
                    self.assertRegex(sum_text, r"y\[\d,\d,\d,\d\] = weight")
                    self.assertIn(f"= {float(f'{y[e]:.6g}'):g}", sum_text)
            self.point_at("h1")
            self.assertEqual(self.highlighted("y"), [])

    def test_a_statistic_of_several_is_chosen(self):
        self.open("switchable")
        engine, buttons = self.engine(), self.browser.all("#poolings button")
        pools = {step["name"]: flat(step["pools"]["statistic_of"]) for step in engine["steps"] if step["pools"]}
        self.assertEqual(len(buttons), len({tuple(each) for each in pools.values()}))
        for button in buttons:
            button.click()
            statistic_of = pools[button.text]
            self.point_at(self.cell("x", 21))
            self.assertEqual(self.highlighted("x"), [i for i, s in enumerate(statistic_of) if s == statistic_of[21]])

    def test_none_shares_with_nobody(self):
        self.open("none")
        self.point_at(self.cell("y", 3))
        self.assertEqual(self.highlighted("x"), [3])
        self.assertFalse(self.browser.one("#poolings").is_displayed())

    def test_the_keyboard_reaches_everything(self):
        self.open("batch")
        self.browser.one("#momentum").click()
        self.press("TAB")
        self.assertEqual(self.focused(), ["x", 0])
        self.assertEqual(self.highlighted("y"), [0, 1, 2, 3, 16, 17, 18, 19])
        self.press("ARROW_DOWN")
        self.assertEqual(self.focused(), ["x", 2])
        self.press("END", "5", "TAB")  # 4 becomes 45
        self.assertEqual(self.focused(), ["x", 3])
        self.assertEqual(self.assert_agrees_with_engine()["inputs"]["x"][0][0][1][0], 45)
        self.browser.run("document.querySelector('[data-tensor=y] [data-cell=\"0\"]').focus()")
        self.press("ARROW_RIGHT", "ARROW_DOWN", "ARROW_RIGHT")
        self.assertEqual(self.focused(), ["y", 4])
        self.assertEqual(self.highlighted("x"), [4, 5, 6, 7, 20, 21, 22, 23])
        self.press("ARROW_LEFT", "ARROW_UP")
        self.assertEqual(self.focused(), ["y", 1])
        self.press("TAB")
        self.assertNotEqual((self.focused() or ["none"])[0], "y", "one stop of Tab for a tensor")
        self.browser.run("document.querySelector('[data-tensor=y] [data-cell=\"1\"]').focus()")
        self.press("ESCAPE")
        self.assertEqual(self.highlighted("y"), [])
        self.browser.one(self.field("weight", 0)).click()
        self.press("END", ".", "5")
        self.assertEqual(self.assert_agrees_with_engine()["inputs"]["weight"][0], 1.5)

    def test_what_is_no_number_is_named_and_nothing_is_lost(self):
        self.open("batch")
        before = self.shown("y")
        for selector, text, named in [(self.field("x", 1), "two", 'x[0,0,0,1]: expected a number, found "two"'),
                                      (self.field("x", 1), "<b>1", 'found "<b>1"'),
                                      (self.field("x", 1), "1e999", "expected a number"),
                                      ("#momentum", "1.5", "momentum: expected a number from 0 to 1"),
                                      ("#eps", "-1", "eps: expected a number >= 0"),
                                      (self.field("running_var", 1), "-2", "running_var[1]: expected a number >= 0"),
                                      (self.field("weight", 1), "", "weight[1]")]:
            kept = self.browser.one(selector).get_attribute("value")
            self.paste(selector, text)
            self.assertIn(named, self.browser.one("#problem").text)
            self.assertEqual(self.browser.one(selector).get_attribute("aria-invalid"), "true")
            self.assertEqual(self.shown("y"), before)
            self.paste(selector, kept)
            self.assertFalse(self.browser.one("#problem").is_displayed())
        self.paste(self.field("weight", 1), "x")
        self.paste("#eps", "x")
        self.choose("method", "layer-elementwise")
        self.assert_agrees_with_engine()

    def test_a_variance_of_one_value_is_refused_and_left_again(self):
        self.open("batch", "--shape", "3,4,1,1")
        self.choose("method", "instance")
        self.assertIn("instance: v = var[H W](x) would be over one value", self.browser.one("#problem").text)
        self.choose("method", "group")
        self.assert_agrees_with_engine()

    def test_what_is_not_finite_is_refused_with_its_numbers(self):
        self.open("instance", "--shape", "1,2,1,2")
        self.type(self.field("x", 0), "3")
        self.type(self.field("x", 1), "3")
        self.assert_agrees_with_engine()
        self.type("#eps", "0")
        self.assertIn("/ sqrt(0 + 0)", self.browser.one("#problem").text)

    def test_a_wrong_number_of_the_engine_is_seen(self):
        page = explain("batch", "--html")
        wrong = re.sub(r'("y":\[)([-\d.e]+)', lambda m: m[1] + str(float(m[2]) + 1e-6), page, count=1)
        self.assertNotEqual(wrong, page)
        pathlib.Path(self.path("wrong.html")).write_text(wrong)
        self.browser.open(self.path("wrong.html"))
        self.assertEqual(self.browser.one("#agreement").get_attribute("class"), "differs")
        self.assertRegex(" ".join(self.browser.console()), "normlab: .* differs by")

    def test_markup_in_the_data_stays_text(self):
        page = explain("batch", "--html")
        hostile = r"\u003c/script\u003e\u003cimg src=x onerror=alert(1)\u003e"
        injected = page.replace('"title":"Batch normalization"', f'"title":"{hostile}"')
        self.assertNotEqual(injected, page)
        pathlib.Path(self.path("hostile.html")).write_text(injected)
        self.browser.open(self.path("hostile.html"))
        self.assertEqual(self.browser.one("#title").text, "</script><img src=x onerror=alert(1)>")
        self.assertEqual(self.browser.all("img"), [])

    def test_text_is_readable_in_both_schemes(self):
        contrast = """
          const parts = color => color.match(/[\\d.]+/g).slice(0, 3).map(v => {
            const c = v / 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; });
          const light = color => parts(color).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          const of = e => { const s = getComputedStyle(e), [a, b] = [light(s.color), light(s.backgroundColor)];
            return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); };
          return [of(document.body), ...[...document.querySelectorAll('[data-tensor=y] td')].map(of)];"""
        backgrounds = {}
        for scheme in ["light", "dark"]:
            self.open("instance", "--shape", "3,5,1,2")
            self.browser.scheme(scheme)
            self.assertEqual(len(self.browser.all("[data-tensor=y] td.s11")), 2)
            self.assertGreater(min(self.browser.run(contrast)), 4.5, scheme)
            backgrounds[scheme] = self.browser.run("return getComputedStyle(document.body).backgroundColor")
        self.assertNotEqual(backgrounds["light"], backgrounds["dark"])

    def test_fits_a_phone(self):
        self.open("layer-elementwise")
        self.browser.size(390, 844, mobile=True)
        self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"), 390)
        self.point_at(self.cell("y", 20))
        self.browser.one(self.cell("y", 20)).click()
        self.assertEqual(self.highlighted("x"), list(range(16, 32)))
        self.assertTrue(self.browser.one("aside").is_displayed())


if __name__ == "__main__":
    browser.skip_if_missing()
    BINARY = sys.argv.pop(1)
    unittest.main()
