#include <re2/re2.h>

#include "stdlib/api/function_builder.h"
#include "stdlib/api/scalar_kernels.h"
#include "stdlib/scalar/string/string_functions.h"

namespace weir {
namespace {

/// A pattern is compiled once per use in a plan; RE2 runs in time linear in the text.
Result<std::shared_ptr<const void>> BindPattern(std::span<const Value* const> constants) {
  if (constants[1] == nullptr || constants[1]->is_null()) {
    return InvalidArgumentError("the pattern must be a constant");
  }
  RE2::Options options;
  options.set_log_errors(false);
  auto pattern = std::make_shared<RE2>(constants[1]->as_string(), options);
  if (!pattern->ok()) {
    return InvalidArgumentError("not a regular expression: {}", pattern->error());
  }
  return std::shared_ptr<const void>(std::move(pattern));
}

/// Group 1 where the pattern has groups, else the whole match.
std::optional<std::string_view> Extract(KernelRow& row, std::string_view text, std::string_view) {
  const auto& pattern = row.bound<RE2>();
  const int groups = pattern.NumberOfCapturingGroups() > 0 ? 2 : 1;
  re2::StringPiece found[2];
  const re2::StringPiece subject(text.data(), text.size());
  if (!pattern.Match(subject, 0, text.size(), RE2::UNANCHORED, found, groups)) return std::nullopt;
  const re2::StringPiece& match = found[groups - 1];
  if (match.data() == nullptr) return std::nullopt;
  return std::string_view(match.data(), match.size());
}

Text ReplaceAll(KernelRow& row, std::string_view text, std::string_view, std::string_view to) {
  row.text = text;
  RE2::GlobalReplace(&row.text, row.bound<RE2>(), re2::StringPiece(to.data(), to.size()));
  return {};
}

ParamDef Pattern() {
  return ConstantParam(Param("pattern", DataType::String(), "an RE2 pattern: `r\"\\d+\"`"));
}

}  // namespace

const std::vector<FunctionDef>& RegexFunctions() {
  const DataType text = DataType::String();
  static const std::vector<FunctionDef> functions = {
      FunctionBuilder("regex_extract", "string",
                      "The first match of the pattern: of its first group if it has one. Null "
                      "without a match.")
          .Takes({Param("text", text, "a text"), Pattern()}, text.AsOptional(), &RowKernel<Extract>,
                 &BindPattern)
          .Example("regex_extract(\"order 4711\", r\"[0-9]+\")", "\"4711\"")
          .Example("regex_extract(\"a=1;b=2\", r\"b=([0-9])\")", "\"2\"")
          .Example("regex_extract(\"none\", r\"[0-9]+\")", "null"),
      FunctionBuilder("regex_replace", "string",
                      "The text with every match of the pattern replaced; `\\1` in the replacement "
                      "is the first group.")
          .Takes({Param("text", text, "a text"), Pattern(),
                  Param("replacement", text, "what to put there")},
                 text, &RowKernel<ReplaceAll>, &BindPattern)
          .Example("regex_replace(\"a1b22\", r\"[0-9]+\", \"#\")", "\"a#b#\"")
          .Example("regex_replace(\"2026-03\", r\"([0-9]+)-([0-9]+)\", r\"\\2/\\1\")",
                   "\"03/2026\""),
  };
  return functions;
}

}  // namespace weir
