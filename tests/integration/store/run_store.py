#!/usr/bin/env python3
"""flowc writes events into a store; what it holds is compared with a computation in Python.

  run_store.py --flowc build/release/bin/flowc [--workers 3]

The store is read by the engine's library itself, in another process than flowc.
"""

import argparse
import collections
import ctypes
import datetime
import json
import os
import random
import subprocess
import sys
import tempfile
import uuid
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).resolve().parent
DDL = HERE.parent.parent.parent / "pipelines" / "speed_layer" / "ddl" / "speed_layer.sql"
TYPES = ["page_view", "product_view", "search", "add_to_cart", "purchase", "remove_from_cart",
         "checkout_start", "login", "logout"]
SKIPPED = 77


def library():
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.environ.get("WEIR_CHDB") or os.path.join(cache, "weir", "chdb-26.7.3", "libchdb.so")


def ask(store, statements):
    """Answers of a process of its own, as lists of rows."""
    done = subprocess.run([sys.executable, __file__, "--read", store], input=json.dumps(statements),
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def read(store):
    """What `ask` runs: statements on stdin, answers on stdout."""
    lib = ctypes.CDLL(library())
    pointer, size, text = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p
    lib.chdb_connect.restype = ctypes.POINTER(pointer)
    lib.chdb_query_n.restype = pointer
    lib.chdb_query_n.argtypes = [pointer, text, size, text, size]
    for name, kind in (("buffer", pointer), ("length", size), ("error", text)):
        function = getattr(lib, "chdb_result_" + name)
        function.restype, function.argtypes = kind, [pointer]
    lib.chdb_set_signal_handlers_enabled(0)
    arguments = (text * 3)(b"clickhouse", b"--path=" + store.encode(), b"--session_timezone=UTC")
    connection = lib.chdb_connect(3, arguments)
    if not connection:
        sys.exit(f"{store} can't be opened")
    answers = []
    for statement in json.load(sys.stdin):
        sql = (statement + " SETTINGS final = 1").encode()
        result = lib.chdb_query_n(connection[0], sql, len(sql), b"JSONCompactEachRow", 18)
        error = lib.chdb_result_error(result)
        if error:
            sys.exit(f"{statement}: {error.decode()}")
        length = lib.chdb_result_length(result)
        rows = ctypes.string_at(lib.chdb_result_buffer(result), length) if length else b""
        answers.append([json.loads(line) for line in rows.splitlines()])
    lib.chdb_close_conn(connection)
    print(json.dumps(answers))


def make_events(path, count, seed=7):
    """Valid events, some broken lines among them."""
    dice = random.Random(seed)
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    events = []
    with open(path, "w", encoding="utf-8") as out:
        for number in range(count):
            if number % 400 == 399:
                out.write('{"event_id": "broken"}\n')
                continue
            kind = dice.choice(TYPES)
            event = {
                "event_id": str(uuid.UUID(int=dice.getrandbits(128), version=4)),
                "user_id": str(uuid.UUID(int=dice.randrange(200) + (1 << 100))),
                "session_id": str(uuid.UUID(int=dice.randrange(900) + (1 << 101))),
                "event_type": kind,
                "timestamp": (start + datetime.timedelta(milliseconds=number * 700))
                             .isoformat(timespec="milliseconds"),
                "device_type": dice.choice(["mobile", "desktop"]),
                "browser": dice.choice(["firefox", "chrome", ""]),
            }
            if kind == "purchase":
                event["transaction_id"] = str(uuid.UUID(int=number + (1 << 102)))
                event["properties"] = {"amount": f"{dice.randrange(100, 99999) / 100:.2f}"}
            if kind in ("product_view", "add_to_cart", "purchase"):
                event["product_id"] = str(uuid.UUID(int=dice.randrange(30) + (1 << 103)))
            if dice.random() < 0.3:
                event["ip_address"] = f"10.0.{dice.randrange(256)}.{dice.randrange(256)}"
            events.append(event)
            out.write(json.dumps(event) + "\n")
    return events


def expected(events):
    funnel, products = {}, {}
    last, spent = {}, collections.Counter()
    kinds = collections.Counter(event["event_type"] for event in events)
    for event in events:
        day, hour = event["timestamp"][:10], int(event["timestamp"][11:13])
        cell = funnel.setdefault((day, hour), [collections.Counter(), set(), set()])
        cell[0][event["event_type"]] += 1
        cell[1].add(event["user_id"])
        cell[2].add(event["session_id"])
        if "product_id" in event:
            cell = products.setdefault((day, event["product_id"]), [collections.Counter(), set()])
            cell[0][event["event_type"]] += 1
            cell[1].add(event["user_id"])
        last[event["user_id"]] = max(last.get(event["user_id"], ""), event["timestamp"])
        amount = event.get("properties", {}).get("amount")
        if amount is not None:
            spent[event["event_type"]] += Decimal(amount)
    return {
        "funnel": sorted([day, hour, "unknown", *(cell[0][kind] for kind in TYPES),
                          len(cell[1]), len(cell[2])] for (day, hour), cell in funnel.items()),
        "products": sorted([day, product, cell[0]["product_view"], cell[0]["add_to_cart"],
                            cell[0]["purchase"], len(cell[1])]
                           for (day, product), cell in products.items()),
        "last": sorted(["user:" + user, at.replace("T", " ")[:23] + "000"]
                       for user, at in last.items()),
        "types": sorted([kind, count, f"{spent[kind]:.2f}" if spent[kind] else None]
                        for kind, count in kinds.items()),
    }


STATEMENTS = {
    "counts": "SELECT toInt32(count()), toInt32(uniqExact(event_id)) FROM user_events_realtime",
    "dead": "SELECT toInt32(count()) FROM dead",
    "funnel": "SELECT date, hour, user_tier, toInt32(page_views), toInt32(product_views), "
              "toInt32(searches), toInt32(add_to_carts), toInt32(purchases), "
              "toInt32(remove_from_cart), toInt32(checkout_starts), toInt32(logins), "
              "toInt32(logouts), toInt32(unique_users), toInt32(unique_sessions) "
              "FROM conversion_funnel_mv ORDER BY ALL",
    "products": "SELECT date, product_id, toInt32(views), toInt32(add_to_carts), "
                "toInt32(purchases), toInt32(unique_viewers) FROM product_performance_mv "
                "ORDER BY ALL",
    "last": "SELECT key, toString(timestamp) FROM last_seen ORDER BY ALL",
    "types": "SELECT event_type, toInt32(events), if(spent IS NULL OR spent = 0, NULL, "
             "toDecimalString(spent, 2)) FROM by_type ORDER BY event_type",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flowc", default="build/release/bin/flowc")
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--read", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        read(options.read)
        return 0
    if not os.access(library(), os.R_OK):
        print("needs the embedded ClickHouse engine: deploy/dev/install.sh --store")
        return 1 if os.environ.get("WEIR_REQUIRE_STORE") == "1" else SKIPPED
    failures = 0
    with tempfile.TemporaryDirectory(prefix="weir-store-") as folder:
        path = os.path.join(folder, "events.jsonl")
        events = make_events(path, options.events)
        wanted = expected(events)
        wanted["counts"] = [[len(events), len(events)]]
        wanted["dead"] = [[options.events // 400]]
        for workers in (1, 3):
            store = os.path.join(folder, f"store-{workers}")
            command = [options.flowc, "run", HERE / "shapes.flow", "--workers", str(workers),
                       "--state", os.path.join(folder, f"state-{workers}"), "--param", f"events={path}",
                       "--param", f"store={store}", "--param", f"ddl={DDL}"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                print(done.stderr)
                return 1
            for name, answer in zip(STATEMENTS, ask(store, list(STATEMENTS.values()))):
                if answer != wanted[name]:
                    failures += 1
                    print(f"{workers} workers, {name}: {len(answer)} rows, "
                          f"{len(wanted[name])} expected")
                    pairs = [p for p in zip(answer, wanted[name]) if p[0] != p[1]]
                    print(f"  first difference (store, expected): {pairs[:1]}")
            print(f"{workers} workers: {len(events)} events, {len(STATEMENTS)} tables compared")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
