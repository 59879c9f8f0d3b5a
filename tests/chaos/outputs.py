"""What a run of the speed layer left behind, in a form that two runs can be compared in: for each
output a sorted file of the rows that must be equal in any two runs."""

import filecmp
import json
import os
import re
import subprocess

# Of the wall clock or of the run itself: different in any two runs.
OWN_OF_RUN = ("ingest_time", "batch_id", "received_at", "processed_at", "failed_at",
              "processing_time", "expires_at")
# Within a string the quote behind a name would have a backslash.
OWN_FIELD = re.compile(r',?"(?:' + "|".join(OWN_OF_RUN) +
                       r')":(?:"(?:[^"\\]|\\.)*"|null|-?[0-9.]+)')
# Upserts: what counts is the last row of a key. How often a view says something is up to the clock.
VIEWS = {
    "conversion_funnel": ("date", "hour", "user_tier"),
    "product_performance": ("date", "product_id"),
    "user_tier_performance": ("date", "user_tier"),
}
# What open sessions and windows say every 10 s of the wall clock; closed ones are compared exactly.
UPDATES_OF_SESSIONS = "session-metrics"
# Nodes whose books count those updates, and the fields that do.
COUNTS_UPDATES = {
    "sessions/by_user": ("rows_out", "produced"),
    "sessions/where": ("rows_in", "discarded"),
    "session_metrics": ("rows_in", "absorbed"),
    "hot_sessions": ("rows_in", "absorbed"),
    "hot_metrics": ("rows_in", "absorbed"),
    "conversion_5m/funnel": ("rows_out", "produced"),
    "conversion_5m/extend": ("rows_in", "passed", "rows_out"),
    "conversion_5m/extend_2": ("rows_in", "passed", "rows_out"),
    "conversion_5m/where": ("rows_in", "discarded"),
    **{view: ("rows_in", "absorbed", "rows_out", "produced") for view in VIEWS},
    **{f"{view}/aggregate": ("rows_out", "produced") for view in VIEWS},
}


def parts_in_order_of_delivery(folder):
    """Parts become visible by a rename, which changes ctime."""
    return sorted(folder.glob("part-*"), key=lambda part: (part.stat().st_ctime_ns, part.name))


def lines_of(parts):
    for part in parts:
        with open(part, encoding="utf-8") as lines:
            yield from lines


def rows_of(name, lines):
    """The rows that must be equal in any two runs; `lines` in the order in which they came."""
    if name in VIEWS:
        last = {}
        for line in lines:
            row = json.loads(line)
            last[tuple(row[column] for column in VIEWS[name])] = line
        lines = last.values()
    if name == UPDATES_OF_SESSIONS:
        lines = (line for line in lines if json.loads(line).get("is_complete"))
    for line in lines:
        yield OWN_FIELD.sub("", line.rstrip("\n"))


def keep(folder, name, lines):
    """Writes the rows of an output, sorted, as folder/name."""
    with open(folder / name, "wb") as target:
        sort = subprocess.Popen(["sort", "-T", str(folder)], stdin=subprocess.PIPE, stdout=target,
                                text=True, encoding="utf-8", env={**os.environ, "LC_ALL": "C"})
        for row in rows_of(name, lines):
            sort.stdin.write(row + "\n")
        sort.stdin.close()
    if sort.wait() != 0:
        raise RuntimeError(f"{name} cannot be sorted")


def count(folder):
    """Rows of all outputs."""
    return sum(1 for file in folder.iterdir() for _ in open(file, "rb"))


def rows_only_in(one, other):
    """How many rows `one` has that `other` lacks, and the first of them."""
    number, first = 0, []
    with subprocess.Popen(["comm", "-23", str(one), str(other)], stdout=subprocess.PIPE, text=True,
                          encoding="utf-8", env={**os.environ, "LC_ALL": "C"}) as comm:
        for row in comm.stdout:
            number += 1
            if len(first) < 2:
                first.append(row.rstrip("\n"))
    if comm.returncode != 0:
        raise RuntimeError(f"{one} and {other} cannot be compared")
    return number, first


def differences(expected, got):
    """Lines that say how the outputs in two folders differ; none: they are equal."""
    found = []
    for name in sorted({file.name for folder in (expected, got) for file in folder.iterdir()}):
        for folder in (expected, got):
            (folder / name).touch()
        if filecmp.cmp(expected / name, got / name, shallow=False):
            continue
        missing, first_missing = rows_only_in(expected / name, got / name)
        extra, first_extra = rows_only_in(got / name, expected / name)
        found.append(f"{name}: {missing} rows missing, {extra} more than expected")
        found += [f"  missing {row[:400]}" for row in first_missing]
        found += [f"  extra   {row[:400]}" for row in first_extra]
    return found


def ledger_of(summary):
    """The books without what depends on the clock: figures of the moment, updates of views."""
    books = {}
    for name, operator in json.loads(summary.read_text())["operators"].items():
        books[name] = {field: value for field, value in operator.items()
                       if field not in ("gauges", "cpu")}
    return books


def ledger_differences(expected, got):
    found = []
    for name in sorted(set(expected) | set(got)):
        a, b = expected.get(name, {}), got.get(name, {})
        for field in sorted(set(a) | set(b)):
            if a.get(field) != b.get(field) and field not in COUNTS_UPDATES.get(name, ()):
                found.append(f"ledger of {name}: {field} is {b.get(field)}, not {a.get(field)}")
    return found
