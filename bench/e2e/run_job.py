#!/usr/bin/env python3
"""Runs the job on a file of events and prints what it costs.

  run_job.py [--flowc build/release/bin/flowc] [--events 1000000] [--workers 1] [--runs 3]

CPU is user + system of the whole process, from the engine's own summary and checked against the
operating system's account of the child. Input is made once per size, below --dir.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def run(command):
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")


def make_input(flowc, root, events):
    if (root / "log" / "user_events.jsonl").exists() and (root / "tables" / "users.csv").exists():
        return
    for folder in ("log", "tables"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    run([flowc, "run", HERE / "users.flow", "--param", f"dir={root}"])
    run([flowc, "run", HERE / "events.flow", "--param", f"dir={root}", "--param", f"count={events}"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flowc", default="build/release/bin/flowc")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--dir", default="data/bench")
    options = parser.parse_args()
    root = Path(options.dir) / str(options.events)
    make_input(options.flowc, root, options.events)
    print(f"{'events':>10} {'CPU s':>8} {'µs/event':>9} {'wall s':>8} {'peak MiB':>9}")
    for number in range(options.runs):
        summary = root / f"summary-{number}.json"
        before = os.times()
        run([options.flowc, "run", HERE / "job.flow", "--param", f"dir={root}",
             "--workers", str(options.workers), "--summary", summary,
             "--state", root / "state"])
        after = os.times()
        told = json.loads(summary.read_text())
        spent = (after.children_user + after.children_system
                 - before.children_user - before.children_system)
        print(f"{told['events']:>10} {spent:>8.2f} {spent / told['events'] * 1e6:>9.3f} "
              f"{told['seconds']:>8.2f} {told['peak_rss_bytes'] / 2**20:>9.0f}")


if __name__ == "__main__":
    main()
