#!/usr/bin/env python3
"""What an event costs on its way from a file into the embedded store.

  run_store.py [--flowc build/release/bin/flowc] [--events 1000000] [--workers 1] [--runs 3]

Prints CPU (user + system of the whole process) per event without a target, into the table of events
alone, and with its three materialized views; the median of the runs. What the store holds after a
run is counted by the run itself: a row that it refuses fails the run.
"""

import argparse
import json
import os
import shutil
import statistics
from pathlib import Path

from run_job import HERE, make_input, run

DDL = HERE.parent.parent / "pipelines" / "speed_layer" / "ddl" / "speed_layer.sql"


def table_alone(root):
    """The first statement of the pipeline's own file: the table of events."""
    path = root / "table_alone.sql"
    path.write_text(DDL.read_text(encoding="utf-8").split(";\n", 1)[0] + ";\n", encoding="utf-8")
    return path.resolve()


def measure(options, root, arguments):
    summary, store = root / "summary-store.json", root / "store"
    shutil.rmtree(store, ignore_errors=True)
    before = os.times()
    run([options.flowc, "run", HERE / "store.flow", "--param", f"dir={root}",
         "--param", f"store={store}", "--workers", str(options.workers),
         "--summary", summary, "--state", root / "state", *arguments])
    after = os.times()
    shutil.rmtree(store, ignore_errors=True)
    told = json.loads(summary.read_text())
    spent = (after.children_user + after.children_system
             - before.children_user - before.children_system)
    return spent, told


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
    ways = [("no target", ["--profile", "nowhere"]),
            ("table", ["--param", f"ddl={table_alone(root)}"]),
            ("table and 3 views", ["--param", f"ddl={DDL}"])]
    print(f"{'into':<18} {'events':>10} {'CPU s':>8} {'µs/event':>9} {'events/s':>9} {'peak MiB':>9}")
    for name, arguments in ways:
        runs = [measure(options, root, arguments) for _ in range(options.runs)]
        spent = statistics.median(cpu for cpu, _ in runs)
        events = runs[0][1]["events"]
        seconds = statistics.median(told["seconds"] for _, told in runs)
        peak = max(told["peak_rss_bytes"] for _, told in runs) / 2**20
        print(f"{name:<18} {events:>10} {spent:>8.2f} {spent / events * 1e6:>9.3f} "
              f"{events / seconds:>9.0f} {peak:>9.0f}", flush=True)


if __name__ == "__main__":
    main()
