#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "stdlib/api/kernel_context.h"
#include "stdlib/api/signature.h"

namespace weir {

/// Computes `out` for `rows`. Sees no null arguments (the evaluator took those rows away) unless
/// the overload says NullPolicy::kHandles. Arguments may be constant columns: read by ColumnView.
/// `out` is flat, of the result type, long enough; strings go to `out.arena()` or are views of an
/// argument (then `out.AddOwnersOf(argument)`).
using ScalarKernel = void (*)(KernelContext& context, std::span<const Column* const> arguments,
                              const RowSet& rows, Column& out);

/// Prepares what depends only on constant arguments; given once per use in a plan.
/// Constants that are not known are null pointers.
using BindFunction =
    Result<std::shared_ptr<const void>> (*)(std::span<const Value* const> constants);

enum class NullPolicy : uint8_t {
  kPropagate,  ///< null in, null out; result type is optional when an argument's is
  kHandles,    ///< the kernel reads validity itself; result optionality as its rule says
};

/// What the result depends on besides the arguments.
enum class Volatility : uint8_t {
  kPure,
  kIngest,    ///< on the row's ingest time: the same after a replay
  kVolatile,  ///< on the clock or chance: refused before exactly-once sinks
};

struct ScalarOverload {
  std::vector<ParamDef> params;
  ResultRule result;
  ScalarKernel kernel = nullptr;
  BindFunction bind = nullptr;
  bool infallible = false;  ///< never fails, though other overloads of the function may
};

/// A scalar function of the language, defined once: checks, help, reference pages, completion and
/// tests (every example) come from here.
struct FunctionDef {
  std::string name;
  std::string category;  ///< string, math, time, json, hash, uuid, net, privacy, conversion, list
  std::string doc;
  std::vector<ScalarOverload> overloads;
  std::vector<FunctionExample> examples;
  NullPolicy nulls = NullPolicy::kPropagate;
  Volatility volatility = Volatility::kPure;
  bool fallible = false;  ///< a row may fail: needs a route or `try`
};

}  // namespace weir
