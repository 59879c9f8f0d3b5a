#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/query/memory_view.h"
#include "runtime/query/read_only_statement.h"

namespace weir {

class ChdbDatabase;
class ChdbSession;

/// What the bytes of a result are.
enum class QueryFormat : uint8_t {
  kColumns,  ///< ClickHouse's TabSeparatedWithNamesAndTypes: for whoever lays out columns
  kJson,     ///< a JSON object per line; numbers bare with all digits, times in RFC 3339
  kCsv,      ///< RFC 4180 with a header, lines end with \n; null is empty
};

struct QueryRequest {
  std::string sql;
  QueryFormat format = QueryFormat::kJson;
  std::chrono::milliseconds timeout = std::chrono::seconds(30);
  int64_t max_rows = 1'000'000;  ///< more is an error, not a cut
};

/// Runs statements that only read. Thread-safe; as many as `kAtOnce` run at the same time, the rest
/// wait their turn within their timeout.
class QueryEngine {
 public:
  static constexpr int kAtOnce = 4;
  static constexpr size_t kMaxResultBytes = size_t{64} << 20;
  /// Opens the database, or gives it again; called for each query, by its thread.
  using OpenDatabase = std::function<Result<std::shared_ptr<ChdbDatabase>>()>;

  QueryEngine(OpenDatabase open, std::vector<MemoryView> views);

  /// Failures: InvalidArgument (the statement), PermissionDenied (it would not only read), NotFound
  /// (a table, a column, or the engine's library), Unavailable (time), ResourceExhausted.
  Result<std::string> Run(const QueryRequest& request);

  /// Refuses queries from now on, ends those that run and waits for them.
  void Stop();

  const std::vector<MemoryView>& views() const { return views_; }

 private:
  class Turn;

  Result<std::string> RunIn(ChdbSession& session, const ReadOnlyStatement& statement,
                            const QueryRequest& request);
  Status CopyView(ChdbSession& session, const MemoryView& view) const;

  const OpenDatabase open_;
  const std::vector<MemoryView> views_;
  const std::string mark_;  ///< tells this engine's queries from other ones
  std::mutex mutex_;
  std::condition_variable turn_;
  int running_ = 0;
  bool stopped_ = false;
};

}  // namespace weir
