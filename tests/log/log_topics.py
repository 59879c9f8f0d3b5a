#!/usr/bin/env python3
"""Files into topics of the embedded log and back, by several workers and processes, also killed."""

import argparse
import collections
import json
import signal
import tempfile

from flow_process import Flowc, same

COMMON = """
param input = "in.jsonl"
param out = "out"

schema Event {
  id: int64
  user: string
  text: string
}
"""

WRITE = "pipeline write\n" + COMMON + """
source events: Event
  from file(path: $input)
  on error fail

sink topic
  to log(topic: "events", segment_size: 64KiB)
  key user
  on error fail

from events |> into topic
"""

READ = "pipeline read\n" + COMMON + """
source events: Event
  from log(topic: "events", end: "latest")
  on error fail

sink back
  to file(path: $out)
  on error fail

from events |> into back
"""

TAIL = READ.replace(', end: "latest"', "")


def events(first, count):
    return [{"id": n, "user": f"u{n % 97}", "text": "x" * (n % 50) + "ä\"\\n"} for n in
            range(first, first + count)]


def in_order(rows):
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def check_order_of_keys(flowc, pattern):
    """Rows of a user are in one partition, so in order within each part file."""
    for path in flowc.folder.glob(pattern):
        last = collections.defaultdict(lambda: -1)
        for line in path.read_text().splitlines():
            row = json.loads(line)
            if row["id"] <= last[row["user"]]:
                raise AssertionError(f"{path}: {row} after {last[row['user']]}")
            last[row["user"]] = row["id"]


def round_trip(flowc):
    rows = events(0, 20_000)
    flowc.write("in.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    flowc.run("run", "write.flow", "--workers", 1, "--quiet")
    for workers in (1, 2, 7):
        out = f"out{workers}"
        flowc.run("run", "read.flow", "--workers", workers, "--param", f"out={out}", "--quiet")
        same(in_order(flowc.rows(f"{out}/*.jsonl")), in_order(rows), f"{workers} readers")
        check_order_of_keys(flowc, f"{out}/*.jsonl")


def written_by_several(flowc):
    """Each worker of the writing run has a file of its own."""
    rows = events(0, 21_000)
    for part in range(7):
        flowc.write(f"many/{part}.jsonl",
                    "".join(json.dumps(row) + "\n" for row in rows[part::7]))
    for workers in (2, 7):
        flowc.run("run", "write.flow", "--workers", workers, "--param", "input=many", "--quiet")
    flowc.run("run", "read.flow", "--workers", 2, "--param", "out=outmany", "--quiet")
    expected = collections.Counter(in_order(rows + rows + events(0, 20_000)))
    same(collections.Counter(in_order(flowc.rows("outmany/*.jsonl"))), expected, "seven writers")


def tail_across_processes(flowc):
    """A reader in another process sees what is written while it runs; a second writer is refused."""
    flowc.write("in.jsonl", "".join(json.dumps(row) + "\n" for row in events(0, 100)))
    flowc.run("run", "write.flow", "--quiet")
    reader = flowc.start("run", "tail.flow", "--param", "out=tailed", "--quiet")
    try:
        flowc.wait_for(lambda: len(flowc.lines("tailed/*.jsonl")) == 100, "reading the first rows")
        flowc.write("in.jsonl", "".join(json.dumps(row) + "\n" for row in events(100, 5000)))
        flowc.run("run", "write.flow", "--workers", 2, "--quiet")
        flowc.wait_for(lambda: len(flowc.lines("tailed/*.jsonl")) == 5100, "reading the others")
    finally:
        reader.send_signal(signal.SIGTERM)
        reader.communicate(timeout=30)
    same(reader.returncode, 0, "the reader drains on SIGTERM")
    same(in_order(flowc.rows("tailed/*.jsonl")), in_order(events(0, 5100)), "tailed")


LIVE = "pipeline live\n" + COMMON + """
source events: Event
  from generator(rate: 50000, seed: 1)
  on error fail

sink topic
  to log(topic: "events")
  key user
  on error fail

from events |> into topic
"""


def killed_while_writing(flowc):
    """kill -9 leaves whole units: the topic reads back, each row whole, and is written on."""
    def committed():
        return sum(path.stat().st_size for path in flowc.folder.glob("data/log/events/journal-*"))
    flowc.write("in.jsonl", "".join(json.dumps(row) + "\n" for row in events(0, 10)))
    for _ in range(4):
        before = committed()
        writer = flowc.start("run", "live.flow", "--workers", 2, "--quiet")
        try:
            flowc.wait_for(lambda: committed() > before + 400, "a commit")
            second = flowc.run("run", "write.flow", "--quiet", expect=1)
            if "another process writes" not in second.stderr:
                raise AssertionError(second.stderr)
        finally:
            writer.kill()
            writer.communicate(timeout=30)
        flowc.run("run", "read.flow", "--param", "out=killed", "--quiet")
    same(len(flowc.rows("killed/*.jsonl")) > 0, True, "rows survive")
    flowc.run("run", "write.flow", "--quiet")


def refusals(flowc):
    flowc.write("missing.flow", READ.replace('"events", end', '"evnts", end'))
    told = flowc.run("run", "missing.flow", "--quiet", expect=1).stderr
    if "no such topic" not in told or "it has events" not in told:
        raise AssertionError(told)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flowc", required=True)
    options = parser.parse_args()
    for part in ([round_trip, written_by_several], [tail_across_processes], [killed_while_writing,
                                                                           refusals]):
        with tempfile.TemporaryDirectory(prefix="weir-log-") as folder:
            flowc = Flowc(options.flowc, folder)
            for name, text in (("write", WRITE), ("read", READ), ("tail", TAIL), ("live", LIVE)):
                flowc.write(f"{name}.flow", text)
            for test in part:
                test(flowc)
                print(f"{test.__name__}: as it should be", flush=True)


if __name__ == "__main__":
    main()
