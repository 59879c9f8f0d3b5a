#include "runtime/connector/check_options.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/connector/connector_reference.h"

namespace weir {
namespace {

bool HasType(const OptionSpec& spec, const Value& value) {
  const DataType& type = value.type();
  switch (spec.type) {
    case OptionType::kString:
    case OptionType::kEnum: return type.is(TypeKind::kString);
    case OptionType::kInteger:
    case OptionType::kSize: return type.physical() == Physical::kInt64 && type.is_integer();
    case OptionType::kFloat: return type.is_float();
    case OptionType::kBool: return type.is(TypeKind::kBool);
    case OptionType::kDuration: return type.is(TypeKind::kDuration);
    case OptionType::kAny: return true;
  }
  return false;
}

std::string CheckValue(const OptionSpec& spec, const Value& value) {
  if (!HasType(spec, value)) {
    return fmt::format("needs {}, got {}", OptionTypeText(spec), value.ToString());
  }
  if (spec.type == OptionType::kEnum) {
    const bool known = std::find(spec.choices.begin(), spec.choices.end(), value.as_string()) !=
                       spec.choices.end();
    return known ? "" : fmt::format("needs {}, got {}", OptionTypeText(spec), value.ToString());
  }
  if (!std::holds_alternative<int64_t>(value.payload())) return "";
  const int64_t number = value.as_int64();
  const bool fits =
      number >= spec.min.value_or(INT64_MIN) && number <= spec.max.value_or(INT64_MAX);
  return fits ? "" : fmt::format("needs {}, got {}", OptionTypeText(spec), value.ToString());
}

}  // namespace

std::vector<std::string> CheckOptions(const std::vector<OptionSpec>& specs,
                                      const ConnectorOptions& given, const std::string& owner) {
  std::vector<std::string> errors;
  for (const auto& [name, value] : given.entries()) {
    const auto found =
        std::find_if(specs.begin(), specs.end(),
                     [&name = name](const OptionSpec& spec) { return spec.name == name; });
    if (found == specs.end()) {
      errors.push_back(fmt::format("{} has no option {}", owner, name));
    } else if (!value.is_null()) {
      const std::string error = CheckValue(*found, value);
      if (!error.empty()) errors.push_back(fmt::format("{}({}): {}", owner, name, error));
    }
  }
  for (const OptionSpec& spec : specs) {
    if (spec.required && !given.Has(spec.name)) {
      errors.push_back(fmt::format("{} needs the option {}: {}", owner, spec.name, spec.doc));
    }
  }
  return errors;
}

void FillDefaults(const std::vector<OptionSpec>& specs, ConnectorOptions& options) {
  for (const OptionSpec& spec : specs) {
    if (spec.default_value.has_value() && !options.Has(spec.name)) {
      options.Set(spec.name, *spec.default_value);
    }
  }
}

}  // namespace weir
