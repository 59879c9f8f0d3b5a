#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/vector/column.h"
#include "runtime/vector/row_set.h"

namespace weir {

/// Why a row failed; the name is what dead letters and metrics show.
enum class RowErrorCode : uint8_t {
  kCast,  ///< text or number that the type can't hold
  kOverflow,
  kDivisionByZero,
  kJsonAccess,       ///< a member of a JSON scalar, malformed JSON
  kIndex,            ///< list index out of range
  kConstraint,       ///< a `where` on a type or field does not hold
  kInvalidArgument,  ///< a function's argument outside its domain
  kNull,             ///< a value is missing where one is needed
  kTooOld,           ///< too old to deduplicate, older than a view's retain
  kLimit,            ///< a size bound of the engine
};
std::string_view RowErrorCodeName(RowErrorCode code);  ///< "cast", "overflow", "division by zero" …

struct RowError {
  RowIndex row = 0;
  RowErrorCode code = RowErrorCode::kCast;
  std::string message;  ///< for people: `"12,50" is not a decimal(10, 2)`
};

/// Errors of rows of one batch, in the order found; the first of a row counts.
class RowErrors {
 public:
  void Add(RowIndex row, RowErrorCode code, std::string message) {
    errors_.push_back({row, code, std::move(message)});
  }
  bool empty() const { return errors_.empty(); }
  const std::vector<RowError>& errors() const { return errors_; }
  void Clear() { errors_.clear(); }
  /// Rows with an error, sorted, each once.
  RowIndices Rows() const;
  /// First error of a row; null when it has none.
  const RowError* Find(RowIndex row) const;

 private:
  std::vector<RowError> errors_;
};

/// `rows` without `failed` (both sorted) into `out`.
void SubtractRows(const RowSet& rows, const RowIndices& failed, RowIndices& out);

/// What a kernel may use besides its arguments. One per evaluation; one thread.
class KernelContext {
 public:
  KernelContext(RowErrors& errors, Micros now, const void* bound = nullptr)
      : errors_(errors), now_(now), bound_(bound) {}

  /// Reports that `row` has no result; the kernel goes on with the others.
  void Fail(RowIndex row, RowErrorCode code, std::string message) {
    errors_.Add(row, code, std::move(message));
  }
  RowErrors& errors() { return errors_; }
  /// Time of the injected clock, the same for all rows of a batch.
  Micros now() const { return now_; }
  /// What the overload's `bind` made of constant arguments (a compiled regex, …).
  template <typename T>
  const T& bound() const {
    return *static_cast<const T*>(bound_);
  }

 private:
  RowErrors& errors_;
  Micros now_;
  const void* bound_;
};

}  // namespace weir
