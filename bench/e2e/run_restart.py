#!/usr/bin/env python3
"""Restart after kill -9 with much state: seconds until the first new output is visible.

  run_restart.py [--flowc build/release/bin/flowc] [--megabytes 1024] [--workers 2] [--kills 3]

State is a row of one kilobyte per key. Once it is there, further rows come and the run is killed
among them, then started again. A checkpoint every 100 ms makes output visible, so that this is part
of the time. At the end each row must be in the output once.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
DEADLINE = 1800


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flowc", default="build/release/bin/flowc")
    parser.add_argument("--megabytes", type=int, default=1024, help="of state, before compression")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--dir", type=Path, default=Path("data/bench/restart"))
    return parser.parse_args()


class Bench:
    def __init__(self, options):
        self.options, self.root = options, options.dir
        self.keys = options.megabytes * 1024
        self.given = 0
        shutil.rmtree(self.root, ignore_errors=True)
        self.out = self.root / "out"
        self.out.mkdir(parents=True)

    def give(self, count):
        """So many rows more, of keys in turn."""
        with (self.root / "rows.csv").open("a", encoding="utf-8") as file:
            if self.given == 0:
                file.write("k,at,text\n")
            for n in range(self.given, self.given + count):
                file.write(f"{n % self.keys},2026-01-01T00:00:00Z,{os.urandom(480).hex()}\n")
        self.given += count

    def start(self):
        return subprocess.Popen(
            [str(self.options.flowc), "run", str(HERE / "restart.flow"), "--quiet", "--param",
             f"dir={self.root}", "--state", str(self.root / "state"), "--workers",
             str(self.options.workers)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True)

    def parts(self):
        return set(self.out.glob("part-*"))

    def wait_for(self, process, condition):
        """Seconds that it took."""
        started = time.monotonic()
        while not condition():
            if process.poll() is not None:
                sys.exit(process.communicate()[1])
            if time.monotonic() - started > DEADLINE:
                process.kill()
                sys.exit("no output")
            time.sleep(0.002)
        return time.monotonic() - started

    def rows(self):
        return sum(1 for part in self.parts() for line in part.read_text().splitlines()
                   if line != "k")

    def state_bytes(self):
        return sum(file.stat().st_size for file in (self.root / "state").rglob("*")
                   if file.is_file())


def main():
    options = parse_options()
    bench = Bench(options)
    bench.give(bench.keys)
    process = bench.start()
    bench.wait_for(process, lambda: bench.rows() == bench.given)
    print(f"{bench.keys} keys, {bench.state_bytes() / 2**20:.0f} MiB of state on disk", flush=True)
    for _ in range(options.kills):
        bench.give(max(10_000, bench.keys // 10))
        known = bench.parts()
        bench.wait_for(process, lambda: bench.parts() - known)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stderr.close()
        bench.give(1000)  # there is something to come also when all was delivered
        known = bench.parts()
        process = bench.start()
        waited = bench.wait_for(process, lambda: bench.parts() - known)
        print(f"killed; first output {waited:.2f} s after the start", flush=True)
    bench.wait_for(process, lambda: bench.rows() >= bench.given)
    process.terminate()
    if process.wait() != 0 or bench.rows() != bench.given:
        sys.exit(f"{bench.rows()} rows came of {bench.given}")
    print(f"{bench.given} rows, each once")
    shutil.rmtree(bench.root)


if __name__ == "__main__":
    main()
