// Broken programs of every kind: the compiler may refuse them, never fall over them, and each of
// its diagnostics points into the text.
//
// A short, fixed run as a test. For a long one:
//   WEIR_FUZZ_SECONDS=600 WEIR_FUZZ_SEED=7 build/dev/bin/flow_fuzz
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "compiler/diagnostics/renderer.h"
#include "compiler/flowc/frontend.h"
#include "tests/fuzz/flow_mutator.h"

namespace weir {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// More than any program of this size may take, with sanitizers on a busy machine.
constexpr auto kLongest = std::chrono::seconds(60);
constexpr int kPrograms = 1500;

std::vector<std::string> Programs() {
  std::vector<std::string> paths;
  for (const char* root : {"grammar/corpus", "examples", "pipelines", "stdlib",
                           "tests/diagnostics/semantic", "tests/diagnostics/syntax"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      if (entry.path().extension() == ".flow") paths.push_back(entry.path().string());
    }
  }
  // The order of a folder differs from machine to machine.
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> programs;
  for (const std::string& path : paths) {
    std::ifstream in(path, std::ios::binary);
    programs.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    if (programs.back().empty()) programs.pop_back();
  }
  return programs;
}

uint64_t Number(const char* variable, uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// A crash leaves nothing to print, so the program is kept where it can be found.
void Keep(const std::string& text) {
  const char* folder = std::getenv("WEIR_FUZZ_KEEP");
  if (folder == nullptr) return;
  std::ofstream(fs::path(folder) / "last.flow", std::ios::binary) << text;
}

/// One program through the whole compiler.
void ExpectSane(const std::string& text) {
  Keep(text);
  const Clock::time_point start = Clock::now();
  flowc::Frontend frontend;
  const auto compiled = frontend.CompileText("fuzz.flow", text, {});
  ASSERT_TRUE(compiled.ok()) << compiled.status().message();
  for (const Diagnostic& diagnostic : frontend.diagnostics().diagnostics()) {
    const SourceFile* file = frontend.sources().Find(diagnostic.span);
    ASSERT_NE(file, nullptr) << InfoOf(diagnostic.code).name << " " << diagnostic.message;
    ASSERT_LE(diagnostic.span.begin, diagnostic.span.end) << diagnostic.message;
    ASSERT_LE(diagnostic.span.end, file->text().size()) << diagnostic.message;
    ASSERT_FALSE(diagnostic.message.empty());
    ASSERT_FALSE(InfoOf(diagnostic.code).name.empty());
  }
  const std::string report = RenderText(frontend.diagnostics(), frontend.sources());
  ASSERT_EQ(report.empty(), frontend.diagnostics().Empty());
  // A plan that does not hold together.
  ASSERT_TRUE(frontend.failures().empty()) << frontend.failures().front();
  ASSERT_EQ(compiled->physical == nullptr, frontend.failed()) << report;
  ASSERT_LT(Clock::now() - start, kLongest);
}

TEST(FlowFuzz, BrokenProgramsAreRefusedOrRun) {
  const std::vector<std::string> programs = Programs();
  ASSERT_GT(programs.size(), 100U);
  FlowMutator mutator(programs, Number("WEIR_FUZZ_SEED", 20'260'101));
  const auto seconds = std::chrono::seconds(Number("WEIR_FUZZ_SECONDS", 0));
  const Clock::time_point start = Clock::now();
  int made = 0;
  while (seconds.count() > 0 ? Clock::now() - start < seconds : made < kPrograms) {
    const std::string text = mutator.Next();
    ExpectSane(text);
    if (testing::Test::HasFailure()) FAIL() << "program " << made << ":\n" << text;
    ++made;
  }
  RecordProperty("programs", made);
  std::printf("%d programs\n", made);
}

TEST(FlowFuzz, TheSameSeedMakesTheSamePrograms) {
  const std::vector<std::string> programs = {"from a |> where b == 1 |> into c\n", "param p = 1\n"};
  FlowMutator first(programs, 5);
  FlowMutator second(programs, 5);
  for (int i = 0; i < 50; ++i) ASSERT_EQ(first.Next(), second.Next());
}

}  // namespace
}  // namespace weir
