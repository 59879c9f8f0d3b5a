#!/usr/bin/env python3
"""New ids into dedupe, with a checkpoint every 2 s: how long commits take and what they hold up.

  run_dedupe.py [--flowc build/release/bin/flowc] [--ids 10000000] [--workers 2]
"""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flowc", default="build/release/bin/flowc")
    parser.add_argument("--ids", type=int, default=10_000_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--dir", default="data/bench/dedupe")
    options = parser.parse_args()
    base = Path(options.dir)
    shutil.rmtree(base, ignore_errors=True)
    base.mkdir(parents=True)
    done = subprocess.run(
        [options.flowc, "run", HERE / "dedupe.flow", "--param", f"count={options.ids}",
         "--workers", str(options.workers), "--state", base / "state",
         "--summary", base / "summary.json"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    told = json.loads((base / "summary.json").read_text())
    ids = told["operators"]["rows/seen" if "rows/seen" in told["operators"] else "seen"]
    if ids["passed"] != options.ids:
        sys.exit(f"{ids['passed']} ids passed, expected {options.ids}")
    pause = told["barrier_pause_ms"]
    print(f"{options.ids} ids in {told['seconds']:.1f} s, {told['cpu_seconds']:.1f} s CPU, peak "
          f"{told['peak_rss_bytes'] / 2**20:.0f} MiB; {told['checkpoints']} checkpoints, pause ms: "
          f"median {pause['median']:.1f}, p99 {pause['p99']:.1f}, largest {pause['largest']:.1f}")
    print(subprocess.run([options.flowc, "checkpoints", base / "state"], check=True,
                         capture_output=True, text=True).stdout, end="")


if __name__ == "__main__":
    main()
