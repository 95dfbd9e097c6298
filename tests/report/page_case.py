"""What the tests of `normlab report --html`'s page share: a run folder of random values, its page in
headless Chromium, and the hand on it."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import browser
from browser import wait_until
from random_study import IdxData, Study

BINARY = ""
CLASSES = ["ape", "bee", "cat", "dog"]
MODELS = [("batch", "batch", {"norm": "batch", "l2": "0.001", "lr": "0.1", "epochs": "5"}),
          ("layer", "layer", {"norm": "layer", "l2": "0", "lr": "0.1", "epochs": "5"}),
          ("group", "group", {"norm": "group", "l2": "0.0001", "lr": "0.1", "epochs": "5"})]
COLORS = [(0x00, 0x72, 0xb2), (0xd5, 0x5e, 0x00), (0x00, 0x9e, 0x73)]  # report/figures/chart.cc


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
        cls.study = Study(cls.folder / "run", cls.data, CLASSES, MODELS, [1, 2, 3], layers=("C1", "C2"),
                          compared=("batch", "layer"), learned=("batch", "layer"))
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

    def open_table(self, details):
        """Clicks its summary. The page fills it at the toggle event, which comes after the click."""
        self.click(f"{details} summary")
        wait_until(lambda: self.browser.all(f"{details} tbody tr"))

    def leave_dialog(self):
        """By Escape. The page removes it at the close event, which comes after the key."""
        self.press("ESCAPE")
        wait_until(lambda: not self.browser.all("dialog"))

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


def run(name):
    """The tests of a file that is run as a program, with BINARY as its argument."""
    global BINARY
    if name != "__main__":
        return
    browser.skip_if_missing()
    BINARY = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main(verbosity=2)
