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
import json
import sys
from pathlib import Path

import duckdb

LAG_US = 10_000_000
STEP_US = 1_000_000
MINUTE_US = 60_000_000
SESSION_GAP_US = 30 * MINUTE_US
SESSION_LATENESS_US = 5 * MINUTE_US
SESSION_MAX_US = 24 * 60 * MINUTE_US

UUID = "'^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$'"
TIME = r"'^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$'"
IPV4 = (r"'^(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$'")
EVENT_TYPES = ("page_view", "product_view", "search", "add_to_cart", "purchase",
               "remove_from_cart", "checkout_start", "login", "logout")
TIERS = ("bronze", "silver", "gold", "platinum", "unknown")

NAMES = ("event_id", "user_id", "session_id", "event_type", "timestamp", "device_type", "browser",
         "ip_address", "page_url", "product_id", "search_query", "transaction_id", "user_tier")
PATHS = "[" + ", ".join(f"'$.{name}'" for name in
                        NAMES + ("properties.amount", "properties.quantity")) + "]"
AMOUNT, QUANTITY = f"v[{len(NAMES) + 1}]", f"v[{len(NAMES) + 2}]"


# `k` and `v` hold the type and text of each path of a line: a line is parsed twice in all, not
# once per field and question.
def kind(name):
    return f"k[{NAMES.index(name) + 1}]"


def value(name):
    return f"v[{NAMES.index(name) + 1}]"


# Field checks in schema order: (field, what a good value is).
def text_field(name, good=None, required=False):
    ok = f"{kind(name)} = 'VARCHAR'" + (
        " AND " + good.replace("{v}", value(name)) if good else "")
    if required:
        return name, f"coalesce({ok}, false)"
    return name, f"({kind(name)} IS NULL OR {kind(name)} = 'NULL' OR ({ok}))"


def defaulted_text(name):
    return name, f"({kind(name)} IS NULL OR {kind(name)} = 'VARCHAR')"  # null is an error


FIELDS = [
    text_field("event_id", "regexp_full_match({v}, " + UUID + ")", required=True),
    text_field("user_id", "regexp_full_match({v}, " + UUID + ")", required=True),
    text_field("session_id", "regexp_full_match({v}, " + UUID + ")", required=True),
    text_field("event_type", "lower({v}) IN " + str(EVENT_TYPES), required=True),
    text_field("timestamp", "regexp_full_match({v}, " + TIME + ") AND "
               "try_cast({v} AS TIMESTAMPTZ) IS NOT NULL", required=True),
    defaulted_text("device_type"),
    defaulted_text("browser"),
    text_field("ip_address", "regexp_full_match({v}, " + IPV4 + ")"),
    text_field("page_url"),
    text_field("product_id", "regexp_full_match({v}, " + UUID + ")"),
    text_field("search_query"),
    text_field("transaction_id", "regexp_full_match({v}, " + UUID + ")"),
    text_field("user_tier", "{v} IN " + str(TIERS)),
]


class Mismatch(Exception):
    pass


def load_lines(db, table, root, stem, temporary=""):
    """Numbered in the order of each partition; which partition comes first decides nothing."""
    files = sorted(str(p) for p in (root / "log").glob(f"{stem}*.jsonl"))
    if not files:
        db.execute(f"CREATE {temporary} TABLE {table} (n BIGINT, part VARCHAR, line VARCHAR)")
        return
    db.execute(f"""
        CREATE {temporary} TABLE {table} AS
        SELECT row_number() OVER () AS n, filename AS part, coalesce(line, '') AS line
        FROM read_csv({files}, filename = true, columns = {{'line': 'VARCHAR'}},
          auto_detect = false, header = false, strict_mode = false, delim = '\x01', quote = '',
          escape = '', max_line_size = 33554432)""")


def load_input(db, root):
    db.execute("SET TimeZone = 'UTC'")
    load_lines(db, "lines", root, "user_events")
    db.execute(f"""
        CREATE TABLE users AS SELECT user_id::VARCHAR AS user_id, tier::VARCHAR AS tier
        FROM read_csv('{root / "tables" / "users.csv"}', header = true) WHERE is_active""")
    first_bad = "CASE " + " ".join(
        f"WHEN NOT {check} THEN '{name}'" for name, check in FIELDS) + " END"
    # Only whole objects are looked into: a path into malformed text is an error of DuckDB's.
    db.execute("""CREATE TABLE objects AS SELECT n, part, line FROM lines WHERE json_valid(line)""")
    db.execute("DELETE FROM objects WHERE json_type(line) != 'OBJECT'")
    db.execute(f"""
        CREATE TABLE decoded AS SELECT n, part, line, v, {first_bad} AS bad_field FROM (
          SELECT n, part, line, json_type(line, {PATHS}) AS k,
            json_extract_string(line, {PATHS}) AS v
          FROM objects)""")
    db.execute("""CREATE TABLE bad_lines AS
        SELECT line, bad_field FROM decoded WHERE bad_field IS NOT NULL UNION ALL
        SELECT line, 'malformed' FROM lines WHERE n NOT IN (SELECT n FROM objects)""")
    db.execute("DROP TABLE objects")
    db.execute("DROP TABLE lines")
    db.execute(f"""
        CREATE TABLE rows AS
        SELECT n, part, lower({value("event_id")}) AS event_id,
          lower({value("user_id")}) AS user_id, lower({value("session_id")}) AS session_id,
          lower({value("event_type")}) AS event_type,
          epoch_us({value("timestamp")}::TIMESTAMPTZ) AS t,
          coalesce({value("device_type")}, '') AS device_type,
          coalesce({value("browser")}, '') AS browser, {value("ip_address")} AS ip_address,
          {value("page_url")} AS page_url, lower({value("product_id")}) AS product_id,
          {value("search_query")} AS search_query,
          lower({value("transaction_id")}) AS transaction_id,
          coalesce(try_cast({AMOUNT} AS DECIMAL(10, 2)), 0) AS amount,
          coalesce(try_cast({QUANTITY} AS BIGINT), 1) AS quantity
        FROM decoded WHERE bad_field IS NULL""")
    db.execute("DROP TABLE decoded")
    # The watermark in force when a row is read: all rows before it, in steps of a second.
    db.execute(f"""
        CREATE TABLE stamped AS SELECT *,
          CAST(floor((max(t) OVER (PARTITION BY part ORDER BY n
                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) - {LAG_US}) / {STEP_US}) AS BIGINT) * {STEP_US} AS stamp,
          event_type = 'purchase' AND transaction_id IS NULL AS no_transaction,
          event_type = 'purchase' AND amount <= 0 AS no_amount,
          event_type = 'search' AND search_query IS NULL AS no_query
        FROM rows""")
    db.execute("""
        CREATE TABLE enriched AS
        SELECT s.*, coalesce(u.tier, 'unknown') AS user_tier FROM (
          SELECT * FROM stamped WHERE NOT (no_transaction OR no_amount OR no_query)
          QUALIFY row_number() OVER (PARTITION BY event_id ORDER BY n) = 1) s
        LEFT JOIN users u ON s.user_id = u.user_id""")


def read_output(db, table, folder, columns):
    """A folder of JSON lines as a table with the named columns (type by column)."""
    files = sorted(str(p) for p in folder.glob("*.jsonl")) if folder.is_dir() else []
    if not files:
        listed = ", ".join(f"NULL::{kind} AS {name}" for name, kind in columns.items())
        db.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {listed} WHERE false")
        return
    spec = "{" + ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items()) + "}"
    db.execute(f"""CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM read_json({files},
        columns = {spec}, format = 'newline_delimited', maximum_object_size = 33554432)""")


def compare(db, name, expected, actual):
    """Both are SQL; equal as multisets: each row counts +1 where expected and -1 where found."""
    db.execute(f"CREATE OR REPLACE TEMP TABLE expected AS {expected}")
    columns = [row[0] for row in db.execute("DESCRIBE expected").fetchall()]
    names = ", ".join(f'"{column}"' for column in columns)
    aliases = ", ".join(f"c{i}" for i in range(len(columns)))
    different = db.execute(f"""
        SELECT sum(d), {aliases} FROM (
          SELECT 1 AS d, {names} FROM expected UNION ALL SELECT -1, * FROM ({actual})
        ) AS counted(d, {aliases}) GROUP BY {aliases} HAVING sum(d) != 0""")
    missing, surplus = [], []
    for d, *row in different.fetchmany(200):
        (missing if d > 0 else surplus).append(tuple(row))
    count = db.execute("SELECT count(*) FROM expected").fetchone()[0]
    if missing or surplus:
        have = db.execute(f"SELECT count(*) FROM ({actual})").fetchone()[0]
        raise Mismatch(f"{name}: {count} rows expected, {have} found\n"
                       f"  missing: {missing[:3]}\n  surplus: {surplus[:3]}")
    print(f"  {name}: {count} rows equal")


def compare_close(db, name, sql, tolerance=0.02):
    """Rows (key…, expected, found): approximate numbers within the tolerance."""
    worst, count = 0.0, 0
    for *key, expected, found in db.execute(sql).fetchall():
        count += 1
        if found is None or expected is None:
            raise Mismatch(f"{name}: {key}: expected {expected}, found {found}")
        error = abs(found - expected) / max(expected, 1)
        worst = max(worst, error)
        if error > tolerance:
            raise Mismatch(f"{name}: {key}: expected {expected}, found {found}")
    print(f"  {name}: {count} values, worst error {worst:.2%}")


def check_events(db, root):
    read_output(db, "out_events", root / "store" / "user_events_realtime", {
        "event_id": "VARCHAR", "user_id": "VARCHAR", "session_id": "VARCHAR",
        "event_type": "VARCHAR", "timestamp": "TIMESTAMPTZ", "device_type": "VARCHAR",
        "browser": "VARCHAR", "ip_address": "VARCHAR", "page_url": "VARCHAR",
        "product_id": "VARCHAR", "search_query": "VARCHAR", "transaction_id": "VARCHAR",
        "user_tier": "VARCHAR"})
    columns = ("event_id, user_id, session_id, event_type, {t} AS t, device_type, browser, "
               "ip_address, page_url, product_id, search_query, transaction_id, user_tier")
    compare(db, "enriched events", f"SELECT {columns.format(t='t')} FROM enriched",
            f"SELECT {columns.format(t='epoch_us(timestamp)')} FROM out_events")


def check_dead_letters(db, root):
    read_output(db, "out_dead", root / "log" / "speed-layer-dlq", {
        "stage": "VARCHAR", "rules": "VARCHAR[]", "reason": "VARCHAR", "payload": "VARCHAR"})
    compare(db, "dead letters of the decoder, by field",
            """SELECT CASE WHEN bad_field = 'malformed' THEN '' ELSE bad_field END AS field,
                 count(*) AS n FROM bad_lines GROUP BY 1""",
            """SELECT CASE WHEN regexp_matches(reason, '^[a-z_]+: ')
                           THEN split_part(reason, ': ', 1) ELSE '' END AS field, count(*) AS n
               FROM out_dead WHERE stage = 'user_events/decode' GROUP BY 1""")
    compare(db, "dead letters of the decoder, bytes",
            "SELECT line FROM bad_lines",
            "SELECT payload FROM out_dead WHERE stage = 'user_events/decode'")
    compare(db, "dead letters of the rules",
            """SELECT no_transaction AS a, no_amount AS b, no_query AS c, count(*) FROM stamped
               WHERE no_transaction OR no_amount OR no_query GROUP BY ALL""",
            """SELECT list_contains(rules, 'purchase_has_transaction') AS a,
                 list_contains(rules, 'purchase_amount_positive') AS b,
                 list_contains(rules, 'search_has_query') AS c, count(*) FROM out_dead
               WHERE stage = 'enriched/rules' GROUP BY ALL""")


def in_window(minutes, lateness_minutes=1):
    """Rows that are not late for their tumbling window."""
    size = minutes * MINUTE_US
    return (f"(stamp IS NULL OR (t // {size} + 1) * {size} + {lateness_minutes * MINUTE_US} "
            f"> stamp)"), f"(t // {size}) * {size}"


def check_windows(db, root):
    ok, start = in_window(5)
    read_output(db, "out_pages", root / "log" / "page-view-counts", {
        "page_url": "VARCHAR", "window_start": "TIMESTAMPTZ", "views": "BIGINT",
        "visitors": "BIGINT"})
    pages = (f"SELECT page_url, {start} AS w, count(*) AS views, count(DISTINCT user_id) AS "
             f"visitors FROM enriched WHERE event_type = 'page_view' AND page_url IS NOT NULL "
             f"AND {ok} GROUP BY ALL")
    compare(db, "page counts", f"SELECT page_url, w, views FROM ({pages})",
            "SELECT page_url, epoch_us(window_start), views FROM out_pages")
    compare_close(db, "page visitors (approximate)",
                  f"SELECT e.page_url, e.w, e.visitors, o.visitors FROM ({pages}) e LEFT JOIN "
                  f"out_pages o ON e.page_url = o.page_url AND e.w = epoch_us(o.window_start)")
    read_output(db, "out_rates", root / "log" / "conversion-rates", {
        "user_tier": "VARCHAR", "window_start": "TIMESTAMPTZ", "page_views": "BIGINT",
        "product_views": "BIGINT", "add_to_carts": "BIGINT", "checkout_starts": "BIGINT",
        "purchases": "BIGINT", "conversion_rate": "DOUBLE"})
    counts = ", ".join(f"count(*) FILTER (event_type = '{kind}') AS {name}" for name, kind in (
        ("page_views", "page_view"), ("product_views", "product_view"),
        ("add_to_carts", "add_to_cart"), ("checkout_starts", "checkout_start"),
        ("purchases", "purchase")))
    compare(db, "conversion windows",
            f"SELECT *, CASE WHEN page_views = 0 THEN 0 ELSE purchases::DOUBLE / page_views END "
            f"FROM (SELECT user_tier, {start} AS w, {counts} FROM enriched WHERE {ok} "
            f"GROUP BY user_tier, w)",
            "SELECT user_tier, epoch_us(window_start), page_views, product_views, add_to_carts, "
            "checkout_starts, purchases, conversion_rate FROM out_rates")
    ok, start = in_window(60)
    read_output(db, "out_hours", root / "log" / "conversion-rates-1h", {
        "user_tier": "VARCHAR", "event_type": "VARCHAR", "window_start": "TIMESTAMPTZ",
        "events": "BIGINT"})
    compare(db, "hourly counts",
            f"SELECT user_tier, event_type, {start} AS w, count(*) FROM enriched WHERE {ok} "
            f"GROUP BY ALL",
            "SELECT user_tier, event_type, epoch_us(window_start), events FROM out_hours")


NOTHING = (2**63, "")  # later than any (event time, text)


def find_sessions(rows):
    """Sessions of one user's rows in order of arrival: rule by rule as the language defines them."""
    open_sessions, closed = [], []
    for t, stamp, kind, device, browser, tier, amount, quantity in rows:
        if stamp is not None:
            over = [s for s in open_sessions
                    if s["end"] + SESSION_GAP_US + SESSION_LATENESS_US <= stamp]
            if over:
                closed += over
                open_sessions = [s for s in open_sessions if not any(s is o for o in over)]
        near = sorted((s for s in open_sessions
                       if s["start"] - SESSION_GAP_US <= t <= s["end"] + SESSION_GAP_US
                       and max(s["end"], t) - min(s["start"], t) <= SESSION_MAX_US),
                      key=lambda s: s["start"])
        if not near:
            if stamp is not None and t + SESSION_GAP_US + SESSION_LATENESS_US <= stamp:
                continue
            session = {"start": t, "end": t, "device": NOTHING, "browser": NOTHING,
                       "tier": "unknown",
                       "page_view": 0, "product_view": 0, "search": 0, "add_to_cart": 0,
                       "purchase": 0, "items": 0, "spent": 0}
            open_sessions.append(session)
        else:
            session = near[0]
            for other in near[1:]:
                for name in ("page_view", "product_view", "search", "add_to_cart", "purchase",
                             "items", "spent"):
                    session[name] += other[name]
                session["device"] = min(session["device"], other["device"])
                session["browser"] = min(session["browser"], other["browser"])
                session["tier"] = other["tier"]
                session["end"] = max(session["end"], other["end"])
                open_sessions.remove(other)
            session["start"] = min(session["start"], t)
            session["end"] = max(session["end"], t)
        # The first by event time that says anything.
        if device:
            session["device"] = min(session["device"], (t, device))
        if browser:
            session["browser"] = min(session["browser"], (t, browser))
        if tier != "unknown":
            session["tier"] = tier
        if kind in session:
            session[kind] += 1
        if kind == "purchase":
            session["items"] += quantity
            session["spent"] += amount
    return closed + open_sessions


def load_sessions(db, root):
    """The table `sessions`: one user after the other, each row by row."""
    rows = db.execute("""SELECT user_id, t, stamp, event_type, device_type, browser, user_tier,
        amount, quantity FROM enriched ORDER BY user_id, n""")
    staged = root / "expected_sessions.jsonl"
    with staged.open("w") as out:
        def close(user, mine):
            for s in find_sessions(mine):
                out.write(json.dumps((
                    user, s["tier"], s["start"], s["end"], (s["end"] - s["start"]) // MINUTE_US,
                    s["page_view"], s["product_view"], s["search"], s["add_to_cart"],
                    s["purchase"], str(s["spent"]), s["items"], s["device"][1],
                    s["browser"][1])) + "\n")

        user, mine = None, []
        while chunk := rows.fetchmany(50_000):
            for row in chunk:
                if row[0] != user:
                    close(user, mine)
                    user, mine = row[0], []
                mine.append(row[1:])
        close(user, mine)
    db.execute("""CREATE TABLE sessions (user_id VARCHAR, tier VARCHAR, s BIGINT, e BIGINT,
        minutes BIGINT, pv BIGINT, pr BIGINT, se BIGINT, ac BIGINT, pu BIGINT,
        spent DECIMAL(18, 2), items BIGINT, device VARCHAR, browser VARCHAR)""")
    db.execute(f"""INSERT INTO sessions SELECT j[1], j[2], j[3]::BIGINT, j[4]::BIGINT,
        j[5]::BIGINT, j[6]::BIGINT, j[7]::BIGINT, j[8]::BIGINT, j[9]::BIGINT, j[10]::BIGINT,
        j[11]::DECIMAL(18, 2), j[12]::BIGINT, j[13], j[14] FROM (SELECT json::VARCHAR[] AS j
        FROM read_json('{staged}', records = false, columns = {{'json': 'VARCHAR[]'}},
        format = 'newline_delimited'))""")
    staged.unlink()


def check_sessions(db, root):
    read_output(db, "out_sessions", root / "store" / "user_sessions_realtime", {
        "session_id": "VARCHAR", "user_id": "VARCHAR", "user_tier": "VARCHAR",
        "session_start": "TIMESTAMPTZ", "session_end": "TIMESTAMPTZ",
        "session_duration_minutes": "BIGINT", "page_views": "BIGINT", "product_views": "BIGINT",
        "searches": "BIGINT", "add_to_cart_events": "BIGINT", "purchases": "BIGINT",
        "total_spent": "DECIMAL(18, 2)", "items_purchased": "BIGINT", "device_type": "VARCHAR",
        "browser": "VARCHAR"})
    compare(db, "complete sessions", "SELECT * FROM sessions",
            """SELECT user_id, user_tier, epoch_us(session_start), epoch_us(session_end),
               session_duration_minutes, page_views, product_views, searches, add_to_cart_events,
               purchases, total_spent, items_purchased, device_type, browser FROM out_sessions""")


def latest(db, table, folder, columns, key):
    """A view's folder: updates by key, the last one counts."""
    read_output(db, table + "_all", folder, columns | {"_line": "BIGINT"})
    files = sorted(folder.glob("*.jsonl")) if folder.is_dir() else []
    rows = {}
    for file in files:
        with file.open() as lines:
            for line in lines:
                row = json.loads(line)
                rows[tuple(str(row.get(k)) for k in key)] = line
    staged = folder.parent / f"{table}.latest"
    staged.write_text("".join(rows.values()))
    db.execute(f"DROP TABLE {table}_all")
    spec = "{" + ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items()) + "}"
    db.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM read_json('{staged}', columns = {spec}, "
               f"format = 'newline_delimited')")
    staged.unlink()


def check_views(db, root, folder="views"):
    """`folder`/<view>: the engine's own views, or those that the DDL derives from events."""
    kinds = (("page_views", "page_view"), ("product_views", "product_view"),
             ("searches", "search"), ("add_to_carts", "add_to_cart"),
             ("remove_from_cart", "remove_from_cart"), ("checkout_starts", "checkout_start"),
             ("purchases", "purchase"), ("logins", "login"), ("logouts", "logout"))
    day = "make_timestamp(t)::DATE"
    latest(db, "out_funnel", root / folder / "conversion_funnel",
           {"date": "DATE", "hour": "BIGINT", "user_tier": "VARCHAR"}
           | {name: "BIGINT" for name, _ in kinds}
           | {"unique_users": "BIGINT", "unique_sessions": "BIGINT"},
           ("date", "hour", "user_tier"))
    counts = ", ".join(f"count(*) FILTER (event_type = '{kind}') AS {name}"
                       for name, kind in kinds)
    names = ", ".join(name for name, _ in kinds)
    funnel = (f"SELECT {day} AS date, hour(make_timestamp(t)) AS hour, user_tier, {counts}, "
              f"count(DISTINCT user_id) AS u, count(DISTINCT session_id) AS s FROM enriched "
              f"GROUP BY ALL")
    compare(db, f"{folder} conversion_funnel", f"SELECT date, hour, user_tier, {names} FROM ({funnel})",
            f"SELECT date, hour, user_tier, {names} FROM out_funnel")
    for mine, theirs in (("u", "unique_users"), ("s", "unique_sessions")):
        compare_close(db, f"{folder} conversion_funnel {theirs} (approximate)",
                      f"SELECT e.date, e.hour, e.user_tier, e.{mine}, o.{theirs} FROM ({funnel}) e "
                      f"LEFT JOIN out_funnel o USING (date, hour, user_tier)")
    latest(db, "out_tiers", root / folder / "user_tier_performance",
           {"date": "DATE", "user_tier": "VARCHAR", "total_events": "BIGINT",
            "purchases": "BIGINT", "avg_order_value": "DECIMAL(38, 6)",
            "active_users": "BIGINT", "sessions": "BIGINT"}, ("date", "user_tier"))
    tiers = (f"SELECT {day} AS date, user_tier, count(*) AS total_events, count(*) FILTER "
             f"(event_type = 'purchase') AS purchases, "
             f"CAST(sum(amount) FILTER (event_type = 'purchase') AS DECIMAL(38, 6)) AS amount "
             f"FROM enriched GROUP BY ALL")
    compare(db, f"{folder} user_tier_performance",
            f"SELECT date, user_tier, total_events, purchases FROM ({tiers})",
            "SELECT date, user_tier, total_events, purchases FROM out_tiers")
    compare_close(db, f"{folder} user_tier_performance average order (exact to 6 digits)",
                  f"SELECT e.date, e.user_tier, e.amount::DOUBLE / e.purchases, "
                  f"o.avg_order_value::DOUBLE FROM ({tiers}) e LEFT JOIN out_tiers o "
                  f"USING (date, user_tier) WHERE e.purchases > 0", tolerance=1e-7)
    latest(db, "out_products", root / folder / "product_performance",
           {"date": "DATE", "product_id": "VARCHAR", "views": "BIGINT", "add_to_carts": "BIGINT",
            "purchases": "BIGINT", "unique_viewers": "BIGINT", "unique_sessions": "BIGINT"},
           ("date", "product_id"))
    products = (f"SELECT {day} AS date, product_id, "
                f"count(*) FILTER (event_type = 'product_view') AS views, "
                f"count(*) FILTER (event_type = 'add_to_cart') AS add_to_carts, "
                f"count(*) FILTER (event_type = 'purchase') AS purchases, "
                f"count(DISTINCT user_id) AS u, count(DISTINCT session_id) AS s "
                f"FROM enriched WHERE product_id IS NOT NULL GROUP BY ALL")
    compare(db, f"{folder} product_performance",
            f"SELECT date, product_id, views, add_to_carts, purchases FROM ({products})",
            "SELECT date, product_id, views, add_to_carts, purchases FROM out_products")
    for mine, theirs in (("u", "unique_viewers"), ("s", "unique_sessions")):
        compare_close(db, f"{folder} product_performance {theirs} (approximate)",
                      f"SELECT e.date, e.product_id, e.{mine}, o.{theirs} FROM ({products}) e "
                      f"LEFT JOIN out_products o USING (date, product_id)")


TRANSACTION = {  # in schema order: a good value
    "transaction_id": ("VARCHAR", UUID), "user_id": ("VARCHAR", UUID),
    "product_id": ("VARCHAR", UUID), "quantity": ("number", r"'^\d+$'"),
    "unit_price": ("number", r"'^-?\d+(\.\d{1,2})?$'"),
    "total_amount": ("number", r"'^-?\d+(\.\d{1,2})?$'"),
    "discount_amount": ("number", r"'^-?\d+(\.\d{1,2})?$'"),
    "tax_amount": ("number", r"'^-?\d+(\.\d{1,2})?$'"), "status": ("VARCHAR", "'.*'"),
    "payment_method": ("VARCHAR", "'.*'"), "created_at": ("VARCHAR", TIME)}


def good_transaction(name):
    kind, pattern = TRANSACTION[name]
    kinds = "('BIGINT', 'UBIGINT', 'DOUBLE')" if kind == "number" else "('VARCHAR')"
    return (f"coalesce(json_type(line, '$.{name}') IN {kinds} AND regexp_full_match("
            f"json_extract_string(line, '$.{name}'), {pattern}), false)")


def check_transactions(db, root):
    """The table of transactions: valid by schema and rules, the first of each id, with its tier."""
    if not (root / "store" / "transactions_realtime").is_dir():
        return
    load_lines(db, "transaction_lines", root, "transactions", temporary="TEMP")
    text = {name: f"json_extract_string(line, '$.{name}')" for name in TRANSACTION}
    ids = ", ".join(f"lower({text[name]}) AS {name}"
                    for name in ("transaction_id", "user_id", "product_id"))
    money = ", ".join(f"{text[name]}::DECIMAL(10, 2) AS {name}" for name in (
        "unit_price", "total_amount", "discount_amount", "tax_amount"))
    db.execute(f"""
        CREATE TEMP TABLE expected_transactions AS SELECT t.* EXCLUDE n, coalesce(u.tier, 'unknown')
        FROM (
          SELECT n, {ids}, {text["quantity"]}::BIGINT AS quantity, {money},
            {text["status"]} AS status, {text["payment_method"]} AS payment_method,
            epoch_us({text["created_at"]}::TIMESTAMPTZ) AS created_at
          FROM (SELECT n, line FROM transaction_lines WHERE json_valid(line))
          WHERE json_type(line) = 'OBJECT' AND {" AND ".join(map(good_transaction, TRANSACTION))}
        ) t LEFT JOIN users u ON t.user_id = u.user_id
        WHERE quantity > 0 AND unit_price > 0 AND abs(total_amount
          - (quantity * unit_price - discount_amount + tax_amount)) <= 0.01
        QUALIFY row_number() OVER (PARTITION BY transaction_id ORDER BY n) = 1""")
    kinds = {name: "VARCHAR" for name in TRANSACTION} | {
        "quantity": "BIGINT", "created_at": "TIMESTAMPTZ", "user_tier": "VARCHAR"} | {
        name: "DECIMAL(10, 2)" for name in (
            "unit_price", "total_amount", "discount_amount", "tax_amount")}
    read_output(db, "out_transactions", root / "store" / "transactions_realtime", kinds)
    compare(db, "transactions", "SELECT * FROM expected_transactions",
            """SELECT transaction_id, user_id, product_id, quantity, unit_price, total_amount,
               discount_amount, tax_amount, status, payment_method, epoch_us(created_at), user_tier
               FROM out_transactions""")


def check_ddl_views(db, root):
    if (root / "ddl_views").is_dir():
        check_views(db, root, "ddl_views")


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
