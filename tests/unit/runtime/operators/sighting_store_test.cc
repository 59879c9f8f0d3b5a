#include "runtime/operators/sighting_store.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "runtime/vector/column_gather.h"

namespace weir {
namespace {

constexpr Micros kSecond = kMicrosPerSecond;
constexpr Micros kWithin = 40 * kSecond;
constexpr char kStage[] = "rows/seen";
const std::vector<uint32_t> kGroups = {3, 130, 255};

struct Row {
  size_t id = 0;
  Micros time = 0;
};

/// What dedupe means, by loops: every first sighting of every id.
using Model = std::map<size_t, std::vector<Micros>>;

bool SeenInModel(Model& model, const Row& row) {
  for (const Micros first : model[row.id]) {
    if (std::abs(row.time - first) < kWithin) return true;
  }
  model[row.id].push_back(row.time);
  return false;
}

/// Ids of few key groups, so that these have enough for filters to err.
std::vector<Value> MakeIds(bool uuids, size_t count) {
  std::vector<Value> ids;
  std::mt19937_64 random(7);
  while (ids.size() < count) {
    const Fixed16 bits{random(), random()};
    Value id = uuids ? Value(DataType::Uuid(), bits)
                     : Value::String(fmt::format("a-rather-long-id-{}", bits.low));
    ColumnGather gather(id.type(), /*copy_strings=*/true);
    gather.AppendValue(id);
    const ColumnPtr column = Column::Flatten(gather.Finish());
    KeyEncoder keys({id.type()});
    keys.Encode({column.get()}, RowSet::All(1), 1);
    const uint32_t group = KeyGroupOf(keys.hash(0));
    if (std::count(kGroups.begin(), kGroups.end(), group) != 0) ids.push_back(std::move(id));
  }
  return ids;
}

/// The stores of all workers of a job, their barriers and commits, and the model beside them.
class Workers {
 public:
  Workers(bool uuids, unsigned seed)
      : uuids_(uuids),
        random_(seed),
        ids_(MakeIds(uuids, 4000)),
        backend_(MakeMemoryStateBackend()) {
    Start(2, true);
  }

  void Start(uint32_t workers, bool cold) {
    readers_.clear();
    stores_.clear();
    for (uint32_t worker = 0; worker < workers; ++worker) {
      uint32_t first = 0, end = 0;
      while (first < kNumKeyGroups && WorkerOfKeyGroup(first, workers) < worker) ++first;
      for (end = first; end < kNumKeyGroups && WorkerOfKeyGroup(end, workers) == worker;) ++end;
      readers_.push_back(std::make_shared<StateReader>(*backend_, kStage, first, end, worker == 0));
      stores_.push_back(std::make_unique<SightingStore>(
          SightingStore::Options{kWithin, uuids_, true, true, cold ? readers_.back() : nullptr}));
      const Status restored = stores_.back()->Restore(*readers_.back());
      ASSERT_TRUE(restored.ok()) << restored.ToString();
    }
    model_ = committed_model_;
    watermark_ = committed_watermark_;
    writers_.clear();
    kept_.clear();
    told_ = backend_->last_epoch();
  }

  void Process(const std::vector<Row>& rows) {
    std::vector<std::vector<Row>> parts(stores_.size());
    KeyEncoder keys({ids_[0].type()});
    for (const Row& row : rows) {
      Encode({row}, keys);
      parts[WorkerOfKeyGroup(KeyGroupOf(keys.hash(0)), static_cast<uint32_t>(stores_.size()))]
          .push_back(row);
    }
    for (size_t worker = 0; worker < stores_.size(); ++worker) {
      const auto count = static_cast<uint32_t>(parts[worker].size());
      SightingStore& store = *stores_[worker];
      Encode(parts[worker], keys);
      MutableColumnPtr times = Column::Make(DataType::Timestamp(), count);
      for (uint32_t i = 0; i < count; ++i) {
        times->mutable_data<Micros>()[i] = parts[worker][i].time;
      }
      std::vector<uint8_t> seen(count);
      const Status read =
          store.LookUpCold(keys, RowSet::All(count), ColumnView<Micros>(*times), seen);
      ASSERT_TRUE(read.ok()) << read.ToString();
      for (uint32_t i = 0; i < count; ++i) {
        const Row& row = parts[worker][i];
        const bool is = seen[i] != 0 || store.SeenBefore(keys.key(i), keys.hash(i), row.time);
        ASSERT_EQ(is, SeenInModel(model_, row)) << "id " << row.id << " at " << row.time;
      }
    }
  }

  void Watermark(Micros watermark) {
    watermark_ = watermark;
    for (const auto& store : stores_) store->Expire(watermark - 2 * kWithin);
  }

  void Barrier() {
    if (!writers_.empty()) return;
    Tell();
    for (const auto& store : stores_) {
      writers_.push_back(std::make_unique<StateWriter>(kStage));
      store->Seal(writers_.back().get());
    }
    sealed_model_ = model_;
    sealed_watermark_ = watermark_;
  }

  /// Writes on; what is whole is committed, or fails to be: then it goes into the next one.
  void Write(bool fails) {
    if (writers_.empty()) return;
    for (const auto& store : stores_) {
      SliceBudget budget(1 + random_() % 4096);
      if (!store->WriteSealed(budget)) return;
    }
    for (const auto& writer : writers_) kept_.push_back(writer->Take());
    writers_.clear();
    if (fails) return;
    ASSERT_TRUE(backend_->Commit(backend_->last_epoch() + 1, kept_).ok());
    kept_.clear();
    committed_model_ = sealed_model_;
    committed_watermark_ = sealed_watermark_;
  }
  /// The word of a commit comes to the workers late.
  void Tell() {
    if (told_ == backend_->last_epoch() || !writers_.empty()) return;
    told_ = backend_->last_epoch();
    for (const auto& store : stores_) store->Committed(told_);
  }

  void Evict(size_t bytes) {
    for (const auto& store : stores_) store->Evict(bytes);
  }
  void Sweep() {
    for (const auto& store : stores_) {
      SliceBudget budget(1 + random_() % 20000);
      if (!store->has_upkeep()) continue;
      const Status swept = store->Sweep(budget);
      ASSERT_TRUE(swept.ok()) << swept.ToString();
    }
  }

  SightingStore::Reads TakeReads() const {
    SightingStore::Reads sum;
    for (const auto& store : stores_) {
      sum.pages += store->reads().pages;
      sum.found += store->reads().found;
      sum.not_found += store->reads().not_found;
      sum.merged += store->reads().merged;
    }
    return sum;
  }
  StateMemory Memory() const {
    StateMemory sum;
    for (const auto& store : stores_) sum.Add(store->Memory());
    return sum;
  }
  int64_t count() const {
    int64_t count = 0;
    for (const auto& store : stores_) count += store->count();
    return count;
  }
  size_t Entries(std::string_view slot) const {
    size_t entries = 0;
    for (uint32_t group = 0; group < kNumKeyGroups; ++group) {
      (void)backend_->Scan(kStage, slot, group, [&](std::string_view, std::string_view) {
        ++entries;
        return Status::Ok();
      });
    }
    return entries;
  }
  void WriteAll() {
    Barrier();
    while (!writers_.empty()) Write(false);
    Tell();
  }

  std::mt19937& random() { return random_; }
  size_t ids() const { return ids_.size(); }
  Micros watermark() const { return watermark_; }
  StateBackend& backend() { return *backend_; }
  SightingStore& store(size_t worker) { return *stores_[worker]; }

 private:
  void Encode(const std::vector<Row>& rows, KeyEncoder& keys) {
    ColumnGather gather(ids_[0].type(), /*copy_strings=*/true);
    for (const Row& row : rows) gather.AppendValue(ids_[row.id]);
    column_ = Column::Flatten(gather.Finish());
    const auto count = static_cast<uint32_t>(rows.size());
    keys.Encode({column_.get()}, RowSet::All(count), count);
  }

  const bool uuids_;
  std::mt19937 random_;
  const std::vector<Value> ids_;
  std::unique_ptr<StateBackend> backend_;
  std::vector<std::shared_ptr<StateReader>> readers_;
  std::vector<std::unique_ptr<SightingStore>> stores_;
  std::vector<std::unique_ptr<StateWriter>> writers_;  ///< of the barrier that is written
  std::vector<StateDelta> kept_;                       ///< of barriers that are not committed
  uint64_t told_ = 0;
  Model model_, sealed_model_, committed_model_;
  Micros watermark_ = 0, sealed_watermark_ = 0, committed_watermark_ = 0;
  ColumnPtr column_;
};

SightingStore::Reads RunRandomly(unsigned seed, bool uuids) {
  SCOPED_TRACE(fmt::format("seed {} uuids {}", seed, uuids));
  Workers workers(uuids, seed);
  std::mt19937& random = workers.random();
  SightingStore::Reads reads;
  const auto add_reads = [&] {
    const SightingStore::Reads more = workers.TakeReads();
    reads.pages += more.pages;
    reads.found += more.found;
    reads.not_found += more.not_found;
    reads.merged += more.merged;
  };
  const bool evicts_all = seed % 2 == 0;
  bool cold = true;
  for (int step = 0; step < 900 && !testing::Test::HasFatalFailure(); ++step) {
    std::vector<Row> rows(random() % 120);
    for (Row& row : rows) {
      row.id = random() % workers.ids();
      row.time = workers.watermark() - kWithin + static_cast<Micros>(random() % 80) * kSecond;
    }
    workers.Process(rows);
    if (random() % 4 == 0) workers.Watermark(workers.watermark() + (random() % 5) * kSecond);
    if (random() % 8 == 0) workers.Barrier();
    if (random() % 2 == 0) workers.Write(random() % 5 == 0);
    if (random() % 3 == 0) workers.Tell();
    if (random() % 3 == 0) workers.Evict(evicts_all ? SIZE_MAX : random() % 30000);
    if (random() % 2 == 0) workers.Sweep();
    if (random() % 120 == 0) {
      add_reads();
      cold = random() % 5 != 0;
      workers.Start(static_cast<uint32_t>(1 + random() % 7), cold);
    }
    const StateMemory memory = workers.Memory();
    EXPECT_LE(cold ? memory.fixed + memory.dirty : memory.fixed, memory.total);
    EXPECT_LT(memory.total, size_t{64} << 20);
  }
  add_reads();
  workers.Watermark(workers.watermark() + 10 * kWithin);
  EXPECT_EQ(workers.count(), 0);
  EXPECT_EQ(workers.Memory().total, workers.Memory().dirty) << "merges that wait, at most";
  workers.WriteAll();
  workers.WriteAll();
  for (const char* slot : {"ids", "pages", "filters"}) EXPECT_EQ(workers.Entries(slot), 0U) << slot;
  return reads;
}

TEST(SightingStoreTest, RandomRowsBarriersEvictionsAndRestartsAsTheDefinitionSays) {
  int64_t merged = 0;
  for (unsigned seed = 1; seed <= 8; ++seed) {
    const SightingStore::Reads reads = RunRandomly(seed, seed % 3 != 0);
    EXPECT_GT(reads.found, 100) << "seed " << seed;
    EXPECT_GT(reads.not_found, 10) << "seed " << seed << ": filters that err are part of it";
    merged += reads.merged;
  }
  EXPECT_GT(merged, 100);
}

/// Gives every id in turn, in so many barriers, and lets all leave after each.
void FillAndLeave(Workers& workers, size_t barriers) {
  for (size_t barrier = 0; barrier < barriers; ++barrier) {
    std::vector<Row> rows;
    for (size_t id = barrier; id < workers.ids(); id += barriers) rows.push_back({id, kSecond});
    workers.Process(rows);
    workers.WriteAll();
    workers.Evict(SIZE_MAX);
    workers.WriteAll();  // what was little was in tails
    workers.Evict(SIZE_MAX);
    for (int i = 0; i < 50; ++i) workers.Sweep();
  }
}

TEST(SightingStoreTest, WhatLeftTakesTwoBytesOfAnId) {
  Workers workers(true, 1);
  FillAndLeave(workers, 1);
  const StateMemory memory = workers.Memory();
  EXPECT_EQ(memory.total, memory.fixed);
  EXPECT_EQ(memory.dirty, 0U);
  // But for the objects of 3 key groups and one bucket.
  EXPECT_LT(memory.total, workers.ids() * 2 + 3 * 1000 + 5000);
  EXPECT_EQ(workers.Entries("ids"), 0U);
  EXPECT_EQ(workers.Entries("filters"), 3U);
  EXPECT_LT(workers.Entries("pages"), workers.ids() / 100);
}

TEST(SightingStoreTest, RunsAreMergedSoThatARowAsksFew) {
  Workers workers(true, 1);
  FillAndLeave(workers, 60);
  workers.WriteAll();
  EXPECT_LE(workers.Entries("filters"), 3U * 9) << workers.TakeReads().merged << " merged";
  EXPECT_EQ(workers.count(), static_cast<int64_t>(workers.ids()));
}

TEST(SightingStoreTest, ARestartReadsFiltersOnly) {
  Workers workers(true, 1);
  FillAndLeave(workers, 3);
  workers.Start(3, true);
  EXPECT_EQ(workers.Memory().total, workers.Memory().fixed);
  EXPECT_EQ(workers.count(), static_cast<int64_t>(workers.ids()));
  workers.Start(3, false);
  EXPECT_GT(workers.Memory().total, workers.ids() * 24) << "without a place to read from: all";
  EXPECT_EQ(workers.count(), static_cast<int64_t>(workers.ids()));
}

TEST(SightingStoreTest, AMissingPageIsAnErrorThatNamesIt) {
  Workers workers(true, 1);
  FillAndLeave(workers, 1);
  StateWriter out(kStage);
  for (uint32_t page = 0; page < 100; ++page) {
    out.Delete("pages", 3, fmt::format("0/000001/{:06}", page));
  }
  ASSERT_TRUE(workers.backend().Commit(workers.backend().last_epoch() + 1, {out.Take()}).ok());
  SightingStore store({kWithin, true, true, true,
                       std::make_shared<StateReader>(workers.backend(), kStage, 0, 256, true)});
  const StateReader reader(workers.backend(), kStage, 0, 256, true);
  ASSERT_TRUE(store.Restore(reader).ok());
  std::vector<uint8_t> seen(1);
  MutableColumnPtr times = Column::Make(DataType::Timestamp(), 1);
  times->mutable_data<Micros>()[0] = 0;
  Status status;
  for (const Value& id : MakeIds(true, 40)) {
    KeyEncoder keys({id.type()});
    ColumnGather gather(id.type(), true);
    gather.AppendValue(id);
    const ColumnPtr column = Column::Flatten(gather.Finish());
    keys.Encode({column.get()}, RowSet::All(1), 1);
    const Status read = store.LookUpCold(keys, RowSet::All(1), ColumnView<Micros>(*times), seen);
    if (!read.ok()) status = read;
  }
  EXPECT_NE(status.message().find("stored page 0/000001/"), std::string::npos) << status.ToString();
  // And without a place to read from, at the start.
  SightingStore all({kWithin, true, true, true, nullptr});
  EXPECT_FALSE(all.Restore(reader).ok());
}

/// What versions before runs wrote: blobs `start/worker/number`, several of a key group.
TEST(SightingStoreTest, BlobsOfEarlierVersionsAreRead) {
  const auto backend = MakeMemoryStateBackend();
  const std::string key(16, 'k'), other(16, 'o');
  const uint64_t hash = HashBytes(key), other_hash = HashBytes(other);
  StateWriter out(kStage);
  const auto put = [&](const std::string& id, int number) {
    const Micros time = 12 * kSecond;
    std::string blob("\x01");
    blob += id;
    blob.append(reinterpret_cast<const char*>(&time), sizeof(time));
    out.Put("ids", KeyGroupOf(HashBytes(id)), fmt::format("{}/1/{}", 10 * kSecond, number), blob);
  };
  put(key, 7);
  put(other, 12);
  ASSERT_TRUE(backend->Commit(1, {out.Take()}).ok());
  const auto reader = std::make_shared<StateReader>(*backend, kStage, 0, 256, true);
  for (const bool cold : {true, false}) {
    SightingStore store({kWithin, true, true, true, cold ? reader : nullptr});
    ASSERT_TRUE(store.Restore(*reader).ok());
    EXPECT_EQ(store.count(), 2);
    EXPECT_TRUE(store.SeenBefore(key, hash, 20 * kSecond));
    EXPECT_TRUE(store.SeenBefore(other, other_hash, 50 * kSecond));
    EXPECT_FALSE(store.SeenBefore(other, other_hash, 52 * kSecond));
  }
  SightingStore store({kWithin, true, true, true, reader});
  ASSERT_TRUE(store.Restore(*reader).ok());
  (void)store.Evict(SIZE_MAX);  // asks for runs
  StateWriter writer(kStage);
  store.Seal(&writer);
  SliceBudget all = SliceBudget::Unlimited();
  ASSERT_TRUE(store.WriteSealed(all));
  ASSERT_TRUE(backend->Commit(2, {writer.Take()}).ok());
  store.Committed(2);
  EXPECT_GT(store.Evict(SIZE_MAX), 0U);
  int left = 0;
  ASSERT_TRUE(reader
                  ->ForEach("ids",
                            [&](uint32_t, std::string_view, std::string_view) {
                              ++left;
                              return Status::Ok();
                            })
                  .ok());
  EXPECT_EQ(left, 0);
}

}  // namespace
}  // namespace weir
