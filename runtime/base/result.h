#pragma once

#include <optional>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/base/status.h"

namespace weir {

/// Either a value or the Status that says why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}         // NOLINT: implicit by design
  Result(Status status) : status_(std::move(status)) {  // NOLINT: implicit by design
    WEIR_CHECK(!status_.ok(), "a Result without a value needs a failure");
  }
  template <typename U>
    requires(std::is_convertible_v<U &&, T> && !std::is_same_v<std::decay_t<U>, T> &&
             !std::is_same_v<std::decay_t<U>, Status> && !std::is_same_v<std::decay_t<U>, Result>)
  Result(U&& value) : value_(std::forward<U>(value)) {}  // NOLINT: implicit by design

  bool ok() const { return value_.has_value(); }
  const Status& status() const { return status_; }

  T& operator*() & { return Checked(); }
  const T& operator*() const& { return const_cast<Result*>(this)->Checked(); }
  T&& operator*() && { return std::move(Checked()); }
  T* operator->() { return &Checked(); }
  const T* operator->() const { return &const_cast<Result*>(this)->Checked(); }

 private:
  T& Checked() {
    WEIR_CHECK(value_.has_value(), "value of a failed Result: {}", status_.ToString());
    return *value_;
  }

  Status status_;
  std::optional<T> value_;
};

/// WEIR_ASSIGN(auto x, Compute()): returns on failure, else moves the value into `x`.
#define WEIR_ASSIGN(target, expr) \
  WEIR_ASSIGN_IMPL(WEIR_CONCAT(weir_result_, __COUNTER__), target, expr)
#define WEIR_ASSIGN_IMPL(result, target, expr) \
  auto result = (expr);                        \
  if (!result.ok()) return result.status();    \
  target = *std::move(result)

}  // namespace weir
