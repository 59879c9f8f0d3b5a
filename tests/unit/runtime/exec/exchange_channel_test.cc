#include "runtime/exec/exchange_channel.h"

#include <gtest/gtest.h>

#include <thread>

namespace weir {
namespace {

RecordBatch BatchOf(int64_t first, uint32_t rows) {
  MutableColumnPtr column = Column::Make(DataType::Int64(), rows);
  for (uint32_t i = 0; i < rows; ++i) column->mutable_data<int64_t>()[i] = first + i;
  return RecordBatch(Schema::Make({{"v", DataType::Int64(), {}}}), {column}, rows);
}

TEST(ExchangeChannel, KeepsTheOrder) {
  EventCount a, b;
  ExchangeChannel channel(1 << 20, &a, &b);
  EXPECT_EQ(channel.Front(), nullptr);
  StreamElement batch = BatchOf(1, 2);
  StreamElement watermark = Control::Watermark(7);
  ASSERT_TRUE(channel.TryPush(batch));
  ASSERT_TRUE(channel.TryPush(watermark));
  EXPECT_TRUE(std::holds_alternative<RecordBatch>(*channel.Front()));
  channel.Pop();
  EXPECT_EQ(std::get<Control>(*channel.Front()).watermark, 7);
  channel.Pop();
  EXPECT_TRUE(channel.empty());
}

TEST(ExchangeChannel, BoundsRowsButNotControls) {
  EventCount a, b;
  ExchangeChannel channel(64, &a, &b);
  StreamElement first = BatchOf(1, 100);  // alone it always fits
  ASSERT_TRUE(channel.TryPush(first));
  StreamElement second = BatchOf(2, 1);
  EXPECT_FALSE(channel.TryPush(second));
  EXPECT_EQ(std::get<RecordBatch>(second).num_rows(), 1u);  // untouched
  StreamElement barrier = Control::Barrier(1);
  EXPECT_TRUE(channel.TryPush(barrier));
  channel.Pop();
  EXPECT_TRUE(channel.TryPush(second));
}

TEST(ExchangeChannel, PassesEverythingBetweenTwoThreads) {
  EventCount a, b;
  ExchangeChannel channel(4096, &a, &b);
  constexpr int64_t kBatches = 20'000;
  std::jthread producer([&] {
    for (int64_t i = 0; i < kBatches; ++i) {
      StreamElement element = BatchOf(i, 3);
      while (!channel.TryPush(element)) std::this_thread::yield();
    }
  });
  for (int64_t i = 0; i < kBatches;) {
    StreamElement* element = channel.Front();
    if (element == nullptr) {
      std::this_thread::yield();
      continue;
    }
    ASSERT_EQ(std::get<RecordBatch>(*element).column(0)->data<int64_t>()[0], i);
    channel.Pop();
    ++i;
  }
}

}  // namespace
}  // namespace weir
