#pragma once

#include "runtime/vector/column.h"

namespace weir {

/// A flat column's values in a loop.
template <typename T>
struct FlatOperand {
  const T* data;
  T operator[](RowIndex row) const { return data[row]; }
};

/// A constant in a loop: stays in a register, so that the loop vectorizes.
template <typename T>
struct ConstantOperand {
  T value;
  T operator[](RowIndex) const { return value; }
};

/// Calls `body(operand)` with the form that fits the column.
template <typename T, typename Body>
void WithOperand(const Column& column, Body&& body) {
  if (column.is_constant()) {
    body(ConstantOperand<T>{column.data<T>()[0]});
  } else {
    body(FlatOperand<T>{column.data<T>()});
  }
}

/// Calls `body(left, right)`.
template <typename T, typename Body>
void WithOperands(const Column& left, const Column& right, Body&& body) {
  WithOperand<T>(left, [&](auto a) { WithOperand<T>(right, [&](auto b) { body(a, b); }); });
}

}  // namespace weir
