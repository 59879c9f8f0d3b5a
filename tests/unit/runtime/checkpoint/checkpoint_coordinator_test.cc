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

CommitResult Perform(Committer& committer, CommitRequest request) {
  committer.Submit(std::move(request));
  EXPECT_TRUE(committer.RunOnce());
  return *committer.TakeResult();
}

TEST(CheckpointCoordinator, CommitsWhenEveryWorkerHasCompleted) {
  const auto backend = MakeMemoryStateBackend();
  Committer committer(backend.get(), {});
  CheckpointCoordinator coordinator(0, 2);
  ASSERT_EQ(coordinator.Begin(), 1u);
  coordinator.Complete(0, 1, Delta("a", "1"));
  EXPECT_FALSE(coordinator.ReadyToCommit());
  coordinator.Complete(1, 1, Delta("b", "2"));
  ASSERT_TRUE(coordinator.ReadyToCommit());
  CommitRequest request = coordinator.Gather({});
  EXPECT_FALSE(coordinator.ReadyToCommit());
  coordinator.Finish(Perform(committer, std::move(request)));
  EXPECT_EQ(coordinator.committed(), 1u);
  EXPECT_EQ(backend->last_epoch(), 1u);
  EXPECT_EQ((*backend->Get("b", "rows", 0, "k")).value(), "2");
}

TEST(CheckpointCoordinator, SkipsWhileOneIsUnderWay) {
  CheckpointCoordinator coordinator(0, 1);
  EXPECT_EQ(coordinator.Begin(), 1u);
  EXPECT_EQ(coordinator.Begin(), 0u);
  EXPECT_EQ(coordinator.skipped(), 1);
  coordinator.Complete(0, 1, {});
  coordinator.Finish({coordinator.Gather({}).epoch, {}, {}, {}});
  EXPECT_EQ(coordinator.Begin(), 2u);
}

TEST(CheckpointCoordinator, ContinuesWhereTheBackendStands) {
  CheckpointCoordinator coordinator(7, 1);
  EXPECT_EQ(coordinator.committed(), 7u);
  EXPECT_EQ(coordinator.Begin(), 8u);
}

TEST(CheckpointCoordinator, WhatAFailedCommitHeldGoesIntoTheNext) {
  const auto backend = MakeMemoryStateBackend();
  Committer committer(backend.get(), {});
  CheckpointCoordinator coordinator(0, 1);
  coordinator.Begin();
  std::vector<StateDelta> both = Delta("a", "old");
  both.push_back(Delta("b", "kept")[0]);
  coordinator.Complete(0, 1, std::move(both));
  CommitRequest request = coordinator.Gather({});
  coordinator.Finish({1, IoError("no room"), {}, std::move(request.deltas)});
  EXPECT_EQ(coordinator.failed(), 1);
  EXPECT_EQ(coordinator.committed(), 0u);
  ASSERT_EQ(coordinator.Begin(), 2u);
  coordinator.Complete(0, 2, Delta("a", "new"));
  coordinator.Finish(Perform(committer, coordinator.Gather({})));
  EXPECT_EQ(backend->last_epoch(), 2u);
  EXPECT_EQ((*backend->Get("a", "rows", 0, "k")).value(), "new");
  EXPECT_EQ((*backend->Get("b", "rows", 0, "k")).value(), "kept");
}

}  // namespace
}  // namespace weir
