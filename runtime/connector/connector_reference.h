#pragma once

#include <string>
#include <vector>

#include "runtime/connector/connector_spec.h"

namespace weir {

/// The reference page of a connector as Markdown: what it is, per role what it promises and its
/// options, examples.
std::string RenderConnectorReference(const ConnectorSpec& spec);
std::string RenderFormatReference(const FormatSpec& spec);

/// As written in tables and messages: `duration`, `"json" | "csv"`, `integer 1..64`.
std::string OptionTypeText(const OptionSpec& option);
std::string_view SinkGuaranteeText(SinkGuarantee guarantee);

}  // namespace weir
