#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/ast/expr.h"
#include "compiler/ast/name.h"
#include "compiler/ast/type_ref.h"

/// Parts that several declarations and stages share.
namespace weir::ast {

enum class RouteKind : uint8_t {
  kStream,   ///< -> name (a sink or a stream)
  kDiscard,  ///< discard "reason"
  kFail,     ///< fail "reason"
  kDefault,  ///< default (lookup only)
};

/// Where rows go that leave the happy path.
struct Route {
  RouteKind kind = RouteKind::kFail;
  Name target;                        ///< kStream.
  std::optional<StringValue> reason;  ///< kDiscard, kFail.
  Span span;
};

/// name = value
struct Assignment {
  Name name;
  ExprPtr value;
  Span span;
};

/// expr or expr as name: keys, by lists, lookup keys.
struct KeyItem {
  ExprPtr expr;
  std::optional<Name> alias;
  Span span;
};

/// The keys of a `by` or `key` clause.
struct KeyList {
  std::vector<KeyItem> items;
  Span span;  ///< With the introducing word.
};

/// name: value
struct NamedArg {
  Name name;
  ExprPtr value;
  Span span;
};

/// kafka(brokers: $brokers, topic: "t")
struct Connector {
  Name kind;
  std::vector<NamedArg> args;
  Span span;
};

/// format json(lines: true)
struct FormatClause {
  Name name;
  std::optional<CallArgs> args;
  Span span;
};

/// env("X"): a call and nothing else.
struct CallOnly {
  Name callee;
  CallArgs args;
  Span span;
};

/// `on error` and its route.
struct ErrorClause {
  Route route;
  Span span;
};

/// A clause that is one amount: an int, decimal, duration, size or parameter, maybe negated, or
/// any expression in parentheses.
struct AmountClause {
  ExprPtr amount;
  Span span;
};

/// pii masked | pii clear "why"
struct PiiClause {
  Name mode;
  std::optional<StringValue> reason;
  Span span;
};

enum class EmitKind : uint8_t { kOnClose, kOnUpdate, kEvery };

struct EmitWhen {
  EmitKind kind = EmitKind::kOnClose;
  ExprPtr every;  ///< kEvery.
  Span span;
};

/// emit on close, every 10s
struct EmitClause {
  std::vector<EmitWhen> when;
  Span span;
};

/// late after 1m -> late_events
struct LateClause {
  ExprPtr after;
  Route route;
  Span span;
};

}  // namespace weir::ast
