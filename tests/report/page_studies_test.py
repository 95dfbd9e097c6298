#!/usr/bin/env python3
"""Several studies on one page, incomplete ones, one that is still running, a large one, beside the values that it was made from.

    /usr/bin/python3 tests/report/page_studies_test.py BINARY
"""
import http.server
import pathlib
import queue
import shutil
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import page_case
from browser import wait_until
from page_case import CLASSES, MODELS, PageTest, report
from random_study import IdxData, Study, mean


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
        wait_until(lambda: self.browser.one("#live").text == "live")
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
        wait_until(lambda: [row[1] for row in self.rows("#results tbody tr")] == ["2", "2"])
        self.assertEqual(self.browser.one("#curves-legend-1").get_attribute("aria-pressed"), "false")
        self.assertEqual(self.browser.run("const s = document.getElementById('confusion-model'); return s.selectedOptions[0].text"), "layer")
        self.assertEqual(self.browser.run("const s = document.getElementById('gallery-truth'); return s.selectedOptions[0].text"), "cat")
        self.assertEqual(len(self.browser.all("#runs th[aria-sort]")), 1)
        self.assertEqual(self.focused(), "gallery-truth")
        wanted = {image for arm in study.arms for image in arm.misses if self.data.labels[image] == 2}
        self.assertEqual(set(self.images()), wanted)
        self.assertTrue(all(request.startswith(url) for request in self.browser.requests()))


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


page_case.run(__name__)
