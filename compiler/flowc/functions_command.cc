#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "compiler/flowc/command.h"
#include "compiler/flowc/frontend.h"
#include "compiler/flowc/terminal.h"

namespace weir::flowc {
namespace {

using Json = nlohmann::ordered_json;

std::string Parameters(const std::vector<ParamDef>& params) {
  std::string text = "(";
  for (const ParamDef& param : params) {
    if (text.size() > 1) text += ", ";
    text += param.name + ": " + param.type.ToString();
    if (param.variadic) text += "…";
    if (param.default_value) text += " = " + param.default_value->ToString();
  }
  return text + ")";
}

/// Scalar functions and aggregates look the same to a reader.
struct Entry {
  std::string name;
  std::string category;
  std::string doc;
  std::vector<std::string> signatures;
  std::vector<FunctionExample> examples;
};

template <typename Def>
Entry Describe(const Def& def, std::string category) {
  Entry entry{def.name, std::move(category), def.doc, {}, def.examples};
  for (const auto& overload : def.overloads) {
    entry.signatures.push_back(def.name + Parameters(overload.params));
  }
  return entry;
}

Json ToJson(const Entry& entry) {
  Json examples = Json::array();
  for (const FunctionExample& example : entry.examples) {
    examples.push_back({{"expression", example.expression}, {"result", example.result}});
  }
  return {{"name", entry.name},
          {"category", entry.category},
          {"doc", entry.doc},
          {"signatures", entry.signatures},
          {"examples", examples}};
}

std::string FirstSentence(const std::string& doc) {
  const size_t end = doc.find(". ");
  const std::string sentence = end == std::string::npos ? doc : doc.substr(0, end + 1);
  return sentence.substr(0, sentence.find('\n'));
}

class FunctionsCommand final : public Command {
 public:
  std::string name() const override { return "functions"; }
  std::string summary() const override {
    return "Lists the functions of the language, or shows one";
  }
  std::string examples() const override {
    return "  flowc functions\n  flowc functions truncate\n  flowc functions --json";
  }
  void Define(CLI::App& app) override {
    app.add_option("name", name_, "Show this function")->type_name("NAME");
    app.add_flag("--json", json_, "As JSON");
  }

  int Run() override {
    const std::vector<Entry> entries = Collect();
    if (entries.empty()) {
      Log(fmt::format("there is no function {}", name_));
      return kExitUsage;
    }
    if (json_) {
      Json all = Json::array();
      for (const Entry& entry : entries) all.push_back(ToJson(entry));
      Print((name_.empty() ? all : all[0]).dump(2) + "\n");
    } else if (name_.empty()) {
      PrintList(entries);
    } else {
      for (const Entry& entry : entries) PrintOne(entry);
    }
    return kExitOk;
  }

 private:
  std::vector<Entry> Collect() const {
    const Frontend frontend;
    std::vector<Entry> entries;
    for (const FunctionDef* def : frontend.functions().scalars()) {
      if (name_.empty() || def->name == name_) entries.push_back(Describe(*def, def->category));
    }
    for (const AggregateDef* def : frontend.functions().aggregates()) {
      if (name_.empty() || def->name == name_) entries.push_back(Describe(*def, "aggregate"));
    }
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return std::tie(a.category, a.name) < std::tie(b.category, b.name);
    });
    return entries;
  }

  static void PrintList(const std::vector<Entry>& entries) {
    std::string category;
    for (const Entry& entry : entries) {
      if (entry.category != category) {
        Print((category.empty() ? "" : "\n") + entry.category + "\n");
        category = entry.category;
      }
      Print(fmt::format("  {:<20} {}\n", entry.name, FirstSentence(entry.doc)));
    }
  }

  static void PrintOne(const Entry& entry) {
    for (const std::string& signature : entry.signatures) Print(signature + "\n");
    Print("\n" + entry.doc + "\n");
    if (!entry.examples.empty()) Print("\nExamples:\n");
    for (const FunctionExample& example : entry.examples) {
      Print(fmt::format("  {}  ->  {}\n", example.expression, example.result));
    }
  }

  std::string name_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeFunctionsCommand() { return std::make_unique<FunctionsCommand>(); }

}  // namespace weir::flowc
