#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/plan/keyed_state_node.h"
#include "runtime/base/status.h"
#include "runtime/vector/column.h"

namespace weir {

/// How the state fields of `session` and `process` lie in a block of memory: a null flag and a
/// value each. Values of fixed width are stored in place, strings and nested values are owned
/// through a pointer. One thread.
class StateLayout {
 public:
  /// `prefix`: bytes at the start of a block that belong to the operator.
  StateLayout(const std::vector<plan::StateField>& fields, size_t prefix);

  size_t block_size() const { return block_size_; }
  size_t num_fields() const { return slots_.size(); }

  /// All fields at their initial values. The memory was zeroed.
  void Init(uint8_t* block) const;
  void Destroy(uint8_t* block) const;
  /// Fields of an initialised block back to their initial values.
  void Reset(uint8_t* block) const { Init(block); }
  /// `target` becomes an owning copy of `source`; `target` was initialised.
  void Copy(uint8_t* target, const uint8_t* source) const;

  /// Field of `blocks[i]` into row i of a flat column. Strings are views of the blocks.
  MutableColumnPtr Gather(size_t field, std::span<uint8_t* const> blocks) const;
  /// Strings to be written after all fields have been read: registers may be views of them.
  using TextWrites = std::vector<std::pair<std::string*, std::string>>;
  /// Row `rows[i]` of `column` into the field of `blocks[rows[i]]`; strings into `texts`.
  void Scatter(size_t field, const Column& column, const RowSet& rows,
               std::span<uint8_t* const> blocks, TextWrites& texts) const;

  /// Combines two sessions into `target` by each field's rule; `source_is_earlier`: it started
  /// first.
  Status Merge(uint8_t* target, const uint8_t* source, bool source_is_earlier) const;

  void Serialize(const uint8_t* block, std::string& out) const;
  /// Into an initialised block; moves `in` past what it read.
  Status Deserialize(std::string_view& in, uint8_t* block) const;

 private:
  struct Slot {
    const plan::StateField* field;
    Physical physical;
    size_t null_offset;
    size_t offset;
  };
  Value Get(const Slot& slot, const uint8_t* block) const;
  void Set(const Slot& slot, uint8_t* block, const Value& value) const;
  Status MergeField(const Slot& slot, uint8_t* target, const uint8_t* source,
                    bool source_is_earlier) const;

  std::vector<Slot> slots_;
  size_t block_size_ = 0;
};

}  // namespace weir
