#!/usr/bin/env python3
"""Prints what a record costs from and to a real Kafka broker, in µs of CPU of flowc.

  run_kafka.py [--flowc build/release/bin/flowc] [--events 1000000] [--workers 1] [--runs 3]

Starts a broker of its own (deploy/dev/services) and stops it. Beside the topic it reads the same
events from a file, so that the connector's own share can be seen.
"""

import subprocess
import sys
import tempfile

from measuring import HERE, make_input, measure, parse_options

SERVICES = HERE.parents[1] / "deploy" / "dev" / "services"


def report(options, what, root, flow, *params):
    arguments = [part for param in params for part in ("--param", param)]
    spent, told = measure(options, root, flow, *arguments)
    events = told["events"]
    print(f"{what:<28} {events:>9} {spent:>7.2f} {spent / events * 1e6:>9.3f} "
          f"{events / told['seconds']:>10.0f} {told['peak_rss_bytes'] / 2**20:>9.0f}", flush=True)


def main():
    options = parse_options(__doc__)
    root = make_input(options)
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
                report(options, "file -> kafka, as lines", root, "fill_topic", f"dir={root}", at,
                       topic)
                report(options, "kafka -> decode -> discard", root, "kafka", at, topic)
                report(options, "file -> decode -> discard", root, "decode_file", f"dir={root}")
        finally:
            subprocess.run([SERVICES, "down", "kafka", "--dir", folder, "--purge"], check=True)


if __name__ == "__main__":
    sys.exit(main())
