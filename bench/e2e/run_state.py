#!/usr/bin/env python3
"""State larger than memory: a sum per key for more keys than fit, checked key by key.

  run_state.py [--flowc build/release/bin/flowc] [--keys 20000000] [--memory 256]

Every key comes once, in random order; then a quarter as many rows of random keys, which are cold by
then. The state is then gone on with by another number of workers and as many rows again. At the end
every key's count and sum, as `flowc state` shows them, are compared with what the input says.
"""

import argparse
import array
import json
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
GROUP = re.compile(rb'"key":(\d+),.*"aggregates":{"n":(\d+),"total":(\d+)}')


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flowc", default="build/release/bin/flowc")
    parser.add_argument("--keys", type=int, default=20_000_000)
    parser.add_argument("--memory", type=float, default=256, help="state_memory in MiB")
    parser.add_argument("--workers", type=int, nargs=2, default=(1, 2), help="of the two runs")
    parser.add_argument("--dir", default="data/bench/state")
    return parser.parse_args()


def scattered(i, keys):
    """A number below `keys`; each once for i in range(keys), as 7919 has no divisor in common."""
    return (i * 7919 + 17) % keys


def rows_of(part, keys):
    """(key, value) of part 1 or 2 of the input."""
    if part == 1:
        for i in range(keys):
            yield scattered(i, keys), i % 1000
    for i in range(keys // 4):
        yield (i * 104729 + part * 31) % keys, i % 1000


def write_input(path, part, keys):
    with path.open("w") as file:
        file.write("k,v,at\n")
        lines = []
        for key, value in rows_of(part, keys):
            lines.append(f"{key},{value},2026-01-01T00:00:00Z\n")
            if len(lines) == 1_000_000:
                file.writelines(lines)
                lines.clear()
        file.writelines(lines)


def start(options, root, state, workers, summary):
    return subprocess.Popen(
        [options.flowc, "run", HERE / "state.flow", "--param", f"dir={root}",
         "--param", f"memory={int(options.memory * 2**20)}", "--state", state,
         "--workers", str(workers), "--summary", summary],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def fail(process):
    sys.exit(process.communicate()[1])


def first_output(folder, known, process):
    """Seconds until a file is there that was not known."""
    started = time.monotonic()
    while not set(folder.glob("part-*.csv")) - known:
        if process.poll() is not None:
            fail(process)
        time.sleep(0.005)
    return time.monotonic() - started


def finish(process, folder, rows):
    """Stops the run when its output has so many rows."""
    counted = {}
    while sum(counted.values()) < rows:
        if process.poll() is not None:
            fail(process)
        time.sleep(0.1)
        for file in folder.glob("part-*.csv"):
            if file not in counted:
                counted[file] = file.read_text().count(",999,")
    process.send_signal(signal.SIGTERM)
    if process.wait() != 0:
        fail(process)


def report(run, workers, summary, extra=""):
    told = json.loads(summary.read_text())
    pause = told["barrier_pause_ms"]
    print(f"{run:>8} {workers:>8} {told['events']:>10} {told['seconds']:>8.1f} "
          f"{told['cpu_seconds'] / told['events'] * 1e6:>9.2f} "
          f"{told['peak_rss_bytes'] / 2**20:>9.0f} {told['checkpoints']:>8} "
          f"{pause['median']:>9.2f} {pause['p99']:>7.1f} {pause['largest']:>8.1f} {extra}", flush=True)


def expected(keys):
    counts, sums = array.array("q", bytes(8 * keys)), array.array("q", bytes(8 * keys))
    for part in (1, 2):
        for key, value in rows_of(part, keys):
            counts[key] += 1
            sums[key] += value
    return counts, sums


def check(options, state):
    """Every key once, with the right count and sum."""
    counts, sums = expected(options.keys)
    seen = bytearray(options.keys)
    dump = subprocess.Popen([options.flowc, "state", state, "totals/per_key", "--slot", "groups",
                             "--flow", HERE / "state.flow", "--limit", str(options.keys * 2)],
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    total = 0
    while lines := dump.stdout.readlines(32 << 20):
        found = [GROUP.search(line).groups() for line in lines]
        for key, count, value in (map(int, group) for group in found):
            if seen[key] or counts[key] != count or sums[key] != value:
                sys.exit(f"key {key}: {count} rows with sum {value} (seen: {seen[key]}), expected "
                         f"{counts[key]} with sum {sums[key]}")
            seen[key] = 1
        total += len(found)
    if dump.wait() != 0 or total != options.keys:
        sys.exit(f"{total} keys in the state, expected {options.keys}")
    print(f"{total} keys checked: every count and sum is right")


def prepare(options, write):
    """Makes the input, as `write` does, once, and empty folders; prints the head of the table. The
    folders of input, run and state."""
    base = Path(options.dir) / str(options.keys)
    base.mkdir(parents=True, exist_ok=True)
    for part in (1, 2):
        path = base / f"part-{part}.csv"
        if not path.exists():
            write(path, part, options.keys)
    root, state = base / "run", base / "run-state"
    for folder in (root, state):
        shutil.rmtree(folder, ignore_errors=True)
    (root / "out").mkdir(parents=True)
    print(f"{options.keys} keys, state_memory {options.memory} MiB")
    print(f"{'run':>8} {'workers':>8} {'rows':>10} {'s':>8} {'µs/row':>9} {'peak MiB':>9} "
          f"{'commits':>8} {'pause ms:':>9} {'p99':>7} {'largest':>8}")
    return base, root, state


def main():
    options = parse_options()
    base, root, state = prepare(options, write_input)
    summary = base / "summary.json"
    (root / "rows-1.csv").symlink_to((base / "part-1.csv").resolve())
    out = root / "out"
    watched = [sum(value == 999 for _, value in rows_of(part, options.keys)) for part in (1, 2)]
    finish(start(options, root, state, options.workers[0], summary), out, watched[0])
    report("first", options.workers[0], summary)
    size = sum(file.stat().st_size for file in state.rglob("*") if file.is_file())
    (root / "rows-2.csv").symlink_to((base / "part-2.csv").resolve())
    known = set(out.glob("part-*.csv"))
    process = start(options, root, state, options.workers[1], summary)
    waited = first_output(out, known, process)
    finish(process, out, sum(watched))
    report("restart", options.workers[1], summary,
           f"first output after {waited:.2f} s on {size / 2**20:.0f} MiB of state")
    check(options, state)


if __name__ == "__main__":
    main()
