// Programs near the limit of 1 MiB: what grows faster than they do would take minutes here.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>

#include "compiler/diagnostics/renderer.h"
#include "compiler/flowc/frontend.h"

namespace weir::flowc {
namespace {

constexpr const char* kHead = R"(pipeline large { errors -> rejected }
use std.errors.{DeadLetter}
schema Click { at: timestamp user: string page: string? millis: int64 }
source clicks: Click from file(path: "clicks.jsonl") time at watermark lag 1s on error -> rejected
stream rejected: DeadLetter
from rejected |> into discard()
)";

std::string Repeat(int count, const std::function<std::string(int)>& line) {
  std::string text;
  for (int i = 0; i < count; ++i) text += line(i);
  return text;
}

struct Checked {
  size_t nodes = 0;
  bool refused = false;
  std::string report;
};

Checked Check(const std::string& body) {
  Frontend frontend;
  const auto compiled = frontend.CompileText("large.flow", kHead + body, {});
  Checked checked;
  checked.refused = frontend.failed();
  checked.report = RenderText(frontend.diagnostics(), frontend.sources());
  if (!compiled.ok() || compiled->physical == nullptr) return checked;
  checked.nodes = compiled->physical->nodes.size();
  return checked;
}

TEST(LargePrograms, TwentyThousandStagesInOneStream) {
  const Checked filters =
      Check("from clicks\n" +
            Repeat(20'000, [](int i) { return fmt::format("  |> where millis != {}\n", i); }) +
            "  |> into discard()\n");
  EXPECT_FALSE(filters.refused) << filters.report.substr(0, 2000);
  EXPECT_GE(filters.nodes, 20'000U);
}

TEST(LargePrograms, StagesThatCanFailShareOneJunction) {
  const Checked failing =
      Check("from clicks\n" +
            Repeat(20'000, [](int) { return std::string("  |> set millis = millis + 1\n"); }) +
            "  |> into discard()\n");
  EXPECT_FALSE(failing.refused) << failing.report.substr(0, 2000);
  EXPECT_GE(failing.nodes, 20'000U);
}

TEST(LargePrograms, FiltersAmongProjectionsAreMovedABoundedNumberOfTimes) {
  const Checked mixed = Check(
      "from clicks\n" +
      Repeat(10'000,
             [](int) { return std::string("  |> set page = user\n  |> where millis > 1\n"); }) +
      "  |> into discard()\n");
  EXPECT_FALSE(mixed.refused) << mixed.report.substr(0, 2000);
}

TEST(LargePrograms, FiveThousandStreams) {
  const Checked streams = Check(Repeat(5000, [](int i) {
    return fmt::format(
        "stream s{0} = from clicks |> where millis > {0}\n"
        "from s{0} |> into discard()\n",
        i);
  }));
  EXPECT_FALSE(streams.refused) << streams.report.substr(0, 2000);
  EXPECT_GE(streams.nodes, 10'000U);
}

TEST(LargePrograms, EqualStagesOfFiveThousandReadersRunOnce) {
  const Checked same = Check(Repeat(5000, [](int) {
    return std::string("from clicks |> where millis > 7 |> into discard()\n");
  }));
  EXPECT_FALSE(same.refused) << same.report.substr(0, 2000);
  EXPECT_LT(same.nodes, 5100U);
}

TEST(LargePrograms, TwentyThousandDeclarationsWithDocs) {
  const Checked params =
      Check(Repeat(20'000,
                   [](int i) { return fmt::format("/// doc {0}\nparam p{0}: int64 = {0}\n", i); }) +
            "from clicks |> into discard()\n");
  EXPECT_FALSE(params.refused) << params.report.substr(0, 2000);
}

TEST(LargePrograms, TwoThousandFields) {
  const std::string fields = Repeat(2000, [](int i) { return fmt::format("  f{}: int64\n", i); });
  const std::string columns =
      Repeat(2000, [](int i) { return fmt::format("{}f{} + 1 as g{}", i == 0 ? "" : ", ", i, i); });
  const Checked wide = Check("schema Wide {\n" + fields +
                             "}\nsource wide: Wide from file(path: \"w.jsonl\")\n"
                             "  time ingest_time() watermark none on error -> rejected\n"
                             "from wide |> select " +
                             columns + " |> into discard()\n");
  EXPECT_FALSE(wide.refused) << wide.report.substr(0, 2000);
}

TEST(LargePrograms, RowsThatGrowWithEveryStageAreRefused) {
  const Checked growing =
      Check("from clicks\n" +
            Repeat(20'000, [](int i) { return fmt::format("  |> extend a{} = millis\n", i); }) +
            "  |> into discard()\n");
  EXPECT_TRUE(growing.refused);
  EXPECT_NE(growing.report.find("F0164"), std::string::npos) << growing.report.substr(0, 2000);
}

TEST(LargePrograms, TemplatesThatMultiplyAreRefused) {
  std::string text = "template t0() on struct { millis: int64 } = |> where nosuch > 0\n";
  for (int level = 1; level < 8; ++level) {
    text += fmt::format("template t{}() on struct {{ millis: int64 }} =\n", level) +
            Repeat(50, [level](int) { return fmt::format("  |> apply t{}()\n", level - 1); });
  }
  const Checked multiplied = Check(text + "from clicks |> apply t7() |> into discard()\n");
  EXPECT_TRUE(multiplied.refused);
  EXPECT_NE(multiplied.report.find("F0161"), std::string::npos)
      << multiplied.report.substr(0, 2000);
}

}  // namespace
}  // namespace weir::flowc
