#!/usr/bin/env python3
"""A disk that is full during a run: the run pauses, and ends complete when there is room.

  run_full_disk.py --flowc build/release/bin/flowc

A pipeline writes part files, a log topic and its state, once under a limit of file sizes (RLIMIT_FSIZE), once on
a small tmpfs that something else has filled (skipped where mounting is not permitted). While there
is no room the process lives, a reader sees whole committed parts only, and stderr says why nothing
happens; with room it goes on by itself, each row is there once, and the ledger adds up.
"""

import gzip
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from cases import run_cases

# Parts of every checkpoint, parts that many checkpoints share, packed, and a topic.
PIPELINE = """
pipeline full_disk {
  checkpoint = { every: 50ms }
}
schema Number { n: int64 text: string }
source numbers: Number from file(path: "numbers.jsonl") rate 400_000..400_000 on error fail
sink plain to file(path: "small/plain") on error fail
sink packed to file(path: "small/packed", compression: "gzip") batch 100_000 on error fail
sink topic to log(dir: "small/log", topic: "numbers", partitions: 2) on error fail
from numbers |> into plain, packed, topic
"""
DUMP = """
pipeline dump
schema Number { n: int64 }
source numbers: Number
  from log(dir: "small/log", topic: "numbers", start: "earliest", end: "latest")
  on error fail
from numbers |> into file(path: "dump.jsonl", single: true)
"""
SINKS = ("plain", "packed", "topic")
ROWS = 400_000
DEADLINE = 120
REASON = "pauses until"


class Run:
    def __init__(self, flowc, folder, limit=None):
        self.flowc, self.folder = flowc, folder
        (folder / "full_disk.flow").write_text(PIPELINE)
        (folder / "dump.flow").write_text(DUMP)
        with open(folder / "numbers.jsonl", "w", encoding="utf-8") as numbers:
            for n in range(ROWS):
                numbers.write(f'{{"n":{n},"text":"{n * 2654435761 % 4294967296:x}"}}\n')

        def limit_files():
            if limit is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

        self.stderr = open(folder / "stderr.txt", "wb")
        # Python ignores SIGXFSZ; so shall the program, as daemons do: a write fails instead.
        self.process = subprocess.Popen(
            [str(flowc), "run", "full_disk.flow", "--quiet", "--state", "small/state", "--summary",
             "summary.json"], cwd=folder, stderr=self.stderr, preexec_fn=limit_files,
            restore_signals=False)

    def said(self):
        return (self.folder / "stderr.txt").read_text()

    def wait_for(self, text):
        deadline = time.monotonic() + DEADLINE
        while text not in self.said():
            if self.process.poll() is not None:
                raise AssertionError(f"flowc ended with {self.process.returncode} before it said "
                                     f"{text!r}: {self.said()}")
            if time.monotonic() > deadline:
                self.process.kill()
                raise AssertionError(f"flowc does not say {text!r}: {self.said()}")
            time.sleep(0.02)

    def rows_of_topic(self):
        subprocess.run([str(self.flowc), "run", "dump.flow", "--quiet"], cwd=self.folder,
                       check=True, capture_output=True)
        dump = self.folder / "dump.jsonl"
        rows = [json.loads(line)["n"] for line in dump.read_text().splitlines()]
        dump.unlink()
        return rows

    def rows(self, sink):
        if sink == "topic":
            return self.rows_of_topic()
        texts = []
        for part in sorted((self.folder / "small" / sink).glob("part-*")):
            opened = gzip.open(part, "rt") if part.suffix == ".gz" else open(part)
            with opened as file:
                texts.append(file.read())
        return [json.loads(line)["n"] for text in texts for line in text.splitlines()]

    def read_bytes(self):
        for line in Path(f"/proc/{self.process.pid}/io").read_text().splitlines():
            if line.startswith("rchar:"):
                return int(line.split()[1])
        raise AssertionError("no rchar")

    def wait_for_rest(self):
        """Until it reads no further for half a second: a checkpoint is tried again meanwhile."""
        deadline = time.monotonic() + DEADLINE
        read, since = self.read_bytes(), time.monotonic()
        while time.monotonic() < since + 0.5:
            time.sleep(0.02)
            if self.process.poll() is not None:
                raise AssertionError(f"flowc ended with {self.process.returncode}: {self.said()}")
            if time.monotonic() > deadline:
                raise AssertionError("flowc reads on while the disk is full")
            if self.read_bytes() != read:
                read, since = self.read_bytes(), time.monotonic()

    def check_paused(self):
        """Nothing is lost while it waits, and it does not read on into memory."""
        self.wait_for(REASON)
        self.wait_for_rest()
        for sink in SINKS:
            rows = self.rows(sink)
            if len(set(rows)) != len(rows) or len(rows) >= ROWS:
                raise AssertionError(f"{sink} shows {len(rows)} rows while the disk is full")

    def check_complete(self):
        try:
            code = self.process.wait(timeout=DEADLINE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"flowc does not end: {self.said()}") from None
        if code != 0:
            raise AssertionError(f"flowc ended with {code}: {self.said()}")
        for sink in SINKS:
            rows = self.rows(sink)
            if sorted(rows) != list(range(ROWS)):
                raise AssertionError(f"{sink} has {len(rows)} rows, {len(set(rows))} different")
        books = json.loads((self.folder / "summary.json").read_text())["operators"]
        if any(books[name][field] != ROWS for name, field in
               (("numbers", "rows_in"), *((sink, "absorbed") for sink in SINKS))):
            raise AssertionError(f"the ledger has {books}")


def limited_files(flowc, folder):
    run = Run(flowc, folder, limit=300_000)
    run.check_paused()
    resource.prlimit(run.process.pid, resource.RLIMIT_FSIZE,
                     (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    run.check_complete()


def small_disk(flowc, folder):
    small = folder / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m", "weir-full", str(small)],
                             capture_output=True, text=True)
    if mounted.returncode != 0:
        return f"skipped: {mounted.stderr.strip()}"
    try:
        free = os.statvfs(small)
        with open(small / "ballast", "wb") as ballast:
            ballast.write(bytes(free.f_bavail * free.f_frsize - 3_000_000))
        run = Run(flowc, folder)
        run.check_paused()
        if os.statvfs(small).f_bavail * free.f_frsize > 1_000_000:
            raise AssertionError("it paused although the disk has room")
        (small / "ballast").unlink()
        run.check_complete()
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)
    return None


if __name__ == "__main__":
    sys.exit(run_cases("full-disk", __doc__, [limited_files, small_disk]))
