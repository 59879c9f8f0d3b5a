#!/usr/bin/env python3
"""Bad records become dead letters, are listed, shown, mended and replayed, each once."""

import argparse
import fcntl
import json
import shutil
import tempfile

from flow_process import Flowc, same

FLOW = """pipeline shop {
  errors -> rejected
}

use std.errors.{DeadLetter}

param run = "0"

schema Order {
  id: int64
  amount: AMOUNT
  note: string where length(value) < 200_000
}

source orders: Order
  from SOURCE
  on error -> rejected

stream rejected: DeadLetter

sink dead
  to DEAD
  pii clear "replay needs the bytes"
  on error fail

sink good
  to file(path: f"good{$run}")
  on error fail

from orders
  |> select id, amount
  |> into good

from rejected |> into dead
"""

FEED = """pipeline feed

schema Line {
  line: bytes
}

source lines: Line
  from file(path: "feed")
  format raw
  on error fail

sink topic
  to log(topic: "orders", partitions: 3)
  format raw
  on error fail

from lines |> into topic
"""

GOOD = [{"id": n, "amount": n * 10} for n in range(50)]
BAD = [{"id": 100 + n, "amount": f"{n}.50"} for n in range(5)]


def order(row, note="n"):
    return json.dumps({**row, "note": note}) + "\n"


def make(flowc, source, dead):
    """Two versions of the pipeline: the first refuses amounts with cents."""
    text = FLOW.replace("SOURCE", source).replace("DEAD", dead)
    flowc.write("shop.flow", text.replace("AMOUNT", "int64"))
    flowc.write("mended.flow", text.replace("AMOUNT", "decimal(12, 2)"))


def ids(flowc, pattern):
    return sorted(row["id"] for row in flowc.rows(pattern))


def replay_is_once(flowc, new_ids):
    """From bad rows to rows: dry run, replay, a second replay, and a third after new dead letters."""
    listed = json.loads(flowc.run("dlq", "ls", "shop.flow", "--json").stdout)
    same(listed["count"], 8, "dead letters")
    groups = {group["reason"]: group["count"] for group in listed["groups"]}
    same(sorted(groups.values()), [1, 1, 1, 5], "groups of reasons")
    table = flowc.run("dlq", "ls", "shop.flow").stdout
    if "orders/decode" not in table or "8 dead letters" not in table:
        raise AssertionError(table)

    # Nothing passes the old schema: all stay, and the exit code says so.
    told = json.loads(flowc.run("dlq", "replay", "shop.flow", "--json", expect=1).stdout)
    same((told["sent"], sum(told["still_refused"].values()), sum(told["not_replayable"].values())),
         (0, 7, 1), "replay without a mend")

    told = json.loads(flowc.run("dlq", "replay", "mended.flow", "--dry-run", "--json",
                                expect=1).stdout)
    same((told["sent"], told["dry_run"]), (5, True), "dry run")
    told = json.loads(flowc.run("dlq", "replay", "mended.flow", "--reason", "amount",
                                "--json").stdout)
    same((told["sent"], told["sent_to"]), (5, {"orders": 5}), "replay")
    told = json.loads(flowc.run("dlq", "replay", "mended.flow", "--reason", "amount",
                                "--json").stdout)
    same((told["sent"], told["sent_before"]), (0, 5), "second replay")

    flowc.run("run", "mended.flow", "--param", "run=1", "--quiet", "--workers", 2)
    # The run began at the start of its input, where the records still are as well.
    found = ids(flowc, "good1/*.jsonl")
    same(sorted(set(found)), sorted([row["id"] for row in GOOD] + new_ids), "rows after the mend")
    for one in new_ids:
        same(found.count(one), 2, f"order {one}: as it was and as replayed")


def what_is_shown(flowc):
    shown = flowc.run("dlq", "show", "shop.flow", "--limit", 100).stdout
    for wanted in ("source orders, partition", "payload (", "no text, shown in base64",
                   "the first 65,536 of them", "field amount:"):
        if wanted not in shown:
            raise AssertionError(f"{wanted!r} is not in\n{shown[:3000]}")
    letters = [json.loads(line) for line in
               flowc.run("dlq", "show", "shop.flow", "--json", "--limit", 100).stdout.splitlines()]
    same(len(letters), 8, "letters shown")
    amounts = [letter for letter in letters if letter["reason"].startswith("amount")]
    same(sorted(json.loads(letter["payload"])["id"] for letter in amounts),
         [row["id"] for row in BAD], "their payloads")
    same(sorted(letter["why_not"] for letter in letters if not letter["replayable"]),
         ["the record was longer than what a dead letter keeps"], "letters without their bytes")
    some = flowc.run("dlq", "show", "shop.flow", "--limit", 2)
    if "there are more than 2" not in some.stderr or some.stdout.count("payload (") != 2:
        raise AssertionError(some.stderr + some.stdout)


def bad_lines():
    lines = [order(row).encode() for row in GOOD + BAD]
    lines.append(b'{"id": 1, "amount": 1, "note": "\xff\xfe"}\n')  # no UTF-8
    lines.append(b'{"id": 2, "amount"\n')
    lines.append(order({"id": 3, "amount": 1}, "y" * 300_000).encode())
    return b"".join(lines)


def files(flowc):
    """Source and dead letters are folders of files."""
    make(flowc, 'file(path: "orders")', 'file(path: "dead")')
    told = flowc.run("dlq", "ls", "shop.flow")
    if "no dead letters" not in told.stderr:
        raise AssertionError(told.stderr)
    flowc.write("orders/1.jsonl", bad_lines())
    flowc.run("run", "shop.flow", "--quiet", "--workers", 2)
    same(ids(flowc, "good0/*.jsonl"), [row["id"] for row in GOOD], "good rows")
    what_is_shown(flowc)
    replay_is_once(flowc, [row["id"] for row in BAD])


def logs(flowc):
    """The same over topics of the embedded log."""
    make(flowc, 'log(topic: "orders", end: "latest")', 'log(topic: "dead")')
    flowc.write("feed.flow", FEED)
    flowc.write("feed/1.jsonl", bad_lines())
    flowc.run("run", "feed.flow", "--quiet")
    flowc.run("run", "shop.flow", "--quiet", "--workers", 2)
    same(ids(flowc, "good0/*.jsonl"), [row["id"] for row in GOOD], "good rows")
    what_is_shown(flowc)
    # While another process writes the topic nothing is sent, and nothing counts as sent.
    with open(flowc.folder / "data/log/orders/lock", "r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = flowc.run("dlq", "replay", "mended.flow", expect=1).stderr
        if "another process writes data/log/orders" not in told:
            raise AssertionError(told)
    replay_is_once(flowc, [row["id"] for row in BAD])
    # The second run met the records that are no orders again. They are the same: known by place.
    listed = json.loads(flowc.run("dlq", "ls", "mended.flow", "--json").stdout)
    same(listed["count"], 8 + 3, "dead letters after the second run")
    told = json.loads(flowc.run("dlq", "replay", "mended.flow", "--force", "--json",
                                expect=1).stdout)
    same((told["sent"], told["sent_before"]), (2, 7), "each record once, forced")


def envelopes(flowc):
    """letters by payload: (kind, envelope)"""
    shown = flowc.run("dlq", "show", "shop.flow", "--json", "--limit", 100).stdout
    letters = [json.loads(line) for line in shown.splitlines()]
    return sorted((letter["payload"], letter["payload_kind"], json.dumps(letter["envelope"]))
                  for letter in letters)


def keys_and_headers(flowc):
    """What a record had beside its bytes is in the letter and goes back; topics made anew differ."""
    make(flowc, 'log(topic: "orders", end: "latest")', 'file(path: "dead")')
    flowc.write("feed.flow", FEED)
    flowc.write("feed/1.jsonl", "".join(order(row) for row in BAD[:3]))
    flowc.run("run", "feed.flow", "--quiet")
    flowc.run("run", "shop.flow", "--quiet")
    same([envelope for _, _, envelope in envelopes(flowc)], ["null"] * 3, "records without")

    # As if they had come with a key, with headers, and one without a value.
    letters = [json.loads(line) for path in sorted((flowc.folder / "dead").glob("*.jsonl"))
               for line in path.read_text().splitlines()]
    letters[0]["envelope"] = {"key": "k0"}
    letters[1]["envelope"] = {"key_base64": "/w==", "headers": [
        {"name": "trace", "value": "t1"}, {"name": "raw", "value_base64": "/g=="}, {"name": "n"}]}
    letters[2].update({"envelope": {"key": "gone"}, "payload": "", "payload_kind": "tombstone",
                       "payload_size": 0, "payload_hash": "2d06800538d394c2"})
    for path in (flowc.folder / "dead").glob("*"):
        path.unlink()
    flowc.write("dead/1.jsonl", "".join(json.dumps(letter) + "\n" for letter in letters))
    wanted = envelopes(flowc)
    same(wanted[0][1:], ("tombstone", '{"key": "gone"}'), "the tombstone")
    told = json.loads(flowc.run("dlq", "replay", "shop.flow", "--force", "--json").stdout)
    same(told["sent"], 3, "replayed")
    (flowc.folder / "dead/1.jsonl").unlink()
    flowc.run("run", "shop.flow", "--quiet")
    again = [letter for letter in envelopes(flowc) if letter[2] != "null"]
    same(again, wanted, "letters of what was replayed")
    text = flowc.run("dlq", "show", "shop.flow", "--limit", 100).stdout
    if "a tombstone: a key without a value" not in text or '{"key":"k0"}' not in text:
        raise AssertionError(text)

    # The same bytes at the same places, in a topic made anew, are other records.
    shutil.rmtree(flowc.folder / "data/log/orders")
    shutil.rmtree(flowc.folder / "dead")
    flowc.run("run", "feed.flow", "--quiet")
    flowc.run("run", "shop.flow", "--quiet")
    told = json.loads(flowc.run("dlq", "replay", "shop.flow", "--force", "--json").stdout)
    same((told["sent"], told["sent_before"]), (3, 0), "records of the new topic")


def csv_files(flowc):
    """Files with a header line: what is put back has one too."""
    make(flowc, 'file(path: "orders", format: "csv")', 'file(path: "dead")')
    flowc.write("orders/1.csv", "note,id,amount\na,1,10\nb,2,2.50\nc,3,30\n")
    flowc.run("run", "shop.flow", "--quiet")
    same(ids(flowc, "good0/*.jsonl"), [1, 3], "good rows")
    told = json.loads(flowc.run("dlq", "replay", "mended.flow", "--json").stdout)
    same(told["sent"], 1, "replayed")
    flowc.run("run", "mended.flow", "--param", "run=1", "--quiet")
    same(ids(flowc, "good1/*.jsonl"), [1, 2, 2, 3], "rows after the mend")


def rules_again(flowc):
    """Replay asks the schema, not the rules of stages: what breaks them again is a letter again,
    of its own place, and neither lost nor doubled; what a mended rule lets through is a row."""
    make(flowc, 'log(topic: "orders", end: "latest")', 'log(topic: "dead")')
    for name, rule in (("shop.flow", "amount < 30"), ("mended.flow", "amount < 50")):
        text = (flowc.folder / name).read_text().replace("decimal(12, 2)", "int64")
        flowc.write(name, text.replace("from orders\n  |> select", "from orders\n  |> rules: validate "
                                       f"{{ cheap: {rule} }} else -> rejected\n  |> select"))
    flowc.write("feed.flow", FEED)
    flowc.write("feed/1.jsonl", "".join(order(row) for row in GOOD[:6]))  # amounts 0 to 50
    flowc.run("run", "feed.flow", "--quiet")

    def letters():
        shown = flowc.run("dlq", "show", "mended.flow", "--json", "--limit", 100).stdout
        return sorted(json.loads(json.loads(line)["payload"])["id"] for line in shown.splitlines())

    def run(flow, number):
        flowc.run("run", flow, "--quiet", "--param", f"run={number}")

    run("shop.flow", 0)
    same((ids(flowc, "good0/*.jsonl"), letters()), ([0, 1, 2], [3, 4, 5]), "the first run")
    told = json.loads(flowc.run("dlq", "replay", "mended.flow", "--json").stdout)
    same(told["sent"], 3, "the schema takes them")
    told = json.loads(flowc.run("dlq", "replay", "mended.flow", "--json").stdout)
    same((told["sent"], told["sent_before"]), (0, 3), "each once")
    # All six and the three replayed ones, of which 5 breaks the mended rule twice: as it was in the
    # topic, known as a letter already, and as replayed.
    run("mended.flow", 1)
    same(ids(flowc, "good1/*.jsonl"), [0, 1, 2, 3, 3, 4, 4], "what the mended rule lets through")
    same(letters(), [3, 4, 5, 5, 5], "what breaks it again is a letter again")
    told = json.loads(flowc.run("dlq", "replay", "mended.flow", "--json").stdout)
    same((told["sent"], told["sent_before"]), (1, 4), "the replayed record is another one, once")


def interrupted(flowc):
    """A replay that died while sending: those letters are told of, not sent twice unasked."""
    make(flowc, 'file(path: "orders")', 'file(path: "dead")')
    flowc.write("orders/1.jsonl", "".join(order(row) for row in BAD))
    flowc.run("run", "shop.flow", "--quiet")
    flowc.run("dlq", "replay", "mended.flow", "--state", "st")
    marks = flowc.folder / "st/dlq.replayed"
    lines = marks.read_text().splitlines(keepends=True)
    same(len(lines), 10, "two marks a letter")
    # As it is when the process ends before the second marks, in the middle of writing one.
    marks.write_text("".join(lines[:5]) + lines[5][:4])
    told = json.loads(flowc.run("dlq", "replay", "mended.flow", "--state", "st", "--json",
                                expect=1).stdout)
    same((told["sent"], told["uncertain"]), (0, 5), "unknown fate")
    told = json.loads(flowc.run("dlq", "replay", "mended.flow", "--state", "st", "--resend",
                                "--json").stdout)
    same(told["sent"], 5, "resent on request")


def refusals(flowc):
    """Each wrong use has an answer and an exit code."""
    generator = 'generator(model: "schema", count: 10)'
    make(flowc, 'file(path: "one.jsonl")', 'file(path: "dead")')
    flowc.write("one.jsonl", order(BAD[0]))
    flowc.run("run", "shop.flow", "--quiet")
    told = flowc.run("dlq", "replay", "mended.flow", expect=1).stdout
    if "one.jsonl is no folder" not in told:
        raise AssertionError(told)
    text = (flowc.folder / "mended.flow").read_text()
    flowc.write("made.flow", text.replace('file(path: "one.jsonl")', "generator(count: 10)"))
    told = flowc.run("dlq", "replay", "made.flow", expect=1).stdout
    if "reads from generator, which can't be written to" not in told:
        raise AssertionError(told + generator)
    flowc.write("shown.flow", text.replace('file(path: "dead")', "console()"))
    told = flowc.run("dlq", "ls", "shown.flow", expect=1).stderr
    if "can't be read back here" not in told:
        raise AssertionError(told)
    flowc.write("none.flow", 'pipeline p\nschema S { a: int64 }\nsource s: S\n'
                             '  from file(path: "one.jsonl")\n  on error fail\n'
                             'from s |> into file(path: "o")\n')
    if "no sink takes dead letters" not in flowc.run("dlq", "ls", "none.flow", expect=1).stderr:
        raise AssertionError("a pipeline without dead letters")
    flowc.run("dlq", "ls", "shop.flow", "--sink", "good", expect=2)
    flowc.run("dlq", "purge", "shop.flow", expect=2)
    flowc.run("dlq", "replay", "--help")
    if "dry-run" not in flowc.run("completion", "bash").stdout:
        raise AssertionError("completion does not know the options of dlq replay")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flowc", required=True)
    options = parser.parse_args()
    for test in (files, logs, keys_and_headers, csv_files, rules_again, interrupted, refusals):
        with tempfile.TemporaryDirectory(prefix="weir-dlq-") as folder:
            test(Flowc(options.flowc, folder))
            print(f"{test.__name__}: as it should be", flush=True)


if __name__ == "__main__":
    main()
