#include "runtime/state/state_table.h"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <random>
#include <string>

#include "runtime/base/hash.h"

namespace weir {
namespace {

int64_t& At(uint8_t* block) { return *reinterpret_cast<int64_t*>(block); }

TEST(StateTableTest, AgreesWithAMapThroughGrowthAndErasure) {
  for (unsigned seed = 1; seed <= 4; ++seed) {
    std::mt19937 random(seed);
    int64_t alive = 0;
    std::map<std::string, int64_t> expected, stored;
    {
      StateTable table(24, [&alive](uint8_t*) { --alive; });
      for (int step = 0; step < 30'000; ++step) {
        const std::string key(random() % 40, static_cast<char>('a' + random() % 3));
        const std::string full = key + std::to_string(random() % 700);
        const uint64_t hash = HashBytes(full);
        uint8_t* found = table.Find(full, hash);
        ASSERT_EQ(found != nullptr, expected.contains(full));
        if (random() % 3 == 0) {
          if (found == nullptr) continue;
          ASSERT_EQ(At(found), expected[full]);
          table.Erase(found);
          expected.erase(full);
        } else {
          bool created = false;
          uint8_t* block = table.FindOrCreate(full, hash, created);
          ASSERT_EQ(created, found == nullptr);
          ASSERT_EQ(reinterpret_cast<uintptr_t>(block) % 16, 0U);
          if (created) {
            ++alive;
            ASSERT_EQ(At(block), 0) << "zeroed, also when reused";
          } else {
            ASSERT_EQ(block, found) << "addresses are stable";
          }
          At(block) = expected[full] = step;
          ASSERT_EQ(StateTable::KeyOf(block), full);
          table.MarkDirty(block);
        }
        if (random() % 2000 == 0) {
          StateTable::Changes changes = table.TakeChanges();
          for (const auto& [erased, erased_hash] : changes.erased) {
            EXPECT_EQ(erased_hash, HashBytes(erased));
            EXPECT_EQ(stored.erase(erased), 1U);
          }
          for (uint8_t* block : changes.updated) {
            stored[std::string(StateTable::KeyOf(block))] = At(block);
          }
          ASSERT_EQ(stored, expected);
        }
      }
      ASSERT_EQ(table.size(), expected.size());
      size_t visited = 0;
      table.ForEach([&](uint8_t*) { ++visited; });
      EXPECT_EQ(visited, expected.size());
      EXPECT_EQ(alive, static_cast<int64_t>(expected.size()));
    }
    EXPECT_EQ(alive, 0);
  }
}

TEST(StateTableTest, MemoryOfErasedRowsIsReused) {
  StateTable table(32);
  size_t bytes = 0;
  for (int round = 0; round < 200; ++round) {
    for (int i = 0; i < 500; ++i) {
      const std::string key = std::to_string(round) + "/" + std::to_string(i);
      bool created = false;
      table.MarkDirty(table.FindOrCreate(key, HashBytes(key), created));
    }
    for (int i = 0; i < 500; ++i) {
      const std::string key = std::to_string(round) + "/" + std::to_string(i);
      table.Erase(table.Find(key, HashBytes(key)));
    }
    if (round % 7 == 0) table.TakeChanges();
    if (round == 20) bytes = table.ByteSize();
  }
  EXPECT_LE(table.ByteSize(), bytes * 3);
}

TEST(StateTableTest, RestoredRowsAreKnownToTheirSnapshot) {
  StateTable table(16);
  bool created = false;
  uint8_t* block = table.FindOrCreate("key", HashBytes("key"), created);
  table.MarkCommitted(block);
  EXPECT_TRUE(table.TakeChanges().updated.empty());
  EXPECT_EQ(table.CommittedKeys().size(), 1U);
  table.Erase(block);
  EXPECT_EQ(table.TakeChanges().erased.size(), 1U);
}

}  // namespace
}  // namespace weir
