#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "runtime/base/string_map.h"

namespace weir {

/// The rows of one view as readers see them: JSON text by encoded key. Written by the workers that
/// own the keys, read by queries and the terminal view. Thread-safe.
class ViewRows {
 public:
  void Put(std::string_view key, std::string json) {
    const std::lock_guard lock(mutex_);
    rows_.insert_or_assign(std::string(key), std::move(json));
  }
  void Delete(std::string_view key) {
    const std::lock_guard lock(mutex_);
    rows_.erase(key);
  }
  /// The row's JSON, or "" when there is none.
  std::string Get(std::string_view key) const {
    const std::lock_guard lock(mutex_);
    const auto found = rows_.find(key);
    return found == rows_.end() ? std::string() : found->second;
  }
  size_t size() const {
    const std::lock_guard lock(mutex_);
    return rows_.size();
  }
  /// Visits rows in no particular order while writers wait.
  void ForEach(const std::function<void(std::string_view json)>& visit) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, json] : rows_) visit(json);
  }

 private:
  mutable std::mutex mutex_;
  StringMap<std::string> rows_;
};

}  // namespace weir
