#include "runtime/vector/batch_codec.h"

#include <cstring>

#include "runtime/base/status.h"

namespace weir {
namespace {

constexpr char kConstant = 1, kValidity = 2;

void AppendCount(uint32_t count, std::string& out) {
  out.append(reinterpret_cast<const char*>(&count), sizeof(count));
}

void AppendRaw(const void* values, size_t bytes, std::string& out) {
  if (bytes > 0) out.append(static_cast<const char*>(values), bytes);
}

void AppendTexts(const Column& column, uint32_t count, std::string& out) {
  const auto* texts = column.data<std::string_view>();
  const auto is_set = [&](uint32_t row) { return !column.IsNull(row); };
  for (uint32_t row = 0; row < count; ++row) {
    AppendCount(is_set(row) ? static_cast<uint32_t>(texts[row].size()) : 0, out);
  }
  for (uint32_t row = 0; row < count; ++row) {
    if (is_set(row)) out.append(texts[row]);
  }
}

void AppendColumn(const ColumnPtr& given, std::string& out) {
  const Physical physical = given->type().physical();
  const bool nested = physical == Physical::kList || physical == Physical::kStruct;
  const ColumnPtr column = nested ? Column::Flatten(given) : given;
  const uint32_t count = column->is_constant() ? 1 : column->length();
  char form = 0;
  if (column->is_constant()) form |= kConstant;
  if (column->has_nulls()) form |= kValidity;
  out.push_back(form);
  if (column->has_nulls()) AppendRaw(column->validity(), count, out);
  if (physical == Physical::kString) {
    AppendTexts(*column, count, out);
  } else if (physical == Physical::kStruct) {
    for (const ColumnPtr& child : column->children()) AppendColumn(child, out);
  } else {
    AppendRaw(column->data<uint8_t>(), count * PhysicalSize(physical), out);
  }
  if (physical != Physical::kList) return;
  AppendCount(column->child(0)->length(), out);
  AppendColumn(column->child(0), out);
}

class ColumnReader {
 public:
  ColumnReader(const std::shared_ptr<const std::string>& owner, std::string_view& in)
      : owner_(owner), in_(in) {}

  Result<uint32_t> Count() {
    uint32_t count = 0;
    WEIR_TRY(Copy(sizeof(count), &count));
    return count;
  }

  Result<ColumnPtr> Read(const DataType& type, uint32_t rows) {
    char form = 0;
    WEIR_TRY(Copy(1, &form));
    if ((form & kConstant) == 0) return ReadFlat(type, rows, (form & kValidity) != 0);
    WEIR_ASSIGN(const ColumnPtr one, ReadFlat(type, 1, (form & kValidity) != 0));
    if (one->IsNull(0)) return Column::Nulls(type, rows);
    return Column::Constant(one->ValueAt(0), rows);
  }

 private:
  Result<std::string_view> Take(size_t bytes) {
    if (in_.size() < bytes) return DataLossError("rows end too early");
    const std::string_view taken = in_.substr(0, bytes);
    in_.remove_prefix(bytes);
    return taken;
  }

  Status Copy(size_t bytes, void* to) {
    WEIR_ASSIGN(const std::string_view taken, Take(bytes));
    if (bytes > 0) std::memcpy(to, taken.data(), bytes);
    return Status::Ok();
  }

  Result<ColumnPtr> ReadFlat(const DataType& type, uint32_t rows, bool validity) {
    std::string_view valid;
    if (validity) {
      WEIR_ASSIGN(valid, Take(rows));
    }
    WEIR_ASSIGN(MutableColumnPtr column, ReadValues(type, rows));
    if (validity && rows > 0) std::memcpy(column->EnsureValidity(), valid.data(), rows);
    return ColumnPtr(std::move(column));
  }

  Result<MutableColumnPtr> ReadValues(const DataType& type, uint32_t rows) {
    const Physical physical = type.physical();
    if (physical == Physical::kStruct) {
      std::vector<ColumnPtr> children;
      for (const StructField& field : type.fields()) {
        WEIR_ASSIGN(ColumnPtr child, Read(field.type, rows));
        children.push_back(std::move(child));
      }
      return Column::MakeStruct(type, rows, std::move(children));
    }
    // A damaged count must not ask for memory that nothing fills.
    const size_t width = physical == Physical::kString ? sizeof(uint32_t) : PhysicalSize(physical);
    if (in_.size() < width * rows) return DataLossError("rows end too early");
    if (physical == Physical::kString) return ReadTexts(type, rows);
    MutableColumnPtr column = Column::Make(type, rows);
    WEIR_TRY(Copy(width * rows, column->mutable_data<uint8_t>()));
    if (physical == Physical::kList) WEIR_TRY(ReadChild(type, rows, *column));
    return column;
  }

  Result<MutableColumnPtr> ReadTexts(const DataType& type, uint32_t rows) {
    WEIR_ASSIGN(const std::string_view sizes, Take(sizeof(uint32_t) * rows));
    MutableColumnPtr column = Column::Make(type, rows);
    column->AddOwner(owner_);
    for (uint32_t row = 0; row < rows; ++row) {
      uint32_t size = 0;
      std::memcpy(&size, sizes.data() + sizeof(size) * row, sizeof(size));
      WEIR_ASSIGN(column->mutable_data<std::string_view>()[row], Take(size));
    }
    return column;
  }

  Status ReadChild(const DataType& type, uint32_t rows, Column& column) {
    WEIR_ASSIGN(const uint32_t elements, Count());
    WEIR_ASSIGN(ColumnPtr child, Read(type.element(), elements));
    for (uint32_t row = 0; row < rows; ++row) {
      const ListEntry& entry = column.data<ListEntry>()[row];
      if (uint64_t{entry.offset} + entry.length > elements) {
        return DataLossError("a list of a row reaches past its elements");
      }
    }
    column.set_child(0, std::move(child));
    return Status::Ok();
  }

  const std::shared_ptr<const std::string>& owner_;
  std::string_view& in_;
};

}  // namespace

void AppendBatchBytes(const RecordBatch& batch, std::string& out) {
  const bool whole = batch.num_rows() == batch.capacity();
  const RecordBatch rows = whole ? batch : batch.Compact(/*keep_payload=*/false);
  AppendCount(rows.num_rows(), out);
  for (const ColumnPtr& column : rows.columns()) AppendColumn(column, out);
}

Result<RecordBatch> ReadBatchBytes(const SchemaPtr& schema,
                                   const std::shared_ptr<const std::string>& owner,
                                   std::string_view& in) {
  ColumnReader reader(owner, in);
  WEIR_ASSIGN(const uint32_t rows, reader.Count());
  std::vector<ColumnPtr> columns;
  for (const Field& field : schema->fields()) {
    WEIR_ASSIGN(ColumnPtr column, reader.Read(field.type, rows));
    columns.push_back(std::move(column));
  }
  return RecordBatch(schema, std::move(columns), rows);
}

}  // namespace weir
