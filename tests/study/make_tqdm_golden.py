#!/usr/bin/python3
"""Writes tests/study/golden/tqdm.tsv: what tqdm's own format_meter and EMA give.

Needs Debian's python3-tqdm. `--check` compares with the committed file instead of writing it.

Lines "meter": prefix, n, total, elapsed, rate (0: not given), columns (0: not given), ascii, line.
Lines "bytes": n, total, elapsed, rate, line; unit "B", unit_scale.
Lines "rate":  the smoothed rate after each of a sequence of "iterations:seconds" redraws.
"""
import itertools
import pathlib
import random
import sys

from tqdm.std import EMA, tqdm

TARGET = pathlib.Path(__file__).parent / "golden" / "tqdm.tsv"


def meter(prefix, n, total, elapsed, rate, columns, ascii_only):
    line = tqdm.format_meter(n, total, elapsed, ncols=columns or None, prefix=prefix,
                             ascii=ascii_only, rate=rate or None)
    fields = ["meter", prefix, n, total, repr(elapsed), repr(rate), columns, int(ascii_only), line]
    return "\t".join(map(str, fields))


def meters():
    step = "Loss=0.0163 Batch_id=468 Accuracy=99.54"
    # Half a percent and whole eighths of a cell are where a rounding rule shows.
    counts = [(0, 469), (1, 469), (234, 469), (468, 469), (469, 469), (1, 200), (5, 200), (199, 200),
              (1, 80), (3, 80), (77, 80), (1, 1), (0, 1), (7, 938), (60000, 60000)]
    for (n, total), ascii_only in itertools.product(counts, (False, True)):
        yield meter(step, n, total, 3.1016, 0.0, 0, ascii_only)
        yield meter("", n, total, 12.5, 37.25, 80, ascii_only)
    for columns in (1, 10, 40, 60, 79, 80, 81, 100, 120, 200, 317):
        yield meter(step, 123, 469, 4.75, 26.5, columns, False)
        yield meter(step, 123, 469, 4.75, 26.5, columns, True)
    for elapsed in (0.0, 0.04, 0.999, 59.99, 60.0, 3599.9, 3600.0, 86399.0, 360000.0):
        yield meter(step, 100, 469, elapsed, 0.0, 0, False)
        yield meter(step, 0, 469, elapsed, 0.0, 0, False)
    for rate in (0.001, 0.0995, 0.5, 0.99, 1.0, 1.01, 9.995, 99.995, 151.2, 1234.5678, 123456.0):
        yield meter(step, 100, 469, 10.0, rate, 0, False)
    draw = random.Random(1)
    for _ in range(200):
        total = draw.randrange(1, 2000)
        yield meter(step, draw.randrange(0, total + 1), total, draw.uniform(0, 5000),
                    draw.choice([0.0, draw.uniform(0.01, 900)]), draw.choice([0, draw.randrange(60, 180)]),
                    draw.random() < 0.3)


def byte_meters():
    draw = random.Random(3)
    totals = [1, 999, 1000, 9994, 9995, 99949, 99950, 999499, 999500, 9912422, 170052171, 999499999,
              999500000, 10**12]
    for total in totals:
        for n in sorted({0, total // 3, total}):
            for rate in (0.0, 0.4, 999.4, 999.6, draw.uniform(1, 1e8)):
                line = tqdm.format_meter(n, total, 4.75, prefix="f.gz", unit="B", unit_scale=True,
                                         rate=rate or None)
                yield "\t".join(map(str, ["bytes", n, total, repr(4.75), repr(rate), line]))


def rates():
    draw = random.Random(2)
    for length in (1, 2, 3, 10, 50):
        redraws = [(draw.randrange(1, 40), draw.uniform(0.09, 0.4)) for _ in range(length)]
        iterations, seconds = EMA(0.3), EMA(0.3)
        for count, duration in redraws:
            iterations(count)
            seconds(duration)
        text = " ".join(f"{count}:{duration!r}" for count, duration in redraws)
        yield f"rate\t{text}\t{iterations() / seconds()!r}"


def main():
    text = "".join(line + "\n" for line in itertools.chain(meters(), byte_meters(), rates()))
    if sys.argv[1:] == ["--check"]:
        if TARGET.read_text(encoding="utf-8") != text:
            sys.exit(f"{TARGET}: differs from what this tqdm gives")
        print(f"{TARGET.name}: as tqdm gives it")
        return
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(text, encoding="utf-8")


main()
