#include "runtime/ddl/table_definition.h"

namespace weir {

const ColumnDefinition* TableDefinition::Find(std::string_view column) const {
  for (const ColumnDefinition& definition : columns) {
    if (definition.name == column) return &definition;
  }
  return nullptr;
}

std::string_view TableDefinition::EngineFamily() const {
  std::string_view family = engine;
  for (std::string_view prefix : {"Replicated", "Shared"}) {
    if (family.starts_with(prefix)) family.remove_prefix(prefix.size());
  }
  return family;
}

}  // namespace weir
