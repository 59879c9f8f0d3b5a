#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/ast/file.h"
#include "compiler/diagnostics/diagnostic_engine.h"
#include "compiler/semantic/expr_binder.h"
#include "compiler/source/source_manager.h"
#include "runtime/vector/column.h"
#include "stdlib/api/function_registry.h"

namespace weir {

/// Evaluates the examples of functions as a pipeline would: parser, type checker, evaluator.
class ExampleRunner {
 public:
  ExampleRunner();

  struct Outcome {
    std::optional<Value> value;
    std::string error;  ///< of the check or of the row
  };
  Outcome Evaluate(const std::string& expression,
                   const std::optional<DataType>& expected = std::nullopt);
  /// `sum([1, 2])`: the elements are the rows, their event times ascend. The accumulator is made
  /// in two parts that are merged, and goes through its saved form.
  Outcome Aggregate(const std::string& expression);

  const FunctionRegistry& functions() const { return functions_; }

 private:
  struct Fresh;  // sources and diagnostics of one expression
  static Outcome Failure(const DiagnosticEngine& diagnostics);
  static Outcome Accumulate(const plan::AggregateCall& call, const std::vector<ColumnPtr>& columns);

  FunctionRegistry functions_;
};

}  // namespace weir
