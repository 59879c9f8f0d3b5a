"""Rounds: the speed layer is killed and started again until it ends, then compared."""

import random
import re
import shutil
import signal
import subprocess
import time

import outputs
from speed_layer_run import LogRun, SpeedLayerRun

WORKERS = (1, 2, 3, 4)
# A commit of few changes goes through the log of the store, one of so many events as files.
BULK_POINT, BULK_EVENTS = "state-files-written", 100_000
# Of the targets that only runs from Kafka have, and of the end of a run.
KAFKA_POINTS, END_POINTS = ("store-", "transaction-"), ("before-close", "after-close")


class Death:
    """How the next start is to die: after `seconds`, or earlier at a kill point."""

    def __init__(self, seconds, point=None):
        self.seconds, self.point = seconds, point


class Chaos:
    def __init__(self, flowc, base, events, every, brokers=None):
        self.flowc, self.base, self.events, self.every = flowc, base, events, every
        self.brokers = brokers
        self.runs = {"files": SpeedLayerRun, "log": LogRun}
        if brokers:
            from kafka_run import KafkaRun  # its client is not on every machine
            self.runs["kafka"] = KafkaRun
        self.sources, self.undisturbed, self.seconds = {}, {}, {}
        self.kills = self.failed = self.rounds = 0
        self.points = set()  # at which a random round was killed
        self.all_points = self.names_of_points()

    # --- runs and what must come of them ---

    def run(self, name, through, events):
        kind = self.runs[through]
        if (through, events) not in self.sources:
            extra = (self.brokers,) if through == "kafka" else ()
            source = kind.source(self.flowc, self.base / f"input-{through}-{events}", events,
                                 *extra)
            source.make()
            self.sources[through, events] = source
        return kind(self.sources[through, events], self.base / name)

    def base_of(self, through, events):
        """Outputs and ledger of an undisturbed run."""
        key = (through, events)
        if key not in self.undisturbed:
            print(f"{events} events and an undisturbed run through {through}", flush=True)
            run = self.run(f"undisturbed-{through}-{events}", through, events)
            started = time.monotonic()
            run.expect_end(run.start(workers=2, every=self.every))
            self.seconds[key] = time.monotonic() - started
            kept = run.outputs()
            rows = outputs.count(kept)
            if rows < events or run.problems():
                raise RuntimeError(f"an undisturbed run wrote {rows} rows: {run.problems()}")
            self.undisturbed[key] = (self.base / f"expected-{through}-{events}", run.ledger())
            kept.rename(self.undisturbed[key][0])
            print(f"  {rows} rows in {len(list(self.undisturbed[key][0].iterdir()))} outputs, "
                  f"ran {self.seconds[key]:.1f} s", flush=True)
            shutil.rmtree(run.folder)
        return self.undisturbed[key]

    def compare(self, run, through, events):
        """How what a round left differs from the undisturbed run."""
        expected, books = self.base_of(through, events)
        found = outputs.differences(expected, run.outputs())
        return found + outputs.ledger_differences(books, run.ledger()) + run.problems()

    def finish(self, run, what, found):
        self.rounds += 1
        if not found:
            shutil.rmtree(run.folder)
            return
        self.failed += 1
        print(f"FAILED {what}; its folder is {run.folder}\n  " + "\n  ".join(found), flush=True)

    def close(self):
        """The broker is as it was, for whoever uses it next."""
        for source in self.sources.values():
            source.clear()

    # --- rounds ---

    def deaths(self, seed, choose, seconds, most):
        """At random moments and at kill points in turn; rounds that follow each other go through all
        points, those first that only one way passes. Points of the end come last: nothing runs
        after them."""
        order = list(self.all_points)
        random.Random(0).shuffle(order)
        order.sort(key=lambda name: not name.startswith(KAFKA_POINTS))
        deaths, last = [], []
        for number in range(most):
            # The first seconds are the start, which is to be disturbed too.
            moment = choose.uniform(0.05, 2 * seconds / most + 3)
            passage = choose.randint(1, 3)
            name = order[(seed * (most // 2) + number // 2) % len(order)]
            if number % 2 == 0:
                deaths.append(Death(moment))
            elif name in END_POINTS:
                last = [Death(600, f"{name}:1")]
            else:
                deaths.append(Death(moment + 8, f"{name}:{passage}"))
        return deaths + last

    def random_round(self, seed, through, most, exact=False):
        """With up to `most` kills, or with exactly so many where the run does not end before."""
        choose = random.Random(seed)
        through = through or choose.choice(sorted(self.runs))
        self.base_of(through, self.events)
        run = self.run(f"round-{seed}", through, self.events)
        seconds = self.seconds[through, self.events]
        # At full speed, or slowly with many checkpoints on the way.
        slowly = choose.choice((True, False))
        rate = int(self.events / (2 * seconds)) if slowly else 0
        most = most if exact else choose.randint(1, most)
        started, kills, workers = time.monotonic(), 0, []
        try:
            for death in self.deaths(seed, choose, seconds * (2 if slowly else 1), most):
                workers.append(choose.choice(WORKERS))
                process = run.start(workers[-1], self.every, rate, death.point)
                if not self.dies(run, process, death):
                    break
                kills += 1
            else:
                workers.append(choose.choice(WORKERS))
                run.expect_end(run.start(workers[-1], self.every, rate))
            ran = time.monotonic() - started
            found = self.compare(run, through, self.events)
        except RuntimeError as error:
            found, ran = [str(error)], time.monotonic() - started
        self.kills += kills
        self.finish(run, f"round of --seed {seed} through {through}", found)
        print(f"seed {seed}: {through}, {kills} kills, workers {' '.join(map(str, workers))}, "
              f"ran {ran:.1f} s, compared {time.monotonic() - started - ran:.1f} s"
              f"{' FAILED' if found else ''}", flush=True)

    def dies(self, run, process, death):
        """False: the run ended before."""
        try:
            process.wait(timeout=death.seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            print(f"  killed after {death.seconds:.1f} s", flush=True)
            return True
        if death.point and process.returncode == -signal.SIGKILL:
            self.points.add(death.point.split(":")[0])
            print(f"  killed at {death.point}", flush=True)
            return True
        run.expect_end(process)
        return False

    def rounds_until(self, seed, through, kills, most):
        """Rounds, until there were so many kills or one has failed."""
        while self.kills < kills and not self.failed:
            self.random_round(seed, through, min(most, kills - self.kills), exact=True)
            seed += 1
            print(f"{self.kills} of {kills} kills, {len(self.points)} of {len(self.all_points)} "
                  "kill points hit", flush=True)

    # --- kill points ---

    def names_of_points(self):
        """As the program tells them when it is given none of them."""
        flow = self.base / "names.flow"
        flow.write_text('pipeline names\nschema Row { n: int64 }\n'
                        'source rows: Row from generator(count: 1) on error fail\n'
                        'from rows |> into discard()\n')
        done = subprocess.run([str(self.flowc), "run", str(flow), "--state", str(self.base / "s")],
                              capture_output=True, text=True, env={"WEIR_KILL_AT": "?"})
        return re.search(r"NAME one of (.*)", done.stderr).group(1).split()

    def point_round(self, point, through, passage, seed):
        """As one_point_round; slower where a busy machine made too few checkpoints to get there."""
        return any(self.one_point_round(point, through, passage, seed, slower)
                   for slower in (1, 5, 20))

    def one_point_round(self, point, through, passage, seed, slower):
        """A checkpoint, then a death at the point, then to the end. True when it was reached."""
        choose = random.Random(f"{seed} {point} {through} {passage}")
        bulk = point == BULK_POINT
        events = max(self.events, BULK_EVENTS) if bulk else self.events
        run = self.run(f"point-{point}-{through}-{passage}-{slower}", through, events)
        # One commit of all, or many of a second's worth of reading.
        every, rate = ("1h", 0) if bulk else (self.every, events // slower)
        deaths = [f"{point}:{passage}"] if bulk else ["after-commit:3", f"{point}:{passage}"]
        try:
            for kill_at in deaths:
                code = run.start(choose.choice(WORKERS), every, rate, kill_at).wait(timeout=600)
                if code not in (0, -signal.SIGKILL):
                    raise RuntimeError(f"flowc ended with {code}\n{run.stderr()[-3000:]}")
                self.kills += code != 0
            if code == 0:
                shutil.rmtree(run.folder)
                return False
            run.expect_end(run.start(choose.choice(WORKERS), self.every))
            found = self.compare(run, through, events)
        except RuntimeError as error:
            found = [str(error)]
        self.finish(run, f"{point}:{passage} through {through}", found)
        return True

    def throughs_of(self, point, choose):
        """The ways in which a run may pass the point, the likeliest first."""
        if point.startswith(KAFKA_POINTS):
            return [name for name in self.runs if name == "kafka"]
        # The topics of one number of events are there at a time.
        ways = [name for name in self.runs if point != BULK_POINT or name != "kafka"]
        choose.shuffle(ways)
        return sorted(ways, key=lambda name: "log" in point and name != "log")

    def each_point(self, seed, through, passages, brief):
        choose = random.Random(seed)
        for point in self.all_points:
            ways = [way for way in self.throughs_of(point, choose) if through in (None, way)]
            reached = []
            for way in ways:
                for passage in passages:
                    if brief and reached:
                        continue
                    if self.point_round(point, way, passage, seed):
                        reached.append(f"{way}:{passage}")
            self.failed += bool(ways) and not reached
            if ways:
                print(f"{point}: {' '.join(reached) or 'FAILED: never reached'}", flush=True)
