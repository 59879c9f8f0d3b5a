#!/usr/bin/env python3
"""New ids into dedupe, with a checkpoint every 2 s: how long commits take and what they hold up.

  run_dedupe.py [--flowc build/release/bin/flowc] [--ids 10000000] [--workers 2] [--memory 2048]
                [--check]

With --check the ids come from a file instead of the generator; after every ten new ones an id comes
that was there before, anywhere. Then the pipeline is started again with half the workers, and a tenth
as many rows come, all with ids that were there. A plain loop counts what should have been found.
"""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
AT_ONCE = 200_000


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flowc", default="build/release/bin/flowc")
    parser.add_argument("--ids", type=int, default=10_000_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--memory", type=float, default=2048, help="state_memory in MiB")
    parser.add_argument("--check", action="store_true", help="with ids that come again, counted")
    parser.add_argument("--dir", default="data/bench/dedupe")
    return parser.parse_args()


def numbers_of(part, ids):
    """Of part 1 each number below `ids` in order, and after every ten one of those before."""
    if part == 1:
        for i in range(ids):
            yield i
            if i % 10 == 9:
                yield (i * 0x9E3779B1 >> 8) % (i + 1)
    else:
        for i in range(ids // 10):
            yield i * 104_729 % ids


def write_input(path, part, ids):
    mask, lines = (1 << 64) - 1, []
    with path.open("w") as file:
        file.write("id,at\n")
        for i, number in enumerate(numbers_of(part, ids)):
            # Both factors are odd: no number has the id of another.
            high, low = number * 0x9E3779B97F4A7C15 & mask, number * 0xD6E8FEB86659FD93 & mask
            text = f"{high:016x}{low:016x}"
            second, micros = divmod(i, 1_000_000)
            lines.append(f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]},"
                         f"2026-01-01T00:00:{second + (part - 1) * 30:02}.{micros:06}Z\n")
            if len(lines) == AT_ONCE:
                file.writelines(lines)
                lines.clear()
        file.writelines(lines)


def count_again(ids):
    """How many rows have a number that an earlier row had, after each of the two parts."""
    seen, again, after = bytearray(ids), 0, []
    for part in (1, 2):
        for number in numbers_of(part, ids):
            again += seen[number]
            seen[number] = 1
        after.append(again)
    return after


def run(options, base, workers, flow, *parameters):
    """One run, told about; the books of its dedupe."""
    summary = base / "summary.json"
    done = subprocess.run(
        [options.flowc, "run", HERE / flow, *parameters,
         "--param", f"memory={int(options.memory * 2**20)}", "--workers", str(workers),
         "--state", base / "state", "--summary", summary],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    told = json.loads(summary.read_text())
    pause = told["barrier_pause_ms"]
    books = told["operators"]["rows/seen" if "rows/seen" in told["operators"] else "seen"]
    read = books["gauges"]
    print(f"{workers} workers, state_memory {options.memory:g} MiB: {told['seconds']:.1f} s, "
          f"{told['cpu_seconds']:.1f} s CPU, peak {told['peak_rss_bytes'] / 2**20:.0f} MiB; "
          f"{told['checkpoints']} checkpoints, pause ms: median {pause['median']:.1f}, "
          f"p99 {pause['p99']:.1f}, largest {pause['largest']:.1f}; {read.get('pages read', 0)} "
          f"pages read, ids there {read.get('keys read', 0)}, not there "
          f"{read.get('keys not found', 0)}", flush=True)
    return books


def expect(what, found, expected):
    if found != expected:
        sys.exit(f"{found} {what}, expected {expected}")


def check(options, base):
    folder = base / "rows"
    folder.mkdir()
    after = count_again(options.ids)
    for part, workers in ((1, options.workers), (2, max(options.workers // 2, 1))):
        write_input(folder / f"rows-{part}.csv", part, options.ids)
        books = run(options, base, workers, "dedupe_again.flow", "--param", f"dir={folder}")
        expect("duplicates were found", books["discarded"].get("duplicate", 0), after[part - 1])
        expect("ids passed", books["passed"], options.ids)
    print(f"{after[0]} and then {after[1] - after[0]} ids that came again: all found, and no other")


def main():
    options = parse_options()
    base = Path(options.dir)
    shutil.rmtree(base, ignore_errors=True)
    base.mkdir(parents=True)
    if options.check:
        check(options, base)
    else:
        books = run(options, base, options.workers, "dedupe.flow", "--param",
                    f"count={options.ids}")
        expect("ids passed", books["passed"], options.ids)
    print(subprocess.run([options.flowc, "checkpoints", base / "state"], check=True,
                         capture_output=True, text=True).stdout, end="")


if __name__ == "__main__":
    main()
