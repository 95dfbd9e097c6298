"""Alternating rounds and what is made of them."""
import statistics
import time

PAUSE = 0.02  # seconds in which the other side's threads stop spinning


def alternate(racers, rounds):
    """`racers` maps names to functions that measure once. Every round asks each of them, and
    another one begins it. Measurements by name, in the order of the rounds."""
    names, measured = list(racers), {name: [] for name in racers}
    for first in range(rounds):
        for i in range(len(names)):
            name = names[(first + i) % len(names)]
            time.sleep(PAUSE)
            measured[name].append(racers[name]())
    return measured


def spread(values, digits=2):
    """Median (least-most)."""
    middle, least, most = statistics.median(values), min(values), max(values)
    return f"{middle:.{digits}f} ({least:.{digits}f}-{most:.{digits}f})"


def times_faster(ours, theirs):
    """Round by round: the best of their times over ours. `theirs` is a list of series."""
    return [min(others) / own for own, *others in zip(ours, *theirs)]


def markdown(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


class Section:
    """One race's results: a table to read, and the measurements behind it."""

    def __init__(self, title, header, note):
        self.title, self.header, self.note = title, header, note
        self.rows, self.measurements = [], []
        self.peer = ""  # the other side in its own words

    def add(self, row, measurement):
        self.rows.append(row)
        self.measurements.append(measurement)

    def markdown(self):
        parts = [f"### {self.title}", self.note, markdown(self.header, self.rows)]
        if self.peer:
            parts.append(f"```\n{self.peer}\n```")
        return "\n\n".join(parts)

    def json(self):
        return {"title": self.title, "peer": self.peer, "measurements": self.measurements}
