#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/connector/source_connector.h"
#include "runtime/connectors/file/line_reader.h"

namespace weir {

/// All lines of one or more files, in the order of their names.
class FileTable final : public TableConnector {
 public:
  explicit FileTable(const TableRequest& request);

  Status Open() override;
  std::string format() const override { return format_; }
  Result<bool> Read(RecordChunk& chunk) override;
  Status Rewind() override;

 private:
  Status OpenFile();

  std::string name_;
  ConnectorOptions options_;
  std::string format_;
  bool csv_header_;
  int64_t max_line_;
  std::vector<std::string> files_;
  size_t file_ = 0;
  std::unique_ptr<LineReader> lines_;
};

}  // namespace weir
