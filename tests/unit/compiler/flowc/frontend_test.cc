#include "compiler/flowc/frontend.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "compiler/diagnostics/renderer.h"

namespace weir::flowc {
namespace {

TEST(FrontendTest, AMissingFileIsADiagnosticInEveryFormat) {
  Frontend frontend;
  ASSERT_TRUE(frontend.Compile("no/such.flow", {}).ok());
  EXPECT_TRUE(frontend.failed());
  const auto json = nlohmann::json::parse(RenderJson(frontend.diagnostics(), frontend.sources()));
  const auto& list = json.at("diagnostics");
  ASSERT_EQ(list.size(), 1u) << json.dump();
  EXPECT_EQ(list[0].at("code"), "F0038");
  EXPECT_EQ(list[0].at("file"), "no/such.flow");
  EXPECT_FALSE(list[0].at("span").is_null());
  const auto sarif = nlohmann::json::parse(RenderSarif(frontend.diagnostics(), frontend.sources()));
  const auto& results = sarif.at("runs").at(0).at("results");
  ASSERT_EQ(results.size(), 1u) << sarif.dump();
  EXPECT_EQ(results[0].at("ruleId"), "F0038");
  EXPECT_EQ(results[0].at("locations").size(), 1u);
  EXPECT_NE(RenderText(frontend.diagnostics(), frontend.sources()).find("no/such.flow"),
            std::string::npos);
}

}  // namespace
}  // namespace weir::flowc
