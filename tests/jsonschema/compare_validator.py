#!/usr/bin/env python3
"""Which documents `flowc run` refuses by an imported schema, against the package `jsonschema`."""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from jsonschema import Draft7Validator, Draft202012Validator, FormatChecker

from documents import Documents

FLOW = """pipeline validate

use std.errors.{{DeadLetter}}

schema Document = jsonschema("{schema}")

source documents: Document from file(path: "documents.jsonl") on error -> refused

stream refused: DeadLetter

from documents |> into file(path: "accepted.jsonl", single: true)
from refused |> select payload, reason, errors |> into file(path: "refused.jsonl", single: true)
"""

FORMATS = FormatChecker(formats=["uuid", "ipv4", "ipv6", "date", "date-time"])


def validator_of(schema):
    old = "draft-07" in schema.get("$schema", "")
    return (Draft7Validator if old else Draft202012Validator)(schema, format_checker=FORMATS)


def beyond_reach(value):
    """What the pipeline treats otherwise on purpose (README.md)."""
    if isinstance(value, dict):
        return any(beyond_reach(inner) for inner in value.values())
    if isinstance(value, list):
        return any(beyond_reach(inner) for inner in value)
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) and not -2**63 <= value < 2**63


def make_documents(schema, seed, count):
    documents = Documents(schema, seed)
    out = []
    for i in range(count):
        document = documents.value(schema)
        if i % 3:
            document = documents.spoiled(document)
        if not beyond_reach(document):
            out.append(document)
    return out


def run_flowc(flowc, path, lines):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / path.name).write_text(path.read_text())
        (folder / "documents.jsonl").write_text("".join(line + "\n" for line in lines))
        (folder / "validate.flow").write_text(FLOW.format(schema=path.name))
        done = subprocess.run([flowc, "run", "validate.flow"], cwd=folder, capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise SystemExit(f"{path.name}: flowc run failed\n{done.stdout}{done.stderr}")
        refused = {}
        for line in (folder / "refused.jsonl").read_text().splitlines():
            letter = json.loads(line)
            refused[letter["payload"]] = letter["reason"]
        accepted = len((folder / "accepted.jsonl").read_text().splitlines())
        return refused, accepted


def compare(flowc, path, seed, count):
    schema = json.loads(path.read_text())
    validator = validator_of(schema)
    documents = make_documents(schema, seed, count)
    lines = [json.dumps(document, ensure_ascii=False) for document in documents]
    refused, accepted = run_flowc(flowc, path, lines)
    wrong, right = 0, 0
    for document, line in zip(documents, lines):
        error = next(iter(validator.iter_errors(document)), None)
        right += error is None
        if (error is not None) == (line in refused):
            continue
        wrong += 1
        if wrong <= 5:
            ours = refused.get(line, "accepted")
            theirs = "accepted" if error is None else f"{error.json_path}: {error.message[:200]}"
            print(f"{path.name}: {line}\n  flowc:     {ours}\n  validator: {theirs}")
    if accepted + sum(line in refused for line in lines) != len(lines):
        wrong += 1
        print(f"{path.name}: {len(lines)} documents, {accepted} accepted, {len(refused)} different ones refused")
    print(f"{path.name}: {len(documents)} documents, {right} right, {len(documents) - right} wrong; {wrong} verdicts differ")
    # A comparison of nothing but right (or wrong) documents would show little.
    return wrong + (right < 100) + (len(documents) - right < 100)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--flowc", required=True)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--documents", type=int, default=1500)
    given = arguments.parse_args()
    folder = Path(__file__).parent / "schemas"
    flowc = str(Path(given.flowc).resolve())
    differ = sum(compare(flowc, path, given.seed, given.documents) for path in sorted(folder.glob("*.json")))
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
