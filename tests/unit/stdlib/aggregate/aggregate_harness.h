#pragma once

#include <memory>
#include <string>
#include <vector>

#include "stdlib/aggregate/all_aggregates.h"
#include "stdlib/api/function_registry.h"

namespace weir {

/// Drives one aggregate the way operators do: groups in one block of memory, batches, merging,
/// saving and restoring.
class AggregateHarness {
 public:
  /// `arguments` and `constants` by parameter; constants of columns are null pointers.
  AggregateHarness(const std::string& name, size_t overload, std::vector<DataType> arguments,
                   std::vector<const Value*> constants = {});

  class State {
   public:
    explicit State(const AggregateHarness& harness);
    ~State();
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    uint8_t* bytes() const { return bytes_; }

   private:
    const AggregateHarness& harness_;
    uint8_t* bytes_;
  };

  /// Adds `rows` of the columns; `times` may be null.
  void Update(State& state, const std::vector<ColumnPtr>& columns, const RowSet& rows,
              const Column* times = nullptr, const Column* order = nullptr);
  void Merge(State& target, const State& source) const;
  std::string Save(const State& state) const;
  Status Load(std::string_view bytes, State& state) const;
  Value Finish(const State& state);

  const RowErrors& errors() const { return errors_; }
  const AggregateKernel& kernel() const { return kernel_; }
  AggregateContext Context() const;

 private:
  AggregateKernel kernel_;
  std::shared_ptr<const void> bound_;
  DataType result_;
  RowErrors errors_;
};

/// A column of values; monostate values are null.
ColumnPtr ColumnOf(DataType type, const std::vector<Value>& values);
ColumnPtr IntColumn(const std::vector<int64_t>& values, DataType type = DataType::Int64());
ColumnPtr FloatColumn(const std::vector<double>& values);
ColumnPtr TextColumn(const std::vector<std::string>& values);

}  // namespace weir
