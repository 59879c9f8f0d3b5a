#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/plan/logical_node.h"
#include "compiler/plan/source_node.h"
#include "runtime/base/clock.h"

namespace weir::plan {

/// Settings of the pipeline head.
struct PipelineSettings {
  std::string name;
  bool exactly_once = true;
  Micros checkpoint_every = kMicrosPerSecond;
  Micros snapshot_every = 60 * kMicrosPerSecond;  ///< 0: none but on demand
  int64_t snapshots_kept = 3;
  std::string snapshot_dir;                 ///< "": in the state folder
  int64_t state_memory = int64_t{2} << 30;  ///< bytes
  bool ledger_warns = false;  ///< a ledger that does not add up is reported, and the run goes on
  bool durable_snapshot = false;  ///< rows go to targets once a snapshot has their commit
  std::optional<int64_t> workers;
  std::string base_dir;  ///< of the .flow file: schemas, DDL, `use`
};

/// The DAG of a pipeline. Node ids index `nodes`; removed nodes are null.
struct LogicalPlan {
  PipelineSettings settings;
  std::vector<std::unique_ptr<LogicalNode>> nodes;
  std::vector<TableSpec> tables;
  /// Declared streams (junctions, views too) to the output that holds their rows: taps of tests,
  /// queries, the terminal view.
  std::unordered_map<std::string, InputRef> streams;

  NodeId Add(std::unique_ptr<LogicalNode> node);
  LogicalNode& at(NodeId id) { return *nodes[static_cast<size_t>(id)]; }
  const LogicalNode& at(NodeId id) const { return *nodes[static_cast<size_t>(id)]; }
  const TableSpec* FindTable(std::string_view name) const;
  /// Ids in an order in which inputs come before readers.
  std::vector<NodeId> TopologicalOrder() const;
  /// (reader, input index) pairs of each node's ports.
  std::vector<std::vector<std::pair<NodeId, int>>> Readers() const;
  std::unique_ptr<LogicalPlan> Clone() const;
  /// Indented tree from the sinks up, as `flowc explain` shows it.
  std::string ToString() const;
};

}  // namespace weir::plan
