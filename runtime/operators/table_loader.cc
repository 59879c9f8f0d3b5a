#include "runtime/operators/table_loader.h"

#include "runtime/eval/predicate.h"
#include "runtime/format/decoder.h"
#include "runtime/operators/part_constraint.h"
#include "runtime/vector/batch_builder.h"

namespace weir {
namespace {

/// Decodes chunks of records of one table into rows.
class TableRows {
 public:
  TableRows(const plan::TableSpec& table, Micros now)
      : table_(table), now_(now), rows_(table.schema) {}

  Status Open(std::string_view format) {
    DecodeRequest request;
    for (const plan::DecodedField& field : table_.decode.fields) {
      request.fields.push_back(
          {field.name, field.type, field.default_value, field.output, field.rules});
      for (const plan::PartDemand& part : field.parts) {
        WEIR_ASSIGN(PartConstraint compiled, PartConstraint::Compile(part));
        parts_.push_back({field.output, std::move(compiled)});
      }
      if (field.constraint != nullptr) {
        WEIR_ASSIGN(std::unique_ptr<Predicate> predicate, Predicate::Compile(field.constraint));
        constraints_.push_back({field.output, std::move(predicate), field.constraint_text});
      }
    }
    request.unknown_keys = static_cast<UnknownKeyPolicy>(table_.decode.unknown_keys);
    request.collect_output = table_.decode.collect_output;
    request.num_outputs = table_.schema->num_fields();
    if (request.collect_output >= 0) {
      request.collect_type = table_.schema->field(request.collect_output).type;
    }
    request.max_line = table_.decode.max_line;
    request.options = FormatOptions::From(table_.decode.format_options);
    WEIR_ASSIGN(decoder_, MakeDecoder(format, std::move(request)));
    if (table_.where != nullptr) {
      WEIR_ASSIGN(where_, Predicate::Compile(table_.where));
    }
    return Status::Ok();
  }

  Status Add(const RecordChunk& chunk) {
    std::vector<ColumnPtr> columns;
    DecodeErrors errors;
    decoder_->Decode({chunk.records, chunk.owners, chunk.header}, columns, errors);
    if (!errors.empty()) {
      return InvalidArgumentError("table {}: record {}: {}", table_.name,
                                  first_record_ + errors.front().record + 1,
                                  errors.front().Reason());
    }
    const auto count = static_cast<uint32_t>(chunk.size());
    RecordBatch batch(table_.schema, std::move(columns), count);
    WEIR_TRY(CheckConstraints(batch));
    RowIndices kept;
    RowErrors row_errors;
    if (where_ != nullptr) {
      where_->Select(EvalInput::Of(batch, now_), batch.rows(), row_errors, kept);
      if (!row_errors.empty()) {
        return InvalidArgumentError("table {}: where: {}", table_.name,
                                    row_errors.errors().front().message);
      }
      rows_.Append(batch, RowSet::Of(kept));
    } else {
      rows_.Append(batch, batch.rows());
    }
    first_record_ += count;
    return Status::Ok();
  }

  std::shared_ptr<const LookupTable> Finish() {
    RecordBatch rows = rows_.Finish();
    if (rows.schema() == nullptr) rows = Empty();
    return std::make_shared<const LookupTable>(std::move(rows), table_.key);
  }

 private:
  struct Constraint {
    int column;
    std::unique_ptr<Predicate> holds;
    std::string text;
  };

  RecordBatch Empty() const {
    std::vector<ColumnPtr> columns;
    for (const Field& field : table_.schema->fields())
      columns.push_back(Column::Make(field.type, 0));
    return RecordBatch(table_.schema, std::move(columns), 0);
  }

  Status CheckConstraints(const RecordBatch& batch) {
    for (const Constraint& constraint : constraints_) {
      const EvalInput input{&batch.column(constraint.column), 1, nullptr, batch.capacity(), now_};
      RowErrors errors;
      RowIndices holds;
      constraint.holds->Select(input, batch.rows(), errors, holds);
      if (holds.size() != batch.num_rows()) {
        return InvalidArgumentError("table {}: {}: where {} does not hold", table_.name,
                                    batch.schema()->field(constraint.column).name, constraint.text);
      }
    }
    RowIndices rows;
    batch.rows().ForEach([&](RowIndex row) { rows.push_back(row); });
    for (auto& [column, part] : parts_) {
      std::vector<PartConstraint::Refused> refused;
      part.Check(batch.column(column), rows, now_, refused);
      if (refused.empty()) continue;
      return InvalidArgumentError("table {}: {}{}: where {} does not hold", table_.name,
                                  batch.schema()->field(column).name, refused.front().path,
                                  part.text());
    }
    return Status::Ok();
  }

  const plan::TableSpec& table_;
  const Micros now_;
  std::unique_ptr<Decoder> decoder_;
  std::vector<Constraint> constraints_;
  std::vector<std::pair<int, PartConstraint>> parts_;  ///< by column
  std::unique_ptr<Predicate> where_;
  BatchBuilder rows_;
  size_t first_record_ = 0;
};

}  // namespace

Result<std::shared_ptr<const LookupTable>> LoadTable(const plan::TableSpec& table,
                                                     TableConnector& connector, Micros now) {
  TableRows rows(table, now);
  WEIR_TRY(rows.Open(connector.format()));
  WEIR_TRY(connector.Rewind());
  RecordChunk chunk;
  while (true) {
    chunk.Clear();
    WEIR_ASSIGN(const bool more, connector.Read(chunk));
    if (chunk.size() > 0) WEIR_TRY(rows.Add(chunk));
    if (!more) break;
  }
  return rows.Finish();
}

Result<std::shared_ptr<const LookupTable>> LoadTableRecords(const plan::TableSpec& table,
                                                            const RecordChunk& records,
                                                            std::string_view format, Micros now) {
  TableRows rows(table, now);
  WEIR_TRY(rows.Open(format));
  if (records.size() > 0) WEIR_TRY(rows.Add(records));
  return rows.Finish();
}

}  // namespace weir
