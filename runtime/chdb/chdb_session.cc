#include "runtime/chdb/chdb_session.h"

namespace weir {

Result<std::unique_ptr<ChdbSession>> ChdbSession::Open(std::shared_ptr<ChdbDatabase> database) {
  WEIR_ASSIGN(ChdbApi::Connection * *connection, database->Connect());
  return std::unique_ptr<ChdbSession>(new ChdbSession(std::move(database), connection));
}

ChdbSession::~ChdbSession() { database_->api_->close_conn(connection_); }

Result<std::string> ChdbSession::Query(std::string_view sql, std::string_view format) {
  return database_->Run(*connection_, sql, format);
}

Result<uint64_t> ChdbSession::Insert(std::string_view statement, std::string_view format,
                                     std::string_view bytes) {
  return database_->InsertInto(*connection_, statement, format, bytes);
}

}  // namespace weir
