#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "runtime/base/hash.h"
#include "runtime/state/state_backend.h"
#include "runtime/state/state_table.h"
#include "runtime/vector/key_encoder.h"

namespace weir {
namespace {

struct Row {
  int64_t value;
  int64_t due;
};

Row& At(uint8_t* block) { return *reinterpret_cast<Row*>(block); }
const Row& At(const uint8_t* block) { return *reinterpret_cast<const Row*>(block); }

using Rows = std::map<int64_t, int64_t>;

/// A row moves to another time, or to none, with its value; now and then it is due at once.
int64_t DueAt(int64_t value) {
  if (value % 4 != 0) return kMaxTimestamp;
  return value % 40 == 0 ? kMinTimestamp : value / 4 % 500 - 100;
}

/// A table whose rows leave and come back at random, beside a map that says what must be in it.
/// Commits succeed, fail and take their time; the process dies now and then. Tables with other
/// prefixes have entries before and behind those of this one.
class ColdModel {
 public:
  /// `has_due`: rows are due at times of their own.
  ColdModel(unsigned seed, bool has_due)
      : has_due_(has_due),
        random_(seed),
        backend_(MakeMemoryStateBackend()),
        keys_({DataType::Int64()}) {
    Start(/*stored=*/false);
    PutNeighbours();
  }
  ~ColdModel() { EXPECT_GT(left_, 100U) << "rows did leave"; }

  /// A batch of rows: some counted up, some erased.
  void Batch() {
    const auto count = static_cast<uint32_t>(1 + random_() % 20);
    MutableColumnPtr column = Column::Make(DataType::Int64(), count);
    for (uint32_t i = 0; i < count; ++i) {
      column->mutable_data<int64_t>()[i] = static_cast<int64_t>(random_() % 500);
    }
    const RowSet rows = RowSet::All(count);
    keys_.Encode({column.get()}, rows, count);
    ASSERT_TRUE(table_->Load(keys_, rows).ok());
    for (uint32_t i = 0; i < count; ++i) {
      const int64_t key = column->mutable_data<int64_t>()[i];
      const uint8_t* found = table_->Find(keys_.key(i), keys_.hash(i));
      ASSERT_EQ(found != nullptr, expected_.contains(key)) << "key " << key;
      if (found != nullptr) {
        ASSERT_EQ(At(found).value, expected_[key]);
      }
      if (found != nullptr && random_() % 3 == 0) {
        table_->Erase(const_cast<uint8_t*>(found));
        expected_.erase(key);
        continue;
      }
      bool created = false;
      Row& row = At(table_->FindOrCreate(keys_.key(i), keys_.hash(i), created));
      ASSERT_EQ(created, found == nullptr);
      row.value = expected_[key] = static_cast<int64_t>(random_());
      row.due = DueOf(row.value);
    }
  }

  void Step() {
    switch (random_() % 8) {
      case 0: return Checkpoint();
      case 1: left_ += table_->Evict(random_() % 4000); return;
      case 2: {
        SliceBudget budget(random_() % 3000);
        ASSERT_TRUE(table_->Sweep(budget, random_() % 8 == 0).ok());
        return;
      }
      default: return Batch();
    }
  }

  void Die() {
    table_.reset();
    writer_.reset();
    given_back_.clear();
    expected_ = committed_;
    reached_ = kMinTimestamp;
    Start(/*stored=*/true);
  }

  /// All rows that are due by `until` are in memory when the sweeps have passed.
  void CheckDue(int64_t until) {
    reached_ = until = std::max(reached_, until);
    table_->BringBack(until);
    SliceBudget all = SliceBudget::Unlimited();
    while (table_->sweeping()) ASSERT_TRUE(table_->Sweep(all, false).ok());
    ASSERT_EQ(table_->size(), expected_.size()) << "in memory or not";
    size_t due = 0;
    table_->ForEach([&](uint8_t* block) { due += At(block).due <= until; });
    size_t expected = 0;
    for (const auto& [key, value] : expected_) expected += DueOf(value) <= until;
    ASSERT_EQ(due, expected);
  }

  /// What is in memory and what a scan finds besides are all rows, each once.
  void CheckScan() {
    Rows found;
    const auto add = [&](std::string_view key, const Row& row) {
      int64_t number = 0;
      std::memcpy(&number, key.data(), sizeof(number));
      EXPECT_TRUE(found.emplace(number, row.value).second) << "twice: " << number;
    };
    table_->ForEach([&](uint8_t* block) { add(StateTable::KeyOf(block), At(block)); });
    for (uint32_t group = 0; group < kNumKeyGroups; ++group) {
      std::string last, next;
      for (bool done = false; !done;) {
        SliceBudget budget(1 + random_() % 300);
        const Result<bool> scanned = table_->ScanCold(
            group, next, budget, [&](std::string_view key, std::string_view value) {
              EXPECT_EQ(KeyGroupOf(HashBytes(key)), group);
              EXPECT_TRUE(last.empty() || last < key);
              last = key;
              add(key, At(reinterpret_cast<const uint8_t*>(value.data())));
              return Status::Ok();
            });
        ASSERT_TRUE(scanned.ok());
        done = *scanned;
      }
    }
    ASSERT_EQ(found, expected_);
  }

  /// The table goes as a whole, wherever its rows are; of what is sealed commit N still has all.
  void Drop() {
    while (table_->sealed() || writer_ != nullptr) Checkpoint();
    writer_ = std::make_unique<StateWriter>("op");
    table_->Seal(writer_.get());
    SlotChanges deletes("rows");
    table_->Drop(deletes);
    SliceBudget all = SliceBudget::Unlimited();
    ASSERT_TRUE(table_->WriteSealed(all));
    given_back_.push_back(writer_->Take());
    writer_.reset();
    ASSERT_TRUE(backend_->Commit(backend_->last_epoch() + 1, given_back_).ok());
    ASSERT_EQ(Stored(), expected_.size() + 3 * kNumKeyGroups);
    StateWriter next("op");
    next.Append(std::move(deletes));
    given_back_.push_back(next.Take());
    ASSERT_TRUE(backend_->Commit(backend_->last_epoch() + 1, given_back_).ok());
    ASSERT_EQ(Stored(), 3 * kNumKeyGroups) << "only the neighbours are left";
    for (bool done = false; !done;) {
      SliceBudget budget(1 + random_() % 3000);
      done = table_->Free(budget);
    }
    EXPECT_EQ(table_->Memory().total, 0U);
  }

  std::mt19937& random() { return random_; }

 private:
  int64_t DueOf(int64_t value) const { return has_due_ ? DueAt(value) : kMaxTimestamp; }

  void PutNeighbours() {
    StateWriter writer("op");
    for (uint32_t group = 0; group < kNumKeyGroups; ++group) {
      for (const std::string_view prefix : {"", "p.", "p0"}) {
        writer.Put("rows", group, std::string(prefix) + "neighbour", "not a row");
      }
    }
    ASSERT_TRUE(backend_->Commit(1, {writer.Take()}).ok());
    table_->Committed(1);
  }

  size_t Stored() const {
    size_t count = 0;
    for (uint32_t group = 0; group < kNumKeyGroups; ++group) {
      (void)backend_->Scan("op", "rows", group, [&](std::string_view, std::string_view) {
        ++count;
        return Status::Ok();
      });
    }
    return count;
  }

  void Start(bool stored) {
    table_ = std::make_unique<StateTable>(sizeof(Row));
    const auto serialize = [](const uint8_t* block, std::string& out) {
      out.append(reinterpret_cast<const char*>(block), sizeof(Row));
    };
    table_->Track({"rows", "p/", serialize, /*verify=*/true});
    StateTable::Cold cold;
    cold.stored = stored;
    cold.reader = std::make_shared<StateReader>(*backend_, "op", 0, kNumKeyGroups, true);
    cold.deserialize = [](std::string_view value, uint8_t* block) {
      std::memcpy(block, value.data(), sizeof(Row));
      return Status::Ok();
    };
    if (has_due_) {
      cold.due = [](const uint8_t* block) { return At(block).due; };
      cold.due_of_stored = [](std::string_view value) {
        return At(reinterpret_cast<const uint8_t*>(value.data())).due;
      };
    }
    cold.may_leave = [this](const uint8_t* block) { return At(block).due > reached_; };
    table_->MayLeave(std::move(cold));
    EXPECT_EQ(table_->sweeping(), stored);
  }

  /// Begins one, writes on, or commits what is written.
  void Checkpoint() {
    if (writer_ == nullptr) {
      table_->Committed(backend_->last_epoch());
      writer_ = std::make_unique<StateWriter>("op");
      at_barrier_ = expected_;
      written_ = false;
      table_->Seal(writer_.get());
      return;
    }
    SliceBudget budget(random_() % 20'000);
    if (!written_) {
      written_ = table_->WriteSealed(budget);
      return;
    }
    given_back_.push_back(writer_->Take());
    writer_.reset();
    if (random_() % 4 == 0) return;  // failed: goes into the next one
    ASSERT_TRUE(backend_->Commit(backend_->last_epoch() + 1, given_back_).ok());
    given_back_.clear();
    committed_ = at_barrier_;
    if (random_() % 2 == 0) table_->Committed(backend_->last_epoch());
  }

  const bool has_due_;
  std::mt19937 random_;
  std::unique_ptr<StateBackend> backend_;
  KeyEncoder keys_;
  std::unique_ptr<StateTable> table_;
  Rows expected_, at_barrier_, committed_;
  std::unique_ptr<StateWriter> writer_;
  std::vector<StateDelta> given_back_;
  bool written_ = false;
  size_t left_ = 0;
  int64_t reached_ = kMinTimestamp;  ///< rows that are due by then stay
};

TEST(ColdStateTableTest, RowsThatLeaveComeBackAsTheyWere) {
  for (unsigned seed = 1; seed <= 16; ++seed) {
    const bool has_due = seed % 2 == 0;
    ColdModel model(seed, has_due);
    for (int step = 0; step < 6'000 && !testing::Test::HasFatalFailure(); ++step) {
      model.Step();
      if (model.random()() % 400 == 0) model.CheckDue(static_cast<int64_t>(model.random()() % 500));
      if (model.random()() % 300 == 0) model.CheckScan();
      if (model.random()() % 700 == 0) model.Die();
    }
    if (!testing::Test::HasFatalFailure() && !has_due) model.Drop();
    if (testing::Test::HasFatalFailure()) FAIL() << "seed " << seed;
  }
}

}  // namespace
}  // namespace weir
