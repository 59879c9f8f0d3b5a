#include "stdlib/modules/module_texts.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace weir {
namespace {

TEST(ModuleTexts, AreFoundByDottedName) {
  const std::optional<std::string_view> errors = ModuleText("std.errors");
  ASSERT_TRUE(errors.has_value());
  EXPECT_NE(errors->find("schema DeadLetter"), std::string_view::npos);
  EXPECT_TRUE(ModuleText("ecommerce.events").has_value());
}

TEST(ModuleTexts, UnknownNamesAreNone) {
  EXPECT_EQ(ModuleText("std.nothing"), std::nullopt);
  EXPECT_EQ(ModuleText("std/errors.flow"), std::nullopt);
  EXPECT_EQ(ModuleText(""), std::nullopt);
}

TEST(ModuleTexts, NamesAreSorted) {
  EXPECT_THAT(ModuleNames(), testing::IsSupersetOf({"ecommerce.events", "std.errors"}));
  const std::vector<std::string> names = ModuleNames();
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
}

}  // namespace
}  // namespace weir
