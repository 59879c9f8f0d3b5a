"""Rows that were written against rows that must be there."""

import json


class Mismatch(Exception):
    pass


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
    db.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM read_json('{staged}', "
               f"columns = {spec}, format = 'newline_delimited')")
    staged.unlink()
