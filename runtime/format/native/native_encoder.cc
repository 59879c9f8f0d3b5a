#include "runtime/format/native/native_encoder.h"

#include <fmt/format.h>

#include <map>

#include "runtime/format/native/make_native_column.h"

namespace weir {
namespace {

size_t CountAll(std::span<const RecordBatch> batches) {
  size_t rows = 0;
  for (const RecordBatch& batch : batches) rows += batch.num_rows();
  return rows;
}

/// The batches without the rows at the given positions, which are listed as refused.
std::vector<RecordBatch> Without(std::span<const RecordBatch> batches,
                                 const std::map<uint32_t, std::string>& bad,
                                 std::vector<NativeRefusal>& refused) {
  std::vector<RecordBatch> good;
  uint32_t position = 0;
  for (size_t i = 0; i < batches.size(); ++i) {
    RowIndices rows;
    batches[i].rows().ForEach([&](RowIndex row) {
      const auto found = bad.find(position++);
      if (found == bad.end()) {
        rows.push_back(row);
      } else {
        refused.push_back({i, row, found->second});
      }
    });
    good.push_back(batches[i].WithSelection(std::move(rows)));
  }
  return good;
}

}  // namespace

Result<std::unique_ptr<NativeEncoder>> NativeEncoder::Make(const Schema& schema,
                                                           std::vector<NativeTarget> targets) {
  std::vector<NativeColumnPtr> columns;
  std::string problems;
  for (const NativeTarget& target : targets) {
    Result<NativeColumnPtr> column =
        MakeNativeColumn(schema.field(target.column).type, target.type);
    if (column.ok()) {
      columns.push_back(*std::move(column));
    } else {
      problems += fmt::format("{}column {}: {}", problems.empty() ? "" : "; ", target.name,
                              column.status().message());
    }
  }
  if (!problems.empty()) return Status(StatusCode::kInvalidArgument, problems);
  return std::unique_ptr<NativeEncoder>(new NativeEncoder(std::move(targets), std::move(columns)));
}

size_t NativeEncoder::Encode(std::span<const RecordBatch> batches, std::string& out,
                             std::vector<NativeRefusal>& refused) {
  const size_t rows = CountAll(batches);
  if (rows == 0) return 0;
  const size_t begin = out.size();
  std::map<uint32_t, std::string> bad;
  AppendVarint(columns_.size(), out);
  AppendVarint(rows, out);
  std::vector<ColumnSlice> slices;
  for (size_t i = 0; i < columns_.size(); ++i) {
    slices.clear();
    for (const RecordBatch& batch : batches) {
      slices.push_back({batch.column(targets_[i].column).get(), batch.rows()});
    }
    AppendNativeString(targets_[i].name, out);
    AppendNativeString(columns_[i]->wire_type(), out);
    columns_[i]->WritePrefix(out);
    NativeErrors errors;
    columns_[i]->Write(slices, errors, out);
    for (const NativeErrors::Entry& entry : errors.entries()) {
      bad.try_emplace(entry.row, fmt::format("column {}: {}", targets_[i].name, entry.message));
    }
  }
  if (bad.empty()) return rows;
  // Rare: the block once more, without them.
  out.resize(begin);
  return Encode(Without(batches, bad, refused), out, refused);
}

}  // namespace weir
