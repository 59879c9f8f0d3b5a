#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "compiler/plan/physical_plan.h"
#include "tests/simulation/input.h"

namespace weir::flowc {
class Frontend;
}

namespace weir::simulation {

enum class SinkKind : uint8_t { kFile, kLog, kRemote };

/// What a sink must hold when the input has ended, as the model has it: rows in any order, or the
/// last row per key.
struct ExpectedRows {
  std::multiset<std::string> rows;
  std::map<std::string, std::string> last;  ///< by key; of upserts
};
using Inputs = std::map<std::string, SourceInput>;
using Expectation = std::map<std::string, ExpectedRows>;

/// A pipeline that the simulation runs, and its model: the same computation over all records, by
/// plain loops.
struct Pipeline {
  std::string name;
  std::string body;  ///< of the .flow, behind source `rows`
  std::vector<std::string> sinks;
  bool upserts = false;  ///< sink `a` takes them
  bool grows = false;    ///< partitions may appear later
  bool repeats = false;  ///< the input has rows more than once
  bool is_late = false;  ///< the input has late rows
  bool two_sources = false;
  int64_t most_words = 2;
  std::function<Expectation(const Inputs&)> expect;
  /// A node, and how many rows it has let out once exactly these inputs are in it; optional.
  std::function<std::pair<std::string, uint64_t>(const Inputs&)> expect_books = {};
};

const std::vector<Pipeline>& Pipelines();

/// The .flow text with sink `a` of a kind (others are of the kind behind it), below `root`.
std::string FlowText(const Pipeline& pipeline, SinkKind kind, const std::string& root);

/// Compiles texts, each once. Failures end the process: they are the simulation's own.
class CompiledPipelines {
 public:
  explicit CompiledPipelines(std::string root);
  ~CompiledPipelines();
  std::shared_ptr<const plan::PhysicalPlan> Get(const Pipeline& pipeline, SinkKind kind);

 private:
  const std::string root_;
  std::vector<std::unique_ptr<flowc::Frontend>> frontends_;
  std::map<std::pair<std::string, SinkKind>, std::shared_ptr<const plan::PhysicalPlan>> plans_;
};

}  // namespace weir::simulation
