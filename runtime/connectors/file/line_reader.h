#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "runtime/base/result.h"
#include "runtime/connector/source_connector.h"
#include "runtime/connectors/file/byte_reader.h"

namespace weir {

/// Bytes of an over-long line that go on as its record.
inline constexpr size_t kOverlongPrefix = 64 * 1024;

struct LineOptions {
  int64_t max_line = 1 << 20;
  bool quoted = false;  ///< csv: a line break inside quotes belongs to the record
  bool header = false;  ///< the first line is not a record
  bool follow = false;  ///< at the end wait for more; a line counts when its break has come
};

/// Splits a file into lines without copying them: records are views into blocks of 1 MiB that the
/// chunk keeps alive. Offsets are byte positions of line starts in the unpacked file; "\r\n" ends a
/// line too. Lines longer than max_line are cut to their first 64 KiB and marked.
class LineReader {
 public:
  LineReader(std::unique_ptr<ByteReader> bytes, LineOptions options)
      : bytes_(std::move(bytes)), options_(options) {}

  /// Reads the header; then goes to `start`, the offset of a line, and past that line when
  /// `skip_line`.
  Status Open(int64_t start, bool skip_line);
  /// Appends up to `max_records` lines (about 1 MiB); false: nothing is there for now. Inside a
  /// line that is too long it may return true without any: so a line without end is read in steps.
  Result<bool> Read(size_t max_records, RecordChunk& chunk);
  bool at_end() const { return at_end_; }

 private:
  Result<bool> Fill();
  /// Length of the next line with its break; npos when it is not complete.
  size_t NextBreak();
  void Emit(std::string_view line, size_t consumed, RecordChunk& chunk);
  void EmitCut(std::shared_ptr<const std::string> prefix, int64_t length, RecordChunk& chunk);
  void StartOverlong();
  /// False: a pipe has not brought it yet.
  Result<bool> ReadHeader();
  void NewBlock(size_t keep);

  std::unique_ptr<ByteReader> bytes_;
  LineOptions options_;
  std::shared_ptr<char[]> block_;
  size_t capacity_ = 0;
  size_t begin_ = 0, end_ = 0;  ///< unread part of the block
  size_t scanned_ = 0;          ///< up to here no break was found
  bool in_quotes_ = false;      ///< at `scanned_`
  int64_t offset_ = 0;          ///< of `begin_`
  bool at_end_ = false;
  std::shared_ptr<std::string> overlong_;  ///< start of a line that is being passed over
  int64_t overlong_start_ = 0;
  std::shared_ptr<const std::string> header_;
  bool header_pending_ = false;
};

}  // namespace weir
