#pragma once

#include <set>

#include "tests/unit/runtime/operators/operator_harness.h"

namespace weir {

/// `keys` rows, each of a key of its own, that `row_of` makes: outside memory they take next to
/// nothing, and all that they do once the watermark has reached `end` is what they do in memory.
inline void ExpectKeysLeave(const OperatorHarness::Make& make, const SchemaPtr& schema,
                            const std::function<TestRow(int64_t)>& row_of, Micros end) {
  constexpr int64_t kKeys = 40'000;
  constexpr int64_t kBatch = 2'000;
  OperatorHarness inside(make, schema);
  OperatorHarness outside(make, schema, 2048, /*evicts=*/true);
  size_t most = 0;
  for (int64_t at = 0; at < kKeys; at += kBatch) {
    std::vector<TestRow> rows;
    for (int64_t i = at; i < at + kBatch; ++i) rows.push_back(row_of(i));
    inside.Process(rows);
    outside.Process(rows);
    outside.EvictAll();
    most = std::max(most, outside.op().Memory().total);
  }
  EXPECT_GT(inside.op().Memory().total, 64U * kKeys);
  EXPECT_LT(most, inside.op().Memory().total / 8);
  EXPECT_EQ(outside.op().Memory().fixed, 0U);
  inside.Watermark(end);
  outside.Watermark(end);
  EXPECT_LT(outside.told(), end) << "keys outside memory have more to do before";
  outside.FinishSweeps();
  EXPECT_EQ(outside.told(), inside.told());
  const auto sorted = [](const std::vector<EmittedRow>& rows) {
    std::multiset<std::string> lines;
    for (const EmittedRow& row : rows) lines.insert(fmt::format("{} {}", row.time, row.json));
    return lines;
  };
  EXPECT_GE(inside.emitted().size(), static_cast<size_t>(kKeys));
  EXPECT_TRUE(sorted(outside.emitted()) == sorted(inside.emitted()));
}

}  // namespace weir
