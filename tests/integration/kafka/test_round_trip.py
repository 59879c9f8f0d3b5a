#!/usr/bin/env python3
"""What goes into a topic comes out of it: workers, lanes, codecs, partitions, starts and ends."""

import json
import struct
from pathlib import Path

import harness
from harness import Failed, expect

CODECS = {"none": 0, "gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}


def same_rows(bed, sent, got):
    sent, got = sorted(bed.lines(sent)), sorted(bed.lines(got))
    expect(len(sent) == len(got), f"{len(sent)} rows were sent, {len(got)} came")
    expect(sent == got, "rows differ")


def workers_and_lanes(bed):
    """file = topic = file, at several worker counts on both sides."""
    for workers in (1, 2, 7):
        topic = f"workers-{bed.folder.name}-{workers}"
        bed.run("produce.flow", workers=workers, lanes=3, topic=topic, compression="zstd")
        messages = bed.consume(topic)
        values = sorted(message.value().decode() for message in messages)
        expect(values == sorted(bed.lines("sent.jsonl")), "the independent client read other rows")
        expect({message.partition() for message in messages} == {0, 1, 2, 3}, "not all partitions")
        for message in messages[:200]:
            expect(message.key().decode() == json.loads(message.value())["user"], "wrong key")
        for readers in (1, 2, 7):
            bed.run("consume.flow", workers=readers, topic=topic)
            same_rows(bed, "sent.jsonl", "got.jsonl")


def order_of_a_key(bed):
    """Rows of a key keep their order."""
    topic = bed.topic(4)
    bed.run("produce.flow", topic=topic)
    sent, got = {}, {}
    for row in bed.rows("sent.jsonl"):
        sent.setdefault(row["user"], []).append(row)
    for message in bed.consume(topic):
        row = json.loads(message.value())
        got.setdefault(row["user"], []).append(row)
    expect(sent == got, "the order of a key's rows changed")


def codec_on_disk(bed, topic):
    """Codecs of a topic's batches, as the broker's own files have them."""
    codecs = set()
    for path in Path(bed.broker_dir, "data").glob(f"{topic}-*/*.log"):
        data, at = path.read_bytes(), 0
        while at + 61 <= len(data):
            (length,) = struct.unpack_from(">i", data, at + 8)
            if length <= 0:
                break
            (attributes,) = struct.unpack_from(">h", data, at + 21)
            codecs.add(attributes & 7)
            at += 12 + length
    return codecs


def codecs(bed):
    """Each codec, written by the sink and read by both, written by another client and read."""
    for codec, number in CODECS.items():
        topic = bed.topic(2)
        bed.run("produce.flow", topic=topic, count=3000, compression=codec)
        expect(codec_on_disk(bed, topic) == {number},
               f"{codec}: the topic's files have {codec_on_disk(bed, topic)}")
        bed.run("consume.flow", topic=topic)
        same_rows(bed, "sent.jsonl", "got.jsonl")
        other = bed.topic(2)
        bed.produce(other, [{"value": line.encode()} for line in bed.lines("sent.jsonl")],
                    **{"compression.type": codec})
        expect(codec_on_disk(bed, other) == {number}, f"{codec}: the other client's")
        bed.run("consume.flow", topic=other)
        same_rows(bed, "sent.jsonl", "got.jsonl")


def row(number, user="u"):
    return json.dumps({"id": number, "user": user, "amount": 1.5,
                       "at": "2026-01-01T00:00:00Z"}).encode()


def several_topics(bed):
    one, two = bed.topic(3), bed.topic(1)
    bed.produce(one, [{"value": row(i)} for i in range(50)])
    bed.produce(two, [{"value": row(i)} for i in range(50, 80)])
    bed.run("consume.flow", workers=2, topic=f"{one}, {two}")
    expect(sorted(r["id"] for r in bed.rows("got.jsonl")) == list(range(80)), "not all rows")


def start_time(bed):
    """A start between two records, at one, before and after all."""
    topic = bed.topic(2, retention_ms=-1)  # the records are old
    base = 1_767_225_600_000  # 2026-01-01T00:00:00Z
    bed.produce(topic, [{"value": row(i), "partition": i % 2, "timestamp": base + i * 1000}
                        for i in range(100)])
    for start, first in (("2026-01-01T00:00:40Z", 40), ("2026-01-01T00:00:40.0005Z", 41),
                         ("2025-01-01T00:00:00Z", 0), ("2026-01-01T01:00:40+01:00", 40),
                         ("2027-01-01T00:00:00Z", 100)):
        bed.run("consume.flow", topic=topic, start=start)
        got = sorted(r["id"] for r in bed.rows("got.jsonl"))
        expect(got == list(range(first, 100)), f"{start}: {got[:1]}… {len(got)} rows")
    bed.run("consume.flow", topic=topic, start="latest")
    expect(bed.lines("got.jsonl") == [], "latest to latest is nothing")


def record_time(bed):
    """ingest_time() is the record's own time."""
    topic = bed.topic(1, retention_ms=-1)
    bed.produce(topic, [{"value": b"no row", "timestamp": 1_700_000_000_123}])
    bed.run("consume.flow", topic=topic)
    (dead,) = bed.rows("dead.jsonl")
    expect(dead["ingest_time"] == "2023-11-14T22:13:20.123000Z", f"{dead['ingest_time']}")
    expect(dead["partition"] == 0 and dead["offset"] == 0, f"{dead}")


def tombstones(bed):
    """No value, an empty value and a bad one: three dead letters, and the rows around them."""
    topic = bed.topic(1)
    bed.produce(topic, [{"value": row(1)}, {"key": b"k"}, {"value": row(2)}, {"value": b""},
                        {"value": b"{"}, {"value": row(3)}])
    bed.run("consume.flow", topic=topic)
    expect([r["id"] for r in bed.rows("got.jsonl")] == [1, 2, 3], "rows are missing")
    dead = sorted((d["offset"], d["reason"]) for d in bed.rows("dead.jsonl"))
    expect([offset for offset, _ in dead] == [1, 3, 4], f"{dead}")
    expect(dead[0][1].startswith("tombstone"), f"{dead}")
    expect(not dead[1][1].startswith("tombstone"), f"{dead}")


def group_lag(bed):
    """Under the group's name the brokers know how far the source has read."""
    topic, group = bed.topic(2), f"g-{bed.folder.name}"
    bed.produce(topic, [{"value": row(i), "partition": i % 2} for i in range(11)])
    bed.run("consume.flow", topic=topic, group=group)
    expect(bed.committed(group, topic, 2) == {0: 6, 1: 5}, f"{bed.committed(group, topic, 2)}")
    bed.run("consume.flow", topic=topic, group=group)
    expect(len(bed.lines("got.jsonl")) == 11, "a run must not start from the group's offsets")


def compacted_topic(bed):
    """Holes in the offsets don't matter, nor that the last record of a partition is gone."""
    topic = bed.topic(1, cleanup_policy="compact", segment_ms=1, min_cleanable_dirty_ratio=0.001)
    for round_number in range(4):
        bed.produce(topic, [{"value": row(round_number * 10 + i), "key": f"k{i}".encode()}
                            for i in range(10)])
    bed.run("consume.flow", topic=topic)
    ids = {r["id"] for r in bed.rows("got.jsonl")}
    expect(set(range(30, 40)) <= ids, f"the last round is missing: {ids}")


def transactions(bed):
    """Records of an aborted transaction are not read; one that is committed ends the run."""
    from confluent_kafka import Producer
    topic = bed.topic(1)
    producer = Producer({"bootstrap.servers": bed.brokers, "transactional.id": topic})
    producer.init_transactions(30)
    for first, end in ((0, producer.commit_transaction), (10, producer.abort_transaction),
                       (20, producer.commit_transaction)):
        producer.begin_transaction()
        for i in range(first, first + 10):
            producer.produce(topic, row(i))
        producer.flush(30)
        end(30)
    bed.run("consume.flow", topic=topic)
    got = sorted(r["id"] for r in bed.rows("got.jsonl"))
    expect(got == list(range(10)) + list(range(20, 30)), f"{got}")


if __name__ == "__main__":
    harness.main([workers_and_lanes, order_of_a_key, codecs, several_topics, start_time,
                  record_time, tombstones, group_lag, compacted_topic, transactions])
