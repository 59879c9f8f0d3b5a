#include "compiler/flowc/state_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "compiler/flowc/query_target.h"
#include "compiler/flowc/run_record.h"

namespace weir::flowc {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

QueryPlace Place(const std::string& store, const std::string& pipeline = "") {
  QueryPlace place;
  place.store = store;
  place.pipeline = pipeline;
  return place;
}

/// Each test in a working directory of its own.
class StateFolderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    before_ = fs::current_path();
    std::string pattern = testing::TempDir() + "weir-state-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    fs::current_path(folder_);
  }
  void TearDown() override {
    fs::current_path(before_);
    fs::remove_all(folder_);
  }

 private:
  fs::path before_, folder_;
};

TEST_F(StateFolderTest, SecondRunIsRefusedAndToldWhoHasIt) {
  StateFolder first, second;
  ASSERT_TRUE(first.Open(".weir/shop").ok());
  const Status refused = second.Open(".weir/shop");
  EXPECT_EQ(refused.code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(refused.message(), AllOf(HasSubstr(".weir/shop"), HasSubstr("--state DIR"),
                                       HasSubstr("(process " + std::to_string(::getpid()) + ")")));
  StateFolder other;
  EXPECT_TRUE(other.Open(".weir/bar").ok());
}

TEST_F(StateFolderTest, NothingStaysOfAFolderThatIsToGo) {
  {
    StateFolder folder;
    ASSERT_TRUE(folder.Open(DefaultStateFolder("shop")).ok());
    folder.RemoveAtEnd();
    EXPECT_TRUE(fs::exists(".weir/shop/lock"));
  }
  EXPECT_TRUE(fs::is_empty("."));
  {
    StateFolder folder;
    ASSERT_TRUE(folder.Open(DefaultStateFolder("shop")).ok());
    folder.RemoveAtEnd();
    std::ofstream(".weir/shop/precious") << "x";
  }
  EXPECT_TRUE(fs::exists(".weir/shop/precious")) << "what others put there stays";
}

TEST_F(StateFolderTest, FolderThatCanNotBeIsAnError) {
  std::ofstream("file") << "x";
  StateFolder folder;
  EXPECT_EQ(folder.Open("file/state").code(), StatusCode::kIoError);
  EXPECT_FALSE(folder.is_open());
}

TEST_F(StateFolderTest, RecordComesBack) {
  EXPECT_EQ(RunRecord::Read(".").status().code(), StatusCode::kNotFound);
  RunRecord record;
  record.process = 7;
  record.pipeline = "shop";
  record.stores = {"/data/store"};
  record.queries = {"SELECT \"ä\""};
  ASSERT_TRUE(record.Write(".").ok());
  const auto read = RunRecord::Read(".");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->ToJson(), record.ToJson());
  std::ofstream("run.json") << "{\"process\": \"x\", \"stores\": 3, \"pipeline\": [";
  EXPECT_EQ(RunRecord::Read(".").status().code(), StatusCode::kDataLoss);
  std::ofstream("run.json") << "{\"process\": \"x\", \"stores\": 3, \"pipeline\": null}";
  EXPECT_TRUE(RunRecord::Read(".").ok());
}

TEST_F(StateFolderTest, QueryWithoutAPipelineSaysWhatToDo) {
  const auto nothing = QueryTarget::Find({});
  EXPECT_EQ(nothing.status().code(), StatusCode::kNotFound);
  EXPECT_THAT(nothing.status().message(),
              AllOf(HasSubstr(".weir/*"), HasSubstr("flowc run"), HasSubstr("--store DIR")));
  EXPECT_THAT(QueryTarget::Find(Place("", "shop")).status().message(), HasSubstr(".weir/shop"));
  EXPECT_THAT(QueryTarget::Find(Place("nowhere")).status().message(),
              HasSubstr("there is no store in nowhere"));
  fs::create_directory("plain");
  EXPECT_THAT(QueryTarget::Find(Place("plain")).status().message(), HasSubstr("but no store"));
  EXPECT_TRUE(fs::is_empty("plain")) << "a look makes nothing";
}

}  // namespace
}  // namespace weir::flowc
