#include <gtest/gtest.h>

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "runtime/state/rocksdb_state_backend.h"
#include "tests/unit/runtime/state/state_model.h"
#include "tests/unit/runtime/state/temporary_folder.h"

namespace {

std::atomic<bool> syncs_fail{false};

}  // namespace

/// In place of libc's, also for RocksDB: what was written stays, only the answer is a failure.
extern "C" int fdatasync(int file) {
  if (syncs_fail.load()) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_fdatasync, file));
}

namespace weir {
namespace {

TEST(FailedSync, ACommitThatIsThereAfterAllIsGoneOnFrom) {
  const TemporaryFolder folder;
  const std::string state = folder.path() + "/state";
  StateModel model;
  {
    auto opened = OpenRocksDbStateBackend(state, RocksDbStateOptions());
    ASSERT_TRUE(opened.ok()) << opened.status().ToString();
    StateBackend& backend = **opened;
    ASSERT_TRUE(backend.Commit(1, StateModel::DeltasOf(1)).ok());
    syncs_fail = true;
    const Status failed = backend.Commit(2, StateModel::DeltasOf(2));
    syncs_fail = false;
    ASSERT_FALSE(failed.ok());
    EXPECT_EQ(backend.last_epoch(), 1U);
    // What was not committed comes again, with what is new.
    std::vector<StateDelta> deltas = StateModel::DeltasOf(2);
    for (StateDelta& delta : StateModel::DeltasOf(3)) deltas.push_back(std::move(delta));
    const Status committed = backend.Commit(3, deltas);
    ASSERT_TRUE(committed.ok()) << committed.ToString();
    EXPECT_EQ(backend.last_epoch(), 3U);
    std::vector<uint64_t> epochs;
    for (const CommitRecord& record : backend.Commits()) epochs.push_back(record.epoch);
    EXPECT_EQ(epochs, (std::vector<uint64_t>{1, 2, 3}));
    model.ApplyTo(3);
    const auto rows = StateModel::Read(backend);
    ASSERT_TRUE(rows.ok());
    EXPECT_TRUE(*rows == model.rows());
  }
  auto again = OpenRocksDbStateBackend(state, RocksDbStateOptions());
  ASSERT_TRUE(again.ok()) << again.status().ToString();
  EXPECT_EQ((*again)->last_epoch(), 3U);
  const auto rows = StateModel::Read(**again);
  ASSERT_TRUE(rows.ok());
  EXPECT_TRUE(*rows == model.rows());
}

}  // namespace
}  // namespace weir
