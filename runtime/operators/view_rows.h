#pragma once

#include <array>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "runtime/base/string_map.h"

namespace weir {

/// The rows of one view as readers see them: JSON text by encoded key. Written by the workers that
/// own the keys, read by queries and the terminal view. Thread-safe. Rows are kept in parts with a
/// lock each, so that a reader of the whole view holds up a writer for a part of it at most.
class ViewRows {
 public:
  void Put(std::string_view key, std::string json) {
    Part& part = PartOf(key);
    const std::lock_guard lock(part.mutex);
    part.rows.insert_or_assign(std::string(key), std::move(json));
  }
  void Delete(std::string_view key) {
    Part& part = PartOf(key);
    const std::lock_guard lock(part.mutex);
    part.rows.erase(key);
  }
  /// The row's JSON, or "" when there is none.
  std::string Get(std::string_view key) const {
    const Part& part = const_cast<ViewRows*>(this)->PartOf(key);
    const std::lock_guard lock(part.mutex);
    const auto found = part.rows.find(key);
    return found == part.rows.end() ? std::string() : found->second;
  }
  size_t size() const {
    size_t size = 0;
    for (const Part& part : parts_) {
      const std::lock_guard lock(part.mutex);
      size += part.rows.size();
    }
    return size;
  }
  /// Visits rows in no particular order; rows that change meanwhile may come as before or after.
  void ForEach(const std::function<void(std::string_view json)>& visit) const {
    for (const Part& part : parts_) {
      const std::lock_guard lock(part.mutex);
      for (const auto& [key, json] : part.rows) visit(json);
    }
  }

 private:
  struct Part {
    mutable std::mutex mutex;
    StringMap<std::string> rows;
  };
  /// By the high bits: the map of a part uses the low ones.
  Part& PartOf(std::string_view key) { return parts_[StringHash()(key) >> 58]; }

  std::array<Part, 64> parts_;
};

}  // namespace weir
