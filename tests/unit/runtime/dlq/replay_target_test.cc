// What goes back to a topic is what came from it: bytes, key, headers, the lack of a value.
#include "runtime/dlq/replay_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "runtime/base/hash.h"
#include "runtime/connector/record_headers.h"
#include "runtime/connectors/all_connectors.h"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ReplayTargetTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("weir-replay-" + std::to_string(::getpid()) + "-" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    RegisterAllConnectors(registry_);
    node_.source = "orders";
    node_.connector.connector = "log";
    node_.connector.options.Set("dir", Value::String(folder_.string()));
    node_.connector.options.Set("topic", Value::String("orders"));
    node_.schema = Schema::Make({{"n", DataType::Int64(), {}}});
    node_.decode.format = "json";
    node_.decode.fields.push_back({"n", DataType::Int64(), {}, nullptr, "", 0});
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static DeadLetterEntry Letter(const std::string& payload, const std::string& envelope) {
    DeadLetterEntry letter;
    letter.source = "orders";
    letter.partition = letter.offset = 0;
    letter.payload = payload;
    letter.payload_kind = "original";
    letter.payload_size = static_cast<int64_t>(payload.size());
    letter.payload_hash = fmt::format("{:016x}", HashBytes(payload));
    letter.envelope = envelope;
    return letter;
  }
  /// `key|name=value,…|value`, `-` for what is not there.
  std::vector<std::string> ReadTopic() {
    std::vector<std::string> records;
    SourceRequest request;
    request.name = "orders";
    request.options = &node_.connector.options;
    request.clock = &SystemClock::Instance();
    auto source = registry_.Find("log")->source->make(request);
    EXPECT_TRUE((*source)->Open().ok());
    for (size_t p = 0; p < (*source)->num_partitions(); ++p) {
      auto reader = (*source)->MakeReader(p);
      EXPECT_TRUE((*reader)->Open("").ok());
      RecordChunk chunk;
      EXPECT_TRUE((*reader)->Poll(100, 0, chunk).ok());
      for (size_t i = 0; i < chunk.size(); ++i) records.push_back(Text(chunk, i));
    }
    std::sort(records.begin(), records.end());
    return records;
  }
  static std::string Text(const RecordChunk& chunk, size_t i) {
    const bool has_key = i < chunk.keys.size() && chunk.keys[i].data() != nullptr;
    std::string text = has_key ? std::string(chunk.keys[i]) : "-";
    text += '|';
    std::string_view list = i < chunk.headers.size() ? chunk.headers[i] : std::string_view();
    RecordHeader header;
    while (NextRecordHeader(list, header)) {
      text += fmt::format("{}={},", header.name, header.value.value_or("-"));
    }
    const bool deleted = std::count(chunk.tombstones.begin(), chunk.tombstones.end(), i) > 0;
    return text + '|' + (deleted ? "-" : std::string(chunk.records[i]));
  }

  std::filesystem::path folder_;
  plan::SourceNode node_;
  ConnectorRegistry registry_;
};

TEST_F(ReplayTargetTest, KeysHeadersAndTombstonesGoBackAsTheyCame) {
  auto target = ReplayTarget::Make(node_, "p", registry_, SystemClock::Instance());
  ASSERT_TRUE(target.ok()) << target.status().ToString();
  DeadLetterEntry tombstone = Letter("", R"({"key":"gone"})");
  tombstone.payload_kind = "tombstone";
  const std::vector<DeadLetterEntry> letters = {
      Letter("1", ""),
      Letter("2", R"({"key":"k2","headers":[{"name":"a","value":"x"},{"name":"b"}]})"),
      Letter("3", R"({"key":"","headers":[{"name":"c","value_base64":"/w=="}]})"),
      Letter("4", R"({"key_base64":"/w=="})"), tombstone};
  for (const DeadLetterEntry& letter : letters) EXPECT_EQ(letter.WhyNotReplayable(), "");
  ASSERT_TRUE((*target)->OpenFor(letters).ok());
  const Status sent = (*target)->Send(letters);
  ASSERT_TRUE(sent.ok()) << sent.ToString();
  ASSERT_TRUE((*target)->Close().ok());
  EXPECT_THAT(ReadTopic(),
              ElementsAre("-||1", "gone||-", "k2|a=x,b=-,|2", "|c=\xff,|3", "\xff||4"));
}

TEST_F(ReplayTargetTest, ATombstoneIsNoRowForThePresentSchemaEither) {
  auto target = ReplayTarget::Make(node_, "p", registry_, SystemClock::Instance());
  ASSERT_TRUE(target.ok());
  DeadLetterEntry tombstone = Letter("", R"({"key":"gone"})");
  tombstone.payload_kind = "tombstone";
  EXPECT_EQ((*target)->Refusal(tombstone), "tombstone");
  EXPECT_EQ((*target)->Refusal(Letter(R"({"n":1})", "")), "");
}

TEST(DeadLetterEntryTest, MaskedKeysAndHeadersAreNotReplayed) {
  DeadLetterEntry letter;
  letter.source = "s";
  letter.payload_kind = "original";
  letter.payload_hash = fmt::format("{:016x}", HashBytes(""));
  EXPECT_EQ(letter.WhyNotReplayable(), "");
  for (const char* bad : {"\"***\"", "{}", "[]", "nonsense", R"({"key":1})",
                          R"({"key_base64":"!"})", R"({"headers":[1]})"}) {
    letter.envelope = bad;
    EXPECT_THAT(letter.WhyNotReplayable(), HasSubstr("key and headers")) << bad;
  }
}

TEST(DeadLetterEntryTest, ARecordOfATopicMadeAnewIsAnotherOne) {
  DeadLetterEntry old, recreated;
  old.source = recreated.source = "s";
  old.ingest_time = 1;
  recreated.ingest_time = 2;
  EXPECT_EQ(old.Identity(false), recreated.Identity(false));
  EXPECT_NE(old.Identity(true), recreated.Identity(true));
}

}  // namespace
}  // namespace weir
