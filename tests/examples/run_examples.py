#!/usr/bin/env python3
"""Runs an example in a temporary folder and compares what it wrote with what it should write.

  run_examples.py --flowc build/release/bin/flowc examples/01_hello_windows …

expected.jsonl stands for out/result.jsonl, expected_NAME.jsonl (or .csv) for out/NAME.jsonl. Rows
may come in any order. latest_by.txt names the key of an output in which later rows replace earlier
ones. Each example runs with one worker and with three; its test blocks run too.
"""

import argparse
import csv
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

WORKERS = (1, 3)


def run(command, folder):
    done = subprocess.run([str(part) for part in command], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {done.returncode}\n"
                           f"{done.stdout}{done.stderr}")


def read_rows(path):
    """A row as text that is the same for equal rows; numbers keep their digits."""
    if not path.exists():
        raise RuntimeError(f"{path.name} was not written")
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".csv":
        return list(csv.reader(text.splitlines()))
    keep = {"parse_float": str, "parse_int": str}
    return [json.loads(line, **keep) for line in text.splitlines()]


def latest(rows, keys):
    """What remains of an upsert stream: the last row of each key that was not deleted."""
    by_key = {tuple(row[key] for key in keys): row for row in rows}
    return [row for row in by_key.values() if not row.get("_deleted")]


def in_order(rows):
    return sorted(json.dumps(row, sort_keys=True, ensure_ascii=False) for row in rows)


def compare(folder, expected):
    name = expected.stem.removeprefix("expected").removeprefix("_") or "result"
    keys = folder / "latest_by.txt"
    came = read_rows(folder / "out" / f"{name}{expected.suffix}")
    if keys.exists():
        came = latest(came, keys.read_text().split())
    wanted, came = in_order(read_rows(expected)), in_order(came)
    if wanted != came:
        missing = [row for row in wanted if row not in came]
        surplus = [row for row in came if row not in wanted]
        raise RuntimeError("\n".join([f"{name}: {len(came)} rows, expected {len(wanted)}"] +
                                     [f"  missing {row}" for row in missing] +
                                     [f"  surplus {row}" for row in surplus]))


def check(flowc, example, workers):
    with tempfile.TemporaryDirectory(prefix="weir-example-") as base:
        folder = Path(base) / example.name
        shutil.copytree(example, folder, ignore=shutil.ignore_patterns("out", ".weir"))
        program = folder / "pipeline.flow"
        if 'test "' in program.read_text(encoding="utf-8"):
            run([flowc, "test", program.name], folder)
        run([flowc, "run", program.name, "--quiet", "--workers", workers], folder)
        expectations = sorted(folder.glob("expected*"))
        if not expectations:
            raise RuntimeError("nothing is expected of it")
        for expected in expectations:
            compare(folder, expected)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flowc", required=True, type=Path)
    parser.add_argument("examples", nargs="+", type=Path)
    options = parser.parse_args()
    flowc, failed = options.flowc.resolve(), 0
    for example in options.examples:
        for workers in WORKERS:
            try:
                check(flowc, example.resolve(), workers)
                print(f"{example.name}, workers {workers}: as expected", flush=True)
            except RuntimeError as problem:
                failed += 1
                print(f"FAILED {example.name}, workers {workers}: {problem}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
