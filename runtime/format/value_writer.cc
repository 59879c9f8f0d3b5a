#include "runtime/format/value_writer.h"

#include <cmath>

#include "runtime/types/decimal.h"
#include "runtime/types/text.h"

namespace weir {

ValueWriter::ValueWriter(DataType type)
    : type_(std::move(type)),
      kind_(type_.kind()),
      scale_(type_.scale()),
      quoted_(!type_.is_numeric() && !type_.is_nested() && kind_ != TypeKind::kBool &&
              kind_ != TypeKind::kJson),
      wide_decimal_(type_.physical() == Physical::kInt128) {
  if (kind_ == TypeKind::kEnum) {
    for (const std::string& value : type_.enum_values()) {
      AppendJsonString(value, enum_json_.emplace_back());
    }
  } else if (kind_ == TypeKind::kList) {
    children_.emplace_back(type_.element());
  } else if (kind_ == TypeKind::kMap) {
    children_.emplace_back(type_.map_key());
    children_.emplace_back(type_.map_value());
  } else if (kind_ == TypeKind::kStruct) {
    for (const StructField& field : type_.fields()) {
      AppendJsonString(field.name, names_json_.emplace_back());
      names_json_.back() += ':';
      children_.emplace_back(field.type);
    }
  }
}

void ValueWriter::Bind(const Column& column) {
  column_ = &column;
  values_ = column.data<uint8_t>();
  validity_ = column.validity();
  mask_ = column.is_constant() ? 0 : ~RowIndex{0};
  const Column& parent = kind_ == TypeKind::kMap ? *column.child(0) : column;
  for (size_t i = 0; i < children_.size(); ++i) {
    children_[i].Bind(*parent.child(static_cast<int>(i)));
  }
}

void ValueWriter::PutJson(RowIndex row, TextWriter& out) {
  if (IsNull(row)) {
    out.Put("null");
    return;
  }
  switch (kind_) {
    case TypeKind::kString: out.PutJsonString(At<std::string_view>(row)); return;
    case TypeKind::kEnum: out.Put(enum_json_[At<uint16_t>(row)]); return;
    case TypeKind::kFloat32:
    case TypeKind::kFloat64: PutFloat(row, out); return;
    default: break;
  }
  if (quoted_) out.Put('"');
  PutText(row, out);
  if (quoted_) out.Put('"');
}

void ValueWriter::PutText(RowIndex row, TextWriter& out) {
  switch (kind_) {
    case TypeKind::kString: out.Put(At<std::string_view>(row)); return;
    case TypeKind::kUuid: out.PutUuid(At<Fixed16>(row)); return;
    case TypeKind::kTimestamp: out.PutTimestamp(At<int64_t>(row)); return;
    case TypeKind::kEnum: out.Put(type_.enum_values()[At<uint16_t>(row)]); return;
    case TypeKind::kIpv4: out.PutIpv4(At<int64_t>(row)); return;
    case TypeKind::kJson: PutRawJson(At<std::string_view>(row), out); return;
    case TypeKind::kBool: out.Put(At<uint8_t>(row) != 0 ? "true" : "false"); return;
    case TypeKind::kUInt64: out.PutUnsigned(At<uint64_t>(row)); return;
    case TypeKind::kList: PutList(row, out); return;
    case TypeKind::kMap: PutMap(row, out); return;
    case TypeKind::kStruct: PutStruct(row, out); return;
    case TypeKind::kDecimal:
      if (wide_decimal_) break;
      out.PutDecimal(At<int64_t>(row), scale_);
      return;
    case TypeKind::kBytes:
    case TypeKind::kIpv6:
    case TypeKind::kDate:
    case TypeKind::kDuration:
    case TypeKind::kFloat32:
    case TypeKind::kFloat64:
    case TypeKind::kNull:
    case TypeKind::kError: break;
    default: out.PutInteger(At<int64_t>(row)); return;
  }
  PutSlow(row, out);
}

void ValueWriter::PutSlow(RowIndex row, TextWriter& out) {
  scratch_.clear();
  switch (kind_) {
    case TypeKind::kDecimal: AppendDecimal(At<Int128>(row), scale_, scratch_); break;
    case TypeKind::kBytes: AppendBase64(At<std::string_view>(row), scratch_); break;
    case TypeKind::kIpv6: AppendIpv6(At<Fixed16>(row), scratch_); break;
    case TypeKind::kDate: AppendDate(At<int64_t>(row), scratch_); break;
    case TypeKind::kDuration: AppendDuration(At<int64_t>(row), scratch_); break;
    case TypeKind::kFloat32: AppendFloat32(At<double>(row), scratch_); break;
    case TypeKind::kFloat64: AppendFloat64(At<double>(row), scratch_); break;
    default: scratch_ = "null"; break;
  }
  out.Put(scratch_);
}

void ValueWriter::PutFloat(RowIndex row, TextWriter& out) {
  // JSON has no number for them.
  const bool quoted = !std::isfinite(At<double>(row));
  if (quoted) out.Put('"');
  PutSlow(row, out);
  if (quoted) out.Put('"');
}

void ValueWriter::PutRawJson(std::string_view json, TextWriter& out) {
  // A line break can only be space between tokens there; a row is one line.
  if (json.find('\n') == std::string_view::npos && json.find('\r') == std::string_view::npos) {
    out.Put(json);
    return;
  }
  for (const char c : json) out.Put(c == '\n' || c == '\r' ? ' ' : c);
}

void ValueWriter::PutList(RowIndex row, TextWriter& out) {
  const ListEntry entry = At<ListEntry>(row);
  out.Put('[');
  for (uint32_t i = 0; i < entry.length; ++i) {
    if (i > 0) out.Put(',');
    children_[0].PutJson(entry.offset + i, out);
  }
  out.Put(']');
}

void ValueWriter::PutMap(RowIndex row, TextWriter& out) {
  const ListEntry entry = At<ListEntry>(row);
  ValueWriter& key = children_[0];
  out.Put('{');
  for (uint32_t i = 0; i < entry.length; ++i) {
    if (i > 0) out.Put(',');
    if (key.quoted_) {
      key.PutJson(entry.offset + i, out);
    } else {
      out.Put('"');
      key.PutText(entry.offset + i, out);
      out.Put('"');
    }
    out.Put(':');
    children_[1].PutJson(entry.offset + i, out);
  }
  out.Put('}');
}

void ValueWriter::PutStruct(RowIndex row, TextWriter& out) {
  bool first = true;
  out.Put('{');
  for (size_t i = 0; i < children_.size(); ++i) {
    if (children_[i].IsNull(row)) continue;
    if (!first) out.Put(',');
    first = false;
    out.Put(names_json_[i]);
    children_[i].PutJson(row, out);
  }
  out.Put('}');
}

}  // namespace weir
