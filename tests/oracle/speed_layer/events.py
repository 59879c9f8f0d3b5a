"""Enriched events, and what was refused."""

from .comparison import compare, read_output


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
