"""The raw lines as tables: `bad_lines`, `stamped` (rows with their watermark), `enriched`."""

from .event_fields import AMOUNT, FIELDS, PATHS, QUANTITY, value
from .limits import LAG_US, STEP_US


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
                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) - {LAG_US}) / {STEP_US})
            AS BIGINT) * {STEP_US} AS stamp,
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
