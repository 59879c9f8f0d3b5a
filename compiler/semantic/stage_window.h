#pragma once

#include <optional>
#include <string>

#include "compiler/ast/stage.h"
#include "compiler/plan/aggregate_node.h"
#include "compiler/semantic/stage_context.h"

namespace weir::semantic {

/// `over tumbling 5m`: sizes checked (F0302), the watermark too (F0301).
void BindWindow(const ast::WindowSpec& spec, StageContext& context, const StreamFlow& flow,
                plan::WindowSpec& window);

/// What `emit` can mean where it stands.
enum class EmitPlace : uint8_t { kWindow, kRunning, kSession, kProcess };

/// The clause, or what holds without one: `on close`, and `on update` where nothing closes.
plan::EmitSpec ReadEmit(const std::optional<ast::EmitClause>& clause, EmitPlace place,
                        StageContext& context);

/// F0305.
/// Remembers the longest `late after` of a stream, for views.
void NoteLateness(Micros lateness, Span span, StreamFlow& flow);

void ReportLateMissing(StageContext& context, Span span, const std::string& what);

}  // namespace weir::semantic
