#include "runtime/operators/lookup_table.h"

namespace weir {

LookupTable::LookupTable(RecordBatch rows, const std::vector<int>& keys) : rows_(std::move(rows)) {
  std::vector<const Column*> columns;
  for (int key : keys) {
    columns.push_back(rows_.column(key).get());
    key_types_.push_back(columns.back()->type().AsRequired());
  }
  RowIndices with_key;
  rows_.rows().ForEach([&](RowIndex row) {
    for (const Column* column : columns) {
      if (column->IsNull(row)) return;
    }
    with_key.push_back(row);
  });
  KeyEncoder encoder(key_types_);
  encoder.Encode(columns, RowSet::Of(with_key), rows_.capacity());
  index_.reserve(with_key.size());
  for (RowIndex row : with_key) {
    StoredKey key{encoder.key(row), encoder.hash(row)};
    auto found = index_.find(key);
    if (found != index_.end()) {
      found->second = row;
      continue;
    }
    key.bytes = key_bytes_.Copy(key.bytes);
    index_.emplace(key, row);
  }
}

int64_t LookupTable::Find(std::string_view key, uint64_t hash) const {
  const auto found = index_.find(StoredKey{key, hash});
  return found == index_.end() ? -1 : found->second;
}

}  // namespace weir
