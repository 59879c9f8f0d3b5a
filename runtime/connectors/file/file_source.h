#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
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
  void NoteKnown(std::string_view partition) override { known_.emplace(partition); }
  /// Another spelling of the same path. Says so when there is no such file among those that are
  /// read.
  std::optional<size_t> FindRenamed(std::string_view known) override;
  Result<std::unique_ptr<PartitionReader>> MakeReader(size_t partition) override;

 private:
  std::string name_;
  ConnectorOptions options_;
  std::string format_;
  bool csv_header_;
  int64_t max_line_;
  std::vector<std::string> files_;
  std::set<std::string, std::less<>> known_;
  std::set<std::string, std::less<>> missed_;  ///< known, and not here
};

/// How lines of a file of `format` are split.
LineOptions LineOptionsFor(std::string_view format, bool csv_header, int64_t max_line);

}  // namespace weir
