#!/usr/bin/env python3
"""Runs the job on a file of events and prints what it costs.

  run_job.py [--flowc build/release/bin/flowc] [--events 1000000] [--workers 1] [--runs 3]

CPU is user + system of the whole process by the operating system's account of it. Input is made once per size, below --dir.
"""

from measuring import make_input, measure, parse_options


def main():
    options = parse_options(__doc__)
    root = make_input(options)
    print(f"{'events':>10} {'CPU s':>8} {'µs/event':>9} {'wall s':>8} {'peak MiB':>9}")
    for _ in range(options.runs):
        spent, told = measure(options, root, "job", "--param", f"dir={root}")
        print(f"{told['events']:>10} {spent:>8.2f} {spent / told['events'] * 1e6:>9.3f} "
              f"{told['seconds']:>8.2f} {told['peak_rss_bytes'] / 2**20:>9.0f}")


if __name__ == "__main__":
    main()
