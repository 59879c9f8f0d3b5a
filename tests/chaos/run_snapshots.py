#!/usr/bin/env python3
"""Copies of a state folder: taken while a pipeline runs, looked at, damaged, and gone on from.

  run_snapshots.py --flowc build/release/bin/flowc

A pipeline keeps rows and sums per key and delivers to part files and a log topic. Whatever it is
restored from, with --mute-until-mark every row must come once, with the sums that Python computes.
"""

import json
import subprocess
import sys

from cases import run_cases
from numbers_pipeline import DEADLINE, STATEFUL, Pipeline, expected_rows, same

SNAPSHOTS = STATEFUL.replace('checkpoint = { every: 50ms }',
                             'checkpoint = { every: 50ms }\n'
                             '  snapshot = { every: 100ms, keep: 2, dir: "kept" }')


def make(flowc, folder, text=STATEFUL):
    pipeline = Pipeline(flowc, folder, more=', "at": "2026-01-01T00:00:00Z"')
    pipeline.pipeline(text)
    return pipeline


def call(pipeline, *arguments, code=0):
    """What a command of flowc says; stdout of one that succeeds, else stderr."""
    done = subprocess.run([str(part) for part in (pipeline.flowc, *arguments)], timeout=DEADLINE,
                          cwd=pipeline.folder, capture_output=True, text=True)
    same(done.returncode, code, f"exit code of {arguments} ({done.stderr})")
    return done.stdout if code == 0 else done.stderr


def has_all(pipeline, given):
    """Every row once, in both targets, with the right sums."""
    topic = pipeline.rows_of_topic()
    same(topic, list(range(given)), "the topic")
    got = sorted((json.loads(line) for line in pipeline.delivered()), key=lambda row: row["n"])
    same(got, expected_rows(given), "the part files")


def sums(pipeline, state):
    """Rows and sum by key, as `flowc state` shows them."""
    lines = call(pipeline, "state", state, "numbers/sums", "--slot", "keys", "--flow",
                 "refusals.flow").splitlines()
    entries = {entry["key"]: entry["value"]["state"] for entry in map(json.loads, lines)}
    for parity, entry in entries.items():
        same(entry["total"], sum(range(parity, 2 * entry["rows"], 2)), f"sum of key {parity}")
    return {parity: entry["rows"] for parity, entry in entries.items()}


def savepoint_while_it_runs(flowc, folder):
    pipeline = make(flowc, folder)
    running = pipeline.start()
    pipeline.wait_for(running, lambda: len(pipeline.delivered()) >= 100)
    told = json.loads(call(pipeline, "savepoint", "state", "--to", "backup", "--json"))
    pipeline.give(50)
    pipeline.wait_for(running, lambda: len(pipeline.delivered()) >= 150)
    pipeline.stop(running)
    call(pipeline, "restore", told["savepoint"], "again")
    same(sums(pipeline, "again"), {0: 50, 1: 50}, "keys of the savepoint")
    same(sums(pipeline, "state"), {0: 75, 1: 75}, "keys of the state that went on")
    pipeline.is_refused("another state delivered to this target", state="again")
    pipeline.give(50)
    pipeline.run("--mute-until-mark", "--workers", "3", state="again", until=200)
    has_all(pipeline, 200)
    same(sums(pipeline, "again"), {0: 100, 1: 100}, "keys at the end")


def savepoint_of_a_stopped_pipeline(flowc, folder):
    pipeline = make(flowc, folder)
    pipeline.run(until=100)
    saved = call(pipeline, "savepoint", "state").strip()
    pipeline.give(10)
    pipeline.run(until=110)
    call(pipeline, "restore", saved, "again")
    pipeline.give(10)
    pipeline.run("--mute-until-mark", state="again", until=120)
    has_all(pipeline, 120)
    told = call(pipeline, "restore", saved, "again", code=1)
    if "again" not in told:
        raise AssertionError(f"a restore over another state does not name it: {told}")


def damage(path):
    """Turns round a byte in the middle."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xff
    path.write_bytes(content)


def periodic(flowc, folder):
    """The newest are kept; a damaged one is named and the one before it offered."""
    pipeline = make(flowc, folder, SNAPSHOTS)
    running = pipeline.start()
    seen = set()

    def three_were_taken():
        seen.update(path.name for path in (folder / "kept/refusals").glob("2*"))
        return len(seen) >= 3
    pipeline.wait_for(running, three_were_taken)
    pipeline.stop(running)
    told = json.loads(call(pipeline, "checkpoints", "state", "--verify", "--json"))
    same([snapshot["problems"] for snapshot in told["snapshots"]], [[], []], "two whole snapshots")
    older, newest = (snapshot["folder"] for snapshot in told["snapshots"])
    # Not one that snapshots share: the older one is to stay whole.
    broken = max((path for path in (folder / newest).rglob("*") if path.is_file()
                  and path.name != "manifest.json" and path.stat().st_nlink == 1),
                 key=lambda path: path.stat().st_size)
    damage(broken)
    text = subprocess.run([flowc, "checkpoints", "state", "--verify"], cwd=folder, text=True,
                          capture_output=True)
    same(text.returncode, 1, "exit code of --verify with a damaged snapshot")
    if broken.name not in text.stdout + text.stderr:
        raise AssertionError(f"--verify does not name {broken.name}: {text.stdout}{text.stderr}")
    told = call(pipeline, "restore", newest, "again", code=1)
    if broken.name not in told:
        raise AssertionError(f"restore does not name {broken.name}: {told}")
    call(pipeline, "restore", older, "again")
    pipeline.give(10)
    pipeline.run("--mute-until-mark", state="again", until=110)
    has_all(pipeline, 110)


def damaged_state(flowc, folder):
    """A start from a folder that lost a file names it and offers a snapshot; that goes on."""
    pipeline = make(flowc, folder, SNAPSHOTS)
    running = pipeline.start()
    pipeline.wait_for(running, lambda: len(pipeline.delivered()) >= 100)
    pipeline.wait_for(running, lambda: any((folder / "kept/refusals").glob("2*")))
    pipeline.stop(running)
    logs = sorted((folder / "state/db").glob("*.log"), key=lambda path: path.stat().st_size)
    damage(logs[-1])
    pipeline.is_refused("state/db")
    text = subprocess.run([flowc, "checkpoints", "state"], cwd=folder, capture_output=True,
                          text=True)
    same(text.returncode, 1, "exit code of checkpoints on a damaged state")
    offered = [line.split()[-3] for line in text.stderr.splitlines()
               if "the newest whole snapshot is" in line]
    same(len(offered), 1, f"snapshots offered: {text.stderr}")
    call(pipeline, "restore", offered[0], "again")
    pipeline.give(10)
    pipeline.run("--mute-until-mark", state="again", until=110)
    has_all(pipeline, 110)


def a_key(flowc, folder):
    pipeline = make(flowc, folder)
    pipeline.run(until=100)
    lines = call(pipeline, "state", "state", "numbers/sums", "1").splitlines()
    same([(entry["key"], entry["value"]["state"]) for entry in map(json.loads, lines)],
         [(1, {"rows": 50, "total": 2500})], "the key 1")
    for arguments, word in ((("state", "state", "numbers/sum"), "numbers/sums"),
                            (("state", "nowhere"), "nowhere"),
                            (("state", "state", "numbers/sums", "7"), "no entry of the key 7"),
                            (("checkpoints", "nowhere"), "nowhere"),
                            (("savepoint", "nowhere"), "nowhere"),
                            (("restore", "nowhere", "x"), "nowhere")):
        told = call(pipeline, *arguments, code=1)
        if word not in told:
            raise AssertionError(f"{arguments} does not say {word}: {told}")


if __name__ == "__main__":
    sys.exit(run_cases("snapshots", __doc__, [
        savepoint_while_it_runs, savepoint_of_a_stopped_pipeline, periodic, damaged_state, a_key]))
