#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>

#include "compiler/flowc/command.h"
#include "compiler/flowc/dead_letter_text.h"
#include "compiler/flowc/frontend.h"
#include "compiler/flowc/stop_signal.h"
#include "compiler/flowc/terminal.h"
#include "runtime/dlq/dead_letter_reader.h"
#include "runtime/dlq/dead_letter_replay.h"

namespace weir::flowc {
namespace {

using Json = nlohmann::ordered_json;
using SteadyClock = std::chrono::steady_clock;

constexpr auto kProgressPause = std::chrono::seconds(1);
constexpr int64_t kShownByDefault = 20;

/// Lines on stderr while something takes long; the first after a second.
class Progress {
 public:
  void Say(const std::function<std::string()>& text) {
    const auto now = SteadyClock::now();
    if (now < next_) return;
    next_ = now + kProgressPause;
    Log(text());
  }

 private:
  SteadyClock::time_point next_ = SteadyClock::now() + kProgressPause;
};

Json CountsJson(const std::map<std::string, int64_t>& counts) {
  Json json = Json::object();
  for (const auto& [name, count] : counts) json[name] = count;
  return json;
}

class DlqCommand final : public Command {
 public:
  std::string name() const override { return "dlq"; }
  std::string summary() const override { return "Lists, shows and replays dead letters"; }
  std::string examples() const override {
    return "  flowc dlq ls pipeline.flow\n"
           "  flowc dlq show pipeline.flow --reason \"not a uuid\" --limit 3\n"
           "  flowc dlq replay pipeline.flow --stage clicks/decode --dry-run\n"
           "Dead letters are read from the sink that a stream of DeadLetter goes into. A replay "
           "puts\n"
           "the original bytes back into the source they came from, each once.";
  }

  void Define(CLI::App& app) override {
    app.require_subcommand(1);
    ls_ = app.add_subcommand("ls", "Counts dead letters by stage and reason");
    ls_->footer("Examples:\n  flowc dlq ls pipeline.flow\n  flowc dlq ls pipeline.flow --json");
    show_ = app.add_subcommand("show", "Shows dead letters with their errors and bytes");
    show_->footer(
        "Examples:\n  flowc dlq show pipeline.flow\n"
        "  flowc dlq show pipeline.flow --stage orders/decode --limit 100 --json");
    replay_ = app.add_subcommand("replay", "Puts the records back into their sources, each once");
    replay_->footer(
        "Examples:\n  flowc dlq replay pipeline.flow --dry-run\n"
        "  flowc dlq replay pipeline.flow --reason \"not an int64\"\n"
        "Records that the present schema still refuses stay where they are (--force sends them).\n"
        "What was sent is kept in .weir/<pipeline>/dlq.replayed: a second replay sends nothing "
        "twice.\n"
        "Exit code 1 when something that was asked for is not back in its source.");
    for (CLI::App* command : {ls_, show_, replay_}) DefineCommon(*command);
    show_->add_option("--limit", limit_, "Show at most so many")
        ->check(CLI::Range(int64_t{1}, int64_t{1} << 40));
    replay_->add_option("--state", state_, "Folder of the pipeline's state")->type_name("DIR");
    replay_->add_flag("--dry-run", dry_run_, "Say what would be sent, send nothing");
    replay_->add_flag("--force", force_, "Send also what the present schema refuses");
    replay_->add_flag("--resend", resend_,
                      "Send also what an interrupted replay may have sent already");
  }

  int Run() override {
    Frontend frontend;
    options_.check_only = false;
    options_.optimize = false;
    auto compiled = frontend.Compile(file_, options_);
    if (!compiled.ok()) {
      Log(compiled.status().message());
      return kExitUsage;
    }
    // Warnings are for those who write the pipeline.
    if (frontend.failed()) {
      frontend.Report();
      return kExitFailed;
    }
    plan_ = compiled->logical;
    const plan::SinkNode* sink = nullptr;
    const int chosen = ChooseSink(sink);
    if (chosen != kExitOk) return chosen;
    InstallStopSignals();
    const Status status = RunOn(*sink, frontend.connectors());
    if (!status.ok()) Log(status.message());
    return status.ok() && complete_ ? kExitOk : kExitFailed;
  }

 private:
  void DefineCommon(CLI::App& app) {
    app.add_option("file", file_, "A .flow file")->required()->type_name("FILE");
    app.add_option("--profile", options_.profile, "Profile to run under")->type_name("P");
    app.add_option("--param", options_.params, "Value of a param, K=V")
        ->type_name("K=V")
        ->allow_extra_args(false);
    app.add_option("--sink", sink_, "Sink with the dead letters, when there are several")
        ->type_name("NAME");
    app.add_option("--reason", reason_, "Only letters with this text in their reason")
        ->type_name("TEXT");
    app.add_option("--stage", stage_, "Only letters of this stage")->type_name("STAGE");
    app.add_flag("--json", json_, "As JSON");
  }

  int ChooseSink(const plan::SinkNode*& chosen) const {
    const std::vector<const plan::SinkNode*> sinks = FindDeadLetterSinks(*plan_);
    std::string names;
    for (const plan::SinkNode* sink : sinks) {
      names += (names.empty() ? "" : ", ") + sink->sink;
      if (sinks.size() == 1 || sink->sink == sink_) chosen = sink;
    }
    if (!sink_.empty() && (chosen == nullptr || chosen->sink != sink_)) {
      chosen = nullptr;
      Log(fmt::format("--sink {}: no such sink takes dead letters ({})", sink_,
                      names.empty() ? "there is none" : names));
      return kExitUsage;
    }
    if (chosen != nullptr) return kExitOk;
    if (sinks.empty()) {
      Log(
          fmt::format("{}: no sink takes dead letters: send them to a stream of type DeadLetter "
                      "and that into a sink (file, log or kafka)",
                      file_));
      return kExitFailed;
    }
    Log(fmt::format("several sinks take dead letters: give --sink ({})", names));
    return kExitUsage;
  }

  bool Wanted(const DeadLetterEntry& letter) const {
    if (!stage_.empty() && letter.stage != stage_) return false;
    return reason_.empty() || letter.reason.find(reason_) != std::string::npos ||
           letter.ReasonGroup().find(reason_) != std::string::npos;
  }

  Status RunOn(const plan::SinkNode& sink, const ConnectorRegistry& registry) {
    const Clock& clock = SystemClock::Instance();
    auto letters = DeadLetterReader::Open(sink, registry, clock);
    // A run without dead letters leaves no folder, or an empty one.
    if (!letters.ok() && letters.status().code() == StatusCode::kNotFound) {
      Log(fmt::format("no dead letters: {}", letters.status().message()));
      if (json_ && *ls_) Print(GroupsJson({}, sink.sink));
      if (*replay_) PrintReport(ReplayReport());
      return Status::Ok();
    }
    if (!letters.ok()) return letters.status();
    Status status;
    if (*ls_) status = List(**letters, sink.sink);
    if (*show_) status = Show(**letters);
    if (*replay_) status = Replay(**letters, registry, clock);
    if ((*letters)->unreadable() > 0) {
      Log(fmt::format("sink {}: {} records are no dead letters and were left out", sink.sink,
                      (*letters)->unreadable()));
    }
    return status;
  }

  Status List(DeadLetterReader& letters, const std::string& sink) {
    std::map<std::pair<std::string, std::string>, DeadLetterGroup> groups;
    Progress progress;
    int64_t read = 0;
    bool more = true;
    while (more) {
      std::vector<DeadLetterEntry> entries;
      WEIR_ASSIGN(more, letters.Read(entries));
      for (const DeadLetterEntry& letter : entries) {
        if (Wanted(letter)) Count(letter, groups);
      }
      read += static_cast<int64_t>(entries.size());
      progress.Say([read] { return fmt::format("{} dead letters read", Grouped(read)); });
      if (StopRequested()) return CancelledError("stopped");
    }
    std::vector<DeadLetterGroup> sorted;
    for (auto& [key, group] : groups) sorted.push_back(std::move(group));
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.count > b.count; });
    Print(json_ ? GroupsJson(sorted, sink) : GroupsText(sorted));
    return Status::Ok();
  }

  static void Count(const DeadLetterEntry& letter,
                    std::map<std::pair<std::string, std::string>, DeadLetterGroup>& groups) {
    DeadLetterGroup& group = groups[{letter.stage, letter.ReasonGroup()}];
    group.stage = letter.stage;
    group.reason = letter.ReasonGroup();
    ++group.count;
    if (!letter.ingest_time) return;
    group.first = std::min(group.first.value_or(*letter.ingest_time), *letter.ingest_time);
    group.last = std::max(group.last.value_or(*letter.ingest_time), *letter.ingest_time);
  }

  Status Show(DeadLetterReader& letters) {
    int64_t shown = 0;
    bool more = true;
    while (more) {
      std::vector<DeadLetterEntry> entries;
      WEIR_ASSIGN(more, letters.Read(entries));
      for (const DeadLetterEntry& letter : entries) {
        if (!Wanted(letter)) continue;
        if (shown == limit_) {
          Log(fmt::format("there are more than {}: --limit shows them", limit_));
          return Status::Ok();
        }
        ++shown;
        Print(json_ ? LetterJson(letter) : LetterText(letter, shown));
      }
      if (StopRequested()) return CancelledError("stopped");
    }
    if (shown == 0) Log("no dead letters");
    return Status::Ok();
  }

  Status Replay(DeadLetterReader& letters, const ConnectorRegistry& registry, const Clock& clock) {
    ReplayOptions options;
    options.state_folder = state_.empty() ? ".weir/" + plan_->settings.name : state_;
    options.dry_run = dry_run_;
    options.force = force_;
    options.resend = resend_;
    options.wanted = [this](const DeadLetterEntry& letter) { return Wanted(letter); };
    Progress progress;
    options.progress = [&progress](int64_t read, int64_t sent) {
      progress.Say([&] {
        return fmt::format("{} dead letters read, {} sent", Grouped(read), Grouped(sent));
      });
      return !StopRequested();
    };
    DeadLetterReplay replay(*plan_, registry, clock, std::move(options));
    WEIR_TRY(replay.Run(letters));
    complete_ = replay.report().complete();
    PrintReport(replay.report());
    return Status::Ok();
  }

  void PrintReport(const ReplayReport& report) const {
    if (json_) {
      const Json json = {{"wanted", report.wanted},
                         {"dry_run", dry_run_},
                         {"sent", report.sent},
                         {"sent_to", CountsJson(report.sent_to)},
                         {"sent_before", report.sent_before},
                         {"uncertain", report.uncertain},
                         {"still_refused", CountsJson(report.refused)},
                         {"not_replayable", CountsJson(report.not_replayable)}};
      Print(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
      return;
    }
    std::string text = fmt::format("{} dead letters\n", Grouped(report.wanted));
    const char* sent = dry_run_ ? "would be sent to" : "sent to";
    for (const auto& [source, count] : report.sent_to) {
      text += fmt::format("  {} {} {}\n", Grouped(count), sent, source);
    }
    if (report.sent_before > 0) {
      text += fmt::format("  {} sent before\n", Grouped(report.sent_before));
    }
    if (report.uncertain > 0) {
      text += fmt::format(
          "  {} not sent: an interrupted replay may have sent them already (--resend sends them)\n",
          Grouped(report.uncertain));
    }
    for (const auto& [why, count] : report.refused) {
      text +=
          fmt::format("  {} not sent, the schema still refuses them: {}\n", Grouped(count), why);
    }
    for (const auto& [why, count] : report.not_replayable) {
      text += fmt::format("  {} not replayable: {}\n", Grouped(count), why);
    }
    if (report.stopped) text += "  stopped before the end; the next replay goes on\n";
    Print(text);
  }

  CLI::App* ls_ = nullptr;
  CLI::App* show_ = nullptr;
  CLI::App* replay_ = nullptr;
  std::string file_;
  FrontendOptions options_;
  std::string sink_, reason_, stage_, state_;
  int64_t limit_ = kShownByDefault;
  bool json_ = false, dry_run_ = false, force_ = false, resend_ = false;
  bool complete_ = true;
  std::shared_ptr<const plan::LogicalPlan> plan_;
};

}  // namespace

std::unique_ptr<Command> MakeDlqCommand() { return std::make_unique<DlqCommand>(); }

}  // namespace weir::flowc
