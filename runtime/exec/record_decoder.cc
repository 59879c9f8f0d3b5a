#include "runtime/exec/record_decoder.h"

#include <algorithm>
#include <utility>

#include "runtime/eval/predicate.h"
#include "runtime/format/decoder.h"

namespace weir {
namespace {

UnknownKeyPolicy PolicyOf(plan::UnknownKeys keys) {
  switch (keys) {
    case plan::UnknownKeys::kIgnore: return UnknownKeyPolicy::kIgnore;
    case plan::UnknownKeys::kReject: return UnknownKeyPolicy::kReject;
    case plan::UnknownKeys::kCollect: return UnknownKeyPolicy::kCollect;
  }
  return UnknownKeyPolicy::kReject;
}

/// `"x" is not a Kind` without the value.
std::string WithoutValues(std::string_view reason) {
  const size_t open = reason.find('"');
  const size_t close = reason.rfind('"');
  if (open == std::string_view::npos || open == close) return std::string(reason);
  return std::string(reason.substr(0, open)) + "…" + std::string(reason.substr(close + 1));
}

/// `tags[17]` counts as `tags[]`, `truncated JSON: ends after 12 bytes` as `truncated JSON`, so
/// that a ledger has few reasons.
std::string CountedAs(const FieldError& error) {
  if (error.field.empty()) return error.reason.substr(0, error.reason.find(": "));
  std::string field;
  for (char c : error.field) {
    const bool index = c >= '0' && c <= '9' && !field.empty() && field.back() == '[';
    if (!index) field += c;
  }
  return field + ": " + WithoutValues(error.reason);
}

RejectedRow ToRejected(const RecordError& error) {
  RejectedRow row;
  row.row = error.record;
  row.reason = error.Reason();
  row.counted_as = CountedAs(error.fields.front());
  for (const FieldError& field : error.fields) row.errors.emplace_back(field.field, field.reason);
  return row;
}

}  // namespace

RecordDecoder::RecordDecoder() = default;
RecordDecoder::RecordDecoder(RecordDecoder&&) noexcept = default;
RecordDecoder::~RecordDecoder() = default;

Result<RecordDecoder> RecordDecoder::Make(const plan::DecodeSpec& spec, SchemaPtr schema) {
  RecordDecoder made;
  made.num_columns_ = schema->num_fields();
  DecodeRequest request;
  request.unknown_keys = PolicyOf(spec.unknown_keys);
  request.collect_output = spec.collect_output;
  if (spec.collect_output >= 0) request.collect_type = schema->field(spec.collect_output).type;
  request.num_outputs = made.num_columns_;
  request.max_line = spec.max_line;
  request.options = FormatOptions::From(spec.format_options);
  for (const plan::DecodedField& field : spec.fields) {
    int output = field.output;
    // A field that nobody reads but that has a constraint gets a column of its own for the check.
    const bool checked = field.constraint != nullptr || !field.parts.empty();
    if (checked && output < 0) output = request.num_outputs++;
    request.fields.push_back({field.name, field.type, field.default_value, output, field.rules});
    for (const plan::PartDemand& part : field.parts) {
      WEIR_ASSIGN(auto compiled, PartConstraint::Compile(part));
      made.parts_.push_back({field.name, output, std::move(compiled)});
    }
    if (field.constraint == nullptr) continue;
    WEIR_ASSIGN(auto predicate, Predicate::Compile(field.constraint));
    made.constraints_.push_back({field.name, field.constraint_text, output, std::move(predicate)});
  }
  WEIR_ASSIGN(made.decoder_, MakeDecoder(spec.format, std::move(request)));
  return made;
}

namespace {

/// The entry of a record in the sorted `rejected`, emptied: whatever the decoder said of it does
/// not count.
RejectedRow& EntryOf(size_t index, std::vector<RejectedRow>& rejected) {
  const auto record = static_cast<RowIndex>(index);
  auto at =
      std::lower_bound(rejected.begin(), rejected.end(), record,
                       [](const RejectedRow& row, RowIndex wanted) { return row.row < wanted; });
  if (at == rejected.end() || at->row != record) at = rejected.insert(at, RejectedRow());
  *at = RejectedRow();
  at->row = record;
  return *at;
}

/// Records that the connector had to cut are refused whatever their beginning holds.
void RejectCutRecords(const RecordChunk& chunk, std::vector<RejectedRow>& rejected) {
  for (const auto& [index, length] : chunk.truncated) {
    RejectedRow& row = EntryOf(index, rejected);
    row.reason = fmt::format("line longer than the most that is read, {} bytes", length);
    row.errors.emplace_back("", row.reason);
    row.counted_as = "line too long";
    row.true_size = length;
  }
}

/// A null value says that its key was deleted; a source of rows has nothing to do with it.
void RejectTombstones(const RecordChunk& chunk, std::vector<RejectedRow>& rejected) {
  for (const size_t index : chunk.tombstones) {
    RejectedRow& row = EntryOf(index, rejected);
    row.reason = "tombstone: a key without a value";
    row.errors.emplace_back("", row.reason);
    row.counted_as = "tombstone";
    row.no_value = true;
  }
}

}  // namespace

void RecordDecoder::Decode(const RecordChunk& chunk, Micros now, std::vector<ColumnPtr>& columns,
                           std::vector<RejectedRow>& rejected) {
  columns.clear();
  rejected.clear();
  DecodeErrors errors;
  RecordSpan span;
  span.records = chunk.records;
  span.owners = chunk.owners;
  span.header = chunk.header;
  decoder_->Decode(span, columns, errors);
  for (const RecordError& error : errors) rejected.push_back(ToRejected(error));
  RejectCutRecords(chunk, rejected);
  RejectTombstones(chunk, rejected);
  for (const Constraint& constraint : constraints_) {
    CheckConstraint(constraint, now, static_cast<uint32_t>(chunk.size()), columns, rejected);
  }
  for (Part& part : parts_) {
    CheckPart(part, now, static_cast<uint32_t>(chunk.size()), columns, rejected);
  }
  columns.resize(static_cast<size_t>(num_columns_));
}

namespace {

/// Rows that are no dead letter yet.
RowIndices GoodRows(uint32_t count, const std::vector<RejectedRow>& rejected) {
  RowIndices rows;
  size_t next = 0;
  for (RowIndex row = 0; row < count; ++row) {
    if (next < rejected.size() && rejected[next].row == row) {
      ++next;
    } else {
      rows.push_back(row);
    }
  }
  return rows;
}

}  // namespace

void RecordDecoder::CheckPart(Part& part, Micros now, uint32_t count,
                              const std::vector<ColumnPtr>& columns,
                              std::vector<RejectedRow>& rejected) {
  const RowIndices rows = GoodRows(count, rejected);
  std::vector<PartConstraint::Refused> refused;
  part.constraint.Check(columns[static_cast<size_t>(part.column)], rows, now, refused);
  if (refused.empty()) return;
  const std::string reason = "must hold: " + part.constraint.text();
  for (const PartConstraint::Refused& bad : refused) {
    FieldError error{part.field + bad.path, reason};
    RejectedRow entry;
    entry.row = bad.row;
    entry.errors.emplace_back(error.field, reason);
    entry.reason = error.field + ": " + reason;
    entry.counted_as = CountedAs(error);
    rejected.push_back(std::move(entry));
  }
  std::sort(rejected.begin(), rejected.end(),
            [](const RejectedRow& a, const RejectedRow& b) { return a.row < b.row; });
}

void RecordDecoder::CheckConstraint(const Constraint& constraint, Micros now, uint32_t count,
                                    const std::vector<ColumnPtr>& columns,
                                    std::vector<RejectedRow>& rejected) {
  const ColumnPtr& column = columns[static_cast<size_t>(constraint.column)];
  EvalInput input;
  input.columns = &column;
  input.num_columns = 1;
  input.capacity = count;
  input.now = now;
  // Rows that have a value: a missing one breaks no constraint.
  RowIndices rows;
  size_t next = 0;
  for (RowIndex row = 0; row < count; ++row) {
    if (next < rejected.size() && rejected[next].row == row) {
      ++next;
    } else if (!column->IsNull(row)) {
      rows.push_back(row);
    }
  }
  RowErrors errors;
  RowIndices good;
  constraint.predicate->Select(input, RowSet::Of(rows), errors, good);
  if (good.size() == rows.size()) return;
  RowIndices bad;
  SubtractRows(RowSet::Of(rows), good, bad);
  for (RowIndex row : bad) {
    const std::string reason = "must hold: " + constraint.text;
    RejectedRow entry;
    entry.row = row;
    entry.errors.emplace_back(constraint.field, reason);
    entry.reason = constraint.field + ": " + reason;
    entry.counted_as = entry.reason;
    rejected.push_back(std::move(entry));
  }
  std::sort(rejected.begin(), rejected.end(),
            [](const RejectedRow& a, const RejectedRow& b) { return a.row < b.row; });
}

}  // namespace weir
