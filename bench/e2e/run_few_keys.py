#!/usr/bin/env python3
"""Counts by a key of few values, with and without partial results before the exchange.

  run_few_keys.py [--flowc build/release/bin/flowc] [--events 1000000] [--workers 2] [--runs 3]

Runs alternate, so that a busy machine slows both alike; the ratio is of the best of each.
"""

import shutil

from measuring import make_input, measure, parse_options


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
    options = parse_options(__doc__, workers=2)
    root = make_input(options)
    split_input(root, options.workers)
    best = {}
    print(f"{'':>16} {'CPU s':>8} {'µs/event':>9} {'wall s':>8}")
    for _ in range(options.runs):
        for name, flags in (("rows", ["--no-optimizer"]), ("partial results", [])):
            spent, told = measure(options, root, "few_keys", "--param",
                                  f"dir={root / 'few_keys'}", *flags)
            best[name] = min(spent, best.get(name, spent))
            print(f"{name:>16} {spent:>8.2f} {spent / told['events'] * 1e6:>9.3f} "
                  f"{told['seconds']:>8.2f}")
    print(f"CPU with partial results / with rows: {best['partial results'] / best['rows']:.3f}")


if __name__ == "__main__":
    main()
