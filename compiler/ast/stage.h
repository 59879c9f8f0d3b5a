#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "compiler/ast/clauses.h"
#include "compiler/ast/keyed_state.h"

namespace weir::ast {

enum class StageKind : uint8_t {
  kWhere,
  kSelect,
  kExtend,
  kSet,
  kWithout,
  kValidate,
  kDedupe,
  kLookup,
  kJoin,
  kAggregate,
  kSession,
  kProcess,
  kAnomaly,
  kRoute,
  kUnion,
  kFlatten,
  kTop,
  kSort,
  kLimit,
  kSample,
  kRekey,
  kApply,
  kInto,
  kError,
};

/// The word a stage starts with: "where", "aggregate"; "" for kError.
const char* StageWord(StageKind kind);

/// Base of all stages: |> @annotation label: word …
struct Stage {
  StageKind kind;
  Span span;     ///< From `|>` to the end of the stage.
  Span keyword;  ///< The word that names the stage.
  std::vector<Annotation> annotations;
  std::optional<Name> label;  ///< Identity of the state.

  explicit Stage(StageKind k) : kind(k) {}
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  virtual ~Stage() = default;

  template <typename T>
  const T& As() const {
    return static_cast<const T&>(*this);
  }
};

using StagePtr = std::unique_ptr<Stage>;

template <StageKind kind_of>
struct StageOf : Stage {
  static constexpr StageKind kKind = kind_of;
  StageOf() : Stage(kind_of) {}
};

/// from a, b |> …
struct Pipeline {
  std::vector<Name> inputs;
  std::vector<StagePtr> stages;
  Span span;
};

struct WhereStage : StageOf<StageKind::kWhere> {
  ExprPtr condition;
};

/// `*`, `* except (a, b)`, or expr [as name]
struct SelectItem {
  bool star = false;
  std::vector<Name> except;
  ExprPtr expr;  ///< Null for `*`.
  std::optional<Name> alias;
  Span span;
};

struct SelectStage : StageOf<StageKind::kSelect> {
  std::vector<SelectItem> items;
};

struct ExtendStage : StageOf<StageKind::kExtend> {
  std::vector<Assignment> assignments;
};

struct SetStage : StageOf<StageKind::kSet> {
  std::vector<Assignment> assignments;
};

struct WithoutStage : StageOf<StageKind::kWithout> {
  std::vector<Name> names;
};

/// [warn] name: condition [message "…"]
struct ValidateRule {
  bool warn = false;
  Name name;
  ExprPtr condition;
  std::optional<StringValue> message;
  Span span;
};

struct ValidateStage : StageOf<StageKind::kValidate> {
  std::vector<ValidateRule> rules;
  Route route;
};

struct DedupeStage : StageOf<StageKind::kDedupe> {
  KeyList by;
  ExprPtr within;
  std::optional<Route> route;
};

struct LookupStage : StageOf<StageKind::kLookup> {
  Name table;
  std::optional<Name> alias;
  KeyList on;
  std::vector<Assignment> assignments;
  std::optional<ErrorClause> on_error;
};

enum class JoinKind : uint8_t { kInner, kLeft, kFull };

struct JoinStage : StageOf<StageKind::kJoin> {
  std::optional<JoinKind> join;  ///< Not written: inner.
  Name right;
  std::optional<Name> alias;
  ExprPtr on;
  ExprPtr within_low;   ///< Interval join; null for a temporal join.
  ExprPtr within_high;  ///< As above.
  ExprPtr as_of;        ///< Temporal join; null for an interval join.
  std::optional<Route> unmatched;
  std::optional<LateClause> late;
};

enum class WindowKind : uint8_t { kTumbling, kSliding, kCumulating, kSession, kRows };

struct WindowSpec {
  WindowKind kind = WindowKind::kTumbling;
  ExprPtr size;    ///< Size, session gap, or number of rows.
  ExprPtr every;   ///< Sliding, cumulating.
  ExprPtr offset;  ///< Tumbling; null without one.
  ExprPtr max;     ///< Session; null without one.
  Span span;
};

struct AggregateStage : StageOf<StageKind::kAggregate> {
  std::vector<Assignment> aggregates;
  std::optional<KeyList> by;
  std::optional<WindowSpec> over;
  std::optional<EmitClause> emit;
  std::optional<LateClause> late;
  std::optional<AmountClause> ttl;
  std::optional<ErrorClause> on_error;
};

struct SessionStage : StageOf<StageKind::kSession> {
  KeyList by;
  ExprPtr gap;
  ExprPtr max;  ///< Null without one.
  KeyedParts parts;
};

struct ProcessStage : StageOf<StageKind::kProcess> {
  KeyList by;
  ExprPtr ttl;
  KeyedParts parts;
};

/// anomaly of x by k using zscore(…) as a
struct AnomalyStage : StageOf<StageKind::kAnomaly> {
  ExprPtr value;
  std::optional<KeyList> by;
  CallOnly detector;
  Name alias;
};

/// when condition -> target, or else route
struct RouteArm {
  ExprPtr condition;  ///< Null for `else`.
  Route route;
  Span span;
};

struct RouteStage : StageOf<StageKind::kRoute> {
  std::vector<RouteArm> arms;
};

struct UnionStage : StageOf<StageKind::kUnion> {
  std::vector<Name> streams;
};

struct FlattenStage : StageOf<StageKind::kFlatten> {
  ExprPtr value;
  std::optional<Name> alias;
};

struct TopStage : StageOf<StageKind::kTop> {
  ExprPtr count;
  KeyList by;
  std::optional<KeyList> per;
};

enum class SortOrder : uint8_t { kDefault, kAscending, kDescending };

struct SortItem {
  ExprPtr expr;
  SortOrder order = SortOrder::kDefault;  ///< Not written: ascending.
  Span span;
};

struct SortStage : StageOf<StageKind::kSort> {
  std::vector<SortItem> items;
};

struct LimitStage : StageOf<StageKind::kLimit> {
  ExprPtr count;
  std::optional<KeyList> per;
};

struct SampleStage : StageOf<StageKind::kSample> {
  ExprPtr fraction;
};

struct RekeyStage : StageOf<StageKind::kRekey> {
  KeyList by;
};

struct ApplyStage : StageOf<StageKind::kApply> {
  QualifiedName name;
  CallArgs args;
};

/// into connector(…) [pii …] [after sink], or into a, b [after sink]
struct IntoStage : StageOf<StageKind::kInto> {
  std::optional<Connector> connector;
  std::optional<PiiClause> pii;  ///< Only with a connector.
  std::vector<Name> targets;     ///< Sinks or streams; empty with a connector.
  std::optional<Name> after;
};

/// Stands where a stage could not be read; a diagnostic was already reported.
struct ErrorStage : StageOf<StageKind::kError> {};

}  // namespace weir::ast
