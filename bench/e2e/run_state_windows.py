#!/usr/bin/env python3
"""Windows larger than memory: a sum per key over sliding windows of more keys than fit, checked.

  run_state_windows.py [--flowc build/release/bin/flowc] [--keys 5000000] [--memory 64]

Every key comes once, in random order and in one of two panes; then a quarter as many rows of random
keys, whose groups are on disk by then. The run is stopped, gone on with by another number of workers
and as many rows again, and reads to the end, where all windows fire. Every row of every window is
compared with what the input says.
"""

import argparse
import collections
import csv
import subprocess
import sys

from run_state import HERE, fail, finish, prepare, report, rows_of

PANES = ("2026-01-01T00:00:00Z", "2026-01-01T06:00:00Z")
# The windows of 12 hours, every 6, that hold each pane.
WINDOWS = (("2025-12-31T18:00:00.000000Z", "2026-01-01T00:00:00.000000Z"),
           ("2026-01-01T00:00:00.000000Z", "2026-01-01T06:00:00.000000Z"))


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flowc", default="build/release/bin/flowc")
    parser.add_argument("--keys", type=int, default=5_000_000)
    parser.add_argument("--memory", type=float, default=64, help="state_memory in MiB")
    parser.add_argument("--workers", type=int, nargs=2, default=(1, 2), help="of the two runs")
    parser.add_argument("--dir", default="data/bench/state-windows")
    return parser.parse_args()


def pane_of(value):
    return value % 2


def write_input(path, part, keys):
    with path.open("w") as file:
        file.write("k,v,at\n")
        file.writelines(f"{key},{value},{PANES[pane_of(value)]}\n"
                        for key, value in rows_of(part, keys))


def start(options, root, state, workers, summary, tail):
    return subprocess.Popen(
        [options.flowc, "run", HERE / "state_windows.flow", "--param", f"dir={root}",
         "--param", f"memory={int(options.memory * 2**20)}", "--param", f"tail={tail}",
         "--state", state, "--workers", str(workers), "--summary", summary],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def check(folder, keys):
    """Every window of every key once, with the right count and sum."""
    expected = collections.defaultdict(lambda: [0, 0])
    for part in (1, 2):
        for key, value in rows_of(part, keys):
            for since in WINDOWS[pane_of(value)]:
                group = expected[key, since]
                group[0] += 1
                group[1] += value
    total = len(expected)
    for path in sorted(folder.glob("part-*.csv")):
        with path.open() as file:
            for row in csv.DictReader(file):
                group = int(row["k"]), row["since"]
                found = [int(row["n"]), int(row["total"])]
                if expected.get(group) != found:
                    sys.exit(f"{group}: {found[0]} rows with sum {found[1]}, expected "
                             f"{expected.get(group)} (none: it came twice or not at all)")
                del expected[group]
    if expected:
        sys.exit(f"{len(expected)} groups of windows did not come, one is {next(iter(expected))}")
    print(f"{total} groups of windows checked: every count and sum is right")


def main():
    options = parse_options()
    base, root, state = prepare(options, write_input)
    summary = base / "summary.json"
    (root / "rows-1.csv").symlink_to((base / "part-1.csv").resolve())
    watched = sum(value == 999 for _, value in rows_of(1, options.keys))
    finish(start(options, root, state, options.workers[0], summary, "true"), root / "out", watched)
    report("first", options.workers[0], summary)
    if any((root / "windows").glob("part-*.csv")):
        sys.exit("a window has fired before its end")
    (root / "rows-2.csv").symlink_to((base / "part-2.csv").resolve())
    process = start(options, root, state, options.workers[1], summary, "false")
    if process.wait() != 0:
        fail(process)
    report("restart", options.workers[1], summary)
    check(root / "windows", options.keys)


if __name__ == "__main__":
    main()
