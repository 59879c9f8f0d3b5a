#include "runtime/state/state_table.h"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "runtime/base/hash.h"

namespace weir {
namespace {

int64_t& At(uint8_t* block) { return *reinterpret_cast<int64_t*>(block); }
int64_t At(const uint8_t* block) { return *reinterpret_cast<const int64_t*>(block); }

void Serialize(const uint8_t* block, std::string& out) { out.append(std::to_string(At(block))); }

using Rows = std::map<std::string, int64_t>;

/// What a backend would hold after the changes in `writer`.
void Apply(StateWriter& writer, Rows& stored) {
  const StateDelta delta = writer.Take();
  for (const SlotChanges& changes : delta.slots) {
    EXPECT_EQ(changes.slot(), "rows");
    changes.ForEach([&](const StateChange& change) {
      EXPECT_EQ(change.key.substr(0, 2), "p/");
      const std::string key(change.key.substr(2));
      EXPECT_EQ(change.key_group, KeyGroupOf(HashBytes(key)));
      if (change.value) {
        stored[key] = std::stoll(std::string(*change.value));
      } else {
        EXPECT_EQ(stored.erase(key), 1U) << "only what was stored is deleted";
      }
    });
  }
}

/// A tracked table beside a map that says what must be in it, and checkpoints of it in slices.
class Model {
 public:
  explicit Model(unsigned seed)
      : random_(seed), table_(24, [this](uint8_t*) { --alive_; }) {
    table_.Track({"rows", "p/", Serialize, /*verify=*/true});
  }
  ~Model() {
    SliceBudget all = SliceBudget::Unlimited();
    table_.WriteSealed(all);
  }

  void Change(int step) {
    const std::string key(random_() % 40, static_cast<char>('a' + random_() % 3));
    const std::string full = key + std::to_string(random_() % 700);
    const uint64_t hash = HashBytes(full);
    const uint8_t* found = table_.Find(full, hash);
    ASSERT_EQ(found != nullptr, expected_.contains(full));
    if (found != nullptr) {
      ASSERT_EQ(At(found), expected_[full]);
    }
    if (random_() % 3 == 0) {
      if (found == nullptr) return;
      table_.Erase(const_cast<uint8_t*>(found));
      expected_.erase(full);
      return;
    }
    bool created = false;
    uint8_t* block = table_.FindOrCreate(full, hash, created);
    ASSERT_EQ(created, found == nullptr);
    ASSERT_EQ(reinterpret_cast<uintptr_t>(block) % 16, 0U);
    if (created) {
      ++alive_;
      ASSERT_EQ(At(block), 0) << "zeroed, also when reused";
    } else {
      ASSERT_EQ(block, found) << "addresses are stable";
    }
    At(block) = expected_[full] = step;
    ASSERT_EQ(StateTable::KeyOf(block), full);
  }

  /// Begins a checkpoint, or goes on with it.
  void Checkpoint() {
    if (writer_ == nullptr) {
      writer_ = std::make_unique<StateWriter>("op");
      at_barrier_ = expected_;
      table_.Seal(writer_.get());
      return;
    }
    SliceBudget budget(random_() % 40'000);
    if (!table_.WriteSealed(budget)) return;
    Apply(*writer_, stored_);
    writer_.reset();
    ++checkpoints_;
    ASSERT_EQ(stored_, at_barrier_) << "whatever has changed since";
  }

  void CheckRows() {
    ASSERT_EQ(table_.size(), expected_.size());
    Rows rows;
    table_.ForEach(
        [&](uint8_t* block) { rows[std::string(StateTable::KeyOf(block))] = At(block); });
    ASSERT_EQ(rows, expected_);
    ASSERT_EQ(alive_, static_cast<int64_t>(expected_.size()));
  }

  std::mt19937& random() { return random_; }
  int checkpoints() const { return checkpoints_; }

 private:
  std::mt19937 random_;
  int64_t alive_ = 0;
  StateTable table_;
  Rows expected_, at_barrier_, stored_;
  std::unique_ptr<StateWriter> writer_;
  int checkpoints_ = 0;
};

TEST(StateTableTest, ACheckpointHasTheRowsOfItsBarrier) {
  for (unsigned seed = 1; seed <= 4; ++seed) {
    Model model(seed);
    for (int step = 0; step < 40'000 && !testing::Test::HasFatalFailure(); ++step) {
      model.Change(step);
      if (model.random()() % 150 == 0) model.Checkpoint();
      if (step % 5'000 == 0) model.CheckRows();
    }
    model.CheckRows();
    EXPECT_GT(model.checkpoints(), 15);
  }
}

TEST(StateTableTest, MemoryOfErasedRowsIsReused) {
  for (const bool with_checkpoints : {false, true}) {
    StateTable table(32);
    table.Track({"rows", "p/", Serialize});
    StateWriter writer("op");
    size_t bytes = 0;
    for (int round = 0; round < 200; ++round) {
      for (int i = 0; i < 500; ++i) {
        const std::string key = std::to_string(round) + "/" + std::to_string(i);
        bool created = false;
        table.FindOrCreate(key, HashBytes(key), created);
      }
      for (int i = 0; i < 500; ++i) {
        const std::string key = std::to_string(round) + "/" + std::to_string(i);
        table.Erase(table.FindToChange(key, HashBytes(key)));
        if (with_checkpoints && i == 250) {
          SliceBudget all = SliceBudget::Unlimited();
          table.WriteSealed(all);
          table.Seal(&writer);
        }
      }
      if (round == 20) bytes = table.ByteSize();
    }
    EXPECT_LE(table.ByteSize(), bytes * 3);
  }
}

TEST(StateTableTest, RestoredRowsAreKnownToTheirSnapshot) {
  StateTable table(16);
  table.Track({"rows", "p/", Serialize});
  uint8_t* block = table.AddCommitted("key", HashBytes("key"));
  table.AddCommitted("other", HashBytes("other"));
  StateWriter writer("op");
  SliceBudget all = SliceBudget::Unlimited();
  table.Seal(&writer);
  EXPECT_TRUE(table.WriteSealed(all));
  EXPECT_TRUE(writer.Take().empty());
  table.Erase(block);
  StateWriter next("op");
  table.Seal(&next);
  EXPECT_TRUE(table.WriteSealed(all));
  Rows stored{{"key", 0}, {"other", 0}};
  Apply(next, stored);
  EXPECT_EQ(stored, (Rows{{"other", 0}}));
  SlotChanges deletes("rows");
  table.Drop(deletes);
  EXPECT_EQ(deletes.size(), 1U) << "of the one that is left";
}

TEST(StateTableDeathTest, AChangeThatWasNotMarkedIsFound) {
  StateTable table(16);
  table.Track({"rows", "p/", Serialize, /*verify=*/true});
  bool created = false;
  uint8_t* block = table.FindOrCreate("key", HashBytes("key"), created);
  StateWriter writer("op");
  table.Seal(&writer);
  At(block) = 1;
  SliceBudget all = SliceBudget::Unlimited();
  EXPECT_DEATH(table.WriteSealed(all), "without having been marked");
}

}  // namespace
}  // namespace weir
