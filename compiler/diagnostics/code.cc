#include "compiler/diagnostics/code.h"

#include "compiler/diagnostics/suggest.h"

namespace weir {
namespace {

using enum Severity;

constexpr CodeInfo kCodes[] = {
#define WEIR_DIAGNOSTIC(code, severity, message) {Code::k##code, #code, severity, message},
#include "compiler/diagnostics/diagnostics.def"
#undef WEIR_DIAGNOSTIC
};

}  // namespace

std::span<const CodeInfo> AllCodes() { return kCodes; }

const CodeInfo& InfoOf(Code code) { return kCodes[static_cast<size_t>(code)]; }

std::optional<Code> CodeFromName(std::string_view name) {
  for (const CodeInfo& info : kCodes) {
    if (EqualIgnoringCase(info.name, name)) return info.code;
  }
  return std::nullopt;
}

std::string_view SeverityName(Severity severity) {
  switch (severity) {
    case kError: return "error";
    case kWarning: return "warning";
    case kRuntime: return "runtime";
  }
  return "error";
}

}  // namespace weir
