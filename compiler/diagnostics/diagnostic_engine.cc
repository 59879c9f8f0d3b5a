#include "compiler/diagnostics/diagnostic_engine.h"

#include <algorithm>
#include <tuple>

namespace weir {
namespace {

auto Place(const Diagnostic& diagnostic) {
  return std::tuple(diagnostic.span.file, diagnostic.span.begin, diagnostic.span.end);
}

}  // namespace

DiagnosticBuilder& DiagnosticBuilder::Arg(std::string_view text) {
  std::string& message = diagnostic_->message;
  const size_t hole = message.find("{}", filled_);
  if (hole == std::string::npos) return *this;
  message.replace(hole, 2, text);
  filled_ = hole + text.size();
  return *this;
}

DiagnosticBuilder& DiagnosticBuilder::Here(std::string text) {
  diagnostic_->label = std::move(text);
  return *this;
}

DiagnosticBuilder& DiagnosticBuilder::Label(Span span, std::string text) {
  diagnostic_->labels.push_back({span, std::move(text)});
  return *this;
}

DiagnosticBuilder& DiagnosticBuilder::Note(std::string text) {
  diagnostic_->notes.push_back(std::move(text));
  return *this;
}

DiagnosticBuilder& DiagnosticBuilder::Help(std::string text) {
  if (!text.empty()) diagnostic_->helps.push_back(std::move(text));
  return *this;
}

DiagnosticBuilder& DiagnosticBuilder::Fix(Span span, std::string replacement, std::string text) {
  diagnostic_->fix = FixIt{span, std::move(replacement), std::move(text), true};
  return *this;
}

DiagnosticBuilder& DiagnosticBuilder::Suggest(Span span, std::string replacement,
                                              std::string text) {
  diagnostic_->fix = FixIt{span, std::move(replacement), std::move(text), false};
  return *this;
}

DiagnosticBuilder DiagnosticEngine::Report(Code code, Span span) {
  const CodeInfo& info = InfoOf(code);
  Diagnostic& diagnostic = diagnostics_.emplace_back();
  diagnostic.code = code;
  diagnostic.severity = info.severity;
  diagnostic.message = info.message;
  diagnostic.span = span;
  ++(info.severity == Severity::kWarning ? warnings_ : errors_);
  return DiagnosticBuilder(&diagnostic);
}

void DiagnosticEngine::Add(Diagnostic diagnostic) {
  ++(diagnostic.severity == Severity::kWarning ? warnings_ : errors_);
  diagnostics_.push_back(std::move(diagnostic));
}

std::vector<const Diagnostic*> DiagnosticEngine::Sorted() const {
  std::vector<const Diagnostic*> sorted;
  sorted.reserve(diagnostics_.size());
  for (const Diagnostic& diagnostic : diagnostics_) sorted.push_back(&diagnostic);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Diagnostic* a, const Diagnostic* b) { return Place(*a) < Place(*b); });
  auto same = [](const Diagnostic* a, const Diagnostic* b) {
    return a->code == b->code && a->span == b->span && a->message == b->message;
  };
  sorted.erase(std::unique(sorted.begin(), sorted.end(), same), sorted.end());
  return sorted;
}

}  // namespace weir
