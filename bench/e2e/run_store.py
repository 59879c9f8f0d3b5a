#!/usr/bin/env python3
"""What an event costs on its way from a file into the embedded store.

  run_store.py [--flowc build/release/bin/flowc] [--events 1000000] [--workers 1] [--runs 3]

Prints CPU (user + system of the whole process) per event without a target, into the table of events
alone, and with its three materialized views; the median of the runs. What the store holds after a
run is counted by the run itself: a row that it refuses fails the run.
"""

import shutil
import statistics

from measuring import HERE, make_input, measure, parse_options

DDL = HERE.parent.parent / "pipelines" / "speed_layer" / "ddl" / "speed_layer.sql"


def table_alone(root):
    """The first statement of the pipeline's own file: the table of events."""
    path = root / "table_alone.sql"
    path.write_text(DDL.read_text(encoding="utf-8").split(";\n", 1)[0] + ";\n", encoding="utf-8")
    return path.resolve()


def measure_store(options, root, arguments):
    store = root / "store"
    shutil.rmtree(store, ignore_errors=True)
    result = measure(options, root, "store", "--param", f"dir={root}", "--param", f"store={store}",
                     *arguments)
    shutil.rmtree(store, ignore_errors=True)
    return result


def main():
    options = parse_options(__doc__)
    root = make_input(options)
    ways = [("no target", ["--profile", "nowhere"]),
            ("table", ["--param", f"ddl={table_alone(root)}"]),
            ("table and 3 views", ["--param", f"ddl={DDL}"])]
    print(f"{'into':<18} {'events':>10} {'CPU s':>8} {'µs/event':>9} {'events/s':>9} {'peak MiB':>9}")
    for name, arguments in ways:
        runs = [measure_store(options, root, arguments) for _ in range(options.runs)]
        spent = statistics.median(cpu for cpu, _ in runs)
        events = runs[0][1]["events"]
        seconds = statistics.median(told["seconds"] for _, told in runs)
        peak = max(told["peak_rss_bytes"] for _, told in runs) / 2**20
        print(f"{name:<18} {events:>10} {spent:>8.2f} {spent / events * 1e6:>9.3f} "
              f"{events / seconds:>9.0f} {peak:>9.0f}", flush=True)


if __name__ == "__main__":
    main()
