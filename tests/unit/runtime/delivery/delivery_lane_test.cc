#include "runtime/delivery/delivery_lane.h"

#include <gmock/gmock.h>

#include <chrono>

namespace weir {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr Micros kSecond = kMicrosPerSecond;

/// Answers with what the test laid out, then with Ok; notes what arrived. One thread at a time.
class ScriptedTarget final : public DeliveryTarget {
 public:
  Status Send(const DeliveryUnit& unit, std::vector<RefusedRow>& refused) override {
    attempts.push_back(unit.name);
    if (!answers.empty()) {
      const Status answer = answers.front();
      answers.pop_front();
      if (!answer.ok()) return answer;
    }
    if (unit.name == refused_unit) refused.push_back({RecordBatch(), 3, "code", "no", 1});
    delivered.push_back(unit.name);
    return Status::Ok();
  }
  std::deque<Status> answers;
  std::string refused_unit;
  std::vector<std::string> attempts, delivered;
};

class DeliveryLaneTest : public testing::Test {
 protected:
  DeliveryLaneTest() {
    DeliveryLaneSettings settings;
    settings.name = "sink s";
    settings.backoff_min = kSecond;
    settings.backoff_max = 4 * kSecond;
    settings.clock = &clock_;
    settings.report = [this](const std::string& message) { reports_.push_back(message); };
    lane_ = std::make_unique<DeliveryLane>(settings, &target_, &budget_);
  }
  void Push(const std::string& name, int64_t rows = 10) {
    DeliveryUnit unit;
    unit.name = name;
    unit.rows = rows;
    unit.memory = 100;
    lane_->Push(std::move(unit));
  }

  ManualClock clock_;
  ScriptedTarget target_;
  DeliveryBudget budget_{150};
  std::vector<std::string> reports_;
  std::unique_ptr<DeliveryLane> lane_;
};

TEST_F(DeliveryLaneTest, UnitsGoInOrderAndFreeTheBudget) {
  EXPECT_FALSE(lane_->HasUndelivered());
  Push("a");
  EXPECT_TRUE(budget_.HasRoom());
  Push("b");
  EXPECT_FALSE(budget_.HasRoom());
  EXPECT_TRUE(lane_->HasUndelivered());
  EXPECT_EQ(lane_->RunOnce(0), 0);
  EXPECT_EQ(lane_->acknowledged(), 1u);
  EXPECT_EQ(lane_->RunOnce(0), kMaxTimestamp);
  EXPECT_THAT(target_.delivered, ElementsAre("a", "b"));
  EXPECT_EQ(budget_.waiting(), 0);
  EXPECT_EQ(lane_->acknowledged(), 2u);
  EXPECT_FALSE(lane_->HasUndelivered());
  EXPECT_TRUE(lane_->Close(std::chrono::milliseconds(0)).ok());
}

TEST_F(DeliveryLaneTest, AFailingUnitIsRepeatedWithGrowingPausesAndHoldsTheOthersBack) {
  for (int i = 0; i < 5; ++i) target_.answers.push_back(UnavailableError("away"));
  Push("a");
  Push("b");
  Micros now = 0;
  std::vector<Micros> pauses;
  for (int i = 0; i < 5; ++i) {
    const Micros next = lane_->RunOnce(now);
    pauses.push_back(next - now);
    EXPECT_EQ(lane_->RunOnce(next - 1), next);  // not before
    now = next;
  }
  const Micros expected[] = {1, 2, 4, 4, 4};
  for (int i = 0; i < 5; ++i) {
    EXPECT_GE(pauses[static_cast<size_t>(i)], expected[i] * kSecond * 3 / 4);
    EXPECT_LE(pauses[static_cast<size_t>(i)], expected[i] * kSecond * 5 / 4);
  }
  EXPECT_EQ(lane_->health().failures, 5);
  EXPECT_EQ(lane_->health().last_error, "away");
  EXPECT_EQ(lane_->RunOnce(now), now);
  EXPECT_TRUE(lane_->health().ok());
  lane_->RunOnce(now);
  EXPECT_THAT(target_.attempts, ElementsAre("a", "a", "a", "a", "a", "a", "b"));
  ASSERT_EQ(reports_.size(), 2u);
  EXPECT_THAT(reports_[0], HasSubstr("sink s: away; 2 units wait"));
  EXPECT_THAT(reports_[1], HasSubstr("delivers again after"));
}

TEST_F(DeliveryLaneTest, AFullDiskIsReportedEveryHalfMinuteAndNothingIsLost) {
  for (int i = 0; i < 20; ++i) target_.answers.push_back(ResourceExhaustedError("disk full"));
  Push("a");
  Micros now = 0;
  while (target_.delivered.empty()) now = lane_->RunOnce(now);
  // About 20 attempts, 4 s apart: one report in 30 s.
  EXPECT_GE(reports_.size(), 3u);
  EXPECT_LE(reports_.size(), 5u);
}

TEST_F(DeliveryLaneTest, RefusedRowsAreHandedOutOnce) {
  target_.refused_unit = "a";
  Push("a");
  lane_->RunOnce(0);
  EXPECT_TRUE(lane_->HasUndelivered());
  std::vector<RefusedRow> refused;
  EXPECT_TRUE(lane_->TakeResults(refused).ok());
  ASSERT_EQ(refused.size(), 1u);
  EXPECT_EQ(refused[0].row, 3u);
  EXPECT_FALSE(lane_->HasUndelivered());
  EXPECT_TRUE(lane_->TakeResults(refused).ok());
  EXPECT_EQ(refused.size(), 1u);
}

TEST_F(DeliveryLaneTest, AFailureForGoodEndsTheLane) {
  target_.answers.push_back(NotFoundError("table gone"));
  Push("a");
  EXPECT_EQ(lane_->RunOnce(0), kMaxTimestamp);
  EXPECT_EQ(lane_->RunOnce(0), kMaxTimestamp);
  EXPECT_EQ(target_.attempts.size(), 1u);
  std::vector<RefusedRow> refused;
  EXPECT_EQ(lane_->TakeResults(refused).message(), "table gone");
  EXPECT_EQ(lane_->Close(std::chrono::milliseconds(0)).message(), "table gone");
}

TEST_F(DeliveryLaneTest, CloseSaysWhatIsLeft) {
  target_.answers.push_back(UnavailableError("away"));
  Push("a");
  Push("b", 5);
  lane_->RunOnce(0);
  EXPECT_EQ(lane_->Close(std::chrono::milliseconds(0)).message(),
            "sink s: 15 rows in 2 units are not delivered: away");
}

TEST_F(DeliveryLaneTest, ItsThreadDeliversWhatIsPushedBeforeAndAfterItStarts) {
  Push("a");
  lane_->Start();
  for (int i = 0; i < 100; ++i) Push("u" + std::to_string(i));
  EXPECT_TRUE(lane_->Close(std::chrono::seconds(60)).ok());
  ASSERT_EQ(target_.delivered.size(), 101u);
  EXPECT_EQ(target_.delivered.back(), "u99");
  EXPECT_EQ(budget_.waiting(), 0);
}

TEST_F(DeliveryLaneTest, ADestroyedLaneLeavesTheBudgetClean) {
  Push("a");
  lane_.reset();
  EXPECT_EQ(budget_.waiting(), 0);
}

/// Three lanes of one target, each with a target of its own that counts the attempts.
class SharedBreakerTest : public testing::Test {
 protected:
  SharedBreakerTest() {
    for (uint64_t i = 0; i < 3; ++i) {
      DeliveryLaneSettings settings;
      settings.name = "sink s";
      settings.backoff_min = settings.backoff_max = kSecond;
      settings.seed = i + 1;
      settings.clock = &clock_;
      settings.breaker = breaker_;
      settings.report = [this](const std::string& message) { reports_.push_back(message); };
      lanes_.push_back(std::make_unique<DeliveryLane>(settings, &targets_[i], &budget_));
      for (const char* name : {"a", "b"}) {
        DeliveryUnit unit;
        unit.name = name;
        lanes_.back()->Push(std::move(unit));
      }
    }
  }
  /// All lanes are looked at in turn; when the first wants to be called again.
  Micros RunAll(Micros now) {
    Micros next = kMaxTimestamp;
    for (const auto& lane : lanes_) next = std::min(next, lane->RunOnce(now));
    return next;
  }
  size_t Attempts() const {
    size_t sum = 0;
    for (const ScriptedTarget& target : targets_) sum += target.attempts.size();
    return sum;
  }
  void Fail(int times) {
    for (ScriptedTarget& target : targets_) {
      target.answers.assign(static_cast<size_t>(times), UnavailableError("away"));
    }
  }

  ManualClock clock_;
  ScriptedTarget targets_[3];
  DeliveryBudget budget_{1000};
  std::vector<std::string> reports_;
  const std::shared_ptr<CircuitBreaker> breaker_ = std::make_shared<CircuitBreaker>();
  std::vector<std::unique_ptr<DeliveryLane>> lanes_;
};

TEST_F(SharedBreakerTest, WhileTheTargetIsAwayOneLaneProbesForAll) {
  Fail(20);
  Micros now = RunAll(0);
  EXPECT_EQ(Attempts(), 3u);  // each once: that opens it
  EXPECT_EQ(breaker_->state(), CircuitBreaker::State::kOpen);
  ASSERT_EQ(reports_.size(), 4u);
  EXPECT_THAT(reports_[3], HasSubstr("3 attempts in a row failed: one lane tries on"));
  for (size_t probes = 1; probes <= 5; ++probes) {
    // The lane that may probe is not always the one that asks first: its own pause counts too.
    while (Attempts() == 2 + probes) now = std::max(now + 1, RunAll(now));
    EXPECT_EQ(Attempts(), 3 + probes);
    EXPECT_EQ(breaker_->state(), CircuitBreaker::State::kOpen);
  }
}

TEST_F(SharedBreakerTest, ASuccessLetsAllGoOn) {
  Fail(1);
  Micros now = RunAll(0);
  EXPECT_EQ(breaker_->state(), CircuitBreaker::State::kOpen);
  while (breaker_->state() != CircuitBreaker::State::kClosed) now = std::max(now + 1, RunAll(now));
  for (int i = 0; i < 100 && now != kMaxTimestamp; ++i) now = RunAll(now);
  for (const ScriptedTarget& target : targets_) {
    EXPECT_THAT(target.delivered, ElementsAre("a", "b"));
  }
}

TEST_F(SharedBreakerTest, ALaneThatLeavesWhileItProbesBlocksNobody) {
  Fail(1);
  RunAll(0);
  EXPECT_EQ(breaker_->Ask(lanes_[0].get(), 10 * kSecond), 10 * kSecond);
  EXPECT_EQ(breaker_->state(), CircuitBreaker::State::kHalfOpen);
  EXPECT_GT(breaker_->Ask(lanes_[1].get(), 10 * kSecond), 10 * kSecond);
  lanes_.erase(lanes_.begin());
  EXPECT_EQ(breaker_->Ask(lanes_[0].get(), 10 * kSecond), 10 * kSecond);
}

TEST(CircuitBreaker, SuccessesBetweenFailuresKeepItClosed) {
  CircuitBreaker breaker;
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(breaker.Failed(kSecond));
    EXPECT_FALSE(breaker.Failed(kSecond));
    EXPECT_EQ(breaker.Ask(&breaker, 0), 0);
    breaker.Answered();
  }
  EXPECT_FALSE(breaker.Failed(kSecond));
  EXPECT_FALSE(breaker.Failed(kSecond));
  EXPECT_TRUE(breaker.Failed(2 * kSecond));
  EXPECT_FALSE(breaker.Failed(kSecond));  // of an attempt that was under way
  EXPECT_EQ(breaker.Ask(&breaker, 0), 2 * kSecond);
}

TEST(Backoff, LanesWithOtherSeedsComeBackAtOtherTimes) {
  Backoff a(kSecond, 8 * kSecond, 1), b(kSecond, 8 * kSecond, 2);
  EXPECT_NE(a.Next(), b.Next());
  a.Next();
  a.Next();
  a.Reset();
  EXPECT_LE(a.Next(), kSecond * 5 / 4);
}

}  // namespace
}  // namespace weir
