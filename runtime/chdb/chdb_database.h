#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/chdb/chdb_api.h"

namespace weir {

/// The embedded database in one folder. The engine serves one folder per process and locks it
/// against other processes; whoever opens the same folder again shares the database. Closed when
/// the last owner lets go. Thread-safe; calls from several threads run at the same time, each on a
/// connection of its own.
class ChdbDatabase {
 public:
  /// Makes the folder if `create`. Failures: NotFound (engine or folder absent),
  /// FailedPrecondition (locked by another process, whose number is named if known; this process
  /// has another folder open), PermissionDenied, IoError.
  static Result<std::shared_ptr<ChdbDatabase>> Open(const std::string& folder, bool create = true);
  ~ChdbDatabase();
  ChdbDatabase(const ChdbDatabase&) = delete;
  ChdbDatabase& operator=(const ChdbDatabase&) = delete;

  /// Runs one statement; the answer in a ClickHouse output format (`TSV`, `JSON`, `Native` …),
  /// empty for statements without one. The statement must not hold binary data (see `Insert`).
  Result<std::string> Query(std::string_view sql, std::string_view format = "TSV");
  /// The same, but a statement that would change something fails with PermissionDenied.
  Result<std::string> QueryReadOnly(std::string_view sql, std::string_view format = "TSV");

  /// `statement`: `INSERT INTO t (a, b) SETTINGS …` without FORMAT and data; `bytes` in `format`.
  /// Returns the rows written. Either all are stored (and on disk as far as the engine promises)
  /// or, on failure, none of an insert that is one block.
  Result<uint64_t> Insert(std::string_view statement, std::string_view format,
                          std::string_view bytes);

  const std::string& folder() const { return folder_; }

 private:
  friend class ChdbSession;
  using Connection = ChdbApi::Connection;
  enum Access : uint8_t { kReadWrite, kReadOnly };
  class Lease;

  ChdbDatabase(std::string folder, const ChdbApi* api) : folder_(std::move(folder)), api_(api) {}
  Result<Connection**> Connect();
  Result<Connection**> Take(Access access);
  void GiveBack(Access access, Connection** connection);
  Result<std::string> Run(Connection* connection, std::string_view sql, std::string_view format);
  Result<uint64_t> InsertInto(Connection* connection, std::string_view statement,
                              std::string_view format, std::string_view bytes);
  Result<std::string> RunWith(Access access, std::string_view sql, std::string_view format);

  const std::string folder_;  ///< absolute, without symbolic links
  const ChdbApi* const api_;
  std::mutex mutex_;
  std::vector<Connection**> idle_[2];  ///< by Access
};

}  // namespace weir
