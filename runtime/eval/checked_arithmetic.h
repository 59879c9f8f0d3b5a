#pragma once

#include <cmath>
#include <cstdint>
#include <type_traits>

#include "compiler/plan/expr.h"

namespace weir {

// Operations on two values of one type, as functors so that loops inline them. Integers: false
// where there is no result (and `out` is some value all the same). Division truncates towards zero
// and the remainder has the sign of the dividend, as in SQL.

struct AddOp {
  template <typename T>
  static bool Apply(T a, T b, T* out) {
    return !__builtin_add_overflow(a, b, out);
  }
  static double Apply(double a, double b) { return a + b; }
};

struct SubtractOp {
  template <typename T>
  static bool Apply(T a, T b, T* out) {
    return !__builtin_sub_overflow(a, b, out);
  }
  static double Apply(double a, double b) { return a - b; }
};

struct MultiplyOp {
  template <typename T>
  static bool Apply(T a, T b, T* out) {
    return !__builtin_mul_overflow(a, b, out);
  }
  static double Apply(double a, double b) { return a * b; }
};

struct DivideOp {
  template <typename T>
  static bool Apply(T a, T b, T* out) {
    *out = 0;
    if (b == 0) return false;
    if (IsMinusOne(b)) return !__builtin_sub_overflow(T{0}, a, out);  // the machine would trap
    *out = a / b;
    return true;
  }
  static double Apply(double a, double b) { return a / b; }
  template <typename T>
  static bool IsMinusOne(T value) {
    return std::is_signed_v<T> && value == static_cast<T>(-1);
  }
};

struct ModuloOp {
  template <typename T>
  static bool Apply(T a, T b, T* out) {
    *out = 0;
    if (b == 0) return false;
    if (!DivideOp::IsMinusOne(b)) *out = a % b;
    return true;
  }
  static double Apply(double a, double b) { return std::fmod(a, b); }
};

/// Calls `body(Op{})` with the functor of `op`.
template <typename Body>
void WithArithOp(plan::ArithOp op, Body&& body) {
  switch (op) {
    case plan::ArithOp::kAdd: body(AddOp{}); return;
    case plan::ArithOp::kSubtract: body(SubtractOp{}); return;
    case plan::ArithOp::kMultiply: body(MultiplyOp{}); return;
    case plan::ArithOp::kDivide: body(DivideOp{}); return;
    case plan::ArithOp::kModulo: body(ModuloOp{}); return;
  }
}

}  // namespace weir
