#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stdlib/api/function_registry.h"

namespace weir {

/// One page of the function reference, as Markdown: `stdlib/reference/<name>.md`.
struct ReferencePage {
  std::string name;  ///< category, or "aggregates"
  std::string text;
};

/// `name(a: string, b: int64 = 0) -> string`, one line per overload that reads differently.
std::vector<std::string> SignatureLines(const FunctionDef& def);
std::vector<std::string> SignatureLines(const AggregateDef& def);

/// All pages, by name: functions of a category sorted by name, and the index ("README").
std::vector<ReferencePage> RenderFunctionReference(const FunctionRegistry& registry);

}  // namespace weir
