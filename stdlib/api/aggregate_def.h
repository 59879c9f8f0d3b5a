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
  RowErrors* errors = nullptr;         ///< overflow of a sum: the row fails and is undone
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
