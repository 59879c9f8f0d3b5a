#pragma once

#include "compiler/plan/sink_node.h"
#include "compiler/semantic/sink_compiler.h"

namespace weir::semantic {

/// Connector, format, key, batch, retry and delivery of a sink whose `row` is known.
void ReadSinkSettings(const SinkParts& parts, StageContext& context, plan::SinkNode& node);

/// F0159 unless each row of `flow` has what `wanted` needs; extra columns are left out.
bool CheckFits(const Schema& wanted, const StreamFlow& flow, Span span, const std::string& typed_as,
               StageContext& context);
/// `schema` with the tags that the columns of the same name have in `from` as well.
SchemaPtr WithTagsOf(const Schema& schema, const Schema& from);

}  // namespace weir::semantic
