#include "runtime/connectors/file/line_reader.h"

#include <algorithm>
#include <cstring>

namespace weir {
namespace {

constexpr size_t kBlock = 1 << 20;
/// A block that has less room than this is replaced.
constexpr size_t kLeastRoom = 64 * 1024;
constexpr size_t kChunkBytes = 1 << 20;
/// Blocks of one line that are passed over before the caller may look at the clock again.
constexpr int kStepsInsideLine = 4;

std::string_view WithoutBreak(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

Result<bool> LineReader::ReadHeader() {
  RecordChunk chunk;
  const bool follow = options_.follow;
  options_.follow = false;
  header_pending_ = false;
  while (chunk.records.empty()) {
    WEIR_ASSIGN(const bool more, Read(1, chunk));
    if (overlong_ != nullptr || !chunk.truncated.empty()) {
      return DataLossError("the first line, which should be the header, is longer than {} bytes",
                           options_.max_line);
    }
    if (more) continue;
    header_pending_ = bytes_->waiting();
    break;
  }
  options_.follow = follow;
  if (header_pending_) return false;
  at_end_ = false;
  header_ = std::make_shared<const std::string>(chunk.records.empty() ? "" : chunk.records[0]);
  return true;
}

Status LineReader::Open(int64_t start, bool skip_line) {
  if (options_.header) {
    WEIR_TRY(ReadHeader().status());
    if (header_pending_ || (start == 0 && !skip_line)) return Status::Ok();
  }
  if (start != offset_ || begin_ != end_) {
    WEIR_TRY(bytes_->Seek(start));
    begin_ = end_ = scanned_ = 0;
    offset_ = start;
  }
  RecordChunk skipped;
  while (skip_line && skipped.records.empty()) {
    WEIR_ASSIGN(const bool more, Read(1, skipped));
    if (!more) break;
  }
  return Status::Ok();
}

void LineReader::NewBlock(size_t keep) {
  const size_t capacity = std::max(kBlock, keep * 2);
  std::shared_ptr<char[]> block(new char[capacity]);
  if (keep > 0) std::memcpy(block.get(), block_.get() + begin_, keep);
  block_ = std::move(block);
  capacity_ = capacity;
  scanned_ -= begin_;
  begin_ = 0;
  end_ = keep;
}

Result<bool> LineReader::Fill() {
  if (capacity_ - end_ < kLeastRoom) NewBlock(end_ - begin_);
  WEIR_ASSIGN(const size_t got, bytes_->Read(block_.get() + end_, capacity_ - end_));
  end_ += got;
  return got > 0;
}

size_t LineReader::NextBreak() {
  while (scanned_ < end_) {
    const char* from = block_.get() + scanned_;
    const size_t left = end_ - scanned_;
    const char* found = static_cast<const char*>(std::memchr(from, '\n', left));
    const size_t passed = found == nullptr ? left : static_cast<size_t>(found - from) + 1;
    if (options_.quoted && std::count(from, from + passed, '"') % 2 != 0) in_quotes_ = !in_quotes_;
    scanned_ += passed;
    if (found != nullptr && !in_quotes_) return scanned_ - begin_;
  }
  return std::string_view::npos;
}

void LineReader::EmitCut(std::shared_ptr<const std::string> prefix, int64_t length,
                         RecordChunk& chunk) {
  chunk.truncated.emplace_back(chunk.records.size(), length);
  chunk.records.emplace_back(*prefix);
  chunk.offsets.push_back(overlong_start_);
  chunk.owners.push_back(std::move(prefix));
}

void LineReader::Emit(std::string_view line, size_t consumed, RecordChunk& chunk) {
  const std::string_view text = WithoutBreak(line);
  if (overlong_ != nullptr) {
    const int64_t length = offset_ - overlong_start_ + static_cast<int64_t>(text.size());
    EmitCut(std::move(overlong_), length, chunk);
    overlong_ = nullptr;
  } else {
    if (static_cast<int64_t>(text.size()) > options_.max_line) {
      chunk.truncated.emplace_back(chunk.records.size(), static_cast<int64_t>(text.size()));
      chunk.records.push_back(text.substr(0, kOverlongPrefix));
    } else {
      chunk.records.push_back(text);
    }
    chunk.offsets.push_back(offset_);
  }
  begin_ += consumed;
  offset_ += static_cast<int64_t>(consumed);
}

void LineReader::StartOverlong() {
  if (overlong_ == nullptr) {
    const size_t size = std::min(end_ - begin_, kOverlongPrefix);
    overlong_ = std::make_shared<std::string>(block_.get() + begin_, size);
    overlong_start_ = offset_;
  }
  offset_ += static_cast<int64_t>(end_ - begin_);
  // Records given out earlier still point into this block.
  block_ = nullptr;
  capacity_ = begin_ = end_ = scanned_ = 0;
  // A quote that never ends must not swallow the rest of the file.
  in_quotes_ = false;
}

Result<bool> LineReader::Read(size_t max_records, RecordChunk& chunk) {
  const size_t before = chunk.records.size();
  size_t bytes = 0;
  if (header_pending_) {
    WEIR_ASSIGN(const bool complete, ReadHeader());
    if (!complete) return false;
  }
  int steps_inside_line = 0;
  const char* owned = nullptr;
  if (header_ != nullptr) {
    chunk.header = *header_;
    chunk.owners.push_back(header_);
  }
  while (chunk.records.size() - before < max_records && bytes < kChunkBytes) {
    const size_t length = NextBreak();
    if (length != std::string_view::npos) {
      if (owned != block_.get()) chunk.owners.push_back(block_);
      owned = block_.get();
      bytes += length;
      Emit({block_.get() + begin_, length}, length, chunk);
      continue;
    }
    // What is there goes on first: a new block is only needed when nothing is left of this one.
    if (chunk.records.size() > before) return true;
    if (static_cast<int64_t>(end_ - begin_) > options_.max_line) {
      StartOverlong();
      if (++steps_inside_line > kStepsInsideLine) return true;
    }
    WEIR_ASSIGN(const bool more, Fill());
    if (more) continue;
    if (bytes_->waiting() || (options_.follow && bytes_->can_follow())) return false;
    at_end_ = true;
    if (begin_ == end_ && overlong_ == nullptr) return false;
    chunk.owners.push_back(block_);
    Emit({block_.get() + begin_, end_ - begin_}, end_ - begin_, chunk);
    return true;
  }
  return true;
}

}  // namespace weir
