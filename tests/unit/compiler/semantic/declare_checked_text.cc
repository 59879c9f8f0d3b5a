#include "tests/unit/compiler/semantic/declare_checked_text.h"

#include <fmt/format.h>

#include "compiler/syntax/parse.h"
#include "stdlib/modules/module_texts.h"

namespace weir::semantic {

ModuleLoader::Module TestModules::Parse(const std::string& key, std::string text) {
  auto found = parsed_.find(key);
  if (found == parsed_.end()) {
    const SourceFile& source = sources_.Add(key, std::move(text));
    auto file = ParseFile(source, diagnostics_);
    found = parsed_.emplace(key, std::pair(std::move(file), &source)).first;
  }
  return {found->second.first.get(), found->second.second};
}

ModuleLoader::Module TestModules::LoadByName(const std::string& dotted) {
  if (auto found = texts_.find(dotted); found != texts_.end()) return Parse(dotted, found->second);
  std::optional<std::string_view> text = ModuleText(dotted);
  return text ? Parse(dotted, std::string(*text)) : Module{};
}

ModuleLoader::Module TestModules::LoadByPath(const std::string& path) {
  auto found = texts_.find(path);
  return found == texts_.end() ? Module{} : Parse(path, found->second);
}

std::vector<std::string> TestModules::Names() const {
  std::vector<std::string> names = ModuleNames();
  for (const auto& [name, text] : texts_) names.push_back(name);
  return names;
}

CheckedText::CheckedText() : modules_(std::make_unique<TestModules>(sources_, diagnostics_)) {
  options.functions = &TestFunctions();
  options.connectors = &TestConnectors();
  options.modules = modules_.get();
  options.environment = [this](const std::string& name) -> std::optional<std::string> {
    auto found = environment.find(name);
    if (found == environment.end()) return std::nullopt;
    return found->second;
  };
}

std::string CheckedText::Build(std::string text) {
  const SourceFile& source = sources_.Add("test.flow", std::move(text));
  file_ = ParseFile(source, diagnostics_);
  Result<std::unique_ptr<Catalog>> built = Catalog::Build(*file_, sources_, options, diagnostics_);
  if (!built.ok()) return built.status().message();
  catalog_ = *std::move(built);
  return "";
}

std::string CheckedText::Codes() const {
  std::string codes;
  for (const Diagnostic* diagnostic : diagnostics_.Sorted()) {
    if (!codes.empty()) codes += " ";
    codes += InfoOf(diagnostic->code).name;
  }
  return codes;
}

std::string CheckedText::Report() const {
  std::string text;
  for (const Diagnostic* diagnostic : diagnostics_.Sorted()) {
    text += fmt::format("{} {}\n", InfoOf(diagnostic->code).name, diagnostic->message);
    if (!diagnostic->label.empty()) text += fmt::format("  here: {}\n", diagnostic->label);
    for (const Label& label : diagnostic->labels) text += fmt::format("  there: {}\n", label.text);
    for (const std::string& note : diagnostic->notes) text += fmt::format("  note: {}\n", note);
    for (const std::string& help : diagnostic->helps) text += fmt::format("  help: {}\n", help);
  }
  return text;
}

const ast::Expr& CheckedText::ParseExpr(const std::string& text) {
  const SourceFile& source = sources_.Add("expression", text);
  exprs_.push_back(ParseExpression(source, source.Whole(), diagnostics_));
  return *exprs_.back();
}

Scope CheckedText::ScopeOf(const std::string& row) const {
  SchemaInfoPtr schema = catalog_->FindSchema(row);
  return Scope::OfSchema(*schema->schema, fmt::format("`{}`", row));
}

plan::ExprPtr CheckedText::Bind(const std::string& text, const std::string& row,
                                const std::optional<DataType>& expected) {
  return BindIn(text, ScopeOf(row), expected);
}

plan::ExprPtr CheckedText::BindIn(const std::string& text, const Scope& scope,
                                  const std::optional<DataType>& expected) {
  const ast::Expr& expr = ParseExpr(text);
  return ExprBinder(*catalog_).Bind(expr, scope, expected);
}

plan::AggregateCall CheckedText::BindAggregate(const std::string& text, const std::string& row) {
  const ast::Expr& expr = ParseExpr(text);
  return ExprBinder(*catalog_).BindAggregate(expr, ScopeOf(row));
}

}  // namespace weir::semantic
