#include <cmath>

#include "runtime/types/decimal.h"
#include "runtime/types/text.h"
#include "runtime/types/value.h"

namespace weir {
namespace {

void AppendNumber(const Value& value, std::string& out) {
  switch (value.type().kind()) {
    case TypeKind::kUInt64: AppendUInt64(value.as_uint64(), out); return;
    case TypeKind::kFloat32: AppendFloat32(value.as_float64(), out); return;
    case TypeKind::kFloat64: AppendFloat64(value.as_float64(), out); return;
    case TypeKind::kDecimal: AppendDecimal(value.as_int128(), value.type().scale(), out); return;
    default: AppendInt64(value.as_int64(), out); return;
  }
}

/// The text of a scalar without quotes, the same that decode reads.
void AppendScalar(const Value& value, std::string& out) {
  switch (value.type().kind()) {
    case TypeKind::kBool: out += value.as_bool() ? "true" : "false"; return;
    case TypeKind::kString:
    case TypeKind::kJson: out += value.as_string(); return;
    case TypeKind::kBytes: AppendBase64(value.as_string(), out); return;
    case TypeKind::kUuid: AppendUuid(value.as_fixed16(), out); return;
    case TypeKind::kIpv4: AppendIpv4(value.as_int64(), out); return;
    case TypeKind::kIpv6: AppendIpv6(value.as_fixed16(), out); return;
    case TypeKind::kTimestamp: AppendTimestamp(value.as_int64(), out); return;
    case TypeKind::kDate: AppendDate(value.as_int64(), out); return;
    case TypeKind::kDuration: AppendDuration(value.as_int64(), out); return;
    case TypeKind::kEnum: out += value.type().enum_values()[value.as_code()]; return;
    default: AppendNumber(value, out); return;
  }
}

bool IsBareInJson(const Value& value) {
  const DataType& type = value.type();
  if (type.is_float()) return std::isfinite(value.as_float64());
  return type.is_numeric() || type.is(TypeKind::kBool) || type.is(TypeKind::kJson);
}

void AppendJson(const Value& value, std::string& out);

void AppendJsonList(const Value& value, std::string& out) {
  out += '[';
  bool first = true;
  for (const Value& element : value.as_list()) {
    if (!first) out += ',';
    first = false;
    AppendJson(element, out);
  }
  out += ']';
}

void AppendJsonStruct(const Value& value, std::string& out) {
  out += '{';
  bool first = true;
  for (size_t i = 0; i < value.as_list().size(); ++i) {
    const StructField& field = value.type().fields()[i];
    const Value& member = value.as_list()[i];
    if (member.is_null() && field.type.optional()) continue;
    if (!first) out += ',';
    first = false;
    AppendJsonString(field.name, out);
    out += ':';
    AppendJson(member, out);
  }
  out += '}';
}

/// Keys become the text of the key, whatever its type.
void AppendJsonMap(const Value& value, std::string& out) {
  out += '{';
  bool first = true;
  for (const Value& entry : value.as_list()) {
    if (!first) out += ',';
    first = false;
    const Value& key = entry.as_list()[0];
    std::string text;
    if (key.is_null() || key.type().is_nested()) {
      AppendJson(key, text);
    } else {
      AppendScalar(key, text);
    }
    AppendJsonString(text, out);
    out += ':';
    AppendJson(entry.as_list()[1], out);
  }
  out += '}';
}

void AppendJson(const Value& value, std::string& out) {
  if (value.is_null()) {
    out += "null";
    return;
  }
  switch (value.type().kind()) {
    case TypeKind::kList: AppendJsonList(value, out); return;
    case TypeKind::kMap: AppendJsonMap(value, out); return;
    case TypeKind::kStruct: AppendJsonStruct(value, out); return;
    default: break;
  }
  if (IsBareInJson(value)) {
    AppendScalar(value, out);
    return;
  }
  std::string text;
  AppendScalar(value, text);
  AppendJsonString(text, out);
}

/// A float literal of the language needs an exponent: `2.5e0`; `1.0` would be a decimal.
void AppendFloatLiteral(const Value& value, std::string& out) {
  const size_t start = out.size();
  AppendScalar(value, out);
  if (!std::isfinite(value.as_float64())) return;
  if (out.find('e', start) == std::string::npos) out += "e0";
}

void AppendLiteral(const Value& value, std::string& out);

void AppendLiterals(const Value& value, char open, char close, std::string& out) {
  out += open;
  bool first = true;
  for (size_t i = 0; i < value.as_list().size(); ++i) {
    if (!first) out += ", ";
    first = false;
    const Value& element = value.as_list()[i];
    if (value.type().is(TypeKind::kStruct)) {
      out += value.type().fields()[i].name + ": ";
      AppendLiteral(element, out);
    } else if (value.type().is(TypeKind::kMap)) {
      AppendLiteral(element.as_list()[0], out);
      out += ": ";
      AppendLiteral(element.as_list()[1], out);
    } else {
      AppendLiteral(element, out);
    }
  }
  out += close;
}

void AppendLiteral(const Value& value, std::string& out) {
  if (value.is_null()) {
    out += "null";
    return;
  }
  const DataType& type = value.type();
  if (type.is_nested()) {
    const bool list = type.is(TypeKind::kList);
    AppendLiterals(value, list ? '[' : '{', list ? ']' : '}', out);
  } else if (type.is(TypeKind::kTimestamp) || type.is(TypeKind::kDate)) {
    out += '@';
    AppendScalar(value, out);
  } else if (type.is_float()) {
    AppendFloatLiteral(value, out);
  } else if (type.is_numeric() || type.is(TypeKind::kBool) || type.is(TypeKind::kDuration)) {
    AppendScalar(value, out);
  } else {
    std::string text;
    AppendScalar(value, text);
    AppendJsonString(text, out);
  }
}

}  // namespace

std::string Value::ToJson() const {
  std::string out;
  AppendJson(*this, out);
  return out;
}

std::string Value::ToString() const {
  std::string out;
  AppendLiteral(*this, out);
  return out;
}

}  // namespace weir
