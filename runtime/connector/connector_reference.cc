#include "runtime/connector/connector_reference.h"

#include <absl/strings/str_join.h>
#include <fmt/format.h>

namespace weir {
namespace {

std::string_view BareTypeText(OptionType type) {
  switch (type) {
    case OptionType::kString: return "string";
    case OptionType::kInteger: return "integer";
    case OptionType::kFloat: return "float";
    case OptionType::kBool: return "bool";
    case OptionType::kDuration: return "duration";
    case OptionType::kSize: return "size";
    case OptionType::kEnum: return "enum";
    case OptionType::kAny: return "any";
  }
  return "";
}

std::string UpsertText(UpsertSupport support) {
  switch (support) {
    case UpsertSupport::kNone: return "append streams only";
    case UpsertSupport::kWithKey: return "upsert streams when the sink has a key";
    case UpsertSupport::kAlways: return "append and upsert streams";
  }
  return "";
}

std::string LimitText(const OptionSpec& option, int64_t limit) {
  const Value value =
      option.type == OptionType::kDuration ? Value::Duration(limit) : Value::Int64(limit);
  return value.ToString();
}

std::string OptionNotes(const OptionSpec& option) {
  std::vector<std::string> notes;
  if (option.required) notes.emplace_back("required");
  if (option.default_value.has_value()) {
    notes.push_back(fmt::format("default `{}`", option.default_value->ToString()));
  }
  if (option.secret) notes.emplace_back("a `secret`");
  if (option.per_row) notes.emplace_back("per row");
  if (!option.example.empty()) notes.push_back(fmt::format("e.g. `{}`", option.example));
  return absl::StrJoin(notes, "; ");
}

void AppendOptions(const std::vector<OptionSpec>& options, std::string& out) {
  if (options.empty()) {
    out += "No options.\n\n";
    return;
  }
  out += "| option | type | | meaning |\n|---|---|---|---|\n";
  for (const OptionSpec& option : options) {
    std::string type = OptionTypeText(option);
    // A bar inside a table cell is written so.
    for (size_t at = 0; (at = type.find('|', at)) != std::string::npos; at += 2)
      type.insert(at, 1, '\\');
    out += fmt::format("| `{}` | {} | {} | {} |\n", option.name, type, OptionNotes(option),
                       option.doc);
  }
  out += '\n';
}

}  // namespace

std::string OptionTypeText(const OptionSpec& option) {
  if (option.type == OptionType::kEnum) {
    return absl::StrJoin(option.choices, " | ", [](std::string* out, const std::string& choice) {
      *out += '"' + choice + '"';
    });
  }
  std::string text(BareTypeText(option.type));
  if (option.min.has_value() && option.max.has_value()) {
    return fmt::format("{} {}..{}", text, LimitText(option, *option.min),
                       LimitText(option, *option.max));
  }
  if (option.min.has_value()) return fmt::format("{} ≥ {}", text, LimitText(option, *option.min));
  if (option.max.has_value()) return fmt::format("{} ≤ {}", text, LimitText(option, *option.max));
  return text;
}

std::string_view SinkGuaranteeText(SinkGuarantee guarantee) {
  switch (guarantee) {
    case SinkGuarantee::kExactlyOnce: return "exactly once";
    case SinkGuarantee::kEffectivelyOnce: return "effectively once";
    case SinkGuarantee::kAtLeastOnce: return "at least once";
    case SinkGuarantee::kBestEffort: return "best effort";
  }
  return "";
}

std::string RenderConnectorReference(const ConnectorSpec& spec) {
  std::string out = fmt::format("# {}\n\n{}\n\n", spec.name, spec.doc);
  if (!spec.available_from.empty()) out += fmt::format("**{}**\n\n", spec.available_from);
  if (spec.source.has_value()) {
    out += fmt::format(
        "## Source\n\n{}; {}.\n\n",
        spec.source->replayable ? "Can be read again from a position" : "Can't be read again",
        spec.source->bounded ? "may end by itself" : "has no end");
    AppendOptions(spec.source->options, out);
  }
  if (spec.table.has_value()) {
    out += "## Table\n\n";
    AppendOptions(spec.table->options, out);
  }
  if (spec.sink.has_value()) {
    out += fmt::format("## Sink\n\nDelivery: {}. Takes {}.\n\n",
                       SinkGuaranteeText(spec.sink->guarantee), UpsertText(spec.sink->upsert));
    AppendOptions(spec.sink->options, out);
  }
  if (!spec.examples.empty()) {
    out += "## Examples\n\n```flow-clause\n" + absl::StrJoin(spec.examples, "\n") + "\n```\n";
  }
  return out;
}

std::string RenderFormatReference(const FormatSpec& spec) {
  const char* use = spec.decodes && spec.encodes ? "Reads and writes"
                    : spec.decodes               ? "Reads"
                                                 : "Writes";
  std::string out = fmt::format("# format {}\n\n{}\n\n{} records.\n\n", spec.name, spec.doc, use);
  AppendOptions(spec.options, out);
  return out;
}

}  // namespace weir
