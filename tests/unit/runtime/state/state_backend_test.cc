#include "runtime/state/state_backend.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "runtime/state/rocksdb_state_backend.h"
#include "tests/unit/runtime/state/state_model.h"
#include "tests/unit/runtime/state/temporary_folder.h"

namespace weir {
namespace {

/// What every backend promises, in memory and on disk (by the log, and all as sorted files).
enum class Kind { kMemory, kLog, kFiles };

class StateBackendTest : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override { Open(); }

  void Open() {
    backend_.reset();
    if (GetParam() == Kind::kMemory) {
      backend_ = MakeMemoryStateBackend();
      return;
    }
    RocksDbStateOptions options;
    options.write_buffer_bytes = 256 * 1024;
    options.bulk_bytes = GetParam() == Kind::kFiles ? 0 : size_t{1} << 40;
    auto opened = OpenRocksDbStateBackend(folder_.path() + "/state", options);
    ASSERT_TRUE(opened.ok()) << opened.status().ToString();
    backend_ = *std::move(opened);
  }
  void Reopen() {
    if (GetParam() != Kind::kMemory) Open();
  }

  TemporaryFolder folder_;
  std::unique_ptr<StateBackend> backend_;
};

TEST_P(StateBackendTest, HoldsWhatCommitsSay) {
  StateModel model;
  for (uint64_t epoch = 1; epoch <= 40; ++epoch) {
    const Status committed = backend_->Commit(epoch, StateModel::DeltasOf(epoch));
    ASSERT_TRUE(committed.ok()) << committed.ToString();
    model.Apply(epoch);
    if (epoch % 13 == 0) Reopen();
    ASSERT_EQ(backend_->last_epoch(), epoch);
  }
  const auto rows = StateModel::Read(*backend_);
  ASSERT_TRUE(rows.ok()) << rows.status().ToString();
  ASSERT_GT(rows->size(), 1000u);
  EXPECT_EQ(*rows, model.rows());

  // The same by key, one by one and many at once, in any order, absent ones too.
  std::vector<StateKey> keys;
  std::vector<std::optional<std::string>> expected;
  for (const auto& [key, value] : model.rows()) {
    const auto& [name, slot, group, text] = key;
    if (name != "op1" || slot != "rows") continue;
    EXPECT_EQ(*backend_->Get(name, slot, group, text), value);
    keys.push_back({group, text});
    expected.emplace_back(value);
    keys.push_back({group, "absent"});
    expected.emplace_back(std::nullopt);
  }
  EXPECT_EQ(*backend_->MultiGet("op1", "rows", keys), expected);
  std::reverse(keys.begin(), keys.end());
  std::reverse(expected.begin(), expected.end());
  EXPECT_EQ(*backend_->MultiGet("op1", "rows", keys), expected);
}

TEST_P(StateBackendTest, ScansInKeyOrderAndStopsWhenAsked) {
  StateWriter writer("op");
  for (const char* key : {"b", "", "a", "ab"}) writer.Put("rows", 3, key, key);
  writer.Put("rows", 4, "other group", "x");
  writer.Put("rows2", 3, "other slot", "x");
  ASSERT_TRUE(backend_->Commit(1, {writer.Take()}).ok());
  std::vector<std::string> keys;
  ASSERT_TRUE(backend_
                  ->Scan("op", "rows", 3,
                         [&](std::string_view key, std::string_view) {
                           keys.emplace_back(key);
                           return Status::Ok();
                         })
                  .ok());
  EXPECT_EQ(keys, (std::vector<std::string>{"", "a", "ab", "b"}));
  int visited = 0;
  const Status stopped = backend_->Scan("op", "rows", 3, [&](std::string_view, std::string_view) {
    ++visited;
    return CancelledError("enough");
  });
  EXPECT_EQ(stopped.code(), StatusCode::kCancelled);
  EXPECT_EQ(visited, 1);
}

TEST_P(StateBackendTest, TheLastChangeOfAKeyWins) {
  StateWriter first("op"), second("op");
  first.Put("rows", 3, "a", "1");
  first.Delete("rows", 3, "a");
  first.Put("rows", 3, "a", "2");
  first.Put("rows", 3, "b", "1");
  second.Delete("rows", 3, "b");
  second.Put("rows", 3, "c", "");
  std::vector<StateDelta> deltas;
  deltas.push_back(first.Take());
  deltas.push_back(second.Take());
  ASSERT_TRUE(backend_->Commit(1, deltas).ok());
  EXPECT_EQ(*backend_->Get("op", "rows", 3, "a"), "2");
  EXPECT_EQ(*backend_->Get("op", "rows", 3, "b"), std::nullopt);
  EXPECT_EQ(*backend_->Get("op", "rows", 3, "c"), "");
}

TEST_P(StateBackendTest, ADeletedPrefixTakesWhatCameBeforeIt) {
  const std::string last_byte(2, '\xff');
  StateWriter first("op");
  for (const std::string key : {"", "p", "pa", "pb", "q", "o\xff"}) first.Put("rows", 3, key, "1");
  first.Put("rows", 3, last_byte + "a", "1");
  first.Put("rows", 4, "pa", "other group");
  first.Put("rows2", 3, "pa", "other slot");
  first.DeletePrefix("rows", 3, "pb");  // in the same commit
  first.Put("rows", 3, "pb2", "1");
  ASSERT_TRUE(backend_->Commit(1, {first.Take()}).ok());
  EXPECT_EQ(*backend_->Get("op", "rows", 3, "pb"), std::nullopt);
  EXPECT_EQ(*backend_->Get("op", "rows", 3, "pb2"), "1");

  // Of a commit that failed, then those of the next one.
  StateWriter failed("op"), next("op");
  failed.Put("rows", 3, "pc", "sealed before the end");
  failed.Put("rows", 3, "pd", "2");
  next.DeletePrefix("rows", 3, "pa");
  next.DeletePrefix("rows", 3, "p");
  next.DeletePrefix("rows", 3, last_byte);
  next.Put("rows", 3, "p", "anew");
  next.Put("rows", 3, "pd", "anew");
  next.DeletePrefix("rows", 3, "pdx");
  std::vector<StateDelta> deltas;
  deltas.push_back(failed.Take());
  deltas.push_back(next.Take());
  ASSERT_TRUE(backend_->Commit(2, deltas).ok());
  for (int round = 0; round < 2; ++round) {
    const auto rows = StateModel::Read(*backend_);
    ASSERT_TRUE(rows.ok()) << rows.status().ToString();
    EXPECT_EQ(*rows, (StateModel::Rows{{{"op", "rows", 3, ""}, "1"},
                                       {{"op", "rows", 3, "o\xff"}, "1"},
                                       {{"op", "rows", 3, "p"}, "anew"},
                                       {{"op", "rows", 3, "pd"}, "anew"},
                                       {{"op", "rows", 3, "q"}, "1"},
                                       {{"op", "rows", 4, "pa"}, "other group"},
                                       {{"op", "rows2", 3, "pa"}, "other slot"}}));
    EXPECT_EQ(*backend_->MultiGet("op", "rows", {{3, "pa"}, {3, "pc"}, {3, "pd"}, {3, "q"}}),
              (std::vector<std::optional<std::string>>{std::nullopt, std::nullopt, "anew", "1"}));
    Reopen();
  }
}

TEST_P(StateBackendTest, EpochsGrow) {
  EXPECT_EQ(backend_->last_epoch(), 0u);
  ASSERT_TRUE(backend_->Commit(2, {}).ok());  // 1 failed
  EXPECT_EQ(backend_->Commit(2, {}).code(), StatusCode::kInternal);
  EXPECT_EQ(backend_->Commit(1, {}).code(), StatusCode::kInternal);
  Reopen();
  EXPECT_EQ(backend_->last_epoch(), 2u);
}

TEST_P(StateBackendTest, NamesOfWhatHasEntries) {
  StateWriter ops("count"), other("beta");
  ops.Put("rows", 1, "k", "v");
  ops.Put("timers", 1, "k", "v");
  other.Put("rows", kUnkeyedGroup, "k", "v");
  std::vector<StateDelta> deltas;
  deltas.push_back(ops.Take());
  deltas.push_back(other.Take());
  ASSERT_TRUE(backend_->Commit(1, deltas).ok());
  EXPECT_EQ(backend_->Operators(), (std::vector<std::string>{"beta", "count"}));
  EXPECT_EQ(backend_->Slots("count"), (std::vector<std::string>{"rows", "timers"}));
  EXPECT_EQ(backend_->Slots("absent"), std::vector<std::string>());
  StateWriter gone("beta");
  gone.Delete("rows", kUnkeyedGroup, "k");
  ASSERT_TRUE(backend_->Commit(2, {gone.Take()}).ok());
  Reopen();
  EXPECT_EQ(backend_->Operators(), std::vector<std::string>{"count"});
}

TEST_P(StateBackendTest, RemembersItsCommits) {
  StateWriter writer("op");
  writer.Put("rows", 1, "key", "value");
  ASSERT_TRUE(backend_->Commit(1, {writer.Take()}).ok());
  for (uint64_t epoch = 2; epoch <= 50; ++epoch) ASSERT_TRUE(backend_->Commit(epoch, {}).ok());
  Reopen();
  const std::vector<CommitRecord> commits = backend_->Commits();
  ASSERT_EQ(commits.size(), CommitHistory::kKept);
  EXPECT_EQ(commits.back().epoch, 50u);
  EXPECT_EQ(commits.front().epoch, 51 - CommitHistory::kKept);
  EXPECT_EQ(commits.back().as_files, GetParam() == Kind::kFiles);
}

INSTANTIATE_TEST_SUITE_P(All, StateBackendTest,
                         testing::Values(Kind::kMemory, Kind::kLog, Kind::kFiles),
                         [](const auto& chosen) {
                           return chosen.param == Kind::kMemory ? "Memory"
                                  : chosen.param == Kind::kLog  ? "RocksDbLog"
                                                                : "RocksDbFiles";
                         });

}  // namespace
}  // namespace weir
