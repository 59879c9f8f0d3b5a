#pragma once

#include <string>
#include <vector>

#include "runtime/format/encoder.h"
#include "runtime/format/value_writer.h"

namespace weir {

/// One JSON object a line, keys in schema order, null columns left out. A delete is
/// `{"_deleted":true,` and its key columns; rows of a late route end with `"_routed_from"`.
class JsonEncoder final : public Encoder {
 public:
  explicit JsonEncoder(EncodeRequest request);

  void Append(const RecordBatch& batch, std::string& out) override;
  void AppendRecords(const RecordBatch& batch, std::string& out,
                     std::vector<size_t>& ends) override;
  std::string_view file_suffix() const override { return "jsonl"; }

 private:
  template <typename AfterRow>
  void PutRows(const RecordBatch& batch, std::string& out, AfterRow after_row);
  void PutRow(RowIndex row);
  void PutDelete(RowIndex row);
  void PutColumn(size_t index, RowIndex row);

  /// `"name":`, padded to what PutShort reads.
  struct Name {
    std::string text;
    size_t size = 0;
  };

  std::vector<ValueWriter> columns_;
  std::vector<Name> names_;
  std::vector<bool> in_key_;
  ValueWriter routed_from_;
  bool has_routed_from_ = false;
  TextWriter writer_;
};

}  // namespace weir
