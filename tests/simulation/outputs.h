#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/simulation/pipelines.h"
#include "tests/simulation/remote_target.h"

namespace weir {
class ConnectorRegistry;
}

namespace weir::simulation {

/// The rows that a reader finds in a sink, by lane where that can be told (else all in lane 0), in
/// order.
using Lines = std::map<uint32_t, std::vector<std::string>>;

/// Reads sinks as their readers do: visible parts, committed records, rows of the target.
class Outputs {
 public:
  Outputs(std::string root, const ConnectorRegistry* registry, const RemoteTarget* target)
      : root_(std::move(root)), registry_(registry), target_(target) {}

  Lines Read(const std::string& sink, SinkKind kind) const;
  /// Whether Read tells lanes apart.
  static bool HasLanes(SinkKind kind) { return kind != SinkKind::kLog; }

 private:
  Lines ReadParts(const std::string& sink) const;
  Lines ReadLog(const std::string& sink) const;
  Lines ReadRemote(const std::string& sink) const;

  const std::string root_;
  const ConnectorRegistry* const registry_;
  const RemoteTarget* const target_;
};

}  // namespace weir::simulation
