#pragma once

#include <memory>

#include "compiler/ast/file.h"
#include "compiler/diagnostics/diagnostic_engine.h"
#include "compiler/source/source_file.h"

namespace weir {

/// Parses one .flow file. Never fails: what could not be read is left out or flagged
/// (`Item::has_errors`, ErrorExpr, ErrorStage) and reported. A file that is too large, too deeply
/// nested or no text at all gives an empty File with `has_errors`. `source` must outlive the AST's
/// use of spans. Several threads may parse different files at once.
std::unique_ptr<ast::File> ParseFile(const SourceFile& source, DiagnosticEngine& diagnostics);

/// Parses the expression that fills `part` of `source` (holes of f-strings, arguments on the
/// command line). Null after an error, which was reported.
ast::ExprPtr ParseExpression(const SourceFile& source, Span part, DiagnosticEngine& diagnostics);

}  // namespace weir
