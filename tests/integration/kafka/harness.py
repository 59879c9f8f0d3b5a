"""What the Kafka tests share: the broker, flowc, an independent client, and the list of cases."""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
import traceback
import uuid
from pathlib import Path

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

FLOWS = Path(__file__).resolve().parent / "flows"


class Failed(Exception):
    pass


def expect(condition, message):
    if not condition:
        raise Failed(message)


class Bed:
    """One case: a temporary folder, topics of its own, and ways to run flowc."""

    def __init__(self, options, folder):
        self.flowc = options.flowc.resolve()
        self.services, self.broker_dir = options.services, options.broker
        self.folder = Path(folder)
        self.started = []  # processes; those that a failed case leaves are ended
        self.read_status()

    def service(self, action, *more):
        return subprocess.run([self.services, action, "kafka", "--dir", self.broker_dir, *more],
                              capture_output=True, text=True)

    def read_status(self):
        told = self.service("status")
        expect(told.returncode == 0, f"no broker: {told.stdout}{told.stderr}")
        numbers = re.search(r"port (\d+) sasl_port (\d+) pid (\d+)", told.stdout)
        self.port, self.sasl_port, self.pid = (int(number) for number in numbers.groups())
        self.brokers = f"127.0.0.1:{self.port}"

    # --- topics ---

    def admin(self):
        return AdminClient({"bootstrap.servers": self.brokers})

    def topic(self, partitions=4, name=None, **config):
        name = name or f"t-{uuid.uuid4().hex[:10]}"
        config = {key.replace("_", "."): str(value) for key, value in config.items()}
        wanted = NewTopic(name, partitions, 1, config=config)
        admin = self.admin()  # its requests end with it
        admin.create_topics([wanted])[name].result(60)
        return name

    def produce(self, topic, messages, **config):
        """messages: dicts of value, key, partition, timestamp, headers."""
        producer = Producer({"bootstrap.servers": self.brokers, "linger.ms": 5, **config})
        problems = []
        for message in messages:
            producer.produce(topic, on_delivery=lambda e, _: problems.append(e) if e else None,
                             **message)
            producer.poll(0)
        producer.flush(60)
        expect(not problems, f"the test's own producer: {problems[:1]}")

    def consume(self, topic, group=None):
        """All messages from the beginning to the present end, by an independent client."""
        consumer = Consumer({"bootstrap.servers": self.brokers, "group.id": group or "check",
                             "enable.auto.commit": False, "auto.offset.reset": "error",
                             "enable.partition.eof": True})
        parts = consumer.list_topics(topic, 30).topics[topic].partitions
        ends = {}
        for part in parts:
            low, high = consumer.get_watermark_offsets(TopicPartition(topic, part), timeout=30)
            if high > low:
                ends[part] = high
        consumer.assign([TopicPartition(topic, part, 0) for part in ends])
        messages, deadline = [], time.monotonic() + 60
        while ends:
            expect(time.monotonic() < deadline, f"the test's own consumer: {topic} did not end")
            message = consumer.poll(1)
            if message is None:
                continue
            if message.error():
                if message.error().name() == "_PARTITION_EOF":
                    ends.pop(message.partition(), None)
                    continue
                raise Failed(str(message.error()))
            messages.append(message)
        consumer.close()
        return messages

    def committed(self, group, topic, partitions):
        consumer = Consumer({"bootstrap.servers": self.brokers, "group.id": group})
        answer = consumer.committed([TopicPartition(topic, p) for p in range(partitions)], 30)
        consumer.close()
        return {part.partition: part.offset for part in answer}

    # --- flowc ---

    def command(self, flow, workers=1, **params):
        values = {"brokers": self.brokers, **params}
        command = [self.flowc, "run", FLOWS / flow, "--workers", workers, "--json"]
        for key, value in values.items():
            command += ["--param", f"{key}={value}"]
        return [str(part) for part in command]

    def run(self, flow, workers=1, fails=False, timeout=120, **params):
        """Runs a flow in the folder. Returns its summary, or with `fails` what it said."""
        done = subprocess.run(self.command(flow, workers, **params), cwd=self.folder,
                              capture_output=True, text=True, timeout=timeout)
        if fails:
            expect(done.returncode == 1, f"{flow} ended with {done.returncode}: {done.stderr}")
            return done.stdout + done.stderr
        expect(done.returncode == 0, f"{flow} ended with {done.returncode}\n{done.stderr}")
        self.said = done.stderr
        return json.loads(done.stdout)

    def start(self, flow, workers=1, **params):
        return subprocess.Popen(self.command(flow, workers, **params), cwd=self.folder,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def lines(self, name):
        return (self.folder / name).read_text(encoding="utf-8").splitlines()

    def rows(self, name):
        return [json.loads(line) for line in self.lines(name)]


def main(cases):
    parser = argparse.ArgumentParser()
    parser.add_argument("--flowc", required=True, type=Path)
    parser.add_argument("--services", required=True)
    parser.add_argument("--broker", required=True, help="--dir of the running broker")
    parser.add_argument("names", nargs="*", help="of cases; default all")
    options = parser.parse_args()
    failed = 0
    for case in cases:
        if options.names and case.__name__ not in options.names:
            continue
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="weir-kafka-") as folder:
            bed = Bed(options, folder)
            try:
                told = case(bed)
                print(f"ok {case.__name__} ({time.monotonic() - began:.1f} s)"
                      f"{': ' + told if told else ''}", flush=True)
            except Exception as problem:  # a case that breaks must not hide the others
                failed += 1
                print(f"FAILED {case.__name__}: {problem}", flush=True)
                if not isinstance(problem, Failed):
                    traceback.print_exc()
            finally:
                for process in bed.started:
                    if process.poll() is None:
                        process.kill()
                        process.wait()
    sys.exit(1 if failed else 0)
