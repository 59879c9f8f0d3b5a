#!/usr/bin/env python3
"""Runs the bundled speed layer over generated events and checks its output with the oracle.

  run_oracle.py --flowc build/release/bin/flowc            the quick matrix (50 000 events)
  run_oracle.py --flowc build/release/bin/flowc --full     1 000 000 events with 1, 2 and 7 workers
                                                           at batch 2048, and the quick matrix

Each run works in a folder of its own below --dir, which is removed when all is equal.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SEED_USERS = 36_000

# (events, workers, batch)
QUICK = [(50_000, 1, 2048), (50_000, 2, 2048), (50_000, 7, 2048), (50_000, 1, 1), (50_000, 7, 3)]
FULL = [(1_000_000, 1, 2048), (1_000_000, 2, 2048), (1_000_000, 7, 2048)]


def run(command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}\n"
                 f"{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return done.stdout


def make_input(flowc, folder, events):
    """The same bytes for every run of one size: seeds are fixed in the programs."""
    for part in ("log", "tables"):
        (folder / part).mkdir(parents=True)
    run([flowc, "run", ROOT / "bench" / "e2e" / "users.flow", "--param", f"dir={folder}",
         "--param", "seed=7", "--param", f"users={SEED_USERS}"])
    run([flowc, "run", HERE / "generate_events.flow", "--param", f"dir={folder}",
         "--param", f"count={events}", "--param", f"users={SEED_USERS}"])
    (folder / "log" / "transactions.jsonl").touch()


def check(flowc, base, source, events, workers, batch):
    folder = base / f"run-{events}-{workers}-{batch}"
    data = folder / "data"
    for part in ("log", "tables"):
        shutil.copytree(source / part, data / part)
    started = time.monotonic()
    run([flowc, "run", ROOT / "pipelines" / "speed_layer" / "speed_layer.flow",
         "--profile", "files", "--param", "min_rate=0", "--param", "max_rate=0",
         "--workers", workers, "--batch", batch, "--quiet", "--state", folder / "state"],
        cwd=folder)
    print(f"{events} events, {workers} workers, batch {batch}: ran in "
          f"{time.monotonic() - started:.1f} s", flush=True)
    started = time.monotonic()
    oracle = subprocess.run([sys.executable, HERE / "speed_layer_oracle.py", data,
                             "--truth", base / f"truth-{events}.duckdb"])
    print(f"  checked in {time.monotonic() - started:.1f} s", flush=True)
    shutil.rmtree(folder, ignore_errors=oracle.returncode == 0)
    return oracle.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flowc", required=True, type=Path)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--dir", type=Path, help="where to work (default: a temporary folder)")
    options = parser.parse_args()
    flowc = options.flowc.resolve()
    base = options.dir or Path(tempfile.mkdtemp(prefix="weir-oracle-"))
    base.mkdir(parents=True, exist_ok=True)
    inputs, failed = {}, 0
    matrix = (FULL if options.full else []) + QUICK
    for events, workers, batch in matrix:
        if events not in inputs:
            inputs[events] = base / f"input-{events}"
            make_input(flowc, inputs[events], events)
        failed += not check(flowc, base, inputs[events], events, workers, batch)
    print(f"{len(matrix) - failed} runs equal, {failed} different")
    if failed == 0:
        shutil.rmtree(base)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
