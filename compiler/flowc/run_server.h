#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "compiler/flowc/run_record.h"
#include "compiler/flowc/snapshot_service.h"
#include "compiler/flowc/state_folder.h"
#include "runtime/exec/job.h"
#include "runtime/query/query_engine.h"
#include "runtime/server/control_server.h"

namespace weir::flowc {

/// What `flowc query` finds of a running pipeline: `run.json` and the socket `weir.sock` in its
/// state folder, with threads of their own. Requests: `query {sql, format, timeout_ms, max_rows}`,
/// `status`, `savepoint {to}`.
class RunServer {
 public:
  static std::string SocketIn(const std::string& folder) { return folder + "/weir.sock"; }

  /// `folder` is locked by this run and outlives the server, as do `job` and `snapshots`, which may
  /// be null. Without a store in the record nothing stays in the folder.
  static Result<std::unique_ptr<RunServer>> Start(const StateFolder& folder, RunRecord record,
                                                  Job& job, SnapshotService* snapshots);
  /// Ends running queries, removes the socket.
  ~RunServer();
  RunServer(const RunServer&) = delete;
  RunServer& operator=(const RunServer&) = delete;

  const RunRecord& record() const { return record_; }

 private:
  RunServer(const StateFolder& folder, RunRecord record, Job& job, SnapshotService* snapshots);
  ControlReply Handle(const ControlRequest& request);
  ControlReply Query(const nlohmann::json& arguments);
  ControlReply Savepoint(const nlohmann::json& arguments);
  ControlReply State();
  Result<std::shared_ptr<ChdbDatabase>> OpenDatabase();
  std::string DatabaseFolder() const;

  const StateFolder& folder_;
  const RunRecord record_;
  Job& job_;
  SnapshotService* const snapshots_;
  std::mutex mutex_;
  std::shared_ptr<ChdbDatabase> database_;
  std::unique_ptr<QueryEngine> queries_;
  std::unique_ptr<ControlServer> server_;
};

}  // namespace weir::flowc
