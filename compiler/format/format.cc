#include "compiler/format/format.h"

#include <memory>

#include "compiler/format/printer.h"
#include "compiler/syntax/parse.h"

namespace weir {
namespace {

constexpr size_t kColumns = 100;

}  // namespace

std::optional<std::string> FormatFlow(const SourceFile& source, DiagnosticEngine& diagnostics) {
  const std::unique_ptr<ast::File> file = ParseFile(source, diagnostics);
  if (file->has_errors) return std::nullopt;
  format::Printer printer(source);
  return format::Print(printer.File(*file), kColumns);
}

}  // namespace weir
