// A dedupe stage in a job as tests/flow/configs/evict.json runs it: nothing fits, and crashes.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "compiler/plan/row_nodes.h"
#include "runtime/base/hash.h"
#include "runtime/exec/test_job.h"
#include "tests/unit/runtime/exec/sample_plan.h"

namespace weir {
namespace {

/// The sample's plan with a dedupe by k in place of its rekey.
std::shared_ptr<const plan::PhysicalPlan> DedupePlan() {
  const auto sample = SamplePlan();
  auto logical = std::make_shared<plan::LogicalPlan>();
  logical->settings = sample->logical->settings;
  logical->streams = sample->logical->streams;
  for (const auto& node : sample->logical->nodes) {
    if (node->name != "keyed") {
      auto copy = node->Clone();
      copy->inputs = node->inputs;
      logical->Add(std::move(copy));
      continue;
    }
    auto dedupe = std::make_unique<plan::DedupeNode>();
    dedupe->name = dedupe->stream = "keyed";
    dedupe->schema = node->schema;
    dedupe->inputs = node->inputs;
    dedupe->keys = {plan::MakeColumn(0, "k", DataType::String())};
    dedupe->within = 3600 * kMicrosPerSecond;
    dedupe->duplicate.kind = dedupe->error.kind = plan::Route::Kind::kDiscard;
    dedupe->duplicate.reason = "duplicate";
    dedupe->error.reason = "old";
    logical->Add(std::move(dedupe));
  }
  auto physical = std::make_shared<plan::PhysicalPlan>(*sample);
  physical->logical = logical;
  for (plan::PhysicalNode& node : physical->nodes) {
    node.logical =
        std::shared_ptr<const plan::LogicalNode>(logical, &logical->at(node.logical->id));
  }
  return physical;
}

/// Numbers of keys of one key group, so that it has enough for filters to err.
std::vector<int64_t> KeysOfOneGroup(size_t count) {
  std::vector<int64_t> keys;
  for (int64_t number = 0; keys.size() < count; ++number) {
    const std::string text = fmt::format("k{}", number);
    const auto size = static_cast<uint32_t>(text.size());
    // As KeyEncoder has it.
    std::string key(reinterpret_cast<const char*>(&size), sizeof(size));
    if (KeyGroupOf(HashBytes(key + text)) == 130) keys.push_back(number);
  }
  return keys;
}

int64_t Gauge(const TestJob& job, const std::string& name) {
  for (const NamedLedger& named : job.Ledgers()) {
    const auto found = named.ledger.gauges.find(name);
    if (named.name == "keyed" && found != named.ledger.gauges.end()) return found->second;
  }
  return 0;
}

TEST(DedupeLeavesMemoryTest, DuplicatesAreFoundInPages) {
  TestJob::Options options;
  options.workers = 2;
  options.batch_rows = 50;
  options.crash_workers = {3, 2, 1, 7};
  options.state_memory = 1;
  TestJob job(DedupePlan(), options);
  job.StartClockAt(1000 * kMicrosPerSecond);
  const std::vector<int64_t> keys = KeysOfOneGroup(3000);
  std::set<int64_t> seen;
  int64_t passed = 0, pages = 0, found = 0, not_found = 0;
  for (int64_t part = 0; part < 25; ++part) {
    for (int64_t i = 0; i < 400; ++i) {
      const int64_t key = keys[static_cast<size_t>(part * 131 + i * 17) % keys.size()];
      passed += seen.insert(key).second ? 1 : 0;
      job.Give("events", SampleRecord(key, 1, part * 4));
    }
    ASSERT_TRUE(job.Run().ok());
    // Of this life; the next one begins at 0.
    pages += Gauge(job, "pages read");
    found += Gauge(job, "keys read");
    not_found += Gauge(job, "keys not found");
  }
  ASSERT_TRUE(job.End().ok());
  EXPECT_EQ(job.CheckLedgers(), "");
  int64_t rows = 0;
  for (const RecordBatch& batch : job.capture().Batches("keyed")) rows += batch.num_rows();
  EXPECT_EQ(rows, passed);
  EXPECT_GT(pages, 300);
  EXPECT_GT(found, 1000);
  EXPECT_GT(not_found, 0) << "a filter that errs is part of it";
}

}  // namespace
}  // namespace weir
