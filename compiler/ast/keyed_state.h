#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "compiler/ast/clauses.h"

namespace weir::ast {

enum class StatementKind : uint8_t {
  kAssign,
  kLet,
  kIf,
  kMatch,
  kEmit,
  kSetTimer,
  kCancelTimer,
  kClear,
};

/// Base of the statements of `on event`, `on timer`, `on close`.
struct Statement {
  StatementKind kind;
  Span span;

  explicit Statement(StatementKind k) : kind(k) {}
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  virtual ~Statement() = default;

  template <typename T>
  const T& As() const {
    return static_cast<const T&>(*this);
  }
};

using StatementPtr = std::unique_ptr<Statement>;

struct Block {
  std::vector<StatementPtr> statements;
  Span span;  ///< With the braces.
};

template <StatementKind kind_of>
struct StatementOf : Statement {
  static constexpr StatementKind kKind = kind_of;
  StatementOf() : Statement(kind_of) {}
};

enum class AssignOp : uint8_t {
  kSet,        ///< =
  kAdd,        ///< +=
  kSubtract,   ///< -=
  kSetIfNull,  ///< ?=
};

const char* AssignOpText(AssignOp op);

/// name op value, or name[index] op value
struct AssignStatement : StatementOf<StatementKind::kAssign> {
  Name target;
  ExprPtr index;  ///< Null for a plain field.
  AssignOp op = AssignOp::kSet;
  Span op_span;
  ExprPtr value;
};

struct LetStatement : StatementOf<StatementKind::kLet> {
  Name name;
  ExprPtr value;
};

struct IfStatement : StatementOf<StatementKind::kIf> {
  ExprPtr condition;
  Block then_block;
  std::optional<Block> else_block;  ///< `else { … }`
  StatementPtr else_if;  ///< `else if …`: an IfStatement; at most one of the two is set.
};

struct StatementArm {
  std::vector<Pattern> patterns;
  Block block;
  bool braced = false;  ///< Written with braces; else the block has exactly one statement.
  Span span;
};

struct MatchStatement : StatementOf<StatementKind::kMatch> {
  ExprPtr subject;
  std::vector<StatementArm> arms;
};

/// emit { … } [route]
struct EmitStatement : StatementOf<StatementKind::kEmit> {
  std::unique_ptr<StructExpr> row;
  std::optional<Route> route;
};

struct SetTimerStatement : StatementOf<StatementKind::kSetTimer> {
  Name timer;
  ExprPtr at;
};

struct CancelTimerStatement : StatementOf<StatementKind::kCancelTimer> {
  Name timer;
};

struct ClearStatement : StatementOf<StatementKind::kClear> {};

/// name: type = default merge rule ttl amount
struct StateField {
  Name name;
  TypeRefPtr type;
  ExprPtr default_value;      ///< Null without one.
  std::optional<Name> merge;  ///< sum, first, last, …
  ExprPtr ttl;                ///< Null without one.
  std::vector<Annotation> annotations;
  DocComment doc;
  Span span;
};

/// name, or name = value
struct OutputField {
  Name name;
  ExprPtr value;  ///< Null for the short form.
  Span span;
};

struct StateBlock {
  std::vector<StateField> fields;
  Span span;
};

struct EventHandler {
  std::optional<Name> event;  ///< `on event e`.
  Block block;
  Span span;
};

struct TimerHandler {
  Name timer;
  Block block;
  Span span;
};

struct CloseHandler {
  Block block;
  Span span;
};

struct OutputBlock {
  std::vector<OutputField> fields;
  Span span;
};

/// The parts of `session` and `process`. Parts given twice are reported while parsing.
struct KeyedParts {
  std::optional<StateBlock> state;
  std::optional<EventHandler> on_event;
  std::vector<TimerHandler> on_timer;
  std::optional<CloseHandler> on_close;
  std::optional<OutputBlock> output;
  std::optional<EmitClause> emit;
  std::optional<LateClause> late;
  std::optional<ErrorClause> on_error;
};

}  // namespace weir::ast
