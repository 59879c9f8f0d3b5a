#include "runtime/connector/connector_options.h"

namespace weir {

void ConnectorOptions::Set(std::string name, Value value) {
  for (auto& entry : entries_) {
    if (entry.first == name) {
      entry.second = std::move(value);
      return;
    }
  }
  entries_.emplace_back(std::move(name), std::move(value));
}

const Value* ConnectorOptions::Find(std::string_view name) const {
  for (const auto& entry : entries_) {
    if (entry.first == name) return entry.second.is_null() ? nullptr : &entry.second;
  }
  return nullptr;
}

std::string ConnectorOptions::GetString(std::string_view name, std::string_view otherwise) const {
  const Value* value = Find(name);
  return value == nullptr ? std::string(otherwise) : value->as_string();
}

int64_t ConnectorOptions::GetInt64(std::string_view name, int64_t otherwise) const {
  const Value* value = Find(name);
  return value == nullptr ? otherwise : value->as_int64();
}

double ConnectorOptions::GetFloat64(std::string_view name, double otherwise) const {
  const Value* value = Find(name);
  return value == nullptr ? otherwise : value->as_float64();
}

bool ConnectorOptions::GetBool(std::string_view name, bool otherwise) const {
  const Value* value = Find(name);
  return value == nullptr ? otherwise : value->as_bool();
}

}  // namespace weir
