#include "runtime/operators/accumulators.h"

#include <gtest/gtest.h>

#include "stdlib/aggregate/all_aggregates.h"
#include "stdlib/api/function_registry.h"
#include "tests/unit/runtime/operators/plan_exprs.h"
#include "tests/unit/runtime/operators/small_aggregates.h"

namespace weir {
namespace {

constexpr int64_t kMax = INT64_MAX;

plan::AggregateCall SumOf(int column) {
  static const FunctionRegistry* const registry = [] {
    auto* made = new FunctionRegistry();
    RegisterAggregates(*made);
    return made;
  }();
  plan::AggregateCall call;
  call.name = "sum";
  call.function = registry->FindAggregate("sum");
  call.overload = &call.function->overloads[0];
  call.arguments = {Col(column, DataType::Int64())};
  call.type = DataType::Int64();
  return call;
}

/// One group of `sum(x)`, `values(x)`, `sum(y)`.
class AccumulatorsTest : public testing::Test {
 protected:
  AccumulatorsTest()
      : accumulators_(
            *Accumulators::Make({SumOf(0), ValuesOf(Col(0, DataType::Int64())), SumOf(1)}, 0)),
        block_(new(std::align_val_t{16}) uint8_t[accumulators_->block_size()]) {
    accumulators_->Init(block_);
  }
  ~AccumulatorsTest() override {
    accumulators_->Destroy(block_);
    operator delete[](block_, std::align_val_t{16});
  }

  static ColumnPtr Ints(const std::vector<int64_t>& values) {
    MutableColumnPtr column = Column::Make(DataType::Int64(), static_cast<uint32_t>(values.size()));
    std::copy(values.begin(), values.end(), column->mutable_data<int64_t>());
    return column;
  }

  /// Adds the rows in batches of `size`; which of them were refused.
  RowIndices Update(const std::vector<int64_t>& x, const std::vector<int64_t>& y, size_t size) {
    RowIndices refused;
    for (size_t begin = 0; begin < x.size(); begin += size) {
      const size_t end = std::min(x.size(), begin + size);
      const ColumnPtr xs = Ints({x.begin() + begin, x.begin() + end});
      const ColumnPtr ys = Ints({y.begin() + begin, y.begin() + end});
      const auto count = static_cast<uint32_t>(end - begin);
      const std::vector<uint8_t*> blocks(count, block_);
      RowErrors errors;
      accumulators_->Update({}, blocks.data(), {{xs.get()}, {xs.get()}, {ys.get()}},
                            std::vector<RowSet>(3, RowSet::All(count)), count, errors);
      for (RowIndex row : errors.Rows()) refused.push_back(static_cast<RowIndex>(begin) + row);
    }
    return refused;
  }

  std::string Result() {
    RowErrors errors;
    uint8_t* const block = block_;
    const std::vector<ColumnPtr> columns = accumulators_->Finish({&block, 1}, errors);
    EXPECT_TRUE(errors.empty());
    std::string text;
    for (const ColumnPtr& column : columns) text += column->ValueAt(0).ToString() + " ";
    return text;
  }

  std::unique_ptr<Accumulators> accumulators_;
  uint8_t* block_;
};

TEST_F(AccumulatorsTest, ARefusedRowIsInNoneOfThem) {
  // Row 1 leaves x, row 2 leaves y; row 3 fits only because neither of them was added.
  const std::vector<int64_t> x{kMax - 10, 11, 5, 5};
  const std::vector<int64_t> y{kMax - 10, 3, 11, 10};
  EXPECT_EQ(Update(x, y, 4), (RowIndices{1, 2}));
  EXPECT_EQ(Result(), fmt::format("{} \"5,{},\" {} ", kMax - 5, kMax - 10, kMax));
}

TEST_F(AccumulatorsTest, WhichRowsAreRefusedDoesNotDependOnTheBatches) {
  const std::vector<int64_t> x{kMax - 10, 6, 6, 4, -20, kMax, 7};
  const std::vector<int64_t> y{kMax - 3, 9, 2, 1, -9, 4, 1};
  const RowIndices whole = Update(x, y, x.size());
  const std::string result = Result();
  accumulators_->Destroy(block_);
  accumulators_->Init(block_);
  EXPECT_EQ(Update(x, y, 1), whole);
  EXPECT_EQ(Result(), result);
  EXPECT_FALSE(whole.empty());
}

}  // namespace
}  // namespace weir
