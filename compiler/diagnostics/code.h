#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace weir {

enum class Severity : uint8_t {
  kError,    ///< F codes: the file is refused.
  kWarning,  ///< W codes.
  kRuntime,  ///< R codes: never reported by the compiler, listed so that `flowc explain` knows
             ///< them.
};

/// Every diagnostic code, from diagnostics.def. A code is never used again for something else.
enum class Code : uint16_t {
#define WEIR_DIAGNOSTIC(code, severity, message) k##code,
#include "compiler/diagnostics/diagnostics.def"
#undef WEIR_DIAGNOSTIC
};

/// One line of diagnostics.def.
struct CodeInfo {
  Code code;
  std::string_view name;  ///< "F0002".
  Severity severity;
  std::string_view message;  ///< Default message; each `{}` is filled by DiagnosticBuilder::Arg.
};

/// All codes in the order of the definition file.
std::span<const CodeInfo> AllCodes();
const CodeInfo& InfoOf(Code code);
/// "F0002" -> Code::kF0002; letters in any case.
std::optional<Code> CodeFromName(std::string_view name);
/// "error", "warning", "runtime".
std::string_view SeverityName(Severity severity);

}  // namespace weir
