#include "runtime/query/query_engine.h"

#include <fmt/format.h>

#include "runtime/chdb/chdb_session.h"
#include "runtime/ddl/clickhouse_type.h"
#include "runtime/query/sql_error.h"
#include "runtime/query/view_columns.h"

namespace weir {
namespace {

constexpr size_t kInsertBytes = size_t{8} << 20;

std::string_view FormatName(QueryFormat format) {
  switch (format) {
    case QueryFormat::kColumns: return "TabSeparatedWithNamesAndTypes";
    case QueryFormat::kJson: return "JSONEachRow";
    case QueryFormat::kCsv: return "CSVWithNames";
  }
  return "JSONEachRow";
}

/// Set before anything else; `readonly` comes last, since it also locks the others.
std::string SessionSettings(const QueryRequest& request, const std::string& mark) {
  const double seconds = std::chrono::duration<double>(request.timeout).count();
  return fmt::format(
      "SET final = 1, session_timezone = 'UTC', max_execution_time = {:.3f}, max_result_rows = {}, "
      "max_result_bytes = {}, result_overflow_mode = 'throw', max_memory_usage = 1073741824, "
      "log_comment = '{}', date_time_input_format = 'best_effort', "
      "date_time_output_format = '{}', output_format_json_quote_64bit_integers = 0, "
      "output_format_json_quote_decimals = 0, "
      "output_format_decimal_trailing_zeros = 1, format_csv_null_representation = '', "
      "output_format_json_escape_forward_slashes = 0, output_format_json_validate_utf8 = 1",
      seconds, request.max_rows, QueryEngine::kMaxResultBytes, mark,
      request.format == QueryFormat::kColumns ? "simple" : "iso");
}

}  // namespace

/// A place among the queries that run at the same time.
class QueryEngine::Turn {
 public:
  static Status Take(QueryEngine& engine, std::chrono::milliseconds within) {
    std::unique_lock lock(engine.mutex_);
    const bool came = engine.turn_.wait_for(
        lock, within, [&] { return engine.stopped_ || engine.running_ < kAtOnce; });
    if (engine.stopped_) return CancelledError("the pipeline stops");
    if (!came) return UnavailableError("{} other queries are running; try again", kAtOnce);
    ++engine.running_;
    return Status::Ok();
  }
  explicit Turn(QueryEngine& engine) : engine_(engine) {}
  ~Turn() {
    const std::lock_guard lock(engine_.mutex_);
    --engine_.running_;
    engine_.turn_.notify_all();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  QueryEngine& engine_;
};

QueryEngine::QueryEngine(OpenDatabase open, std::vector<MemoryView> views)
    : open_(std::move(open)),
      views_(std::move(views)),
      mark_(fmt::format("flowc query {}", fmt::ptr(this))) {}

Result<std::string> QueryEngine::Run(const QueryRequest& request) {
  WEIR_ASSIGN(const ReadOnlyStatement statement, CheckReadOnly(request.sql));
  WEIR_TRY(Turn::Take(*this, request.timeout));
  const Turn turn(*this);
  WEIR_ASSIGN(std::shared_ptr<ChdbDatabase> database, open_());
  WEIR_ASSIGN(const std::unique_ptr<ChdbSession> session, ChdbSession::Open(std::move(database)));
  Result<std::string> result = RunIn(*session, statement, request);
  if (!result.ok()) return ExplainSqlError(result.status());
  if (result->size() > kMaxResultBytes) {
    return ResourceExhaustedError("the result has {} MiB, {} are allowed: add a LIMIT or aggregate",
                                  result->size() >> 20, kMaxResultBytes >> 20);
  }
  return result;
}

Result<std::string> QueryEngine::RunIn(ChdbSession& session, const ReadOnlyStatement& statement,
                                       const QueryRequest& request) {
  WEIR_TRY(session.Query(SessionSettings(request, mark_)).status());
  for (const MemoryView& view : views_) {
    if (statement.names.contains(view.name)) WEIR_TRY(CopyView(session, view));
  }
  WEIR_TRY(session.Query("SET readonly = 1").status());
  return session.Query(statement.sql, FormatName(request.format));
}

Status QueryEngine::CopyView(ChdbSession& session, const MemoryView& view) const {
  const std::string name = ClickhouseName(view.name);
  WEIR_TRY(session
               .Query(fmt::format("CREATE TEMPORARY TABLE {} ({}) ENGINE = Memory", name,
                                  ViewColumns(*view.schema)))
               .status());
  // The rows are copied first: writers of the view wait for a copy in memory, not for the database.
  std::vector<std::string> blocks(1);
  view.for_each([&blocks](std::string_view json) {
    if (blocks.back().size() > kInsertBytes) blocks.emplace_back();
    blocks.back() += json;
    blocks.back() += '\n';
  });
  for (const std::string& block : blocks) {
    if (block.empty()) continue;
    const auto inserted =
        session.Insert("INSERT INTO " + name + " SETTINGS async_insert = 0", "JSONEachRow", block);
    WEIR_TRY(inserted.status().WithContext("view " + view.name));
  }
  return Status::Ok();
}

void QueryEngine::Stop() {
  std::unique_lock lock(mutex_);
  stopped_ = true;
  turn_.notify_all();
  // Again and again, since a query may just be on its way into the engine. What can't be ended ends
  // with its timeout.
  while (running_ > 0) {
    lock.unlock();
    if (const auto database = open_(); database.ok()) {
      const auto killed = (*database)->Query(
          fmt::format("KILL QUERY WHERE Settings['log_comment'] = '{}' ASYNC", mark_));
      static_cast<void>(killed);
    }
    lock.lock();
    turn_.wait_for(lock, std::chrono::milliseconds(100), [this] { return running_ == 0; });
  }
}

}  // namespace weir
