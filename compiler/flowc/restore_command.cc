#include <CLI/CLI.hpp>

#include "compiler/flowc/command.h"
#include "compiler/flowc/terminal.h"
#include "runtime/exec/state_codecs.h"
#include "runtime/state/snapshot.h"

namespace weir::flowc {
namespace {

class RestoreCommand final : public Command {
 public:
  std::string name() const override { return "restore"; }
  std::string summary() const override {
    return "Makes a state folder from a savepoint or snapshot";
  }
  std::string examples() const override {
    return "  flowc restore state/orders/savepoints/20260131T120000.000000Z-417 state/again\n"
           "  flowc run orders.flow --state state/again --workers 4\n"
           "Every file is checked first. The new folder is another incarnation: targets that have\n"
           "rows of a later checkpoint are refused by `flowc run`, unless --mute-until-mark or\n"
           "--accept-resend is given.";
  }
  void Define(CLI::App& app) override {
    app.add_option("snapshot", snapshot_, "Folder of the savepoint or snapshot")
        ->required()
        ->type_name("SNAPSHOT");
    app.add_option("dir", folder_, "State folder to make")->required()->type_name("DIR");
  }

  int Run() override {
    const auto restored = RestoreSnapshot(snapshot_, folder_, nullptr, &StateCodecs());
    if (!restored.ok()) {
      Log(restored.status().message());
      return kExitFailed;
    }
    Print(fmt::format("{}: state of {}, incarnation {}\n", folder_, restored->pipeline,
                      restored->incarnation));
    return kExitOk;
  }

 private:
  std::string snapshot_;
  std::string folder_;
};

}  // namespace

std::unique_ptr<Command> MakeRestoreCommand() { return std::make_unique<RestoreCommand>(); }

}  // namespace weir::flowc
