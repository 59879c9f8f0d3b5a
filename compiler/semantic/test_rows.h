#pragma once

#include <string>
#include <vector>

#include "compiler/plan/test_program.h"
#include "compiler/semantic/stage_context.h"

namespace weir::semantic {

/// Rows of tests: constant structs of which any field may be left out.
class TestRows {
 public:
  TestRows(FlowContext& shared, const Scope& scope) : shared_(shared), scope_(scope) {}

  /// A record for the decoder `decode`: of the given fields, or the text of a string as it is.
  void AddGiven(const ast::Expr& row, const SchemaInfo& schema, const plan::DecodeSpec& decode,
                std::vector<plan::GivenRecord>& out);
  /// With `exactly`, columns left out must be null.
  void AddExpected(const ast::Expr& row, const Schema& schema, const std::string& stream,
                   bool exactly, std::vector<plan::ExpectedRow>& out);

 private:
  /// A struct with the given fields; none after a report.
  std::optional<Value> Evaluate(const ast::Expr& row, const DataType& type);

  FlowContext& shared_;
  const Scope& scope_;
};

}  // namespace weir::semantic
