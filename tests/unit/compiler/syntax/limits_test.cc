#include <gtest/gtest.h>

#include <string>

#include "compiler/source/source_manager.h"
#include "compiler/syntax/parse.h"

namespace weir {
namespace {

Code OnlyCode(const std::string& text) {
  SourceManager sources;
  DiagnosticEngine diagnostics;
  const auto file = ParseFile(sources.Add("t.flow", text), diagnostics);
  EXPECT_TRUE(file->has_errors);
  EXPECT_EQ(diagnostics.Size(), 1U);
  return diagnostics.Empty() ? Code::kF0001 : diagnostics.diagnostics().front().code;
}

std::string Times(const std::string& text, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += text;
  return out;
}

bool Parses(const std::string& text) {
  SourceManager sources;
  DiagnosticEngine diagnostics;
  return !ParseFile(sources.Add("t.flow", text), diagnostics)->has_errors;
}

TEST(LimitsTest, WhatIsNoTextIsRefused) {
  EXPECT_EQ(OnlyCode("pipeline p \xFF"), Code::kF0030);
  EXPECT_EQ(OnlyCode(std::string("pipeline p \0", 12)), Code::kF0031);
  EXPECT_EQ(OnlyCode("\xEF\xBB\xBFpipeline p"), Code::kF0032);
  EXPECT_EQ(OnlyCode(std::string(kMaxSourceBytes + 1, ' ')), Code::kF0033);
  EXPECT_TRUE(Parses(std::string(kMaxSourceBytes, ' ')));
}

TEST(LimitsTest, DeepNestingIsRefusedBeforeAnythingRecurses) {
  const std::string head = "param p: int64 = ";
  EXPECT_TRUE(Parses(head + Times("(", 256) + "1" + Times(")", 256)));
  EXPECT_EQ(OnlyCode(head + Times("(", 257) + "1" + Times(")", 257)), Code::kF0034);
  EXPECT_EQ(OnlyCode(head + Times("[", 100'000) + Times("]", 100'000)), Code::kF0034);
  EXPECT_EQ(OnlyCode(head + Times("not ", 100'000) + "a"), Code::kF0034);
  EXPECT_EQ(OnlyCode(head + "a" + Times(" + a", 100'000)), Code::kF0034);
  EXPECT_EQ(OnlyCode(head + "a" + Times(".b", 100'000)), Code::kF0034);
  EXPECT_EQ(OnlyCode(head + "a" + Times("[0]", 100'000)), Code::kF0034);
  EXPECT_EQ(OnlyCode(head + Times("if a then b else ", 10'000) + "c"), Code::kF0034);
  EXPECT_EQ(OnlyCode("type T = " + Times("list<", 10'000) + "int64" + Times(">", 10'000)),
            Code::kF0034);
  EXPECT_TRUE(Parses(head + "a" + Times(" + a", 900)));
}

TEST(LimitsTest, LongFlatProgramsAreFine) {
  EXPECT_TRUE(Parses(Times("from a |> where b.c == 1 and d |> into e\n", 2'000)));
  EXPECT_TRUE(Parses("param p = [" + Times("a + b, ", 5'000) + "1]"));
}

}  // namespace
}  // namespace weir
