#include "runtime/connector/partitioner.h"

#include <gtest/gtest.h>

#include <set>

namespace weir {
namespace {

// The cases of Kafka's own UtilsTest.testMurmur2.
TEST(PartitionerTest, HashIsThatOfKafkasJavaClient) {
  const std::pair<std::string_view, int32_t> cases[] = {
      {"21", -973932308},
      {"foobar", -790332482},
      {"a-little-bit-long-string", -985981536},
      {"a-little-bit-longer-string", -1486304829},
      {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
      {"abc", 479470107},
  };
  for (const auto& [text, hash] : cases) {
    EXPECT_EQ(static_cast<int32_t>(Murmur2(text)), hash) << text;
  }
}

TEST(PartitionerTest, TheSignBitIsMaskedNotNegated) {
  EXPECT_EQ(PartitionOfKey("21", 4), (static_cast<uint32_t>(-973932308) & 0x7fffffffU) % 4);
  EXPECT_EQ(PartitionOfKey("foobar", 1000),
            (static_cast<uint32_t>(-790332482) & 0x7fffffffU) % 1000);
  EXPECT_EQ(PartitionOfKey("anything", 1), 0U);
}

TEST(PartitionerTest, RecordsWithoutKeyStayForABatchAndReachEveryPartition) {
  StickyPartitioner sticky(4, 6);
  std::vector<uint32_t> seen;
  for (int i = 0; i < 400; ++i) seen.push_back(sticky.Next(1024));
  EXPECT_EQ(seen[0], 2U);
  EXPECT_EQ(seen[15], 2U);
  EXPECT_EQ(seen[16], 3U);
  EXPECT_EQ(std::set<uint32_t>(seen.begin(), seen.end()).size(), 4U);
}

}  // namespace
}  // namespace weir
