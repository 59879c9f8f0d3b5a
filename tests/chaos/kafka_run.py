"""The speed layer from a broker into topics of that broker, the embedded store, files and logs."""

import json
import re
import sys

import outputs
from speed_layer_run import INPUTS, ORACLE, ROOT, LogRun, Source, call

sys.path.insert(0, str(ROOT / "tests" / "integration" / "kafka"))
from broker_view import BrokerView  # noqa: E402

TOPICS = ("speed-layer-dlq", "clickhouse-retry", "session-metrics", "page-view-counts", "alerts",
          "hot-activity")
TABLES = ("user_events_realtime", "transactions_realtime", "user_sessions_realtime",
          "conversion_funnel", "user_tier_performance", "product_performance",
          "conversion_funnel_mv", "user_tier_performance_mv", "product_performance_mv",
          "hot_sessions", "hot_metrics", "cache_invalidation")
# Outputs without updates, and the sinks whose books must say how many rows they have.
COUNTED = {
    "speed-layer-dlq": "dlq", "page-view-counts": "page_view_counts",
    "hot-activity": "hot_activity", "user_events_realtime": "events_table",
    "transactions_realtime": "transactions_table", "user_sessions_realtime": "sessions_table",
    "cache_invalidation": "cache_invalidation", "hot-events": "hot_events",
    "conversion-rates": "conversion_rates", "conversion-rates-1h": "conversion_rates_1h",
    "hot-tiers": "hot_tiers", "speed-layer-late": "late_topic",
}
# A sum of floating-point numbers depends on their order.
ROUNDED = {"user_tier_performance_mv": "REPLACE (round(avg_order_value, 6) AS avg_order_value)"}
# With a row per event, and what their rows are told apart by: an answer has a largest size, so they
# are asked for in parts of about so many rows.
LARGE = {"user_events_realtime": "event_id", "cache_invalidation": "user_id"}
PART_ROWS = 100_000
PROGRESS = "_weir_progress.speed_layer."


def address_of(broker):
    """Of a broker of deploy/dev/services, by its folder."""
    for line in (broker / "server.properties").read_text().splitlines():
        if line.startswith("listeners="):
            return re.search(r"PLAINTEXT://([^,]+)", line).group(1)
    raise RuntimeError(f"{broker}/server.properties names no listener")


class KafkaSource(Source):
    """Events in topics of the broker; runs share them."""

    def __init__(self, flowc, folder, events, brokers):
        super().__init__(flowc, folder, events)
        self.view = BrokerView(brokers)

    def forget(self, inputs=False):
        """Deletes the topics that the pipeline writes, and those with the events on request."""
        names = [name for name in self.view.topics()
                 if name in TOPICS or name.startswith(PROGRESS) or (inputs and name in INPUTS)]
        self.view.delete(names)

    def place(self, records):
        self.forget(inputs=True)
        call([self.flowc, "run", ORACLE / "load_topics.flow", "--quiet", "--profile", "kafka",
              "--workers", 1, "--param", f"dir={records}", "--param",
              f"brokers={self.view.brokers}"], cwd=self.folder)

    def clear(self):
        self.forget(inputs=True)


class KafkaRun(LogRun):
    profile = "chaos_kafka"
    source = KafkaSource

    def __init__(self, source, folder):
        super().__init__(source, folder)
        self.view, self.events = source.view, source.events
        source.forget()

    def parameters(self):
        return {"brokers": self.view.brokers}

    def rows_of_table(self, table):
        columns = f"* EXCEPT ({', '.join(outputs.OWN_OF_RUN)}) {ROUNDED.get(table, '')}"
        parts = 1 + self.events // PART_ROWS if table in LARGE else 1
        for part in range(parts):
            sql = f"SELECT {columns} FROM {table}"
            if table in LARGE:
                sql += f" WHERE cityHash64({LARGE[table]}) % {parts} = {part}"
            yield from call([self.flowc, "query", sql, "--store", "data/kafka_local", "--json",
                             "--timeout", "300"], cwd=self.folder).splitlines()

    def keep_outputs(self, kept):
        super().keep_outputs(kept)
        for topic in TOPICS:
            # A record without a value ends an id of an open session.
            outputs.keep(kept, topic, (record.value().decode()
                                       for record in self.view.read(topic, patience=300)
                                       if record.value() is not None))
        for table in TABLES:
            outputs.keep(kept, table, self.rows_of_table(table))

    def problems(self):
        books = json.loads((self.folder / "summary.json").read_text())["operators"]
        kept = self.folder / "outputs"
        found = []
        for output, sink in COUNTED.items():
            with open(kept / output, "rb") as lines:
                rows = sum(1 for _ in lines)
            if books[sink]["absorbed"] != rows:
                found.append(f"{sink}: {books[sink]['absorbed']} rows in the ledger, {output} has "
                             f"{rows}")
        states = {name: state for name, state in self.view.transactions().items()
                  if name.startswith("speed_layer/") and state != "CompleteCommit"}
        if states:
            found.append(f"transactions are left: {states}")
        return found
