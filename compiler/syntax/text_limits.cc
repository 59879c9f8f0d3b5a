#include "compiler/syntax/text_limits.h"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

#include "compiler/source/source_manager.h"
#include "compiler/source/utf8.h"

namespace weir::syntax {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Span ByteAt(const SourceFile& source, size_t offset) {
  const auto begin = static_cast<uint32_t>(offset);
  return {source.id(), begin, begin + 1};
}

}  // namespace

bool CheckText(const SourceFile& source, DiagnosticEngine& diagnostics) {
  const std::string_view text = source.text();
  if (text.size() > kMaxSourceBytes) {
    diagnostics.Report(Code::kF0033, ByteAt(source, 0))
        .Help("split it: `use \"part.flow\".{Name}` brings in what another file declares");
    return false;
  }
  if (text.starts_with(kByteOrderMark)) {
    const Span mark{source.id(), 0, static_cast<uint32_t>(kByteOrderMark.size())};
    diagnostics.Report(Code::kF0032, mark)
        .Help("save it as UTF-8 without a byte order mark")
        .Fix(mark, "", "remove the byte order mark");
    return false;
  }
  if (const auto bad = FindInvalidUtf8(text)) {
    diagnostics.Report(Code::kF0030, ByteAt(source, *bad))
        .Note(fmt::format("byte {} (0x{:02X}) is not part of a UTF-8 character", *bad,
                          static_cast<uint8_t>(text[*bad])))
        .Help("save the file as UTF-8");
    return false;
  }
  if (const size_t nul = text.find('\0'); nul != std::string_view::npos) {
    diagnostics.Report(Code::kF0031, ByteAt(source, nul))
        .Help("a .flow file is plain text; in a string write \\0");
    return false;
  }
  return true;
}

}  // namespace weir::syntax
