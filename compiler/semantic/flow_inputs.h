#pragma once

#include "compiler/semantic/stage_context.h"

namespace weir::semantic {

/// A source's node: connector, decoder, time, rate, where bad records go.
void CompileSource(const SourceInfo& source, bool default_errors, FlowContext& shared);
/// What a lookup needs to know about a table.
void CompileTable(const TableInfo& table, FlowContext& shared);
/// A stream without a body: the union of everything that routes and `into` send there.
void CompileJunction(const StreamInfo& stream, FlowContext& shared);

/// The decoder of a schema. Column i of the output is field i.
plan::DecodeSpec MakeDecode(const SchemaInfo& schema, const ResolvedFormat& format,
                            const ConnectorCall& connector);

}  // namespace weir::semantic
