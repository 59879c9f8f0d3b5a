#include "runtime/chdb/chdb_database.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "runtime/chdb/chdb_library.h"
#include "runtime/chdb/chdb_status.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

/// What this process has open; the engine knows one folder at a time.
struct OpenDatabase {
  std::mutex mutex;
  std::weak_ptr<ChdbDatabase> database;
};

OpenDatabase& TheOpenDatabase() {
  static OpenDatabase open;
  return open;
}

/// The engine's own lock file holds `PID: 4711` and other lines.
std::string LockOwner(const std::string& path) {
  std::ifstream file(path);
  std::string word, owner;
  while (file >> word) {
    if (word == "PID:" && file >> owner) return " (process " + owner + ")";
  }
  return "";
}

/// The engine would only print to stderr that it can't have the folder, so this looks first.
Status CheckUnlocked(const std::string& folder) {
  const std::string path = folder + "/status";
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return Status::Ok();  // a new folder
  const bool locked = ::flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(file);  // and with it the lock
  if (!locked) return Status::Ok();
  return FailedPreconditionError(
      "the store {} is in use by another process{}: stop it, query it while it runs with flowc "
      "query, or give this one another `dir`",
      folder, LockOwner(path));
}

Result<std::string> PrepareStoreFolder(const std::string& folder, bool create) {
  std::error_code error;
  if (!create && !fs::is_directory(folder, error)) {
    return NotFoundError("there is no store in {}", folder);
  }
  fs::create_directories(folder, error);
  if (error) return IoError("the folder of the store, {}: {}", folder, error.message());
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    return Status(StatusCode::kPermissionDenied,
                  fmt::format("the folder of the store, {}, is not writable", folder));
  }
  const fs::path absolute = fs::canonical(folder, error);
  if (error) return IoError("the folder of the store, {}: {}", folder, error.message());
  return absolute.string();
}

}  // namespace

/// A connection that goes back when the call is over.
class ChdbDatabase::Lease {
 public:
  Lease(ChdbDatabase& database, Access access, Connection** connection)
      : database_(database), access_(access), connection_(connection) {}
  ~Lease() { database_.GiveBack(access_, connection_); }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  Connection* get() const { return *connection_; }

 private:
  ChdbDatabase& database_;
  Access access_;
  Connection** connection_;
};

Result<std::shared_ptr<ChdbDatabase>> ChdbDatabase::Open(const std::string& folder, bool create) {
  WEIR_ASSIGN(const ChdbApi* api, ChdbLibrary::Load());
  WEIR_ASSIGN(std::string absolute, PrepareStoreFolder(folder, create));
  OpenDatabase& open = TheOpenDatabase();
  const std::lock_guard<std::mutex> lock(open.mutex);
  if (std::shared_ptr<ChdbDatabase> database = open.database.lock()) {
    if (database->folder_ == absolute) return database;
    return FailedPreconditionError(
        "a process can have one store open: {} is, {} can't be as well; give all sinks and views "
        "the same `dir`",
        database->folder_, absolute);
  }
  WEIR_TRY(CheckUnlocked(absolute));
  std::shared_ptr<ChdbDatabase> database(new ChdbDatabase(std::move(absolute), api));
  WEIR_ASSIGN(Connection * *connection, database->Take(kReadWrite));
  database->GiveBack(kReadWrite, connection);
  open.database = database;
  return database;
}

ChdbDatabase::~ChdbDatabase() {
  for (const std::vector<Connection**>& connections : idle_) {
    for (Connection** connection : connections) api_->close_conn(connection);
  }
}

Result<ChdbDatabase::Connection**> ChdbDatabase::Connect() {
  // UTC: days and hours in views must not depend on where the process runs.
  std::string program = "clickhouse", path = "--path=" + folder_, zone = "--session_timezone=UTC";
  // Failures come back as errors; on a terminal the engine would also write lines of its own.
  std::string level = "--logger.level=none", console = "--logger.console=0";
  char* arguments[] = {program.data(), path.data(), zone.data(), level.data(), console.data()};
  Connection** connection = api_->connect(static_cast<int>(std::size(arguments)), arguments);
  if (connection != nullptr && *connection != nullptr) return connection;
  return IoError(
      "the embedded ClickHouse engine can't open {}: is the folder locked, damaged or of a newer "
      "release?",
      folder_);
}

Result<ChdbDatabase::Connection**> ChdbDatabase::Take(Access access) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!idle_[access].empty()) {
      Connection** connection = idle_[access].back();
      idle_[access].pop_back();
      return connection;
    }
  }
  WEIR_ASSIGN(Connection * *connection, Connect());
  if (access == kReadOnly) {
    // 2: a query may still have SETTINGS, but can't leave the read-only mode.
    const Result<std::string> set = Run(*connection, "SET readonly = 2", "TSV");
    if (!set.ok()) {
      api_->close_conn(connection);
      return set.status();
    }
  }
  return connection;
}

void ChdbDatabase::GiveBack(Access access, Connection** connection) {
  const std::lock_guard<std::mutex> lock(mutex_);
  idle_[access].push_back(connection);
}

Result<std::string> ChdbDatabase::Run(Connection* connection, std::string_view sql,
                                      std::string_view format) {
  ChdbApi::Result* result =
      api_->query_n(connection, sql.data(), sql.size(), format.data(), format.size());
  if (result == nullptr) return IoError("the embedded ClickHouse engine gave no answer");
  const char* error = api_->result_error(result);
  Result<std::string> answer = std::string();
  if (error != nullptr) {
    answer = StatusFromChdb(error);
  } else if (const char* bytes = api_->result_buffer(result); bytes != nullptr) {
    answer = std::string(bytes, api_->result_length(result));
  }
  api_->destroy_query_result(result);
  return answer;
}

Result<std::string> ChdbDatabase::RunWith(Access access, std::string_view sql,
                                          std::string_view format) {
  WEIR_ASSIGN(Connection * *connection, Take(access));
  const Lease lease(*this, access, connection);
  return Run(lease.get(), sql, format);
}

Result<std::string> ChdbDatabase::Query(std::string_view sql, std::string_view format) {
  return RunWith(kReadWrite, sql, format);
}

Result<std::string> ChdbDatabase::QueryReadOnly(std::string_view sql, std::string_view format) {
  return RunWith(kReadOnly, sql, format);
}

Result<uint64_t> ChdbDatabase::Insert(std::string_view statement, std::string_view format,
                                      std::string_view bytes) {
  WEIR_ASSIGN(Connection * *connection, Take(kReadWrite));
  const Lease lease(*this, kReadWrite, connection);
  return InsertInto(lease.get(), statement, format, bytes);
}

Result<uint64_t> ChdbDatabase::InsertInto(Connection* connection, std::string_view statement,
                                          std::string_view format, std::string_view bytes) {
  ChdbApi::InsertStream* stream = api_->stream_insert_n(
      connection, statement.data(), statement.size(), format.data(), format.size());
  if (const char* error = api_->stream_insert_error(stream); error != nullptr) {
    const Status status = StatusFromChdb(error);
    api_->destroy_insert_stream(stream);
    return status;
  }
  // Its result says nothing: rows are read and written meanwhile, only the end has the outcome.
  (void)api_->stream_append(stream, bytes.data(), bytes.size());
  ChdbApi::Result* result = api_->stream_done(stream);
  Result<uint64_t> rows = uint64_t{0};
  if (result == nullptr) {
    rows = IoError("the embedded ClickHouse engine did not end an insert");
  } else if (const char* error = api_->result_error(result); error != nullptr) {
    rows = StatusFromChdb(error);
  } else {
    rows = api_->result_rows_written(result);
  }
  if (result != nullptr) api_->destroy_query_result(result);
  api_->destroy_insert_stream(stream);
  return rows;
}

}  // namespace weir
