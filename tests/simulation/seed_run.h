#pragma once

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/committed_rows.h"
#include "tests/simulation/disk_model.h"
#include "tests/simulation/life.h"
#include "tests/simulation/outputs.h"
#include "tests/simulation/seed_digest.h"

namespace weir::simulation {

/// What all seeds of a process share.
struct World {
  std::string root;  ///< an empty folder; below it is the disk
  CompiledPipelines* pipelines = nullptr;
  const ConnectorRegistry* registry = nullptr;
  Trail* trail = nullptr;
  bool verbose = false;       ///< the engine's log, on stderr
  std::FILE* dump = nullptr;  ///< gets everything that lives do; optional
};

/// One seed: a pipeline, its input, some lives that fail in some way, a last one that ends, and
/// what must hold in between and in the end.
class SeedRun {
 public:
  SeedRun(const World& world, uint64_t seed, BrokenRule broken);

  /// False: something does not hold; `problems` says what.
  bool Run();
  /// Another run of the seed left other bytes.
  void NotTheSame() { Problem("Determinism: run again, it leaves other bytes"); }
  const std::vector<std::string>& problems() const { return problems_; }
  /// What was chosen, and what came of it.
  const std::vector<std::string>& trace() const { return trace_; }
  /// Of what is on the disk, in the trail, in the target.
  /// A disk was full or failed: RocksDB looks after that on a thread of its own, so runs may
  /// differ.
  bool was_full() const { return was_full_; }
  uint64_t digest() const { return digest_.value(); }
  bool IsAbout(BrokenRule rule) const;
  size_t lives() const { return lives_; }

 private:
  enum class Fate : uint8_t { kKilled, kEnded, kBroken };
  struct Outcome {
    Fate fate = Fate::kBroken;
    StatusCode code = StatusCode::kOk;
    uint64_t commits = 0;
    std::string message;
    std::optional<uint64_t> restored;
  };

  void MakeInputs();
  LifePlan ChooseLife(bool is_last);
  void ChooseEnd(LifePlan& plan);
  Outcome RunOne(const LifePlan& plan);
  void TakeTrail(Outcome& outcome, bool is_probe);
  void CheckRestored(uint64_t epoch);
  void CheckPrefix(uint64_t epoch);
  void CheckOutcome(const LifePlan& plan, const Outcome& outcome, bool is_last);
  void CheckNoForesight();
  void Look();
  void StartFromWrongState();
  void Probe(const std::string& state, const std::string& what);
  void CheckEnd();
  void CheckOnce(const std::string& sink, SinkKind kind);
  void CheckModel(const Expectation& expected, const std::string& sink, SinkKind kind);
  std::vector<std::string> RefusedRows(const std::string& sink) const;
  void Problem(const std::string& text);

  const World& world_;
  const uint64_t seed_;
  const BrokenRule broken_;
  Choices choices_;
  const Pipeline& pipeline_;
  const SinkKind kind_;
  std::map<std::string, SinkKind> sinks_;
  bool refuses_ = false;
  Inputs inputs_;
  std::string root_;
  DiskModel disk_;
  RemoteTarget target_;
  Outputs outputs_;
  CommittedRows committed_;
  std::map<std::string, std::vector<std::string>> seen_;  ///< by sink, before the life
  uint64_t acknowledged_ = 0;  ///< the last commit that the engine spoke of
  std::optional<uint64_t> went_on_from_;
  bool has_copy_ = false;
  std::optional<uint64_t> copy_epoch_;
  size_t lives_ = 0;
  size_t partitions_ = 0;  ///< of `rows` that have been there
  SeedDigest digest_;
  bool was_full_ = false;
  std::vector<std::string> problems_, trace_;
  LifeSetting setting_;
};

}  // namespace weir::simulation
