#include "runtime/types/schema.h"

namespace weir {

Schema::Schema(std::vector<Field> fields) : fields_(std::move(fields)) {
  index_.reserve(fields_.size());
  for (size_t i = 0; i < fields_.size(); ++i) {
    index_.emplace(fields_[i].name, static_cast<int>(i));
  }
}

std::optional<int> Schema::IndexOf(std::string_view name) const {
  const auto found = index_.find(name);
  if (found == index_.end()) return std::nullopt;
  return found->second;
}

std::string Schema::ToString() const {
  std::string text = "{";
  for (const Field& field : fields_) {
    if (text.size() > 1) text += ", ";
    text += field.name + ": " + field.type.ToString();
  }
  return text + "}";
}

}  // namespace weir
