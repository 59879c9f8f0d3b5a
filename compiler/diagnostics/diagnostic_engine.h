#pragma once

#include <fmt/core.h>

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/diagnostics/diagnostic.h"

namespace weir {

/// Fills one reported diagnostic, to be used as a chain:
///   diags.Report(Code::kF0101, name.span).Arg(name.text).Label(decl, "declared here").Help("…");
/// The builder points into the engine and stays valid as long as the engine does.
class DiagnosticBuilder {
 public:
  explicit DiagnosticBuilder(Diagnostic* diagnostic) : diagnostic_(diagnostic) {}

  /// Fills the next `{}` of the code's default message. Surplus arguments are ignored.
  DiagnosticBuilder& Arg(std::string_view text);
  DiagnosticBuilder& Arg(int64_t number) { return Arg(std::string_view(std::to_string(number))); }
  /// Replaces the default message.
  template <typename... Args>
  DiagnosticBuilder& Message(fmt::format_string<Args...> format, Args&&... args) {
    diagnostic_->message = fmt::format(format, std::forward<Args>(args)...);
    return *this;
  }
  /// Text at the primary span.
  DiagnosticBuilder& Here(std::string text);
  /// Text at another span.
  DiagnosticBuilder& Label(Span span, std::string text);
  DiagnosticBuilder& Note(std::string text);
  DiagnosticBuilder& Help(std::string text);
  /// A replacement that is certainly what was meant (`flowc check --fix` applies it).
  DiagnosticBuilder& Fix(Span span, std::string replacement, std::string text);
  /// A replacement that is only likely.
  DiagnosticBuilder& Suggest(Span span, std::string replacement, std::string text);

  const Diagnostic& diagnostic() const { return *diagnostic_; }

 private:
  Diagnostic* diagnostic_;
  size_t filled_ = 0;  ///< Where the search for the next `{}` starts.
};

/// Collects diagnostics of one compilation. One thread. Reports never fail and never throw.
class DiagnosticEngine {
 public:
  DiagnosticEngine() = default;
  DiagnosticEngine(const DiagnosticEngine&) = delete;
  DiagnosticEngine& operator=(const DiagnosticEngine&) = delete;

  /// Severity comes from the code.
  DiagnosticBuilder Report(Code code, Span span);
  /// Takes a finished diagnostic.
  void Add(Diagnostic diagnostic);

  bool HasErrors() const { return errors_ > 0; }
  size_t ErrorCount() const { return errors_; }
  size_t WarningCount() const { return warnings_; }
  bool Empty() const { return diagnostics_.empty(); }
  size_t Size() const { return diagnostics_.size(); }

  /// By file and position, the same code at the same span once only. Stable.
  std::vector<const Diagnostic*> Sorted() const;
  /// In the order of the reports.
  const std::deque<Diagnostic>& diagnostics() const { return diagnostics_; }

 private:
  std::deque<Diagnostic> diagnostics_;
  size_t errors_ = 0;
  size_t warnings_ = 0;
};

}  // namespace weir
