#include <CLI/CLI.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "compiler/flowc/command.h"
#include "compiler/flowc/frontend.h"
#include "compiler/flowc/human_units.h"
#include "compiler/flowc/run_record.h"
#include "compiler/flowc/state_entry_decoder.h"
#include "compiler/flowc/terminal.h"
#include "runtime/base/suggest.h"
#include "runtime/state/rocksdb_state_backend.h"

namespace weir::flowc {
namespace {

using Json = nlohmann::ordered_json;

class StateCommand final : public Command {
 public:
  std::string name() const override { return "state"; }
  std::string summary() const override { return "Shows the committed state of an operator"; }
  std::string examples() const override {
    return "  flowc state .weir/shop\n"
           "  flowc state .weir/shop visits/session --limit 5\n"
           "  flowc state .weir/shop visits/session u-4711\n"
           "  flowc state .weir/shop totals/aggregate '[\"DE\", 3]' --flow shop.flow\n"
           "Without OPERATOR: which operators have state, and how much. With one: its entries, a "
           "line of\n"
           "JSON each; with KEY those of a key, given as text or, of several parts, as a JSON "
           "list.\n"
           "Also while the pipeline runs: shows its last commit.";
  }
  void Define(CLI::App& app) override {
    app.add_option("dir", folder_, "State folder of a pipeline, or a snapshot")
        ->required()
        ->type_name("DIR");
    app.add_option("operator", operator_, "Name of an operator")->type_name("OPERATOR");
    app.add_option("key", key_, "A key of it")->type_name("KEY");
    app.add_option("--slot", slot_, "Only entries of this kind")->type_name("SLOT");
    app.add_option("--limit", limit_, "Show at most so many entries (default 20)")
        ->type_name("N")
        ->check(CLI::Range(int64_t{1}, int64_t{1} << 40));
    app.add_option("--flow", flow_, "The pipeline, for the types (default: the file of the run)")
        ->type_name("FILE");
    app.add_flag("--json", json_, "The list of operators as JSON");
  }

  int Run() override {
    auto opened = OpenRocksDbStateReader(folder_);
    if (!opened.ok()) {
      Log(opened.status().message());
      return kExitFailed;
    }
    state_ = *std::move(opened);
    const Status status = operator_.empty() ? List() : Show();
    if (!status.ok()) Log(status.message());
    return status.ok() ? kExitOk : kExitFailed;
  }

 private:
  Status List() const {
    Json all = Json::array();
    std::string text =
        fmt::format("{:<40} {:<12} {:>12} {:>10}\n", "operator", "slot", "entries", "size");
    for (const std::string& name : state_->Operators()) {
      for (const std::string& slot : state_->Slots(name)) {
        int64_t entries = 0;
        uint64_t bytes = 0;
        WEIR_TRY(ForEach(name, slot, [&](uint32_t, std::string_view key, std::string_view value) {
          ++entries;
          bytes += key.size() + value.size();
          return Status::Ok();
        }));
        all.push_back({{"operator", name}, {"slot", slot}, {"entries", entries}, {"bytes", bytes}});
        text += fmt::format("{:<40} {:<12} {:>12} {:>10}\n", name, slot, Grouped(entries),
                            BytesText(bytes));
      }
    }
    if (json_) {
      Print(Json{{"epoch", state_->last_epoch()}, {"operators", std::move(all)}}.dump(
                2, ' ', false, Json::error_handler_t::replace) +
            "\n");
    } else if (all.empty()) {
      Print(fmt::format("epoch {}: no operator has state\n", state_->last_epoch()));
    } else {
      Print(text);
    }
    return Status::Ok();
  }

  Status Show() {
    const std::vector<std::string> slots = state_->Slots(operator_);
    if (slots.empty()) {
      const std::string help = SuggestHelp(operator_, state_->Operators());
      return NotFoundError("no state of an operator `{}`: {}", operator_,
                           help.empty() ? "`flowc state DIR` lists those that have" : help);
    }
    if (!slot_.empty() && std::find(slots.begin(), slots.end(), slot_) == slots.end()) {
      return NotFoundError("`{}` has no entries of the kind `{}`: {}", operator_, slot_,
                           SuggestHelp(slot_, slots));
    }
    Frontend frontend;
    const std::shared_ptr<const plan::LogicalPlan> plan = Compile(frontend);
    const StateEntryDecoder decoder(plan.get(), operator_);
    int64_t shown = 0, passed_over = 0;
    for (const std::string& slot : slots) {
      if (!slot_.empty() && slot != slot_) continue;
      WEIR_TRY(ForEach(operator_, slot,
                       [&](uint32_t group, std::string_view key, std::string_view value) {
                         // What belongs to no key is not meant by one.
                         if (!key_.empty() && group == kUnkeyedGroup) return Status::Ok();
                         // Counting what is not shown needs no decoding.
                         if (shown >= limit_ && key_.empty()) {
                           ++passed_over;
                           return Status::Ok();
                         }
                         const Json key_json = decoder.Key(slot, group, key);
                         if (!key_.empty() && !StateEntryDecoder::IsMeant(key_json, key_)) {
                           return Status::Ok();
                         }
                         if (shown >= limit_) {
                           ++passed_over;
                           return Status::Ok();
                         }
                         ++shown;
                         PrintEntry(slot, group, key_json, decoder.Entry(slot, group, value));
                         return Status::Ok();
                       }));
    }
    if (shown == 0) return NotFoundError("`{}` has no entry of the key {}", operator_, key_);
    if (passed_over > 0) {
      Log(fmt::format("{} more entries: --limit N shows more", Grouped(passed_over)));
    }
    return Status::Ok();
  }

  static void PrintEntry(const std::string& slot, uint32_t group, const Json& key,
                         const Json& value) {
    Json line = {{"slot", slot}};
    if (group != kUnkeyedGroup) line["key_group"] = group;
    line["key"] = key;
    line["value"] = value;
    Print(line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
  }

  template <typename Visit>
  Status ForEach(const std::string& name, const std::string& slot, Visit&& visit) const {
    for (uint32_t group = 0; group <= kUnkeyedGroup; ++group) {
      WEIR_TRY(state_->Scan(name, slot, group, [&](std::string_view key, std::string_view value) {
        return visit(group, key, value);
      }));
    }
    return Status::Ok();
  }

  /// Null: entries are shown without types, and why.
  std::shared_ptr<const plan::LogicalPlan> Compile(Frontend& frontend) const {
    FrontendOptions options;
    options.check_only = true;
    options.optimize = false;
    std::string file = flow_;
    if (file.empty()) {
      const auto record = RunRecord::Read(folder_);
      if (!record.ok()) {
        Log("no --flow FILE: entries are shown without the types of the pipeline");
        return nullptr;
      }
      file = record->file;
      options.profile = record->profile;
    }
    auto compiled = frontend.Compile(file, options);
    if (compiled.ok() && !frontend.failed()) return compiled->logical;
    Log(fmt::format("{} does not compile: entries are shown without its types", file));
    return nullptr;
  }

  std::string folder_, operator_, key_, slot_, flow_;
  int64_t limit_ = 20;
  bool json_ = false;
  std::unique_ptr<DurableStateBackend> state_;
};

}  // namespace

std::unique_ptr<Command> MakeStateCommand() { return std::make_unique<StateCommand>(); }

}  // namespace weir::flowc
