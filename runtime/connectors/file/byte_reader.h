#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "runtime/base/result.h"

namespace weir {

/// The bytes of a file from a position on: as they are, or unpacked when it is compressed.
class ByteReader {
 public:
  virtual ~ByteReader() = default;
  /// Reads up to `size` bytes; 0 at the (present) end, or while `waiting`. Never waits for long.
  virtual Result<size_t> Read(char* buffer, size_t size) = 0;
  /// Goes to `offset` of the (unpacked) bytes; only forward from the start is efficient when
  /// packed.
  virtual Status Seek(int64_t offset) = 0;
  /// After Read gave 0: a pipe or terminal whose writer is there, or has not come yet.
  virtual bool waiting() const = 0;
  /// Whether the file may grow while it is read.
  virtual bool can_follow() const = 0;
};

/// Whether reading `path` takes bytes away (a pipe, a terminal): it must be opened only once.
bool IsConsumedByReading(const std::string& path);

/// Opens `path`; gzip and zstd are known by their first bytes, whatever the file is called.
Result<std::unique_ptr<ByteReader>> OpenByteReader(const std::string& path);

}  // namespace weir
