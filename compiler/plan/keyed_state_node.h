#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/plan/aggregate_node.h"
#include "compiler/plan/logical_node.h"

namespace weir::plan {

/// How a state field of two sessions that turn out to be one is combined. First and last go by
/// session start, never by arrival.
enum class MergeRule : uint8_t { kNone, kSum, kMin, kMax, kFirst, kLast, kFirstNonEmpty, kUnion };

struct StateField {
  std::string name;
  DataType type;
  Value initial;  ///< null for an optional field without a default
  MergeRule merge = MergeRule::kNone;
  std::optional<Micros> ttl;
};

/// Registers of a state program, in this order. Expressions name them by index as columns.
struct RegisterLayout {
  int events = 0;  ///< columns of the input row
  int keys = 0;    ///< by-keys
  int states = 0;  ///< state fields
  int lets = 0;
  /// After the state fields: start, last_event, count, closed, is_new.
  static constexpr int kMeta = 5;
  int key(int i) const { return events + i; }
  int state(int i) const { return events + keys + i; }
  int session_start() const { return events + keys + states; }
  int session_last_event() const { return session_start() + 1; }
  int session_count() const { return session_start() + 2; }
  int session_closed() const { return session_start() + 3; }
  int session_is_new() const { return session_start() + 4; }
  int let(int i) const { return session_start() + kMeta + i; }
  int total() const { return session_start() + kMeta + lets; }
};

struct Statement;
using Block = std::vector<Statement>;

/// One statement of an event, timer or close block. `+=`, `?=` and match are lowered.
struct Statement {
  enum class Kind : uint8_t { kAssign, kPut, kIf, kEmit, kSetTimer, kCancelTimer, kClear };
  Kind kind = Kind::kAssign;
  Span span;
  int target = 0;                ///< kAssign: register; kPut: register of the map
  ExprPtr value;                 ///< kAssign, kPut, kIf (condition), kSetTimer (timestamp)
  ExprPtr key;                   ///< kPut
  std::vector<ExprPtr> row;      ///< kEmit: one per column of the port's schema
  int port = 0;                  ///< kEmit
  int timer = 0;                 ///< kSetTimer, kCancelTimer: index into timers
  Block then_block, else_block;  ///< kIf
};

/// Common to `session` and `process`: declared state and what an event does to it.
struct StateProgram {
  std::vector<ExprPtr> keys;  ///< over the input
  std::vector<StateField> fields;
  RegisterLayout registers;
  std::vector<DataType> let_types;
  Block on_event;
  std::vector<std::string> timers;  ///< names
  std::vector<Block> on_timer;      ///< by timer
  Block on_close;
  std::vector<ExprPtr> output;  ///< over the registers (no event columns)

  void VisitExprs(const std::function<void(ExprPtr&)>& visit);
  /// Those that run without a row: a failing one leaves no row to route, only a result.
  void VisitResultExprs(const std::function<void(ExprPtr&)>& visit);
};

/// `session by k gap g max m state {…} on event e {…} output {…}`.
struct SessionNode final : LogicalNodeOf<SessionNode> {
  SessionNode() : LogicalNodeOf(NodeKind::kSession) {}
  StateProgram program;
  Micros gap = 0;
  std::optional<Micros> max;
  EmitSpec emit;
  Micros lateness = 0;
  Route late;
  /// Sessions whose `on close` or `output` fails. Like `error`, but its `fields` are columns of
  /// this stage's output.
  Route result_error;
  std::string Describe() const override;
  Partitioning partitioning() const override { return {Partitioning::Kind::kKey, program.keys}; }
  bool stateful() const override { return true; }
  void VisitExprs(const std::function<void(ExprPtr&)>& visit) override {
    program.VisitExprs(visit);
  }
};

/// `process by k ttl d state {…} on event e {…} on timer t {…}`.
struct ProcessNode final : LogicalNodeOf<ProcessNode> {
  ProcessNode() : LogicalNodeOf(NodeKind::kProcess) {}
  StateProgram program;
  Micros ttl = 0;
  EmitSpec emit;       ///< with an output block
  Route result_error;  ///< keys whose `output` fails; as for sessions
  std::string Describe() const override;
  Partitioning partitioning() const override { return {Partitioning::Kind::kKey, program.keys}; }
  bool stateful() const override { return true; }
  void VisitExprs(const std::function<void(ExprPtr&)>& visit) override {
    program.VisitExprs(visit);
  }
};

}  // namespace weir::plan
