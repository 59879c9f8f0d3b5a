#include "compiler/flowc/run_server.h"

#include <filesystem>
#include <system_error>

#include "compiler/flowc/plan_tables.h"
#include "compiler/flowc/query_request.h"
#include "runtime/chdb/chdb_database.h"

namespace weir::flowc {
namespace {

using Json = nlohmann::json;

std::vector<MemoryView> ViewsOf(const Job& job) {
  std::vector<MemoryView> views;
  for (const plan::ViewNode* node : MemoryViews(*job.plan().logical)) {
    const std::shared_ptr<ViewRows> rows = job.view_rows(node->view);
    if (rows == nullptr) continue;
    views.push_back(
        {node->view, node->schema, [rows](const auto& visit) { rows->ForEach(visit); }});
  }
  return views;
}

}  // namespace

RunServer::RunServer(const StateFolder& folder, RunRecord record, Job& job,
                     SnapshotService* snapshots)
    : folder_(folder), record_(std::move(record)), job_(job), snapshots_(snapshots) {
  queries_ = std::make_unique<QueryEngine>([this] { return OpenDatabase(); }, ViewsOf(job));
}

Result<std::unique_ptr<RunServer>> RunServer::Start(const StateFolder& folder, RunRecord record,
                                                    Job& job, SnapshotService* snapshots) {
  std::unique_ptr<RunServer> server(new RunServer(folder, std::move(record), job, snapshots));
  WEIR_TRY(server->record_.Write(folder.path()));
  WEIR_ASSIGN(server->server_,
              ControlServer::Start(SocketIn(folder.path()),
                                   [raw = server.get()](const ControlRequest& request) {
                                     return raw->Handle(request);
                                   }));
  return server;
}

RunServer::~RunServer() {
  queries_->Stop();
  server_.reset();
  database_.reset();
  if (!record_.stores.empty()) return;  // the record says where the store is
  std::error_code ignored;
  std::filesystem::remove_all(DatabaseFolder(), ignored);
  // Of a state that stays it says which pipeline made it, and where its snapshots are.
  if (snapshots_ == nullptr) {
    std::filesystem::remove(RunRecord::PathIn(folder_.path()), ignored);
  }
}

ControlReply RunServer::Handle(const ControlRequest& request) {
  if (request.name == "query") return Query(request.arguments);
  if (request.name == "status") return State();
  if (request.name == "savepoint") return Savepoint(request.arguments);
  ControlReply reply;
  reply.status = UnimplementedError("there is no request {}; there are query, savepoint and status",
                                    request.name);
  return reply;
}

ControlReply RunServer::Query(const Json& arguments) {
  ControlReply reply;
  const Result<QueryRequest> request = QueryRequestFromJson(arguments);
  reply.status = request.status();
  if (!request.ok()) return reply;
  Result<std::string> result = queries_->Run(*request);
  reply.status = result.status();
  if (result.ok()) reply.body = *std::move(result);
  return reply;
}

ControlReply RunServer::Savepoint(const Json& arguments) {
  ControlReply reply;
  if (snapshots_ == nullptr) {
    reply.status = FailedPreconditionError(
        "this run keeps no state, so there is nothing to save: start it with --state DIR");
    return reply;
  }
  const Result<std::string> taken = snapshots_->TakeSavepoint(arguments.value("to", ""));
  reply.status = taken.status();
  if (taken.ok()) reply.fields["savepoint"] = *taken;
  return reply;
}

ControlReply RunServer::State() {
  ControlReply reply;
  reply.fields["run"] = record_.ToJson();
  int64_t records = 0;
  for (const NamedLedger& named : job_.LiveLedgers()) records += named.ledger.records_read;
  reply.fields["records_read"] = records;
  Json views = Json::array();
  for (const MemoryView& view : queries_->views()) {
    views.push_back({{"name", view.name}, {"rows", job_.view_rows(view.name)->size()}});
  }
  reply.fields["views"] = std::move(views);
  return reply;
}

/// Without a store, views are queried in an empty database beside the socket.
std::string RunServer::DatabaseFolder() const {
  return record_.stores.empty() ? folder_.path() + "/query" : record_.stores.front();
}

Result<std::shared_ptr<ChdbDatabase>> RunServer::OpenDatabase() {
  const std::lock_guard lock(mutex_);
  if (database_ == nullptr) {
    WEIR_ASSIGN(database_, ChdbDatabase::Open(DatabaseFolder(), /*create=*/true));
  }
  return database_;
}

}  // namespace weir::flowc
