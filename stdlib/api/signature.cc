#include "stdlib/api/signature.h"

namespace weir {

std::string TypePattern::ToString() const {
  switch (cls) {
    case Class::kExact: return type.ToString();
    case Class::kAny: return "any";
    case Class::kInteger: return "integer";
    case Class::kDecimal: return "decimal";
    case Class::kFloat: return "float";
    case Class::kNumeric: return "number";
    case Class::kEnum: return "enum";
    case Class::kList: return "list";
    case Class::kMap: return "map";
    case Class::kStruct: return "struct";
    case Class::kSameAs: return "same";
  }
  return "any";
}

ResultRule Returns(DataType type) {
  return [type = std::move(type)](std::span<const DataType>, std::span<const Value* const>) {
    return type;
  };
}

ResultRule ReturnsArgument(int index) {
  return [index](std::span<const DataType> arguments, std::span<const Value* const>) {
    return arguments[static_cast<size_t>(index)];
  };
}

}  // namespace weir
