#include "runtime/exec/record_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(RecordDecoderTest, RefusesCutRecordsWhateverTheirBeginningHolds) {
  plan::DecodeSpec spec;
  spec.fields.push_back({"id", DataType::Int64(), std::nullopt, nullptr, "", 0});
  auto decoder = RecordDecoder::Make(spec, Schema::Make({{"id", DataType::Int64(), {}}}));
  ASSERT_TRUE(decoder.ok()) << decoder.status().ToString();
  RecordChunk chunk;
  chunk.records = {R"({"id": 1})", R"({"id": 2})", R"({"id": 3)"};
  chunk.offsets = {0, 10, 20};
  chunk.truncated = {{1, 5'000'000}, {2, 6'000'000}};
  std::vector<ColumnPtr> columns;
  std::vector<RejectedRow> rejected;
  decoder->Decode(chunk, 0, columns, rejected);
  ASSERT_EQ(rejected.size(), 2u);
  EXPECT_EQ(rejected[0].row, 1u);
  EXPECT_EQ(rejected[0].true_size, 5'000'000);
  EXPECT_EQ(rejected[1].row, 2u);
  EXPECT_THAT(rejected[1].reason, testing::HasSubstr("6000000 bytes"));
  EXPECT_EQ(rejected[1].counted_as, "line too long");
}

TEST(RecordDecoderTest, RefusesTombstonesOnly) {
  plan::DecodeSpec spec;
  spec.fields.push_back({"n", DataType::Int64(), std::nullopt, nullptr, "", 0});
  auto decoder = RecordDecoder::Make(spec, Schema::Make({{"n", DataType::Int64(), {}}}));
  ASSERT_TRUE(decoder.ok()) << decoder.status().ToString();
  RecordChunk chunk;
  chunk.records = {R"({"n": 1})", "", R"({"n": "x"})", R"({"n": 4})"};
  chunk.offsets = {0, 1, 2, 3};
  chunk.tombstones = {1};
  std::vector<ColumnPtr> columns;
  std::vector<RejectedRow> rejected;
  decoder->Decode(chunk, 0, columns, rejected);
  ASSERT_EQ(rejected.size(), 2u);
  EXPECT_EQ(rejected[0].row, 1u);
  EXPECT_EQ(rejected[0].counted_as, "tombstone");
  EXPECT_EQ(rejected[1].row, 2u);
  chunk.Clear();
  EXPECT_TRUE(chunk.tombstones.empty());
}

TEST(RecordDecoderTest, CountsReasonsWithoutTheValuesInThem) {
  plan::DecodeSpec spec;
  spec.fields.push_back({"kind", DataType::Enum({"a", "b"}), std::nullopt, nullptr, "", 0});
  auto decoder =
      RecordDecoder::Make(spec, Schema::Make({{"kind", DataType::Enum({"a", "b"}), {}}}));
  ASSERT_TRUE(decoder.ok()) << decoder.status().ToString();
  RecordChunk chunk;
  chunk.records = {R"({"kind": "x1"})", R"({"kind": "x2"})"};
  chunk.offsets = {0, 10};
  std::vector<ColumnPtr> columns;
  std::vector<RejectedRow> rejected;
  decoder->Decode(chunk, 0, columns, rejected);
  ASSERT_EQ(rejected.size(), 2u);
  EXPECT_EQ(rejected[0].counted_as, rejected[1].counted_as);
  EXPECT_NE(rejected[0].reason, rejected[1].reason);
}

}  // namespace
}  // namespace weir
