#include "runtime/exec/test_job.h"

#include <algorithm>
#include <utility>

#include "compiler/plan/source_node.h"
#include "runtime/exec/job.h"

namespace weir {
namespace {

/// The plan without `rate`: a test's clock stands still, and what it gives is read at once.
std::shared_ptr<const plan::PhysicalPlan> WithoutRates(
    const std::shared_ptr<const plan::PhysicalPlan>& plan) {
  auto copy = std::make_shared<plan::PhysicalPlan>(*plan);
  for (plan::PhysicalNode& node : copy->nodes) {
    if (node.logical->kind != plan::NodeKind::kSource) continue;
    auto source =
        std::make_shared<plan::SourceNode>(static_cast<const plan::SourceNode&>(*node.logical));
    source->rate_min = source->rate_max = 0;
    node.logical = std::move(source);
  }
  return copy;
}

}  // namespace

TestJob::TestJob(std::shared_ptr<const plan::PhysicalPlan> plan, Options options)
    : plan_(WithoutRates(plan)),
      options_(options),
      connectors_(options.partitions),
      state_(MakeMemoryStateBackend()),
      random_(options.seed) {}

TestJob::~TestJob() = default;

void TestJob::StartClockAt(Micros time) {
  clock_.AdvanceTo(time);
  clock_started_ = true;
}

void TestJob::Give(const std::string& source, std::string record) {
  connectors_.Give(source, std::move(record));
}

void TestJob::GiveTable(const std::string& table, std::string record) {
  connectors_.GiveTable(table, std::move(record));
  tables_changed_ = true;
}

Status TestJob::Build() {
  JobOptions options;
  options.workers = options_.workers;
  options.batch_rows = options_.batch_rows;
  options.channel_bytes = options_.channel_bytes;
  options.clock = &clock_;
  options.connectors = &connectors_;
  options.state = state_.get();
  options.checkpoint_every = 0;
  options.incarnation = "test";
  options.verify_state = true;
  options.state_memory = options_.state_memory;
  options.make_tap = [this](const std::string& stream, uint32_t) {
    return capture_.MakeTap(stream);
  };
  WEIR_ASSIGN(job_, Job::Build(plan_, std::move(options)));
  scheduler_ = std::make_unique<SeededScheduler>(job_.get(), options_.seed);
  tables_changed_ = false;
  return job_->Start();
}

Status TestJob::Run() {
  if (job_ == nullptr) WEIR_TRY(Build());
  if (tables_changed_) {
    tables_changed_ = false;
    WEIR_TRY(job_->ReloadTables());
  }
  for (const auto& worker : job_->workers()) worker->PokeSources();
  return Settle(/*heartbeat=*/false);
}

void TestJob::Heartbeat() {
  for (const auto& worker : job_->workers()) worker->Heartbeat(clock_.Now());
}

Status TestJob::Commit() {
  JobCoordinator& coordinator = job_->coordinator();
  const int64_t before = coordinator.committed();
  coordinator.RequestCheckpoint();
  while (coordinator.committed() == before && !coordinator.done()) {
    WEIR_TRY(scheduler_->RunSteps(1));
  }
  return coordinator.failure();
}

Status TestJob::Crash(bool heartbeat) {
  const uint64_t most = 1 + 12 * job_->workers().size();
  WEIR_TRY(scheduler_->RunSteps(random_() % most));
  if (job_->coordinator().done()) return Status::Ok();
  WEIR_TRY(Commit());
  WEIR_TRY(scheduler_->RunSteps(random_() % most));
  scheduler_.reset();
  job_.reset();
  capture_.DropAfter(state_->last_epoch());
  options_.workers = options_.crash_workers[crashes_++ % options_.crash_workers.size()];
  ++options_.seed;
  WEIR_TRY(Build());
  if (heartbeat) Heartbeat();
  return Status::Ok();
}

Status TestJob::Settle(bool heartbeat) {
  if (options_.crash_workers.empty() || job_->coordinator().done()) {
    return scheduler_->RunToQuiescence();
  }
  WEIR_TRY(Crash(heartbeat));
  WEIR_TRY(scheduler_->RunToQuiescence());
  // Nothing may be done again at a later time of the clock.
  return job_->coordinator().done() ? Status::Ok() : Commit();
}

Status TestJob::AdvanceTo(Micros time) {
  if (!clock_started_) StartClockAt(time);
  WEIR_TRY(Run());
  while (clock_.Now() < time) {
    const Micros next = std::max(scheduler_->next_wake(), clock_.Now() + 1);
    clock_.AdvanceTo(std::min(next, time));
    Heartbeat();
    WEIR_TRY(Settle(/*heartbeat=*/true));
  }
  return Status::Ok();
}

Status TestJob::Checkpoint() {
  WEIR_TRY(Run());
  job_->coordinator().RequestCheckpoint();
  return scheduler_->RunToQuiescence();
}

Status TestJob::Restart(std::optional<uint32_t> workers) {
  WEIR_TRY(Checkpoint());
  scheduler_.reset();
  job_.reset();
  capture_.DropAfter(state_->last_epoch());
  if (workers) options_.workers = *workers;
  ++options_.seed;
  return Run();
}

Status TestJob::End() {
  connectors_.End();
  WEIR_TRY(Run());
  if (!job_->coordinator().done()) {
    return InternalError("the inputs have ended and the job has not");
  }
  return job_->Close();
}

SchemaPtr TestJob::StreamSchema(const std::string& stream) const {
  const auto& streams = plan_->logical->streams;
  const auto found = streams.find(stream);
  if (found == streams.end()) return nullptr;
  return plan_->logical->at(found->second.node).port_schema(found->second.port);
}

std::vector<NamedLedger> TestJob::Ledgers() const {
  return job_ == nullptr ? std::vector<NamedLedger>() : job_->Ledgers();
}

std::string TestJob::CheckLedgers() const { return job_ == nullptr ? "" : job_->CheckLedgers(); }

}  // namespace weir
