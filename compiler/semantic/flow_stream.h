#pragma once

#include <string>
#include <vector>

#include "compiler/plan/logical_node.h"
#include "compiler/source/span.h"
#include "runtime/base/clock.h"
#include "runtime/types/schema.h"

namespace weir::semantic {

/// A stream between two stages: where its rows come from and what is known about them.
struct StreamFlow {
  plan::InputRef ref;
  SchemaPtr schema;  ///< types narrowed by `where`, personal values tagged
  plan::StreamMode mode;
  /// Something upstream was reported: what follows keeps quiet and builds nothing.
  bool broken = false;

  /// Whether a watermark moves over the rows, and which source is to blame when not.
  bool has_watermark = true;
  std::string no_watermark_source;
  Span no_watermark_span;

  /// First function upstream that gives another value after a restart; "" if none.
  std::string volatile_function;
  Span volatile_span;

  /// How the original bytes of a row must be masked: a source upstream has personal fields.
  PiiTag payload_pii;
  Micros lag = 0;       ///< the largest of the sources' watermarks
  Micros lateness = 0;  ///< the largest `late after` upstream
  Span late_after;      ///< where it stands
  /// Columns by which the records of the only source upstream are keyed; empty: not known.
  std::vector<std::string> source_key;
  std::string keyed_source;
  Span source_key_span;
  Micros slide = 0;  ///< of the window the rows come from; 0: none
  Span sampled;      ///< `sample` or `limit` upstream; invalid if none
  std::string sampled_word;
};

/// A stream that failed: of the given schema if anything is known about it.
inline StreamFlow BrokenFlow(SchemaPtr schema = nullptr) {
  StreamFlow flow;
  flow.broken = true;
  flow.schema = schema != nullptr ? std::move(schema) : Schema::Make({});
  return flow;
}

/// What two streams that become one have in common.
void MergeFacts(const StreamFlow& from, StreamFlow& into);

}  // namespace weir::semantic
