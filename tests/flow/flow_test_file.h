#pragma once

#include <map>
#include <string>
#include <vector>

namespace weir {

/// One directive of a `.test` file with the lines that belong to it. Syntax: README.md.
struct FlowTestStep {
  std::string verb;                ///< flow, clock, table, input, advance, restart, finish, …
  std::string argument;            ///< the rest of its line
  std::vector<std::string> lines;  ///< body
  size_t line = 0;                 ///< 1-based
};

struct FlowTestFile {
  std::string path;
  std::string name;
  std::map<std::string, std::string> skips;  ///< configuration -> reason
  std::vector<std::string> head;             ///< comment lines as written
  std::vector<FlowTestStep> steps;
  std::string error;  ///< "" or why the file can't be read
};

FlowTestFile ReadFlowTest(const std::string& path);
/// The file as text again; `--update` changes bodies of outputs.
std::string WriteFlowTest(const FlowTestFile& file);

}  // namespace weir
