#include "runtime/operators/value_order.h"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <variant>

namespace weir {
namespace {

template <typename T>
int Order(const T& a, const T& b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}

int CompareLists(const Value::List& a, const Value::List& b) {
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (const int order = CompareInOrder(a[i], b[i]); order != 0) return order;
  }
  return Order(a.size(), b.size());
}

}  // namespace

int CompareInOrder(const Value& a, const Value& b) {
  if (a.is_null() || b.is_null()) return Order(!a.is_null(), !b.is_null());
  return std::visit(
      [&](const auto& left) {
        using T = std::decay_t<decltype(left)>;
        const T& right = std::get<T>(b.payload());
        if constexpr (std::is_same_v<T, std::monostate>) {
          return 0;
        } else if constexpr (std::is_same_v<T, Value::List>) {
          return CompareLists(left, right);
        } else if constexpr (std::is_same_v<T, double>) {
          if (std::isnan(left) || std::isnan(right))
            return Order(!std::isnan(left), !std::isnan(right));
          return Order(left, right);
        } else {
          return Order(left, right);
        }
      },
      a.payload());
}

}  // namespace weir
