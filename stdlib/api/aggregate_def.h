#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"
#include "stdlib/api/function_def.h"
#include "stdlib/api/signature.h"

namespace weir {

/// Called with the accumulators of the rows: `states[row]` points to the accumulator (of this
/// aggregate, already offset) of the group that row belongs to. Null arguments are skipped by the
/// kernel itself.
struct AggregateContext {
  const void* bound = nullptr;         ///< what `bind` made of the constant arguments
  const Column* event_time = nullptr;  ///< int64; first/last go by it, never by arrival
  const Column* order = nullptr;       ///< int64 position within the partition; breaks ties
  /// `update`: rows that the accumulator can't take (a sum out of its range); it is left as it was.
  /// `finish`: results that have no value. May be null in neither.
  RowErrors* errors = nullptr;
};

/// The kernels of one overload for given types. An accumulator is `state_size` bytes, 16-aligned,
/// inside the group's row; memory beyond it is owned through pointers in it (`destroy`).
/// Deterministic: `update` in any order and any `merge` tree give the same `finish`, except where
/// `doc` says otherwise.
struct AggregateKernel {
  size_t state_size = 8;
  void (*init)(uint8_t* state, const AggregateContext& context) = nullptr;
  void (*update)(const AggregateContext& context, uint8_t* const* states,
                 std::span<const Column* const> arguments, const RowSet& rows) = nullptr;
  /// Takes rows back that `update` added, exactly. Null: `update` never reports an error.
  void (*retract)(const AggregateContext& context, uint8_t* const* states,
                  std::span<const Column* const> arguments, const RowSet& rows) = nullptr;
  /// Rows, or results of merged accumulators, fail for values that occur: the stage needs an error
  /// route. False where only more than two billion rows in one group could bring it about.
  bool can_fail = false;
  /// Results fail even where no accumulators were merged.
  bool result_can_fail = false;
  /// Adds `source` to `target`; `source` stays valid.
  void (*merge)(const AggregateContext& context, uint8_t* target, const uint8_t* source) = nullptr;
  /// Writes the result of `states[i]` to row i of `out` (flat, result type, `states.size()` long).
  void (*finish)(const AggregateContext& context, std::span<uint8_t* const> states,
                 Column& out) = nullptr;
  void (*destroy)(uint8_t* state) = nullptr;  ///< null when trivial
  /// Self-delimiting bytes, versioned by the first one; appended.
  void (*serialize)(const uint8_t* state, std::string& out) = nullptr;
  /// Reads what `serialize` wrote into an initialised state; moves `in` past it.
  Status (*deserialize)(std::string_view& in, uint8_t* state) = nullptr;
};

struct AggregateOverload {
  std::vector<ParamDef> params;
  ResultRule result;
  /// Chooses the kernel for argument types (widened as the params say) and result type.
  AggregateKernel (*kernel)(std::span<const DataType> arguments, const DataType& result) = nullptr;
  BindFunction bind = nullptr;
};

/// An aggregate of the language; see FunctionDef.
struct AggregateDef {
  std::string name;
  std::string doc;
  std::vector<AggregateOverload> overloads;
  /// `sum([1, 2, 3])`: the list is the column aggregated; further list arguments go in parallel.
  std::vector<FunctionExample> examples;
  bool empty_is_null = false;  ///< of nothing: null (avg, min, …), else a value (count, sum: 0)
  bool retractable = false;
};

}  // namespace weir
