#!/usr/bin/env python3
"""Reports files and functions above the alarm lines of CONTRIBUTING.md. A report, never a gate."""
import pathlib
import re
import statistics
import sys

TOP_FOLDERS = ("compiler", "runtime", "stdlib")
ALARM = {".cc": 500, ".h": 220}
FUNCTION_ALARM = 80
NO_FUNCTION = re.compile(r"(namespace|class|struct|enum|extern|using|#)\b|.*;$")


def functions(lines):
    """(first line, length) of each block that a formatted file opens and closes in column 0."""
    start, opened = None, False
    for number, line in enumerate(lines, 1):
        if line.startswith("}"):
            if opened:
                yield start, number - start + 1
            start, opened = None, False
        elif line[:1].isalpha() and not NO_FUNCTION.match(line):
            start, opened = number, line.endswith("{")
        elif start is not None and not opened:
            if line.endswith(";") or not line:
                start = None
            opened = line.endswith("{")


def main():
    root = pathlib.Path(sys.argv[1]) if sys.argv[1:] else pathlib.Path(__file__).parents[2]
    sizes, lengths, alarms = [], [], []
    for top in TOP_FOLDERS:
        for path in sorted((root / top).rglob("*")):
            if path.suffix not in ALARM:
                continue
            lines = path.read_text(encoding="utf-8").splitlines()
            name = path.relative_to(root)
            if path.suffix == ".cc":
                sizes.append(len(lines))
            if len(lines) > ALARM[path.suffix]:
                alarms.append(f"{name}: {len(lines)} lines (alarm at {ALARM[path.suffix]})")
            if path.suffix == ".cc":
                for start, length in functions(lines):
                    lengths.append(length)
                    if length > FUNCTION_ALARM:
                        alarms.append(f"{name}:{start}: a function of {length} lines "
                                      f"(alarm at {FUNCTION_ALARM})")
    print("\n".join(alarms))
    if sizes and lengths:
        print(f"{len(sizes)} .cc files, median {statistics.median(sizes):.0f} lines; "
              f"{len(lengths)} functions, median {statistics.median(lengths):.0f} lines")


main()
