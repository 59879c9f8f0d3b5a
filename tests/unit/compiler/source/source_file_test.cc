#include "compiler/source/source_file.h"

#include <gtest/gtest.h>

#include "compiler/source/source_manager.h"

namespace weir {
namespace {

TEST(SourceFileTest, CountsLinesAndColumnsInCodePoints) {
  const SourceFile file(0, "a.flow", "ab\nä∀x\n");
  EXPECT_EQ(file.PositionOf(0), (Position{1, 1}));
  EXPECT_EQ(file.PositionOf(2), (Position{1, 3}));
  EXPECT_EQ(file.PositionOf(3), (Position{2, 1}));
  EXPECT_EQ(file.PositionOf(5), (Position{2, 2}));  // ä has two bytes
  EXPECT_EQ(file.PositionOf(8), (Position{2, 3}));  // ∀ has three
  EXPECT_EQ(file.PositionOf(1000), (Position{3, 1}));
}

TEST(SourceFileTest, LinesHaveNoLineEnds) {
  const SourceFile file(0, "a.flow", "one\r\ntwo\n\nfour");
  EXPECT_EQ(file.Line(1), "one");
  EXPECT_EQ(file.Line(2), "two");
  EXPECT_EQ(file.Line(3), "");
  EXPECT_EQ(file.Line(4), "four");
  EXPECT_EQ(file.Line(5), "");
  EXPECT_EQ(file.Line(0), "");
}

TEST(SourceFileTest, TextOfForeignOrWildSpansIsClamped) {
  const SourceFile file(3, "a.flow", "abc");
  EXPECT_EQ(file.Text({3, 1, 2}), "b");
  EXPECT_EQ(file.Text({3, 2, 99}), "c");
  EXPECT_EQ(file.Text({3, 99, 100}), "");
  EXPECT_EQ(file.Text({4, 0, 1}), "");
}

TEST(SourceManagerTest, FilesStayWhereTheyAre) {
  SourceManager sources;
  const SourceFile& first = sources.Add("a", "1");
  for (int i = 0; i < 100; ++i) sources.Add("b", "2");
  EXPECT_EQ(sources.Find(first.id()), &first);
  EXPECT_EQ(sources.Find(kNoFile), nullptr);
}

TEST(SourceManagerTest, SaysWhyAFileCannotBeRead) {
  SourceManager sources;
  const LoadedSource missing = sources.Load("/no/such/file.flow");
  EXPECT_EQ(missing.file, nullptr);
  EXPECT_EQ(missing.error, "No such file or directory");
  EXPECT_EQ(sources.Load("/").error, "is a directory");
}

}  // namespace
}  // namespace weir
