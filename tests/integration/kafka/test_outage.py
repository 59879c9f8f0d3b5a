#!/usr/bin/env python3
"""The broker is killed (kill -9) and started again while a run reads from it and writes to it."""

import json
import time
from collections import Counter

import harness
from harness import expect

ROWS = 200_000
RATE = 15_000


def high_watermarks(bed, topic):
    from confluent_kafka import Consumer, TopicPartition
    consumer = Consumer({"bootstrap.servers": bed.brokers, "group.id": "outage"})
    total = sum(consumer.get_watermark_offsets(TopicPartition(topic, p), timeout=30)[1]
                for p in range(4))
    consumer.close()
    return total


def restart_in_the_middle(bed):
    source, target = bed.topic(4), bed.topic(4)
    bed.run("produce.flow", topic=source, count=ROWS)
    process = bed.start("copy.flow", workers=2, from_topic=source, to_topic=target, rate=RATE)
    deadline = time.monotonic() + 60
    while high_watermarks(bed, target) < ROWS // 10:
        expect(process.poll() is None and time.monotonic() < deadline, "the copy did not begin")
        time.sleep(0.1)

    expect(bed.service("kill").returncode == 0, "the broker cannot be killed")
    killed = time.monotonic()
    time.sleep(4)  # long enough for requests to fail
    expect(process.poll() is None, "the run ended without a broker")
    up = bed.service("up", "--timeout", "240")
    expect(up.returncode == 0, up.stderr)
    away = time.monotonic() - killed
    bed.read_status()
    told, said = process.communicate(timeout=240)
    expect(process.returncode == 0, f"the run failed: {said}")

    wanted = Counter(message.value() for message in bed.consume(source))
    came = Counter(message.value() for message in bed.consume(target))
    missing = wanted - came
    expect(sum(wanted.values()) == ROWS, f"{sum(wanted.values())} rows were to be copied")
    expect(not missing, f"{sum(missing.values())} rows are lost")
    expect(set(came) <= set(wanted), "rows out of nowhere")
    outages = [line for line in said.splitlines() if "does not answer" in line]
    expect(outages, f"the outage was not logged: {said}")
    expect(len(outages) <= 8, f"logged {len(outages)} times")
    expect("answers again" in said, f"the return was not logged: {said}")
    ledger = json.loads(told)
    duplicates = sum(came.values()) - ROWS
    return (f"{ROWS} rows, broker away {away:.0f} s, lost 0, duplicates {duplicates}, "
            f"run {ledger['seconds']:.0f} s, peak {ledger['peak_rss_bytes'] >> 20} MiB")


def stop_while_away(bed):
    """SIGTERM with a broker that does not come back ends the run, says what is not delivered."""
    source, target = bed.topic(4), bed.topic(4)
    bed.run("produce.flow", topic=source, count=40_000)
    process = bed.start("copy.flow", from_topic=source, to_topic=target, rate=2000)
    deadline = time.monotonic() + 60
    while high_watermarks(bed, target) < 1000:
        expect(process.poll() is None and time.monotonic() < deadline, "the copy did not begin")
        time.sleep(0.1)
    bed.service("kill")
    try:
        time.sleep(2)
        process.terminate()
        began = time.monotonic()
        _, said = process.communicate(timeout=120)
        expect(process.returncode == 1, f"ended with {process.returncode}: {said}")
        expect("rows were not acknowledged" in said and "sink copied" in said, said)
        return f"ended after {time.monotonic() - began:.0f} s: {said.strip().splitlines()[-1]}"
    finally:
        up = bed.service("up", "--timeout", "240")
        expect(up.returncode == 0, up.stderr)


if __name__ == "__main__":
    harness.main([restart_in_the_middle, stop_while_away])
