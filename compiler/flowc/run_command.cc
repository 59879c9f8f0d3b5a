#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>

#include "compiler/flowc/command.h"
#include "compiler/flowc/frontend.h"
#include "compiler/flowc/granted_cores.h"
#include "compiler/flowc/ledger_table.h"
#include "compiler/flowc/live_view.h"
#include "compiler/flowc/mute_doubts.h"
#include "compiler/flowc/plan_tables.h"
#include "compiler/flowc/run_server.h"
#include "compiler/flowc/run_summary.h"
#include "compiler/flowc/snapshot_service.h"
#include "compiler/flowc/state_folder.h"
#include "compiler/flowc/stop_signal.h"
#include "compiler/flowc/terminal.h"
#include "compiler/plan/sink_node.h"
#include "runtime/delivery/outbox.h"
#include "runtime/exec/job_connectors.h"
#include "runtime/exec/thread_scheduler.h"
#include "runtime/state/state_directory.h"
#include "runtime/types/text.h"

namespace weir::flowc {
namespace {

using Clock = std::chrono::steady_clock;

bool HasConsole(const plan::PhysicalPlan& plan) {
  for (const plan::PhysicalNode& node : plan.nodes) {
    if (node.logical->kind != plan::NodeKind::kSink) continue;
    const auto& sink = static_cast<const plan::SinkNode&>(*node.logical);
    if (sink.connector.connector == "console") return true;
  }
  return false;
}

/// Streams of sessions: what the view shows when nobody says what.
std::vector<std::string> SessionStreams(const plan::PhysicalPlan& plan) {
  std::vector<std::string> names;
  for (const plan::PhysicalNode& node : plan.nodes) {
    const std::string& stream = node.logical->stream;
    if (node.logical->kind == plan::NodeKind::kSession && plan.logical->streams.contains(stream)) {
      names.push_back(stream);
    }
  }
  return names;
}

class RunCommand final : public Command {
 public:
  std::string name() const override { return "run"; }
  std::string summary() const override { return "Runs a pipeline in this process"; }
  std::string examples() const override {
    return "  flowc run pipeline.flow\n"
           "  flowc run pipelines/speed_layer/speed_layer.flow --profile demo\n"
           "  flowc run pipeline.flow --param input=clicks.jsonl --workers 2 --summary run.json\n"
           "  flowc run pipeline.flow --state state/orders\n"
           "  flowc run pipeline.flow --state state/copy --mute-until-mark\n"
           "With bounded sources it ends by itself; Ctrl-C drains it and ends with exit code 0.";
  }

  void Define(CLI::App& app) override {
    app.add_option("file", file_, "A .flow file")->required()->type_name("FILE");
    app.add_option("--profile", options_.profile, "Profile to run under")->type_name("P");
    app.add_option("--param", options_.params, "Value of a param, K=V")
        ->type_name("K=V")
        ->allow_extra_args(false);
    app.add_option("--workers", workers_, "Threads that run the pipeline")
        ->check(CLI::Range(1, 256));
    app.add_option("--state", state_,
                   "Folder of the run's state: a later run with it goes on where this one ended, "
                   "also after a crash (default: none is kept)")
        ->type_name("DIR");
    CLI::Option* resend =
        app.add_flag("--accept-resend", accept_resend_,
                     "Start although a target does not fit the state: rows may be repeated there");
    app.add_flag("--mute-until-mark", mute_until_mark_,
                 "Start from an older or empty state: read again and send nothing up to where the "
                 "targets are, then go on")
        ->excludes(resend);
    app.add_option("--summary", summary_file_, "Write a JSON summary here when the run ends")
        ->type_name("FILE");
    app.add_option("--watch", options_.watch, "Stream whose last rows the live view shows")
        ->type_name("STREAM")
        ->allow_extra_args(false);
    app.add_option("--batch", batch_rows_, "Largest batch, in rows")->check(CLI::Range(1, 2048));
    app.add_flag("--no-optimizer", no_optimizer_, "Run the plan as it was written");
    app.add_flag("--json", json_, "Print the summary as JSON instead of the ledger table");
    app.add_flag("--quiet", quiet_, "No live view, no progress, no ledger table");
  }

  int Run() override {
    const auto start = Clock::now();
    Frontend frontend;
    options_.check_only = false;
    options_.optimize = !no_optimizer_;
    auto compiled = frontend.Compile(file_, options_);
    if (!compiled.ok()) {
      Log(compiled.status().message());
      return kExitUsage;
    }
    frontend.Report();
    if (frontend.failed()) return kExitFailed;
    plan_ = compiled->physical;
    for (const std::string& stream : options_.watch) {
      if (plan_->logical->streams.contains(stream)) continue;
      Log(fmt::format("--watch: there is no stream {}", stream));
      return kExitUsage;
    }
    const Status status = RunPlan(frontend, start);
    if (!status.ok()) Log(status.message());
    return status.ok() ? kExitOk : kExitFailed;
  }

 private:
  Status RunPlan(const Frontend& frontend, Clock::time_point start) {
    InstallStopSignals();
    const plan::PipelineSettings& settings = plan_->logical->settings;
    StateFolder folder;
    WEIR_TRY(OpenFolder(folder));
    const std::unique_ptr<JobConnectors> connectors = MakeDeclaredConnectors(frontend.connectors());
    LiveTaps taps(options_.watch.empty() ? SessionStreams(*plan_) : options_.watch);
    const LiveView::Mode mode = ViewMode();

    JobOptions options;
    options.workers = workers_ > 0       ? workers_
                      : settings.workers ? static_cast<uint32_t>(*settings.workers)
                                         : GrantedCores();
    options.batch_rows = batch_rows_;
    options.clock = &SystemClock::Instance();
    options.connectors = connectors.get();
    options.checkpoint_every = settings.checkpoint_every;
    options.incarnation = MakeIncarnation();
    options.accept_resend = accept_resend_;
    options.mute_until_mark = mute_until_mark_;
    std::unique_ptr<StateDirectory> state;
    if (!state_.empty()) {
      WEIR_TRY(CheckSnapshotFolder());
      WEIR_ASSIGN(state, StateDirectory::Open(folder.path(), settings.name));
      options.state = &state->backend();
      options.state_memory = static_cast<size_t>(settings.state_memory);
      options.incarnation = state->incarnation();
      options.origin_incarnation = state->identity().from_incarnation;
      options.origin_epoch = state->identity().from_epoch;
      options.outbox = std::make_shared<Outbox>(state->outbox());
      WEIR_TRY(options.outbox->Open());
      SayWhereItStarts(*state);
    } else if (mute_until_mark_) {
      return InvalidArgumentError(
          "--mute-until-mark needs --state DIR: a run without one keeps no "
          "marks and knows none");
    }
    if (mute_until_mark_) SayWhatIsInexact(frontend);
    if (mode != LiveView::Mode::kNone) {
      options.make_tap = [&taps](const std::string& stream, uint32_t) {
        return taps.MakeTap(stream);
      };
    }
    std::unique_ptr<SnapshotService> snapshots;
    if (state != nullptr) {
      snapshots =
          std::make_unique<SnapshotService>(*state, *options.outbox, FlowText(), *plan_->logical);
    }
    if (settings.durable_snapshot) WEIR_TRY(ReleaseBySnapshot(snapshots.get(), options));
    WEIR_ASSIGN(const std::unique_ptr<Job> job, Job::Build(plan_, options));
    if (snapshots != nullptr) snapshots->Start();
    const std::unique_ptr<RunServer> server = Serve(folder, *job, snapshots.get());
    Status status = job->Start();
    if (status.ok() && state != nullptr && state->backend().last_epoch() > 0) {
      SayWhatHadEnded(*job);
      earlier_events_ = EventsOf(job->Ledgers());
    }
    if (status.ok()) status = Drive(*job, mode, taps, server.get());
    Status closed = job->Close();
    if (!status.ok() && !closed.ok()) Log(closed.message());  // what was left, beside why
    if (status.ok()) status = closed;
    if (status.ok()) status = CheckBooks(*job);
    return Finish(*job, options.workers, start, status);
  }

  /// A run without --state has a folder only where there is something to query.
  Status OpenFolder(StateFolder& folder) const {
    if (!state_.empty()) return folder.Open(state_);
    const bool has_store = !StoreFolders(*plan_->logical).empty();
    if (!has_store && MemoryViews(*plan_->logical).empty()) return Status::Ok();
    const Status opened = folder.Open(DefaultStateFolder(plan_->logical->settings.name));
    if (opened.ok() && !has_store) folder.RemoveAtEnd();
    if (opened.ok() || opened.code() == StatusCode::kFailedPrecondition) return opened;
    Log(fmt::format("this run can't be queried: {}; give it a folder with --state DIR",
                    opened.message()));
    return Status::Ok();
  }

  Status CheckSnapshotFolder() const {
    const std::string& dir = plan_->logical->settings.snapshot_dir;
    if (dir.find("://") == std::string::npos) return Status::Ok();
    return InvalidArgumentError(
        "snapshot.dir is \"{}\": snapshots are stored in a folder of this machine, not under a "
        "URL; "
        "give a path, or leave `dir` out for a folder beside the state",
        dir);
  }

  Status ReleaseBySnapshot(SnapshotService* snapshots, JobOptions& options) const {
    if (snapshots == nullptr) {
      return InvalidArgumentError(
          "durability = snapshot: rows go to targets once a snapshot has "
          "them, and a run without --state DIR takes none");
    }
    if (plan_->logical->settings.snapshot_every <= 0) {
      return InvalidArgumentError(
          "durability = snapshot: rows go to targets once a snapshot has "
          "them, and `snapshot = {{ every: … }}` asks for none");
    }
    options.release = [snapshots](uint64_t committed, bool last) {
      return snapshots->StoredUpTo(committed, last);
    };
    return Status::Ok();
  }

  std::string FlowText() const {
    std::ifstream file(file_);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  /// Null: nobody can ask this run. That is no reason not to run.
  std::unique_ptr<RunServer> Serve(const StateFolder& folder, Job& job,
                                   SnapshotService* snapshots) const {
    if (!folder.is_open()) return nullptr;
    RunRecord record;
    record.process = ::getpid();
    AppendTimestamp(SystemClock::Instance().Now(), record.started);
    record.pipeline = plan_->logical->settings.name;
    record.file = std::filesystem::absolute(file_).lexically_normal().string();
    record.profile = options_.profile;
    record.stores = StoreFolders(*plan_->logical);
    record.queries = ExampleQueries(*plan_->logical);
    if (snapshots != nullptr) {
      record.snapshots = std::filesystem::absolute(snapshots->folder()).lexically_normal().string();
    }
    auto server = RunServer::Start(folder, std::move(record), job, snapshots);
    if (server.ok()) return *std::move(server);
    Log(fmt::format("this run can't be queried: {}", server.status().message()));
    return nullptr;
  }

  /// Command lines to paste: only where they would work.
  std::vector<std::string> Commands(const RunServer* server) const {
    std::vector<std::string> commands;
    if (server == nullptr || server->record().stores.empty()) return commands;
    for (const std::string& query : server->record().queries) {
      commands.push_back(QueryCommandLine(query) + (state_.empty() ? "" : " --state " + state_));
    }
    return commands;
  }

  Status Drive(Job& job, LiveView::Mode mode, const LiveTaps& taps, const RunServer* server) const {
    LiveView view(mode, &taps);
    view.ShowCommands(Commands(server));
    ThreadScheduler scheduler;
    return scheduler.Run(job, [&] {
      if (StopRequested()) job.RequestStop();
      view.Update(job);
    });
  }

  static Status CheckBooks(const Job& job) {
    const std::string violated = job.CheckLedgers();
    if (violated.empty()) return Status::Ok();
    if (job.plan().logical->settings.ledger_warns) {
      Log(fmt::format("the ledger does not add up (ledger = warn): {}", violated));
      return Status::Ok();
    }
    return InternalError("the ledger does not add up: {}", violated);
  }

  static int64_t EventsOf(const std::vector<NamedLedger>& ledgers) {
    int64_t events = 0;
    for (const NamedLedger& named : ledgers) events += named.ledger.records_read;
    return events;
  }

  Status Finish(const Job& job, uint32_t workers, Clock::time_point start, const Status& status) {
    RunSummary summary;
    summary.pipeline = plan_->logical->settings.name;
    summary.profile = options_.profile;
    summary.workers = workers;
    summary.operators = job.Ledgers();
    summary.earlier_events = earlier_events_;
    summary.events = EventsOf(summary.operators) - earlier_events_;
    summary.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    summary.usage = ProcessUsage::Now();
    const JobCoordinator& coordinator = const_cast<Job&>(job).coordinator();
    summary.checkpoints = coordinator.committed();
    summary.failed_checkpoints = coordinator.failed_checkpoints();
    summary.pauses.assign(coordinator.pauses().begin(), coordinator.pauses().end());
    std::sort(summary.pauses.begin(), summary.pauses.end());
    if (!status.ok()) summary.error = status.message();
    if (!summary_file_.empty()) WEIR_TRY(WriteSummary(summary));
    if (json_) {
      Print(summary.ToJson() + "\n");
    } else if (!quiet_) {
      PrintLedger(summary);
    }
    return status;
  }

  void SayWhatIsInexact(const Frontend& frontend) const {
    for (const std::string& doubt : MuteDoubts(*plan_->logical, frontend.connectors())) {
      Log("warning: --mute-until-mark is not exact here: " + doubt);
    }
  }

  void SayWhereItStarts(const StateDirectory& state) const {
    if (quiet_) return;
    const uint64_t epoch = state.backend().last_epoch();
    Log(epoch == 0 ? fmt::format("new state in {}", state.folder())
                   : fmt::format("goes on from checkpoint {} of {}", epoch, state.folder()));
  }

  /// Else a run on a grown file would seem to do nothing without a reason.
  void SayWhatHadEnded(const Job& job) const {
    std::map<std::string, bool> ended;
    for (const auto& worker : job.workers()) {
      for (const auto& source : worker->sources()) {
        const auto [known, added] = ended.try_emplace(source->node().source, true);
        known->second = known->second && source->ended();
      }
    }
    std::string names;
    for (const auto& [name, all] : ended) {
      if (all) names += (names.empty() ? "" : ", ") + name;
    }
    if (names.empty() || quiet_) return;
    Log(
        fmt::format("had ended before and is not read again: {} (new input of a bounded source "
                    "needs a new state folder)",
                    names));
  }

  Status WriteSummary(const RunSummary& summary) const {
    std::ofstream out(summary_file_, std::ios::trunc);
    out << summary.ToJson() << "\n";
    out.close();
    if (!out) return IoError("{}: the summary cannot be written", summary_file_);
    return Status::Ok();
  }

  void PrintLedger(const RunSummary& summary) const {
    std::string text;
    const int width = StdoutIsTerminal() ? TerminalWidth() : 140;
    for (const std::string& line : LedgerLines(summary.operators, width)) text += line + "\n";
    const std::vector<std::string> dead = DeadLetterLines(summary.operators, width, 50);
    if (!dead.empty()) text += "dead letters by reason\n";
    for (const std::string& line : dead) text += line + "\n";
    for (const NamedLedger& named : summary.operators) {
      if (named.ledger.muted == 0) continue;
      text += fmt::format("{}: {} rows were not sent again, its target had them\n", named.name,
                          Grouped(named.ledger.muted));
    }
    text += fmt::format("{} events in {:.2f} s, {:.2f} s CPU, {} MiB peak memory{}\n",
                        Grouped(summary.events), summary.seconds, summary.usage.cpu_seconds(),
                        summary.usage.peak_rss_bytes >> 20,
                        summary.earlier_events == 0
                            ? ""
                            : fmt::format(" (and {} events before: the ledger counts from the "
                                          "start of the state)",
                                          Grouped(summary.earlier_events)));
    // Rows on stdout and the table don't mix.
    if (HasConsole(*plan_)) {
      fmt::print(stderr, "{}", text);
    } else {
      Print(text);
    }
  }

  LiveView::Mode ViewMode() const {
    if (quiet_ || json_) return LiveView::Mode::kNone;
    if (HasConsole(*plan_)) return LiveView::Mode::kNone;
    return StdoutIsTerminal() ? LiveView::Mode::kScreen : LiveView::Mode::kLines;
  }

  /// State that dies with the process makes every run a new incarnation.
  static std::string MakeIncarnation() {
    std::random_device random;
    return fmt::format("{:08x}", random());
  }

  std::string file_;
  FrontendOptions options_;
  uint32_t workers_ = 0;
  uint32_t batch_rows_ = kBatchRows;
  std::string state_;
  bool accept_resend_ = false;
  bool mute_until_mark_ = false;
  std::string summary_file_;
  bool no_optimizer_ = false;
  bool json_ = false;
  bool quiet_ = false;
  int64_t earlier_events_ = 0;  ///< read by the runs that made the state
  std::shared_ptr<const plan::PhysicalPlan> plan_;
};

}  // namespace

std::unique_ptr<Command> MakeRunCommand() { return std::make_unique<RunCommand>(); }

}  // namespace weir::flowc
