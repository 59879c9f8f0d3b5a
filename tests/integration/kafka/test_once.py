#!/usr/bin/env python3
"""Exactly once with --state: kill -9 of the run, of the broker, and starts that must be refused.

WEIR_KAFKA_CRASHES: how often the run is killed (20 is the evidence, CI takes fewer)."""

import json
import os
import random
import shutil
import subprocess
import time
from collections import Counter, defaultdict

import harness
from broker_view import BrokerView
from harness import expect

CRASHES = int(os.environ.get("WEIR_KAFKA_CRASHES", "6"))
RATE = 4000


def fill(bed, topic, first, count):
    """Rows of many users; the ids of each rise."""
    bed.produce(topic, [{"value": json.dumps({"id": i, "user": f"u{i % 500}"}).encode(),
                         "key": f"u{i % 500}".encode()} for i in range(first, first + count)])


# Of the sink `copied` of the pipeline `once`.
PROGRESS = "_weir_progress.once.copied"


def read(bed, topic, isolation):
    """What a reader of that isolation level sees, from the beginning to the present end."""
    return list(BrokerView(bed.brokers).read(topic, isolation))


def last_offset(bed, topic):
    return max((message.offset() for message in read(bed, topic, "read_committed")), default=-1)


def check_once(bed, topic, count):
    """Each row once, those of a user in order; returns how many a careless reader sees."""
    seen = read(bed, topic, "read_committed")
    ids = Counter(json.loads(message.value())["id"] for message in seen)
    missing = [i for i in range(count) if i not in ids]
    doubled = [i for i, times in ids.items() if times > 1]
    expect(not missing, f"{len(missing)} rows are lost, such as {missing[:5]}")
    expect(not doubled, f"{len(doubled)} rows came twice, such as {doubled[:5]}")
    expect(len(ids) == count, "rows out of nowhere")
    by_user = defaultdict(list)
    for message in seen:
        by_user[message.key()].append((message.partition(), json.loads(message.value())["id"]))
    for user, places in by_user.items():
        expect(len({partition for partition, _ in places}) == 1, f"{user} is in many partitions")
        expect(places == sorted(places), f"rows of {user} are out of order")
    return len(read(bed, topic, "read_uncommitted"))


def start(bed, workers=1, state="state", flow="once.flow", options=(), kill_at=None, **params):
    command = bed.command(flow, workers, **params)
    environment = {key: value for key, value in os.environ.items() if key != "WEIR_KILL_AT"}
    if kill_at:
        environment["WEIR_KILL_AT"] = kill_at
    process = subprocess.Popen(command + ["--state", state, *options], cwd=bed.folder,
                               env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True)
    bed.started.append(process)
    return process


def finish(process, code=0, timeout=180):
    told, said = process.communicate(timeout=timeout)
    expect(process.returncode == code, f"ended with {process.returncode}: {said}")
    return told, said


def forget(bed):
    """The progress topic is named by the pipeline: cases must not see each other's."""
    view = BrokerView(bed.brokers)
    view.delete(view.topics() & {PROGRESS})


def wait_for(condition, process, otherwise):
    """Until it holds, for a minute at most, while the process runs."""
    deadline = time.monotonic() + 60
    while not condition():
        if process.poll() is not None:
            expect(False, f"{otherwise}: the run ended: {process.communicate()[1]}")
        expect(time.monotonic() < deadline, otherwise)
        time.sleep(0.1)


def kill_the_run(bed):
    forget(bed)
    source, target = bed.topic(4), bed.topic(4)
    count = RATE * 2 * CRASHES
    fill(bed, source, 0, count)
    chance = random.Random(int(os.environ.get("WEIR_KAFKA_SEED", time.time_ns() % 100_000)))
    seconds, said = [], ""
    for crash in range(CRASHES):
        process = start(bed, 1 + crash % 2, rate=RATE, lanes=2, from_topic=source, to_topic=target)
        seconds.append(chance.uniform(0.3, 2.5))
        try:
            told, said = process.communicate(timeout=seconds[-1])
            expect(False, f"the run ended before crash {crash}: {told}{said}")
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
    told, _ = finish(start(bed, 2, lanes=2, from_topic=source, to_topic=target))
    uncommitted = check_once(bed, target, count)
    states = {name: state for name, state in BrokerView(bed.brokers).transactions().items()
              if name.startswith("once/copied/")}
    expect(set(states) == {"once/copied/0", "once/copied/1"}, f"transactions: {states}")
    expect(set(states.values()) == {"CompleteCommit"}, f"transactions are left: {states}")
    # The ledger is part of the checkpoints, so crashes don't disturb it either.
    books = json.loads(told)["operators"]["copied"]
    expect(books["rows_in"] == books["absorbed"] == count and books["pending"] == 0,
           f"the ledger of the sink: {books}")
    return f"{CRASHES} crashes, {count} rows once, {uncommitted} without read_committed"


def lanes_change(bed):
    """What lanes of another number have left is delivered first: a key's rows keep their order."""
    forget(bed)
    source, target = bed.topic(4), bed.topic(4)
    count = 20_000
    fill(bed, source, 0, count)
    said = ""
    for lanes in (2, 1, 2):
        process = start(bed, rate=RATE, lanes=lanes, kill_at="after-commit:6",
                        from_topic=source, to_topic=target)
        said += finish(process, code=-9)[1]
    _, last = finish(start(bed, lanes=1, from_topic=source, to_topic=target))
    check_once(bed, target, count)
    expect("waited in 2 lanes; there are 1 now" in said + last, f"nothing was drained: {said}")


def mute_until_mark(bed):
    """A start from an empty state folder sends nothing that the topic has."""
    forget(bed)
    source, target = bed.topic(4), bed.topic(4)
    fill(bed, source, 0, 3000)
    finish(start(bed, 2, lanes=2, from_topic=source, to_topic=target))
    params = {"lanes": 2, "from_topic": source, "to_topic": target}
    _, said = finish(start(bed, state="new", **params), code=1)
    for part in ("another state delivered", "--mute-until-mark", "--accept-resend"):
        expect(part in said, f"the refusal lacks {part}: {said}")
    # Killed while it reads again, then not told any more.
    finish(start(bed, state="new", options=["--mute-until-mark"], rate=2000,
                 kill_at="after-commit:3", **params), code=-9)
    told, said = finish(start(bed, state="new", **params))
    check_once(bed, target, 3000)
    books = json.loads(told)["operators"]["copied"]
    expect(books["muted"] == 3000, f"the ledger of the sink: {books}")
    expect("goes on reading again" in said, said)
    finish(start(bed, state="new", **params))
    check_once(bed, target, 3000)


def kill_the_broker(bed):
    forget(bed)
    source, target = bed.topic(4), bed.topic(4)
    count = 24_000
    fill(bed, source, 0, count)
    process = start(bed, rate=RATE, from_topic=source, to_topic=target)
    wait_for(lambda: last_offset(bed, target) > 1000, process, "no rows came")
    expect(bed.service("kill").returncode == 0, "the broker cannot be killed")
    # It is away for seconds: that long a broker takes to start.
    up = bed.service("up", "--timeout", "240")
    expect(up.returncode == 0, up.stderr)
    bed.read_status()
    finish(process)
    return f"{check_once(bed, target, count)} without read_committed"


def run_until(bed, topics, count):
    """Runs until the target has so many rows, then stops it in order."""
    process = start(bed, flow="once_on.flow", **topics)
    wait_for(lambda: len(read(bed, topics["to_topic"], "read_committed")) >= count, process,
             f"{count} rows did not come in a minute")
    process.terminate()
    finish(process)


def refused_starts(bed):
    """From empty state, from an older copy of it, twice at once."""
    forget(bed)
    source, target = bed.topic(4), bed.topic(4)
    topics = {"from_topic": source, "to_topic": target}
    fill(bed, source, 0, 1000)
    run_until(bed, topics, 1000)
    shutil.copytree(bed.folder / "state", bed.folder / "older")
    fill(bed, source, 1000, 1000)
    run_until(bed, topics, 2000)

    _, older = finish(start(bed, state="older", **topics), code=1)
    for part in ("copied", "ahead of the state", "the target has the mark of incarnation",
                 "the state folder has incarnation", "--accept-resend"):
        expect(part in older, f"`{part}` is not in: {older}")
    _, empty = finish(start(bed, state="empty", **topics), code=1)
    for part in ("another state delivered to this target", "without a checkpoint"):
        expect(part in empty, f"`{part}` is not in: {empty}")
    check_once(bed, target, 2000)
    # None of them took the lane away from the state that has delivered.
    fill(bed, source, 2000, 10)
    run_until(bed, topics, 2010)
    check_once(bed, target, 2010)
    return older.strip().splitlines()[-1]


def twice_at_once(bed):
    """A copy of the state, started while the original runs: the former owner is fenced."""
    forget(bed)
    source, target = bed.topic(4), bed.topic(4)
    topics = {"from_topic": source, "to_topic": target}
    fill(bed, source, 0, 1000)
    run_until(bed, topics, 1000)
    shutil.copytree(bed.folder / "state", bed.folder / "twin")
    claims = last_offset(bed, PROGRESS)
    first = start(bed, flow="once_on.flow", **topics)
    wait_for(lambda: last_offset(bed, PROGRESS) > claims, first, "the first start claims nothing")
    _, locked = finish(start(bed, flow="once_on.flow", **topics), code=1)
    expect(first.poll() is None, "the first start was disturbed")
    claims = last_offset(bed, PROGRESS)
    second = start(bed, state="twin", flow="once_on.flow", **topics)
    # Before that the first one could deliver more, and the second would be refused instead.
    wait_for(lambda: last_offset(bed, PROGRESS) > claims, second, "the twin did not start")
    # Rows come until the first one notices: it does when it next wants to write.
    count, deadline = 1000, time.monotonic() + 90
    while first.poll() is None and time.monotonic() < deadline:
        fill(bed, source, count, 50)
        count += 50
        time.sleep(0.5)
    _, fenced = finish(first, code=1, timeout=10)
    expect("another start of this pipeline has taken over" in fenced, f"{first.returncode}: {fenced}")
    deadline = time.monotonic() + 60
    while (there := len(read(bed, target, "read_committed"))) < count:
        if second.poll() is not None or time.monotonic() > deadline:
            second.kill()
            expect(False, f"the twin delivered {there} of {count}: {second.communicate()[1]}")
        time.sleep(0.2)
    second.terminate()
    finish(second)
    check_once(bed, target, count)
    return fenced.strip().splitlines()[-1] + " | " + locked.strip().splitlines()[-1]


def too_large(bed):
    """A row that the topic does not take is a row of the error route, once, the others arrive."""
    forget(bed)
    source, target = bed.topic(1), bed.topic(1, max_message_bytes=2000)
    rows = [{"id": i, "user": "x" * (5000 if i % 10 == 3 else 5)} for i in range(200)]
    bed.produce(source, [{"value": json.dumps(row).encode()} for row in rows])
    finish(start(bed, from_topic=source, to_topic=target))
    got = [json.loads(m.value())["id"] for m in read(bed, target, "read_committed")]
    expect(got == [row["id"] for row in rows if len(row["user"]) < 100], f"{got[:20]}")
    lines = [json.loads(line) for file in sorted((bed.folder / "refused").glob("*.jsonl"))
             for line in file.read_text().splitlines()]
    ids = sorted(json.loads(line["row"])["id"] if isinstance(line["row"], str)
                 else line["row"]["id"] for line in lines)
    expect(ids == list(range(3, 200, 10)), f"refused: {ids}")
    expect(all(line["code"] == "MSG_SIZE_TOO_LARGE" for line in lines), f"{lines[:1]}")


if __name__ == "__main__":
    harness.main([too_large, refused_starts, twice_at_once, lanes_change, mute_until_mark, kill_the_run,
                  kill_the_broker])
