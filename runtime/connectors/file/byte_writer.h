#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/base/result.h"

namespace weir {

/// A new file that is written once, from its start; packed on the way if asked.
class ByteWriter {
 public:
  virtual ~ByteWriter() = default;
  virtual Status Write(std::string_view bytes) = 0;
  /// Ends compression, makes the bytes durable and closes the file.
  virtual Status Finish() = 0;
};

/// `compression`: none, gzip or zstd. Overwrites `path`.
Result<std::unique_ptr<ByteWriter>> OpenByteWriter(const std::string& path,
                                                   std::string_view compression);

/// What file names of a compression end with: "", ".gz", ".zst".
std::string_view CompressionSuffix(std::string_view compression);

/// Makes renames in `folder` durable.
Status SyncFolder(const std::string& folder);

}  // namespace weir
