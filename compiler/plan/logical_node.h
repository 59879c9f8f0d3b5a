#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/plan/expr.h"
#include "compiler/plan/route.h"
#include "compiler/source/span.h"
#include "runtime/types/schema.h"

namespace weir::plan {

enum class NodeKind : uint8_t {
  kSource,
  kFilter,
  kProject,
  kValidate,
  kDedupe,
  kLookup,
  kAggregate,
  kSession,
  kProcess,
  kAnomaly,
  kRoute,
  kUnion,
  kFlatten,
  kTop,
  kLimit,
  kSample,
  kRekey,
  kSink,
  kView,
};
std::string_view NodeKindName(NodeKind kind);

using NodeId = int32_t;

/// One output port of a node that an input reads. Port 0 is the main output, routes follow.
struct InputRef {
  NodeId node = -1;
  int port = 0;
  friend bool operator==(const InputRef&, const InputRef&) = default;
};

/// Whether rows only ever add, or replace and delete earlier rows with the same key.
struct StreamMode {
  bool upsert = false;
  std::vector<int> key;    ///< columns of the upsert key
  int closed_column = -1;  ///< column that is exactly `session.closed` / `window_closed`
};

/// How rows must be spread over workers before a node sees them.
struct Partitioning {
  enum class Kind : uint8_t {
    kAny,        ///< stays where it is
    kKey,        ///< by hash of `keys`
    kSingleton,  ///< all on one worker
  };
  Kind kind = Kind::kAny;
  std::vector<ExprPtr> keys;
};

/// A stage of the logical plan. Holds no runtime class and no pointer to another node: plans are
/// values that can be rewritten, printed and compiled for other engines.
struct LogicalNode {
  LogicalNode(NodeKind node_kind) : kind(node_kind) {}  // NOLINT: derived nodes only
  virtual ~LogicalNode() = default;

  const NodeKind kind;
  NodeId id = -1;
  /// Identity: `stream/label`; keys state, metrics, ledgers and reload. Never by position.
  std::string name;
  /// The declared stream (view, sink) this stage belongs to.
  std::string stream;
  Span span;
  std::vector<InputRef> inputs;
  SchemaPtr schema;                      ///< of port 0; null for sinks
  std::vector<SchemaPtr> route_schemas;  ///< of ports 1, 2, …
  StreamMode mode;
  Route error;  ///< rows of which an expression fails

  const SchemaPtr& port_schema(int port) const {
    return port == 0 ? schema : route_schemas[static_cast<size_t>(port - 1)];
  }
  int num_ports() const { return 1 + static_cast<int>(route_schemas.size()); }

  virtual Partitioning partitioning() const { return {}; }
  /// Whether instances hold keyed state (then `name` must be unique and stable).
  virtual bool stateful() const { return false; }
  virtual std::unique_ptr<LogicalNode> Clone() const = 0;
  /// One line without name and inputs: `where event_type == "page_view"`.
  virtual std::string Describe() const = 0;
  /// Every expression of the node, for the optimizer's rewrites; null ones are skipped.
  virtual void VisitExprs(const std::function<void(ExprPtr&)>& visit) = 0;
};

/// Fills in Clone() for a node type.
template <typename Derived>
struct LogicalNodeOf : LogicalNode {
  using LogicalNode::LogicalNode;
  std::unique_ptr<LogicalNode> Clone() const override {
    return std::make_unique<Derived>(static_cast<const Derived&>(*this));
  }
};

}  // namespace weir::plan
