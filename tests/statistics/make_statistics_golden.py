#!/usr/bin/env python3
"""Writes golden/statistics.json: intervals, tests and powers by SciPy and statsmodels.

    /usr/bin/python3 tests/statistics/make_statistics_golden.py            writes the file beside this script
    /usr/bin/python3 tests/statistics/make_statistics_golden.py --check    computes again and compares

Needs Debian's python3-scipy and python3-statsmodels.
"""
import argparse
import json
import pathlib
import sys

import numpy as np
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower
from statsmodels.stats.weightstats import DescrStatsW

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from golden_differences import differences

GOLDEN = pathlib.Path(__file__).parent / "golden" / "statistics.json"
TOLERANCE = 1e-12  # relative: other processors round SciPy's sums otherwise


def intervals(generator):
    rows = []
    for n in (2, 3, 5, 10, 33):
        values = np.round(generator.normal(76, 0.4, n), 2)
        for confidence in (0.9, 0.95, 0.99):
            low, high = stats.t.interval(confidence, n - 1, values.mean(), stats.sem(values))
            rows.append({"values": values.tolist(), "confidence": confidence,
                         "deviation": values.std(ddof=1), "low": low, "high": high})
    return rows


def pairs(generator):
    rows = []
    for n in (3, 5, 10, 33):
        for shift in (0.0, 0.3, 2.0):
            a = np.round(generator.normal(76 + shift, 0.4, n), 2)
            b = np.round(generator.normal(76, 0.4, n), 2)
            margin = 0.5
            difference = DescrStatsW(a - b)
            rows.append({"a": a.tolist(), "b": b.tolist(), "p": stats.ttest_rel(a, b).pvalue,
                         "margin": margin,
                         "equivalence_p": difference.ttost_mean(-margin, margin)[0]})
    return rows


def discordant():
    return [{"only_first": b, "only_second": c,
             "p": float(mcnemar([[0, b], [c, 0]], exact=True).pvalue)}
            for b, c in ((0, 1), (1, 0), (0, 6), (3, 3), (5, 17), (17, 5), (40, 60), (400, 460))]


def families(generator):
    rows = []
    for n in (1, 2, 3, 6, 15):
        for scale in (1.0, 0.05):
            p = generator.uniform(0, scale, n)
            if n > 3:
                p[2] = p[1]
            rows.append({"p": p.tolist(), "adjusted": multipletests(p, method="holm")[1].tolist()})
    return rows


def powers():
    rows = []
    for effect in (0.1, 0.25, 0.5, 1.0, 1.5, 3.0):
        for power in (0.8, 0.9):
            pairs_needed = TTestPower().solve_power(effect_size=effect, alpha=0.05, power=power)
            rows.append({"effect": effect, "power": power,
                         "pairs": max(3, int(np.ceil(float(pairs_needed)))),
                         "power_of_10": float(TTestPower().power(effect, 10, 0.05))})
    return rows


def changes(generator):
    rows = []
    for n, members in ((3, 4), (5, 12), (10, 1)):
        differences = np.round(generator.normal(0.3, 0.4, (members, n)), 2)
        p = [stats.ttest_1samp(row, 0).pvalue for row in differences]
        rows.append({"differences": differences.tolist(), "p": [float(value) for value in p],
                     "adjusted": multipletests(p, method="holm")[1].tolist()})
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the file, write nothing")
    generator = np.random.default_rng(7)
    golden = {"intervals": intervals(generator), "pairs": pairs(generator),
              "discordant": discordant(), "families": families(generator), "powers": powers(),
              "changes": changes(generator)}
    text = json.dumps(golden, indent=1) + "\n"
    if parser.parse_args().check:
        lines = differences(json.loads(text), json.loads(GOLDEN.read_text()), TOLERANCE, least=0)
        print("\n".join(lines[:20]) or "statistics.json: the same numbers")
        sys.exit(1 if lines else 0)
    GOLDEN.write_text(text)


if __name__ == "__main__":
    main()
