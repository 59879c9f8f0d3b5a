#include "stdlib/scalar/json/json_walk.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

std::string Members(std::string_view text) {
  std::vector<JsonMember> members;
  ListJson(text, members);
  std::string out;
  for (const JsonMember& member : members) {
    out += "<" + std::string(member.key) + "|" + std::string(member.value) + ">";
  }
  return out;
}

TEST(JsonWalk, ListsMembersAsWritten) {
  EXPECT_EQ(Members(R"( { "a" : 1.50 , "b":{"c":[1,"}"]},"d" : null } )"),
            R"(<a|1.50><b|{"c":[1,"}"]}><d|null>)");
  EXPECT_EQ(Members(R"([1, "a,b", [2, 3] , {}, true])"), R"(<|1><|"a,b"><|[2, 3]><|{}><|true>)");
  EXPECT_EQ(Members(R"({"a\"b":"c\\"})"), R"(<a\"b|"c\\">)");
}

TEST(JsonWalk, EmptyAndScalarTextsHaveNoMembers) {
  for (std::string_view text : {"{}", "[]", " [ ] ", "1", "\"x\"", "null", ""}) {
    EXPECT_EQ(Members(text), "") << text;
  }
}

TEST(JsonWalk, TellsTypesApart) {
  EXPECT_EQ(JsonTypeName(" {}"), "object");
  EXPECT_EQ(JsonTypeName("-1"), "number");
  EXPECT_EQ(JsonTypeName("false"), "bool");
  EXPECT_EQ(JsonTypeName("null"), "null");
}

TEST(JsonWalk, Unescapes) {
  std::string out;
  AppendUnescaped(R"(a\n\"\\\/\u00e9\ud83d\ude00\ud800x)", out);
  EXPECT_EQ(out, "a\n\"\\/é😀\xEF\xBF\xBDx");
}

TEST(JsonWalk, PathsAreReadOrRefused) {
  for (std::string_view good : {"$", "$.a.b[0]", "a.b[0][1]", "a", "[3].x"}) {
    EXPECT_TRUE(ParseJsonPath(good).has_value()) << good;
  }
  for (std::string_view bad : {"$.", "a..b", "a[", "a[x]", "a[-1]", "a]", "a[1", "a[1]b", "."}) {
    EXPECT_FALSE(ParseJsonPath(bad).has_value()) << bad;
  }
}

TEST(JsonWalk, FindsAlongPaths) {
  std::vector<JsonMember> scratch;
  const auto find = [&](std::string_view text, std::string_view path) {
    return std::string(FindJson(text, *ParseJsonPath(path), scratch).value_or("none"));
  };
  EXPECT_EQ(find(R"({"a": {"b": [1, 2.50]}})", "a.b[1]"), "2.50");
  EXPECT_EQ(find(R"({"\u0061": 1})", "a"), "1");
  EXPECT_EQ(find(R"({"a": null})", "a"), "none");
  EXPECT_EQ(find(R"({"a": 1})", "a.b"), "none");
  EXPECT_EQ(find(R"([1])", "[1]"), "none");
  EXPECT_EQ(find(R"( "x" )", "$"), "\"x\"");
}

TEST(JsonWalk, ChecksTexts) {
  EXPECT_TRUE(IsJson("{\"a\": [1, 2]}"));
  EXPECT_TRUE(IsJson(" 1 "));
  for (std::string_view bad : {"", "{", "{\"a\" 1}", "[1,]", "1 2", "nul", "{\"a\":1}}"}) {
    EXPECT_FALSE(IsJson(bad)) << bad;
  }
}

}  // namespace
}  // namespace weir
