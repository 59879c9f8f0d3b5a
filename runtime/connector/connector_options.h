#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/types/value.h"

namespace weir {

/// Arguments of a connector or format as written, constants evaluated and typed by its spec.
/// Options that differ per row (Redis key templates) are not here but expressions of the sink.
class ConnectorOptions {
 public:
  void Set(std::string name, Value value);
  /// Null when not given and without default.
  const Value* Find(std::string_view name) const;
  bool Has(std::string_view name) const { return Find(name) != nullptr; }

  std::string GetString(std::string_view name, std::string_view otherwise = "") const;
  int64_t GetInt64(std::string_view name, int64_t otherwise = 0) const;
  double GetFloat64(std::string_view name, double otherwise = 0) const;
  bool GetBool(std::string_view name, bool otherwise = false) const;

  const std::vector<std::pair<std::string, Value>>& entries() const { return entries_; }

 private:
  std::vector<std::pair<std::string, Value>> entries_;
};

/// `kafka(topic: "t")`: which connector, with which options.
struct ConnectorCall {
  std::string connector;
  ConnectorOptions options;
};

}  // namespace weir
