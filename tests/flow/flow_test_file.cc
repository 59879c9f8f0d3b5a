#include "tests/flow/flow_test_file.h"

#include <fmt/format.h>

#include <fstream>
#include <set>

namespace weir {
namespace {

const std::set<std::string> kVerbs = {"flow",   "clock",  "table",  "input", "advance", "restart",
                                      "finish", "output", "ledger", "error", "fail"};

bool EndsWithBlankLine(const FlowTestStep& step) {
  return step.verb == "table" || step.verb == "input" || step.verb == "output";
}

/// `flow` without a path: the text follows up to `end`.
bool IsInlineFlow(const FlowTestStep& step) { return step.verb == "flow" && step.argument.empty(); }

void ReadHead(const std::string& line, FlowTestFile& file) {
  file.head.push_back(line);
  const size_t colon = line.find(':');
  if (colon == std::string::npos) return;
  const std::string value = colon + 2 <= line.size() ? line.substr(colon + 2) : "";
  if (line.starts_with("# name:")) file.name = value;
  if (line.starts_with("# skip ")) file.skips[line.substr(7, colon - 7)] = value;
}

}  // namespace

FlowTestFile ReadFlowTest(const std::string& path) {
  FlowTestFile file;
  file.path = file.name = path;
  std::ifstream in(path);
  if (!in) {
    file.error = "cannot be read";
    return file;
  }
  bool in_body = false;
  size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (in_body) {
      FlowTestStep& step = file.steps.back();
      const bool over = IsInlineFlow(step) ? line == "end" : line.empty();
      in_body = !over;
      if (!over) step.lines.push_back(line);
      continue;
    }
    if (line.empty()) continue;
    if (line[0] == '#') {
      ReadHead(line, file);
      continue;
    }
    const size_t space = line.find(' ');
    FlowTestStep step;
    step.verb = line.substr(0, space);
    if (space != std::string::npos) step.argument = line.substr(space + 1);
    step.line = number;
    if (!kVerbs.contains(step.verb)) {
      file.error = fmt::format("line {}: unknown directive {}", number, step.verb);
      return file;
    }
    in_body = EndsWithBlankLine(step) || IsInlineFlow(step);
    file.steps.push_back(std::move(step));
  }
  if (file.steps.empty() || file.steps[0].verb != "flow") file.error = "does not begin with flow";
  return file;
}

std::string WriteFlowTest(const FlowTestFile& file) {
  std::string text;
  for (const std::string& line : file.head) text += line + "\n";
  for (const FlowTestStep& step : file.steps) {
    text += step.verb + (step.argument.empty() ? "" : " " + step.argument) + "\n";
    for (const std::string& line : step.lines) text += line + "\n";
    if (IsInlineFlow(step)) text += "end\n";
    if (EndsWithBlankLine(step)) text += "\n";
  }
  while (text.ends_with("\n\n")) text.pop_back();
  return text;
}

}  // namespace weir
