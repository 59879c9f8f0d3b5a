#pragma once

#include <string>
#include <vector>

#include "compiler/semantic/stage_context.h"

namespace weir::semantic {

/// One stream that is about to become part of another.
struct UnionInput {
  StreamFlow flow;
  Span span;
  std::string name;
};

/// The columns that all inputs can be brought to: those of the first, in its order, each of a type
/// that fits all. Null after a report (F0153, F0159 style) that names what differs.
SchemaPtr CommonSchema(const std::vector<UnionInput>& inputs, const std::string& target,
                       StageContext& context);

/// A node that gives the rows of `flow` the columns of `schema`; the flow itself when it has them.
/// `what` is the suffix of its name. The schema must be one it converts to.
void ProjectTo(const SchemaPtr& schema, StageContext& context, StreamFlow& flow,
               const std::string& suffix);

/// Adds the union of streams that have the columns of `schema`. Facts of all are merged.
StreamFlow MakeUnion(std::vector<UnionInput> inputs, const SchemaPtr& schema,
                     const std::string& node_name, bool junction, Span span, StageContext& context);

bool SameColumnTypes(const Schema& a, const Schema& b);

}  // namespace weir::semantic
