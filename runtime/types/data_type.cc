#include "runtime/types/data_type.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/string_view.h>

#include <algorithm>

#include "runtime/base/check.h"
#include "runtime/types/data_type_details.h"
#include "runtime/types/decimal.h"

namespace weir {
namespace {

/// Up to this many names are searched one by one.
constexpr size_t kLinearSearchLimit = 16;

/// Debian's absl has a string_view of its own.
absl::string_view AbslView(std::string_view text) { return {text.data(), text.size()}; }

bool HasParameters(TypeKind kind) { return kind == TypeKind::kDecimal || kind >= TypeKind::kEnum; }

}  // namespace

DataType DataType::Of(TypeKind kind) {
  WEIR_CHECK(!HasParameters(kind), "{} needs parameters", TypeKindName(kind));
  DataType type;
  type.kind_ = kind;
  return type;
}

DataType DataType::WithDetails(std::shared_ptr<const Details> details) const {
  DataType type = *this;
  type.details_ = std::move(details);
  return type;
}

DataType DataType::WithOptional(bool optional) const {
  DataType type = *this;
  type.optional_ = optional;
  return type;
}

DataType DataType::Decimal(int precision, int scale) {
  WEIR_CHECK(
      precision >= 1 && precision <= kMaxDecimalPrecision && scale >= 0 && scale <= precision,
      "decimal({}, {})", precision, scale);
  DataType type;
  type.kind_ = TypeKind::kDecimal;
  type.precision_ = static_cast<uint8_t>(precision);
  type.scale_ = static_cast<uint8_t>(scale);
  return type;
}

DataType DataType::Enum(std::vector<std::string> values, std::string name, bool ignore_case) {
  WEIR_CHECK(values.size() <= UINT16_MAX, "an enum of {} values", values.size());
  auto details = std::make_shared<Details>();
  details->name = std::move(name);
  details->ignore_case = ignore_case;
  if (values.size() > kLinearSearchLimit) {
    for (size_t i = 0; i < values.size(); ++i) {
      details->index.emplace(ignore_case ? absl::AsciiStrToLower(values[i]) : values[i],
                             static_cast<uint16_t>(i));
    }
  }
  details->enum_values = std::move(values);
  DataType type;
  type.kind_ = TypeKind::kEnum;
  return type.WithDetails(std::move(details));
}

DataType DataType::List(DataType element) {
  auto details = std::make_shared<Details>();
  details->arguments.push_back(std::move(element));
  DataType type;
  type.kind_ = TypeKind::kList;
  return type.WithDetails(std::move(details));
}

DataType DataType::Map(DataType key, DataType value) {
  auto details = std::make_shared<Details>();
  details->arguments.push_back(Struct({{"key", std::move(key)}, {"value", std::move(value)}}));
  DataType type;
  type.kind_ = TypeKind::kMap;
  return type.WithDetails(std::move(details));
}

DataType DataType::Struct(std::vector<StructField> fields, std::string name) {
  auto details = std::make_shared<Details>();
  details->name = std::move(name);
  if (fields.size() > kLinearSearchLimit) {
    WEIR_CHECK(fields.size() <= UINT16_MAX, "a struct of {} fields", fields.size());
    for (size_t i = 0; i < fields.size(); ++i) {
      details->index.emplace(fields[i].name, static_cast<uint16_t>(i));
    }
  }
  details->fields = std::move(fields);
  DataType type;
  type.kind_ = TypeKind::kStruct;
  return type.WithDetails(std::move(details));
}

Physical DataType::physical() const {
  switch (kind_) {
    case TypeKind::kError:
    case TypeKind::kNull: return Physical::kNone;
    case TypeKind::kBool: return Physical::kBool;
    case TypeKind::kInt8:
    case TypeKind::kInt16:
    case TypeKind::kInt32:
    case TypeKind::kInt64:
    case TypeKind::kUInt8:
    case TypeKind::kUInt16:
    case TypeKind::kUInt32:
    case TypeKind::kIpv4:
    case TypeKind::kTimestamp:
    case TypeKind::kDate:
    case TypeKind::kDuration: return Physical::kInt64;
    case TypeKind::kUInt64: return Physical::kUInt64;
    case TypeKind::kFloat32:
    case TypeKind::kFloat64: return Physical::kFloat64;
    case TypeKind::kDecimal:
      return precision_ <= kMaxDecimal64Precision ? Physical::kInt64 : Physical::kInt128;
    case TypeKind::kUuid:
    case TypeKind::kIpv6: return Physical::kFixed16;
    case TypeKind::kString:
    case TypeKind::kBytes:
    case TypeKind::kJson: return Physical::kString;
    case TypeKind::kEnum: return Physical::kCode;
    case TypeKind::kList:
    case TypeKind::kMap: return Physical::kList;
    case TypeKind::kStruct: return Physical::kStruct;
  }
  return Physical::kNone;
}

const std::vector<std::string>& DataType::enum_values() const {
  WEIR_CHECK(kind_ == TypeKind::kEnum, "values of {}", TypeKindName(kind_));
  return details_->enum_values;
}

bool DataType::ignore_case() const { return details_ != nullptr && details_->ignore_case; }

std::optional<uint16_t> DataType::EnumCode(std::string_view value) const {
  const std::vector<std::string>& values = enum_values();
  if (!details_->index.empty()) {
    const absl::string_view name = AbslView(value);
    const auto found = details_->ignore_case ? details_->index.find(absl::AsciiStrToLower(name))
                                             : details_->index.find(name);
    if (found == details_->index.end()) return std::nullopt;
    return found->second;
  }
  for (size_t i = 0; i < values.size(); ++i) {
    const bool equal = details_->ignore_case ? absl::EqualsIgnoreCase(values[i], AbslView(value))
                                             : values[i] == value;
    if (equal) return static_cast<uint16_t>(i);
  }
  return std::nullopt;
}

DataType DataType::element() const {
  WEIR_CHECK(kind_ == TypeKind::kList || kind_ == TypeKind::kMap, "element of {}",
             TypeKindName(kind_));
  return details_->arguments[0];
}

DataType DataType::map_key() const {
  WEIR_CHECK(kind_ == TypeKind::kMap, "key of {}", TypeKindName(kind_));
  return details_->arguments[0].fields()[0].type;
}

DataType DataType::map_value() const {
  WEIR_CHECK(kind_ == TypeKind::kMap, "value of {}", TypeKindName(kind_));
  return details_->arguments[0].fields()[1].type;
}

const std::vector<StructField>& DataType::fields() const {
  WEIR_CHECK(kind_ == TypeKind::kStruct, "fields of {}", TypeKindName(kind_));
  return details_->fields;
}

std::optional<int> DataType::FieldIndex(std::string_view name) const {
  const std::vector<StructField>& all = fields();
  if (!details_->index.empty()) {
    const auto found = details_->index.find(AbslView(name));
    if (found == details_->index.end()) return std::nullopt;
    return static_cast<int>(found->second);
  }
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const StructField& field) { return field.name == name; });
  if (found == all.end()) return std::nullopt;
  return static_cast<int>(found - all.begin());
}

const std::string& DataType::name() const {
  static const std::string kNone;
  return details_ == nullptr ? kNone : details_->name;
}

int DataType::integer_bits() const {
  switch (kind_) {
    case TypeKind::kInt8:
    case TypeKind::kUInt8: return 8;
    case TypeKind::kInt16:
    case TypeKind::kUInt16: return 16;
    case TypeKind::kInt32:
    case TypeKind::kUInt32: return 32;
    case TypeKind::kInt64:
    case TypeKind::kUInt64: return 64;
    default: break;
  }
  WEIR_CHECK(false, "bits of {}", TypeKindName(kind_));
}

bool operator==(const DataType& a, const DataType& b) {
  if (a.kind_ != b.kind_ || a.optional_ != b.optional_ || a.precision_ != b.precision_ ||
      a.scale_ != b.scale_) {
    return false;
  }
  if (a.details_ == b.details_) return true;
  if (a.details_ == nullptr || b.details_ == nullptr) return false;
  return a.details_->enum_values == b.details_->enum_values &&
         a.details_->fields == b.details_->fields && a.details_->arguments == b.details_->arguments;
}

}  // namespace weir
