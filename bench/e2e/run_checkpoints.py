#!/usr/bin/env python3
"""What checkpoints cost: the job with and without a state folder, in turn, on the same events.

  run_checkpoints.py [--flowc build/release/bin/flowc] [--events 5000000] [--workers 1] [--every 10s]

CPU is user + system of the whole process. A pause is the time that one barrier took on the worker
that it held up most. After the last run it is started again on its state, to see how long that takes.
"""

import shutil
import time

from measuring import make_input, measure, parse_options


def main():
    options = parse_options(__doc__, every=("10s", "time between two checkpoints"))
    root = make_input(options)
    state = root / "state"
    job = ("job", "--param", f"dir={root}", "--param", f"checkpoint_every={options.every}")
    print(f"{'state':>6} {'events':>10} {'CPU s':>8} {'µs/event':>9} {'peak MiB':>9} {'commits':>8} "
          f"{'pause ms: median':>17} {'p99':>7} {'largest':>8}")
    for _ in range(options.runs):
        for kept in (False, True):
            shutil.rmtree(state, ignore_errors=True)
            spent, told = measure(options, root, *job, *(("--state", state) if kept else ()))
            pause = told.get("barrier_pause_ms", {})
            print(f"{'yes' if kept else 'no':>6} {told['events']:>10} {spent:>8.2f} "
                  f"{spent / told['events'] * 1e6:>9.3f} {told['peak_rss_bytes'] / 2**20:>9.0f} "
                  f"{told['checkpoints']:>8} {pause.get('median', 0):>17.1f} "
                  f"{pause.get('p99', 0):>7.1f} {pause.get('largest', 0):>8.1f}", flush=True)
    size = sum(file.stat().st_size for file in state.rglob("*") if file.is_file())
    started = time.monotonic()
    measure(options, root, *job, "--state", state)
    print(f"started again on {size / 2**20:.0f} MiB of state and ended: "
          f"{time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    main()
