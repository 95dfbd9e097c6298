#!/usr/bin/env python3
"""Holds the sources to the rule that a program defines a name once, which neither compiler nor linker
checks across files: two types of one name in two files make every function that uses them undefined.

    scripts/one_definition.py

Two looks, neither of which needs a build:
  all headers of the rooms in one translation unit, where the compiler refuses a second definition of
  a type, an inline function or a constant;
  types, and templates and inline functions of source files, by a reading of each program's sources:
  what stands outside unnamed namespaces has its name to itself in the whole program. A program here
  is normlab's rooms, the rooms with one folder of tests, or the rooms with one folder of bench/.
Exit status 1 and a line for each name that is defined twice.
"""

import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BESIDES = {"tests", "bench"}

TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/'                              # comments
    r'|^[ \t]*\#(?:[^\n\\]|\\.)*'                      # preprocessor
    r'|R"(?P<end>[^(\s]*)\(.*?\)(?P=end)"'             # raw strings
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|(?<![0-9a-fA-F])'(?:[^'\\\n]|\\.)+'"            # not the mark between digits
    r'|(?P<name>[A-Za-z_]\w*)|(?P<sign>::|[^\s\w])|\d[\w.\']*',
    re.DOTALL | re.MULTILINE)


def tokens_of(text):
    """(token, line) of what the compiler reads; literals are left out."""
    for match in TOKEN.finditer(text):
        if match["name"] or match["sign"]:
            yield match.group(), text.count("\n", 0, match.start()) + 1


def after_brackets(words, at, opening, closing):
    depth = 0
    while at < len(words):
        depth += (words[at] == opening) - (words[at] == closing)
        at += 1
        if depth == 0:
            break
    return at


def type_at(words, at):
    """The name of the type whose definition begins with the keyword at `at`, and where its brace is."""
    if words[at] not in ("class", "struct", "union", "enum") or (at and words[at - 1] == "enum"):
        return None
    at += 1
    while at < len(words) and words[at] in ("class", "struct", "alignas", "["):
        if words[at] == "[":
            at = after_brackets(words, at, "[", "]")
        elif words[at] == "alignas":
            at = after_brackets(words, at + 1, "(", ")")
        else:
            at += 1
    first = at
    while at < len(words) and (words[at] == "::" or words[at].isidentifier()):
        at += 1
    if at < len(words) and words[at] == "<":
        at = after_brackets(words, at, "<", ">")
    name = [word for word in words[first:at] if word != "final"]
    if not name or at >= len(words) or words[at] not in ("{", ":"):
        return None
    while at < len(words) and words[at] != "{":
        if words[at] in (";", ")"):
            return None
        at += 1
    return "".join(name), at


def function_before(words, brace, start):
    """The name of the function whose body opens at `brace`; its declaration begins at `start`."""
    head = words[start:brace]
    if "(" not in head or "operator" in head or "=" in head[:head.index("(")]:
        return None
    at = 0
    if head[0] == "template":
        at = after_brackets(head, 1, "<", ">")
    try:
        at = head.index("(", at)
    except ValueError:
        return None
    is_member = at >= 2 and head[at - 2] == "::"
    unshared = "static" in head[:at] or not ({"template", "inline"} & set(head[:at]))
    if at == 0 or is_member or unshared or not head[at - 1].isidentifier():
        return None
    return head[at - 1] + "(" + " ".join(head[at + 1:])


class Definitions:
    """What one file defines outside unnamed namespaces: [(name, line)]; and its tests."""

    def __init__(self, path):
        self.path = path
        self.found, self.tests = [], []
        text = path.read_text(encoding="utf-8")
        pairs = list(tokens_of(text))
        self.words = [word for word, _ in pairs]
        self.lines = [line for _, line in pairs]
        self.read()

    def read(self):
        words, scopes, at, start = self.words, [], 0, 0
        while at < len(words):
            word = words[at]
            if word == "namespace" and at + 1 < len(words):
                end = at + 1
                while words[end] not in ("{", ";", "="):
                    end += 1
                if words[end] == "{":
                    scopes.append("".join(words[at + 1:end]) or None)
                at = start = end + 1
                continue
            if word in ("TEST", "TEST_F", "TEST_P") and words[at + 1:at + 2] == ["("]:
                self.tests.append((f"{words[at + 2]}.{words[at + 4]}", self.lines[at]))
            defined = type_at(words, at)
            if defined:
                self.add(defined[0], scopes, at)
                at = after_brackets(words, defined[1], "{", "}")
                continue
            if word == "{":
                name = function_before(words, at, start)
                if name and self.path.suffix == ".cc":
                    self.add(name, scopes, at)
                at = start = after_brackets(words, at, "{", "}")
                continue
            if word == "}" and scopes:
                scopes.pop()
                start = at + 1
            if word == ";":
                start = at + 1
            at += 1

    def add(self, name, scopes, at):
        if None not in scopes:
            self.found.append(("::".join([*scopes, name]), self.lines[at]))


def rooms():
    names = re.findall(r"^normlab_room\((\w+)", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE)
    return [name for name in names if (ROOT / name).is_dir()]


def files_of(folder, pattern):
    return sorted((ROOT / folder).rglob(pattern))


def programs():
    """{program: its files}."""
    room_files = [file for room in rooms() for pattern in ("*.h", "*.cc")
                  for file in files_of(room, pattern)]
    found = {"normlab": room_files}
    extra = re.findall(r"target_sources\((\w+)_test PRIVATE ([^)]*)\)",
                       (ROOT / "tests/CMakeLists.txt").read_text())
    common = sorted((ROOT / "tests").glob("*.h"))
    for folder in sorted(path for path in (ROOT / "tests").iterdir() if path.is_dir()):
        own = files_of(folder, "*.h") + files_of(folder, "*.cc") + common
        for room, sources in extra:
            if room == folder.name:
                own += [ROOT / "tests" / source for source in sources.split()]
        found[f"{folder.name}_test"] = room_files + own
    for folder in sorted({path.parent for path in files_of("bench", "*.cc")}):
        # Every source there may be a program of its own: only its headers meet the rooms.
        found[str(folder.relative_to(ROOT))] = room_files + sorted(folder.glob("*.h"))
    return found


def complaints():
    read = {}
    told = set()
    for program, files in programs().items():
        places, tests = defaultdict(set), defaultdict(set)
        for file in files:
            if file not in read:
                read[file] = Definitions(file)
            for name, line in read[file].found:
                places[name].add(f"{file.relative_to(ROOT)}:{line}")
            for name, line in read[file].tests:
                tests[name].add(f"{file.relative_to(ROOT)}:{line}")
        for name, where in sorted([*places.items(), *tests.items()]):
            line = f"{name.split('(')[0]} is defined at {' and at '.join(sorted(where))}"
            if len(where) > 1 and line not in told:
                told.add(line)
                yield f"{line} (program {program})"


def headers_compile_together():
    headers = [header for room in rooms() for header in files_of(room, "*.h")
               if not header.name.endswith("-inl.h")]
    with tempfile.NamedTemporaryFile("w", suffix=".cc") as unit:
        unit.writelines(f'#include "{header.relative_to(ROOT)}"\n' for header in headers)
        unit.flush()
        command = ["g++", "-std=c++20", "-fsyntax-only", "-w", "-I", str(ROOT), unit.name]
        return subprocess.run(command, check=False).returncode == 0


def main():
    lines = list(complaints())
    for line in lines:
        print(line, file=sys.stderr)
    if not headers_compile_together() or lines:
        sys.exit(1)


if __name__ == "__main__":
    main()
