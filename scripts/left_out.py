#!/usr/bin/python3
"""Names the tests that CTest left out, by reason, with the command that brings what they need.

    scripts/left_out.py JUNIT.xml...      files of ctest --output-junit

A reason is one line of the test's output that has "left out: " or "packages are missing: ".
"""
import re
import sys
import xml.etree.ElementTree

REASON = re.compile(r"left out: (.+)")
PACKAGES = re.compile(r"packages are missing: (.+)")
MOST_NAMES = 12  # of one reason


def reason_of(output):
    found = REASON.search(output)
    if found:
        return found.group(1).strip()
    found = PACKAGES.search(output)
    if found:
        return f"packages are missing; apt-get install {found.group(1).strip()}"
    return "no reason given"


def left_out(path):
    reasons = {}
    for case in xml.etree.ElementTree.parse(path).iter("testcase"):
        if case.find("skipped") is None:
            continue
        reason = reason_of(case.findtext("system-out") or "")
        reasons.setdefault(reason, []).append(case.get("name").split("  # ")[0])
    return reasons


def main():
    reasons = {}
    for path in sys.argv[1:]:
        for reason, names in left_out(path).items():
            known = reasons.setdefault(reason, [])
            known += [name for name in names if name not in known]
    for reason, names in sorted(reasons.items()):
        missing, _, command = reason.partition("; ")
        print(f"left out, {len(names)} test{'s' if len(names) > 1 else ''}: {missing}")
        if command:
            print(f"  to run {'them' if len(names) > 1 else 'it'}: {command}")
        for name in names[:MOST_NAMES]:
            print(f"    {name}")
        if len(names) > MOST_NAMES:
            print(f"    and {len(names) - MOST_NAMES} more")


if __name__ == "__main__":
    main()
