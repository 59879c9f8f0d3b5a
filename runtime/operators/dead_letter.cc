#include "runtime/operators/dead_letter.h"

#include <fmt/format.h>

#include <vector>

#include "compiler/plan/dead_letter_schema.h"
#include "runtime/base/hash.h"
#include "runtime/connector/record_headers.h"
#include "runtime/operators/row_json.h"
#include "runtime/types/text.h"
#include "runtime/vector/batch_builder.h"

namespace weir {
namespace {

using Columns = plan::DeadLetterColumns;

int64_t HiddenInt64(const ColumnPtr& column, RowIndex row, int64_t otherwise) {
  if (column == nullptr || column->IsNull(row)) return otherwise;
  return ColumnView<int64_t>(*column)[row];
}

Value TextList(const std::vector<std::string>& texts) {
  Value::List list;
  for (const std::string& text : texts) list.push_back(Value::String(text));
  return Value(DataType::List(DataType::String()), std::move(list));
}

Value ErrorList(const RejectedRow& rejected, const DataType& type) {
  Value::List list;
  for (const auto& [field, reason] : rejected.errors) {
    list.push_back(Value(type.element(), Value::List{Value::String(field), Value::String(reason)}));
  }
  return Value(type, std::move(list));
}

ColumnPtr GatherHidden(const ColumnPtr& column, const RowIndices& rows) {
  if (column == nullptr) return nullptr;
  ColumnGather gather(column->type(), /*copy_strings=*/true);
  gather.Append(column.get(), RowSet::Of(rows));
  return gather.Finish();
}

/// A record that never became a row has no event time: the time of its arrival stands in, so that a
/// junction of dead letters can be windowed.
ColumnPtr EventTimes(const HiddenColumns& in, const RowIndices& rows) {
  if (in.event_time == nullptr) return GatherHidden(in.ingest_time, rows);
  if (!in.event_time->has_nulls()) return GatherHidden(in.event_time, rows);
  MutableColumnPtr times = Column::Make(DataType::Timestamp(), static_cast<uint32_t>(rows.size()));
  for (uint32_t i = 0; i < rows.size(); ++i) {
    const int64_t arrival = HiddenInt64(in.ingest_time, rows[i], 0);
    times->mutable_data<int64_t>()[i] = HiddenInt64(in.event_time, rows[i], arrival);
  }
  return times;
}

HiddenColumns GatherHiddenColumns(const RecordBatch& batch, const RowIndices& rows) {
  const HiddenColumns& in = batch.hidden();
  HiddenColumns out;
  out.event_time = EventTimes(in, rows);
  out.watermark = GatherHidden(in.watermark, rows);
  out.origin = GatherHidden(in.origin, rows);
  out.offset = GatherHidden(in.offset, rows);
  out.ingest_time = GatherHidden(in.ingest_time, rows);
  return out;
}

}  // namespace

std::string MakeValidUtf8(std::string_view bytes) {
  if (IsValidUtf8(bytes)) return std::string(bytes);
  std::string out;
  size_t at = 0;
  while (at < bytes.size()) {
    size_t length = 1;
    const auto lead = static_cast<unsigned char>(bytes[at]);
    if (lead >= 0xF0)
      length = 4;
    else if (lead >= 0xE0)
      length = 3;
    else if (lead >= 0xC0)
      length = 2;
    const std::string_view one = bytes.substr(at, length);
    if (one.size() == length && IsValidUtf8(one)) {
      out += one;
      at += length;
    } else {
      out += "\xEF\xBF\xBD";
      ++at;
    }
  }
  return out;
}

void DeadLetterBuilder::FillOrigin(const RecordBatch& batch, RowIndex row, RowIndex out,
                                   Column* const* columns) const {
  const HiddenColumns& hidden = batch.hidden();
  const int64_t origin = HiddenInt64(hidden.origin, row, -1);
  std::string source;
  if (origin >= 0 && context_.source_names != nullptr &&
      OriginSource(origin) < context_.source_names->size()) {
    source = (*context_.source_names)[OriginSource(origin)];
  }
  columns[Columns::kSource]->SetValue(out, Value::String(source));
  columns[Columns::kPartition]->mutable_data<int64_t>()[out] =
      origin < 0 ? -1 : static_cast<int64_t>(OriginPartition(origin));
  columns[Columns::kOffset]->mutable_data<int64_t>()[out] = HiddenInt64(hidden.offset, row, -1);
  if (hidden.event_time == nullptr || hidden.event_time->IsNull(row)) {
    columns[Columns::kEventTime]->SetNull(out);
  } else {
    columns[Columns::kEventTime]->mutable_data<int64_t>()[out] =
        ColumnView<int64_t>(*hidden.event_time)[row];
  }
  columns[Columns::kIngestTime]->mutable_data<int64_t>()[out] =
      HiddenInt64(hidden.ingest_time, row, context_.clock->Now());
}

void DeadLetterBuilder::FillPayload(const RecordBatch& batch, const RejectedRow& rejected,
                                    RowIndex out, Column* const* columns) const {
  const RowIndex row = rejected.row;
  const ColumnPtr& original = batch.hidden().payload;
  const bool has_original = original != nullptr && !original->IsNull(row);
  std::string text;
  if (has_original) {
    text = std::string(ColumnView<std::string_view>(*original)[row]);
  } else {
    AppendRowJson(batch, row, text);
  }
  const uint64_t hash = HashBytes(text);
  const size_t size =
      rejected.true_size > 0 ? static_cast<size_t>(rejected.true_size) : text.size();
  // Bytes that are no text have to come out of a sink of text as they went in. What the source cut
  // is incomplete anyway.
  const bool binary = has_original && rejected.true_size == 0 && !IsValidUtf8(text);
  if (text.size() > plan::kMaxDeadLetterPayload) text.resize(plan::kMaxDeadLetterPayload);
  std::string shown;
  if (binary) {
    AppendBase64(text, shown);
  } else {
    shown = MakeValidUtf8(text);
  }
  columns[Columns::kPayload]->SetValue(out, Value::String(std::move(shown)));
  columns[Columns::kPayloadKind]->SetValue(out, Value::String(rejected.no_value ? "tombstone"
                                                              : binary          ? "base64"
                                                              : has_original    ? "original"
                                                                                : "row"));
  columns[Columns::kPayloadSize]->mutable_data<int64_t>()[out] = static_cast<int64_t>(size);
  columns[Columns::kPayloadHash]->SetValue(out, Value::String(fmt::format("{:016x}", hash)));
}

namespace {

/// `"name":"text"`, or `"name_base64":"…"` where the bytes are no text.
void AppendMember(std::string_view name, std::string_view bytes, std::string& json) {
  const bool is_text = IsValidUtf8(bytes);
  AppendJsonString(is_text ? std::string(name) : fmt::format("{}_base64", name), json);
  json += ':';
  std::string encoded;
  if (!is_text) AppendBase64(bytes, encoded);
  AppendJsonString(is_text ? bytes : encoded, json);
}

std::string_view HiddenBytes(const ColumnPtr& column, RowIndex row) {
  if (column == nullptr || column->IsNull(row)) return {};
  return ColumnView<std::string_view>(*column)[row];
}

}  // namespace

/// `{"key":"k","headers":[{"name":"n","value":"v"}]}`; null for a record with neither.
void DeadLetterBuilder::FillEnvelope(const RecordBatch& batch, RowIndex row, Column& column,
                                     RowIndex out) {
  const HiddenColumns& hidden = batch.hidden();
  const bool has_key = hidden.record_key != nullptr && !hidden.record_key->IsNull(row);
  std::string_view list = HiddenBytes(hidden.record_headers, row);
  if (!has_key && list.empty()) return column.SetNull(out);
  std::string json = "{";
  if (has_key) AppendMember("key", HiddenBytes(hidden.record_key, row), json);
  if (!list.empty()) {
    json += has_key ? ",\"headers\":[" : "\"headers\":[";
    RecordHeader header;
    for (bool first = true; NextRecordHeader(list, header); first = false) {
      json += first ? "{" : ",{";
      AppendMember("name", header.name, json);
      if (header.value) {
        json += ',';
        AppendMember("value", *header.value, json);
      }
      json += '}';
    }
    json += ']';
  }
  json += '}';
  column.SetValue(out, Value(DataType::Json(), std::move(json)));
}

RecordBatch DeadLetterBuilder::Build(const RecordBatch& batch,
                                     std::span<const RejectedRow> rejected) const {
  const SchemaPtr schema = plan::DeadLetterSchema();
  const auto count = static_cast<uint32_t>(rejected.size());
  std::vector<ColumnPtr> built(static_cast<size_t>(Columns::kCount));
  std::vector<Column*> columns(static_cast<size_t>(Columns::kCount), nullptr);
  ColumnGather rules(schema->field(Columns::kRules).type, true);
  ColumnGather errors(schema->field(Columns::kErrors).type, true);
  for (int i = 0; i < Columns::kCount; ++i) {
    if (i == Columns::kRules || i == Columns::kErrors) continue;
    MutableColumnPtr column = Column::Make(schema->field(i).type, count);
    columns[static_cast<size_t>(i)] = column.get();
    built[static_cast<size_t>(i)] = column;
  }
  RowIndices rows;
  for (uint32_t out = 0; out < count; ++out) {
    const RejectedRow& entry = rejected[out];
    rows.push_back(entry.row);
    columns[Columns::kStage]->SetValue(out, Value::String(stage_));
    rules.AppendValue(TextList(entry.rules));
    errors.AppendValue(ErrorList(entry, schema->field(Columns::kErrors).type));
    columns[Columns::kReason]->SetValue(out, Value::String(MakeValidUtf8(entry.reason)));
    columns[Columns::kGeneration]->mutable_data<int64_t>()[out] = context_.generation;
    FillOrigin(batch, entry.row, out, columns.data());
    FillPayload(batch, entry, out, columns.data());
    FillEnvelope(batch, entry.row, *columns[Columns::kEnvelope], out);
  }
  built[Columns::kRules] = rules.Finish();
  built[Columns::kErrors] = errors.Finish();
  return RecordBatch(schema, std::move(built), count, GatherHiddenColumns(batch, rows));
}

}  // namespace weir
