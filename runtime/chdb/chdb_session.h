#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "runtime/chdb/chdb_database.h"

namespace weir {

/// A connection of one's own: what `SET` changes and which temporary tables there are is seen by
/// this session alone and ends with it. Cheap to make. One thread at a time; sessions of one
/// database work at the same time.
///
/// After a statement that failed halfway, the engine may hand rows of it out with the next answer:
/// let such a session go.
class ChdbSession {
 public:
  static Result<std::unique_ptr<ChdbSession>> Open(std::shared_ptr<ChdbDatabase> database);
  ~ChdbSession();
  ChdbSession(const ChdbSession&) = delete;
  ChdbSession& operator=(const ChdbSession&) = delete;

  /// As `ChdbDatabase::Query`.
  Result<std::string> Query(std::string_view sql, std::string_view format = "TSV");
  /// As `ChdbDatabase::Insert`.
  Result<uint64_t> Insert(std::string_view statement, std::string_view format,
                          std::string_view bytes);

 private:
  ChdbSession(std::shared_ptr<ChdbDatabase> database, ChdbApi::Connection** connection)
      : database_(std::move(database)), connection_(connection) {}

  const std::shared_ptr<ChdbDatabase> database_;
  ChdbApi::Connection** const connection_;
};

}  // namespace weir
