#include "runtime/connectors/kafka/transaction_units.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "runtime/connector/record_headers.h"
#include "runtime/connectors/kafka/message_chunk.h"

namespace weir {
namespace {

class TransactionUnitsTest : public ::testing::Test {
 protected:
  TransactionUnitsTest() {
    std::filesystem::remove_all(folder_);
    EXPECT_TRUE(outbox_->Open().ok());
  }
  ~TransactionUnitsTest() override { std::filesystem::remove_all(folder_); }

  LaneChunk Chunk(uint32_t lane, const std::string& bytes, int64_t rows) {
    units_.Took(0, rows, static_cast<int64_t>(bytes.size()));
    LaneChunk chunk;
    chunk.lane = lane;
    chunk.rows = rows;
    chunk.bytes = bytes;
    return chunk;
  }

  const std::string folder_ = ::testing::TempDir() + "transaction_units";
  std::shared_ptr<Outbox> outbox_ = std::make_shared<Outbox>(folder_);
  TransactionUnits units_{outbox_, 2, 1, 10};
};

TEST_F(TransactionUnitsTest, CommitListsWhatIsNotAcknowledged) {
  units_.Freeze({Chunk(0, "abcdef", 2), Chunk(1, "ghi", 1), Chunk(0, "jklm", 3)}, 5);
  EXPECT_FALSE(units_.HasRoom());
  const auto state = units_.Prepare(5);
  ASSERT_TRUE(state.ok());
  auto listed = ChunksFromText(*state);
  ASSERT_TRUE(listed.ok());
  ASSERT_EQ(listed->size(), 3U);
  EXPECT_EQ((*listed)[1].place, (LanePlace{5, 2}));
  EXPECT_EQ(*outbox_->Read((*listed)[1].stored), "jklm");
  EXPECT_EQ((*listed)[2].lane, 1U);

  EXPECT_EQ(units_.Take(4).size(), 0U);
  EXPECT_EQ(units_.Take(5).size(), 3U);
  EXPECT_EQ(units_.Take(5).size(), 0U) << "given out once";
  units_.Acknowledge(0, {5, 1});
  EXPECT_EQ(units_.rows(0), 4);
  EXPECT_TRUE(units_.HasRoom());
  EXPECT_EQ(ChunksFromText(*units_.Prepare(6))->size(), 2U);
  units_.Acknowledge(0, {5, 2});
  units_.Acknowledge(1, {5, 1});
  EXPECT_EQ(units_.all_rows(), 0);
  EXPECT_EQ(outbox_->waiting_bytes(), 0);
}

TEST_F(TransactionUnitsTest, KnowsTheLastPlaceOfEachLane) {
  units_.Acknowledge(1, {3, 2});  // an earlier run
  units_.Freeze({Chunk(0, "a", 1), Chunk(0, "b", 1)}, 5);
  units_.Freeze({Chunk(1, "c", 1)}, 6);
  EXPECT_EQ(units_.LastPlaces(5), (std::vector<LanePlace>{{5, 2}, {3, 2}}));
  EXPECT_EQ(units_.Take(6).size(), 3U);
  units_.Acknowledge(0, {5, 2});
  EXPECT_EQ(units_.LastPlaces(6), (std::vector<LanePlace>{{5, 2}, {6, 1}}));
}

/// What the failed commit of an epoch leaves goes with the next one.
TEST_F(TransactionUnitsTest, FailedCommitsGoWithTheNext) {
  units_.Freeze({Chunk(0, "a", 1)}, 5);
  ASSERT_TRUE(units_.Prepare(5).ok());
  units_.Freeze({Chunk(0, "b", 1)}, 6);
  EXPECT_EQ(ChunksFromText(*units_.Prepare(6))->size(), 2U);
  const std::vector<LaneChunk> taken = units_.Take(6);
  ASSERT_EQ(taken.size(), 2U);
  EXPECT_EQ(taken[0].place, (LanePlace{5, 1}));
  EXPECT_EQ(taken[1].place, (LanePlace{6, 1}));
}

TEST_F(TransactionUnitsTest, LaterRunDeliversWhatIsListed) {
  units_.Freeze({Chunk(1, "abc", 2)}, 5);
  const auto listed = ChunksFromText(*units_.Prepare(5));
  ASSERT_TRUE(listed.ok());
  auto outbox = std::make_shared<Outbox>(folder_);
  ASSERT_TRUE(outbox->Open().ok());
  TransactionUnits later(outbox, 2, 1, 10);
  later.Restore(*listed);
  ASSERT_TRUE(outbox->RemoveUnlisted().ok());
  EXPECT_EQ(later.rows(0), 2);
  const std::vector<LaneChunk> taken = later.Take(UINT64_MAX);
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(*outbox->Read(taken[0].stored), "abc");
}

TEST_F(TransactionUnitsTest, DamagedStateIsNamed) {
  EXPECT_TRUE(ChunksFromText("")->empty());
  EXPECT_FALSE(ChunksFromText("log-units 1").ok());
  EXPECT_FALSE(ChunksFromText("kafka-units/1\n0 5 1").ok());
}

TEST(MessageChunkTest, MessagesComeBackAsTheyWere) {
  std::string chunk, headers;
  AppendRecordHeader("h", std::nullopt, headers);
  KafkaMessage upsert;
  upsert.value = "v";
  upsert.key = "k";
  upsert.has_key = true;
  upsert.headers = headers;
  upsert.time_ms = 7;
  AppendMessage(upsert, chunk);
  KafkaMessage deleted;
  deleted.has_value = false;
  deleted.has_key = true;
  deleted.routed_from = "late";
  AppendMessage(deleted, chunk);
  std::string_view rest = chunk;
  KafkaMessage message;
  ASSERT_TRUE(NextMessage(rest, message));
  EXPECT_EQ(message.value, "v");
  EXPECT_EQ(message.key, "k");
  EXPECT_EQ(message.headers, headers);
  EXPECT_EQ(message.time_ms, 7);
  ASSERT_TRUE(NextMessage(rest, message));
  EXPECT_FALSE(message.has_value);
  EXPECT_TRUE(message.has_key);
  std::string_view list = message.headers;
  RecordHeader header;
  ASSERT_TRUE(NextRecordHeader(list, header));
  EXPECT_EQ(header.name, kRoutedFromHeader);
  EXPECT_FALSE(NextMessage(rest, message));
  EXPECT_TRUE(rest.empty());

  std::string_view cut = std::string_view(chunk).substr(0, chunk.size() - 1);
  ASSERT_TRUE(NextMessage(cut, message));
  EXPECT_FALSE(NextMessage(cut, message));
  EXPECT_FALSE(cut.empty());
}

TEST(LaneProgressTest, TextComesBack) {
  const LaneProgress progress{"0a1b", {7, 2}, "x-1"};
  const auto read = LaneProgress::FromText(progress.ToText());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->incarnation, "0a1b");
  EXPECT_EQ(read->place, (LanePlace{7, 2}));
  EXPECT_EQ(read->owner, "x-1");
  EXPECT_TRUE(read->stand.positions.empty());
  EXPECT_FALSE(LaneProgress::FromText("weir-progress/1 0a1b 7"));
  EXPECT_FALSE(LaneProgress::FromText("weir-progress/2 0a1b 7 2 x"));
  EXPECT_FALSE(LaneProgress::FromText("weir-progress/2 0a1b 7 2 x 7;2 -"));
}

TEST(LaneProgressTest, HoldsWhereAllLanesAndSourcesAre) {
  LaneProgress progress{"0a1b", {7, 2}, "x-1"};
  progress.stand = {{{7, 2}, {5, 1}}, "1;a,b,3"};
  EXPECT_EQ(progress.ToText(), "weir-progress/2 0a1b 7 2 x-1 7.2,5.1 1;a,b,3");
  const auto read = LaneProgress::FromText(progress.ToText());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->stand.places, progress.stand.places);
  EXPECT_EQ(read->stand.positions, "1;a,b,3");
}

TEST(LaneProgressTest, OldRecordsAreReadAndNewerOnesKnownAsSuch) {
  const auto old = LaneProgress::FromText("weir-progress/1 0a1b 7 2 x-1");
  ASSERT_TRUE(old);
  EXPECT_EQ(old->place, (LanePlace{7, 2}));
  EXPECT_TRUE(old->stand.places.empty());
  EXPECT_FALSE(old->is_newer);
  const auto newer = LaneProgress::FromText("weir-progress/3 what ever");
  ASSERT_TRUE(newer);
  EXPECT_TRUE(newer->is_newer);
}

}  // namespace
}  // namespace weir
