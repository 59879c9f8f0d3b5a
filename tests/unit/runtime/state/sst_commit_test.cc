#include "runtime/state/sst_commit.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <filesystem>
#include <memory>
#include <string>

#include "tests/unit/runtime/state/temporary_folder.h"

namespace weir {
namespace {

std::string Read(rocksdb::DB& db, const std::string& key) {
  std::string value;
  const rocksdb::Status found = db.Get(rocksdb::ReadOptions(), key, &value);
  return found.ok() ? value : found.ToString();
}

/// A range that is deleted reaches over the end of its file into one with entries of the same
/// commit: those stay, what the store had goes.
TEST(SstCommitTest, ADeletedRangeIsNoDangerToLaterFiles) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() + "/scratch");
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, folder.path() + "/db", &opened).ok());
  const std::unique_ptr<rocksdb::DB> db(opened);
  for (const char* key : {"a", "p1", "p2", "p3", "p4", "q"}) {
    ASSERT_TRUE(db->Put(rocksdb::WriteOptions(), key, "old").ok());
  }
  SstCommit commit(db.get(), folder.path() + "/scratch", 7);
  ASSERT_TRUE(commit.Put("a", "new").ok());
  ASSERT_TRUE(commit.DeleteRange("p", "q").ok());
  ASSERT_TRUE(commit.Put("p1", "new").ok());
  ASSERT_TRUE(commit.Cut().ok());
  ASSERT_TRUE(commit.Put("p3", "new").ok());
  ASSERT_TRUE(commit.Cut().ok());
  ASSERT_TRUE(commit.DeleteRange("p4", "p5").ok());
  ASSERT_TRUE(commit.Put("p4", "new").ok());
  ASSERT_TRUE(commit.Ingest().ok());
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(Read(*db, "a"), "new");
    EXPECT_EQ(Read(*db, "p1"), "new");
    EXPECT_EQ(Read(*db, "p2"), "NotFound: ");
    EXPECT_EQ(Read(*db, "p3"), "new");
    EXPECT_EQ(Read(*db, "p4"), "new");
    EXPECT_EQ(Read(*db, "q"), "old");
    ASSERT_TRUE(db->CompactRange(rocksdb::CompactRangeOptions(), nullptr, nullptr).ok());
  }
}

}  // namespace
}  // namespace weir
