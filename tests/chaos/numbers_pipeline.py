"""A pipeline that hands numbers on from a file to part files and a log topic."""

import atexit
import json
import os
import subprocess
import time

PIPELINE = """
pipeline refusals {
  checkpoint = { every: 50ms }
}
schema Number { n: int64 }
source numbers: Number from file(path: "numbers.jsonl", tail: true) on error fail
sink files to file(path: "out") on error fail
sink topic to log(dir: "log", topic: "numbers", partitions: 2) on error fail
from numbers |> into files, topic
"""
# Passes on each number with how many of its parity there were, and their sum.
STATEFUL = """
pipeline refusals {
  checkpoint = { every: 50ms }
}
schema Number { n: int64 at: timestamp }
source numbers: Number
  from file(path: "numbers.jsonl", tail: true)
  time at watermark lag 1s
  on error fail
sink files to file(path: "out") on error fail
sink topic to log(dir: "log", topic: "numbers", partitions: 2) on error fail
from numbers
  |> extend parity = n % 2
  |> sums: process by parity ttl 1d
       state {
         rows: int64 = 0
         total: int64 = 0
       }
       on event e {
         rows += 1
         total += e.n
         emit { n: e.n, rows: rows, total: total }
       }
       on error fail
  |> into files
from numbers |> into topic
"""
DUMP = """
pipeline dump
schema Number { n: int64 }
source numbers: Number
  from log(dir: "log", topic: "numbers", start: "earliest", end: "latest")
  on error fail
from numbers |> into file(path: "dump.jsonl", single: true)
"""
DEADLINE = 60


def same(got, expected, what):
    if got != expected:
        raise AssertionError(f"{what}:\n  got      {got!r}\n  expected {expected!r}")


class Pipeline:
    """A folder with the pipeline, its input and its targets."""

    def __init__(self, flowc, folder, more=""):
        """`more`: further fields of each row."""
        self.flowc, self.folder = flowc, folder
        (folder / "refusals.flow").write_text(PIPELINE)
        (folder / "dump.flow").write_text(DUMP)
        self.given, self.more = 0, more
        self.give(100)

    def give(self, count):
        with open(self.folder / "numbers.jsonl", "a", encoding="utf-8") as numbers:
            for n in range(self.given, self.given + count):
                numbers.write(f'{{"n": {n}{self.more}}}\n')
        self.given += count

    def start(self, *arguments, state="state", kill_at=None):
        command = (self.flowc, "run", "refusals.flow", "--quiet", "--state", state, "--summary",
                   "summary.json", *arguments)
        environment = dict(os.environ)
        environment.pop("WEIR_KILL_AT", None)
        if kill_at:
            environment["WEIR_KILL_AT"] = kill_at
        process = subprocess.Popen([str(part) for part in command], cwd=self.folder,
                                   env=environment, stderr=subprocess.PIPE, text=True)
        # Of a case that failed: whoever waits for our output would wait for it too.
        atexit.register(process.kill)
        return process

    def pipeline(self, text):
        (self.folder / "refusals.flow").write_text(text)

    def muting(self, state):
        """The option, as long as the state does not know that it is to be muted."""
        return () if self.commits(state) else ("--mute-until-mark",)

    def ledger(self):
        """Of the operators, by name, as of the last run that was stopped."""
        summary = json.loads((self.folder / "summary.json").read_text())
        return summary["operators"]

    def run(self, *arguments, state="state", until):
        """Reads on until the part files have `until` rows, and some checkpoints longer: the last
        ones know what is delivered."""
        process = self.start(*arguments, state=state)
        self.wait_until(process, until, state=state)
        return self.stop(process)

    def wait_until(self, process, rows, state="state"):
        """The part files have so many rows, and what the last checkpoints hold is delivered."""
        self.wait_for(process, lambda: len(self.delivered()) >= rows)
        commits = self.commits(state)
        self.wait_for(process, lambda: self.commits(state) >= commits + 2)

    def stop(self, process):
        process.terminate()
        text = process.communicate(timeout=DEADLINE)[1]
        same(process.returncode, 0, f"exit code of a run that is stopped ({text})")
        return text

    def wait_for(self, process, condition):
        deadline = time.monotonic() + DEADLINE
        while not condition():
            if process.poll() is not None:
                raise AssertionError(f"flowc ended with {process.returncode}: "
                                     f"{process.stderr.read()}")
            if time.monotonic() > deadline:
                process.kill()
                raise AssertionError(f"flowc delivers {len(self.delivered())} rows")
            time.sleep(0.02)

    def commits(self, state):
        listed = subprocess.run([str(self.flowc), "checkpoints", state, "--json"],
                                cwd=self.folder, capture_output=True, text=True)
        if listed.returncode != 0:
            return 0
        return (json.loads(listed.stdout).get("last_commit") or {}).get("epoch", 0)

    def delivered(self):
        return [line for part in self.folder.glob("out/part-*")
                for line in part.read_text().splitlines()]

    def rows_of_topic(self):
        """Each number as often as it is in the topic."""
        subprocess.run([str(self.flowc), "run", "dump.flow", "--quiet"], cwd=self.folder,
                       check=True, capture_output=True)
        topic = (self.folder / "dump.jsonl").read_text().splitlines()
        (self.folder / "dump.jsonl").unlink()
        return sorted(json.loads(line)["n"] for line in topic)

    def rows(self):
        """Each number as often as it is in the part files, and in the topic."""
        return [sorted(json.loads(line)["n"] for line in self.delivered()), self.rows_of_topic()]

    def incarnation(self, state="state"):
        return json.loads((self.folder / state / "state.json").read_text())["incarnation"]

    def is_refused(self, *what, state="state", arguments=()):
        before = self.rows() if (self.folder / "log").exists() else None
        process = self.start(*arguments, state=state)
        text = process.communicate(timeout=DEADLINE)[1]
        same(process.returncode, 1, f"exit code of a refused start ({text})")
        for part in what:
            if part not in text:
                raise AssertionError(f"the refusal lacks {part!r}: {text}")
        if before is not None:
            same(self.rows(), before, "a refused start changes nothing")


def all_of(given):
    return [list(range(given))] * 2


def expected_rows(given):
    """What STATEFUL makes of so many numbers."""
    return [{"n": n, "rows": n // 2 + 1, "total": sum(range(n % 2, n + 1, 2))}
            for n in range(given)]
