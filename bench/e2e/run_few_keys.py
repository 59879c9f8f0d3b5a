#!/usr/bin/env python3
"""Counts by a key of few values, with and without partial results before the exchange.

  run_few_keys.py [--flowc build/release/bin/flowc] [--events 1000000] [--workers 2] [--runs 3]

Runs alternate, so that a busy machine slows both alike; the ratio is of the best of each.
"""

import argparse
import json
import shutil
from pathlib import Path

from run_job import HERE, make_input, run


def split_input(root, parts):
    """A part for each worker: lines in turn, so that event time is the same everywhere."""
    source = root / "log" / "user_events.jsonl"
    paths = [root / "few_keys" / "log" / f"part-{i}.jsonl" for i in range(parts)]
    if all(path.exists() for path in paths):
        return
    shutil.rmtree(root / "few_keys", ignore_errors=True)
    paths[0].parent.mkdir(parents=True)
    files = [path.open("w") for path in paths]
    with source.open() as lines:
        for number, line in enumerate(lines):
            files[number % parts].write(line)
    for file in files:
        file.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flowc", default="build/release/bin/flowc")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--dir", default="data/bench")
    options = parser.parse_args()
    root = Path(options.dir) / str(options.events)
    make_input(options.flowc, root, options.events)
    split_input(root, options.workers)
    best = {}
    print(f"{'':>16} {'CPU s':>8} {'µs/event':>9} {'wall s':>8}")
    for _ in range(options.runs):
        for name, flags in (("rows", ["--no-optimizer"]), ("partial results", [])):
            summary = root / "summary-few-keys.json"
            run([options.flowc, "run", HERE / "few_keys.flow", "--param", f"dir={root / 'few_keys'}",
                 "--workers", str(options.workers), "--summary", summary, *flags])
            told = json.loads(summary.read_text())
            spent = told["cpu_seconds"]
            best[name] = min(spent, best.get(name, spent))
            print(f"{name:>16} {spent:>8.2f} {spent / told['events'] * 1e6:>9.3f} "
                  f"{told['seconds']:>8.2f}")
    print(f"CPU with partial results / with rows: {best['partial results'] / best['rows']:.3f}")


if __name__ == "__main__":
    main()
