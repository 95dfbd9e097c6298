#!/usr/bin/env python3
"""Who can use the page, and what must not get into it: keys, screen readers, light and dark, phones,
paper, hostile names, beside the values that it was made from.

    /usr/bin/python3 tests/report/page_access_test.py BINARY
"""
import base64
import json
import pathlib
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import page_case
from page_case import PageTest, report
from random_study import Study


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
        before = run("return [...root.querySelectorAll('[data-tensor=y] .number')].map(e => e.dataset.value)")
        run("const field = root.querySelector('[data-tensor=x] [data-cell=\"0\"] input'); field.value = '9'; field.dispatchEvent(new Event('input', {bubbles: true}))")
        after = run("return [...root.querySelectorAll('[data-tensor=y] .number')].map(e => e.dataset.value)")
        self.assertNotEqual(before, after)
        values = json.loads(run("return root.getElementById('values').value"))
        path = self.folder / "values.json"
        path.write_text(json.dumps(values))
        engine = json.loads(subprocess.run([page_case.BINARY, "explain", "batch", "--values", path, "--json"], check=True, capture_output=True).stdout)
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


page_case.run(__name__)
