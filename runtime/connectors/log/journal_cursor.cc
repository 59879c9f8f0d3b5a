#include "runtime/connectors/log/journal_cursor.h"

#include <algorithm>
#include <filesystem>

#include "runtime/base/hash.h"
#include "runtime/connectors/log/topic_paths.h"

namespace weir {
namespace {

constexpr size_t kReadBytes = 64 * 1024;

bool IsZero(std::string_view bytes) {
  return bytes.find_first_not_of('\0') == std::string_view::npos;
}

}  // namespace

Status JournalCursor::Damaged(std::string_view why) const {
  return DataLossError(
      "{}: damaged at byte {} ({}): restore this file from a copy; what was committed behind this "
      "place can't be found without it",
      JournalPath(folder_, number_), position_, why);
}

Status JournalCursor::Open() {
  if (file_.is_open()) return Status::Ok();
  WEIR_ASSIGN(file_, LogFile::OpenToRead(JournalPath(folder_, number_)));
  return Status::Ok();
}

Result<std::string_view> JournalCursor::View(size_t size) {
  const auto end = buffer_at_ + static_cast<int64_t>(buffer_.size());
  if (position_ < buffer_at_ || position_ + static_cast<int64_t>(size) > end) {
    buffer_.resize(std::max(size, kReadBytes));
    buffer_at_ = position_;
    WEIR_ASSIGN(const size_t got, file_.ReadAt(position_, buffer_.data(), buffer_.size()));
    buffer_.resize(got);
  }
  return std::string_view(buffer_).substr(static_cast<size_t>(position_ - buffer_at_), size);
}

Result<bool> JournalCursor::HasNextFile() const {
  std::error_code error;
  return std::filesystem::exists(JournalPath(folder_, number_ + 1), error);
}

/// Nothing complete is left in this file. Writers make the next one when they have done with this.
Result<std::optional<JournalRecord>> JournalCursor::AtEnd(bool something) {
  torn_ = something;
  // A record that is being written must not be seen half from memory the next time.
  buffer_.clear();
  buffer_at_ = position_;
  WEIR_ASSIGN(const bool closed, HasNextFile());
  if (!closed) return std::optional<JournalRecord>();
  if (!closed_seen_) {
    // The rest may have been written between our look at this file and at the next one.
    closed_seen_ = true;
    return Next();
  }
  if (something) return Damaged("a record is cut off, and another file follows");
  closed_seen_ = false;
  file_.Close();
  ++number_;
  position_ = buffer_at_ = 0;
  return Next();
}

Result<std::optional<JournalRecord>> JournalCursor::Next() {
  WEIR_TRY(Open());
  torn_ = false;
  WEIR_ASSIGN(std::string_view head, View(kJournalHeaderBytes));
  // A buffer that was read earlier may end where the file has grown since.
  if (head.size() < kJournalHeaderBytes) {
    buffer_.clear();
    buffer_at_ = position_;
    WEIR_ASSIGN(head, View(kJournalHeaderBytes));
  }
  if (head.size() < kJournalHeaderBytes) return AtEnd(!head.empty());
  JournalHeader header;
  if (!DecodeJournalHeader(head, header)) {
    // After a crash of the machine a file may be longer than what was written of it.
    if (!IsZero(head)) return Damaged("no record begins there");
    return AtEnd(true);
  }
  const size_t total = kJournalHeaderBytes + header.body_length;
  WEIR_ASSIGN(const int64_t file_size, file_.Size());
  if (position_ + static_cast<int64_t>(total) > file_size) return AtEnd(true);
  WEIR_ASSIGN(const std::string_view bytes, View(total));
  if (bytes.size() < total) return AtEnd(true);
  const std::string_view body = bytes.substr(kJournalHeaderBytes);
  if (HashBytes(body) != header.body_sum) {
    if (position_ + static_cast<int64_t>(total) < file_size) {
      return Damaged("the checksum of a record is wrong");
    }
    return AtEnd(true);
  }
  Result<JournalRecord> record = DecodeJournalBody(header.type, body);
  if (!record.ok()) return Damaged(record.status().message());
  position_ += static_cast<int64_t>(total);
  body_sum_ = header.body_sum;
  return std::optional<JournalRecord>(*std::move(record));
}

}  // namespace weir
