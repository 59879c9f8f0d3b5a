#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "compiler/flowc/command.h"
#include "compiler/flowc/run_server.h"
#include "compiler/flowc/snapshot_service.h"
#include "compiler/flowc/terminal.h"
#include "runtime/server/control_client.h"

namespace weir::flowc {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes kPatience{10};

class SavepointCommand final : public Command {
 public:
  std::string name() const override { return "savepoint"; }
  std::string summary() const override {
    return "Copies the state of a pipeline, running or not, to go on from later";
  }
  std::string examples() const override {
    return "  flowc savepoint state/orders\n"
           "  flowc savepoint state/orders --to /backup/orders\n"
           "  flowc restore /backup/orders/20260131T120000.000000Z-417 state/orders-again\n"
           "The copy is that of the last checkpoint; the pipeline goes on meanwhile.";
  }
  void Define(CLI::App& app) override {
    app.add_option("dir", folder_, "State folder of the pipeline")->required()->type_name("DIR");
    app.add_option("--to", to_, "Folder for savepoints (default: DIR/savepoints)")
        ->type_name("DIR");
    app.add_flag("--json", json_, "As JSON");
  }

  int Run() override {
    const Result<std::string> taken = Take();
    if (!taken.ok()) {
      Log(taken.status().message());
      return kExitFailed;
    }
    Print(json_ ? nlohmann::json{{"savepoint", *taken}}.dump() + "\n" : *taken + "\n");
    return kExitOk;
  }

 private:
  Result<std::string> Take() const {
    const std::string to = to_.empty() ? "" : fs::absolute(to_).lexically_normal().string();
    const std::string socket = RunServer::SocketIn(folder_);
    auto client = ControlClient::Connect(socket);
    if (!client.ok()) return TakeAtRest(to);
    ControlRequest request{"savepoint", {{"to", to}}};
    WEIR_ASSIGN(const ControlReply reply, (*client)->Call(request, kPatience));
    WEIR_TRY(reply.status);
    return reply.fields.value("savepoint", "");
  }

  Result<std::string> TakeAtRest(const std::string& to) const {
    WEIR_ASSIGN(const StateIdentity identity, StateIdentity::Read(folder_));
    StateFolder lock;
    WEIR_TRY(lock.Open(folder_));
    WEIR_ASSIGN(const auto state, StateDirectory::Open(folder_, identity.pipeline));
    Outbox outbox(state->outbox());
    WEIR_TRY(outbox.Open());
    SnapshotService service(*state, outbox, "", plan::LogicalPlan());
    return service.TakeSavepoint(to);
  }

  std::string folder_;
  std::string to_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeSavepointCommand() { return std::make_unique<SavepointCommand>(); }

}  // namespace weir::flowc
