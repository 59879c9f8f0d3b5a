#include "tests/simulation/seed_run.h"

#include <execinfo.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "runtime/base/kill_point.h"
#include "tests/simulation/trail_text.h"

namespace weir::simulation {
namespace {

namespace fs = std::filesystem;

/// Real seconds after which a life hangs.
constexpr unsigned kPatience = 60;

/// For people who look into a crash.
void ShowStack(int) {
  void* frames[64];
  ::backtrace_symbols_fd(frames, ::backtrace(frames, 64), STDERR_FILENO);
}

std::string FreshFolder(const std::string& root) {
  std::error_code ignored;
  fs::remove_all(root, ignored);
  fs::create_directories(root + "/disk");
  return root + "/disk";
}

const Pipeline& ChoosePipeline(Choices& choices) {
  const auto& all = Pipelines();
  return all[choices.Next() % all.size()];
}

}  // namespace

SeedRun::SeedRun(const World& world, uint64_t seed, BrokenRule broken)
    : world_(world),
      seed_(seed),
      broken_(broken),
      choices_(Choices(seed).Next()),
      pipeline_(ChoosePipeline(choices_)),
      kind_(static_cast<SinkKind>(choices_.Next() % 3)),
      root_(FreshFolder(world.root)),
      disk_(root_),
      outputs_(root_, world.registry, &target_) {
  auto kind = static_cast<uint8_t>(kind_);
  for (const std::string& sink : pipeline_.sinks) {
    sinks_[sink] = static_cast<SinkKind>(kind++ % 3);
    refuses_ |= sinks_[sink] == SinkKind::kRemote;
  }
  refuses_ = refuses_ && !pipeline_.upserts && choices_.OneIn(2);
  MakeInputs();
  world_.trail->Clear();
  world_.trail->clock() = kClockStart;
  setting_.root = root_;
  setting_.plan = world_.pipelines->Get(pipeline_, kind_);
  setting_.inputs = &inputs_;
  setting_.registry = world_.registry;
  setting_.target = &target_;
  setting_.trail = world_.trail;
  setting_.broken = broken_;
  trace_.push_back(fmt::format("pipeline {}, sinks by kind {}, refused rows: {}", pipeline_.name,
                               static_cast<int>(kind_), refuses_ ? "yes" : "no"));
}

void SeedRun::MakeInputs() {
  InputPlan plan;
  plan.rows = choices_.OneOf({5, 30, 80, 150, 300});
  plan.partitions = choices_.Between(1, 4);
  plan.keys = choices_.Between(1, 12);
  plan.repeats_of_ten = pipeline_.repeats ? 4 : 0;
  plan.late_of_hundred = pipeline_.is_late ? 6 : 0;
  // A large fan-out, or many rows.
  plan.most_words =
      plan.rows <= 30 ? pipeline_.most_words : std::min<int64_t>(pipeline_.most_words, 8);
  plan.step = choices_.OneOf({0, 1'000, 20'000, 100'000});
  inputs_["rows"] = MakeInput(plan, kClockStart, 0, choices_.Branch());
  if (!pipeline_.two_sources) return;
  plan.rows = choices_.OneOf({5, 30, 80, 150});
  plan.partitions = choices_.Between(1, 2);
  inputs_["more"] = MakeInput(plan, kClockStart, 100'000, choices_.Branch());
}

LifePlan SeedRun::ChooseLife(bool is_last) {
  LifePlan plan;
  plan.number = lives_;
  plan.seed = choices_.Next();
  plan.workers = static_cast<uint32_t>(choices_.Between(1, 3));
  plan.batch_rows = static_cast<uint32_t>(choices_.OneOf({1, 2, 7, 64, 2048}));
  plan.channel_bytes = static_cast<size_t>(choices_.OneOf({1, 200, 4'000, 1 << 20}));
  plan.checkpoint_every = choices_.OneOf({5'000, 50'000, 500'000, 5'000'000});
  plan.outbox_bytes = choices_.OneOf({100, 2'000, 1 << 20});
  plan.bulk_bytes = static_cast<size_t>(choices_.OneOf({1, 4'000, 4 << 20}));
  plan.state_memory = static_cast<size_t>(choices_.OneOf({1, 3'000, 1 << 20, int64_t{2} << 30}));
  plan.partitions = inputs_["rows"].size();
  plan.target.seed = choices_.Next();
  plan.target.refuses = refuses_;
  plan.disk.seed = choices_.Next();
  if (is_last) return plan;
  plan.ends = choices_.OneIn(3);
  if (!plan.ends && pipeline_.grows) {
    plan.partitions = static_cast<size_t>(choices_.Between(1, 4));
  }
  // Partitions never go away.
  partitions_ = plan.partitions = std::max(partitions_, plan.partitions);
  if (choices_.OneIn(3)) {
    plan.target.failing = choices_.OneOf({0, 50, 400});
    plan.target.unknown = choices_.OneOf({0, 50, 200});
    plan.target.late = choices_.OneOf({0, 50});
  }
  if (choices_.OneIn(6)) {
    plan.target.away_from = choices_.OneIn(2) ? 0 : world_.trail->clock() + 1'000'000;
    plan.target.away_until = kMaxTimestamp;
  }
  plan.starts_twice = choices_.OneIn(20);
  plan.power_fails = choices_.OneIn(2);
  ChooseEnd(plan);
  return plan;
}

void SeedRun::ChooseEnd(LifePlan& plan) {
  const auto some = [this] {
    const int64_t most = choices_.OneOf({15, 100, 400, 1'500, 4'000});
    return static_cast<uint64_t>(choices_.Between(1, most));
  };
  const int64_t how = choices_.Between(0, 9);
  if (how < 5) {
    plan.disk.kill_at = some();
  } else if (how < 7) {
    const auto& names = KillPoint::Names();
    plan.kill_point = fmt::format("{}:{}", names[choices_.Next() % names.size()],
                                  choices_.OneOf({1, 1, 2, 5, 12}));
  } else if (how < 8) {
    plan.kill_after = static_cast<uint64_t>(choices_.Between(1, 400));
  }
  if (choices_.OneIn(5)) {
    plan.disk.full_from = some();
    plan.disk.full_until = plan.disk.full_from + static_cast<uint64_t>(choices_.Between(1, 60));
  }
  if (choices_.OneIn(8)) {
    plan.disk.failing_sync_at = some();
    // RocksDB 7.8 keeps an entry of its manifest whose sync failed and deletes the files that it
    // names, so that a bulk commit leaves a store that can't be opened (README.md).
    plan.bulk_bytes = 4 << 20;
  }
  if (choices_.OneIn(8)) plan.usurp_after = static_cast<uint64_t>(choices_.Between(1, 100));
  if (!plan.ends || plan.target.away_until > 0 || choices_.OneIn(4)) {
    plan.stop_after = static_cast<uint64_t>(choices_.Between(1, 600));
  }
}

/// Whether the seed has what the rule is about.
bool SeedRun::IsAbout(BrokenRule rule) const {
  const bool is_remote = std::any_of(sinks_.begin(), sinks_.end(), [](const auto& sink) {
    return sink.second == SinkKind::kRemote;
  });
  switch (rule) {
    case BrokenRule::kRule1: return pipeline_.name != "filter" && pipeline_.name != "flatten";
    case BrokenRule::kRule7:
    case BrokenRule::kRule18: return is_remote;
    case BrokenRule::kRule12: return refuses_;
    default: return true;
  }
}

bool SeedRun::Run() {
  const int64_t failing = choices_.Between(1, 6);
  for (int64_t i = 0; i <= failing && problems_.empty(); ++i) {
    const bool is_last = i == failing;
    const LifePlan plan = ChooseLife(is_last);
    trace_.push_back(fmt::format("life {}: {}", lives_, plan.ToText()));
    const Outcome outcome = RunOne(plan);
    CheckOutcome(plan, outcome, is_last);
    if (plan.power_fails && problems_.empty()) disk_.FailPower(choices_);
    Look();
    if (!is_last && problems_.empty()) StartFromWrongState();
  }
  if (problems_.empty()) CheckEnd();
  return problems_.empty();
}

SeedRun::Outcome SeedRun::RunOne(const LifePlan& plan) {
  ++lives_;
  was_full_ |= plan.disk.full_until > 0 || plan.disk.failing_sync_at > 0;
  world_.trail->Clear();
  went_on_from_.reset();
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    if (!world_.verbose) {
      const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
      ::dup2(nowhere, STDERR_FILENO);
    } else {
      ::signal(SIGABRT, ShowStack);
    }
    ::alarm(kPatience);
    RunLife(setting_, plan);
    ::_exit(0);
  }
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child) {
    std::perror("simulation: a life's process");
    std::exit(2);
  }
  Outcome outcome;
  const bool killed = (WIFEXITED(status) && WEXITSTATUS(status) == kExitKilled) ||
                      (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  if (killed) outcome.fate = Fate::kKilled;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) outcome.fate = Fate::kEnded;
  if (WIFSIGNALED(status) && !killed) {
    outcome.message = WTERMSIG(status) == SIGALRM
                          ? fmt::format("Liveness: it hung for {} s", kPatience)
                          : fmt::format("it crashed: {}", strsignal(WTERMSIG(status)));
  } else if (outcome.fate == Fate::kBroken) {
    outcome.message = fmt::format("it exited with {}", WEXITSTATUS(status));
  }
  const std::string crash = outcome.message;
  TakeTrail(outcome, plan.only_starts);
  if (!crash.empty()) outcome.message = crash + " " + outcome.message;
  return outcome;
}

void SeedRun::TakeTrail(Outcome& outcome, bool is_probe) {
  const Trail& trail = *world_.trail;
  if (world_.dump != nullptr) {
    fmt::print(world_.dump, "--- life {}\n", lives_ - 1);
    trail.ForEach([this](const Entry& entry) { fmt::print(world_.dump, "{}\n", ToText(entry)); });
  }
  disk_.Apply(trail);
  digest_.Add(trail);
  TargetPlan target;
  target.refuses = refuses_;
  target_.Begin(target, broken_, nullptr, nullptr);
  target_.Apply(trail, choices_);
  if (const std::string problem = target_.TakeProblem(); !problem.empty()) Problem(problem);
  if (is_probe) {
    trail.ForEach([&](const Entry& entry) {
      if (entry.tag != Tag::kEnded) return;
      outcome.code = static_cast<StatusCode>(entry.a);
      outcome.message = entry.x;
    });
    return;
  }
  trail.ForEach([&](const Entry& entry) {
    switch (entry.tag) {
      case Tag::kRestored:
        outcome.restored = entry.a;
        CheckRestored(entry.a);
        break;
      case Tag::kFrozen: committed_.Add(entry); break;
      case Tag::kCommitted: acknowledged_ = std::max(acknowledged_, entry.a); break;
      case Tag::kProblem: Problem(std::string(entry.x)); break;
      case Tag::kEnded:
        outcome.code = static_cast<StatusCode>(entry.a);
        outcome.commits = entry.b;
        outcome.message = entry.x;
        break;
      default: break;
    }
  });
  if (outcome.restored) CheckPrefix(*outcome.restored);
}

void SeedRun::Look() {
  for (const auto& [sink, kind] : sinks_) {
    std::vector<std::string>& rows = seen_[sink];
    rows.clear();
    for (const auto& [lane, lines] : outputs_.Read(sink, kind)) {
      rows.insert(rows.end(), lines.begin(), lines.end());
    }
  }
}

void SeedRun::Problem(const std::string& text) {
  problems_.push_back(fmt::format("{} (life {})", text, lives_ == 0 ? 0 : lives_ - 1));
}

}  // namespace weir::simulation
