"""What the benchmarks of this folder share: options, input made once per size, a measured run."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def parse_options(description, workers=1, **more):
    """`more`: options of one benchmark alone, as name=(default, help)."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--flowc", default="build/release/bin/flowc")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=workers)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--dir", default="data/bench")
    for name, (default, text) in more.items():
        parser.add_argument(f"--{name}", default=default, help=f"{text} (default: {default})")
    return parser.parse_args()


def run(command):
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")


def make_input(options):
    """The folder that has events and users, made when it is not there."""
    root = Path(options.dir) / str(options.events)
    if (root / "log" / "user_events.jsonl").exists() and (root / "tables" / "users.csv").exists():
        return root
    for folder in ("log", "tables"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    run([options.flowc, "run", HERE / "users.flow", "--param", f"dir={root}"])
    run([options.flowc, "run", HERE / "events.flow", "--param", f"dir={root}",
         "--param", f"count={options.events}"])
    return root


def measure(options, root, flow, *arguments):
    """Runs a flow of this folder: (CPU seconds by the operating system, the engine's summary)."""
    summary = root / f"summary-{flow}.json"
    before = os.times()
    run([options.flowc, "run", HERE / f"{flow}.flow", "--workers", str(options.workers),
         "--summary", summary, *arguments])
    after = os.times()
    spent = (after.children_user + after.children_system
             - before.children_user - before.children_system)
    return spent, json.loads(summary.read_text())
