#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/plan/logical_node.h"
#include "runtime/base/clock.h"
#include "runtime/connector/connector_options.h"
#include "runtime/types/value_rules.h"

namespace weir::plan {

/// What happens to keys of a record that the schema does not declare.
enum class UnknownKeys : uint8_t { kIgnore, kReject, kCollect };

/// What a part of a field must satisfy: `list<T>` and `map<K, T>` with a `where` on T.
struct PartDemand {
  static constexpr int kElement = -1;  ///< each element of a list, each value of a map
  std::vector<int> path;               ///< fields of structs by position, kElement
  ExprPtr constraint;                  ///< over the part as column 0; a null part satisfies it
  std::string text;                    ///< as written
};

/// One declared field of the records of a source or table, as the decoder must treat it.
struct DecodedField {
  std::string name;
  DataType type;                       ///< optional when null or absence is fine
  std::optional<Value> default_value;  ///< for an absent key
  /// `where`: column 0 of its input is the decoded value; a false one makes the record a dead
  /// letter.
  ExprPtr constraint;
  std::string constraint_text;  ///< as written, for the reason
  /// Column of the output, or -1: validated, not materialized (projection pushdown).
  int output = 0;
  ValueRulesPtr rules = nullptr;       ///< of an imported schema; null: none
  std::vector<PartDemand> parts = {};  ///< inside lists and maps
};

/// How records become rows: every declared field is validated, only the needed ones materialized.
struct DecodeSpec {
  std::string format = "json";  ///< json, csv, raw, …
  ConnectorOptions format_options;
  std::vector<DecodedField> fields;  ///< in schema order
  UnknownKeys unknown_keys = UnknownKeys::kIgnore;
  int collect_output = -1;     ///< column of type map<string, V> for kCollect
  int64_t max_line = 1 << 20;  ///< bytes; a longer record is a dead letter
};

enum class WatermarkKind : uint8_t { kNone, kLag, kAscending };

struct TimeSpec {
  ExprPtr time;  ///< over the decoded row; null without event time
  WatermarkKind watermark = WatermarkKind::kNone;
  Micros lag = 0;
  std::optional<Micros> idle;
  bool idle_advance = false;
  Micros future = 5 * 60 * kMicrosPerSecond;  ///< skew guard; beyond it a row takes the error route
};

struct SourceNode final : LogicalNodeOf<SourceNode> {
  SourceNode() : LogicalNodeOf(NodeKind::kSource) {}
  std::string source;         ///< declared name
  uint32_t source_index = 0;  ///< position among the plan's sources; goes into row origins
  ConnectorCall connector;
  DecodeSpec decode;
  TimeSpec time;
  std::vector<ExprPtr> key;
  int64_t rate_min = 0, rate_max = 0;  ///< rows per second; 0 = no limit
  Route dead_letter;                   ///< decode failures, future rows

  std::string Describe() const override;
  void VisitExprs(const std::function<void(ExprPtr&)>& visit) override;
};

/// An external table that `lookup` reads; not part of the row flow.
struct TableSpec {
  std::string name;
  SchemaPtr schema;
  ConnectorCall connector;
  DecodeSpec decode;
  std::vector<int> key;  ///< columns
  ExprPtr where;         ///< over the table's row
  int64_t cache_rows = 0;
  Micros cache_ttl = 0, negative_ttl = 0;
  Micros refresh_every = 0;
  bool warm_on_start = false;
  Span span;
};

}  // namespace weir::plan
