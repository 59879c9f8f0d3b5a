#include "runtime/checkpoint/checkpoint_coordinator.h"

#include <gtest/gtest.h>

#include "runtime/state/state_access.h"

namespace weir {
namespace {

std::vector<StateDelta> Delta(const std::string& name, const std::string& value) {
  StateWriter writer(name);
  writer.Put("rows", 0, "k", value);
  std::vector<StateDelta> deltas;
  deltas.push_back(writer.Take());
  return deltas;
}

TEST(CheckpointCoordinator, CommitsWhenEveryWorkerHasCompleted) {
  const auto backend = MakeMemoryStateBackend();
  CheckpointCoordinator coordinator(backend.get(), 2);
  ASSERT_EQ(coordinator.Begin(), 1u);
  coordinator.Complete(0, 1, Delta("a", "1"));
  EXPECT_FALSE(coordinator.ReadyToCommit());
  coordinator.Complete(1, 1, Delta("b", "2"));
  ASSERT_TRUE(coordinator.ReadyToCommit());
  ASSERT_TRUE(coordinator.Commit({}).ok());
  EXPECT_EQ(coordinator.committed(), 1u);
  EXPECT_EQ(backend->last_epoch(), 1u);
  EXPECT_EQ((*backend->Get("b", "rows", 0, "k")).value(), "2");
}

TEST(CheckpointCoordinator, SkipsWhileOneIsUnderWay) {
  CheckpointCoordinator coordinator(nullptr, 1);
  EXPECT_EQ(coordinator.Begin(), 1u);
  EXPECT_EQ(coordinator.Begin(), 0u);
  EXPECT_EQ(coordinator.skipped(), 1);
  coordinator.Complete(0, 1, {});
  ASSERT_TRUE(coordinator.Commit({}).ok());
  EXPECT_EQ(coordinator.Begin(), 2u);
}

TEST(CheckpointCoordinator, ContinuesWhereTheBackendStands) {
  const auto backend = MakeMemoryStateBackend();
  {
    CheckpointCoordinator coordinator(backend.get(), 1);
    coordinator.Begin();
    coordinator.Complete(0, 1, Delta("a", "1"));
    ASSERT_TRUE(coordinator.Commit({}).ok());
  }
  CheckpointCoordinator coordinator(backend.get(), 1);
  EXPECT_EQ(coordinator.committed(), 1u);
  EXPECT_EQ(coordinator.Begin(), 2u);
}

}  // namespace
}  // namespace weir
