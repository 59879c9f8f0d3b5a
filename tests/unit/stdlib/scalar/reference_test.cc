// stdlib/reference/*.md is what the definitions say. WEIR_UPDATE_REFERENCE=1 writes the pages.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "stdlib/aggregate/all_aggregates.h"
#include "stdlib/api/function_reference.h"
#include "stdlib/scalar/all_functions.h"

namespace weir {
namespace {

const std::filesystem::path kFolder = "stdlib/reference";

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Reference, PagesAreUpToDate) {
  FunctionRegistry registry;
  RegisterScalarFunctions(registry);
  RegisterAggregates(registry);
  const bool update = std::getenv("WEIR_UPDATE_REFERENCE") != nullptr;
  if (update) std::filesystem::create_directories(kFolder);
  std::set<std::string> names;
  for (const ReferencePage& page : RenderFunctionReference(registry)) {
    const std::filesystem::path path = kFolder / (page.name + ".md");
    names.insert(path.filename());
    if (update) std::ofstream(path) << page.text;
    EXPECT_EQ(ReadFile(path), page.text)
        << path << " is stale: run this test with WEIR_UPDATE_REFERENCE=1";
  }
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    EXPECT_TRUE(names.contains(entry.path().filename())) << entry.path() << " has no functions";
  }
}

TEST(Reference, SignaturesReadAsTheyAreCalled) {
  FunctionRegistry registry;
  RegisterScalarFunctions(registry);
  RegisterAggregates(registry);
  EXPECT_EQ(SignatureLines(*registry.FindScalar("truncate")),
            std::vector<std::string>{"truncate(text: string, length: int64) -> string"});
  EXPECT_EQ(SignatureLines(*registry.FindScalar("round"))[0],
            "round(number: decimal, digits: int64 = 0) -> decimal");
  EXPECT_EQ(SignatureLines(*registry.FindAggregate("count")),
            (std::vector<std::string>{"count() -> int64", "count(value: any) -> int64"}));
}

}  // namespace
}  // namespace weir
