#!/usr/bin/env python3
"""Prints what writing to and reading from the embedded log costs.

  run_log.py [--flowc build/release/bin/flowc] [--events 1000000] [--workers 1]

CPU is user + system of the whole process, by the operating system's account of the child.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
STEPS = (
    ("generator -> discard", "write.flow", ("--profile", "discard")),
    ("generator -> log", "write.flow", ()),
    ("log -> discard, raw", "read_raw.flow", ()),
    ("log -> discard, decoded", "read_rows.flow", ()),
)


def measure(command):
    before = os.times()
    done = subprocess.run([str(part) for part in command], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True)
    after = os.times()
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return (after.children_user + after.children_system
            - before.children_user - before.children_system)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flowc", default="build/release/bin/flowc")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--dir", default="data/bench/log")
    options = parser.parse_args()
    root = Path(options.dir)
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    print(f"{'':<26} {'events':>10} {'CPU s':>8} {'µs/event':>9} {'wall s':>8}")
    for name, flow, more in STEPS:
        summary = root / "summary.json"
        command = [options.flowc, "run", HERE / flow, "--param", f"dir={root}", "--workers",
                   options.workers, "--summary", summary, "--quiet", *more]
        if flow == "write.flow":
            command += ["--param", f"count={options.events}"]
        spent = measure(command)
        told = json.loads(summary.read_text())
        if told["events"] != options.events:
            sys.exit(f"{name}: {told['events']} events, not {options.events}")
        print(f"{name:<26} {told['events']:>10} {spent:>8.2f} "
              f"{spent / told['events'] * 1e6:>9.3f} {told['seconds']:>8.2f}")


if __name__ == "__main__":
    main()
