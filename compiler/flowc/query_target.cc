#include "compiler/flowc/query_target.h"

#include <algorithm>
#include <filesystem>
#include <thread>

#include "compiler/flowc/query_request.h"
#include "compiler/flowc/run_server.h"
#include "runtime/chdb/chdb_database.h"
#include "runtime/server/control_client.h"

namespace weir::flowc {
namespace {

namespace fs = std::filesystem;

/// Beyond what the query itself may take: waiting for a thread, writing the answer.
constexpr std::chrono::seconds kGrace{10};

class RunningPipeline final : public QueryTarget {
 public:
  RunningPipeline(RunRecord record, std::string folder, std::unique_ptr<ControlClient> client)
      : QueryTarget(std::move(record)), folder_(std::move(folder)), client_(std::move(client)) {}

  Result<std::string> Run(const QueryRequest& request) override {
    WEIR_ASSIGN(ControlReply reply,
                client_->Call({.name = "query", .arguments = QueryRequestToJson(request)},
                              request.timeout + kGrace));
    if (!reply.status.ok()) return reply.status;
    return std::move(reply.body);
  }

  Result<std::vector<View>> MemoryViews() override {
    WEIR_ASSIGN(const ControlReply reply,
                client_->Call({.name = "status", .arguments = {}}, kGrace));
    WEIR_TRY(reply.status);
    std::vector<View> views;
    const auto found = reply.fields.find("views");
    if (found == reply.fields.end() || !found->is_array()) return views;
    for (const auto& view : *found) {
      if (!view.is_object()) continue;
      views.push_back({view.value("name", std::string()), view.value("rows", int64_t{0})});
    }
    return views;
  }

  std::string Describe() const override {
    return fmt::format("{} (process {}, {})", record().pipeline, record().process, folder_);
  }

 private:
  const std::string folder_;
  const std::unique_ptr<ControlClient> client_;
};

class OpenedStore final : public QueryTarget {
 public:
  OpenedStore(RunRecord record, std::unique_ptr<StateFolder> folder,
              std::shared_ptr<ChdbDatabase> database)
      : QueryTarget(std::move(record)),
        folder_(std::move(folder)),
        database_(std::move(database)),
        engine_([this] { return Result<std::shared_ptr<ChdbDatabase>>(database_); }, {}) {}

  Result<std::string> Run(const QueryRequest& request) override { return engine_.Run(request); }
  Result<std::vector<View>> MemoryViews() override { return std::vector<View>(); }
  std::string Describe() const override { return "the store " + database_->folder(); }

 private:
  const std::unique_ptr<StateFolder> folder_;  ///< locked: a run that starts waits for us
  const std::shared_ptr<ChdbDatabase> database_;
  QueryEngine engine_;
};

/// A state folder and what it says of its run.
struct Candidate {
  std::string folder;
  RunRecord record;
  std::unique_ptr<ControlClient> client;  ///< null: nobody listens
};

std::string Absolute(const std::string& folder) {
  std::error_code error;
  const fs::path path = fs::weakly_canonical(folder, error);
  std::string text = error ? fs::absolute(folder).string() : path.string();
  if (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

bool WritesTo(const RunRecord& record, const std::string& store) {
  return std::any_of(record.stores.begin(), record.stores.end(), [&](const std::string& folder) {
    return Absolute(folder) == Absolute(store);
  });
}

std::vector<std::string> StateFolders(const QueryPlace& place) {
  if (!place.state.empty()) return {place.state};
  if (!place.pipeline.empty()) return {DefaultStateFolder(place.pipeline)};
  std::vector<std::string> folders;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(DefaultStateFolder(""), error)) {
    if (entry.is_directory(error)) folders.push_back(entry.path().string());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

Result<std::vector<Candidate>> Look(const QueryPlace& place) {
  std::vector<Candidate> candidates;
  for (const std::string& folder : StateFolders(place)) {
    Candidate candidate{folder, {}, nullptr};
    if (auto record = RunRecord::Read(folder); record.ok()) candidate.record = *std::move(record);
    auto client = ControlClient::Connect(RunServer::SocketIn(folder));
    if (client.ok()) {
      candidate.client = *std::move(client);
    } else if (client.status().code() != StatusCode::kNotFound &&
               client.status().code() != StatusCode::kUnavailable) {
      return client.status();
    }
    if (!place.store.empty() && !WritesTo(candidate.record, place.store)) continue;
    if (candidate.client == nullptr && candidate.record.stores.empty()) continue;
    candidates.push_back(std::move(candidate));
  }
  return candidates;
}

Status SeveralRun(const std::vector<Candidate*>& running) {
  std::string list;
  for (const Candidate* candidate : running) {
    list += fmt::format("\n  --state {}  ({}, process {})", candidate->folder,
                        candidate->record.pipeline, candidate->record.process);
  }
  return InvalidArgumentError("{} pipelines run here; say which one:{}", running.size(), list);
}

Status NothingFound(const QueryPlace& place) {
  const std::string looked = place.state.empty() && place.pipeline.empty()
                                 ? DefaultStateFolder("*")
                                 : StateFolders(place).front();
  return NotFoundError(
      "no pipeline runs with {} and none left a store there: start one with flowc run, name its "
      "state folder with --state DIR, or a store with --store DIR",
      looked);
}

/// May pass; if not, the run has no socket.
Status UnansweredRun(const Status& locked) {
  return UnavailableError("{}; it does not answer queries", locked.message());
}

/// Makes sure that looking at a folder doesn't turn it into a store.
Result<std::unique_ptr<QueryTarget>> OpenStore(const std::string& folder, RunRecord record,
                                               std::unique_ptr<StateFolder> lock) {
  if (!fs::is_directory(folder)) return NotFoundError("there is no store in {}", folder);
  if (!fs::is_directory(folder + "/metadata") && !fs::is_directory(folder + "/store")) {
    return NotFoundError("{} is a folder, but no store", folder);
  }
  auto database = ChdbDatabase::Open(folder, /*create=*/false);
  if (database.status().code() == StatusCode::kFailedPrecondition) {
    return FailedPreconditionError(
        "{}; a pipeline that runs elsewhere answers through its state folder: --state DIR",
        database.status().message());
  }
  WEIR_TRY(database.status());
  return std::unique_ptr<QueryTarget>(
      std::make_unique<OpenedStore>(std::move(record), std::move(lock), *std::move(database)));
}

Result<std::unique_ptr<QueryTarget>> FindOnce(const QueryPlace& place) {
  WEIR_ASSIGN(std::vector<Candidate> candidates, Look(place));
  std::vector<Candidate*> running;
  for (Candidate& candidate : candidates) {
    if (candidate.client != nullptr) running.push_back(&candidate);
  }
  if (running.size() > 1) return SeveralRun(running);
  if (running.size() == 1) {
    Candidate& found = *running.front();
    return std::unique_ptr<QueryTarget>(std::make_unique<RunningPipeline>(
        std::move(found.record), found.folder, std::move(found.client)));
  }
  const auto newest = std::max_element(
      candidates.begin(), candidates.end(),
      [](const Candidate& a, const Candidate& b) { return a.record.started < b.record.started; });
  RunRecord record;
  std::unique_ptr<StateFolder> lock;
  if (newest != candidates.end()) {
    record = std::move(newest->record);
    lock = std::make_unique<StateFolder>();
    const Status locked = lock->Open(newest->folder, StateFolder::Use::kQuery);
    // A folder that can't be written to has no run that starts either.
    if (locked.code() == StatusCode::kFailedPrecondition) return UnansweredRun(locked);
  }
  if (!place.store.empty()) return OpenStore(place.store, std::move(record), std::move(lock));
  if (!record.stores.empty()) {
    const std::string store = record.stores.front();
    return OpenStore(store, std::move(record), std::move(lock));
  }
  if (!place.stores.empty()) {
    return OpenStore(place.stores.front(), std::move(record), std::move(lock));
  }
  return NothingFound(place);
}

}  // namespace

Result<std::unique_ptr<QueryTarget>> QueryTarget::Find(const QueryPlace& place) {
  // A run that has just begun, or is about to end, has its folder without the socket.
  const auto deadline = std::chrono::steady_clock::now() + kGrace;
  while (true) {
    auto found = FindOnce(place);
    if (found.status().code() != StatusCode::kUnavailable) return found;
    if (std::chrono::steady_clock::now() > deadline) return found;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

}  // namespace weir::flowc
