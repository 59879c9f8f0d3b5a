#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "compiler/diagnostics/explain.h"
#include "compiler/diagnostics/renderer.h"

namespace weir {
namespace {

using Json = nlohmann::ordered_json;

Json PositionJson(const SourceFile& file, uint32_t offset) {
  const Position at = file.PositionOf(offset);
  return {{"offset", offset}, {"line", at.line}, {"column", at.column}};
}

/// Null for a span without a file.
Json SpanJson(Span span, const SourceManager& sources) {
  const SourceFile* file = sources.Find(span);
  if (file == nullptr) return nullptr;
  return {{"begin", PositionJson(*file, span.begin)}, {"end", PositionJson(*file, span.end)}};
}

Json FileJson(Span span, const SourceManager& sources) {
  const SourceFile* file = sources.Find(span);
  return file == nullptr ? Json(nullptr) : Json(file->path());
}

Json DiagnosticJson(const Diagnostic& diagnostic, const SourceManager& sources) {
  Json out = {{"code", InfoOf(diagnostic.code).name},
              {"severity", SeverityName(diagnostic.severity)},
              {"message", diagnostic.message},
              {"file", FileJson(diagnostic.span, sources)},
              {"span", SpanJson(diagnostic.span, sources)},
              {"label", diagnostic.label},
              {"labels", Json::array()},
              {"notes", diagnostic.notes},
              {"help", diagnostic.helps}};
  for (const Label& label : diagnostic.labels) {
    out["labels"].push_back({{"file", FileJson(label.span, sources)},
                             {"span", SpanJson(label.span, sources)},
                             {"text", label.text}});
  }
  if (diagnostic.fix) {
    out["fix"] = {{"span", SpanJson(diagnostic.fix->span, sources)},
                  {"replacement", diagnostic.fix->replacement},
                  {"text", diagnostic.fix->text},
                  {"certain", diagnostic.fix->certain}};
  }
  return out;
}

Json RegionJson(Span span, const SourceFile& file) {
  const Position begin = file.PositionOf(span.begin);
  const Position end = file.PositionOf(span.end);
  return {{"startLine", begin.line}, {"startColumn", begin.column}, {"endLine", end.line},
          {"endColumn", end.column}, {"byteOffset", span.begin},    {"byteLength", span.size()}};
}

Json SarifLocation(Span span, const SourceManager& sources) {
  const SourceFile* file = sources.Find(span);
  if (file == nullptr) return nullptr;
  return {{"physicalLocation",
           {{"artifactLocation", {{"uri", file->path()}}}, {"region", RegionJson(span, *file)}}}};
}

Json SarifResult(const Diagnostic& diagnostic, const SourceManager& sources) {
  std::string text = diagnostic.message;
  for (const std::string& help : diagnostic.helps) text += "\n" + help;
  Json result = {{"ruleId", InfoOf(diagnostic.code).name},
                 {"level", diagnostic.severity == Severity::kWarning ? "warning" : "error"},
                 {"message", {{"text", text}}},
                 {"locations", Json::array()}};
  Json location = SarifLocation(diagnostic.span, sources);
  if (!location.is_null()) result["locations"].push_back(std::move(location));
  for (const Label& label : diagnostic.labels) {
    Json related = SarifLocation(label.span, sources);
    if (related.is_null()) continue;
    related["message"] = {{"text", label.text}};
    result["relatedLocations"].push_back(std::move(related));
  }
  return result;
}

std::string Dump(const Json& json) {
  // File names may hold any bytes: replaced, never thrown at.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string RenderJson(const DiagnosticEngine& diagnostics, const SourceManager& sources) {
  Json out = {{"diagnostics", Json::array()}};
  size_t warnings = 0;
  for (const Diagnostic* diagnostic : diagnostics.Sorted()) {
    out["diagnostics"].push_back(DiagnosticJson(*diagnostic, sources));
    if (diagnostic->severity == Severity::kWarning) ++warnings;
  }
  out["errors"] = out["diagnostics"].size() - warnings;
  out["warnings"] = warnings;
  return Dump(out);
}

std::string RenderSarif(const DiagnosticEngine& diagnostics, const SourceManager& sources) {
  Json rules = Json::array();
  Json results = Json::array();
  std::vector<Code> seen;
  for (const Diagnostic* diagnostic : diagnostics.Sorted()) {
    results.push_back(SarifResult(*diagnostic, sources));
    const Code code = diagnostic->code;
    if (std::find(seen.begin(), seen.end(), code) != seen.end()) continue;
    seen.push_back(code);
    rules.push_back(
        {{"id", InfoOf(code).name}, {"shortDescription", {{"text", ExplainTitle(code)}}}});
  }
  Json run = {{"tool", {{"driver", {{"name", "flowc"}, {"rules", std::move(rules)}}}}},
              {"columnKind", "unicodeCodePoints"},
              {"results", std::move(results)}};
  return Dump({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
               {"version", "2.1.0"},
               {"runs", Json::array({std::move(run)})}});
}

}  // namespace weir
