// Units in an outbox across the end of a process, on the real engine: each row once, at any point.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "runtime/delivery/outbox.h"
#include "tests/unit/runtime/connectors/store/store_fixture.h"

namespace weir {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

class StoreDurableTest : public StoreFixture {
 protected:
  StoreDurableTest() : schema_(Schema::Make({{"n", DataType::Int64(), {}}})) {}

  void TearDown() override {
    Crash();
    std::filesystem::remove_all(Folder("outbox"));
    StoreFixture::TearDown();
  }

  /// A run of the pipeline; `epoch` and `state`: of the last commit of the one before.
  Status Run(uint64_t epoch, const std::string& state, uint32_t workers = 1) {
    if (options_ == nullptr) request_ = Request(schema_);
    request_.schema = schema_;
    request_.incarnation = "inc";
    request_.num_writers = workers;
    request_.outbox = std::make_shared<Outbox>(Folder("outbox"));
    WEIR_TRY(request_.outbox->Open());
    WEIR_ASSIGN(sink_, StoreConnectorSpec().sink->make(request_));
    WEIR_TRY(sink_->Open());
    WEIR_TRY(sink_->Restore(epoch, state));
    WEIR_TRY(request_.outbox->RemoveUnlisted());
    for (uint32_t worker = 0; worker < workers; ++worker) {
      WEIR_ASSIGN(std::unique_ptr<SinkWriter> writer, sink_->MakeWriter(worker));
      WEIR_TRY(writer->Open());
      writers_.push_back(std::move(writer));
    }
    return Status::Ok();
  }

  /// What a process that is killed leaves: files, no more.
  void Crash() {
    writers_.clear();
    sink_.reset();
    request_.outbox = nullptr;
  }

  void Give(int64_t first, int64_t end, size_t worker = 0) {
    std::vector<std::vector<Value>> rows;
    for (int64_t n = first; n < end; ++n) rows.push_back({Value::Int64(n)});
    ASSERT_TRUE(writers_[worker]->Append(Batch(schema_, rows)).ok());
  }

  /// A barrier up to what its commit holds.
  std::string Prepare(uint64_t epoch) {
    for (auto& writer : writers_) EXPECT_TRUE(writer->Freeze(epoch).ok());
    const Result<std::string> state = sink_->Prepare(epoch);
    EXPECT_TRUE(state.ok()) << state.status().ToString();
    return state.ok() ? *state : "";
  }

  std::vector<int64_t> Refused(const std::vector<RefusedRow>& refused) {
    std::vector<int64_t> numbers;
    for (const RefusedRow& row : refused) {
      numbers.push_back(row.batch.column(0)->ValueAt(row.row).as_int64());
    }
    return numbers;
  }

  /// Asks writers until nothing is left, as at the end of a run.
  std::vector<int64_t> DeliverRest() {
    std::vector<RefusedRow> refused;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    for (auto& writer : writers_) {
      do {
        const Status status = writer->Deliver(refused);
        EXPECT_TRUE(status.ok()) << status.ToString();
        if (!status.ok()) break;
        std::this_thread::yield();
      } while (writer->HasUndelivered() && std::chrono::steady_clock::now() < deadline);
      EXPECT_FALSE(writer->HasUndelivered());
      EXPECT_EQ(writer->undelivered_rows(), 0);
    }
    return Refused(refused);
  }

  void UseDdl(const std::string& text) {
    request_ = Request(schema_);
    std::filesystem::create_directories(Folder("ddl"));
    std::ofstream(Folder("ddl") + "/t.sql") << text;
    options_->Set("ddl", Value::String(Folder("ddl") + "/t.sql"));
  }

  void UseTableWithView() {
    UseDdl(
        "CREATE TABLE things (n Int64, CONSTRAINT odd CHECK n % 100 != 7) ENGINE = MergeTree "
        "ORDER BY n;"
        "CREATE TABLE sums (k Int64, rows SimpleAggregateFunction(sum, UInt64)) ENGINE = "
        "AggregatingMergeTree ORDER BY k SETTINGS non_replicated_deduplication_window = 3;"
        "CREATE MATERIALIZED VIEW feed TO sums AS SELECT n % 2 AS k, count() AS rows FROM things "
        "GROUP BY k;");
  }

  std::string Counts() {
    return Ask("SELECT count(), uniqExact(n), (SELECT sum(rows) FROM sums) FROM things");
  }

  /// Folder of the table's only part that holds rows, with the database closed.
  std::filesystem::path PartOf(const std::string& table) {
    std::string path =
        Ask("SELECT path FROM system.parts WHERE active AND table = '" + table + "'");
    EXPECT_EQ(std::count(path.begin(), path.end(), '\n'), 1) << path;
    path.pop_back();
    return path;
  }

  SchemaPtr schema_;
  SinkRequest request_;
  std::vector<std::unique_ptr<SinkWriter>> writers_;
};

TEST_F(StoreDurableTest, NothingIsSentBeforeItsCommitAndOpenUnitsGoAtTheEnd) {
  ASSERT_EQ(Run(0, "").ToString(), "ok");
  Give(0, 10);
  Prepare(1);
  EXPECT_EQ(writers_[0]->undelivered_rows(), 10);
  EXPECT_TRUE(writers_[0]->HasUndelivered());
  std::vector<RefusedRow> refused;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(writers_[0]->Deliver(refused).ok());
  EXPECT_EQ(Ask("SELECT count() FROM things"), "0\n");
  EXPECT_FALSE(sink_->ReadMark()->has_value());
  ASSERT_TRUE(sink_->Committed(1).ok());
  DeliverRest();
  EXPECT_EQ(Ask("SELECT count() FROM things"), "10\n");
  EXPECT_EQ(*sink_->ReadMark(), std::optional<SinkMark>(SinkMark{"inc", 1}));
}

TEST_F(StoreDurableTest, AUnitEndsByItsBatchAcrossBarriers) {
  request_ = Request(schema_);
  request_.batch_rows = 25;
  ASSERT_EQ(Run(0, "").ToString(), "ok");
  for (uint64_t epoch = 1; epoch <= 3; ++epoch) {
    Give(static_cast<int64_t>(epoch) * 10, static_cast<int64_t>(epoch) * 10 + 10);
    Prepare(epoch);
    ASSERT_TRUE(sink_->Committed(epoch).ok());
  }
  std::vector<RefusedRow> refused;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (Ask("SELECT count() FROM things") == "0\n" &&
         std::chrono::steady_clock::now() < deadline) {
    ASSERT_TRUE(writers_[0]->Freeze(4).ok());  // so that it is not the end
    ASSERT_TRUE(writers_[0]->Deliver(refused).ok());
  }
  EXPECT_EQ(Ask("SELECT name, rows FROM system.parts WHERE active AND table = 'things'"),
            "all_1_1_0\t30\n");
}

TEST_F(StoreDurableTest, AUnitThatIsSentAgainAddsNothing) {
  UseTableWithView();
  ASSERT_EQ(Run(0, "").ToString(), "ok");
  Give(0, 7);
  const std::string state = Prepare(1);
  ASSERT_TRUE(sink_->Committed(1).ok());
  DeliverRest();
  EXPECT_EQ(Counts(), "7\t7\t7\n");
  Ask("TRUNCATE TABLE weir_commits");  // as if it had died before it could say so
  Crash();
  ASSERT_EQ(Run(1, state).ToString(), "ok");
  EXPECT_EQ(writers_[0]->undelivered_rows(), 7);
  DeliverRest();
  EXPECT_EQ(Counts(), "7\t7\t7\n");
  Give(7, 8);  // not even what is as large counts as a repeat
  Give(8, 14);
  Prepare(2);
  ASSERT_TRUE(sink_->Committed(2).ok());
  EXPECT_THAT(DeliverRest(), UnorderedElementsAre(7));
  EXPECT_EQ(Counts(), "13\t13\t13\n");
}

TEST_F(StoreDurableTest, WhatTheEngineKnowsAndDoesNotHaveIsInsertedAgain) {
  UseTableWithView();
  for (const char* table : {"things", "sums"}) {
    std::filesystem::remove_all(Folder());
    ASSERT_EQ(Run(0, "").ToString(), "ok");
    Give(0, 7);
    const std::string state = Prepare(1);
    ASSERT_TRUE(sink_->Committed(1).ok());
    DeliverRest();
    // Killed after the entry in the log of the table and before the rename of the part.
    const std::filesystem::path part = PartOf(table);
    Ask("TRUNCATE TABLE weir_commits");
    Crash();
    std::filesystem::remove_all(part);
    EXPECT_EQ(Counts(), table == std::string("things") ? "0\t0\t7\n" : "7\t7\t0\n");
    ASSERT_EQ(Run(1, state).ToString(), "ok");
    DeliverRest();
    EXPECT_EQ(Counts(), "7\t7\t7\n") << table;
    Crash();
  }
}

TEST_F(StoreDurableTest, OnlyWhatTheLastCommitListsIsThereAfterACrash) {
  ASSERT_EQ(Run(0, "").ToString(), "ok");
  Give(0, 10);
  const std::string first = Prepare(1);
  ASSERT_TRUE(sink_->Committed(1).ok());
  Give(10, 20);
  Prepare(2);  // its commit fails
  Crash();
  ASSERT_EQ(Run(1, first).ToString(), "ok");
  Give(100, 105);  // the number of the lost unit's rows is taken by others
  const std::string third = Prepare(3);
  ASSERT_TRUE(sink_->Committed(3).ok());
  DeliverRest();
  EXPECT_EQ(Ask("SELECT count(), uniqExact(n), max(n) FROM things"), "15\t15\t104\n");
  // What was delivered leaves the outbox with the commit that no longer lists it.
  const std::string fourth = Prepare(4);
  EXPECT_GT(request_.outbox->waiting_bytes(), 0);
  ASSERT_TRUE(sink_->Committed(4).ok());
  EXPECT_EQ(request_.outbox->waiting_bytes(), 0);
  EXPECT_EQ(fourth.find("unit "), std::string::npos) << fourth;
  // Marked as delivered: bytes that are gone are not needed.
  Crash();
  std::filesystem::remove_all(Folder("outbox"));
  ASSERT_EQ(Run(3, third).ToString(), "ok");
  EXPECT_FALSE(writers_[0]->HasUndelivered());
}

TEST_F(StoreDurableTest, RefusedRowsAreFoundAgainUntilACommitHasThem) {
  UseTableWithView();
  ASSERT_EQ(Run(0, "").ToString(), "ok");
  Give(0, 300);
  const std::string state = Prepare(1);
  ASSERT_TRUE(sink_->Committed(1).ok());
  EXPECT_THAT(DeliverRest(), UnorderedElementsAre(7, 107, 207));
  EXPECT_EQ(Counts(), "297\t297\t297\n");
  Crash();  // before the barrier behind the refused rows
  ASSERT_EQ(Run(1, state).ToString(), "ok");
  EXPECT_EQ(writers_[0]->undelivered_rows(), 300);
  EXPECT_THAT(DeliverRest(), UnorderedElementsAre(7, 107, 207));
  const std::string later = Prepare(2);
  ASSERT_TRUE(sink_->Committed(2).ok());
  Crash();
  ASSERT_EQ(Run(2, later).ToString(), "ok");
  EXPECT_TRUE(DeliverRest().empty());
  EXPECT_EQ(Counts(), "297\t297\t297\n");
}

TEST_F(StoreDurableTest, LanesOfMoreWorkersAreSharedOut) {
  ASSERT_EQ(Run(0, "", 3).ToString(), "ok");
  for (size_t worker = 0; worker < 3; ++worker) {
    Give(static_cast<int64_t>(worker) * 10, static_cast<int64_t>(worker) * 10 + 10, worker);
  }
  std::string state = Prepare(1);
  ASSERT_TRUE(sink_->Committed(1).ok());
  Crash();
  ASSERT_EQ(Run(1, state, 1).ToString(), "ok");
  EXPECT_EQ(writers_[0]->undelivered_rows(), 30);
  DeliverRest();
  state = Prepare(2);
  ASSERT_TRUE(sink_->Committed(2).ok());
  Crash();
  ASSERT_EQ(Run(2, state, 3).ToString(), "ok");
  for (size_t worker = 0; worker < 3; ++worker) Give(100, 101, worker);
  Prepare(3);
  ASSERT_TRUE(sink_->Committed(3).ok());
  DeliverRest();
  EXPECT_EQ(Ask("SELECT count(), uniqExact(n) FROM things"), "33\t31\n");
}

TEST_F(StoreDurableTest, TheMarkIsOfThisIncarnationOrTheLastOther) {
  ASSERT_EQ(Run(0, "").ToString(), "ok");
  EXPECT_FALSE(sink_->ReadMark()->has_value());
  Ask("INSERT INTO weir_commits (pipeline, sink, incarnation, lane, epoch, unit, at) VALUES ('p', "
      "'things', 'old', 0, 9, 9, '2026-01-01'), ('p', "
      "'things', 'newer', 1, 4, 1, '2026-01-02'), ('p', 'other', 'inc', 0, 99, 1, '2026-01-03')");
  Crash();
  ASSERT_EQ(Run(0, "").ToString(), "ok");
  EXPECT_EQ(*sink_->ReadMark(), std::optional<SinkMark>(SinkMark{"newer", 4}));
  Give(0, 1);
  Prepare(5);
  ASSERT_TRUE(sink_->Committed(5).ok());
  DeliverRest();
  Crash();
  ASSERT_EQ(Run(0, "").ToString(), "ok");
  EXPECT_EQ(*sink_->ReadMark(), std::optional<SinkMark>(SinkMark{"inc", 5}));
}

TEST_F(StoreDurableTest, TheMarkHasPositionsWhenAllOfACommitIsInTheTable) {
  ASSERT_EQ(Run(0, "").ToString(), "ok");
  Give(0, 2);
  Prepare(1);
  sink_->NotePositions(1, std::make_shared<const std::string>("1;a,b,2"));
  ASSERT_TRUE(sink_->Committed(1).ok());
  DeliverRest();
  Crash();
  ASSERT_EQ(Run(0, "").ToString(), "ok");
  EXPECT_EQ(*sink_->ReadMark(), std::optional<SinkMark>(SinkMark{"inc", 1, "1;a,b,2"}));
}

TEST_F(StoreDurableTest, RowsThatWaitAreNotReadAsOthers) {
  ASSERT_EQ(Run(0, "").ToString(), "ok");
  Give(0, 3);
  const std::string state = Prepare(1);
  Crash();
  schema_ = Schema::Make({{"n", DataType::Int64(), {}}, {"m", DataType::Int64(), {}}});
  options_->Set("table", Value::String("wider"));
  const std::string message = Run(1, state).message();
  EXPECT_THAT(message, HasSubstr("3 rows that are not delivered yet, with other columns"));
  EXPECT_EQ(Run(1, "store-units 2\n").code(), StatusCode::kDataLoss);
}

TEST_F(StoreDurableTest, TablesThatCantTellRepeatsAreRefusedAndSmallWindowsWidened) {
  UseDdl("CREATE TABLE things (n Int64) ENGINE = Log");
  EXPECT_THAT(Run(0, "").message(), HasSubstr("the table things is Log and can't tell what"));
  Crash();
  Ask("DROP TABLE things");
  UseTableWithView();
  ASSERT_EQ(Run(0, "").ToString(), "ok");
  EXPECT_EQ(Ask("SELECT name FROM system.tables WHERE create_table_query LIKE "
                "'%non_replicated_deduplication_window = 10000%' ORDER BY name"),
            "sums\nthings\n");
  EXPECT_EQ(Ask("SELECT name FROM system.tables WHERE create_table_query LIKE "
                "'%fsync_after_insert = 1, fsync_part_directory = 1%' ORDER BY name"),
            "sums\nthings\nweir_commits\n");
}

}  // namespace
}  // namespace weir
