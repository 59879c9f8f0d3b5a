#include "tests/simulation/life.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "runtime/connector/connector_spec.h"
#include "runtime/delivery/outbox.h"
#include "runtime/exec/job.h"
#include "runtime/exec/seeded_scheduler.h"
#include "runtime/state/state_directory.h"
#include "tests/simulation/broken_backend.h"
#include "tests/simulation/interposed_randomness.h"
#include "tests/simulation/life_connectors.h"
#include "tests/simulation/watermark_tap.h"

namespace weir::simulation {
namespace {

/// Rounds that no life may need: each does some steps, or moves the clock.
constexpr uint64_t kMostRounds = 50'000;

class Life {
 public:
  Life(const LifeSetting& setting, const LifePlan& plan)
      : setting_(setting), plan_(plan), choices_(plan.seed), clock_(setting.trail->clock()) {}

  Status Run() {
    WEIR_TRY(Open());
    if (plan_.only_starts) return Status::Ok();
    WEIR_TRY(job_->Start());
    NoteRestored();
    if (plan_.starts_twice) StartTwice();
    Status status = Drive();
    const Status closed = job_->Close();
    if (status.ok()) status = closed;
    if (status.ok() && plan_.ends && plan_.stop_after == 0) CheckEnd();
    return status;
  }
  uint64_t commits() const {
    return job_ == nullptr ? 0 : static_cast<uint64_t>(job_->coordinator().committed());
  }
  uint64_t rounds() const { return round_; }

 private:
  Status Open() {
    RocksDbStateOptions state_options;
    state_options.block_cache_bytes = 1 << 20;
    state_options.write_buffer_bytes = 4 << 20;
    state_options.bulk_bytes = plan_.bulk_bytes;
    state_options.clock = &clock_;
    state_options.background_work = false;
    WEIR_ASSIGN(state_,
                StateDirectory::Open(setting_.root + "/" + plan_.state, "sim", state_options));
    JobOptions options;
    options.workers = plan_.workers;
    options.batch_rows = plan_.batch_rows;
    options.channel_bytes = plan_.channel_bytes;
    options.clock = &clock_;
    options.state = &state_->backend();
    if (setting_.broken == BrokenRule::kRule1 || setting_.broken == BrokenRule::kRule17) {
      broken_ = std::make_unique<BrokenBackend>(&state_->backend(), setting_.broken);
      options.state = broken_.get();
    }
    options.incarnation = state_->incarnation();
    options.state_memory = plan_.state_memory;
    options.outbox = std::make_shared<Outbox>(state_->outbox(), plan_.outbox_bytes);
    WEIR_TRY(options.outbox->Open());
    options.checkpoint_every = plan_.checkpoint_every;
    options.accept_resend = setting_.broken == BrokenRule::kRule6;
    options.make_tap = [this](const std::string& stream, uint32_t worker) {
      return MakeWatermarkTap(stream, worker, setting_.trail);
    };
    connectors_ = std::make_unique<LifeConnectors>(
        *setting_.registry, Sources(), fmt::format("start-{}", plan_.number), setting_.target,
        setting_.trail, setting_.broken);
    options.connectors = connectors_.get();
    setting_.target->Begin(plan_.target, setting_.broken, &clock_, setting_.trail);
    WEIR_ASSIGN(job_, Job::Build(setting_.plan, options));
    scheduler_ = std::make_unique<SeededScheduler>(job_.get(), choices_.Next());
    return Status::Ok();
  }

  std::map<std::string, SourceView> Sources() {
    std::map<std::string, SourceView> views;
    for (const auto& [name, input] : *setting_.inputs) {
      SourceView& view = views[name];
      view.input = &input;
      view.partitions = name == "rows" ? std::min(plan_.partitions, input.size()) : input.size();
      view.ends = plan_.ends;
      for (size_t i = 0; i < view.partitions; ++i) begins_[name].push_back(input[i].size());
      view.begins = &begins_[name];
    }
    return views;
  }

  /// What the commit holds, seen from outside.
  void NoteRestored() {
    Trail& trail = *setting_.trail;
    trail.Append({Tag::kRestored, state_->backend().last_epoch(), 0, 0, {}, {}});
    for (const auto& [source, begins] : begins_) {
      for (size_t i = 0; i < begins.size(); ++i) {
        trail.Append({Tag::kPosition, i, begins[i], 0, source, {}});
      }
    }
    for (const NamedLedger& named : job_->Ledgers()) {
      const Ledger& ledger = named.ledger;
      trail.Append({Tag::kLedger,
                    static_cast<uint64_t>(ledger.rows_in),
                    static_cast<uint64_t>(ledger.rows_out),
                    static_cast<uint64_t>(ledger.late),
                    named.name,
                    {}});
    }
    for (const std::string& view : job_->view_names()) {
      job_->view_rows(view)->ForEach([&](std::string_view json) {
        trail.Append({Tag::kViewRow, 0, 0, 0, json, {}});
      });
    }
  }

  /// The folder is locked, whoever asks.
  void StartTwice() {
    const auto second = StateDirectory::Open(setting_.root + "/" + plan_.state, "sim");
    if (second.ok()) Problem("Fencing: a second start opened the state folder");
  }

  void Problem(const std::string& text) {
    setting_.trail->Append({Tag::kProblem, 0, 0, 0, text, {}});
  }

  Status Drive() {
    for (round_ = 1; !job_->coordinator().done(); ++round_) {
      if (round_ > kMostRounds) {
        Problem(fmt::format("Liveness: not at the end after {} rounds", kMostRounds));
        return Status::Ok();
      }
      if (round_ == plan_.kill_after) FaultDisk::Die();
      if (round_ == plan_.usurp_after) {
        for (const auto& [sink, table] : setting_.target->tables()) setting_.target->Usurp(sink);
      }
      if (round_ == plan_.stop_after) job_->coordinator().Stop(clock_.Now());
      if (choices_.OneIn(16)) job_->coordinator().RequestCheckpoint();
      WEIR_TRY(Round());
      setting_.trail->clock() = clock_.Now();
      if (const std::string problem = setting_.target->TakeProblem(); !problem.empty()) {
        Problem(problem);
      }
    }
    return job_->coordinator().failure();
  }

  Status Round() {
    for (DeliveryLane* lane : connectors_->lanes()) {
      if (choices_.OneIn(2)) lane->RunOnce(clock_.Now());
    }
    if (!choices_.OneIn(3)) {
      WEIR_TRY(scheduler_->RunSteps(1 + choices_.Next() % 30));
      if (choices_.OneIn(4)) clock_.AdvanceTo(clock_.Now() + choices_.Between(1, 3'000));
      return Status::Ok();
    }
    WEIR_TRY(scheduler_->RunToQuiescence());
    if (job_->coordinator().done()) return Status::Ok();
    Micros next = std::min(scheduler_->next_wake(), job_->coordinator().next_checkpoint());
    for (DeliveryLane* lane : connectors_->lanes()) {
      Micros again = clock_.Now();
      while (again <= clock_.Now()) again = lane->RunOnce(clock_.Now());
      next = std::min(next, again);
    }
    if (next == kMaxTimestamp) {
      if (plan_.ends) return InternalError("Liveness: nothing to do, and nothing waits for time");
      job_->coordinator().Stop(clock_.Now());
      return Status::Ok();
    }
    clock_.AdvanceTo(std::max(next, clock_.Now() + 1) +
                     choices_.OneOf({0, 0, 500, 40'000, 1'000'000}));
    return Status::Ok();
  }

  void CheckEnd() {
    if (const std::string violated = job_->CheckLedgers(); !violated.empty()) {
      Problem("Conservation: at the end: " + violated);
    }
    int64_t read = 0;
    for (const NamedLedger& named : job_->Ledgers()) read += named.ledger.records_read;
    int64_t given = 0;
    for (const auto& [name, input] : *setting_.inputs) {
      for (const auto& records : input) given += static_cast<int64_t>(records.size());
    }
    if (read != given) {
      Problem(fmt::format("Conservation: the ledger has {} records, there were {}", read, given));
    }
  }

  const LifeSetting& setting_;
  const LifePlan& plan_;
  Choices choices_;
  ManualClock clock_;
  uint64_t round_ = 0;
  std::map<std::string, std::vector<uint64_t>> begins_;
  std::unique_ptr<StateDirectory> state_;
  std::unique_ptr<BrokenBackend> broken_;
  std::unique_ptr<LifeConnectors> connectors_;
  std::unique_ptr<Job> job_;
  std::unique_ptr<SeededScheduler> scheduler_;
};

}  // namespace

std::string LifePlan::ToText() const {
  std::string text = fmt::format(
      "{} workers, batches of {}, queues of {} bytes, checkpoints every {} us, {} "
      "partitions",
      workers, batch_rows, channel_bytes, checkpoint_every, partitions);
  text += fmt::format(", {} bytes of state in memory", state_memory);
  if (disk.kill_at > 0) text += fmt::format(", killed at operation {} on the disk", disk.kill_at);
  if (!kill_point.empty()) text += ", killed at " + kill_point;
  if (kill_after > 0) text += fmt::format(", killed after {} rounds", kill_after);
  if (stop_after > 0) text += fmt::format(", stopped after {} rounds", stop_after);
  if (usurp_after > 0) text += fmt::format(", another start after {} rounds", usurp_after);
  if (disk.full_until > 0) {
    text += fmt::format(", disk full at operations {} to {}", disk.full_from, disk.full_until);
  }
  if (disk.failing_sync_at > 0) text += fmt::format(", sync {} fails", disk.failing_sync_at);
  if (target.away_until > 0) text += ", the target is away";
  if (target.failing + target.unknown + target.late > 0) {
    text += fmt::format(", of 1000 requests {} fail, {} are done without an answer, {} late",
                        target.failing, target.unknown, target.late);
  }
  if (starts_twice) text += ", started twice";
  if (power_fails) text += ", then the power fails";
  return text;
}

void RunLife(const LifeSetting& setting, const LifePlan& plan) {
  if (!plan.kill_point.empty()) ::setenv("WEIR_KILL_AT", plan.kill_point.c_str(), 1);
  SeedRandomness(plan.seed);
  FaultDisk::Begin(setting.root, plan.disk, setting.trail);
  Life life(setting, plan);
  const Status status = life.Run();
  setting.trail->Append({Tag::kEnded,
                         static_cast<uint64_t>(status.code()),
                         life.commits(),
                         life.rounds(),
                         status.ok() ? "" : status.message(),
                         {}});
}

}  // namespace weir::simulation
