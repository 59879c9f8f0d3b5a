#include "runtime/eval/arith_text.h"

#include <fmt/format.h>

#include "runtime/vector/column_text.h"

namespace weir {
namespace {

bool IsZero(const Column& column, RowIndex row) {
  if (column.IsNull(row)) return false;
  switch (column.type().physical()) {
    case Physical::kInt64: return ColumnView<int64_t>(column)[row] == 0;
    case Physical::kUInt64: return ColumnView<uint64_t>(column)[row] == 0;
    case Physical::kInt128: return ColumnView<Int128>(column)[row] == 0;
    default: return false;
  }
}

}  // namespace

std::string_view ArithSymbol(plan::ArithOp op) {
  constexpr std::string_view kSymbols[] = {"+", "-", "*", "/", "%"};
  return kSymbols[static_cast<size_t>(op)];
}

void FailArith(RowErrors& errors, RowIndex row, plan::ArithOp op, const Column& left,
               const Column& right, const DataType& type) {
  std::string a = ColumnText(left, row);
  std::string b = ColumnText(right, row);
  bool divides = op == plan::ArithOp::kDivide || op == plan::ArithOp::kModulo;
  if (divides && IsZero(right, row)) {
    errors.Add(row, RowErrorCode::kDivisionByZero,
               fmt::format("{} {} {}: division by zero", a, ArithSymbol(op), b));
    return;
  }
  errors.Add(row, RowErrorCode::kOverflow,
             fmt::format("{} {} {} is out of range for {}", a, ArithSymbol(op), b,
                         type.AsRequired().ToString()));
}

}  // namespace weir
