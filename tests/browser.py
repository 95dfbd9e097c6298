"""Headless Chromium for the tests of pages: clicks, keys, hovering, the console, and every request.

Needs Debian's chromium, chromium-driver and python3-selenium. A test program that imports this
prints "packages are missing" and ends well where they are not installed, which CTest takes as
skipped.
"""
import json
import os
import pathlib
import shutil
import sys
import tempfile
import time

try:
    from selenium import webdriver
    from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
except ImportError:
    webdriver = None

CHROMIUM, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"

# Root has no sandbox; the rest keeps the browser itself from talking to anyone.
SWITCHES = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-default-apps", "--disable-extensions", "--no-first-run",
            "--no-default-browser-check", "--window-size=1300,1000"]


def skip_if_missing():
    if webdriver is None or not (os.path.exists(CHROMIUM) and os.path.exists(DRIVER)):
        print("packages are missing: chromium chromium-driver python3-selenium")
        sys.exit(0)


def wait_until(holds, seconds=20):
    """For what a page does by itself later: an event's task, a frame, an answer of its server."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if holds():
                return
        except (NoSuchElementException, StaleElementReferenceException):  # it is being replaced
            pass
        time.sleep(.05)
    raise AssertionError(f"it did not come to be within {seconds} s")


class Browser:
    """One window with a fresh profile."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="normlab-browser-")
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for switch in [*SWITCHES, f"--user-data-dir={self.folder}/profile"]:
            options.add_argument(switch)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        service = Service(DRIVER, env={**os.environ, "HOME": self.folder})
        self.driver = webdriver.Chrome(service=service, options=options)

    def close(self):
        self.driver.quit()
        shutil.rmtree(self.folder, ignore_errors=True)

    def open(self, path, fragment=""):
        self.console(), self.requests()  # those of the page before
        self.driver.get(pathlib.Path(path).resolve().as_uri() + fragment)

    def console(self):
        """What the console says since the last call: errors, warnings, refused policies."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self):
        """Every address asked for since the last call."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        urls = [event["params"]["request"]["url"] for event in events
                if event["method"] == "Network.requestWillBeSent"]
        # The empty first window's own, and what needs nobody to answer.
        return [url for url in urls if not url.startswith(("chrome:", "data:"))]

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def run_before_pages(self, script):
        """From the next page on, before its own scripts."""
        self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})

    def scheme(self, name):
        """dark or light, as the reader's system asks for it."""
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": name}]})

    def size(self, width, height, mobile=False):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile})

    def own_size(self):
        self.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
