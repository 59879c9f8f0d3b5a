#include "compiler/plan/logical_node.h"

namespace weir::plan {

std::string_view NodeKindName(NodeKind kind) {
  switch (kind) {
    case NodeKind::kSource: return "source";
    case NodeKind::kFilter: return "where";
    case NodeKind::kProject: return "select";
    case NodeKind::kValidate: return "validate";
    case NodeKind::kDedupe: return "dedupe";
    case NodeKind::kLookup: return "lookup";
    case NodeKind::kAggregate: return "aggregate";
    case NodeKind::kSession: return "session";
    case NodeKind::kProcess: return "process";
    case NodeKind::kAnomaly: return "anomaly";
    case NodeKind::kRoute: return "route";
    case NodeKind::kUnion: return "union";
    case NodeKind::kFlatten: return "flatten";
    case NodeKind::kTop: return "top";
    case NodeKind::kLimit: return "limit";
    case NodeKind::kSample: return "sample";
    case NodeKind::kRekey: return "rekey";
    case NodeKind::kSink: return "sink";
    case NodeKind::kView: return "view";
  }
  return "?";
}

}  // namespace weir::plan
