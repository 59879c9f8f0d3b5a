#pragma once

#include <string>
#include <vector>

#include "compiler/semantic/stage_context.h"

namespace weir::semantic {

/// What a sink says, declared or written in place.
struct SinkParts {
  std::string name;
  Span span;  ///< of the name, for messages
  ResolvedConnector connector;
  ResolvedFormat format;
  const ast::SinkDecl* decl = nullptr;  ///< null for `into file(…)`
  SchemaInfoPtr typed;                  ///< null without a type
  const ast::PiiClause* pii = nullptr;
};

/// A stream that goes in.
struct SinkInput {
  StreamFlow flow;
  Span span;
  std::string name;
  const ast::Name* after = nullptr;
};

/// Adds the sink's node: `columns {}`, masking, one row shape for all inputs, key, batch, delivery.
void CompileSink(const SinkParts& parts, std::vector<SinkInput> inputs, StageContext& context);

/// A declared sink with everything that leads to it.
void CompileDeclaredSink(const SinkInfo& sink, bool default_errors, FlowContext& shared);

/// F0603 unless the sink says `pii clear` or `pii masked`; with `masked` the columns are replaced
/// by their masked values.
void EnforcePii(const SinkParts& parts, StageContext& context, StreamFlow& flow);

}  // namespace weir::semantic
