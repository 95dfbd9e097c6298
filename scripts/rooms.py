#!/usr/bin/env python3
"""Which rooms include which, held to the order of docs/folders.md.

    scripts/rooms.py [--list]

A file may include what stands in its own room and in those above it in the table. Exit status 1 and
a line for each include that points downwards, for each room that the table lacks, and for each that
only the table has. --list prints what each room includes, counted.
"""

import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Folders of the table that hold no C++ of the program.
OTHER = {"web", "recipes", "norms", "tests", "bench"}
INCLUDE = re.compile(r'^#include "([a-z_]+)/', re.MULTILINE)


def table():
    rows = re.findall(r"^\| ((?:`[a-z]+/`(?:, )?)+) \|", (ROOT / "docs/folders.md").read_text("utf8"), re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([a-z]+)/`", row) if name not in OTHER]


def sources():
    files = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.h", "*.cc"],
                           cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return [Path(name) for name in files if Path(name).parts[0] not in OTHER and (ROOT / name).exists()]


def main():
    order = {room: place for place, room in enumerate(table())}
    includes, wrong = defaultdict(Counter), []
    for path in sources():
        room = path.parts[0]
        if room not in order:
            wrong.append(f"{path}: docs/folders.md has no {room}/")
            continue
        for other in INCLUDE.findall((ROOT / path).read_text("utf8")):
            if other not in order:
                continue
            includes[room][other] += 1
            if order[other] > order[room]:
                wrong.append(f"{path}: includes {other}/, which stands below {room}/")
    wrong += [f"docs/folders.md has {room}/, where nothing is" for room in order if room not in includes]
    if "--list" in sys.argv[1:]:
        for room in order:
            others = ", ".join(f"{other} {count}" for other, count in
                               sorted(includes[room].items(), key=lambda item: order[item[0]]) if other != room)
            print(f"{room + '/':13} {others}")
    print("\n".join(wrong), end="\n" if wrong else "")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
