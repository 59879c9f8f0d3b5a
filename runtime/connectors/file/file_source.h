#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/connector/source_connector.h"
#include "runtime/connectors/file/line_reader.h"

namespace weir {

/// Lines of files; each file is a partition. With `tail` files are followed as they grow.
class FileSource final : public SourceConnector {
 public:
  explicit FileSource(const SourceRequest& request);

  Status Open() override;
  size_t num_partitions() const override { return files_.size(); }
  std::string partition_name(size_t partition) const override { return files_[partition]; }
  Result<std::unique_ptr<PartitionReader>> MakeReader(size_t partition) override;

 private:
  std::string name_;
  ConnectorOptions options_;
  std::string format_;
  bool csv_header_;
  int64_t max_line_;
  std::vector<std::string> files_;
};

/// How lines of a file of `format` are split.
LineOptions LineOptionsFor(std::string_view format, bool csv_header, int64_t max_line);

}  // namespace weir
