#!/usr/bin/env python3
"""What is wrong is refused with a message that names the option and the fix."""

import os
import socket
import subprocess

import harness
from harness import FLOWS, expect


def says(text, *parts):
    for part in parts:
        expect(part in text, f"`{part}` is not in: {text}")


def absent_broker(bed):
    with socket.socket() as taken:  # bound and not listening: nobody can answer there
        taken.bind(("127.0.0.1", 0))
        brokers = f"127.0.0.1:{taken.getsockname()[1]}"
        told = bed.run("consume.flow", fails=True, brokers=brokers, topic="t")
        says(told, brokers, "brokers", "Connection refused", "deploy/dev/services up kafka")
        says(bed.run("produce.flow", fails=True, brokers=brokers, topic="t"), brokers, "brokers")
    told = bed.run("consume.flow", fails=True, brokers="no-such-host.invalid:9092", topic="t")
    says(told, "no-such-host.invalid", "brokers")
    # A port of 17 bits would reach another port, and nothing at all be waited for without end.
    for brokers, why in (("127.0.0.1:75124", "has no port from 1 to 65535"), (",", "empty entry")):
        for flow in ("consume.flow", "produce.flow"):
            says(bed.run(flow, fails=True, brokers=brokers, topic="t"), "brokers", why, "host:9092")


def missing_topic(bed):
    topic = bed.topic(1)
    told = bed.run("consume.flow", fails=True, topic=topic[:-1])
    says(told, "topic", f'"{topic[:-1]}"', f'did you mean "{topic}"?')
    told = bed.run("copy.flow", fails=True, from_topic="nowhere", to_topic=topic)
    says(told, 'no topic "nowhere"')
    (bed.folder / "rows.jsonl").write_text("")
    told = bed.run("refused.flow", fails=True, topic="nowhere")
    says(told, 'no topic "nowhere"', "partitions")
    names = bed.admin().list_topics(timeout=30).topics
    expect("nowhere" not in names and topic[:-1] not in names, "a topic was made by asking for it")


def bad_options(bed):
    topic = bed.topic(1)
    says(bed.run("consume.flow", fails=True, topic=topic, start="yesterday"), "start",
         '"yesterday"', "earliest")
    says(bed.run("consume.flow", fails=True, topic=f"{topic},{topic}"), "named twice")
    says(bed.run("consume.flow", fails=True, topic=f"{topic},"), "topic", "empty name")
    says(bed.run("produce.flow", fails=True, topic=topic, compression="brotli"), "brotli")
    flow = bed.folder / "codec.flow"
    flow.write_text((FLOWS / "copy.flow").read_text().replace(
        "partitions: 4", 'partitions: 4, compression: "brotli"'))
    told = subprocess.run([bed.flowc, "check", flow], capture_output=True, text=True)
    expect(told.returncode == 1, "an unknown codec passes the check")
    says(told.stdout + told.stderr, "brotli", "zstd")


def keyless_rows_of_a_compacted_topic(bed):
    topic = bed.topic(1, cleanup_policy="compact")
    (bed.folder / "rows.jsonl").write_text("")
    says(bed.run("refused.flow", fails=True, topic=topic), "compacted", "key")


def logins(bed):
    topic = bed.topic(1)
    bed.produce(topic, [{"value": b'{"id": 1}'}])
    at = f"127.0.0.1:{bed.sasl_port}"
    for mechanism in ("PLAIN", "SCRAM-SHA-512"):
        os.environ["KAFKA_PASSWORD"] = "weir-dev"
        bed.run("login.flow", brokers=at, topic=topic, mechanism=mechanism)
        expect(bed.rows("got.jsonl") == [{"id": 1}], f"{mechanism}: no row")
        os.environ["KAFKA_PASSWORD"] = "wrong"
        told = bed.run("login.flow", fails=True, brokers=at, topic=topic, mechanism=mechanism)
        says(told, "refuses the login", "password", at)
        expect("wrong" not in told, "a secret in a message")
    says(bed.run("login.flow", fails=True, topic=topic), "security", bed.brokers)


if __name__ == "__main__":
    harness.main([absent_broker, missing_topic, bad_options, keyless_rows_of_a_compacted_topic,
                  logins])
