#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/base/result.h"
#include "runtime/connectors/log/journal_format.h"
#include "runtime/connectors/log/log_file.h"

namespace weir {

/// Reads the journal of a topic record by record, on into further files, also while another process
/// writes it. One thread.
class JournalCursor {
 public:
  /// Begins with the first record of file `number` in `folder`.
  JournalCursor(std::string folder, uint64_t number)
      : folder_(std::move(folder)), number_(number) {}

  /// The next record; none when there is no further one yet. What was begun and is not complete
  /// does not count; damage in the middle is DataLoss.
  Result<std::optional<JournalRecord>> Next();

  /// Of the file that is being read.
  uint64_t number() const { return number_; }
  /// Where the next record begins in it.
  int64_t position() const { return position_; }
  /// Of the body of the record that Next gave last.
  uint64_t body_sum() const { return body_sum_; }
  /// Whether the last call of Next found the start of a record there.
  bool torn() const { return torn_; }
  /// Whether the file being read was deleted under it.
  bool lost() const { return file_.is_open() && file_.IsDeleted(); }

 private:
  Status Open();
  /// A view of [position_, position_ + size), shorter at the end of the file.
  Result<std::string_view> View(size_t size);
  Result<bool> HasNextFile() const;
  Result<std::optional<JournalRecord>> AtEnd(bool something);
  Status Damaged(std::string_view why) const;

  std::string folder_;
  uint64_t number_;
  LogFile file_;
  int64_t position_ = 0;
  uint64_t body_sum_ = 0;
  std::string buffer_;  ///< bytes of the file from `buffer_at_` on
  int64_t buffer_at_ = 0;
  bool torn_ = false;
  bool closed_seen_ = false;  ///< the next file was there before this one was read to its end
};

}  // namespace weir
