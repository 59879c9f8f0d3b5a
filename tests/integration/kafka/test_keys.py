#!/usr/bin/env python3
"""Keys, partitions, headers, deletes and refused rows, as another client and the Java client see
them."""

import json
import subprocess
import time
from pathlib import Path

import harness
from harness import expect

NAMES = ["", "a", "ab", "abc", "abcd", "user_1", "ключ", "日本", "x" * 300, "tab\\there", "42"]


def partitions_of_the_java_client(bed, topic, keys):
    """What Kafka's own console producer does with the same keys."""
    bed.topic(7, name=topic)
    cache = Path(subprocess.run(["bash", "-c", "echo ${XDG_CACHE_HOME:-$HOME/.cache}"],
                                capture_output=True, text=True).stdout.strip())
    text = "".join(f"{key}\tv\n" for key in keys)
    done = subprocess.run(
        ["java", "-cp", str(next(cache.glob("weir/services/kafka-*/libs"))) + "/*",
         "kafka.tools.ConsoleProducer", "--bootstrap-server", bed.brokers, "--topic",
         topic, "--property", "parse.key=true", "--property", "key.separator=\t"],
        input=text, capture_output=True, text=True, timeout=120)
    expect(done.returncode == 0, done.stderr)
    return {message.key().decode(): message.partition() for message in bed.consume(topic)}


def same_partitions_as_java(bed):
    one, two = bed.topic(7), bed.topic(7)
    rows = [{"name": name, "number": i if i % 3 else None} for i, name in enumerate(NAMES)]
    rows += [{"name": f"user_{i}", "number": i} for i in range(300)]
    (bed.folder / "rows.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    bed.run("keys.flow", workers=2, one=one, two=two)

    by_name = {m.key().decode(): m.partition() for m in bed.consume(one)}
    expect(set(by_name) == {r["name"] for r in rows}, "a key of one column is its plain text")
    java = partitions_of_the_java_client(bed, one + "-java", by_name)
    expect(by_name == java, "the Java client puts these keys elsewhere: "
           f"{[k for k in by_name if by_name[k] != java.get(k)][:5]}")

    arrays = {json.dumps([r["name"], r["number"]], ensure_ascii=False, separators=(",", ":"))
              for r in rows}
    by_both = {m.key().decode(): m.partition() for m in bed.consume(two)}
    expect(set(by_both) == arrays, f"{sorted(set(by_both) ^ arrays)[:4]}")
    java = partitions_of_the_java_client(bed, two + "-java", by_both)
    expect(by_both == java, "the Java client puts arrays elsewhere")
    return f"{len(by_name)} + {len(by_both)} keys"


def deletes_and_headers(bed):
    """A delete of an upsert stream has a key and no value; a late row names its stage."""
    topic, late = bed.topic(1), bed.topic(1)
    rows = bed.folder / "rows.jsonl"
    rows.write_text("")
    process = bed.start("sessions.flow", topic=topic, late_topic=late)
    # Each row is shown before the next one comes: updates in between would be combined.
    for count, (time_of_day, where) in enumerate((
            ("00:00:40", topic), ("00:00:56", topic), ("00:00:48", topic), ("00:02:00", topic),
            ("00:00:10", late))):
        before = len(bed.consume(where))
        with rows.open("a") as file:
            file.write(json.dumps({"k": "a", "at": f"2026-01-01T{time_of_day}Z"}) + "\n")
        deadline = time.monotonic() + 30
        while len(bed.consume(where)) == before:
            expect(process.poll() is None, "the run ended")
            expect(time.monotonic() < deadline, f"row {count} is not shown")
    process.terminate()
    _, said = process.communicate(timeout=60)
    expect(process.returncode == 0, said)
    state = {}
    messages = bed.consume(topic)
    for message in messages:
        state[message.key().decode()] = message.value()
    deleted = [key for key, value in state.items() if value is None]
    expect(deleted == ['["a","2026-01-01T00:00:56.000000Z"]'], f"{state}")
    kept = sorted((json.loads(v)["start"], json.loads(v)["n"]) for v in state.values() if v)
    expect(kept == [("2026-01-01T00:00:40.000000Z", 3), ("2026-01-01T00:02:00.000000Z", 1)],
           f"{kept}")
    expect(all(message.headers() is None for message in messages), "headers out of nowhere")
    (message,) = bed.consume(late)
    expect(message.headers() == [("weir-routed-from", b"sessions/s")], f"{message.headers()}")
    expect(message.key() == b"a", f"{message.key()}")


def refused_rows(bed):
    """Rows that the topic will never take go the error route; the others arrive."""
    topic = bed.topic(1, max_message_bytes=2000)
    (bed.folder / "rows.jsonl").write_text("".join(
        json.dumps({"id": i, "text": "x" * (4000 if i % 10 == 3 else 10)}) + "\n"
        for i in range(50)))
    bed.run("refused.flow", topic=topic)
    got = sorted(json.loads(m.value())["id"] for m in bed.consume(topic))
    refused = bed.rows("refused.jsonl")
    wanted = [3, 13, 23, 33, 43]
    expect(sorted(r["row"]["id"] for r in refused) == wanted, f"{refused}")
    expect(got == [i for i in range(50) if i not in wanted], f"{got}")
    expect(all("max.message.bytes" in r["message"] for r in refused), f"{refused[0]}")


if __name__ == "__main__":
    harness.main([same_partitions_as_java, deletes_and_headers, refused_rows])
