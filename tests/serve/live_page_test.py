#!/usr/bin/env python3
"""The page of `normlab serve` in headless Chromium, from before there is a study to after it.

    /usr/bin/python3 tests/serve/live_page_test.py BINARY
"""
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "report"))
import browser
from browser import wait_until
from random_study import IdxData, Study

BINARY = ""
CLASSES = ["ape", "bee", "cat", "dog"]
MODELS = [("batch", "batch", {"norm": "batch"}), ("layer", "layer", {"norm": "layer"})]


class LivePageTest(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)
        self.path = self.folder / "run"
        self.data = IdxData(self.folder / "data", len(CLASSES), 60)
        self.browser = browser.Browser()
        self.addCleanup(self.browser.close)
        self.server, self.address = None, None
        self.serve("0")
        self.addCleanup(self.end)

    def serve(self, port, *flags):
        self.server = subprocess.Popen([BINARY, "serve", "run", "--port", port, *flags], cwd=self.folder, text=True,
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.address = self.server.stdout.readline().strip()
        self.assertRegex(self.address, r"^http://[\[\]\w.:]+:\d+/([0-9a-f]{32}/)?$")

    def end(self):
        self.server.send_signal(signal.SIGINT)
        self.assertEqual(self.server.wait(5), 0)
        self.server.stdout.close()

    def write(self, epochs, state="finished", seed=1):
        """The folder as it is after so many epochs, in one step."""
        study = Study(self.folder / "new", self.data, CLASSES, MODELS, [1, 2], epochs=epochs, seed=seed,
                      state=lambda label, seed: state).write()
        shutil.rmtree(self.path, ignore_errors=True)
        study.path.rename(self.path)
        return study

    def text(self):
        """In one step: between finding the body and reading it the page may be another one."""
        return self.browser.run("return document.body ? document.body.innerText : ''")

    def shows(self, study):
        """Final test accuracies of both models, means over the seeds."""
        means = [sum(arm.last("test_accuracy") for arm in study.arms if arm.label == label) / 2
                 for label in ("batch", "layer")]
        text = self.text()
        return all(f"{each:.2f}" in text for each in means)

    def console(self):
        """Without what a server that is away makes the browser say."""
        return [line for line in self.browser.console()
                if "ERR_CONNECTION_REFUSED" not in line and "ERR_INCOMPLETE" not in line
                and "ERR_EMPTY_RESPONSE" not in line and "ERR_CONNECTION_RESET" not in line
                and "status of 404" not in line]

    def test_from_beginning_to_end(self):
        self.browser.driver.get(self.address)
        wait_until(lambda: "run does not exist yet" in self.text())
        self.path.mkdir()
        wait_until(lambda: "run has no study.json yet" in self.text())
        self.assertEqual(self.console(), [])

        self.write(1, "interrupted")
        wait_until(lambda: self.browser.one("#live").text == "live")
        study = self.write(2)
        wait_until(lambda: self.shows(study))
        self.browser.run("window.same = true")
        study = self.write(3, seed=7)
        wait_until(lambda: self.shows(study))
        self.assertTrue(self.browser.run("return window.same"), "was loaded again")

        shutil.rmtree(self.path)
        wait_until(lambda: self.browser.one("#live").text == "run is gone")
        self.assertTrue(self.shows(study), "what was there stays")
        study = self.write(4, seed=8)
        wait_until(lambda: self.shows(study) and self.browser.one("#live").text == "live")

        self.end()
        wait_until(lambda: self.browser.one("#live").text == "waiting for the server")
        study = self.write(5, seed=9)
        self.serve(self.address.split(":")[2].strip("/"))
        wait_until(lambda: self.shows(study) and self.browser.one("#live").text == "live")
        self.assertTrue(self.browser.run("return window.same"), "was loaded again")
        self.assertEqual(self.console(), [])

    def test_for_other_machines(self):
        """At an address that others reach, or where there is none at the loopback one, with its token."""
        self.end()
        self.serve("0", "--host", "0.0.0.0")
        self.browser.driver.get(self.address)
        wait_until(lambda: "run does not exist yet" in self.text())
        study = self.write(1)
        wait_until(lambda: self.shows(study) and self.browser.one("#live").text == "live")
        self.browser.run("window.same = true")
        study = self.write(3, seed=7)
        wait_until(lambda: self.shows(study))
        self.assertTrue(self.browser.run("return window.same"), "was loaded again")
        self.browser.run("document.querySelector('#again-0-recipe-command').click()")
        wait_until(lambda: "Copied" in self.text() or "Ctrl+C" in self.text())
        self.assertEqual(self.console(), [])
        old = self.address
        self.end()
        self.serve(old.split("/")[2].rsplit(":", 1)[1], "--host", "0.0.0.0")
        wait_until(lambda: "the server has a new address" in self.browser.one("#live").text)
        self.browser.driver.get(old.rsplit("/", 2)[0] + "/")
        wait_until(lambda: "expected the address that normlab serve printed" in self.text())

    def test_more_pages_than_a_browser_has_connections(self):
        study = self.write(2)
        driver = self.browser.driver
        for i in range(9):
            if i > 0:
                driver.switch_to.new_window("tab")
            driver.set_page_load_timeout(20)
            driver.get(self.address)
            wait_until(lambda: self.shows(study))
        study = self.write(3, seed=7)
        for each in driver.window_handles:
            driver.switch_to.window(each)
            wait_until(lambda: self.shows(study))

    def test_the_page_that_waits_survives_the_servers_restart(self):
        self.browser.driver.get(self.address)
        wait_until(lambda: "run does not exist yet" in self.text())
        self.end()
        wait_until(lambda: "The server does not answer" in self.text())
        study = self.write(2)
        self.serve(self.address.split(":")[2].strip("/"))
        wait_until(lambda: self.shows(study))


if __name__ == "__main__":
    BINARY = str(pathlib.Path(sys.argv.pop(1)).resolve())
    browser.skip_if_missing()
    unittest.main()
