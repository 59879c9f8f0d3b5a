#include "runtime/vector/key_field.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "runtime/base/check.h"

namespace weir {
namespace {

size_t FixedWidth(Physical physical) {
  switch (physical) {
    case Physical::kBool:
    case Physical::kInt64:
    case Physical::kUInt64:
    case Physical::kFloat64:
    case Physical::kInt128:
    case Physical::kFixed16: return PhysicalSize(physical);
    default: return 0;
  }
}

char* WriteLength(char* out, size_t length) {
  const auto prefix = static_cast<uint32_t>(length);
  std::memcpy(out, &prefix, sizeof(prefix));
  return out + sizeof(prefix);
}

char* WriteBytes(char* out, std::string_view bytes) {
  if (!bytes.empty()) std::memcpy(out, bytes.data(), bytes.size());
  return out + bytes.size();
}

template <typename T>
T Take(std::string_view& bytes) {
  WEIR_CHECK(bytes.size() >= sizeof(T), "a stored key ends too early");
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  bytes.remove_prefix(sizeof(T));
  return value;
}

std::string_view TakeText(std::string_view& bytes) {
  const auto length = Take<uint32_t>(bytes);
  WEIR_CHECK(bytes.size() >= length, "a stored key ends too early");
  const std::string_view text = bytes.substr(0, length);
  bytes.remove_prefix(length);
  return text;
}

}  // namespace

double CanonicalFloat(double value) {
  if (std::isnan(value)) return std::numeric_limits<double>::quiet_NaN();
  return value == 0 ? 0.0 : value;
}

KeyField::KeyField(const DataType& type)
    : physical(type.physical()),
      optional(type.optional()),
      is_null_type(physical == Physical::kNone),
      width(FixedWidth(physical)) {
  if (physical == Physical::kCode) {
    for (const std::string& text : type.enum_values()) {
      std::string encoded(sizeof(uint32_t) + text.size(), '\0');
      WriteBytes(WriteLength(encoded.data(), text.size()), text);
      enums.push_back(std::move(encoded));
    }
  } else if (physical == Physical::kList) {
    inner.emplace_back(type.element());
  } else if (physical == Physical::kStruct) {
    for (const StructField& field : type.fields()) inner.emplace_back(field.type);
  }
}

size_t KeyField::SizeOf(const Column& column, RowIndex row) const {
  if (is_fixed()) return fixed_size();
  size_t size = optional ? 1 : 0;
  if (is_null_type || (optional && column.IsNull(row))) return size;
  const RowIndex at = column.is_constant() ? 0 : row;
  switch (physical) {
    case Physical::kString: return size + 4 + column.data<std::string_view>()[at].size();
    case Physical::kCode: return size + enums[column.data<uint16_t>()[at]].size();
    case Physical::kList: {
      const ListEntry entry = column.data<ListEntry>()[at];
      size += 4;
      for (uint32_t i = 0; i < entry.length; ++i) {
        size += inner[0].SizeOf(*column.child(0), entry.offset + i);
      }
      return size;
    }
    case Physical::kStruct:
      for (size_t i = 0; i < inner.size(); ++i) {
        size += inner[i].SizeOf(*column.children()[i], row);
      }
      return size;
    default: return size;
  }
}

char* KeyField::Write(const Column& column, RowIndex row, char* out) const {
  if (optional) {
    const bool is_null = is_null_type || column.IsNull(row);
    *out++ = is_null ? 0 : 1;
    if (is_null) {
      std::memset(out, 0, width);
      return out + width;
    }
  }
  return is_null_type ? out : WritePresent(column, row, out);
}

char* KeyField::WritePresent(const Column& column, RowIndex row, char* out) const {
  const RowIndex at = column.is_constant() ? 0 : row;
  switch (physical) {
    case Physical::kString: {
      const std::string_view text = column.data<std::string_view>()[at];
      return WriteBytes(WriteLength(out, text.size()), text);
    }
    case Physical::kCode: return WriteBytes(out, enums[column.data<uint16_t>()[at]]);
    case Physical::kList: {
      const ListEntry entry = column.data<ListEntry>()[at];
      out = WriteLength(out, entry.length);
      for (uint32_t i = 0; i < entry.length; ++i) {
        out = inner[0].Write(*column.child(0), entry.offset + i, out);
      }
      return out;
    }
    case Physical::kStruct:
      for (size_t i = 0; i < inner.size(); ++i) {
        out = inner[i].Write(*column.children()[i], row, out);
      }
      return out;
    case Physical::kFloat64: {
      const double value = CanonicalFloat(column.data<double>()[at]);
      std::memcpy(out, &value, sizeof(value));
      return out + sizeof(value);
    }
    default: std::memcpy(out, column.data<char>() + at * width, width); return out + width;
  }
}

Value ReadKeyValue(const DataType& type, std::string_view& bytes) {
  const Physical physical = type.physical();
  const bool is_null = type.optional() && Take<uint8_t>(bytes) == 0;
  if (is_null || physical == Physical::kNone) {
    WEIR_CHECK(bytes.size() >= FixedWidth(physical), "a stored key ends too early");
    bytes.remove_prefix(FixedWidth(physical));
    return Value::Null(type);
  }
  switch (physical) {
    case Physical::kBool: return Value(type, Take<uint8_t>(bytes) != 0);
    case Physical::kInt64: return Value(type, Take<int64_t>(bytes));
    case Physical::kUInt64: return Value(type, Take<uint64_t>(bytes));
    case Physical::kFloat64: return Value(type, Take<double>(bytes));
    case Physical::kInt128: return Value(type, Take<Int128>(bytes));
    case Physical::kFixed16: return Value(type, Take<Fixed16>(bytes));
    case Physical::kString: return Value(type, std::string(TakeText(bytes)));
    case Physical::kCode: {
      const std::optional<uint16_t> code = type.EnumCode(TakeText(bytes));
      return code ? Value(type, *code) : Value::Null(type);
    }
    case Physical::kList: {
      Value::List elements;
      const auto length = Take<uint32_t>(bytes);
      for (uint32_t i = 0; i < length; ++i) {
        elements.push_back(ReadKeyValue(type.element(), bytes));
      }
      return Value(type, std::move(elements));
    }
    case Physical::kStruct: {
      Value::List members;
      for (const StructField& field : type.fields()) {
        members.push_back(ReadKeyValue(field.type, bytes));
      }
      return Value(type, std::move(members));
    }
    case Physical::kNone: break;
  }
  return Value::Null(type);
}

}  // namespace weir
