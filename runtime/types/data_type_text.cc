#include <fmt/format.h>

#include "runtime/types/data_type.h"

namespace weir {
namespace {

std::string EnumText(const DataType& type) {
  std::string text = "enum(";
  for (const std::string& value : type.enum_values()) {
    if (text.back() != '(') text += ", ";
    text += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  return text + ")";
}

std::string StructText(const DataType& type) {
  std::string text = "struct{";
  for (const StructField& field : type.fields()) {
    if (text.back() != '{') text += ", ";
    text += field.name + ": " + field.type.ToString();
  }
  return text + "}";
}

std::string RequiredText(const DataType& type) {
  if (!type.name().empty()) return type.name();
  switch (type.kind()) {
    case TypeKind::kDecimal: return fmt::format("decimal({}, {})", type.precision(), type.scale());
    case TypeKind::kEnum: return EnumText(type);
    case TypeKind::kList: return "list<" + type.element().ToString() + ">";
    case TypeKind::kMap:
      return "map<" + type.map_key().ToString() + ", " + type.map_value().ToString() + ">";
    case TypeKind::kStruct: return StructText(type);
    default: return std::string(TypeKindName(type.kind()));
  }
}

}  // namespace

std::string DataType::ToString() const {
  std::string text = RequiredText(*this);
  if (optional_) text += '?';
  return text;
}

std::string_view TypeKindName(TypeKind kind) {
  switch (kind) {
    case TypeKind::kError: return "error";
    case TypeKind::kNull: return "null";
    case TypeKind::kBool: return "bool";
    case TypeKind::kInt8: return "int8";
    case TypeKind::kInt16: return "int16";
    case TypeKind::kInt32: return "int32";
    case TypeKind::kInt64: return "int64";
    case TypeKind::kUInt8: return "uint8";
    case TypeKind::kUInt16: return "uint16";
    case TypeKind::kUInt32: return "uint32";
    case TypeKind::kUInt64: return "uint64";
    case TypeKind::kFloat32: return "float32";
    case TypeKind::kFloat64: return "float64";
    case TypeKind::kDecimal: return "decimal";
    case TypeKind::kString: return "string";
    case TypeKind::kBytes: return "bytes";
    case TypeKind::kUuid: return "uuid";
    case TypeKind::kIpv4: return "ipv4";
    case TypeKind::kIpv6: return "ipv6";
    case TypeKind::kTimestamp: return "timestamp";
    case TypeKind::kDate: return "date";
    case TypeKind::kDuration: return "duration";
    case TypeKind::kJson: return "json";
    case TypeKind::kEnum: return "enum";
    case TypeKind::kList: return "list";
    case TypeKind::kMap: return "map";
    case TypeKind::kStruct: return "struct";
  }
  return "?";
}

}  // namespace weir
