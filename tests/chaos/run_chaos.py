#!/usr/bin/env python3
"""kill -9 while the speed layer runs: nothing may be lost or doubled.

  run_chaos.py --flowc build/release/bin/flowc                          a few rounds
  run_chaos.py --flowc build/release/bin/flowc --broker DIR --through kafka --kills 200 \\
      --events 1000000                                                  until 200 kills
  run_chaos.py --flowc build/release/bin/flowc --points                 every named kill point
  run_chaos.py --flowc build/release/bin/flowc --seed 17 --rounds 1     the round that failed

Each round starts the speed layer, kills it at random moments and, in turn with them, at the steps
that runtime/base/kill_point.h names, starts it again from its state folder with another number of
workers, and lets the last run end. Then every output equals that of an undisturbed run: rows
exactly (without fields of the wall clock), views by the last row of each key, open sessions not at
all; and so does the ledger.

A round goes through files or through log topics; with --broker (a folder of deploy/dev/services)
also from Kafka into topics, the embedded store, files and logs at once. With --points each kill
point has rounds of its own. A failing round keeps its folder and prints the seed that repeats its
choices.
"""

import argparse
import sys
import time
from pathlib import Path

from cases import Workplace
from chaos import Chaos


def parse():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flowc", required=True, type=Path)
    parser.add_argument("--events", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--kills", type=int, help="rounds until there were so many, or one failed")
    parser.add_argument("--per-round", type=int, default=6, help="kills in a round, at most")
    parser.add_argument("--points", action="store_true", help="every kill point instead of rounds")
    parser.add_argument("--passages", type=int, nargs="+", default=[1, 3],
                        help="of a kill point at which the program dies")
    parser.add_argument("--brief", action="store_true", help="each kill point once, in any way")
    parser.add_argument("--broker", type=Path, help="folder of a broker of deploy/dev/services; "
                        "topics of the speed layer that it has are deleted")
    parser.add_argument("--through", choices=("files", "log", "kafka"), help="default: all")
    parser.add_argument("--every", default="50ms", help="time between checkpoints")
    parser.add_argument("--seed", type=int, default=1, help="of the first round")
    parser.add_argument("--dir", type=Path, help="where to work (default: a temporary folder)")
    options = parser.parse_args()
    if options.through == "kafka" and options.broker is None:
        parser.error("--through kafka needs --broker")
    return options


def brokers_of(options):
    if options.broker is None or options.through not in (None, "kafka"):
        return None
    from kafka_run import address_of  # its client is not on every machine
    return address_of(options.broker)


def main():
    options = parse()
    place = Workplace("chaos", options.dir)
    chaos = Chaos(options.flowc.resolve(), place.base, options.events, options.every,
                  brokers_of(options))
    started = time.monotonic()
    try:
        if options.points:
            chaos.each_point(options.seed, options.through, options.passages, options.brief)
        elif options.kills is not None:
            chaos.rounds_until(options.seed, options.through, options.kills, options.per_round)
        else:
            for seed in range(options.seed, options.seed + options.rounds):
                chaos.random_round(seed, options.through, options.per_round)
    finally:
        chaos.close()
    print(f"{chaos.rounds} rounds, {chaos.kills} kills, {time.monotonic() - started:.0f} s, "
          f"{chaos.failed} failed", flush=True)
    return place.close(chaos.failed or chaos.rounds == 0)


if __name__ == "__main__":
    sys.exit(main())
