#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/plan/aggregate_node.h"
#include "runtime/base/result.h"
#include "runtime/vector/record_batch.h"
#include "stdlib/api/aggregate_def.h"

namespace weir {

/// The accumulators of all aggregates of one stage, side by side in one block of memory per group.
/// One thread.
class Accumulators {
 public:
  /// `prefix`: bytes at the start of each block that belong to the operator.
  static Result<std::unique_ptr<Accumulators>> Make(const std::vector<plan::AggregateCall>& calls,
                                                    size_t prefix);

  size_t block_size() const { return block_size_; }

  void Init(uint8_t* block) const;
  void Destroy(uint8_t* block) const;
  void Merge(uint8_t* target, const uint8_t* source) const;

  /// Adds rows to the groups `blocks[row]`. `arguments[i]` are the columns of call i, `rows[i]` the
  /// rows that its filter lets through. A row that one of them can't take is in `errors` (cleared
  /// first) and in none of them.
  void Update(const HiddenColumns& hidden, uint8_t* const* blocks,
              const std::vector<std::vector<const Column*>>& arguments,
              const std::vector<RowSet>& rows, uint32_t capacity, RowErrors& errors);

  /// One column per call, row i from `blocks[i]`. Rows without a value are null and in `errors`.
  std::vector<ColumnPtr> Finish(std::span<uint8_t* const> blocks, RowErrors& errors) const;

  /// Whether Update may refuse a row.
  bool can_refuse() const { return !fallible_.empty(); }

  void Serialize(const uint8_t* block, std::string& out) const;
  /// Into an initialised block.
  Status Deserialize(std::string_view& in, uint8_t* block) const;

 private:
  struct Slot {
    AggregateKernel kernel;
    std::shared_ptr<const void> bound;
    DataType type;
    size_t offset = 0;
  };
  /// What Update was called with.
  struct Rows {
    const HiddenColumns& hidden;
    uint8_t* const* blocks;
    const std::vector<std::vector<const Column*>>& arguments;
  };
  using Kernel = decltype(&AggregateKernel::update);
  AggregateContext ContextOf(const Slot& slot) const;
  void Apply(Kernel kernel, size_t slot_index, const Rows& input, const RowSet& rows,
             RowErrors& errors);
  void UpdateFallible(const Rows& input, const std::vector<RowSet>& rows, uint32_t capacity,
                      RowErrors& errors);
  void UpdateRowByRow(const Rows& input, const std::vector<RowSet>& rows, uint32_t capacity,
                      RowErrors& errors);

  std::vector<Slot> slots_;
  std::vector<size_t> fallible_;  ///< slots that may refuse a row, and the others
  std::vector<size_t> safe_;
  size_t block_size_ = 0;
  std::vector<uint8_t*> states_;  ///< scratch
};

}  // namespace weir
