#!/usr/bin/python3
"""Writes which tests of a build have not passed yet, as `ctest -I FILE` takes them.

    scripts/not_yet_passed.py BUILD JUNIT.xml >FILE      a file of ctest --output-junit
"""
import json
import subprocess
import sys
import xml.etree.ElementTree


def main():
    build, junit = sys.argv[1:]
    listing = subprocess.run(
        ["ctest", "--test-dir", build, "--show-only=json-v1"], check=True, capture_output=True, text=True)
    passed = {
        case.get("name")
        for case in xml.etree.ElementTree.parse(junit).iter("testcase")
        if case.get("status") == "run" and case.find("skipped") is None and case.find("failure") is None}
    names = [test["name"] for test in json.loads(listing.stdout)["tests"]]
    # A stride of 0 is no range: the numbers behind it alone.
    print(",".join(["0,0,0", *(str(i) for i, name in enumerate(names, 1) if name not in passed)]))


if __name__ == "__main__":
    main()
