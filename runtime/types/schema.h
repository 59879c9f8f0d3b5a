#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/types/data_type.h"

namespace weir {

/// How a personal value must be treated before it leaves through a sink with `pii masked`.
struct PiiTag {
  enum class Mask : uint8_t { kNone, kHash, kTruncate, kRedact };
  Mask mask = Mask::kNone;
  int truncate_bits = 0;  ///< of kTruncate on an ip address; characters for a string
  std::string hash_salt;  ///< of kHash
  bool is_set() const { return mask != Mask::kNone; }
  friend bool operator==(const PiiTag&, const PiiTag&) = default;
};

struct Field {
  std::string name;
  DataType type;
  PiiTag pii;  ///< follows the value through expressions (taint)
};

class Schema;
using SchemaPtr = std::shared_ptr<const Schema>;

/// Names and types of the columns of a stream, in order. Immutable, shared.
class Schema {
 public:
  explicit Schema(std::vector<Field> fields);
  Schema(const Schema&) = delete;  // the index points into the fields
  Schema& operator=(const Schema&) = delete;
  static SchemaPtr Make(std::vector<Field> fields) {
    return std::make_shared<const Schema>(std::move(fields));
  }

  int num_fields() const { return static_cast<int>(fields_.size()); }
  const Field& field(int index) const { return fields_[static_cast<size_t>(index)]; }
  const std::vector<Field>& fields() const { return fields_; }
  std::optional<int> IndexOf(std::string_view name) const;

  /// `{name: type, …}`
  std::string ToString() const;

 private:
  std::vector<Field> fields_;
  std::unordered_map<std::string_view, int> index_;
};

}  // namespace weir
