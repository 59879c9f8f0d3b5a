#include "runtime/connector/connector_spec.h"

namespace weir {

const ConnectorSpec* ConnectorRegistry::Find(std::string_view name) const {
  for (const auto& spec : connectors_) {
    if (spec->name == name) return spec.get();
  }
  return nullptr;
}

const FormatSpec* ConnectorRegistry::FindFormat(std::string_view name) const {
  for (const auto& spec : formats_) {
    if (spec->name == name) return spec.get();
  }
  return nullptr;
}

}  // namespace weir
