"""A golden that scripts/oracles makes: {"versions": ..., "cases": [...]}, a case a line. Written, or with --check compared."""
import argparse
import json
import sys

from golden_differences import differences


def write_or_check(description, path, versions, cases, tolerance):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--check", action="store_true", help="compare with the file, write nothing")
    if parser.parse_args().check:
        kept = json.loads(path.read_text())
        lines = differences(cases, kept["cases"], tolerance)
        if kept["versions"] != versions:
            lines.append(f"made by {kept['versions']}, here are {versions}")
        print("\n".join(lines[:20]) or f"{len(cases)} cases agree")
        sys.exit(1 if lines else 0)
    text = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    path.write_text(f'{{"versions": {json.dumps(versions)}, "cases": [\n{text}\n]}}\n')
    print(f"{len(cases)} cases")
