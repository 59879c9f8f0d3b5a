#include "runtime/connectors/generator/schema_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/connectors/generator/draw_purpose.h"
#include "runtime/types/text.h"

namespace weir {
namespace {

constexpr double kAbsentShare = 0.1;
constexpr uint64_t kDistinctStrings = 20;
constexpr Micros kMicrosPerDay = 86'400 * kMicrosPerSecond;

}  // namespace

void SchemaRows::Append(const RecordRequest& request, std::string& out) {
  Random random(settings_.seed, kDrawRow + (uint64_t{settings_.partition} << 16), request.number);
  const size_t start = out.size();
  out += '{';
  for (const Field& field : schema_->fields()) {
    if (field.type.optional() && random.Chance(kAbsentShare)) continue;
    if (out.size() > start + 1) out += ',';
    AppendJsonString(field.name, out);
    out += ':';
    AppendValue(field.type, field.name, request, random, out);
  }
  out += '}';
  if (request.invalid) out.resize(start + (out.size() - start) / 2);
}

void SchemaRows::AppendNumber(const DataType& type, Random& random, std::string& out) const {
  if (type.is_float()) {
    out += fmt::format("{:.2f}", random.Fraction() * 100);
  } else if (type.is_decimal()) {
    const int whole = std::min(type.precision() - type.scale(), 3);
    int64_t bound = 1;
    for (int i = 0; i < whole; ++i) bound *= 10;
    out += std::to_string(random.Below(static_cast<uint64_t>(bound)));
    if (type.scale() > 0) out += fmt::format(".{}", random.Below(10));
  } else {
    out += std::to_string(random.Below(type.integer_bits() == 8 ? 100 : 1000));
  }
}

void SchemaRows::AppendNested(const DataType& type, std::string_view name,
                              const RecordRequest& request, Random& random,
                              std::string& out) const {
  if (type.is(TypeKind::kStruct)) {
    out += '{';
    bool first = true;
    for (const StructField& field : type.fields()) {
      if (!first) out += ',';
      first = false;
      AppendJsonString(field.name, out);
      out += ':';
      AppendValue(field.type, field.name, request, random, out);
    }
    out += '}';
    return;
  }
  const bool is_list = type.is(TypeKind::kList);
  const uint64_t count = random.Below(4);
  out += is_list ? '[' : '{';
  for (uint64_t i = 0; i < count; ++i) {
    if (i > 0) out += ',';
    if (!is_list) {
      // Keys must differ: numbered, which is also the text of an integer key.
      AppendJsonString(
          type.map_key().is(TypeKind::kString) ? fmt::format("key_{}", i) : std::to_string(i), out);
      out += ':';
    }
    AppendValue(is_list ? type.element() : type.map_value(), name, request, random, out);
  }
  out += is_list ? ']' : '}';
}

void SchemaRows::AppendValue(const DataType& type, std::string_view name,
                             const RecordRequest& request, Random& random, std::string& out) const {
  if (type.is_numeric()) return AppendNumber(type, random, out);
  if (type.is_nested()) return AppendNested(type, name, request, random, out);
  if (type.is(TypeKind::kBool)) {
    out += random.Chance(0.5) ? "true" : "false";
    return;
  }
  if (type.is(TypeKind::kJson)) {
    out += "{}";
    return;
  }
  const Micros time = request.time - request.behind;
  std::string text;
  switch (type.kind()) {
    case TypeKind::kTimestamp: AppendTimestamp(time, text); break;
    case TypeKind::kDate: AppendDate(time / kMicrosPerDay, text); break;
    case TypeKind::kDuration:
      AppendDuration(random.Between(0, 3'600) * kMicrosPerSecond, text);
      break;
    case TypeKind::kUuid: AppendUuid(random.Uuid(), text); break;
    case TypeKind::kIpv4:
      AppendIpv4(static_cast<int64_t>(0x0a000000 + random.Below(1 << 24)), text);
      break;
    case TypeKind::kIpv6: AppendIpv6({0xfd00ull << 48, random.Next()}, text); break;
    case TypeKind::kBytes:
      AppendBase64(fmt::format("{}_{}", name, random.Below(kDistinctStrings)), text);
      break;
    case TypeKind::kEnum: text = type.enum_values()[random.Below(type.enum_values().size())]; break;
    default: text = fmt::format("{}_{}", name, random.Below(kDistinctStrings)); break;
  }
  AppendJsonString(text, out);
}

}  // namespace weir
