#include "runtime/checkpoint/sink_delivery.h"

#include <gmock/gmock.h>

namespace weir {
namespace {

using ::testing::ElementsAre;

/// Writes down what it may deliver, and has delivered what the test says.
class ToldSink final : public SinkConnector {
 public:
  Status Open() override { return Status::Ok(); }
  Result<std::unique_ptr<SinkWriter>> MakeWriter(uint32_t) override {
    return UnimplementedError("no rows");
  }
  void NotePositions(uint64_t epoch, std::shared_ptr<const std::string> positions) override {
    positions_of = positions == nullptr ? "" : fmt::format("{}:{}", epoch, *positions);
  }
  Status Committed(uint64_t epoch) override {
    told.push_back(epoch);
    return Status::Ok();
  }
  bool HasDelivered(uint64_t epoch) const override { return epoch <= delivered; }
  Status DeliverOpen() override {
    delivered = told.empty() ? 0 : told.back();
    return Status::Ok();
  }

  std::vector<uint64_t> told;
  uint64_t delivered = UINT64_MAX;
  std::string positions_of;
};

class SinkDeliveryTest : public ::testing::Test {
 protected:
  ToldSink first_, second_;
  SinkDelivery delivery_{{{"first", &first_}, {"second", &second_}}, 10};
};

TEST_F(SinkDeliveryTest, CommitsAreToldAtOnceWithTheirPositions) {
  ASSERT_TRUE(delivery_.Committed(11, "p11", false).ok());
  EXPECT_THAT(first_.told, ElementsAre(11));
  EXPECT_THAT(second_.told, ElementsAre(11));
  EXPECT_EQ(second_.positions_of, "11:p11");
  EXPECT_FALSE(delivery_.delayed());
}

/// The sink that waits is listed before the one that it waits for.
TEST_F(SinkDeliveryTest, ASinkWaitsUntilTheOneBeforeItHasEverything) {
  delivery_.SetOrder({{"first", "second"}});
  second_.delivered = 11;
  ASSERT_TRUE(delivery_.Committed(11, "p11", false).ok());
  EXPECT_THAT(first_.told, ElementsAre(11));
  ASSERT_TRUE(delivery_.Committed(12, "p12", false).ok());
  EXPECT_THAT(second_.told, ElementsAre(11, 12));
  EXPECT_THAT(first_.told, ElementsAre(11));
  EXPECT_TRUE(delivery_.delayed());
  ASSERT_TRUE(delivery_.Committed(13, "p13", true).ok());
  EXPECT_THAT(first_.told, ElementsAre(11));
  second_.delivered = 13;
  ASSERT_TRUE(delivery_.Continue(true).ok());
  EXPECT_THAT(first_.told, ElementsAre(11, 13));
  EXPECT_EQ(first_.positions_of, "13:p13");
  EXPECT_FALSE(delivery_.delayed());
}

TEST_F(SinkDeliveryTest, WhatWaitsForCompanyIsDeliveredWhenNoneComes) {
  delivery_.SetOrder({{"first", "second"}});
  second_.delivered = 0;  // a part file that is not full
  ASSERT_TRUE(delivery_.Committed(11, "", false, {}).ok());
  EXPECT_THAT(first_.told, ElementsAre());
  ASSERT_TRUE(delivery_.Committed(12, "", true, {"first", "second"}).ok());
  EXPECT_THAT(first_.told, ElementsAre(12));
}

TEST_F(SinkDeliveryTest, NothingGoesOutBeforeASnapshotHasIt) {
  uint64_t stored = 0;
  bool asked_for_last = false;
  delivery_.Release([&](uint64_t committed, bool last) -> Result<uint64_t> {
    asked_for_last |= last;
    if (last) stored = committed;
    return stored;
  });
  for (uint64_t epoch = 11; epoch <= 13; ++epoch) {
    ASSERT_TRUE(delivery_.Committed(epoch, fmt::format("p{}", epoch), false).ok());
  }
  EXPECT_THAT(first_.told, ElementsAre());
  stored = 12;
  ASSERT_TRUE(delivery_.Committed(14, "p14", false).ok());
  EXPECT_THAT(first_.told, ElementsAre(12));
  EXPECT_EQ(first_.positions_of, "12:p12");
  EXPECT_FALSE(asked_for_last);
  ASSERT_TRUE(delivery_.Committed(15, "p15", true).ok());
  EXPECT_THAT(first_.told, ElementsAre(12, 15));
  EXPECT_THAT(second_.told, ElementsAre(12, 15));
}

TEST_F(SinkDeliveryTest, WithoutASnapshotNothingGoesOutAtTheEndEither) {
  delivery_.Release([](uint64_t, bool) -> Result<uint64_t> { return IoError("no room"); });
  EXPECT_EQ(delivery_.Committed(11, "", true).code(), StatusCode::kIoError);
  EXPECT_THAT(first_.told, ElementsAre());
}

}  // namespace
}  // namespace weir
