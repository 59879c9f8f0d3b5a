#pragma once

#include <string>
#include <vector>

#include "runtime/format/encoder.h"
#include "runtime/format/value_writer.h"

namespace weir {

/// Lines of RFC 4180; null is an empty cell, an empty string `""`. Upsert streams get a last column
/// `_deleted`.
class CsvEncoder final : public Encoder {
 public:
  explicit CsvEncoder(EncodeRequest request);
  static Status Check(const EncodeRequest& request);

  void AppendHeader(std::string& out) const override;
  void Append(const RecordBatch& batch, std::string& out) override;
  void AppendRecords(const RecordBatch& batch, std::string& out,
                     std::vector<size_t>& ends) override;
  std::string_view file_suffix() const override { return "csv"; }

 private:
  template <typename AfterRow>
  void AppendRows(const RecordBatch& batch, std::string& out, AfterRow after_row);
  void AppendCell(std::string_view text, std::string& out) const;

  EncodeRequest request_;
  char separator_;
  std::vector<ValueWriter> columns_;
  TextWriter writer_;
  std::string cell_;
};

}  // namespace weir
