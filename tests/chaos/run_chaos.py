#!/usr/bin/env python3
"""kill -9 while the speed layer runs: nothing may be lost or doubled.

  run_chaos.py --flowc build/release/bin/flowc                          a few rounds
  run_chaos.py --flowc build/release/bin/flowc --rounds 200 --events 1000000
  run_chaos.py --flowc build/release/bin/flowc --points                 every named kill point
  run_chaos.py --flowc build/release/bin/flowc --seed 17 --rounds 1     the round that failed

Each round starts the speed layer, through files or through log topics, kills it at random moments,
starts it again from its state folder with another number of workers, and lets the last run end.
Then every output equals that of an undisturbed run: rows exactly (without fields of the wall
clock), views by the last row of each key, open sessions not at all; and so does the ledger. With
--points the kills happen inside the program instead, at each step that runtime/base/kill_point.h
names. A failing round keeps its folder and prints the seed that repeats its choices.
"""

import argparse
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import outputs
from speed_layer_run import SpeedLayerRun, make_input

THROUGH = ("files", "log")
WORKERS = (1, 2, 3, 4)
# A commit of few changes goes through the log of the store, one of so many events as files.
BULK_POINT, BULK_EVENTS = "state-files-written", 100_000


class Chaos:
    def __init__(self, options):
        self.options = options
        self.flowc = options.flowc.resolve()
        self.base = options.dir or Path(tempfile.mkdtemp(prefix="weir-chaos-"))
        self.base.mkdir(parents=True, exist_ok=True)
        self.undisturbed, self.seconds = {}, {}
        self.kills = self.failed = self.rounds = 0

    def run(self, name, through, events):
        source = self.base / f"input-{through}-{events}"
        if not source.exists():
            make_input(self.flowc, source, through, events)
        return SpeedLayerRun(self.flowc, source, self.base / name, through, events)

    def base_of(self, through, events):
        """Outputs and ledger of an undisturbed run."""
        key = (through, events)
        if key not in self.undisturbed:
            run = self.run(f"undisturbed-{through}", through, events)
            started = time.monotonic()
            run.expect_end(run.start(workers=2, every=self.options.every))
            self.seconds[key] = time.monotonic() - started
            self.undisturbed[key] = (run.outputs(), run.ledger())
            rows = sum(counter.total() for counter in self.undisturbed[key][0].values())
            if rows < events:
                raise RuntimeError(f"an undisturbed run wrote {rows} rows only")
            print(f"undisturbed through {through}: {events} events, {rows} rows out, "
                  f"{self.seconds[key]:.1f} s", flush=True)
            shutil.rmtree(run.folder)
        return self.undisturbed[key]

    def compare(self, run):
        """How what a round left differs from the undisturbed run."""
        expected, books = self.base_of(run.through, run.events)
        found = outputs.differences(expected, run.outputs())
        return found + outputs.ledger_differences(books, run.ledger())

    def finish(self, run, what, found):
        self.rounds += 1
        if not found:
            shutil.rmtree(run.folder)
            return
        self.failed += 1
        print(f"FAILED {what}; its folder is {run.folder}\n  " + "\n  ".join(found), flush=True)

    def random_round(self, seed):
        choose = random.Random(seed)
        through = self.options.through or choose.choice(THROUGH)
        events, every = self.options.events, self.options.every
        self.base_of(through, events)
        run = self.run(f"round-{seed}", through, events)
        # At full speed, or slowly with many checkpoints on the way.
        seconds = self.seconds[through, events]
        rate = choose.choice((0, int(events / (2 * seconds))))
        span = 2 * seconds if rate else 0.7 * seconds
        kills, most = 0, choose.randint(1, self.options.kills)
        started = time.monotonic()
        try:
            while True:
                process = run.start(choose.choice(WORKERS), every, rate)
                if kills == most:
                    run.expect_end(process)
                    break
                try:
                    process.wait(timeout=choose.uniform(0.05, span + 0.05))
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    process.wait()
                    kills += 1
                    continue
                run.expect_end(process)
                break
            found = self.compare(run)
        except RuntimeError as error:
            found = [str(error)]
        self.kills += kills
        self.finish(run, f"round of --seed {seed} through {through}", found)
        print(f"seed {seed}: {through}, {kills} kills, {time.monotonic() - started:.1f} s"
              f"{' FAILED' if found else ''}", flush=True)

    def kill_points(self):
        """Names as the program tells them when it is given none of them."""
        run = self.run("names", "files", self.options.events)
        run.start(1, "1s", kill_at="?").wait()
        names = re.search(r"NAME one of (.*)", run.stderr()).group(1).split()
        shutil.rmtree(run.folder)
        # Those of the store have their test in tests/integration/store.
        return [name for name in names if not name.startswith("store-")]

    def point_round(self, point, through, passage, seed):
        """As one_point_round; slower where a busy machine made too few checkpoints to get there."""
        return any(self.one_point_round(point, through, passage, seed, slower)
                   for slower in (1, 5, 20))

    def one_point_round(self, point, through, passage, seed, slower):
        """A checkpoint, then a death at the point, then to the end. True when it was reached."""
        choose = random.Random(f"{seed} {point} {through} {passage}")
        bulk = point == BULK_POINT
        events = max(self.options.events, BULK_EVENTS) if bulk else self.options.events
        run = self.run(f"point-{point}-{through}-{passage}-{slower}", through, events)
        # One commit of all, or many of a second's worth of reading.
        every, rate = ("1h", 0) if bulk else (self.options.every, events // slower)
        deaths = [f"{point}:{passage}"] if bulk else ["after-commit:3", f"{point}:{passage}"]
        try:
            for kill_at in deaths:
                code = run.start(choose.choice(WORKERS), every, rate, kill_at).wait(timeout=600)
                if code not in (0, -signal.SIGKILL):
                    raise RuntimeError(f"flowc ended with {code}\n{run.stderr()[-3000:]}")
                self.kills += code != 0
            reached = code != 0
            if not reached:
                shutil.rmtree(run.folder)
                return False
            run.expect_end(run.start(choose.choice(WORKERS), self.options.every))
            found = self.compare(run)
        except RuntimeError as error:
            found = [str(error)]
        self.finish(run, f"{point}:{passage} through {through}", found)
        return True

    def all_points(self):
        choose = random.Random(self.options.seed)
        throughs = [self.options.through] if self.options.through else list(THROUGH)
        for point in self.kill_points():
            choose.shuffle(throughs)
            reached = []
            for through in sorted(throughs, key=lambda name: "log" in point and name != "log"):
                for passage in self.options.passages:
                    if self.options.brief and reached:
                        continue
                    if self.point_round(point, through, passage, self.options.seed):
                        reached.append(f"{through}:{passage}")
            if not reached:
                self.failed += 1
            print(f"{point}: {' '.join(reached) or 'FAILED: never reached'}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flowc", required=True, type=Path)
    parser.add_argument("--events", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--kills", type=int, default=6, help="at most so many in a round")
    parser.add_argument("--points", action="store_true", help="every kill point instead of rounds")
    parser.add_argument("--passages", type=int, nargs="+", default=[1, 3],
                        help="of a kill point at which the program dies")
    parser.add_argument("--brief", action="store_true",
                        help="each kill point once, through files or a log")
    parser.add_argument("--through", choices=THROUGH, help="default: both")
    parser.add_argument("--every", default="50ms", help="time between checkpoints")
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    parser.add_argument("--dir", type=Path, help="where to work (default: a temporary folder)")
    options = parser.parse_args()
    chaos = Chaos(options)
    started = time.monotonic()
    if options.points:
        chaos.all_points()
    else:
        for seed in range(options.seed, options.seed + options.rounds):
            chaos.random_round(seed)
    print(f"{chaos.rounds} rounds, {chaos.kills} kills, {time.monotonic() - started:.0f} s, "
          f"{chaos.failed} failed", flush=True)
    if chaos.failed == 0 and options.dir is None:
        shutil.rmtree(chaos.base)
    return 1 if chaos.failed or chaos.rounds == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
