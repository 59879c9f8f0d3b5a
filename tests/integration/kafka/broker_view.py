"""What a broker has, seen by an independent client and by the broker's own tools."""

import os
import subprocess
import time
from pathlib import Path

from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient


class Unreadable(Exception):
    pass


class BrokerView:
    def __init__(self, brokers):
        self.brokers = brokers

    def topics(self):
        return set(self.admin().list_topics(timeout=30).topics)

    def admin(self):
        return AdminClient({"bootstrap.servers": self.brokers})

    def delete(self, names):
        """Returns when they are gone."""
        if not names:
            return
        admin = self.admin()  # its requests end with it
        for answer in admin.delete_topics(list(names)).values():
            answer.result(60)
        deadline = time.monotonic() + 60
        while left := self.topics() & set(names):
            if time.monotonic() > deadline:
                raise Unreadable(f"{sorted(left)} do not go")
            time.sleep(0.1)

    def read(self, topic, isolation="read_committed", patience=30):
        """The messages that a reader of that isolation level sees, from the beginning to the
        present end; those of a partition in their order. `patience`: seconds for all."""
        ends = self.ends(topic)
        consumer = Consumer({"bootstrap.servers": self.brokers, "group.id": "check",
                             "enable.auto.commit": False, "auto.offset.reset": "error",
                             "enable.partition.eof": True, "isolation.level": isolation})
        consumer.assign([TopicPartition(topic, partition, 0) for partition in ends])
        deadline = time.monotonic() + patience
        while ends:
            if time.monotonic() > deadline:
                raise Unreadable(f"{topic}: the end is not readable with {isolation}: a "
                                 "transaction is open")
            for message in consumer.consume(5000, 0.2):
                if not message.error():
                    yield message
                elif message.error().name() != "_PARTITION_EOF":
                    raise Unreadable(str(message.error()))
                elif message.offset() >= ends.get(message.partition(), 0):
                    ends.pop(message.partition(), None)
        consumer.close()

    def ends(self, topic):
        """End of each partition that is not empty."""
        consumer = Consumer({"bootstrap.servers": self.brokers, "group.id": "ask",
                             "isolation.level": "read_uncommitted"})
        ends = {}
        for partition in consumer.list_topics(topic, 30).topics[topic].partitions:
            end = self.end_of(consumer, topic, partition)
            if end > 0:
                ends[partition] = end
        consumer.close()
        return ends

    @staticmethod
    def end_of(consumer, topic, partition):
        deadline = time.monotonic() + 30
        while True:
            try:
                return consumer.get_watermark_offsets(TopicPartition(topic, partition),
                                                      timeout=30)[1]
            except KafkaException:  # a topic that was made a moment ago
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def transactions(self):
        """State by transactional id, as Kafka's own tool tells."""
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        jars = next(cache.glob("weir/services/kafka-*/libs"))
        done = subprocess.run(
            ["java", "-cp", f"{jars}/*", "org.apache.kafka.tools.TransactionsCommand",
             "--bootstrap-server", self.brokers, "list"],
            capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise Unreadable(done.stderr)
        rows = [line.split() for line in done.stdout.splitlines()[1:]]
        return {row[0]: row[3] for row in rows if len(row) >= 4}
