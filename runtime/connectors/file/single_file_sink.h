#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "runtime/connectors/file/byte_writer.h"
#include "runtime/connectors/file/file_lock.h"
#include "runtime/connectors/file/part_file_sink.h"

namespace weir {

/// One file that all writers share, for runs that end: written as `.tmp` beside its place and
/// renamed at Close. A run that fails leaves nothing behind. The order of rows is that in which
/// writers hand them over.
class SingleFileSink final : public SinkConnector {
 public:
  explicit SingleFileSink(FileSinkSettings settings) : settings_(std::move(settings)) {}
  ~SingleFileSink() override;

  Status Open() override;
  Result<std::unique_ptr<SinkWriter>> MakeWriter(uint32_t worker) override;
  Status Close() override;

  /// Whole lines; from any thread.
  Status Write(std::string_view lines);

 private:
  std::string Unfinished() const;

  FileSinkSettings settings_;
  OutputClaim claim_;
  FileLock lock_;  ///< on the unfinished file
  std::mutex mutex_;
  std::unique_ptr<ByteWriter> file_;
};

}  // namespace weir
