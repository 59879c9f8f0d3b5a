#include <gtest/gtest.h>

#include "tests/unit/compiler/semantic/declare_checked_text.h"

namespace weir::semantic {
namespace {

std::string ReportOf(const std::string& text) {
  CheckedText checked;
  std::string usage = checked.Build("pipeline p\nschema R { x: int64 }\n" + text);
  return usage + checked.Report();
}

TEST(ConnectResolver, OptionsAreTypedAndFilledIn) {
  CheckedText checked;
  ASSERT_EQ(checked.Build(R"(pipeline p
schema R { x: int64 }
param brokers: string = "a:1"
source s: R from kafka(brokers: $brokers, topic: "t", fetch_min_bytes: 1MiB, fetch_max_wait: 500ms)
sink hot to redis(url: "redis://h", key: f"u:{x}", ttl: 1h)
)"),
            "");
  EXPECT_EQ(checked.Report(), "");
  const ResolvedConnector& kafka = checked.catalog().FindSource("s")->connector;
  ASSERT_TRUE(kafka.ok());
  EXPECT_EQ(kafka.call.options.GetString("brokers"), "a:1");
  EXPECT_EQ(kafka.call.options.GetInt64("fetch_min_bytes"), 1 << 20);
  EXPECT_EQ(kafka.call.options.GetInt64("fetch_max_wait"), 500000);
  EXPECT_EQ(kafka.call.options.GetString("start"), "latest");
  EXPECT_EQ(checked.catalog().FindSink("hot")->connector.per_row.size(), 1u);
}

TEST(ConnectResolver, ReportsNamesAndOptions) {
  EXPECT_EQ(ReportOf("source s: R from kafak(topic: \"t\")\n"),
            "F0501 there is no connector `kafak`\n  here: did you mean `kafka`?\n");
  EXPECT_EQ(ReportOf("source s: R from kafka(topic: \"t\", fetch_min_byte: 1)\n"),
            "F0508 unknown option `fetch_min_byte` for connector `kafka`\n"
            "  here: did you mean `fetch_min_bytes`?\n");
  EXPECT_EQ(ReportOf("source s: R from kafka()\n"),
            "F0509 connector `kafka` needs the option `topic`\n  help: add `topic: …`\n");
  EXPECT_EQ(ReportOf("source s: R from kafka(topic: 5)\n"),
            "F0510 the option `topic` is a string\n  here: is int64\n");
  EXPECT_EQ(ReportOf("source s: R from kafka(topic: \"t\", max_poll_records: 0)\n"),
            "F0511 the option `max_poll_records` can't be 0\n  note: the least is 1\n"
            "  note: the most is 10000\n");
  EXPECT_EQ(ReportOf("source s: R from kafka(topic: \"t\", start: \"latst\")\n"),
            "F0511 the option `start` can't be \"latst\"\n  here: did you mean \"latest\"?\n"
            "  note: values: earliest, latest\n");
  EXPECT_EQ(ReportOf("source s: R from redis(key: \"k\")\n"),
            "F0502 `redis` can't be a source\n  note: `redis` can be a sink\n"
            "  help: what can be a source: kafka, log, file\n");
}

TEST(ConnectResolver, SecretsStayOutOfTheFile) {
  EXPECT_EQ(
      ReportOf("sink k to kafka(topic: \"t\", password: \"hunter2\")\n"),
      "F0512 a password must not stand in the file\n"
      "  here: is readable for everyone who has the file\n"
      "  help: declare `secret password = env(\"PASSWORD\")` and write `password: $password`\n");
  EXPECT_EQ(ReportOf("sink k to redis(url: \"redis://u:pw@h\", key: \"k\")\n").substr(0, 5),
            "F0512");
  EXPECT_EQ(ReportOf("secret pw = env(\"PW\")\nsink k to kafka(topic: \"t\", password: $pw)\n"),
            "");
  EXPECT_EQ(ReportOf("sink w to postgres(dsn: env(\"DSN\"), table: \"t\")\n"), "");
}

TEST(ConnectResolver, ProfilesReplaceAndBind) {
  CheckedText checked;
  ASSERT_EQ(checked.Build(R"(pipeline p
schema R { x: int64 }
source s: R from kafka(topic: "t", group: "g")
source b: R from kafka(topic: "b")
sink k to kafka(topic: "k")
profile embedded default {
  replace kafka with log(dir: "data/log", start: "earliest")
  source b from file(path: "b.jsonl")
}
)"),
            "");
  EXPECT_EQ(checked.Report(), "");
  const ResolvedConnector& log = checked.catalog().FindSource("s")->connector;
  EXPECT_EQ(log.call.connector, "log");
  EXPECT_EQ(log.replaced, "kafka");
  EXPECT_EQ(log.call.options.GetString("topic"), "t");
  EXPECT_EQ(log.call.options.GetString("start"), "earliest");
  EXPECT_EQ(log.call.options.GetString("dir"), "data/log");
  EXPECT_EQ(log.dropped, std::vector<std::string>{"group"});
  EXPECT_EQ(checked.catalog().FindSource("b")->connector.call.connector, "file");
  EXPECT_EQ(checked.catalog().FindSink("k")->connector.call.connector, "log");
}

TEST(ConnectResolver, MissingValuesMatterOnlyInARun) {
  const char* text = R"(pipeline p
sink w to postgres(dsn: env("DSN"), table: "t")
)";
  CheckedText checked;
  checked.options.check_only = false;
  checked.Build(text);
  EXPECT_EQ(checked.Codes(), "F0109");
  CheckedText found;
  found.options.check_only = false;
  found.environment["DSN"] = "postgres://u:p@h/db";
  found.Build(text);
  EXPECT_EQ(found.Report(), "");
}

}  // namespace
}  // namespace weir::semantic
