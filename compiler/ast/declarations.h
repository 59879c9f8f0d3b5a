#pragma once

#include <optional>
#include <vector>

#include "compiler/ast/clauses.h"
#include "compiler/ast/item.h"
#include "compiler/ast/stage.h"

namespace weir::ast {

/// use a.b.{C, D} | use "file.flow" as x
struct UseDecl : ItemOf<ItemKind::kUse> {
  QualifiedName module;             ///< Empty if a path is given.
  std::optional<StringValue> path;  ///< Relative to the file.
  std::vector<Name> names;          ///< `.{A, B}`; empty: the module as a whole.
  std::optional<Name> alias;        ///< `as x`.
};

/// param name: type = default where condition
struct ParamDecl : ItemOf<ItemKind::kParam> {
  TypeRefPtr type;        ///< Null if not given.
  ExprPtr default_value;  ///< Null without one.
  ExprPtr where;          ///< Null without one.
};

/// secret name = env("X")
struct SecretDecl : ItemOf<ItemKind::kSecret> {
  CallOnly value;
};

/// Rebinds all connectors of a kind.
struct ProfileReplace {
  Name kind;
  Connector connector;
  Span span;
};

/// source|table from, sink to: rebinds one of them.
struct ProfileBinding {
  enum class Target : uint8_t { kSource, kTable, kSink };
  Target target = Target::kSource;
  Name name;
  Connector connector;
  Span span;
};

struct ProfileDecl : ItemOf<ItemKind::kProfile> {
  bool is_default = false;
  std::optional<Name> extends;
  std::vector<Assignment> params;
  std::vector<ProfileReplace> replaces;
  std::vector<ProfileBinding> bindings;
};

/// type name = type where condition
struct TypeDecl : ItemOf<ItemKind::kType> {
  TypeRefPtr type;
  ExprPtr where;  ///< Null without one.
};

enum class ExtraKind : uint8_t { kIgnore, kReject, kInto };

/// ... ignore | reject | into field: what happens to unknown keys.
struct ExtraClause {
  ExtraKind kind = ExtraKind::kIgnore;
  Name into;
  Span span;
};

/// schema name [extends base] { … }, or schema name = importer(…) { overrides }
struct SchemaDecl : ItemOf<ItemKind::kSchema> {
  std::optional<Name> extends;
  std::optional<CallOnly> import;
  bool has_body = false;
  std::vector<FieldDecl> fields;
  std::optional<ExtraClause> extra;
};

/// name: type = default; also a parameter of a template.
struct FnParam {
  Name name;
  TypeRefPtr type;
  ExprPtr default_value;  ///< Null without one.
  Span span;
};

/// fn name(params) -> type = body
struct FunctionDecl : ItemOf<ItemKind::kFunction> {
  std::vector<FnParam> params;
  Span params_span;   ///< With the parentheses.
  TypeRefPtr result;  ///< Null if not given.
  ExprPtr body;
};

/// template name(params) on type = stages
struct TemplateDecl : ItemOf<ItemKind::kTemplate> {
  std::vector<FnParam> params;
  Span params_span;  ///< With the parentheses.
  TypeRefPtr on;     ///< Null if not given.
  std::vector<StagePtr> stages;
};

enum class WatermarkKind : uint8_t { kLag, kAscending, kNone };

/// time expr watermark lag 10s idle 30s advance
struct TimeClause {
  ExprPtr time;
  WatermarkKind watermark = WatermarkKind::kNone;
  ExprPtr lag;   ///< kLag.
  ExprPtr idle;  ///< Null without one.
  bool advance = false;
  Span watermark_span;
  Span span;
};

/// rate low..high
struct RateClause {
  ExprPtr low;
  ExprPtr high;
  Span span;
};

struct SourceDecl : ItemOf<ItemKind::kSource> {
  TypeRefPtr type;
  std::optional<Connector> from;
  std::optional<FormatClause> format;
  std::optional<KeyList> key;
  std::optional<TimeClause> time;
  std::optional<RateClause> rate;
  std::optional<AmountClause> future;
  std::optional<ErrorClause> on_error;
};

/// cache 100_000 rows ttl 15m negative 1m
struct CacheClause {
  ExprPtr rows;
  ExprPtr ttl;
  ExprPtr negative;  ///< Null without one.
  Span span;
};

/// A clause that is one expression.
struct ExprClause {
  ExprPtr expr;
  Span span;
};

/// versioned by expr retain amount
struct VersionedClause {
  ExprPtr by;
  ExprPtr retain;  ///< Null without one.
  Span span;
};

struct TableDecl : ItemOf<ItemKind::kTable> {
  TypeRefPtr type;
  std::optional<Connector> from;
  std::optional<FormatClause> format;
  std::optional<KeyList> key;
  std::optional<CacheClause> cache;
  std::optional<AmountClause> refresh;
  std::optional<Span> warm;  ///< `warm on start`.
  std::optional<ExprClause> where;
  std::optional<VersionedClause> versioned;
};

/// batch 10_000 rows or 2s or checkpoint
struct BatchClause {
  std::vector<ExprPtr> limits;  ///< Rows (an int), sizes, durations.
  bool rows_word = false;       ///< `rows` was written after the first limit.
  bool checkpoint = false;
  Span span;
};

/// retry 5 backoff 200ms..10s
struct RetryClause {
  ExprPtr attempts;
  ExprPtr backoff_low;
  ExprPtr backoff_high;
  Span span;
};

/// delivery exactly_once
struct DeliveryClause {
  Name mode;
  Span span;
};

/// columns { a = expr }
struct ColumnsClause {
  std::vector<Assignment> columns;
  Span span;
};

struct SinkDecl : ItemOf<ItemKind::kSink> {
  TypeRefPtr type;  ///< Null if not given.
  std::optional<Connector> to;
  std::optional<FormatClause> format;
  std::optional<KeyList> key;
  std::optional<BatchClause> batch;
  std::optional<RetryClause> retry;
  std::optional<DeliveryClause> delivery;
  std::optional<PiiClause> pii;
  std::optional<ColumnsClause> columns;
  std::optional<ErrorClause> on_error;
};

/// stream name: type = from …; without a body a junction fed by routes.
struct StreamDecl : ItemOf<ItemKind::kStream> {
  TypeRefPtr type;  ///< Null if not given.
  std::optional<Pipeline> body;
};

/// view name key (a, b) retain 90d to connector(…) = from …
struct ViewDecl : ItemOf<ItemKind::kView> {
  std::vector<Name> key;
  std::optional<AmountClause> retain;
  std::optional<Connector> to;
  Pipeline body;
};

/// from x |> … |> into y, without a name.
struct FlowDecl : ItemOf<ItemKind::kFlow> {
  Pipeline pipeline;
};

struct AlertDecl : ItemOf<ItemKind::kAlert> {
  ExprPtr when;          ///< Null if not given.
  ExprPtr for_duration;  ///< Null if not given.
  std::optional<Name> severity;
  std::vector<Name> notify;
  ExprPtr message;  ///< StringLiteral or FStringLiteral; null if not given.
};

struct SloDecl : ItemOf<ItemKind::kSlo> {
  ExprPtr when;
  ExprPtr objective;
  ExprPtr over;
  std::vector<Name> notify;
};

}  // namespace weir::ast
