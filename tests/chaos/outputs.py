"""What a run of the speed layer left behind, in a form that two runs can be compared in."""

import json
from collections import Counter

# Of the wall clock or of the run itself: different in any two runs.
OWN_OF_RUN = ("ingest_time", "batch_id", "received_at", "processed_at", "failed_at")
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


def strip(line):
    row = json.loads(line)
    for field in OWN_OF_RUN:
        row.pop(field, None)
    return json.dumps(row, sort_keys=True)


def parts_in_order_of_delivery(folder):
    """Parts become visible by a rename, which changes ctime."""
    return sorted(folder.glob("part-*"), key=lambda part: (part.stat().st_ctime_ns, part.name))


def last_rows(lines, key):
    last = {}
    for line in lines:
        row = json.loads(line)
        last[tuple(row[column] for column in key)] = strip(line)
    return Counter(last.values())


def rows_of(name, lines):
    """The rows that must be equal in any two runs, with their number."""
    if name in VIEWS:
        return last_rows(lines, VIEWS[name])
    if name == UPDATES_OF_SESSIONS:
        lines = (line for line in lines if json.loads(line).get("is_complete"))
    return Counter(map(strip, lines))


def read_folders(data):
    """Name of each output -> its rows with their number."""
    outputs = {}
    for folder in sorted({part.parent for part in data.rglob("part-*")}):
        lines = [line for part in parts_in_order_of_delivery(folder)
                 for line in part.read_text().splitlines()]
        outputs[folder.name] = rows_of(folder.name, lines)
    return outputs


def differences(expected, got):
    """Lines that say how the outputs differ; none: they are equal."""
    found = []
    for name in sorted(set(expected) | set(got)):
        missing = expected.get(name, Counter()) - got.get(name, Counter())
        extra = got.get(name, Counter()) - expected.get(name, Counter())
        if not missing and not extra:
            continue
        found.append(f"{name}: {missing.total()} rows missing, {extra.total()} more than expected")
        found += [f"  missing {row[:400]}" for row in list(missing)[:2]]
        found += [f"  extra   {row[:400]}" for row in list(extra)[:2]]
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
