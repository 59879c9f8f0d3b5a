#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "compiler/diagnostics/renderer.h"
#include "compiler/source/source_manager.h"
#include "compiler/syntax/parse.h"

namespace weir {
namespace {

std::vector<std::string> Corpus() {
  std::vector<std::string> texts;
  for (const auto& entry : std::filesystem::directory_iterator("grammar/corpus")) {
    std::ifstream in(entry.path(), std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return texts;
}

/// Parses anything without crashing; each diagnostic points into the text and can be drawn.
void ExpectSane(const std::string& text) {
  SourceManager sources;
  DiagnosticEngine diagnostics;
  const SourceFile& source = sources.Add("t.flow", text);
  const auto file = ParseFile(source, diagnostics);
  ASSERT_NE(file, nullptr);
  ASSERT_EQ(file->has_errors, diagnostics.HasErrors());
  for (const Diagnostic& diagnostic : diagnostics.diagnostics()) {
    ASSERT_EQ(diagnostic.span.file, source.id()) << diagnostic.message;
    ASSERT_LE(diagnostic.span.begin, diagnostic.span.end) << diagnostic.message;
    ASSERT_LE(diagnostic.span.end, text.size()) << diagnostic.message;
    ASSERT_FALSE(diagnostic.message.empty());
  }
  ASSERT_EQ(RenderText(diagnostics, sources).empty(), diagnostics.Empty());
}

TEST(MutationTest, Truncations) {
  for (const std::string& text : Corpus()) {
    const size_t step = text.size() / 60 + 1;
    for (size_t length = 0; length < text.size(); length += step) {
      ExpectSane(text.substr(0, length));
      ExpectSane(text.substr(length));
    }
  }
}

TEST(MutationTest, ChangedBytes) {
  std::mt19937 random(42);  // NOLINT: the same mutations in every run
  static constexpr std::string_view kBytes = "\"'`{}()[]|>=;:,.$@/*\\ \nfrom0e\x80";
  for (const std::string& text : Corpus()) {
    for (int round = 0; round < 60; ++round) {
      std::string changed = text;
      for (int edit = 0; edit < 3; ++edit) {
        const size_t at = random() % changed.size();
        switch (random() % 3) {
          case 0: changed[at] = kBytes[random() % kBytes.size()]; break;
          case 1: changed.erase(at, 1 + random() % 8); break;
          default: changed.insert(at, 1, kBytes[random() % kBytes.size()]);
        }
      }
      ExpectSane(changed);
    }
  }
}

TEST(MutationTest, ShuffledWords) {
  std::mt19937 random(7);  // NOLINT: the same mutations in every run
  std::vector<std::string> words;
  for (const std::string& text : Corpus()) {
    size_t begin = 0;
    for (size_t i = 0; i <= text.size(); ++i) {
      if (i < text.size() && text[i] != ' ' && text[i] != '\n') continue;
      if (i > begin) words.push_back(text.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  for (int round = 0; round < 200; ++round) {
    std::string text;
    const size_t count = 1 + random() % 60;
    for (size_t i = 0; i < count; ++i) {
      text += words[random() % words.size()] + (random() % 5 == 0 ? "\n" : " ");
    }
    ExpectSane(text);
  }
}

}  // namespace
}  // namespace weir
