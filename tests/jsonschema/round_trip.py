#!/usr/bin/env python3
"""What `flowc schema` prints, read again: as a JSON Schema, and as the DDL of a sink."""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

IMPORT = """pipeline again {{ errors fail }}
schema {name} = jsonschema("{file}")
source rows: {name} from file(path: "rows.jsonl") on error fail
from rows |> into discard()
"""

SINK = """
sink checked to clickhouse(table: "{name}", ddl: "tables.sql") on error fail
from {name} |> into checked
"""


def run(flowc, folder, *arguments):
    done = subprocess.run([flowc, *arguments], cwd=folder, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise SystemExit(f"flowc {' '.join(arguments)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def differences(a, b, path=""):
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(set(a) | set(b)):
            yield from differences(a.get(key, "absent"), b.get(key, "absent"), f"{path}/{key}")
    elif a != b:
        yield f"{path}: {a} became {b}"


def again(flowc, folder, name, exported):
    """The export of the import of an export."""
    (folder / "exported.json").write_text(exported)
    (folder / "again.flow").write_text(IMPORT.format(name=name, file="exported.json"))
    return run(flowc, folder, "schema", "again.flow", name, "--to", "jsonschema")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--flowc", required=True)
    flowc = str(Path(arguments.parse_args().flowc).resolve())
    here = Path(__file__).parent
    failures = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "all_types.flow").write_text((here / "all_types.flow").read_text())
        sources = [("Row", run(flowc, folder, "schema", "all_types.flow", "Row", "--to", "jsonschema"))]
        for path in sorted((here / "schemas").glob("*.json")):
            sources.append((path.stem, again(flowc, folder, path.stem, path.read_text())))
        for name, first in sources:
            second = again(flowc, folder, name, first)
            found = list(differences(json.loads(first), json.loads(second)))
            for difference in found:
                print(f"{name}{difference}")
            failures += len(found)
            print(f"{name}: {len(first)} bytes of JSON Schema, {len(found)} differences after an import")
        program = (folder / "all_types.flow").read_text()
        for name in ("rows", "days"):
            (folder / "tables.sql").write_text(run(flowc, folder, "schema", "all_types.flow", name, "--to", "clickhouse"))
            (folder / "sink.flow").write_text(program + SINK.format(name=name))
            print(f"{name}: {run(flowc, folder, 'check', 'sink.flow').strip()}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
