#!/usr/bin/env python3
"""Prints what a record costs from and to a real Kafka broker, in µs of CPU of flowc.

  run_kafka.py [--flowc build/release/bin/flowc] [--events 1000000] [--workers 1] [--runs 3]

Starts a broker of its own (deploy/dev/services) and stops it. Beside the topic it reads the same
events from a file, so that the connector's own share can be seen.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from run_job import make_input, run

HERE = Path(__file__).resolve().parent
SERVICES = HERE.parents[1] / "deploy" / "dev" / "services"


def measure(options, what, flow, root, *params):
    summary = root / "summary-kafka.json"
    command = [options.flowc, "run", HERE / flow, "--workers", str(options.workers), "--summary",
               summary, "--state", root / "state"]
    for param in params:
        command += ["--param", param]
    run(command)
    told = json.loads(summary.read_text())
    events = told["events"]
    spent = told["cpu_seconds"]
    print(f"{what:<28} {events:>9} {spent:>7.2f} {spent / events * 1e6:>9.3f} "
          f"{events / told['seconds']:>10.0f} {told['peak_rss_bytes'] / 2**20:>9.0f}", flush=True)


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
    with tempfile.TemporaryDirectory(prefix="weir-bench-kafka-") as folder:
        up = [SERVICES, "up", "kafka", "--dir", folder, "--port", "auto"]
        subprocess.run(up, check=True)
        try:
            told = subprocess.run([SERVICES, "status", "kafka", "--dir", folder], check=True,
                                  capture_output=True, text=True).stdout.split()
            at = f"brokers=127.0.0.1:{told[told.index('port') + 1]}"
            print(f"{'':<28} {'events':>9} {'CPU s':>7} {'µs/event':>9} {'events/s':>10} "
                  f"{'peak MiB':>9}")
            for number in range(options.runs):
                topic = f"topic=bench-{number}"
                measure(options, "file -> kafka, as lines", "fill_topic.flow", root,
                        f"dir={root}", at, topic)
                measure(options, "kafka -> decode -> discard", "kafka.flow", root, at, topic)
                measure(options, "file -> decode -> discard", "decode_file.flow", root,
                        f"dir={root}")
        finally:
            subprocess.run([SERVICES, "down", "kafka", "--dir", folder, "--purge"], check=True)


if __name__ == "__main__":
    sys.exit(main())
