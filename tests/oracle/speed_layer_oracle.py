#!/usr/bin/env python3
"""Checks what the speed layer wrote against an independent computation over the same input.

Decoding, rules, deduplication, tiers, windows and views are SQL over the raw lines (DuckDB);
sessions are a second implementation in Python, row by row. Nothing here knows the engine's code.

  speed_layer_oracle.py DIR [--truth FILE]
      DIR/log/user_events*.jsonl  input, one record a line; each file is a partition
      DIR/log/transactions*.jsonl likewise; may be absent
      DIR/tables/users.csv        user_id,tier,is_active
      DIR/log, DIR/store, DIR/views   what the pipeline wrote

Exit 0 when everything is equal; 1 with the first differences otherwise.
"""

import argparse
import sys
from pathlib import Path

import duckdb

from speed_layer.comparison import Mismatch
from speed_layer.events import check_dead_letters, check_events
from speed_layer.input import load_input
from speed_layer.sessions import check_sessions, load_sessions
from speed_layer.transactions import check_transactions
from speed_layer.views import check_ddl_views, check_views
from speed_layer.windows import check_windows


def open_truth(root, file):
    """What must come out depends on the input alone: computed once and kept in `file`."""
    if file is None:
        db = duckdb.connect()
        load_input(db, root)
        load_sessions(db, root)
        return db
    if not file.exists():
        unfinished = file.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        db = duckdb.connect(str(unfinished))
        load_input(db, root)
        load_sessions(db, root)
        db.close()
        unfinished.rename(file)
    db = duckdb.connect(str(file), read_only=True)
    db.execute("SET TimeZone = 'UTC'")
    return db


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dir", type=Path, help="root folder of input and output")
    parser.add_argument("--truth", type=Path,
                        help="file for the expected rows: made when missing, else used")
    options = parser.parse_args()
    root = options.dir
    db = open_truth(root, options.truth)
    failures = 0
    for check in (check_events, check_dead_letters, check_windows, check_sessions, check_views,
                  check_transactions, check_ddl_views):
        try:
            check(db, root)
        except Mismatch as problem:
            failures += 1
            print(f"  DIFFERENT {problem}")
    print("equal" if failures == 0 else f"{failures} parts differ")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
