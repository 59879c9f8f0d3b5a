#!/usr/bin/env python3
"""The bundled speed layer from topics into the embedded store, against the oracle.

  run_topics_oracle.py --flowc build/release/bin/flowc --through log
  run_topics_oracle.py --flowc build/release/bin/flowc --through kafka --brokers 127.0.0.1:9092

Generated events go into topics of 4 partitions, keyed by user; the pipeline reads them under its
profile embedded_once or kafka_once and writes tables, views and topics, which are read back with
`flowc query` and compared with an independent computation: every event, dead letter, session,
window and view, the tables of transactions, and the materialized views of the DDL.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from partitions import split_by_partition
from run_oracle import HERE, ROOT, SEED_USERS, run

PARTITIONS = 4
PIPELINE = ROOT / "pipelines" / "speed_layer" / "speed_layer.flow"
TOPICS = ("speed-layer-dlq", "page-view-counts", "conversion-rates", "conversion-rates-1h")
TABLES = ("user_events_realtime", "transactions_realtime", "user_sessions_realtime")
VIEWS = ("conversion_funnel", "user_tier_performance", "product_performance")


class Through:
    """Where topics are: names of profiles and what the helper pipelines must be told."""

    def __init__(self, kind, brokers):
        self.kind = kind
        self.profile = "kafka_once" if kind == "kafka" else "embedded_once"
        self.store = "data/kafka_local" if kind == "kafka" else "data/store"
        self.params = ["--param", f"brokers={brokers}"] if kind == "kafka" else []
        self.helper = ["--profile", kind, *self.params]


def address_of(broker):
    for line in (broker / "server.properties").read_text().splitlines():
        if line.startswith("listeners="):
            return re.search(r"PLAINTEXT://([^,]+)", line).group(1)
    sys.exit(f"{broker}/server.properties names no listener")


def make_input(flowc, folder, events):
    (folder / "tables").mkdir(parents=True)
    (folder / "log").mkdir()
    run([flowc, "run", ROOT / "bench" / "e2e" / "users.flow", "--param", f"dir={folder}",
         "--param", "seed=7", "--param", f"users={SEED_USERS}"])
    run([flowc, "run", HERE / "generate_events.flow", "--param", f"dir={folder}", "--param",
         f"count={events}", "--param", f"users={SEED_USERS}"])
    run([flowc, "run", HERE / "generate_transactions.flow", "--param", f"dir={folder}", "--param",
         f"count={events // 20}", "--param", f"users={SEED_USERS}"])


def read_back(flowc, through, folder, out, slices):
    """Tables, views and topics as folders of JSON lines, as the oracle wants them."""
    def query(table, target):
        target.mkdir(parents=True)
        # An answer has a largest size: big tables are read in slices.
        for part in range(slices):
            rows = run([flowc, "query",
                        f"SELECT * FROM {table} WHERE cityHash64(toString(tuple(*))) % {slices} = {part}",
                        "--store", through.store, "--format", "json", "--timeout", "300"],
                       cwd=folder)
            (target / f"rows-{part}.jsonl").write_text(rows)

    for table in TABLES:
        query(table, out / "store" / table)
    for view in VIEWS:
        query(view, out / "views" / view)
        query(f"{view}_mv", out / "ddl_views" / view)
    for topic in TOPICS:
        (out / "log" / topic).mkdir(parents=True)
        run([flowc, "run", HERE / "dump_topic.flow", *through.helper, "--param", f"topic={topic}",
             "--param", f"out={out / 'log' / topic / 'rows.jsonl'}"], cwd=folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flowc", required=True, type=Path)
    parser.add_argument("--through", required=True, choices=("log", "kafka"))
    parser.add_argument("--brokers", default="127.0.0.1:9092")
    parser.add_argument("--broker", type=Path, help="folder of a broker of deploy/dev/services")
    parser.add_argument("--events", type=int, default=50_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--dir", type=Path, help="where to work (default: a temporary folder)")
    options = parser.parse_args()
    flowc = options.flowc.resolve()
    brokers = address_of(options.broker) if options.broker else options.brokers
    through = Through(options.through, brokers)
    folder = options.dir or Path(tempfile.mkdtemp(prefix="weir-topics-"))
    folder = folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    source = folder / "input"
    make_input(flowc, source, options.events)
    shutil.copytree(source / "tables", folder / "data" / "tables")

    run([flowc, "run", HERE / "load_topics.flow", *through.helper, "--workers", "1",
         "--param", f"dir={source / 'log'}"], cwd=folder)
    started = time.monotonic()
    run([flowc, "run", PIPELINE, "--profile", through.profile, *through.params, "--workers",
         options.workers, "--quiet", "--summary", folder / "summary.json",
         "--state", folder / "state"], cwd=folder)
    print(f"{options.events} events through {through.kind}, {options.workers} workers: ran in "
          f"{time.monotonic() - started:.1f} s", flush=True)

    out = folder / "out"
    read_back(flowc, through, folder, out, 1 + options.events // 50_000)
    shutil.copytree(source / "tables", out / "tables")
    for stem in ("user_events", "transactions"):
        split_by_partition(source / "log" / f"{stem}.jsonl", out / "log", stem, PARTITIONS)
    oracle = subprocess.run([sys.executable, HERE / "speed_layer_oracle.py", out])
    if oracle.returncode == 0:
        shutil.rmtree(folder)
    return oracle.returncode


if __name__ == "__main__":
    sys.exit(main())
