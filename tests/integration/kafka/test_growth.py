#!/usr/bin/env python3
"""Partitions that a topic gets while it is read: this run says so, the next one reads them."""

import json
import time

import harness
from harness import expect


def read_until(stream, text, seconds):
    """The line of stderr that has the text."""
    deadline = time.monotonic() + seconds
    said = []
    while time.monotonic() < deadline:
        line = stream.readline()
        expect(line, f"the run ended: {''.join(said)}")
        said.append(line)
        if text in line:
            return line
    raise harness.Failed(f"`{text}` did not come: {''.join(said)}")


def ids(bed):
    files = (bed.folder / "got").glob("*.jsonl")
    return sorted(json.loads(line)["id"] for file in files for line in file.read_text().splitlines())


def record(number, partition):
    row = {"id": number, "user": "a", "amount": 1.5, "at": "2026-01-31T12:00:00Z"}
    return {"value": json.dumps(row).encode(), "partition": partition}


def new_partitions(bed):
    from confluent_kafka.admin import NewPartitions
    topic = bed.topic(1)
    bed.produce(topic, [record(1, 0)])
    process = bed.start("follow.flow", topic=topic)
    try:
        deadline = time.monotonic() + 60
        while ids(bed) != [1]:
            expect(process.poll() is None and time.monotonic() < deadline, "the run did not begin")
            time.sleep(0.1)
        admin = bed.admin()
        admin.create_partitions([NewPartitions(topic, 3)])[topic].result(60)
        line = read_until(process.stderr, "partitions now", 60)
        for part in ("source rows", f'"{topic}" has 3 partitions now', "the 1 that",
                     "start it again"):
            expect(part in line, f"`{part}` is not in: {line}")
        bed.produce(topic, [record(2, 2)])
        bed.produce(topic, [record(3, 0)])
        deadline = time.monotonic() + 60
        while ids(bed) != [1, 3]:
            expect(time.monotonic() < deadline, f"{ids(bed)} after a minute")
            time.sleep(0.1)
    finally:
        process.terminate()
        _, said = process.communicate(timeout=60)
    expect(process.returncode == 0, f"ended with {process.returncode}: {said}")
    bed.run("consume.flow", topic=topic)
    expect(sorted(row["id"] for row in bed.rows("got.jsonl")) == [1, 2, 3],
           f"the next run read {bed.rows('got.jsonl')}")


if __name__ == "__main__":
    harness.main([new_partitions])
