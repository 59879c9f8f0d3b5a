#!/usr/bin/env python3
"""A state folder that does not belong to what its targets hold is refused, never used in silence.

  run_refusals.py --flowc build/release/bin/flowc

A pipeline writes part files and a log topic from a state folder. Then it is started from an older
copy of that folder, from an empty one, from one whose target was emptied, and twice at once: each
start is refused with both marks (or the owner of the folder), changes nothing, and goes on with
--accept-resend where rows may be repeated.
"""

import json
import shutil
import subprocess
import sys
import time

from cases import run_cases

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

    def __init__(self, flowc, folder):
        self.flowc, self.folder = flowc, folder
        (folder / "refusals.flow").write_text(PIPELINE)
        (folder / "dump.flow").write_text(DUMP)
        self.given = 0
        self.give(100)

    def give(self, count):
        with open(self.folder / "numbers.jsonl", "a", encoding="utf-8") as numbers:
            for n in range(self.given, self.given + count):
                numbers.write(f'{{"n": {n}}}\n')
        self.given += count

    def start(self, *arguments, state="state"):
        command = (self.flowc, "run", "refusals.flow", "--quiet", "--state", state, *arguments)
        return subprocess.Popen([str(part) for part in command], cwd=self.folder,
                                stderr=subprocess.PIPE, text=True)

    def run(self, *arguments, state="state", until):
        """Reads on until the part files have `until` rows, and some checkpoints longer: the last
        ones know what is delivered."""
        process = self.start(*arguments, state=state)
        self.wait_for(process, lambda: len(self.delivered()) >= until)
        commits = self.commits(state)
        self.wait_for(process, lambda: self.commits(state) >= commits + 2)
        self.stop(process)

    def stop(self, process):
        process.terminate()
        text = process.communicate(timeout=DEADLINE)[1]
        same(process.returncode, 0, f"exit code of a run that is stopped ({text})")

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

    def rows(self):
        """How often each number is in the part files and in the topic."""
        subprocess.run([str(self.flowc), "run", "dump.flow", "--quiet"], cwd=self.folder,
                       check=True, capture_output=True)
        topic = (self.folder / "dump.jsonl").read_text().splitlines()
        (self.folder / "dump.jsonl").unlink()
        return [sorted(json.loads(line)["n"] for line in lines)
                for lines in (self.delivered(), topic)]

    def incarnation(self, state="state"):
        return json.loads((self.folder / state / "state.json").read_text())["incarnation"]

    def is_refused(self, *what, state="state", arguments=()):
        before = self.rows()
        process = self.start(*arguments, state=state)
        text = process.communicate(timeout=DEADLINE)[1]
        same(process.returncode, 1, f"exit code of a refused start ({text})")
        for part in what:
            if part not in text:
                raise AssertionError(f"the refusal lacks {part!r}: {text}")
        same(self.rows(), before, "a refused start changes nothing")


def all_of(given):
    return [list(range(given))] * 2


def older_copy(flowc, folder):
    pipeline = Pipeline(flowc, folder)
    pipeline.run(until=100)
    shutil.copytree(pipeline.folder / "state", pipeline.folder / "older")
    pipeline.give(100)
    pipeline.run(until=200)
    same(pipeline.rows(), all_of(200), "two runs")
    pipeline.is_refused("the target is ahead of the state", "--accept-resend",
                        pipeline.incarnation(), "checkpoint", state="older")
    pipeline.run("--accept-resend", state="older", until=300)
    same(pipeline.rows(), [sorted([*range(200), *range(100, 200)])] * 2,
         "what the older state does not know is sent again")
    pipeline.give(10)
    pipeline.run(state="older", until=310)
    same([rows[-10:] for rows in pipeline.rows()], [list(range(200, 210))] * 2, "then all fits")


def empty_state(flowc, folder):
    pipeline = Pipeline(flowc, folder)
    pipeline.run(until=100)
    pipeline.is_refused("another state delivered to this target", pipeline.incarnation(),
                        "without a checkpoint", "--accept-resend", state="new")
    same(len({pipeline.incarnation(), pipeline.incarnation("new")}), 2, "incarnations")
    pipeline.run("--accept-resend", state="new", until=200)
    same(pipeline.rows(), [sorted([*range(100), *range(100)])] * 2, "all is sent again")
    pipeline.give(10)
    pipeline.run(state="new", until=210)
    same([rows[-10:] for rows in pipeline.rows()], [list(range(100, 110))] * 2, "then all fits")


def lost_target(flowc, folder):
    pipeline = Pipeline(flowc, folder)
    pipeline.run(until=100)
    shutil.rmtree(pipeline.folder / "out")
    pipeline.is_refused("files", "what was delivered is gone", "no mark", "--accept-resend")
    pipeline.give(10)
    pipeline.run("--accept-resend", until=10)
    same(pipeline.rows(), [list(range(100, 110)), list(range(110))], "only new rows are sent")


def twice_at_once(flowc, folder):
    pipeline = Pipeline(flowc, folder)
    first = pipeline.start()
    pipeline.wait_for(first, lambda: len(pipeline.delivered()) >= 100)
    for arguments in ((), ("--accept-resend",)):
        pipeline.is_refused(str(first.pid), arguments=arguments)
    # Another state folder does not help either: the targets are claimed.
    pipeline.is_refused("another", state="other")
    pipeline.is_refused("another", state="other", arguments=("--accept-resend",))
    pipeline.give(10)
    pipeline.wait_for(first, lambda: len(pipeline.delivered()) >= 110)
    pipeline.stop(first)
    same(pipeline.rows(), all_of(110), "after both")


if __name__ == "__main__":
    sys.exit(run_cases("refusals", __doc__, [older_copy, empty_state, lost_target, twice_at_once]))
