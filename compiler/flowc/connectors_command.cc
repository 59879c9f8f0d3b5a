#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "compiler/flowc/command.h"
#include "compiler/flowc/frontend.h"
#include "compiler/flowc/terminal.h"

namespace weir::flowc {
namespace {

using Json = nlohmann::ordered_json;

std::string_view TypeName(const OptionSpec& option) {
  switch (option.type) {
    case OptionType::kString: return "string";
    case OptionType::kInteger: return "integer";
    case OptionType::kFloat: return "float";
    case OptionType::kBool: return "bool";
    case OptionType::kDuration: return "duration";
    case OptionType::kSize: return "size";
    case OptionType::kEnum: return "one of";
    case OptionType::kAny: return "any";
  }
  return "any";
}

std::string TypeText(const OptionSpec& option) {
  std::string text(TypeName(option));
  for (size_t i = 0; i < option.choices.size(); ++i) {
    text += (i == 0 ? " " : ", ") + option.choices[i];
  }
  if (option.required) text += ", required";
  if (option.secret) text += ", a secret";
  if (option.default_value) text += ", default " + option.default_value->ToString();
  return text;
}

Json OptionsJson(const std::vector<OptionSpec>& options) {
  Json all = Json::array();
  for (const OptionSpec& option : options) {
    Json json = {{"name", option.name},
                 {"type", TypeName(option)},
                 {"doc", option.doc},
                 {"required", option.required}};
    if (option.default_value) json["default"] = option.default_value->ToString();
    if (!option.choices.empty()) json["choices"] = option.choices;
    if (option.secret) json["secret"] = true;
    if (option.per_row) json["per_row"] = true;
    if (!option.example.empty()) json["example"] = option.example;
    all.push_back(std::move(json));
  }
  return all;
}

Json ToJson(const ConnectorSpec& spec) {
  Json json = {{"name", spec.name}, {"doc", spec.doc}};
  if (spec.source) json["source"] = OptionsJson(spec.source->options);
  if (spec.sink) json["sink"] = OptionsJson(spec.sink->options);
  if (spec.table) json["table"] = OptionsJson(spec.table->options);
  json["examples"] = spec.examples;
  if (!spec.available_from.empty()) json["available_from"] = spec.available_from;
  return json;
}

void PrintOptions(std::string_view role, const std::vector<OptionSpec>& options) {
  Print(fmt::format("\nAs a {}:\n", role));
  for (const OptionSpec& option : options) {
    Print(fmt::format("  {:<18} {}\n", option.name, TypeText(option)));
    Print(fmt::format("  {:<18} {}\n", "", option.doc));
  }
}

std::string Roles(const ConnectorSpec& spec) {
  std::string roles;
  const auto add = [&roles](bool has, std::string_view role) {
    if (has) roles += fmt::format("{}{}", roles.empty() ? "" : ", ", role);
  };
  add(spec.source.has_value(), "source");
  add(spec.sink.has_value(), "sink");
  add(spec.table.has_value(), "table");
  return roles;
}

class ConnectorsCommand final : public Command {
 public:
  std::string name() const override { return "connectors"; }
  std::string summary() const override { return "Lists connectors, or shows the options of one"; }
  std::string examples() const override {
    return "  flowc connectors\n  flowc connectors file\n  flowc connectors --json kafka";
  }
  void Define(CLI::App& app) override {
    app.add_option("name", name_, "Show this connector")->type_name("NAME");
    app.add_flag("--json", json_, "As JSON");
  }

  int Run() override {
    const Frontend frontend;
    if (!name_.empty()) return ShowOne(frontend.connectors().Find(name_));
    Json all = Json::array();
    for (const auto& spec : frontend.connectors().connectors()) {
      if (json_) {
        all.push_back(ToJson(*spec));
        continue;
      }
      Print(fmt::format("{:<12} {:<20} {}{}\n", spec->name, Roles(*spec), spec->doc,
                        spec->available_from.empty() ? "" : " (not running yet)"));
    }
    if (json_) Print(all.dump(2) + "\n");
    return kExitOk;
  }

 private:
  int ShowOne(const ConnectorSpec* spec) const {
    if (spec == nullptr) {
      Log(fmt::format("there is no connector {}", name_));
      return kExitUsage;
    }
    if (json_) {
      Print(ToJson(*spec).dump(2) + "\n");
      return kExitOk;
    }
    Print(fmt::format("{}: {}\n", spec->name, spec->doc));
    if (!spec->available_from.empty()) {
      Print(fmt::format("Cannot run yet; it comes with: {}\n", spec->available_from));
    }
    if (spec->source) PrintOptions("source", spec->source->options);
    if (spec->sink) PrintOptions("sink", spec->sink->options);
    if (spec->table) PrintOptions("table", spec->table->options);
    if (!spec->examples.empty()) Print("\nExamples:\n");
    for (const std::string& example : spec->examples) Print("  " + example + "\n");
    return kExitOk;
  }

  std::string name_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeConnectorsCommand() { return std::make_unique<ConnectorsCommand>(); }

}  // namespace weir::flowc
