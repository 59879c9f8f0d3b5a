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
  /// What is written so far can be read without what follows: ends a compressed member or frame.
  virtual Status EndFrame() = 0;
  /// Bytes in the file; those of whole frames after EndFrame.
  virtual int64_t size() const = 0;
  /// Ends the last frame and closes the file, which is durable after FsyncFile only.
  virtual Status Finish() = 0;
};

/// `compression`: none, gzip or zstd. Overwrites `path`.
Result<std::unique_ptr<ByteWriter>> OpenByteWriter(const std::string& path,
                                                   std::string_view compression);

/// Packs what goes to `plain`.
std::unique_ptr<ByteWriter> PackedWriter(std::unique_ptr<ByteWriter> plain,
                                         std::string_view compression);

/// What file names of a compression end with: "", ".gz", ".zst".
std::string_view CompressionSuffix(std::string_view compression);

}  // namespace weir
