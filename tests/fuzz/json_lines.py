#!/usr/bin/env python3
"""Damaged JSON lines through `flowc run`: each one is a row or a dead letter, as Python's json says.

  json_lines.py --flowc build/release/bin/flowc [--lines 4000] [--seed 1]

The judge is Python: a line is good when it is UTF-8 and one JSON object without duplicate keys or
lone surrogates, whose `id` is an integer of 64 bits, `name` a string, `score` absent, null or a
number, `tags` a list of strings. What the two may see differently (a number like 1.0 for an
integer, beyond the range of a double, deeper than Python goes) is left out of the lines.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

FLOW = """pipeline lines

schema Line {
  id: int64
  name: string
  score: float64?
  tags: list<string>
}

source lines: Line
  from file(path: "lines.jsonl")
  time ingest_time() watermark none
  on error -> bad

stream bad
sink good_rows to file(path: "good.jsonl", single: true)
sink bad_rows to file(path: "bad.jsonl", single: true)
from lines |> into good_rows
from bad |> into bad_rows
"""

SEEDS = [
    b'{"id":1,"name":"a","score":0.5,"tags":["x","y"]}',
    b'{"tags":[],"name":"caf\\u00e9 \\ud83d\\ude00","id":-9223372036854775808}',
    b' { "name" : "q\\"uote\\\\" , "id" : 42 , "score" : null , "tags" : [ "z" ] , "more" : {"a":[1,{}]} } ',
    b'{"id":7,"name":"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80","tags":["t"],"deep":[[[[[[1]]]]]],"e":1e-5}',
]
PIECES = [b'"', b'\\', b'{', b'}', b'[', b']', b',', b':', b' ', b'\t', b'\r', b'null', b'true', b'-',
          b'0', b'1', b'\x00', b'\x1f', b'\x7f', b'\x80', b'\xc3', b'\xed\xa0\x80', b'\xf4\x90\x80\x80',
          b'\xef\xbb\xbf', b'\\u0000', b'\\ud800', b'\\udc00', b'\\u00', b'\\x', b'"id":2,', b'"name":"b",',
          b'"id"', b'NaN', b'Infinity', b'01', b'.5', b'5.', b'//', b'{}', b'[]', b'""']


class Duplicate(ValueError):
    pass


def damage(line, choose):
    for _ in range(choose.randint(1, 3)):
        at = choose.randint(0, len(line))
        what = choose.randrange(5)
        if what == 0:
            line = line[:at] + choose.choice(PIECES) + line[at:]
        elif what == 1:
            line = line[:at] + line[at + choose.randint(1, 8):]
        elif what == 2:
            line = line[:at] + bytes([choose.randrange(256)]) + line[at + 1:]
        elif what == 3:
            line = line[:at]
        else:
            part = line[at:at + choose.randint(1, 40)]
            to = choose.randint(0, len(line))
            line = line[:to] + part + line[to:]
    return line.replace(b"\n", b" ")


def pairs(items):
    keys = [key for key, _ in items]
    if len(set(keys)) != len(keys):
        raise Duplicate()
    return dict(items)


def refuse(name):
    raise ValueError(name)


def has_surrogate(value):
    if isinstance(value, str):
        return any(0xD800 <= ord(c) <= 0xDFFF for c in value)
    if isinstance(value, dict):
        return any(has_surrogate(k) or has_surrogate(v) for k, v in value.items())
    return isinstance(value, list) and any(has_surrogate(v) for v in value)


def judge(line):
    """True: a row. False: a dead letter. None: not for Python to say."""
    line = line[:-1] if line.endswith(b"\r") else line
    try:
        floats = []
        value = json.loads(line.decode("utf-8"), object_pairs_hook=pairs, parse_constant=refuse,
                           parse_float=lambda text: floats.append(text) or float(text))
    except (ValueError, RecursionError):
        return False
    if not isinstance(value, dict) or has_surrogate(value):
        return False
    number = value.get("id")
    if isinstance(number, float) or any(abs(float(text)) == float("inf") for text in floats):
        return None
    if type(number) is not int or not -2**63 <= number < 2**63:
        return False
    score = value.get("score")
    if type(score) is int and abs(score) >= 2**53:
        return None
    tags = value.get("tags")
    return (isinstance(value.get("name"), str) and
            (score is None or type(score) in (int, float)) and
            isinstance(tags, list) and all(isinstance(tag, str) for tag in tags))


def special_lines():
    return [b"", b"   ", b"\xef\xbb\xbf" + SEEDS[0], b"[" * 5000, b"null", b"1", b'"id"', b"{",
            b'{"id":1,"name":"' + b"x" * 3_000_000 + b'","tags":[]}',
            b'{"id":1,"name":"a","tags":[],"deep":' + b"[" * 3000 + b"]" * 3000 + b"}"]


def run(flowc, lines, folder):
    (folder / "lines.flow").write_text(FLOW)
    (folder / "lines.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    done = subprocess.run([flowc, "run", "lines.flow", "--json", "--workers", "1"], cwd=folder,
                          capture_output=True, text=True, timeout=250)
    if done.returncode != 0:
        sys.exit(f"flowc ended with {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    good = [json.loads(row)["id"] for row in (folder / "good.jsonl").read_bytes().splitlines()]
    bad = [json.loads(row)["offset"] for row in (folder / "bad.jsonl").read_bytes().splitlines()]
    return good, bad


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flowc", required=True, type=Path)
    parser.add_argument("--lines", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=20260101)
    options = parser.parse_args()
    choose = random.Random(options.seed)
    # Whole lines between show that the neighbours of a broken one pass.
    made = (choose.choice(SEEDS) if i % 3 == 0 else damage(choose.choice(SEEDS), choose)
            for i in range(options.lines))
    lines, verdicts = [], []
    for line in [*made, *special_lines()]:
        # The last two are for the engine's own limits: too long, too deep.
        verdict = False if len(line) > 2000 else judge(line)
        if verdict is None:
            continue
        lines.append(line)
        verdicts.append(verdict)
    with tempfile.TemporaryDirectory(prefix="weir-json-") as folder:
        good, bad = run(options.flowc.resolve(), lines, Path(folder))
    start, wrong = 0, []
    dead = Counter(bad)
    for line, verdict in zip(lines, verdicts):
        if dead[start] != (0 if verdict else 1):
            wrong.append((verdict, dead[start], line[:200]))
        start += len(line) + 1
    expected = [json.loads(line)["id"] for line, verdict in zip(lines, verdicts) if verdict]
    if wrong or good != expected:
        for verdict, letters, line in wrong[:10]:
            print(f"Python: {'a row' if verdict else 'broken'}, flowc: {letters} dead letters: {line!r}")
        sys.exit(f"{len(wrong)} of {len(lines)} lines differ; rows equal: {good == expected}")
    print(f"{len(lines)} lines: {len(good)} rows, {len(bad)} dead letters, as Python says")


if __name__ == "__main__":
    main()
