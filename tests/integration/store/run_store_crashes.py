#!/usr/bin/env python3
"""flowc is killed while it writes into a store; at the end the store must hold every row once.

  run_store_crashes.py --flowc build/release/bin/flowc [--kills 10] [--workers 2] [--seed 1]

Killed at random moments and at points beside an insert ($WEIR_KILL_AT), then left to end. What
the store holds is compared with a computation in Python, as in run_store.py.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from run_store import DDL, HERE, SKIPPED, STATEMENTS, ask, expected, library, make_events

# Steps of runtime/base/kill_point and their passage; the first two are around the insert itself.
POINTS = ["store-unit-begun:1", "store-unit-inserted:1", "store-unit-marked:2",
          "store-unit-begun:5", "store-unit-inserted:9", "store-unit-marked:12"]
PATIENCE = 400


class Runs:
    """Runs of one pipeline with one state folder and one store."""

    def __init__(self, flowc, flow, folder, workers, parameters):
        self.state = os.path.join(folder, "state")
        self.store = os.path.join(folder, "store")
        self.command = [flowc, "run", str(flow), "--workers", str(workers), "--state", self.state,
                        "--param", f"store={self.store}"]
        for name, value in parameters.items():
            self.command += ["--param", f"{name}={value}"]
        self.log = os.path.join(folder, "log")

    def start(self, point=None):
        environment = dict(os.environ)
        environment.pop("WEIR_KILL_AT", None)
        if point:
            environment["WEIR_KILL_AT"] = point
        with open(self.log, "ab") as log:
            return subprocess.Popen(self.command, stdout=log, stderr=log, env=environment)

    def kill_after(self, seconds):
        """Whether the process was still running then."""
        process = self.start()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return True
        self.check(process.returncode)
        return False

    def kill_at(self, point):
        process = self.start(point)
        process.wait(PATIENCE)
        if process.returncode == -signal.SIGKILL:
            return True
        self.check(process.returncode)
        return False

    def finish(self):
        process = self.start()
        process.wait(PATIENCE)
        self.check(process.returncode)

    def check(self, code):
        if code == 0:
            return
        with open(self.log, encoding="utf-8", errors="replace") as log:
            print("".join(log.readlines()[-30:]))
        sys.exit(f"flowc ended with {code}")


def crash(runs, dice, kills):
    """Kills at every point, then at random moments, then an undisturbed run to the end."""
    begun = time.monotonic()
    runs.kill_at(POINTS[0])
    length = 0.3 + time.monotonic() - begun
    shutil.copytree(runs.state, runs.state + ".older", ignore=shutil.ignore_patterns("*.sock"))
    at_points = sum(runs.kill_at(point) for point in POINTS[1:])
    at_random = sum(runs.kill_after(dice.uniform(0.3, 2) * length) for _ in range(kills))
    runs.finish()
    print(f"  killed at {1 + at_points} points and at {at_random} of {kills} random moments")


def compare(store, statements, wanted):
    failures = 0
    for name, answer in zip(statements, ask(store, list(statements.values()))):
        if answer == wanted[name]:
            continue
        failures += 1
        print(f"  {name}: {len(answer)} rows, {len(wanted[name])} expected")
        print(f"  first difference (store, expected): "
              f"{[p for p in zip(answer, wanted[name]) if p[0] != p[1]][:1]}")
    return failures


def run_shapes(options, folder, dice):
    os.makedirs(folder)
    path = os.path.join(folder, "events.jsonl")
    events = make_events(path, options.events)
    wanted = expected(events)
    wanted["counts"] = [[len(events), len(events)]]
    wanted["dead"] = [[options.events // 400]]
    runs = Runs(options.flowc, HERE / "shapes.flow", folder, options.workers,
                {"events": path, "ddl": DDL})
    crash(runs, dice, options.kills)
    failures = compare(runs.store, STATEMENTS, wanted)
    print(f"shapes: {len(events)} events, {len(STATEMENTS)} tables compared, {failures} differ")
    return failures + run_foreign_states(runs) + accept_older(runs, events, path)


def run_foreign_states(runs):
    """An empty and an older state folder against the store are refused with both marks."""
    failures = 0
    for name in ("empty", "older"):
        shutil.rmtree(runs.state)
        if name == "older":
            shutil.move(runs.state + ".older", runs.state)
        done = subprocess.run(runs.command, capture_output=True, text=True, check=False,
                              timeout=PATIENCE)
        told = [line for line in done.stderr.splitlines() if "the mark of incarnation" in line]
        if done.returncode == 0 or not told:
            failures += 1
            print(f"  {name} state folder: ended with {done.returncode}\n{done.stderr}")
        else:
            print(f"  {name} state folder: {told[0]}")
    return failures


def accept_older(runs, events, path):
    """An older copy that is told to go on may repeat rows, but none may be taken for a repeat."""
    more = os.path.join(os.path.dirname(path), "more.jsonl")
    added = make_events(more, len(events), seed=8)
    with open(more, encoding="utf-8") as source, open(path, "a", encoding="utf-8") as target:
        shutil.copyfileobj(source, target)
    runs.command.append("--accept-resend")
    runs.finish()
    wanted = len(events) + len(added)
    rows, distinct = ask(runs.store, [STATEMENTS["counts"]])[0][0]
    print(f"  older state folder, --accept-resend: {distinct} of {wanted} events, "
          f"{rows - distinct} repeated")
    return 0 if distinct == wanted else 1


REFUSED = {
    "small": "SELECT toInt32(count()), toInt32(uniqExact(n)), toInt32(sum(n)) FROM small",
    "hours": "SELECT toInt32(sum(rows)), toInt32(sum(sum)) FROM small_hours",
    "bad": "SELECT code, toInt32(JSONExtractInt(toString(row), 'n')) FROM bad ORDER BY ALL",
}


def run_refusals(options, folder, dice):
    os.makedirs(folder)
    path = os.path.join(folder, "readings.jsonl")
    numbers = range(options.events // 4)
    with open(path, "w", encoding="utf-8") as out:
        for n in numbers:
            year = 2400 if n % 1500 == 0 else 2026  # 2400: past the years of a DateTime64
            out.write(json.dumps({"n": n, "at": f"2026-01-01T{n % 24:02}:00:00Z",
                                  "due": f"{year}-02-01T00:00:00Z"}) + "\n")
    bad = [["does_not_fit", n] for n in numbers if n % 1500 == 0]
    bad += [["refused_by_table", n] for n in numbers if n % 1000 == 7]
    good = [n for n in numbers if n % 1500 != 0 and n % 1000 != 7]
    runs = Runs(options.flowc, HERE / "refusals.flow", folder, options.workers,
                {"readings": path, "ddl": HERE / "refusals.sql"})
    crash(runs, dice, options.kills)
    failures = compare(runs.store, REFUSED, {
        "small": [[len(good), len(good), sum(good)]], "hours": [[len(good), sum(good)]],
        "bad": sorted(bad)})
    print(f"refusals: {len(good)} rows, {len(bad)} refused, {failures} tables differ")
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flowc", default="build/release/bin/flowc")
    parser.add_argument("--events", type=int, default=24_000)
    parser.add_argument("--kills", type=int, default=4, help="at random moments, per pipeline")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="folder that stays, instead of a temporary one")
    options = parser.parse_args()
    options.flowc = os.path.abspath(options.flowc)
    if not os.access(library(), os.R_OK):
        print("needs the embedded ClickHouse engine: deploy/dev/install.sh --store")
        return 1 if os.environ.get("WEIR_REQUIRE_STORE") == "1" else SKIPPED
    dice = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="weir-store-") as temporary:
        folder = options.keep or temporary
        failures = run_refusals(options, os.path.join(folder, "refusals"), dice)
        failures += run_shapes(options, os.path.join(folder, "shapes"), dice)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
