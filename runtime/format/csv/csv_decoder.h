#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/format/decoder.h"
#include "runtime/format/json/json_column.h"

namespace weir {

/// Lines of RFC 4180 to columns. With a header columns are found by name, without one by position.
/// An empty cell is null (optional), the default, "" (string), or an error. Nested types and json
/// are JSON inside the cell.
class CsvDecoder final : public Decoder {
 public:
  explicit CsvDecoder(DecodeRequest request);
  static Status Check(const DecodeRequest& request);

  void Decode(const RecordSpan& input, std::vector<ColumnPtr>& columns,
              DecodeErrors& errors) override;

 private:
  struct Cell {
    std::string_view text;
    bool quoted = false;
  };

  /// Splits a line into `cells_`; the reason when it can't be.
  std::string Split(std::string_view line);
  std::string SplitQuoted(std::string_view line, size_t& at);
  /// Which cell each field is in, after a header.
  void MapHeader(std::string_view header);
  void DecodeLine(std::string_view line, RowIndex row, DecodeErrors& errors);
  void ReadFields(RowIndex row, FieldErrorSink& errors);
  void ReadField(size_t field, RowIndex row, FieldErrorSink& errors);
  void CheckUnknown(FieldErrorSink& errors) const;

  DecodeRequest request_;
  char separator_;
  std::vector<JsonColumn> columns_;  ///< by field
  std::vector<std::shared_ptr<const Column>> default_cells_;
  std::string header_;
  std::vector<std::string> header_names_;
  std::vector<int> cell_of_field_;  ///< -1: the header doesn't have it
  size_t expected_cells_ = 0;       ///< 0: any number
  std::vector<Cell> cells_;
  std::shared_ptr<StringArena> arena_;  ///< of this batch
};

}  // namespace weir
