"""Sessions: a second implementation in Python, row by row."""

import json

from .comparison import compare, read_output
from .limits import MINUTE_US, SESSION_GAP_US, SESSION_LATENESS_US, SESSION_MAX_US

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
